"""The rows of the table of builds: what pygo does, what it is compared with, and the goal.

A row prepares a [`Pair`] for a project. benches/run.py runs both commands of the pair in turn.
"""

import itertools
import json
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import samples
from measure import Cost, Spread, run
from raw import TARGETS, Raw

ROOT = Path(__file__).resolve().parents[1]
FOUR = list(TARGETS)
HOST = ["linux-amd64"]


class Unavailable(Exception):
    """What a row needs and this machine does not have."""


@dataclass
class Goal:
    """What is good enough: a ratio, or seconds or megabytes of pygo itself."""

    kind: str
    limit: float
    # What pygo itself may take at most, whatever the ratio is.
    most: float | None = None

    def __str__(self) -> str:
        most = "" if self.most is None else f", ≤ {self.most:.0f} MB"
        match self.kind:
            case "ratio":
                return f"≤ {self.limit:.3g}{most}"
            case "seconds":
                return f"≤ {self.limit * 1000:.0f} ms"
            case _:
                return f"≤ {self.limit:.0f} MB"

    def is_reached(self, own: Spread, ratio: Spread) -> bool:
        value = ratio if self.kind == "ratio" else own
        return value.median <= self.limit and (self.most is None or own.max <= self.most)


def both(limit: float) -> dict[str, Goal]:
    """The same ratio of wall time and of processor time."""
    return {"seconds": Goal("ratio", limit), "cpu": Goal("ratio", limit)}


@dataclass
class Pair:
    """Two commands to compare, and what happens before each pair, which is not measured."""

    pygo: Callable[[], Cost]
    other: Callable[[], Cost] | None
    before: Callable[[int], None] = lambda number: None


@dataclass
class Row:
    """One kind of work."""

    name: str
    work: str
    other: str
    projects: tuple[str, ...]
    # Attributes of Cost, and the goal for each.
    goals: dict[str, Goal | None]
    pairs: int
    # Whether it empties caches, which are its own then.
    is_cold: bool
    prepare: Callable[["Bench", str], Pair]


ROWS: list[Row] = []


def row(name, work, other, projects, goals, pairs=5, is_cold=False):
    def add(prepare):
        ROWS.append(Row(name, work, other, projects, goals, pairs, is_cold, prepare))
        return prepare

    return add


class Bench:
    """Scratch space, tools, caches and commands."""

    def __init__(self, scratch: Path, caches: Path, pygo: Path, go: str, zig: str, tools: Path):
        self.scratch, self.pygo, self.go, self.zig = scratch, pygo, go, zig
        self.number = 0
        self.cache, self.go_cache, self.of_raw = caches / "pygo", caches / "go-build", caches / "raw"
        self.of_raw.mkdir(parents=True, exist_ok=True)
        self.cache.mkdir(exist_ok=True)
        # Tools that were downloaded before are used again.
        tools.mkdir(parents=True, exist_ok=True)
        if not (self.cache / "tools").exists():
            (self.cache / "tools").symlink_to(tools)

    def environment(self) -> dict[str, str]:
        names = ("PYGO_GO", "PYGO_ZIG", "ZIG_GLOBAL_CACHE_DIR", "CI")
        kept = {name: value for name, value in os.environ.items() if name not in names}
        return {**kept, "PYGO_CACHE_DIR": str(self.cache), "GOCACHE": str(self.go_cache)}

    def project(self, kind: str, files: int = 0) -> Path:
        self.number += 1
        return samples.make(kind, self.scratch / f"{kind}{self.number}", files)

    def build(self, root: Path, targets: list[str], *options: str, **env: str) -> Cost:
        command = [self.pygo, "matrix", root, "--targets", ",".join(targets), *options]
        return run(command, self.scratch, {**self.environment(), **env})

    def report(self, root: Path, *options: str) -> tuple[Cost, dict]:
        """Builds for the host, and returns what the report says about its target, too."""
        report = self.scratch / "report.json"
        cost = self.build(root, HOST, "--report", str(report), *options)
        (target,) = json.loads(report.read_text())["targets"]
        return cost, target

    def raw(self, kind: str) -> tuple[Path, Raw]:
        root = self.project(kind)
        work = self.scratch / f"raw{self.number}"
        return root, Raw(work, root / f"bench_{kind}" / "go", self.go, self.zig, self.of_raw)

    def run_raw(self, raw: Raw, targets: list[str], **env: str) -> Cost:
        return run(raw.command(targets), self.scratch, {**raw.environment(), **env})

    def without_caches(self) -> None:
        for path in (self.cache / "zig", self.cache / "stages", self.cache / "go", self.go_cache):
            shutil.rmtree(path, ignore_errors=True)


