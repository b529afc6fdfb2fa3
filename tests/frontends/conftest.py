"""Fixtures: the wheel of this repository, a machine that installs from it, and shared environments."""

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

JUDGES_TESTS = Path(__file__).resolve().parents[1] / "judges"
sys.path.insert(0, str(JUDGES_TESTS))

from machine import PROJECT, TARGET, UV, VERSION, Machine, Venv, only  # noqa: E402
from pythons import PYTHONS  # noqa: E402

WHEELS = TARGET / "frontends"
# The files that determine the wheel's contents.
SOURCES = ("Cargo.lock", "Cargo.toml", "LICENSE-*", "README.md", "pyproject.toml")
SOURCES += ("python/**/*", "src/**/*", "toolchains/**/*", "docs/*")


def pytest_report_header():
    return f"pythons: {', '.join(f'{v} ({path})' for v, path in PYTHONS.items())}"


def digest() -> str:
    """A hash of all files that determine the wheel."""
    content = hashlib.sha256(sys.version.encode())
    for pattern in SOURCES:
        for path in sorted(PROJECT.glob(pattern)):
            if path.is_file() and "__pycache__" not in path.parts:
                content.update(f"{path.relative_to(PROJECT)}\0".encode() + path.read_bytes())
    return content.hexdigest()[:16]


def contributor() -> dict[str, str]:
    """The environment of a contributor: the machine's own cargo, with its output in `target`."""
    caches = {"PIP_CACHE_DIR": str(TARGET / "judges-cache/pip")}
    return {**os.environ, "CARGO_TARGET_DIR": str(TARGET), **caches}


@pytest.fixture(scope="session")
def pygo_wheel() -> Path:
    """`pip wheel .` of this repository, with maturin in an isolated environment."""
    directory = WHEELS / digest()
    if not list(directory.glob("*.whl")):
        assert shutil.which("cargo"), "no cargo on PATH: this repository cannot be built"
        for old in WHEELS.glob("*"):
            shutil.rmtree(old, ignore_errors=True)
        new = WHEELS / f"{directory.name}.new"
        command = [sys.executable, "-m", "pip", "wheel", "-v", ".", "--no-deps", "-w", str(new)]
        options = {"stdin": subprocess.DEVNULL, "capture_output": True, "text": True}
        done = subprocess.run(command, cwd=PROJECT, env=contributor(), timeout=1800, **options)
        assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
        new.rename(directory)
    return only(directory)


@pytest.fixture(scope="session")
def machine(pygo_wheel, tmp_path_factory) -> Machine:
    return Machine(tmp_path_factory.mktemp("machine"), pygo_wheel.parent)


@pytest.fixture(scope="session")
def author(machine, tmp_path_factory) -> Venv:
    """An author's environment: pygo-tools and its requirements, pip, build and wheel."""
    directory = tmp_path_factory.mktemp("author") / "venv"
    venv = machine.venv(directory, "pygo-tools", "pip", "build", "wheel")
    assert venv.run("pygo", "--version").ok().stdout == f"pygo {VERSION}\n"
    return venv


@pytest.fixture(scope="session")
def fronts(machine, tmp_path_factory) -> Venv:
    """The front-ends pip, build and uv, without pygo-tools."""
    venv = machine.venv(tmp_path_factory.mktemp("fronts") / "venv", "pip", "build")
    shutil.copy(UV, venv.bin)
    return venv


@pytest.fixture(scope="session")
def hello_wheel(machine, tmp_path_factory) -> Path:
    """example/hello's wheel for this machine, built by `pygo matrix`."""
    return built_by_the_command(machine, "hello", tmp_path_factory)


@pytest.fixture(scope="session")
def hello_pyproject_wheel(machine, tmp_path_factory) -> Path:
    """example/hello-pyproject's wheel for this machine, built by `pygo matrix`."""
    return built_by_the_command(machine, "hello-pyproject", tmp_path_factory)


def built_by_the_command(machine: Machine, example: str, tmp_path_factory) -> Path:
    project = machine.project(example, tmp_path_factory.mktemp(example))
    return machine.matrix(project, ["host"]).ok().wheel
