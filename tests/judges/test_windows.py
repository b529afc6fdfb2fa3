"""A wheel for Windows with a part of each kind, judged by tools that know PE files.

With Wine and WINDOWS_PYTHON, the path of a python.exe that has cffi, its code is also run.
"""

import json
import os
import shutil

import lief
import pytest

from factory import Run, judge
from wheels import Wheel

GO = '''
package main

// #include <stdlib.h>
import "C"

//export Double
func Double(n C.int) C.int { return 2 * n }

//export Name
func Name() *C.char { return C.CString("wörds") }

func main() {}
'''
CAPI = '''
#include <Python.h>
#include "_cgo_export.h"

static PyObject *call(PyObject *self, PyObject *arg) {
    if (!PyLong_Check(arg)) { PyErr_SetString(PyExc_TypeError, "an int"); return NULL; }
    return PyLong_FromLong(Double((int)PyLong_AsLong(arg)));
}
static PyMethodDef methods[] = {{"double", call, METH_O, NULL}, {NULL}};
static struct PyModuleDef module = {PyModuleDef_HEAD_INIT, "_native", NULL, -1, methods};
PyMODINIT_FUNC PyInit__native(void) { return PyModule_Create(&module); }
'''
PYPROJECT = """
[build-system]
requires = ["setuptools"]
build-backend = "setuptools.build_meta"

[project]
name = "kinds"
version = "1.0"
requires-python = ">=3.10"
dependencies = ["cffi"]

[tool.setuptools]
packages = ["kinds", "kinds.inner"]

[[tool.pygo-tools.parts]]
package = "kinds"
go-dir = "go"
extension = "kinds.inner._shared"
library = "shared"
signatures = ["int Double(int n);", "char* Name(void);", "void free(void* p);"]

[[tool.pygo-tools.parts]]
package = "kinds"
go-dir = "go"
extension = "_static"
library = "static"
link = "static"
signatures = ["int Double(int n);"]

[[tool.pygo-tools.parts]]
package = "kinds"
go-dir = "go"
extension = "kinds._abi"
library = "abi"
binding = "cffi-abi"
signatures = ["char* Name(void);", "void free(void* p);"]

[[tool.pygo-tools.parts]]
package = "kinds"
go-dir = "go"
library = "plain"
binding = "ctypes"

[[tool.pygo-tools.parts]]
go-dir = "capi"
extension = "kinds._native"
binding = "capi"
"""
CALL = """
import ctypes
from kinds._abi import ffi, lib
from kinds._native import double
from kinds.inner._shared import lib as shared
from kinds.lib import libabi, libshared
from _static import lib as static
plain = ctypes.CDLL(str(libabi.path.with_name("plain.dll")))
assert [f(21) for f in (double, shared.Double, static.Double, plain.Double)] == [42] * 4
name = lib.Name()
assert ffi.string(name).decode() == "w\\xf6rds" and plain.free
lib.free(name)
libshared.path.rename(libshared.path.with_name("moved.dll"))
"""
SHARED = "kinds/inner/_shared.pyd"
EXTENSIONS = {SHARED: "PyInit__shared", "_static.pyd": "PyInit__static"}
# Path in the wheel -> what it exports.
EXPORTS = {
    **{path: {name} for path, name in EXTENSIONS.items()},
    "kinds/_native.pyd": {"PyInit__native", "Double", "Name"},
    "kinds/lib/shared.kinds.dll": {"Double", "Name"},
    "kinds/lib/abi.kinds.dll": {"Double", "Name", "free"},
    "kinds/lib/plain.dll": {"Double", "Name", "free"},
}


def write(project, sources: dict[str, str]) -> None:
    for path, text in sources.items():
        (project / path).parent.mkdir(parents=True, exist_ok=True)
        (project / path).write_text(text)


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    project = tmp_path_factory.mktemp("windows") / "kinds"
    modules = {f"{place}/go.mod": "module kinds\n\ngo 1.22\n" for place in ("go", "capi")}
    packages = {f"{place}/__init__.py": "" for place in ("kinds", "kinds/inner")}
    write(project, {**modules, **packages, "pyproject.toml": PYPROJECT})
    write(project, {"go/main.go": GO, "capi/main.go": GO, "capi/module.c": CAPI})
    return project


@pytest.fixture(scope="module")
def built(factory, project) -> Run:
    # A cold cache takes minutes: zig compiles a C runtime.
    return factory.matrix(project, ["windows-amd64"], timeout=1800).ok()


