"""Compares `pygo check` with similar tools, and writes docs/check-comparison.md.

    python benches/check.py        (`make bench` does it; needs what `make setup` installs)

Shows which of the tests' mutations each tool notices. benches/speed.py measures time and memory.
"""

import datetime
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import venv
import warnings
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests" / "judges"))

import other_platforms  # noqa: E402
from builders import WheelBuilder, pure  # noqa: E402
from factory import Factory, TARGET  # noqa: E402
from mutations import MUTATIONS  # noqa: E402
from wheels import HELLO, TARGETS  # noqa: E402

JUDGES = Path(sys.executable).parent
PYGO = Path(os.environ.get("PYGO", TARGET / "release" / "pygo")).resolve()
PYDISTCHECK = "pydistcheck==0.11.3"


def pydistcheck() -> Path:
    """The program, in its own environment, because the tests do not need it."""
    directory = TARGET / "bench" / PYDISTCHECK
    program = directory / "bin" / "pydistcheck"
    if not program.is_file():
        venv.create(directory, with_pip=True)
        subprocess.run([directory / "bin" / "pip", "install", "--quiet", PYDISTCHECK], check=True)
    return program


def run(*command) -> tuple[int, str]:
    line = [str(part) for part in command]
    done = subprocess.run(line, capture_output=True, text=True, timeout=300)
    return done.returncode, done.stdout + done.stderr


class Tool:
    """A tool: its command, and the part of its output to compare."""

    def __init__(self, name, command, parse=None, wants=lambda target: True):
        self.name, self.command, self.parse, self.wants = name, command, parse, wants

    def answer(self, path: Path) -> object:
        code, text = run(*self.command(path))
        return code, sorted(set(self.parse(text))) if self.parse else None


def auditwheel_tag(text: str) -> list[str]:
    try:
        return [json.loads(text[text.index("{") :])["overall_tag"]]
    except ValueError:
        return ["no answer"]


def tools() -> list[Tool]:
    native = lambda target: target != "any"  # noqa: E731
    linux = lambda target: target.startswith("linux")  # noqa: E731
    program = pydistcheck()
    delvewheel = [JUDGES / "delvewheel", "show", "--ignore-existing"]
    return [
        Tool("pygo check", lambda path: [PYGO, "check", path], re.compile(r"[A-Z]+\d{3}").findall),
        Tool("auditwheel show", lambda path: [JUDGES / "auditwheel", "show", "--json", path],
             auditwheel_tag, linux),
        # The DLLs it lists, and whether it found them.
        Tool("delvewheel show", lambda path: [*delvewheel, path],
             re.compile(r"^    (\S+(?: \(Error)?)", re.M).findall,
             lambda target: target.startswith("windows")),
        Tool("abi3audit", lambda path: [JUDGES / "abi3audit", "--strict", path], None, native),
        Tool("check-wheel-contents", lambda path: [JUDGES / "check-wheel-contents", path],
             re.compile(r"W\d{3}").findall),
        Tool("twine check", lambda path: [JUDGES / "twine", "check", "--strict", path],
             re.compile(r"InvalidDistribution|`\w+`").findall),
        Tool("wheel unpack", lambda path: [
            JUDGES / "wheel", "unpack", path, "--dest", tempfile.mkdtemp(dir=path.parent)]),
        Tool("pydistcheck", lambda path: [program, path], re.compile(r"\[[a-z-]+\]").findall),
    ]


def corpus(wheels: dict[str, Path], base: Path) -> str:
    """The table of mutations and the tools that notice each."""
    compared = tools()
    good = base / "good"
    good.mkdir()
    unchanged = {target: path for target, path in wheels.items()} | {"any": pure().write(good)}
    normal = {
        (tool.name, target): tool.answer(path)
        for tool in compared for target, path in unchanged.items() if tool.wants(target)
    }
    # For a tool that refuses good wheels, only its output can be compared, not its exit code.
    refused = [tool.name for tool in compared if not tool.parse
               and any(normal.get((tool.name, target), (0,))[0] for target in unchanged)]
    assert not refused, f"{refused} refuse good wheels"

    def row(mutation) -> list[str]:
        directory = base / mutation.name
        directory.mkdir()
        path = mutation.make(wheels, directory)
        cells = []
        for tool in compared:
            if not tool.wants(mutation.target):
                cells.append("–")
            elif tool.answer(path) != normal[tool.name, mutation.target]:
                cells.append("yes")
            else:
                cells.append("")
        shutil.rmtree(directory)
        return cells

    with warnings.catch_warnings(), ThreadPoolExecutor(os.cpu_count()) as pool:
        warnings.simplefilter("ignore")
        rows = list(pool.map(row, MUTATIONS))
    lines = ["| change | in a wheel for | rule | " + " | ".join(t.name for t in compared) + " |"]
    lines.append("|---|---|---|" + "---|" * len(compared))
    for mutation, cells in zip(MUTATIONS, rows, strict=True):
        change = mutation.name.replace("-", " ")
        lines.append(f"| {change} | {mutation.target} | `{mutation.rule}` | " + " | ".join(cells) + " |")
    found = [sum(cells[at] == "yes" for cells in rows) for at in range(len(compared))]
    could = [sum(cells[at] != "–" for cells in rows) for at in range(len(compared))]
    totals = [f"**{a} of {b}**" for a, b in zip(found, could, strict=True)]
    lines.append("| **noticed** | | | " + " | ".join(totals) + " |")
    return "\n".join(lines)


def main() -> None:
    with tempfile.TemporaryDirectory() as scratch:
        base = Path(scratch)
        factory = Factory(base)
        project = factory.project("hello", base)
        built = factory.matrix(project, TARGETS, timeout=1800).ok()
        by_name = {path.name: path for path in built.wheels}
        wheels = {target: by_name[name] for target, name in HELLO.items()}
        assert all(WheelBuilder.read(path).files for path in wheels.values())
        (base / "others").mkdir()
        wheels |= other_platforms.build(Path(built.report["tools"]["c"]["path"]), base / "others")
        table = corpus(wheels, base)
    page = f"""# `pygo check` compared with similar tools

Generated by `make bench` on {datetime.date.today()}. This page shows which faults each tool notices; see
[benchmarks](benchmarks.md) for time and memory.

Each row is a good wheel with one change. RECORD is updated to match, unless the change is in RECORD.
A tool notices the change if it fails or its output differs from its output for the good wheel. `–`
means that the tool does not handle such wheels.

{table}
"""
    (ROOT / "docs" / "check-comparison.md").write_text(page)
    print(page[-400:])


if __name__ == "__main__":
    main()
