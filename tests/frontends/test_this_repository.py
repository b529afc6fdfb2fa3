"""`pip install .` in this repository: the command, the package and the extra."""

import json
import os
import sys

import pytest

from conftest import contributor
from machine import PROJECT, VERSION
from wheels import Wheel

LOCK = json.loads((PROJECT / "toolchains" / "lock.json").read_text("utf-8"))["tools"]
URLS = {"Repository", "Documentation", "Changelog", "Issues"}
EXTRA = {LOCK[tool]["distribution"]: LOCK[tool]["version"] for tool in ("cffi", "go", "zig")}


@pytest.fixture(scope="module")
def wheel(pygo_wheel) -> Wheel:
    return Wheel(pygo_wheel)


def test_the_wheel_contains_command_and_package(wheel):
    assert wheel.name.startswith(f"pygo_tools-{VERSION}-py3-none-")
    scripts = {name.rpartition("/")[2] for name in wheel.files if ".data/scripts/" in name}
    assert scripts == {"pygo", "pygo-tools", "build-ffi"}
    modules = {path.name for path in (PROJECT / "python/pygo_tools").glob("*.*")}
    packed = {name.partition("/")[2] for name in wheel.files if name.startswith("pygo_tools/")}
    assert packed == modules
    for name in modules:
        assert wheel.files[f"pygo_tools/{name}"] == (PROJECT / "python/pygo_tools" / name).read_bytes()


def test_the_metadata(wheel):
    metadata = wheel.metadata
    assert (metadata["Name"], metadata["Version"]) == ("pygo-tools", VERSION)
    assert metadata["Requires-Python"] == ">=3.10"
    assert metadata["License-Expression"] == "MIT OR Apache-2.0"
    assert {line.split(", ")[0] for line in metadata.get_all("Project-URL")} == URLS
    requires = metadata.get_all("Requires-Dist")
    always = {line for line in requires if "extra" not in line}
    assert always == {"build>=1.2", "cffi>=1.17", "setuptools>=70.1"}
    extra = {line.split(";")[0].strip() for line in requires if "extra" in line}
    assert extra == {f"{name}=={version}" for name, version in EXTRA.items()}


@pytest.mark.skipif("PYGO" in os.environ, reason="PYGO replaces the build that this test is about")
def test_pip_install(machine, tmp_path):
    """`pip install .` into a fresh environment; cargo reuses its output in target/."""
    venv = machine.venv(tmp_path / "venv")
    pip = (sys.executable, "-m", "pip", "--python", venv.bin / "python")
    machine.run(*pip, "install", "--no-deps", ".", cwd=PROJECT, **contributor()).ok()
    assert venv.run("pygo", "--version").ok().stdout == f"pygo {VERSION}\n"
    assert venv.prints("import pygo_tools; print(pygo_tools.__version__)") == VERSION


def test_runs_as_a_module(author):
    assert author.python("-m", "pygo_tools", "--version").ok().stdout == f"pygo {VERSION}\n"
    by_module, by_name = (
        author.python("-m", "pygo_tools", "targets").ok().stdout,
        author.run("pygo", "targets").ok().stdout,
    )
    assert by_module == by_name
    assert author.python("-m", "pygo_tools", "matrix", "--nonsense").code == 2


def test_runs_by_the_name_of_the_distribution(machine, tmp_path):
    """uvx and pipx run the program that is named after what they install."""
    venv = machine.venv(tmp_path / "venv", "pipx", "pip", "uv")
    env = {"PIPX_HOME": str(tmp_path / "home"), "PIPX_BIN_DIR": str(tmp_path / "bin")}
    env |= {"UV_PYTHON": str(venv.bin / "python"), "PATH": f"{venv.bin}{os.pathsep}{os.defpath}"}
    for line in (["uvx"], ["pipx", "run"]):
        done = venv.run(*line, "pygo-tools", "--version", cwd=tmp_path, **env).ok()
        assert done.stdout == f"pygo {VERSION}\n", line
        # The exit code is that of pygo.
        assert venv.run(*line, "pygo-tools", "matrix", "--nonsense", **env).code == 2, line


@pytest.fixture(scope="module")
def with_toolchain(machine, tmp_path_factory):
    return machine.venv(tmp_path_factory.mktemp("toolchain") / "venv", "pygo-tools[toolchain]")


def test_the_extra_installs_the_toolchain(with_toolchain):
    code = "from importlib.metadata import version; print([version(n) for n in %r])" % list(EXTRA)
    assert with_toolchain.prints(code) == str(list(EXTRA.values()))


def test_the_toolchain_of_the_environment_is_found(with_toolchain, machine, tmp_path):
    """Go and zig come from the environment, whether or not it is active, and nothing is downloaded."""
    root = machine.project("hello-pyproject", tmp_path)
    report = tmp_path / "report.json"
    line = ("matrix", root, "--targets", "host", "--offline", "--report", report)
    pygo = with_toolchain.bin / "pygo"
    away = with_toolchain.directory.parent / "away"
    away.mkdir()
    (away / "python3").symlink_to(with_toolchain.bin / "python")
    for path in (with_toolchain.bin, away):
        machine.run(pygo, *line, PATH=str(path), VIRTUAL_ENV=str(with_toolchain.directory)).ok()
        tools = json.loads(report.read_text())["tools"]
        for tool in ("go", "c"):
            assert tools[tool]["path"].startswith(str(with_toolchain.directory)), tools
            assert tools[tool]["origin"] in ("path", "python-environment"), tools
    assert tools["go"]["origin"] == "python-environment", tools
