"""example/capi: C next to the Go code uses Python's limited API, without Python's headers."""

import json
import re
import subprocess

import lief
import pytest

from factory import PROJECT, judge
from macho import images, verify_layout, verify_signature
from pythons import PYTHONS
from wheels import LINUX, Wheel

TARGETS = ["linux-amd64", "linux-arm64", "macos-arm64"]
EXTENSION = "fields/_fields.abi3.so"
CALL = """
from fields import FieldError, split
assert split('a,"b;c",wörd') == ["a", "b;c", "wörd"] and split("a;b\\0", separator=";") == ["a", "b\\0"]
try: split('"open')
except FieldError as error: print(error)
try: split(1)
except TypeError: print("TypeError")
"""
ANSWER = 'parse error on line 1, column 6: extraneous or missing " in quoted-field\nTypeError\n'


@pytest.fixture(scope="module")
def built(factory, tmp_path_factory):
    project = factory.project("capi", tmp_path_factory.mktemp("capi"))
    return factory.matrix(project, TARGETS, timeout=1800).ok()


@pytest.fixture(scope="module")
def wheels(built) -> dict[str, Wheel]:
    """Target -> its wheel of example/capi."""
    return {target: Wheel(path) for target, path in zip(TARGETS, built.wheels, strict=True)}


@pytest.fixture(params=TARGETS)
def target(request) -> str:
    return request.param


def test_the_wheel_has_one_extension_and_needs_nothing(wheel):
    assert wheel.name.startswith("fields-0.1.0-cp310-abi3-")
    package = {name for name in wheel.files if name.startswith("fields/")}
    assert package == {"fields/__init__.py", EXTENSION}
    assert wheel.metadata.get_all("Requires-Dist") is None


def test_check_finds_nothing(factory, wheel):
    done = judge(factory.binary, "check", "--format", "json", wheel.path)
    (checked,) = json.loads(done.stdout)["wheels"]
    assert checked["findings"] == [] and checked["lowest"] == wheel.platforms


@pytest.mark.parametrize("target", LINUX)
def test_linux_needs_python_s_symbols_and_no_libpython(wheel, tmp_path):
    (tmp_path / "x.so").write_bytes(wheel.files[EXTENSION])
    binary = lief.ELF.parse(str(tmp_path / "x.so"))
    assert set(binary.libraries) <= {"libc.so.6", "libpthread.so.0"}
    assert "PyInit__fields" in {symbol.name for symbol in binary.exported_symbols}
    # Before 3.13, `#` in a format has a length of Py_ssize_t only with this function.
    needed = {symbol.name for symbol in binary.dynamic_symbols if symbol.shndx == 0}
    assert "_PyArg_ParseTupleAndKeywords_SizeT" in needed


@pytest.mark.parametrize("target", ["macos-arm64"])
def test_macos_binary_is_complete_and_signed(wheel, target):
    (image,) = images(wheel.files[EXTENSION])
    verify_layout(image)
    assert verify_signature(image) > 0
    assert all(name.startswith(("/usr/lib/", "/System/")) for name in image.loads)


@pytest.mark.parametrize("python", PYTHONS.values(), ids=PYTHONS)
def test_linux_amd64_runs(wheels, python, tmp_path):
    judge(python, "-m", "venv", tmp_path / "venv")
    own = tmp_path / "venv" / "bin" / "python"
    judge(own, "-m", "pip", "install", "-q", "--no-index", wheels["linux-amd64"].path)
    assert judge(own, "-c", CALL, cwd=tmp_path).stdout == ANSWER


def test_linux_arm64_runs_under_qemu(wheels, arm64, tmp_path):
    arm64.install(wheels["linux-arm64"], tmp_path)
    assert arm64.python(tmp_path, "-c", CALL) == ANSWER


