"""A good musllinux wheel: an extension module in C, because musl cannot load a Go library."""

from collections.abc import Callable
from pathlib import Path

from limited_api import INIT_C, MODULE_C

NAME = "spam-1.0-cp310-abi3-musllinux_1_2_x86_64.whl"
MODULE = "spam/_spam.abi3.so"

SPAM = """
typedef struct object PyObject;
PyObject *PyLong_FromLong(long);
PyObject *PyModule_Create2(void *, int);

static PyObject *spam(PyObject *self, PyObject *ignored) { return PyLong_FromLong(1); }
"""
SPAM += MODULE_C + INIT_C


def binaries(zig: Callable[..., None], directory: Path) -> dict[str, bytes]:
    """Path in the wheel -> the extension module."""
    (directory / "spam.c").write_text(SPAM)
    # Linked against an empty library with musl's soname: zig would have to build the real one first.
    # `-z now` adds the DT_FLAGS entry in which faults_elf sets another flag.
    (directory / "libc.c").write_text("")
    cc = ["cc", "-target", "x86_64-linux-musl", "-shared", "-fPIC", "-Os", "-s", "-nostdlib"]
    zig(*cc, "-o", "libc.so", "libc.c", "-Wl,-soname,libc.musl-x86_64.so.1")
    zig(*cc, "-o", "_spam.abi3.so", "spam.c", "./libc.so", "-Wl,-z,now")
    return {MODULE: (directory / "_spam.abi3.so").read_bytes()}
