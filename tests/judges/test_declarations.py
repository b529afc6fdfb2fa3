"""Everything that cffi reads in declarations: types, constants, variables, callbacks, a file of them."""

import os
import re
import sys

import pytest

from factory import judge

PYPROJECT = """
[build-system]
requires = ["pygo-tools>=0.2"]
build-backend = "pygo_tools.backend"

[project]
name = "shapes"
version = "1.0"
requires-python = ">=3.10"
dependencies = ["cffi"]

[tool.setuptools]
packages = ["shapes"]

[tool.pygo-tools]
package = "shapes"
extension = "shapes._shapes"
library = "shapes"
cdef = "shapes/go/shapes.cdef"
signatures = [
    "shape Move(shape s, double dx, double dy); enum color Next(enum color c);",
    "level Raise(level l);",
    "word Reinterpret(word w);",
    "int Apply(binop f, int a, int b);",
    "int Combine(int (*f)(int, int), int a, int b);",
    "binop Adder(void);",
    "int (*Other(void))(int, int);",
    "void Each(int n, visit_fn *f, void *data);",
    "extern \\"Python\\" int multiply(int, int);",
    "extern \\"Python\\" { void visit(int, void *); int unused(int); }",
    \"\"\"
        int sum_all(int n, ...);
        int sum_of(int m[2][2]);   // C alone
        extern int counter;
    \"\"\",
    "void Count(void); id Same(id i); tiny Half(tiny i);",
]
"""

CDEF = """/* The types of shapes.h, as far as Python needs them. */
#define LIMIT 64
#define FROM_C ...
static const int ANSWER;
static char *const VERSION;

typedef int32_t id;
typedef int... tiny;
typedef ... handle;

struct hidden;
struct hidden *NewHidden(int v); int HiddenValue(struct hidden *h);
void FreeHidden(struct hidden *h);
handle *NewHandle(int v);
int HandleValue(handle *);

typedef struct {
    double x, y; /* in
                    pixels */
} point;
typedef struct {
    point a;
    point b;
    bool filled;
    int corners[4];
    unsigned int visible : 1;
    unsigned int layer : 5;
    struct { int u; int v; } inner;
    enum { PLAIN, DASHED = 7 } style;
} shape;
struct partial { int b; ...; };
enum color { RED, GREEN = 5, BLUE };
typedef enum { LOW = ..., HIGH = ... } level;
typedef union { int32_t i; float f; unsigned char bytes[4]; } word;
typedef int (*binop)(int, int);
typedef void visit_fn(int number, void *data);
int partial_b(struct partial *p);
"""

HEADER = """
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

#define LIMIT 64
#define FROM_C (LIMIT * 2)
#define ANSWER 42
#define VERSION "1.2"
typedef int32_t id;
typedef short tiny;
typedef struct handle_s { int v; } handle;
struct hidden { int v; };
typedef struct { double x, y; } point;
typedef struct {
    point a;
    point b;
    bool filled;
    int corners[4];
    unsigned int visible : 1;
    unsigned int layer : 5;
    struct { int u; int v; } inner;
    enum { PLAIN, DASHED = 7 } style;
} shape;
struct partial { long a; int b; char c; };
enum color { RED, GREEN = 5, BLUE };
typedef enum { LOW = 3, HIGH = 9 } level;
typedef union { int32_t i; float f; unsigned char bytes[4]; } word;
typedef int (*binop)(int, int);
typedef void visit_fn(int number, void *data);
extern int counter;
extern int add(int a, int b);
static inline int partial_b(struct partial *p) { return p->b; }
static inline int sum_all(int n, ...) {
    va_list list;
    int sum = 0;
    va_start(list, n);
    while (n--) sum += va_arg(list, int);
    va_end(list);
    return sum;
}
static inline int sum_of(int m[2][2]) { return m[0][0] + m[0][1] + m[1][0] + m[1][1]; }
static inline int call_binop(binop f, int a, int b) { return f(a, b); }
static inline void call_visit(visit_fn *f, int n, void *data) { f(n, data); }
"""

