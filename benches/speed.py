"""Measures how fast `pygo check` is and how much memory it takes, and writes its section of
docs/benchmarks.md.

    python benches/speed.py        (`make bench` does it; published wheels are fetched)

In one run, over the same published Linux wheels: `auditwheel show`, and `pygo check` on one
processor and on two. `auditwheel show` takes one wheel at a time; `pygo check` is asked both ways,
one process for each wheel and one for all.
"""

import datetime
import hashlib
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests" / "judges"))

from builders import documents, entry, row  # noqa: E402
from page import replace_section  # noqa: E402
from published import GOOD, fetched  # noqa: E402

JUDGES = Path(sys.executable).parent
PYGO = Path(os.environ.get("PYGO", ROOT / "target" / "release" / "pygo")).resolve()
ROUNDS = int(os.environ.get("ROUNDS", "5"))
LIMIT_MB = 200


def cores(count: int) -> list[str]:
    """The prefix of a command that may use that many processors."""
    usable = sorted(os.sched_getaffinity(0))[:count]
    return ["taskset", "--cpu-list", ",".join(map(str, usable))]


def seconds(*command: object) -> float:
    start = time.perf_counter()
    subprocess.run([str(part) for part in command], capture_output=True, timeout=600)
    return time.perf_counter() - start


def speed(paths: list[Path]) -> tuple[str, float]:
    size = sum(path.stat().st_size for path in paths) / 1e6
    unpacked = 0
    for path in paths:
        with zipfile.ZipFile(path) as archive:
            unpacked += sum(info.file_size for info in archive.infolist()) / 1e6
    check = [PYGO, "check", "--format", "json"]
    show = [JUDGES / "auditwheel", "show", "--json"]
    ways = {
        "`auditwheel show`, a process per wheel, 1 core": lambda: sum(
            seconds(*cores(1), *show, path) for path in paths
        ),
        "`pygo check`, a process per wheel, 1 core": lambda: sum(
            seconds(*cores(1), *check, path) for path in paths
        ),
        "`pygo check`, one process, 1 core": lambda: seconds(*cores(1), *check, *paths),
        "`pygo check`, one process, 2 cores": lambda: seconds(*cores(2), *check, *paths),
    }
    # Other load on the machine affects all alternatives alike: each round runs each of them once. A
    # round of auditwheel takes a minute, so it runs in fewer rounds.
    times: dict[str, list[float]] = {way: [] for way in ways}
    for number in range(ROUNDS):
        for way, run in ways.items():
            if not (way.startswith("`auditwheel") and number >= 2):
                times[way].append(run())
    lines = [
        f"{len(paths)} wheels, {size:.0f} MB ({unpacked:.0f} MB unpacked).",
        "",
        "| | best | median | wheels/s | MB/s (compressed) | speed relative to `auditwheel show` |",
        "|---|---|---|---|---|---|",
    ]
    base = min(times[next(iter(ways))])
    for way, took in times.items():
        best = min(took)
        lines.append(
            f"| {way} | {best:.2f} s | {statistics.median(took):.2f} s | {len(paths) / best:.1f} "
            f"| {size / best:.0f} | {base / best:.0f} |"
        )
    # Only the runs with all wheels in one process count for the ratio.
    least = min(base / min(took) for way, took in times.items() if "check`, one process" in way)
    return "\n".join(lines), least


