"""The Pythons on this machine that the wheels must run on."""

import os
import subprocess
import sys
from pathlib import Path

# What tests/setup/free-threaded.sh makes.
COMPILED = Path(__file__).resolve().parents[2] / "target/free-threaded"


def pythons(free_threaded: bool) -> dict[str, str]:
    """Version -> executable of every CPython 3.10 or later on this machine, with or without GIL."""
    bins = [Path(entry) for entry in os.environ["PATH"].split(os.pathsep)]
    for versions in [*pyenv(), COMPILED]:
        bins += sorted(versions.glob("*/bin"))
    candidates = [Path(sys._base_executable)]
    names = [f"python3.{minor}{end}" for minor in range(10, 30) for end in ("", "t")]
    candidates += [bin / name for bin in bins for name in names]
    code = "import platform, sys, sysconfig; print(platform.python_version(), "
    code += "platform.python_implementation(), sysconfig.get_config_var('Py_GIL_DISABLED') or 0)"
    found = {}
    for candidate in candidates:
        if not candidate.exists():
            continue
        answer = subprocess.run([candidate, "-c", code], capture_output=True, text=True, timeout=60)
        if answer.returncode == 0:  # otherwise a shim for a version that is not installed
            version, implementation, no_gil = answer.stdout.split()
            if (implementation, no_gil) == ("CPython", str(int(free_threaded))):
                found.setdefault(version, str(candidate))
    return found


def pyenv() -> set[Path]:
    """The directories where pyenv may keep its Pythons."""
    root = Path(os.environ.get("PYENV_ROOT") or "~/.pyenv").expanduser()
    return {path.resolve() for path in (root / "versions", Path(sys.base_prefix).parent)}


PYTHONS = pythons(free_threaded=False)
FREE_THREADED = pythons(free_threaded=True)
