"""The pygo that tests run: what PYGO names, or a copy of the release build.

maturin moves the release build away for a moment, when a test installs this repository, while another process
runs these tests.
"""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

RELEASE = Path(__file__).resolve().parents[2] / "target" / "release" / "pygo"


def copied(program: Path) -> Path:
    directory = tempfile.mkdtemp(prefix="pygo-under-test-")
    atexit.register(shutil.rmtree, directory, ignore_errors=True)
    return Path(shutil.copy2(program, directory))


def under_test() -> Path:
    if program := os.environ.get("PYGO"):
        return Path(program).resolve()
    assert os.access(RELEASE, os.X_OK), f"no pygo at {RELEASE}: run `make build` first"
    return copied(RELEASE)


PYGO = under_test()