class Large:
    """A wheel of 500 MB, written file by file to stay out of memory."""

    NAME = "large-1.0-py3-none-manylinux_2_17_x86_64.whl"
    SIZE = 500_000_000

    def __init__(self, archive: zipfile.ZipFile):
        self.archive, self.rows = archive, []
        # Noise does not compress. Bytes after an ELF file's tables are loaded by nothing.
        self.noise = hashlib.shake_256(b"large").digest(64 << 20)

    def put(self, name: str, data: bytes, method: int = zipfile.ZIP_DEFLATED) -> None:
        self.archive.writestr(entry(name, 0o100755, method), data)
        self.rows.append(row(name, data))

    def many(self, library: bytes) -> None:
        """Binaries of 70 to 120 MB, data next to them, and two thousand small files."""
        self.put("large/program", library)
        self.put("large/stored", library + self.noise[: 50 << 20], zipfile.ZIP_STORED)
        self.put("large/deflated", library + self.noise + self.noise[: 26 << 20])
        for number in range(4):
            self.put(f"large/data{number}.bin", bytes([number]) + self.noise)
        for number in range(2000):
            start = number * 997
            self.put(f"large/module{number}.py", self.noise[start : start + 4000].hex().encode())
        left = self.SIZE - self.archive.fp.tell()
        while left > 0:
            piece = self.noise[: min(left, len(self.noise))]
            self.put(f"large/more{left}.bin", piece)
            left -= len(piece)

    def one(self, library: bytes) -> None:
        """One binary that is nearly all of the wheel, as of the wheels that bring a GPU's library."""
        self.put("large/program", library + (self.noise * 8)[: self.SIZE - len(library) // 3])

    def end(self) -> None:
        *others, record = documents(self.NAME).items()
        for name, data in others:
            self.put(name, data)
        rows = [*self.rows, f"{record[0]},,"]
        self.archive.writestr(entry(record[0]), "\n".join(rows))


def memory(source: Path) -> tuple[str, float]:
    with zipfile.ZipFile(source) as archive:
        library = max((archive.read(info) for info in archive.infolist()), key=len)
    # The child of a child: what this process itself took does not count.
    code = (
        "import resource, subprocess, sys\n"
        "done = subprocess.run(sys.argv[1:], capture_output=True, timeout=300)\n"
        "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss, done.returncode)\n"
    )
    lines = ["| wheel | largest binary | cores | seconds | MB/s | peak memory |"]
    lines.append("|---|---|---|---|---|---|")
    most = 0.0
    for kind, fill in (("many files", Large.many), ("one binary", Large.one)):
        with tempfile.TemporaryDirectory() as scratch:
            path = Path(scratch) / Large.NAME
            with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
                wheel = Large(archive)
                fill(wheel, library)
                wheel.end()
            size = path.stat().st_size / 1e6
            with zipfile.ZipFile(path) as archive:
                sizes = [info.file_size for info in archive.infolist() if "." not in info.filename]
            for count in (1, 2):
                start = time.perf_counter()
                command = [sys.executable, "-c", code, *cores(count), PYGO, "check", path]
                done = subprocess.run(
                    list(map(str, command)), capture_output=True, text=True, timeout=400, check=True
                )
                took = time.perf_counter() - start
                peak, exit_code = map(int, done.stdout.split())
                assert exit_code == 0, f"pygo check found an error in {path}"
                most = max(most, peak * 1024 / 1e6)
                lines.append(
                    f"| {kind}, {size:.0f} MB | {max(sizes) / 1e6:.0f} MB | {count} | {took:.1f} "
                    f"| {size / took:.0f} | {peak * 1024 / 1e6:.0f} MB |"
                )
    return "\n".join(lines), most


def has_sha() -> bool:
    """Whether the processor has instructions for SHA-256: without them, hashing takes 60% of the time."""
    words = Path("/proc/cpuinfo").read_text().split()
    return "sha_ni" in words or "sha2" in words


def least_ratio() -> int:
    return 20 if has_sha() else 8


def machine() -> str:
    model = next(
        (
            line.split(":")[1].strip()
            for line in Path("/proc/cpuinfo").read_text().splitlines()
            if line.startswith("model name")
        ),
        platform.machine(),
    )
    tools = subprocess.run(
        [JUDGES / "auditwheel", "--version"], capture_output=True, text=True, timeout=60
    )
    load = f"{os.getloadavg()[0]:.1f}"
    return (
        f"{datetime.date.today()}: {os.cpu_count()} CPUs ({model}, {'with' if has_sha() else 'without'} SHA instructions), Python {platform.python_version()}, "
        f"{' '.join(tools.stdout.split()[:2])}; load average at the start: {load}."
    )


def main() -> None:
    environment = machine()
    paths = [fetched(name) for name in GOOD if "linux" in name]
    ruff = [path for path in paths if path.name.startswith("ruff-") and "x86_64" in path.name]
    (program,) = ruff
    room, most = memory(program)
    print(room, file=sys.stderr)
    times, least = speed(paths)
    section = f"""{environment}

The best of {ROUNDS} rounds (of two for `auditwheel show`), with files in the page cache. `pygo check` reads and
hashes every file. `auditwheel show` reads only the binaries, and checks one wheel per process: it spends
much of its time starting Python and importing modules. The second row shows `pygo check` with one process
per wheel, too.

{times}

### Large wheels

{room}

pygo hashes files while decompressing them. It writes large binaries to a temporary file and reads only
their tables into memory."""
    replace_section("checks", section)
    print(section)
    print(json.dumps({"least_ratio": round(least, 1), "most_memory_mb": round(most)}))
    if least < least_ratio() or most > LIMIT_MB:
        sys.exit(f"slower than {least_ratio()} times auditwheel, or more memory than allowed")


if __name__ == "__main__":
    main()