def warm(bench: Bench, kind: str, targets: list[str], edit: Callable | None = None) -> Pair:
    """Both build once, and then again after `edit` of both projects."""
    root, (other, raw) = bench.project(kind), bench.raw(kind)
    bench.build(root, targets)
    bench.run_raw(raw, targets)
    return Pair(
        lambda: bench.build(root, targets), lambda: bench.run_raw(raw, targets), edited(edit, kind, root, other)
    )


# No edit is made twice: what it leads to would be in a cache.
EDITIONS = itertools.count(1)


def edited(edit: Callable | None, kind: str, *roots: Path) -> Callable[[int], None]:
    def before(number: int) -> None:
        edition = next(EDITIONS)
        for root in roots if edit else []:
            edit(root, kind, edition)

    return before


@row("nothing-changed", "nothing changed, 4 targets", "the raw commands, warm", ("hello", "tls", "modules"),
     {"seconds": Goal("ratio", 1 / 30)})
def nothing_changed(bench: Bench, kind: str) -> Pair:
    return warm(bench, kind, FOUR)


@row("nothing-changed-c", "nothing changed, a large C binding, 1 target", "the raw command, warm", ("zstd",),
     {"seconds": Goal("seconds", 0.06)})
def nothing_changed_c(bench: Bench, kind: str) -> Pair:
    return warm(bench, kind, HOST)


@row("python-line", "one Python line changed, 4 wheels", "one `python -m build --wheel --no-isolation`", ("hello",),
     {"seconds": Goal("ratio", 1.0)})
def python_line(bench: Bench, kind: str) -> Pair:
    root, other = bench.project(kind), bench.project(kind)
    # Which downloads setuptools, if this is the first build.
    bench.build(root, FOUR)
    setuptools = next(path for path in (bench.cache / "tools").glob("setuptools-*") if path.is_dir())
    env = {**os.environ, "PYTHONPATH": str(setuptools)}
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", other]
    before = edited(samples.edit_python, kind, root, other)
    return Pair(lambda: bench.build(root, FOUR), lambda: run(command, bench.scratch, env), before)


@row("go-line", "one Go line changed, 4 targets", "the raw commands after the same edit", ("hello", "modules"),
     both(0.8))
def go_line(bench: Bench, kind: str) -> Pair:
    return warm(bench, kind, FOUR, samples.edit_go)


COLD = ("cold, 4 targets", "the raw commands, cold")


@row("cold-tls", *COLD, ("tls",), both(0.75), pairs=3, is_cold=True)
@row("cold", *COLD, ("hello",), both(0.75), is_cold=True)
def cold(bench: Bench, kind: str) -> Pair:
    root, (_, raw) = bench.project(kind), bench.raw(kind)
    # Environments of Python and answers of tools stay.
    bench.build(root, HOST)

    def before(number: int) -> None:
        bench.without_caches()
        for path in raw.caches():
            shutil.rmtree(path, ignore_errors=True)

    return Pair(lambda: bench.build(root, FOUR), lambda: bench.run_raw(raw, FOUR), before)


@row("packing", "the pack stage of a library of 20 MB", "Python's zipfile, level 6", ("packed",),
     {"seconds": Goal("ratio", 1 / 2.5), "megabytes": Goal("ratio", 1.0)})
