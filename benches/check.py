"""Measures `pygo check` against the tools that people have, and writes docs/check-comparison.md.

    make bench        (needs what `make setup` installs, and fetches published wheels)

Three measurements in one run: which fault each tool notices, the time that auditwheel takes for
the same wheels, and the memory for a wheel of half a gigabyte.
"""

import hashlib
import json
import os
import re
import subprocess
import sys
import tempfile
import time
import venv
import warnings
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests" / "judges"))

from factory import Factory, TARGET  # noqa: E402
from mutations import MUTATIONS, Pack, pure  # noqa: E402
from published import GOOD, fetched  # noqa: E402
from wheels import HELLO, TARGETS  # noqa: E402

JUDGES = Path(sys.executable).parent
PYGO = Path(os.environ.get("PYGO", TARGET / "release" / "pygo")).resolve()
PYDISTCHECK = "pydistcheck==0.11.2"


def pydistcheck() -> Path:
    """The program, in an environment of its own: the judges' list stays as it is."""
    directory = TARGET / "bench" / "venv"
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
    """A tool: how it is asked, and what of its answer counts."""

    def __init__(self, name, command, said=None, wants=lambda target: True):
        self.name, self.command, self.said, self.wants = name, command, said, wants

    def answer(self, path: Path) -> object:
        code, text = run(*self.command(path))
        return code, sorted(set(self.said(text))) if self.said else None


def auditwheel_tag(text: str) -> list[str]:
    try:
        return [json.loads(text[text.index("{") :])["overall_tag"]]
    except ValueError:
        return ["no answer"]


def tools() -> list[Tool]:
    native = lambda target: target != "any"  # noqa: E731
    linux = lambda target: target.startswith("linux")  # noqa: E731
    program = pydistcheck()
    return [
        Tool("pygo check", lambda path: [PYGO, "check", path], re.compile(r"[A-Z]+\d{3}").findall),
        Tool("auditwheel show", lambda path: [JUDGES / "auditwheel", "show", "--json", path],
             auditwheel_tag, linux),
        Tool("abi3audit", lambda path: [JUDGES / "abi3audit", "--strict", path], None, native),
        Tool("check-wheel-contents", lambda path: [JUDGES / "check-wheel-contents", path],
             re.compile(r"W\d{3}").findall),
        Tool("twine check", lambda path: [JUDGES / "twine", "check", "--strict", path]),
        Tool("wheel unpack", lambda path: [
            JUDGES / "wheel", "unpack", path, "--dest", tempfile.mkdtemp(dir=path.parent)]),
        Tool("pydistcheck", lambda path: [program, path], re.compile(r"\[[a-z-]+\]").findall),
    ]


def corpus(wheels: dict[str, Path], base: Path) -> str:
    """The table of faults: who notices each."""
    asked = tools()
    good = base / "good"
    good.mkdir()
    usual = {target: path for target, path in wheels.items()} | {"any": pure().write(good)}
    normal = {
        (tool.name, target): tool.answer(path)
        for tool in asked for target, path in usual.items() if tool.wants(target)
    }

    def row(mutation) -> list[str]:
        directory = base / mutation.name
        directory.mkdir()
        path = mutation.make(wheels, directory)
        cells = []
        for tool in asked:
            if not tool.wants(mutation.target):
                cells.append("–")
            elif tool.answer(path) != normal[tool.name, mutation.target]:
                cells.append("yes")
            else:
                cells.append("")
        return cells

    with warnings.catch_warnings(), ThreadPoolExecutor(os.cpu_count()) as pool:
        warnings.simplefilter("ignore")
        rows = list(pool.map(row, MUTATIONS))
    lines = ["| fault | in a wheel for | rule | " + " | ".join(t.name for t in asked) + " |"]
    lines.append("|---|---|---|" + "---|" * len(asked))
    for mutation, cells in zip(MUTATIONS, rows, strict=True):
        told = mutation.name.replace("-", " ")
        lines.append(f"| {told} | {mutation.target} | `{mutation.rule}` | " + " | ".join(cells) + " |")
    found = [sum(cells[at] == "yes" for cells in rows) for at in range(len(asked))]
    could = [sum(cells[at] != "–" for cells in rows) for at in range(len(asked))]
    totals = [f"**{a} of {b}**" for a, b in zip(found, could, strict=True)]
    lines.append("| **noticed** | | | " + " | ".join(totals) + " |")
    return "\n".join(lines)


