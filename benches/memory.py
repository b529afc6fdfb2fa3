"""Prints how the memory of a process grows while it calls Go: strings, callbacks, threads.

    python benches/memory.py        (`make bench` does it; it builds example/callbacks)
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PYGO = Path(os.environ.get("PYGO", ROOT / "target" / "release" / "pygo")).resolve()

LOOPS = """
from concurrent.futures import ThreadPoolExecutor
import nearby
from nearby._nearby import ffi, lib

def resident():
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmRSS"))

at = ffi.new("point *", (1234.5, 6789.25))
points = [(0, 0)] * 100

def strings(count):
    for _ in range(count):
        text = lib.Describe(b"somewhere", at[0])
        ffi.string(text)
        lib.Free(text)

def callbacks(count):
    for _ in range(count // len(points)):
        nearby.search(points, (0, 0), 1, lambda *found: None)

def threads(count):
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(strings, [count // 8] * 8))

for name, count in {"strings": 1_000_000, "callbacks": 200_000, "threads": 400_000}.items():
    loop = globals()[name]
    loop(count // 20)
    before = resident()
    print(f"{name:10} {count:>9,} calls  {before:>7,} kB before  ", end="")
    loop(count)
    print(f"{resident() - before:>+6,} kB")
"""


def main() -> None:
    with tempfile.TemporaryDirectory() as work:
        out = ["--out-dir", work, "--targets", "host"]
        subprocess.run([PYGO, "matrix", ROOT / "example" / "callbacks", *out], check=True)
        site = Path(work) / "site"
        (wheel,) = Path(work).glob("*.whl")
        pip = [Path(sys.executable).parent / "pip", "install", "--quiet", "--target", site, wheel]
        subprocess.run(pip, check=True)
        env = {**os.environ, "PYTHONPATH": str(site)}
        subprocess.run([sys.executable, "-c", LOOPS], env=env, check=True)


if __name__ == "__main__":
    main()
