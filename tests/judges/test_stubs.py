"""The extension's type stub: mypy and cffi agree on which calls are valid."""

import ast
import importlib.metadata
import re
import sys
import sysconfig
from pathlib import Path

import pytest

from factory import judge
from wheels import Wheel

# C type -> the Python type of a result, arguments that mypy and cffi must both accept, and
# arguments that both must refuse.
CDATA = "FFI.CData"
INTEGER = ("int", ["1", "True", "ffi.cast('int', 1)"], ["1.5", "b'a'", "'a'", "None"])
FLOAT = ("float", ["1", "1.5", "ffi.cast('double', 1)"], ["b'a'", "'a'", "None", "1j"])
BYTES = (CDATA, ["b'ab'", "ffi.NULL", "ffi.new('char[]', b'a')"], ["'a'", "1", "None", "1.5"])
OCTETS = (CDATA, ["b'ab'", "ffi.NULL", "[1, 2]"], ["'a'", "1", "None"])
NUMBERS = (CDATA, ["[1, 2]", "(1, 2)", "ffi.NULL"], ["b'ab'", "'a'", "1", "None"])
INTEGERS = "short, int, unsigned, long, unsigned long, long long, unsigned long long, signed char"
INTEGERS += ", unsigned char, int8_t, int16_t, int32_t, int64_t, uint8_t, uint16_t, uint32_t"
INTEGERS += ", uint64_t, intptr_t, uintptr_t, intmax_t, uintmax_t, size_t, ssize_t, ptrdiff_t"
TYPES = {
    **dict.fromkeys(INTEGERS.split(", "), INTEGER),
    **dict.fromkeys(["float", "double"], FLOAT),
    "long double": (CDATA, *FLOAT[1:]),
    "_Bool": ("bool", ["True", "0", "ffi.cast('_Bool', 1)"], ["1.5", "b'a'", "None"]),
    "char": ("bytes", ["b'a'", "ffi.cast('char', 65)"], ["65", "'a'", "None"]),
    "wchar_t": ("str", ["'a'", "ffi.cast('wchar_t', 65)"], ["b'a'", "1", "None"]),
    **dict.fromkeys(["char*", "const char*"], BYTES),
    **dict.fromkeys(["unsigned char*", "uint8_t*"], OCTETS),
    "void*": (CDATA, ["b'ab'", "ffi.NULL", "ffi.new('int*')"], ["[1]", "'a'", "1", "None"]),
    "wchar_t*": (CDATA, ["'ab'", "ffi.NULL", "['a', 'b']"], ["b'ab'", "1", "None"]),
    **dict.fromkeys(["int*", "size_t*", "float*"], NUMBERS),
    "char**": (CDATA, ["[ffi.NULL]", "ffi.NULL"], ["b'ab'", "'a'", "1", "None"]),
    "struct point": (CDATA, ["[3]", "(3,)", "{'x': 3}", "ffi.new('struct point*')[0]"], ["3"]),
    "struct point*": (CDATA, ["[{'x': 3}]", "ffi.new('struct point*')"], ["3", "'a'", "None"]),
}
SAME = {c_type: f"same_{at}" for at, c_type in enumerate(TYPES)}
# Declaration -> a call: without parameter names, with reserved names, with a typedef.
OTHERS = {
    "int odd(int, int self, int lambda, int None);": "odd(1, 2, 3, 4)",
    "typedef int (*callback)(int);": "odd_one(1)",
    "int odd_one(int);": "odd_one(ffi.cast('int', 1))",
    "int call(callback function);": "call(ffi.addressof(lib, 'odd_one'))",
    "void nothing(void);": "nothing()",
}
PREAMBLE = """
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
struct point { int x; };
typedef int (*callback)(int);
static inline int odd(int a, int b, int c, int d) { return a; }
static inline int odd_one(int a) { return a; }
static inline int call(callback function) { return function(1); }
static inline void nothing(void) {}
"""
ACCEPTED = [f"lib.{SAME[c]}({value})" for c, (_, values, _) in TYPES.items() for value in values]
ACCEPTED += [f"lib.{call}" for call in OTHERS.values()]
REFUSED = [f"lib.{SAME[c]}({value})" for c, (_, _, values) in TYPES.items() for value in values]
REFUSED += ["lib.nothing(1)", "lib.odd_one()", "lib.odd_one(a=1)", "lib.no_such_function()"]

