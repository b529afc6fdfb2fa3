"""Every Python on this machine from 3.10 on builds and runs a wheel; older ones are refused."""

import os
import subprocess
from pathlib import Path

import pytest

import projects
from machine import VERSION, cannot
from pythons import PYTHONS, pyenv

# One for each minor version; the header of the run lists the Pythons that were found.
MINORS = {version.rsplit(".", 1)[0]: path for version, path in reversed(PYTHONS.items())}
HELLO = "from example import ExtensionAdapter as E; print(E().hello('world', 4))"


def test_the_oldest_supported_python_is_installed():
    if "3.10" not in MINORS:
        cannot(f"no Python 3.10 on this machine, only {', '.join(PYTHONS)}")


@pytest.mark.parametrize("minor", sorted(MINORS, key=lambda minor: int(minor[2:])))
def test_pip_install(minor, machine, tmp_path):
    """`pip install .` in isolation, with the newest setuptools for this Python."""
    project = machine.project("hello-pyproject", tmp_path)
    venv = machine.venv(tmp_path / "venv", "pip", python=MINORS[minor])
    assert venv.prints("import sys; print('%d.%d' % sys.version_info[:2])") == minor
    venv.run("pip", "install", project).ok()
    assert venv.prints(HELLO) == "hello world 4"


@pytest.mark.parametrize("minor", sorted(MINORS, key=lambda minor: int(minor[2:])))
def test_setup_py_and_its_config(minor, machine, tmp_path):
    """pygo_tools reads both kinds of configuration and runs."""
    venv = machine.venv(tmp_path / "venv", "pygo-tools", python=MINORS[minor])
    root = projects.flat(tmp_path / "flat")
    code = "from pygo_tools import Config; print(Config.from_toml().library)"
    assert venv.prints(code, cwd=root) == "small"
    assert venv.python("-m", "pygo_tools", "--version").ok().stdout == f"pygo {VERSION}\n"
    assert "build-ffi" in venv.run("build-ffi", "--help").ok().stdout


def test_an_older_python_is_refused_by_the_front_end(machine, fronts, pygo_wheel, tmp_path):
    line = ("pip", "download", "--no-deps", "--python-version", "3.9", "--only-binary", ":all:")
    done = fronts.run(*line, "--no-index", "--platform", "linux_x86_64", "pygo-tools", cwd=tmp_path)
    done.failed("requires a different", "3.9", ">=3.10")


def test_an_older_python_is_refused_by_the_package(machine, author, tmp_path):
    """An old Python that gets the package by PYTHONPATH: a pretended one, and those on this machine."""
    patch = "import sys; sys.version_info = (3, 9, 18); import pygo_tools"
    parts = ("error: importing pygo_tools", "found: running Python ", "help: use Python 3.10")
    author.python("-c", patch).failed(*parts)
    (site,) = author.directory.glob("lib/python3*/site-packages")
    for python in older_pythons():
        machine.run(python, "-c", "import pygo_tools", PYTHONPATH=str(site)).failed(*parts)


def older_pythons() -> list[Path]:
    bins = [Path(entry) for entry in os.environ["PATH"].split(os.pathsep)]
    for versions in pyenv():
        bins += sorted(versions.glob("*/bin"))
    paths = [bin / f"python3.{minor}" for bin in bins for minor in (8, 9)]
    runs = [[path, "-c", ""] for path in paths if path.exists()]
    # Skip shims for versions that are not installed.
    return [run[0] for run in runs if not subprocess.run(run, capture_output=True).returncode]
