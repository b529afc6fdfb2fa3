"""Fixtures: the wheel of this repository, a machine that installs from it, and shared environments."""

import hashlib
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

try:
    import tomllib
except ImportError:  # Python 3.10
    import tomli as tomllib

JUDGES_TESTS = Path(__file__).resolve().parents[1] / "judges"
sys.path.insert(0, str(JUDGES_TESTS))

from caches import CACHES  # noqa: E402
from builders import WheelBuilder, documents  # noqa: E402
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
    caches = {"PIP_CACHE_DIR": str(CACHES / "pip")}
    return {**os.environ, "CARGO_TARGET_DIR": str(TARGET), **caches}


def wheel_around(program: Path) -> WheelBuilder:
    """This repository's wheel with a program that is already built."""
    wheel = WheelBuilder(f"pygo_tools-{VERSION}-py3-none-any.whl", {})
    python = PROJECT / "python"
    for path in [*python.glob("pygo_tools/*.*"), *python.glob("pygo_tools.data/scripts/*")]:
        name = str(path.relative_to(python)).replace("pygo_tools.data", f"pygo_tools-{VERSION}.data")
        wheel.files[name], wheel.modes[name] = path.read_bytes(), 0o100755
    pygo = f"pygo_tools-{VERSION}.data/scripts/pygo"
    wheel.files[pygo], wheel.modes[pygo] = program.read_bytes(), 0o100755
    wheel.methods[pygo] = zipfile.ZIP_STORED
    wheel.files.update(documents(wheel.name))
    wheel.edit("METADATA", "Name: pygo_tools", "Name: pygo-tools")
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text("utf-8"))["project"]
    for requirement in project["dependencies"]:
        wheel.header(f"Requires-Dist: {requirement}")
    for extra, requirements in project["optional-dependencies"].items():
        wheel.header(f"Provides-Extra: {extra}")
        for requirement in requirements:
            wheel.header(f"Requires-Dist: {requirement}; extra == '{extra}'")
    for name, url in project["urls"].items():
        wheel.header(f"Project-URL: {name}, {url}")
    return wheel.header(f"License-Expression: {project['license']}")


@pytest.fixture(scope="session")
def pygo_wheel(tmp_path_factory) -> Path:
    """`pip wheel .` of this repository, or a wheel with the executable that PYGO names."""
    if program := os.environ.get("PYGO"):
        return wheel_around(Path(program)).write(tmp_path_factory.mktemp("pygo-wheel"))
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
