"""Copies of this repository, as a clone would be, and the tools that run in them."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "judges"))

from factory import PROJECT, TARGET  # noqa: E402

PYTHON = TARGET / "release-venv/bin/python"
VERSION = (PROJECT / "python/pygo_tools/_version.py").read_text("utf-8").split('"')[1]
CARGO_HOME = Path(os.environ.get("CARGO_HOME") or Path.home() / ".cargo")


def clone(directory: Path) -> Path:
    """The files that a commit of everything here would have."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(command, cwd=PROJECT, check=True, stdout=subprocess.PIPE, text=True).stdout
    for name in filter(None, names.split("\0")):
        if (PROJECT / name).is_file():
            (directory / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(PROJECT / name, directory / name)
    return directory


def cargo_home(directory: Path) -> Path:
    """Another home for cargo, with what is already downloaded; crates are unpacked again."""
    (directory / "registry").mkdir(parents=True)
    for name in ("registry/cache", "registry/index", "config.toml", "config"):
        if (CARGO_HOME / name).exists():
            (directory / name).symlink_to(CARGO_HOME / name)
    return directory


def run(*command: object, cwd: Path, **changes: str) -> subprocess.CompletedProcess:
    without = ("CARGO_TARGET_DIR", "RUSTFLAGS", "PYGO", "PYTHONPATH", "SOURCE_DATE_EPOCH")
    env = {name: value for name, value in os.environ.items() if name not in without} | changes
    line = [str(word) for word in command]
    return subprocess.run(line, cwd=cwd, env=env, capture_output=True, text=True, timeout=1800)


def ok(*command: object, cwd: Path, **changes: str) -> str:
    done = run(*command, cwd=cwd, **changes)
    assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
    return done.stdout