MAIN = """package main

// #include "shapes.h"
import "C"
import "unsafe"

//export NewHidden
func NewHidden(v C.int) *C.struct_hidden {
	h := (*C.struct_hidden)(C.malloc(C.sizeof_struct_hidden))
	h.v = v
	return h
}

//export HiddenValue
func HiddenValue(h *C.struct_hidden) C.int { return h.v }

//export FreeHidden
func FreeHidden(h *C.struct_hidden) { C.free(unsafe.Pointer(h)) }

//export NewHandle
func NewHandle(v C.int) *C.handle {
	h := (*C.handle)(C.malloc(C.sizeof_handle))
	h.v = v
	return h
}

//export HandleValue
func HandleValue(h *C.handle) C.int { return h.v }

//export Move
func Move(s C.shape, dx, dy C.double) C.shape {
	s.a.x += dx
	s.a.y += dy
	s.filled = !s.filled
	s.corners[1]++
	s.inner.v = 8
	return s
}

//export Next
func Next(c C.enum_color) C.enum_color { return c + 1 }

//export Raise
func Raise(l C.level) C.level { return C.HIGH }

//export Reinterpret
func Reinterpret(w C.word) C.word { return w }

//export Apply
func Apply(f C.binop, a, b C.int) C.int { return C.call_binop(f, a, b) }

//export Combine
func Combine(f C.binop, a, b C.int) C.int { return C.call_binop(f, a, b) }

//export Adder
func Adder() C.binop { return C.binop(C.add) }

//export Other
func Other() C.binop { return C.binop(C.add) }

//export Each
func Each(n C.int, f *C.visit_fn, data unsafe.Pointer) {
	for i := C.int(0); i < n; i++ {
		C.call_visit(f, i, data)
	}
}

//export Count
func Count() { C.counter++ }

//export Same
func Same(i C.id) C.id { return i }

//export Half
func Half(i C.tiny) C.tiny { return i / 2 }

func main() {}
"""

USE = """
from shapes._shapes import ffi, lib
assert (lib.LIMIT, lib.FROM_C, lib.ANSWER, ffi.string(lib.VERSION)) == (64, 128, 42, b"1.2")
hidden = lib.NewHidden(4)
assert lib.HiddenValue(hidden) == 4
lib.FreeHidden(hidden)
assert lib.HandleValue(lib.NewHandle(9)) == 9
given = ffi.new("shape *", dict(a=(1, 2), b=(3, 4), corners=[1, 2, 3, 4], layer=31, style=lib.DASHED))
moved = lib.Move(given[0], 1, 1)
assert (moved.a.x, moved.a.y, moved.b.y, moved.filled, list(moved.corners)) == (2, 3, 4, True, [1, 3, 3, 4])
assert (moved.layer, moved.visible, moved.inner.v, moved.style) == (31, 0, 8, lib.DASHED)
assert lib.Next(lib.GREEN) == lib.BLUE and lib.Raise(lib.LOW) == lib.HIGH == 9
assert lib.Reinterpret({"f": 1.0}).i == 0x3F800000
assert lib.partial_b(ffi.new("struct partial *", {"b": 5})) == 5

@ffi.def_extern()
def multiply(a, b):
    return a * b

seen = []

@ffi.def_extern()
def visit(number, data):
    seen.append(number)

assert lib.Apply(lib.multiply, 6, 7) == lib.Combine(lib.multiply, 6, 7) == 42
assert lib.Adder()(2, 3) == lib.Other()(2, 3) == 5
lib.Each(3, lib.visit, ffi.NULL)
assert seen == [0, 1, 2]
assert lib.sum_all(2, ffi.cast("int", 4), ffi.cast("int", 5)) == 9
assert lib.sum_of([[1, 2], [3, 4]]) == 10
lib.Count()
lib.counter += 6
lib.Count()
assert lib.counter == 8
assert lib.Same(-3) == -3 and lib.Half(9) == 4
"""

FILES = {
    "pyproject.toml": PYPROJECT,
    "shapes/__init__.py": "",
    "shapes/go/go.mod": "module example.org/shapes\n\ngo 1.21\n",
    "shapes/go/main.go": MAIN,
    "shapes/go/shapes.h": HEADER,
    "shapes/go/shapes.cdef": CDEF,
    "shapes/go/add.c": '#include "shapes.h"\nint counter;\nint add(int a, int b) { return a + b; }\n',
}


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    root = tmp_path_factory.mktemp("declarations") / "shapes"
    for name, text in FILES.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, "utf-8")
    return root


def test_python_can_use_whatever_cffi_can_declare(factory, project, tmp_path):
    run = factory.matrix(project, ["linux-amd64", "macos-arm64"]).ok()
    assert "note:" not in run.stderr
    python = tmp_path / "venv" / "bin" / "python"
    judge(sys.executable, "-m", "venv", "--without-pip", tmp_path / "venv")
    judge("pip", "--python", python, "install", "--no-compile", run.wheels[0])
    judge(python, "-c", USE, cwd=tmp_path, env={"PATH": os.defpath})


BAD = {
    "#define LIMIT 64": ("#define LIMIT 65", "`LIMIT` is 65, but has another value in C"),
    "GREEN = 5": ("GREEN = 6", "`GREEN` is 6, but has another value in C"),
    "int32_t i;": ("int64_t i;", "`i` of `word` is declared as `int64_t` (8 bytes), which is not"),
    "{ int b; ...; }": ("{ int b; }", "`b` of `struct partial` is at another place in C"),
}