def best(count: int, *command) -> float:
    times = []
    for _ in range(count):
        start = time.perf_counter()
        run(*command)
        times.append(time.perf_counter() - start)
    return min(times)


def speed() -> str:
    lines = ["| wheel | size | auditwheel show | pygo check | times |", "|---|---|---|---|---|"]
    slowest, total = None, [0.0, 0.0]
    for name in (name for name in GOOD if "linux" in name):
        path = fetched(name)
        theirs = best(2, JUDGES / "auditwheel", "show", path)
        ours = best(5, PYGO, "check", path)
        ratio = theirs / ours
        slowest = min(slowest or ratio, ratio)
        total = [total[0] + theirs, total[1] + ours]
        size = path.stat().st_size / 1e6
        lines.append(f"| `{name}` | {size:.1f} MB | {theirs:.2f} s | {ours:.3f} s | {ratio:.0f} |")
    ratio = total[0] / total[1]
    lines.append(f"| **all** | | {total[0]:.1f} s | {total[1]:.2f} s | **{ratio:.0f}** |")
    return "\n".join(lines) + f"\n\nThe least of these ratios is {slowest:.0f}."


def large(base: Path) -> str:
    """A wheel of half a gigabyte: libraries that do not compress, of 40 MB each."""
    library = next(p for p in (fetched(n) for n in GOOD) if "ruff" in p.name and "linux" in p.name)
    with zipfile.ZipFile(library) as archive:
        program = max((archive.read(i) for i in archive.infolist()), key=len)
    pack = pure().rename(platform="manylinux_2_17_x86_64")
    pack.edit("WHEEL", "Root-Is-Purelib: true", "Root-Is-Purelib: false")
    noise, seed = [], b"large"
    while len(noise) * 32 < 40_000_000:
        seed = hashlib.sha256(seed).digest()
        noise.append(seed)
    filler = b"".join(noise)
    for number in range(12):
        # Bytes after the sections of an ELF file are no part of what is loaded.
        pack.add(f"example/program{number}", program + filler[number:], 0o100755)
    path = pack.write(base)
    code = (
        "import resource, subprocess, sys\n"
        "subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)\n"
        "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
    )
    start = time.perf_counter()
    done = subprocess.run([sys.executable, "-c", code, PYGO, "check", path],
                          capture_output=True, text=True, check=True)
    seconds = time.perf_counter() - start
    size, memory = path.stat().st_size / 1e6, int(done.stdout) / 1e3
    return (f"A wheel of {size:.0f} MB with twelve programs of {len(program + filler) / 1e6:.0f} MB: "
            f"{seconds:.1f} s, and {memory:.0f} MB of memory at most.")


def main() -> None:
    with tempfile.TemporaryDirectory() as scratch:
        base = Path(scratch)
        factory = Factory(base)
        project = factory.project("hello", base)
        built = factory.matrix(project, TARGETS, timeout=1800).ok()
        by_name = {path.name: path for path in built.wheels}
        wheels = {target: by_name[name] for target, name in HELLO.items()}
        assert all(Pack.read(path).files for path in wheels.values())
        table, times, memory = corpus(wheels, base), speed(), large(base)
    page = f"""# `pygo check` beside the tools that people have

Made by `make bench` ({os.cpu_count()} processors); times differ from machine to machine.

## Which faults are noticed

Good wheels with one thing changed each, so that nothing else tells (RECORD agrees, unless RECORD
is what was changed). A tool notices where it fails, or says something else than of the good wheel;
`–` where it is not for such wheels.

{table}

## Time, for wheels as the index has them

The best of five runs of `pygo check`, which reads every file, and of two of `auditwheel show`.

{times}

## Memory

{memory}
"""
    (ROOT / "docs" / "check-comparison.md").write_text(page)
    print(page[-400:])


if __name__ == "__main__":
    main()