def packing(bench: Bench, kind: str) -> Pair:
    """Packing includes reading the wheel back and checking it. Megabytes are those of the wheel."""
    root = bench.project(kind)

    def pack() -> Cost:
        _, target = bench.report(root)
        stages = {stage["stage"]: stage for stage in target["stages"]}
        assert stages["library"]["cached"] and not stages["pack"]["cached"]
        return Cost(stages["pack"]["seconds"], megabytes=target["size"] / 1e6)

    _, target = bench.report(root)
    with zipfile.ZipFile(bench.scratch / target["wheel"]) as archive:
        files = {info.filename: archive.read(info) for info in archive.infolist()}
    for name, data in files.items():
        samples.write(bench.scratch / "unpacked" / name, data)
    code = (
        "import sys, os, pathlib, zipfile\n"
        "root = pathlib.Path(sys.argv[1])\n"
        "with zipfile.ZipFile(sys.argv[2], 'w', zipfile.ZIP_DEFLATED, compresslevel=6) as archive:\n"
        "    for path in sorted(root.rglob('*')):\n"
        "        if path.is_file():\n"
        "            archive.write(path, path.relative_to(root))\n"
    )
    packed = bench.scratch / "zipfile.whl"
    command = [sys.executable, "-c", code, bench.scratch / "unpacked", packed]

    def other() -> Cost:
        cost = run(command, bench.scratch, dict(os.environ))
        return Cost(cost.seconds, megabytes=packed.stat().st_size / 1e6)

    # Another Python file makes another wheel of the same library.
    return Pair(pack, other, edited(samples.edit_python, kind, root))


@row("develop", "`pygo develop` after one Go line", "`go build` of the host's library after the same edit", ("hello",),
     {"seconds": Goal("ratio", 1.3)})
def develop(bench: Bench, kind: str) -> Pair:
    root, (other, raw) = bench.project(kind), bench.raw(kind)
    venv = bench.scratch / "venv"
    subprocess.run([sys.executable, "-m", "venv", venv], check=True)
    env = {**bench.environment(), "VIRTUAL_ENV": str(venv), "PATH": f"{venv}/bin{os.pathsep}{os.environ['PATH']}"}
    install = [venv / "bin" / "python", "-m", "pip", "install", "--quiet", "cffi"]
    subprocess.run(install, check=True, capture_output=True)

    def pygo() -> Cost:
        return run([bench.pygo, "develop", root], bench.scratch, env)

    def library() -> Cost:
        return bench.run_raw(raw, HOST, LIBRARY_ONLY="1")

    pygo(), library()
    return Pair(pygo, library, edited(samples.edit_go, kind, root, other))


@row("files", "nothing changed, 1,100 Python files, 1 target", "the same with 100 Python files", ("hello",),
     {"seconds": Goal("seconds", 0.062), "megabytes": Goal("megabytes", 60)})
def files(bench: Bench, kind: str) -> Pair:
    many, few = bench.project(kind, 1100), bench.project(kind, 100)
    bench.build(many, HOST), bench.build(few, HOST)
    return Pair(lambda: bench.build(many, HOST), lambda: bench.build(few, HOST))


@row("memory", "pygo's peak memory, cold, 1 target", "the largest binary in the wheel", ("hello", "zstd", "packed"),
     {"megabytes": Goal("ratio", 3, most=150)}, pairs=1)
def memory(bench: Bench, kind: str) -> Pair:
    root = bench.project(kind)
    wheels = []

    def pygo() -> Cost:
        cost, target = bench.report(root, "--no-cache")
        wheels.append(bench.scratch / target["wheel"])
        return cost

    def largest() -> Cost:
        if not wheels:
            pygo()
        with zipfile.ZipFile(wheels[-1]) as archive:
            most = max(info.file_size for info in archive.infolist())
        return Cost(0.0, megabytes=most / 1e6)

    return Pair(pygo, largest)


@row("one-more-target", "one more target in a matrix of three", "the raw commands for that target, cold", ("hello",),
     both(0.8), is_cold=True)
