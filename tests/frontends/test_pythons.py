"""Every Python of this machine, from 3.10 on, with a build of its own; and older ones refused."""

import os
import subprocess
from pathlib import Path

import pytest

import projects
from pythons import PYTHONS

# One of each minor version; `pythons:` at the top of the run lists what was found.
MINORS = {version.rsplit(".", 1)[0]: path for version, path in reversed(PYTHONS.items())}
HELLO = "from example import ExtensionAdapter as E; print(E().hello('world', 4))"


def test_the_oldest_supported_python_is_here():
    if "3.10" in MINORS:
        return
    reason = f"no Python 3.10 on this machine, only {', '.join(PYTHONS)}"
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.mark.parametrize("minor", sorted(MINORS, key=lambda minor: int(minor[2:])))
def test_pip_install(minor, machine, tmp_path):
    """`pip install .` in isolation: the newest setuptools that there is for this Python."""
    project = machine.project("hello-pyproject", tmp_path)
    venv = machine.venv(tmp_path / "venv", "pip", python=MINORS[minor])
    assert venv.says("import sys; print('%d.%d' % sys.version_info[:2])") == minor
    venv.run("pip", "install", project).ok()
    assert venv.says(HELLO) == "hello world 4"


@pytest.mark.parametrize("minor", sorted(MINORS, key=lambda minor: int(minor[2:])))
def test_setup_py_and_its_config(minor, machine, tmp_path):
    """What pygo_tools itself needs of a Python: reading both configurations, and running."""
    venv = machine.venv(tmp_path / "venv", "pygo-tools", python=MINORS[minor])
    root = projects.flat(tmp_path / "flat")
    code = "from pygo_tools import Config; print(Config.from_toml().library)"
    assert venv.says(code, cwd=root) == "small"
    assert venv.python("-m", "pygo_tools", "--version").ok().stdout == "pygo 0.2.0\n"
    assert "build-ffi" in venv.run("build-ffi", "--help").ok().stdout


def older_pythons() -> dict[str, Path]:
    bins = [Path(entry) for entry in os.environ["PATH"].split(os.pathsep)]
    bins += sorted(Path("~/.pyenv/versions").expanduser().glob("*/bin"))
    found = {}
    for minor in (8, 9):
        for path in (bin / f"python3.{minor}" for bin in bins):
            if path.exists() and subprocess.run([path, "-c", ""], capture_output=True).returncode == 0:
                found[f"3.{minor}"] = path
    return found


def test_an_older_python_is_refused_by_the_front_end(machine, fronts, pygo_wheel, tmp_path):
    line = ("pip", "download", "--no-deps", "--python-version", "3.9", "--only-binary", ":all:")
    done = fronts.run(*line, "--no-index", "--platform", "linux_x86_64", "pygo-tools", cwd=tmp_path)
    done.failed("requires a different", "3.9", ">=3.10")


@pytest.mark.skipif(not older_pythons(), reason="no Python 3.8 or 3.9 here to be refused")
def test_an_older_python_is_refused_by_the_package(machine, workshop, tmp_path):
    """Where it was put on the path by hand."""
    (site,) = workshop.directory.glob("lib/python3*/site-packages")
    for minor, python in older_pythons().items():
        done = machine.run(python, "-c", "import pygo_tools", PYTHONPATH=str(site))
        done.failed("error: importing pygo_tools", f"found: this is Python {minor}.", "help: use Python 3.10")