def test_a_function_that_is_newer_than_the_oldest_python_is_an_error(factory, tmp_path):
    project = factory.project("capi", tmp_path)
    module = project / "fields" / "go" / "module.c"
    module.write_text(module.read_text().replace("PyList_New(0)", "PyList_GetItemRef(args, 0)"))
    run = factory.matrix(project, ["linux-amd64"])
    assert run.code == 1 and "PyList_GetItemRef" in run.stderr, run.stderr


HEADERS = PROJECT / "toolchains" / "abi3"
LAYOUTS = """
sizeof(PyObject) sizeof(PyVarObject) sizeof(PyMethodDef) sizeof(PyModuleDef) sizeof(PyType_Spec)
sizeof(PyType_Slot) sizeof(PyGetSetDef) sizeof(PyStructSequence_Desc) sizeof(PyModuleDef_Slot)
offsetof(PyModuleDef,m_slots) offsetof(PyModuleDef,m_free) offsetof(PyType_Spec,slots)
offsetof(PyGetSetDef,closure) offsetof(PyVarObject,ob_size)
PyGILState_UNLOCKED PYGEN_ERROR PYGEN_NEXT sizeof(Py_hash_t) sizeof(Py_UCS4) PY_SSIZE_T_MAX
"""
SINCE_3_11 = "sizeof(Py_buffer) offsetof(Py_buffer,format) offsetof(Py_buffer,internal)"


@pytest.mark.parametrize("version", PYTHONS)
def test_our_headers_agree_with_python_s(built, version, tmp_path):
    """Types of functions, by declaring them again; values of constants and layouts, by numbers."""
    code = "import sysconfig; print(sysconfig.get_path('include'))"
    include = judge(PYTHONS[version], "-c", code).stdout.strip()
    minor = min(int(version.split(".")[1]), 13)
    zig = built.report["tools"]["c"]["path"]
    api = f"-DPy_LIMITED_API=0x03{minor:02x}0000"
    (tmp_path / "x.c").write_text("#include <Python.h>\n")
    compiled = [zig, "cc", "-target", "x86_64-linux-gnu", "-w", "-c", "-o", tmp_path / "x.o"]
    if subprocess.run([*compiled, f"-I{include}", tmp_path / "x.c"]).returncode:
        pytest.skip(f"Python {version} has no headers here")

    limited = (HEADERS / "limited.h").read_text()
    added = re.split(r"^#if .*0x03(\w\w)0000\n", limited, flags=re.M)
    known = "".join(
        text for of, text in zip(added[1::2], added[2::2], strict=True) if int(of, 16) <= minor
    )
    again = "".join(
        re.sub(r"(PyAPI_FUNC\([^)]*\)) (\w+)\(", r"\1 (\2)(", line) + "\n"
        for line in known.splitlines()
        # 3.13 added a const to its type; types without a name in older headers
        if line.startswith("PyAPI_")
        and "PyArg_ParseTupleAndKeywords" not in line
        and "PyMemberDef" not in line
    )
    assert again.count("PyAPI_FUNC") > 500
    names = LAYOUTS.split() + (SINCE_3_11.split() if minor >= 11 else [])
    if minor == 13:
        names += re.findall(r"^#define (\w+)", known, re.M)
    (tmp_path / "again.c").write_text(f"#include <Python.h>\n{again}")
    numbers = "".join(f"unsigned long long n{i} = {name};\n" for i, name in enumerate(names))
    (tmp_path / "numbers.c").write_text(
        f"#include <Python.h>\n#include <stddef.h>\n{numbers}"
    )
    real = [*compiled, f"-I{include}", api]
    judge(*real, tmp_path / "again.c")
    objects = []
    own = api.replace("Py_LIMITED_API", "PYGO_LIMITED_API")
    for options in ([f"-I{include}"], [f"-I{HEADERS}", own, "-DNDEBUG"]):
        judge(*compiled, api, *options, tmp_path / "numbers.c")
        data = lief.ELF.parse(str(tmp_path / "x.o"))
        objects.append([bytes(s.content) for s in data.sections if s.name in (".data", ".bss")])
    assert objects[0] == objects[1] and any(objects[0])
