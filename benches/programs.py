"""Compares published wheels of Go programs with those that pygo builds of the same module.

    python benches/programs.py [NAME...]    every program, or some (`make bench-programs`)

Writes a section of docs/programs.md: how many platforms have a wheel, what `pygo check` finds, and how long
all platforms take, compared with one `go build` for each of them, one after the other, in an empty cache.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PYGO = Path(os.environ.get("PYGO", ROOT / "target" / "release" / "pygo")).resolve()
PAGE = ROOT / "docs" / "programs.md"
BEGIN, END = "<!-- programs -->\n", "<!-- end of programs -->"
INTRODUCTION = """## Compared with published wheels

`python benches/programs.py` downloads published wheels, builds the same module with pygo for every platform that
pygo has, and checks both. The times are for Linux, macOS and Windows, each on amd64 and arm64, in an empty Go
cache: `pygo matrix`, which writes wheels, and `go build` for one target after the other, which does not."""


@dataclass
class Program:
    """A distribution on the index, and the Go package of its program."""

    distribution: str
    version: str
    command: str
    module: str
    package: str
    release: str


PROGRAMS = [
    Program("shfmt-py", "4.2.0", "shfmt", "mvdan.cc/sh/v3", "cmd/shfmt", "latest"),
    Program("go-task-bin", "3.54.0", "task", "github.com/go-task/task/v3", "cmd/task", "v3.54.0"),
    Program("hugo", "0.168.0", "hugo", "github.com/gohugoio/hugo", "", "v0.168.0"),
]
LINUX = ["x86_64", "aarch64", "i686", "armv7l", "ppc64le", "s390x", "riscv64"]
GLIBC = ["manylinux1", "manylinux2010", "manylinux2014", *(f"manylinux_2_{minor}" for minor in (5, 12, 17, 24, 28, 31, 34))]
MUSL = ["musllinux_1_1", "musllinux_1_2"]
MACOS = [f"macosx_10_{minor}" for minor in range(9, 17)] + [f"macosx_{major}_0" for major in range(11, 17)]
TARGETS = "linux-amd64,linux-arm64,macos-amd64,macos-arm64,windows-amd64,windows-arm64"


def platforms() -> dict[str, list[str]]:
    """The tags of every platform, by a name for it."""
    found = {}
    for arch in LINUX:
        found[f"glibc on {arch}"] = [f"{tag}_{arch}" for tag in GLIBC] + [f"linux_{arch}"]
        found[f"musl on {arch}"] = [f"{tag}_{arch}" for tag in MUSL]
    for arch in ("x86_64", "arm64"):
        found[f"macOS on {arch}"] = [f"{tag}_{kind}" for tag in MACOS for kind in (arch, "universal2")]
    return found | {f"Windows: {tag}": [tag] for tag in ("win_amd64", "win_arm64", "win32")}


def run(*command: object, cwd: Path | None = None, **env: str) -> subprocess.CompletedProcess:
    line = [str(part) for part in command]
    return subprocess.run(line, cwd=cwd, env=os.environ | env, capture_output=True, text=True, timeout=3600)


def must(*command: object, cwd: Path | None = None, **env: str) -> str:
    done = run(*command, cwd=cwd, **env)
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(map(str, command))} failed:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
    return done.stdout


def published(program: Program, into: Path) -> int:
    """Downloads the wheels; returns the number of platforms that have one."""
    count = 0
    for tags in platforms().values():
        options = [f"--platform={tag}" for tag in tags]
        options += ["--only-binary=:all:", "--no-deps", "--quiet", "--dest", into]
        done = run(sys.executable, "-m", "pip", "download", *options, f"{program.distribution}=={program.version}")
        count += done.returncode == 0
    return count


def project(program: Program, root: Path) -> None:
    package = "/".join(filter(None, (program.module, program.package)))
    (root / "pyproject.toml").write_text(f"""
[build-system]
requires = ["pygo-tools>=0.2"]
build-backend = "pygo_tools.backend"

[project]
name = "{program.distribution}"
version = "{program.version}"

[tool.pygo-tools]
program = "{program.command}"
go-package = "{package}"
""")
    must(PYGO, "go", "mod", "init", "bench", cwd=root)
    must(PYGO, "go", "get", "-tool", f"{package}@{program.release}", cwd=root)


def findings(directory: Path) -> tuple[int, int, list[str]]:
    """The number of wheels, of findings, and the rules."""
    done = run(PYGO, "check", "--format", "json", directory)
    wheels = json.loads(done.stdout)["wheels"]
    found = [finding for wheel in wheels for finding in wheel["findings"]]
    return len(wheels), len(found), sorted({finding["code"] for finding in found})


def by_hand(program: Program, root: Path, cache: Path) -> float:
    """The seconds of one `go build` for each target, one after the other, which make no wheels."""
    package = "/".join(filter(None, (program.module, program.package)))
    start = time.perf_counter()
    for target in TARGETS.split(","):
        goos, goarch = target.replace("macos", "darwin").split("-")
        variables = {"GOOS": goos, "GOARCH": goarch, "CGO_ENABLED": "0", "GOCACHE": str(cache)}
        must(PYGO, "go", "build", "-trimpath", "-ldflags=-s -w", "-o", root / f"out-{target}", package, cwd=root, **variables)
    return time.perf_counter() - start


def row(program: Program, scratch: Path) -> str:
    theirs, root = scratch / "published", scratch / "project"
    theirs.mkdir()
    root.mkdir()
    supported = published(program, theirs)
    their_wheels, their_findings, rules = findings(theirs)
    project(program, root)
    must(PYGO, "matrix", root, "--targets", "all", "--out-dir", scratch / "all")
    wheels, found, _ = findings(scratch / "all")
    ours = sum(
        run(sys.executable, "-m", "pip", "download", *(f"--platform={tag}" for tag in tags), "--only-binary=:all:",
            "--no-deps", "--no-index", "--find-links", scratch / "all", "--quiet", "--dest", scratch / "got",
            program.distribution).returncode == 0
        for tags in platforms().values()
    )
    start = time.perf_counter()
    line = [PYGO, "matrix", root, "--targets", TARGETS, "--no-cache", "--out-dir", scratch / "six"]
    must(*line, GOCACHE=str(scratch / "cache-of-pygo"))
    seconds = time.perf_counter() - start
    hand = by_hand(program, root, scratch / "cache-by-hand")
    seen = f"{their_findings} ({', '.join(rules)})" if rules else "0"
    return (
        f"| {program.distribution} {program.version} | {their_wheels} wheels, {supported} platforms | {seen} "
        f"| {wheels} wheels, {ours} platforms | {found} | {seconds:.0f} s | {hand:.0f} s |"
    )


def main() -> None:
    wanted = [program for program in PROGRAMS if not sys.argv[1:] or program.distribution in sys.argv[1:]]
    rows = []
    for program in wanted:
        scratch = Path(tempfile.mkdtemp(prefix="pygo-programs-"))
        try:
            rows.append(row(program, scratch))
            print(rows[-1], flush=True)
        finally:
            # Modules are read-only.
            run("chmod", "-R", "u+w", scratch)
            shutil.rmtree(scratch, ignore_errors=True)
    table = "\n".join([
        "| distribution | published | findings | by pygo | findings | 6 targets, pygo | 6 targets, `go build` |",
        "|---|---|---|---|---|---|---|",
        *rows,
    ])
    text = PAGE.read_text()
    before, rest = text.split(BEGIN)
    PAGE.write_text(f"{before}{BEGIN}\n{INTRODUCTION}\n\n{table}\n\n{END}{rest.split(END)[1]}")


if __name__ == "__main__":
    main()
