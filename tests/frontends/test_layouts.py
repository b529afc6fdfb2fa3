"""Projects in every layout, installed from source into a fresh environment and run."""

import pytest

import projects
from machine import only
from macho import images
from wheels import Wheel, same

SMALL = {
    "flat": (projects.flat, "flat", "flat"),
    "src": (projects.src_layout, "insrc", "insrc"),
    "namespace": (projects.namespace, "acme.tools", "acme/tools"),
    "data and entry points": (projects.with_data, "withdata", "withdata"),
}


@pytest.mark.parametrize(
    "front, layout",
    [("uv", "flat"), ("uv", "src"), ("uv", "namespace"), ("pip", "namespace")]
    + [("pip", "data and entry points")],
)
def test_installs(front, layout, machine, fronts, tmp_path):
    make, module, place = SMALL[layout]
    root = make(tmp_path / "project")
    venv = machine.venv(tmp_path / "venv")
    python = venv.bin / "python"
    lines = {"pip": ("--python", python, "install"), "uv": ("pip", "install", "--python", python)}
    fronts.run(front, *lines[front], root).ok()
    assert venv.prints(f"import {module}; print({module}.hello('you'))") == "hello you"
    installed = venv.installed().splitlines()
    assert f"{place}/_native.abi3.so" in installed and f"{place}/lib/libsmall.{place.replace('/', '-')}.so" in installed
    fronts.run("uv", "pip", "check", "--python", python).ok()
    if module == "acme.tools":
        # Another distribution may add packages to the namespace.
        assert "acme/__init__.py" not in installed
    if module == "withdata":
        assert venv.run("say-hello").ok().stdout == "hello data\n"
        code = "from importlib.metadata import entry_points as e"
        code += "; print(e(group='some.group')['plugin'].load()('plugin'))"
        assert venv.prints(code) == "hello plugin"


ANYWHERE = """
[build-system]
requires = ["pygo-tools"]
build-backend = "pygo_tools.backend"

[project]
name = "anywhere"
version = "1.0"
requires-python = ">=3.10"
dependencies = ["cffi"]

[tool.setuptools]
packages = ["acme.deep", "acme.deep.data"]
package-dir = {"" = "lib/python"}
package-data = {"acme.deep.data" = ["*.txt"]}

[tool.pygo-tools]
go-dir = "../core"

[[tool.pygo-tools.parts]]
library = "one"
package = "acme.deep"
extension = "_top"

[[tool.pygo-tools.parts]]
library = "two"
package = "acme"
extension = "other.inner._two"
"""


RUNS_A_PROGRAM = """
import os
import subprocess
import sys
from pathlib import Path


def main():
    program = Path(__file__).parent / "bin" / ("greet.exe" if os.name == "nt" else "greet")
    sys.exit(subprocess.call([program, *sys.argv[1:]]))
"""


@pytest.mark.parametrize("front", ["pip", "uv"])
def test_a_program_is_run_by_an_entry_point_of_its_package(front, machine, fronts, tmp_path):
    root = machine.project("program", tmp_path)
    pyproject = root / "pyproject.toml"
    text = pyproject.read_text().replace("ldflags", 'program-file = "greet/bin/greet"\nldflags')
    pyproject.write_text(f'{text}\n[project.scripts]\ngreet = "greet:main"\n[tool.setuptools]\npackages = ["greet"]\n')
    (root / "greet").mkdir()
    (root / "greet" / "__init__.py").write_text(RUNS_A_PROGRAM)
    venv = machine.venv(tmp_path / "venv")
    python = venv.bin / "python"
    lines = {"pip": ("--python", python, "install"), "uv": ("pip", "install", "--python", python)}
    fronts.run(front, *lines[front], root).ok()
    assert venv.run("greet", "you").ok().stdout == "Hello, you!\n"
    assert "greet/bin/greet" in venv.installed().splitlines()


def test_extensions_and_libraries_are_anywhere(machine, tmp_path):
    """A module at the top, and one in a package that has nothing else; their libraries are in packages of another
    namespace, and Go outside the project."""
    root = tmp_path / "project"
    projects.put(root, "pyproject.toml", ANYWHERE)
    projects.put(root, "lib/python/acme/deep/__init__.py", "from _top import lib\n")
    projects.put(root, "lib/python/acme/deep/data/some.txt", "data\n")
    projects.put(tmp_path, "core/main.go", projects.GO)
    wheel = machine.matrix(root, ["host"]).ok().wheel
    venv = machine.venv(tmp_path / "venv", wheel)
    files = set(venv.installed().splitlines())
    assert {"_top.abi3.so", "other/inner/_two.abi3.so", "acme/deep/data/some.txt"} <= files
    assert {"acme/deep/lib/libone.acme-deep.so", "acme/lib/libtwo.acme.so"} <= files
    code = "from acme.deep import lib; from other.inner._two import ffi, lib as two"
    code += "; print(lib.Hello(ffi.NULL) != ffi.NULL, ffi.string(two.Hello(b'two')).decode())"
    assert venv.prints(code) == "True hello two"


