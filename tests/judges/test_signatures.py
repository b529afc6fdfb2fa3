"""C spellings that differ from Go's and mean the same, Go's header types, other packages, #cgo flags."""

import os
import sys

import pytest

from factory import judge

PYPROJECT = """
[build-system]
requires = ["pygo-tools>=0.2"]
build-backend = "pygo_tools.backend"

[project]
name = "tally"
version = "1.0"
requires-python = ">=3.10"
dependencies = ["cffi"]

[tool.setuptools]
packages = ["tally"]

[tool.pygo-tools]
package = "tally"
extension = "tally._tally"
library = "tally"
signatures = [
    "typedef struct { int32_t width; uint8_t depth; } extent;",
    "long Total(const int64_t* numbers, size_t",
    " count);",
    "void Flip(_Bool *flags, volatile int *count);",
    "unsigned long *Counter(void);",
    "const char* Label(const char* text, const char *const *more);",
    "void free(void *pointer);",
    "GoInt Length(GoString text);",
    "GoUint8 First(GoSlice bytes);",
    "GoFloat64 Half(GoUintptr number);",
    "int32_t Area(extent size);",
    "int Scale(void);",
    "int Inner(int number);",
    "GoString Deep(bool on);",
]
"""

MAIN = """package main

/*
#cgo CFLAGS: -I${SRCDIR}/headers/deep -DSCALE=3 -O1
#cgo CFLAGS: -Iheaders/flat
#include "extent.h"
#include "unit.h"
#if SCALE != 3 || !defined OUTER
#error "flags are missing"
#endif
*/
import "C"

import (
	"unsafe"

	"example.org/tally/inner"
)

//export Total
func Total(numbers *int64, count C.size_t) (total int64) {
	for _, number := range unsafe.Slice(numbers, int(count)) {
		total += number
	}
	return
}

//export Flip
func Flip(flags *bool, count *C.int) {
	for i, flag := range unsafe.Slice(flags, int(*count)) {
		unsafe.Slice(flags, int(*count))[i] = !flag
	}
}

var counter = (*uint64)(C.calloc(1, 8))

//export Counter
func Counter() *uint64 { *counter++; return counter }

//export Label
func Label(text *C.char, more **C.char) *C.char {
	return C.CString(C.GoString(text) + C.GoString(*more))
}

//export Length
func Length(text string) int { return len(text) }

//export First
func First(bytes []byte) byte { return bytes[0] }

//export Half
func Half(number uintptr) float64 { return float64(number) / 2 }

//export Area
func Area(size C.extent) C.int { return size.width * C.int(size.depth) * C.UNIT }

//export Scale
func Scale() C.int { return C.SCALE }

func main() { inner.Use() }
"""

INNER = """package inner

import "C"
import "example.org/tally/inner/deep"

type id int32

//export Inner
func Inner(number id) C.int { return C.int(number) * 2 }

func Use() { deep.Use() }
"""

DEEP = """package deep

import "C"

//export Deep
func Deep(on bool) string {
	if on {
		return "on"
	}
	return "off"
}

func Use() {}
"""

USE = """
from tally._tally import ffi, lib
assert lib.Total(ffi.new("int64_t[]", [1 << 40, -1]), 2) == (1 << 40) - 1
flags, count = ffi.new("_Bool[]", [True, False]), ffi.new("int *", 2)
lib.Flip(flags, count)
assert list(flags) == [False, True]
assert [lib.Counter()[0], lib.Counter()[0]] == [1, 2]
word, more = ffi.new("char[]", b"b"), ffi.new("char *[1]")
more[0] = word
label = ffi.gc(lib.Label(b"a", more), lib.free)
assert ffi.string(label) == b"ab"
text = ffi.new("char[]", b"word")
assert lib.Length(ffi.new("GoString *", {"p": text, "n": 4})[0]) == 4
assert lib.First(ffi.new("GoSlice *", {"data": text, "len": 4, "cap": 4})[0]) == ord("w")
assert lib.Half(3) == 1.5
assert lib.Area({"width": 4, "depth": 200}) == 8000
assert lib.Scale() == 3
assert lib.Inner(-21) == -42
assert ffi.string(lib.Deep(True).p, lib.Deep(True).n) == b"on"
"""


@pytest.fixture(scope="module")
def built(factory, tmp_path_factory):
    """A project whose signatures spell types in other ways than Go does, built for two targets."""
    root = tmp_path_factory.mktemp("signatures") / "tally"
    for name, text in {
        "pyproject.toml": PYPROJECT,
        "tally/__init__.py": "",
        "tally/go/go.mod": "module example.org/tally\n\ngo 1.21\n",
        "tally/go/main.go": MAIN,
        "tally/go/inner/inner.go": INNER,
        "tally/go/inner/deep/deep.go": DEEP,
        "tally/go/headers/deep/extent.h": "#include <stdint.h>\n#include <stdlib.h>\n"
        "typedef struct { int32_t width; uint8_t depth; } extent;\n",
        "tally/go/headers/flat/unit.h": "#define UNIT 10\n",
    }.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, "utf-8")
    targets = ["linux-amd64", "macos-arm64"]
    return factory.matrix(root, targets, CGO_CPPFLAGS="'-DOUTER=a b'").ok()


def test_every_spelling_computes_what_go_computes(built, tmp_path):
    python = tmp_path / "venv" / "bin" / "python"
    judge(sys.executable, "-m", "venv", "--without-pip", tmp_path / "venv")
    judge("pip", "--python", python, "install", "--no-compile", built.wheels[0])
    judge(python, "-c", USE, cwd=tmp_path, env={"PATH": os.defpath})


def test_equal_spellings_are_built_without_notes(built):
    assert len(built.wheels) == 2 and "note:" not in built.stderr
