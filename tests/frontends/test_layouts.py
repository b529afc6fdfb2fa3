"""Projects of every layout, installed by pip into a fresh environment and run there."""

import pytest

import projects
from machine import only
from wheels import Wheel

SMALL = {
    "flat": (projects.flat, "flat", "flat"),
    "src": (projects.src_layout, "insrc", "insrc"),
    "namespace": (projects.namespace, "acme.tools", "acme/tools"),
    "data and entry points": (projects.with_data, "withdata", "withdata"),
}


@pytest.mark.parametrize("layout", SMALL)
def test_pip_installs_it(layout, machine, tmp_path):
    make, module, place = SMALL[layout]
    root = make(tmp_path / "project")
    venv = machine.venv(tmp_path / "venv", "pip")
    venv.run("pip", "install", root).ok()
    assert venv.says(f"import {module}; print({module}.hello('you'))") == "hello you"
    installed = venv.installed()
    assert f"{place}/_native.abi3.so" in installed and f"{place}/lib/libsmall.so" in installed
    assert venv.python("-m", "pip", "check").ok()
    if module == "withdata":
        assert venv.run("say-hello").ok().stdout == "hello data\n"
        code = "from importlib.metadata import entry_points as e"
        code += "; print(e(group='some.group')['plugin'].load()('plugin'))"
        assert venv.says(code) == "hello plugin"


@pytest.mark.parametrize("layout", ["namespace"])
def test_uv_installs_it(layout, machine, fronts, tmp_path):
    make, module, place = SMALL[layout]
    root = make(tmp_path / "project")
    venv = machine.venv(tmp_path / "venv")
    fronts.run("uv", "pip", "install", "--python", venv.bin / "python", root).ok()
    assert venv.says(f"import {module}; print({module}.hello('you'))") == "hello you"
    # Another distribution may put its own packages beside it.
    assert f"{place.split('/')[0]}/__init__.py" not in venv.installed().splitlines()


def test_a_setup_py_of_0_1_8_with_what_it_requires_named(machine, hello_wheel, tmp_path):
    """example/hello, and a pyproject.toml that says what its setup.py imports."""
    root = machine.project("hello", tmp_path)
    requires = '[build-system]\nrequires = ["pygo-tools"]\nbuild-backend = "setuptools.build_meta"\n'
    (root / "pyproject.toml").write_text(requires)
    venv = machine.venv(tmp_path / "venv", "pip")
    venv.run("pip", "wheel", root, "--no-deps", "--wheel-dir", tmp_path / "out").ok()
    made = Wheel(only(tmp_path / "out"))
    assert made.name == hello_wheel.name
    assert made.files == Wheel(hello_wheel).files
    venv.run("pip", "install", root).ok()
    code = "from example import ExtensionAdapter as E; print(E().hello('world', 4))"
    assert venv.says(code) == "hello world 4"


def test_a_hatchling_project_s_wheel_installs_with_pip_and_uv(machine, fronts, tmp_path):
    root = machine.project("hatchling", tmp_path)
    made = machine.matrix(root, ["host"]).ok().wheel
    for line in ("pip --python PYTHON install", "uv pip install --python PYTHON"):
        venv = machine.venv(tmp_path / f"venv-{line.split()[0]}")
        fronts.run(*line.replace("PYTHON", str(venv.bin / "python")).split(), made).ok()
        assert venv.run("greet", "Ada", "--language", "de").ok().stdout == "Hallo, Ada!\n"