def one_more_target(bench: Bench, kind: str) -> Pair:
    root, (_, raw) = bench.project(kind), bench.raw(kind)
    three, one = FOUR[:3], FOUR[3:]
    bench.without_caches()
    bench.build(root, three)
    saved = bench.scratch / "three"
    places = {"zig": bench.cache / "zig", "stages": bench.cache / "stages", "go-build": bench.go_cache}
    for name, path in places.items():
        shutil.copytree(path, saved / name, symlinks=True)

    def before(number: int) -> None:
        for path in [*places.values(), *raw.caches()]:
            shutil.rmtree(path, ignore_errors=True)
        for name, path in places.items():
            shutil.copytree(saved / name, path, symlinks=True)

    return Pair(lambda: bench.build(root, FOUR), lambda: bench.run_raw(raw, one), before)


# Of 23 November 2026, when this took 200 s on two processors.
EARLIER = "f85619d"


@row("build", "`cargo build --release` of pygo from nothing", f"the same at commit {EARLIER}", ("pygo",),
     both(0.5), pairs=1)
def build(bench: Bench, kind: str) -> Pair:
    root = ROOT
    earlier = bench.scratch / "earlier"
    archive = subprocess.run(["git", "archive", EARLIER], cwd=root, capture_output=True)
    if archive.returncode != 0:
        raise Unavailable(f"it needs a clone with commit {EARLIER}")
    earlier.mkdir()
    subprocess.run(["tar", "-x"], cwd=earlier, input=archive.stdout, check=True)
    for place in (root, earlier):
        subprocess.run(["cargo", "fetch", "--quiet", "--locked"], cwd=place, check=True)
    target = bench.scratch / "target"

    def built(place: Path) -> Cost:
        shutil.rmtree(target, ignore_errors=True)
        command = ["cargo", "build", "--release", "--locked", "--offline"]
        return run(command, place, {**os.environ, "CARGO_TARGET_DIR": str(target)})

    return Pair(lambda: built(root), lambda: built(earlier))


@row("emulated", "an arm64 cross build, cold", "pygo-tools 0.1.8 and gcc in an emulated arm64 Debian", ("hello", "tls"),
     {"cpu": Goal("ratio", 1 / 6)}, pairs=1, is_cold=True)
def emulated(bench: Bench, kind: str) -> Pair:
    """What a container of another architecture does: compilers and Python run in qemu."""
    place = ROOT / "target" / "emulated" / "root"
    if subprocess.run([ROOT / "tests" / "setup" / "emulated.sh"]).returncode != 0:
        raise Unavailable("it needs an arm64 Debian, which tests/setup/emulated.sh unpacks")
    if subprocess.run(inside(place, "true"), capture_output=True).returncode != 0:
        raise Unavailable("it needs root, and Debian's packages qemu-user-static and binfmt-support")
    root, other = bench.project(kind), bench.project(kind)
    samples.for_0_1_8(other, kind)
    # Environments of Python and answers of tools stay.
    bench.build(root, HOST)
    project = place / "project"

    def before(number: int) -> None:
        bench.without_caches()
        shutil.rmtree(place / "root", ignore_errors=True)
        shutil.rmtree(project, ignore_errors=True)
        shutil.copytree(other, project)

    command = inside(place, "python3", "setup.py", "bdist_wheel")
    return Pair(lambda: bench.build(root, ["linux-arm64"]), lambda: run(command, bench.scratch, EMULATED), before)


EMULATED = {"PATH": "/go/bin:/usr/bin:/bin", "PYTHONPATH": "/site", "HOME": "/root", "CGO_ENABLED": "1"}


def inside(root: Path, *command: str) -> list[str]:
    """`command` in the directory `project` of the file system `root`, with the devices of this machine."""
    script = 'mount -t proc proc "$1/proc" && mount --rbind /dev "$1/dev" && mkdir -p "$1/project" && ' \
        'root=$1 && shift && exec /usr/sbin/chroot "$root" sh -c \'cd /project && exec "$@"\' sh "$@"'
    return ["/usr/bin/unshare", "--mount", "/bin/sh", "-c", script, "sh", str(root), *command]