def test_types_and_constants_that_differ_from_c_are_refused(factory, project):
    """cffi reports these when Python uses them, on whatever machine that is."""
    text = CDEF
    for good, (bad, _) in BAD.items():
        assert good in text
        text = text.replace(good, bad)
    (project / "shapes/go/shapes.cdef").write_text(text, "utf-8")
    run = factory.matrix(project, ["linux-amd64"])
    assert run.code == 1
    # A message has five lines of the compiler's at most.
    found = [message for _, message in BAD.values() if message in run.stderr]
    assert len(found) >= 3 and not re.search(r"static assertion|expression evaluates", run.stderr)


@pytest.mark.parametrize(
    ("good", "bad", "found"),
    [
        ("int counter;", "int conter;", "the signature `extern int conter;` does not match"),
        ("#define FROM_C", "#define FROM_D", "the signature `#define FROM_D ...` (shapes/go/shapes.cdef:3)"),
        ("double x, y; /*", "double x, z; /*", "`typedef struct { double x, z; /* in pixels */ } point;`"),
    ],
)
def test_a_declaration_that_c_does_not_have_is_named(factory, project, good, bad, found):
    assert good in CDEF + PYPROJECT
    (project / "shapes/go/shapes.cdef").write_text(CDEF.replace(good, bad), "utf-8")
    (project / "pyproject.toml").write_text(PYPROJECT.replace(good, bad), "utf-8")
    run = factory.matrix(project, ["linux-amd64"])
    assert run.code == 1 and found in run.stderr, run.stderr


DERIVED = """package main

// #include "shapes.h"
import "C"
import "errors"

//export Translate
func Translate(p C.point, by float64) C.point {
	return C.point{x: p.x + C.double(by), y: p.y + C.double(by)}
}

//export NewHandle
func NewHandle(v C.int) *C.handle {
	h := (*C.handle)(C.malloc(C.sizeof_handle))
	h.v = v
	return h
}

//export HandleValue
func HandleValue(h *C.handle) C.int { return h.v }

//export Divide
func Divide(a, b int) (quotient, rest int) { return a / b, a % b }

//export Length
func Length(text string) int { return len(text) }

//export Not
func Not(on bool) bool { return !on }

//export Parse
func Parse(text *C.char) (C.int, error) { return 0, errors.New("no number") }

//export Other
func Other(w C.word) C.word { return w }

func main() {}
"""

USE_DERIVED = """
from shapes._shapes import ffi, lib
moved = lib.Translate({"x": 1, "y": 2}, 0.5)
assert (moved.x, moved.y) == (1.5, 2.5)
assert lib.HandleValue(lib.NewHandle(9)) == 9
result = lib.Divide(17, 5)
assert (result.r0, result.r1) == (3, 2)
text = ffi.new("char[]", b"word")
assert lib.Length(ffi.new("GoString *", {"p": text, "n": 4})[0]) == 4
assert lib.Not(False) is True
assert not hasattr(lib, "Parse") and not hasattr(lib, "Other")
"""


def test_declarations_that_are_left_out_are_derived(factory, project, tmp_path):
    """The author declares a type; its functions come from Go, and each that cannot has a reason."""
    types = 'signatures = ["typedef struct { double x, y; } point;"]'
    head, _ = PYPROJECT.split("cdef = ")
    (project / "pyproject.toml").write_text(head + types, "utf-8")
    (project / "shapes/go/main.go").write_text(DERIVED, "utf-8")
    run = factory.matrix(project, ["linux-amd64", "macos-arm64"]).ok()
    notes = [line for line in run.stderr.splitlines() if "left out of shapes._shapes" in line]
    assert len(notes) == 2, run.stderr
    assert "`Parse` (shapes/go/main.go:32) returns a Go interface as result 2" in notes[0]
    assert "`Other` (shapes/go/main.go:35) has `word` as parameter 1" in notes[1]
    python = tmp_path / "venv" / "bin" / "python"
    judge(sys.executable, "-m", "venv", "--without-pip", tmp_path / "venv")
    judge("pip", "--python", python, "install", "--no-compile", run.wheels[0])
    judge(python, "-c", USE_DERIVED, cwd=tmp_path, env={"PATH": os.defpath})
    # What the command prints can be pasted.
    command = [factory.binary, "signatures", project, "--format", "toml"]
    printed = judge(*command, env=factory.environment()).stdout
    pasted = types.replace("]", ", ") + printed.split("[", 1)[1]
    (project / "pyproject.toml").write_text(head + pasted, "utf-8")
    again = factory.matrix(project, ["linux-amd64"]).ok()
    assert again.wheel.read_bytes() == run.wheels[0].read_bytes()