GREET = """
from pathlib import Path

from greet._greet import ffi, lib
from greet.lib.libgreet import path

def greet(form: bytes, name: str) -> str:
    text = ffi.string(ffi.gc(lib.Greet(form, name.encode()), lib.free))
    assert isinstance(text, bytes)
    return text.decode()

library: Path = path
assert library.read_bytes().startswith(b"\\x7fELF")
print(greet(b"Hello, {name}!", "Ada"), ffi.addressof(lib, "Greet") != ffi.NULL)
"""


def replace(file: Path, old: str, new: str) -> None:
    text = file.read_text()
    assert old in text, file
    file.write_text(text.replace(old, new, 1))


@pytest.fixture(scope="session")
def typed(factory, tmp_path_factory) -> Wheel:
    """example/hello with py.typed and a C function for each type."""
    project = factory.project("hello", tmp_path_factory.mktemp("typed"))
    (project / "example" / "py.typed").touch()
    everything = "include_package_data=True"
    replace(project / "setup.py", everything, everything + ", package_data={'': ['py.typed']}")
    functions = [f"static inline {c} {f}({c} v) {{ return v; }}" for c, f in SAME.items()]
    preamble = "\n".join(["/*", PREAMBLE, *functions, "*/", 'import "C"'])
    replace(project / "example" / "go" / "main.go", 'import "C"', preamble)
    signatures = ["struct point { int x; };", *OTHERS]
    signatures += [f"{c_type} {function}({c_type} v);" for c_type, function in SAME.items()]
    quoted = "".join(f'"{signature}", ' for signature in signatures)
    replace(project / "config.json", '"signatures": [', f'"signatures": [{quoted}')
    return Wheel(factory.matrix(project, ["linux-amd64"]).ok().wheel)


@pytest.fixture(scope="session", params=["with types-cffi", "without types-cffi"])
def python(request, greet, typed, tmp_path_factory) -> Path:
    """The Python of a user's environment with both wheels installed."""
    directory = tmp_path_factory.mktemp("typed-user")
    judge(sys.executable, "-m", "venv", "--without-pip", directory)
    python = directory / "bin" / "python"
    wanted = [greet["linux-amd64"].path, typed.path]
    if request.param.startswith("with "):
        wanted.append(f"types-cffi=={importlib.metadata.version('types-cffi')}")
    judge("pip", "--python", python, "install", "--no-compile", *wanted)
    return python


def mypy(python: Path, program: Path) -> dict[int, str]:
    """Line -> mypy's error."""
    options = ["--strict", "--cache-dir", "/dev/null", "--python-executable", python]
    done = judge("mypy", *options, program, ok=False, cwd=program.parent)
    assert done.returncode in (0, 1) and not done.stderr, done.stderr + done.stdout
    output = re.findall(r"^(\S+?):(\d+): error: (.*)$", done.stdout, re.M)
    assert all(name == program.name for name, _, _ in output), done.stdout
    return {int(line): message for _, line, message in output}


def run(python: Path, program: Path) -> str:
    env = {"PATH": "/usr/bin:/bin", "LD_LIBRARY_PATH": "", "LANG": "C.UTF-8"}
    return judge(python, "-B", program, cwd=program.parent, env=env).stdout


def stubs(wheel: Wheel) -> dict[str, ast.Module]:
    files = wheel.files.items()
    return {path: ast.parse(text) for path, text in files if path.endswith(".pyi")}


