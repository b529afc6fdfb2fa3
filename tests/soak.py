"""Kills `pygo matrix` at random moments, and finds out whether anything bad is left.

    python tests/soak.py [COUNT] [SEED]        (`make soak` does it, with 100 kills)

The project has four versions of its Go code. Before each kill another one is chosen. After it, every wheel in
dist must be complete and right, a second run must succeed and write the bytes that a run without cache wrote,
and no process of the first may be left.
"""

import hashlib
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PYGO = Path(os.environ.get("PYGO", ROOT / "target" / "release" / "pygo")).resolve()
TARGETS = ["linux-amd64", "macos-arm64"]
VERSIONS = 4


class Soak:
    def __init__(self, base: Path, seed: int):
        self.random = random.Random(seed)
        self.project = base / "project"
        shutil.copytree(ROOT / "example" / "one-file", self.project)
        self.source = self.project / "distance" / "go" / "main.go"
        self.original = self.source.read_text()
        self.marker = f"soak-{os.getpid()}"
        self.env = {**os.environ, "PYGO_SOAK": self.marker}
        self.dist = self.project / "dist"
        self.references = [self.reference(version) for version in range(VERSIONS)]

    def write(self, version: int) -> None:
        self.source.write_text(f"{self.original}\nvar version = {version}\n\nfunc init() {{ println(version) }}\n")

    def command(self, *options: str) -> list[str]:
        return [str(PYGO), "matrix", str(self.project), "--targets", ",".join(TARGETS), *options]

    def wheels(self) -> dict[str, str]:
        return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in self.dist.glob("*.whl")}

    def built(self, *options: str) -> dict[str, str]:
        shutil.rmtree(self.dist, ignore_errors=True)
        done = subprocess.run(self.command(*options), env=self.env, capture_output=True, text=True, timeout=900)
        assert done.returncode == 0, done.stderr
        return self.wheels()

    def reference(self, version: int) -> tuple[dict[str, str], float]:
        """The wheels of that version, and how long they take without anything cached."""
        self.write(version)
        start = time.monotonic()
        return self.built("--no-cache"), time.monotonic() - start

    def kill(self, kept: bool) -> str:
        """Starts a run of some version and kills it; returns what is wrong after that."""
        version = self.random.randrange(VERSIONS)
        expected, seconds = self.references[version]
        self.write(version)
        shutil.rmtree(self.dist, ignore_errors=True)
        run = subprocess.Popen(
            self.command(*([] if kept else ["--no-cache"])),
            env=self.env,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        moment = self.random.uniform(0, seconds * (0.3 if kept else 1.1))
        time.sleep(moment)
        (os.killpg if self.random.random() < 0.3 else os.kill)(run.pid, signal.SIGKILL)
        run.wait()
        where = f"version {version}, killed after {moment:.2f} s: "
        for name, digest in self.wheels().items():
            if expected.get(name) != digest:
                return f"{where}{name} is a bad wheel"
        strange = [path.name for path in self.dist.glob("*") if path.suffix != ".whl" and not path.name.startswith(".")]
        if strange:
            return f"{where}dist contains {strange}"
        if left := self.processes():
            return f"{where}still running: {left}"
        if self.built() != expected:
            return f"{where}the next run wrote other bytes than a run without cache"
        return ""

    def processes(self) -> list[str]:
        """The processes of killed runs, after the ten seconds that they have to notice."""
        for _ in range(100):
            left = list(filter(None, map(self.words, Path("/proc").glob("[0-9]*"))))
            if not left:
                break
            time.sleep(0.1)
        return left

    def words(self, process: Path) -> str:
        try:
            environment = (process / "environ").read_bytes().split(b"\0")
            if f"PYGO_SOAK={self.marker}".encode() not in environment:
                return ""
            return (process / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")[:100]
        except OSError:
            return ""


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else random.randrange(1 << 30)
    print(f"{count} kills, seed {seed}", flush=True)
    problems = 0
    with tempfile.TemporaryDirectory() as base:
        soak = Soak(Path(base), seed)
        for number in range(count):
            if problem := soak.kill(kept=number % 2 == 0):
                problems += 1
                print(f"{number}: {problem}", flush=True)
    print(f"{count} kills, {problems} problems")
    sys.exit(bool(problems))


if __name__ == "__main__":
    main()
