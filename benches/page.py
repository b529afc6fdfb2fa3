"""docs/benchmarks.md, of which each program writes its own section."""

import os
import platform
from pathlib import Path

PAGE = Path(__file__).resolve().parents[1] / "docs" / "benchmarks.md"


def replace_section(name: str, text: str) -> None:
    """Replaces the text between the marks of section `name`."""
    start, end = f"<!-- {name} -->\n", f"<!-- end of {name} -->\n"
    page = PAGE.read_text()
    head, rest = page.split(start)
    tail = rest.split(end)[1]
    PAGE.write_text(f"{head}{start}\n{text.strip()}\n\n{end}{tail}")


def machine() -> str:
    """Processors, system and Python."""
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    model = next((line.split(":")[1].strip() for line in lines if line.startswith("model name")), platform.machine())
    return f"{len(os.sched_getaffinity(0))} CPUs ({model}), Python {platform.python_version()}"