def methods(tree: ast.Module) -> set[str]:
    (lib,) = [node for node in tree.body if isinstance(node, ast.ClassDef) and node.name == "_Lib"]
    return {node.name for node in lib.body if isinstance(node, ast.FunctionDef)}


def test_the_stub_is_where_mypy_looks(greet, typed):
    for wheel in greet.values():
        ((path, tree),) = stubs(wheel).items()
        assert (path, methods(tree)) == ("greet/_greet.pyi", {"Greet", "free"})
    found = stubs(typed)
    assert sorted(found) == ["_example-stubs/__init__.pyi", "_example.pyi"]
    others = {call.split("(")[0] for call in OTHERS.values()}
    for tree in found.values():
        assert methods(tree) == {"Hello", "free", *SAME.values(), *others}


def test_a_package_that_is_not_typed_has_no_stub(hello_pyproject):
    assert not [path for path in hello_pyproject.files if ".pyi" in path or "-stubs" in path]


def test_correct_use_type_checks_and_runs(python, tmp_path):
    program = tmp_path / "program.py"
    program.write_text(GREET)
    assert mypy(python, program) == {}
    assert run(python, program) == "Hello, Ada! True\n"


def test_wrong_use_is_reported(python, tmp_path):
    program = tmp_path / "program.py"
    wrong = ['lib.Greet("text", b"")', "lib.Greet(b'')", "lib.Meet(b'')", "lib.free(1)"]
    program.write_text("\n".join(["from greet._greet import lib", *wrong, ""]))
    errors = mypy(python, program)
    assert list(errors) == [2, 3, 4, 5], errors
    assert errors[2].startswith('Argument 1 to "Greet" of "_Lib" has incompatible type "str"')
    assert errors[4].startswith('"_Lib" has no attribute "Meet"')


def test_mypy_and_cffi_agree(python, tmp_path):
    program = tmp_path / "program.py"
    program.write_text("\n".join(["from _example import ffi, lib", *ACCEPTED, *REFUSED, ""]))
    errors = mypy(python, program)
    lines = dict(enumerate(program.read_text().splitlines(), 1))
    assert [lines[line] for line in errors] == REFUSED
    attempts = tmp_path / "attempts.py"
    attempts.write_text(f"""
from _example import ffi, lib
for call in {ACCEPTED}:
    eval(call)
for call in {REFUSED}:
    try:
        eval(call)
    except (TypeError, AttributeError):
        continue
    raise AssertionError(call)
""")
    run(python, attempts)


def test_results_have_the_types_in_the_stub(python, tmp_path):
    program = tmp_path / "program.py"
    lines = ["from _example import ffi, lib"]
    for c_type, (result, (value, *_), _) in TYPES.items():
        call = f"lib.{SAME[c_type]}({value})"
        if result == CDATA:
            lines.append(f"assert isinstance({call}, ffi.CData)")
        else:
            name = f"v{len(lines)}"
            lines.append(f"{name}: {result} = {call}; assert type({name}) is {result}")
    program.write_text("\n".join([*lines, ""]))
    assert mypy(python, program) == {}
    run(python, program)


@pytest.mark.parametrize("module", ["_example", "greet._greet"])
def test_stubtest_accepts_the_stub(python, module, tmp_path):
    """stubtest compares the stub with the module at run time, and `lib` in both directions."""
    site = python.parents[1] / sysconfig.get_path("purelib", vars={"base": ""}).lstrip("/")
    place = {"_example": "_example-stubs/__init__.pyi", "greet._greet": "greet/_greet.pyi"}[module]
    listed = methods(ast.parse((site / place).read_text("utf-8")))
    program = tmp_path / "program.py"
    program.write_text(f"from {module} import lib; print(*dir(lib))")
    assert set(run(python, program).split()) == listed
    # The mypy of these tests, run by a Python that can import the extension.
    env = {"PYTHONPATH": sysconfig.get_path("purelib"), "PATH": "/usr/bin:/bin"}
    judge(python, "-m", "mypy.stubtest", module, cwd=tmp_path, env=env)
