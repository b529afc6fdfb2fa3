"""Good wheels for Android and iOS: an extension module in C, linked as PEP 738 and PEP 730 require."""

from collections.abc import Callable
from pathlib import Path

from limited_api import INIT_C, MODULE_C

ANDROID = "spam-1.0-cp313-cp313-android_24_arm64_v8a.whl"
ANDROID_MODULE = "spam/_spam.cpython-313-aarch64-linux-android.so"
IOS = "spam-1.0-cp313-cp313-ios_13_0_arm64_iphoneos.whl"
IOS_MODULE = "spam/_spam.cpython-313-iphoneos.so"

SPAM = """
typedef struct object PyObject;
PyObject *PyLong_FromLong(long);
PyObject *PyModule_Create2(void *, int);

static PyObject *spam(PyObject *self, PyObject *ignored) { return PyLong_FromLong(1); }
"""
SPAM += MODULE_C + INIT_C

# The note of the NDK's startup files: name, type 1, API level.
NOTE = """
__asm__(".pushsection .note.android.ident,\\"a\\",%note\\n"
        ".balign 4\\n.long 8\\n.long 4\\n.long 1\\n.asciz \\"Android\\"\\n.long 24\\n"
        ".popsection\\n");
"""

# What the linker reads instead of the SDK's library and of the framework.
STUB = """--- !tapi-tbd
tbd-version: 4
targets: [ arm64-ios ]
install-name: '{}'
exports:
  - targets: [ arm64-ios ]
    symbols: [ {} ]
...
"""


def android(zig: Callable[..., None], directory: Path) -> dict[str, bytes]:
    """Path in the wheel -> the extension module."""
    (directory / "spam.c").write_text(SPAM + NOTE)
    (directory / "python.c").write_text("void PyLong_FromLong(void) {} void PyModule_Create2(void) {}")
    cc = ["cc", "-target", "aarch64-linux-android", "-shared", "-fPIC", "-Os", "-s", "-nostdlib"]
    zig(*cc, "-o", "libpython3.13.so", "python.c", "-Wl,-soname,libpython3.13.so")
    pages = "-Wl,-z,max-page-size=16384"
    zig(*cc, "-o", "spam.so", "spam.c", "./libpython3.13.so", pages)
    return {ANDROID_MODULE: (directory / "spam.so").read_bytes()}


def ios(zig: Callable[..., None], directory: Path) -> dict[str, bytes]:
    """Path in the wheel -> the extension module."""
    (directory / "spam.c").write_text(SPAM)
    stubs = directory / "sdk/usr/lib"
    stubs.mkdir(parents=True)
    system = STUB.format("/usr/lib/libSystem.B.dylib", "dyld_stub_binder")
    (stubs / "libSystem.tbd").write_text(system)
    python = STUB.format("@rpath/Python.framework/Python", "_PyLong_FromLong, _PyModule_Create2")
    (stubs / "libPython.tbd").write_text(python)
    cc = ["cc", "-target", "aarch64-ios.13.0", "-dynamiclib", "-Os", "-s", "--sysroot", "sdk"]
    zig(*cc, "-o", "spam.so", "spam.c", "-Lsdk/usr/lib", "-lPython")
    return {IOS_MODULE: (directory / "spam.so").read_bytes()}