BESIDE = """
[build-system]
requires = ["pygo-tools"]
build-backend = "pygo_tools.backend"

[project]
name = "beside"
version = "1.0"
requires-python = ">=3.10"
dependencies = ["cffi"]

[tool.setuptools]
packages = ["beside"]

[tool.pygo-tools]
package = "beside"
extension = "beside._native"
library = "native"
library-file = "beside/libnative"
"""


def test_an_extension_finds_the_library_beside_it(machine, tmp_path):
    root = tmp_path / "project"
    projects.put(root, "pyproject.toml", BESIDE)
    projects.put(root, "beside/__init__.py", "from beside._native import ffi, lib\n")
    projects.put(root, "beside/go/main.go", projects.GO)
    venv = machine.venv(tmp_path / "venv", machine.matrix(root, ["host"]).ok().wheel)
    assert {"beside/_native.abi3.so", "beside/libnative.so"} <= set(venv.installed().splitlines())
    code = "import beside; print(beside.ffi.string(beside.lib.Hello(b'you')).decode())"
    assert venv.prints(code) == "hello you"
    # No loader of this machine says so about macOS.
    files = Wheel(machine.matrix(root, ["macos-universal2"]).ok().wheel).files
    for image in images(files["beside/_native.abi3.so"]):
        assert image.loads.count("@rpath/libnative.dylib") == 1
        assert image.rpaths == ["@loader_path/."]
    for image in images(files["beside/libnative.dylib"]):
        assert image.identity == "@rpath/libnative.dylib"


def test_a_setup_py_of_0_1_8_with_build_requirements(machine, hello_wheel, tmp_path):
    """example/hello with a pyproject.toml that requires what its setup.py imports."""
    root = machine.project("hello", tmp_path)
    requires = '[build-system]\nrequires = ["pygo-tools"]\nbuild-backend = "setuptools.build_meta"\n'
    (root / "pyproject.toml").write_text(requires)
    venv = machine.venv(tmp_path / "venv", "pip")
    venv.run("pip", "wheel", root, "--no-deps", "--wheel-dir", tmp_path / "out").ok()
    made = only(tmp_path / "out")
    assert made.name == hello_wheel.name
    same(made.read_bytes(), hello_wheel.read_bytes(), made.name)
    venv.run("pip", "install", made).ok()
    code = "from example import ExtensionAdapter as E; print(E().hello('world', 4))"
    assert venv.prints(code) == "hello world 4"


def test_a_hatchling_wheel_installs_with_pip_and_uv(machine, fronts, tmp_path):
    root = machine.project("hatchling", tmp_path)
    made = machine.matrix(root, ["host"]).ok().wheel
    for line in ("pip --python PYTHON install", "uv pip install --python PYTHON"):
        venv = machine.venv(tmp_path / f"venv-{line.split()[0]}")
        fronts.run(*line.replace("PYTHON", str(venv.bin / "python")).split(), made).ok()
        assert venv.run("greet", "Ada", "--language", "de").ok().stdout == "Hallo, Ada!\n"


def test_hatchling_wrapped_by_the_backend(machine, fronts, tmp_path):
    root = machine.project("hatchling", tmp_path)
    fronts.run("uv", "build", "--out-dir", tmp_path / "out", root).ok()
    (wheel,), (sdist,) = ((tmp_path / "out").glob(name) for name in ("*.whl", "*.tar.gz"))
    for source in (wheel, sdist):
        venv = machine.venv(tmp_path / f"venv-{source.suffix}", "pip")
        venv.run("pip", "install", source).ok()
        assert venv.run("greet", "Ada", "--language", "de").ok().stdout == "Hallo, Ada!\n"
    file = root / "pyproject.toml"
    file.write_text(file.read_text().replace('"hatchling.build"', '"hatchlin.build"'))
    done = fronts.run("pip", "wheel", "--no-deps", "--wheel-dir", tmp_path / "none", root)
    done.failed("hatchlin.build, the key `backend`", "ModuleNotFoundError", "correct the key")