@pytest.fixture(scope="module")
def wheel(built) -> Wheel:
    return Wheel(built.wheel)


def pe(wheel: Wheel, path: str) -> lief.PE.Binary:
    return lief.PE.parse(list(wheel.files[path]))


def test_each_kind_has_its_files_and_the_tag_is_for_the_stable_abi(wheel):
    assert wheel.name == "kinds-1.0-cp310-abi3-win_amd64.whl"
    native = {path for path in wheel.files if path.endswith((".pyd", ".dll", ".so", ".lib", ".pdb"))}
    assert native == set(EXPORTS)
    assert b'with_name("shared.kinds.dll")' in wheel.files["kinds/lib/libshared.py"]


@pytest.mark.parametrize("path", EXPORTS)
def test_a_dll_exports_what_it_should_and_needs_only_windows_and_python(wheel, path):
    binary = pe(wheel, path)
    assert binary.header.machine == lief.PE.Header.MACHINE_TYPES.AMD64
    exports = {entry.name for entry in binary.get_export().entries}
    assert exports - {"_cgo_dummy_export"} == EXPORTS[path]
    needed = {entry.name.lower() for entry in binary.imports}
    assert ("python3.dll" in needed) == path.endswith(".pyd")
    others = {name for name in needed if not name.startswith("api-ms-win-crt-")}
    assert others <= {"kernel32.dll", "python3.dll"}, needed


def test_no_tool_finds_anything(factory, wheel):
    done = judge(factory.binary, "check", "--format", "json", wheel.path)
    (checked,) = json.loads(done.stdout)["wheels"]
    # Its five parts are five Go runtimes.
    assert [finding["code"] for finding in checked["findings"]] == ["GO006"]
    assert checked["lowest"] == ["win_amd64"]
    shown = judge("delvewheel", "show", wheel.path).stdout
    assert "will be copied into the wheel" not in shown or "None" in shown.split("copied")[1], shown
    judge("abi3audit", "--strict", wheel.path)


def test_another_directory_gives_the_same_bytes(factory, project, wheel, tmp_path):
    other = shutil.copytree(project, tmp_path / "other", ignore=shutil.ignore_patterns("dist"))
    again = factory.matrix(other, ["windows-amd64"], "--no-cache", timeout=1800).ok()
    assert Wheel(again.wheel).files == wheel.files


def test_what_a_dll_does_not_export_is_named(factory, project, built, tmp_path):
    other = shutil.copytree(project, tmp_path / "other", ignore=shutil.ignore_patterns("dist"))
    config = other / "pyproject.toml"
    config.write_text(config.read_text().replace('"int Double(int n);", "char*', '"int One(void);", "char*'))
    write(other, {"go/one.c": "int One(void) { return 1; }\n"})
    main = (other / "go" / "main.go").read_text()
    write(other, {"go/main.go": main.replace("// #include", "// int One(void);\n// #include")})
    run = factory.matrix(other, ["windows-amd64"])
    assert run.code == 1 and "the Go library does not export `One`" in run.stderr, run.stderr


def test_a_long_for_64_bits_of_go_is_an_error(factory, project, built, tmp_path):
    other = shutil.copytree(project, tmp_path / "other", ignore=shutil.ignore_patterns("dist"))
    config = other / "pyproject.toml"
    config.write_text(config.read_text().replace("int Double(int n);", "long Double(long n);"))
    main = (other / "go" / "main.go").read_text()
    write(other, {"go/main.go": main.replace("Double(n C.int) C.int", "Double(n int64) int64")})
    run = factory.matrix(other, ["windows-amd64"])
    assert run.code == 1 and "Double: `long` has 32 bits on this target" in run.stderr, run.stderr


PYTHON = os.environ.get("WINDOWS_PYTHON")


@pytest.mark.skipif(not (PYTHON and shutil.which("wine")), reason="no Wine, or no WINDOWS_PYTHON")
def test_it_runs_under_wine(wheel, tmp_path):
    for path, content in wheel.files.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(content)
    judge("wine", PYTHON, "-c", CALL, cwd=tmp_path)
    error = judge("wine", PYTHON, "-c", "import kinds.inner._shared", ok=False, cwd=tmp_path).stderr
    assert "ImportError: the Go library cannot be loaded:" in error
    assert "\\kinds\\lib\\shared.kinds.dll (Windows error 126)" in error
