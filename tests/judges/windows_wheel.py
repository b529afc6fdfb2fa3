"""A good Windows wheel: an extension module and a DLL that it needs.

Neither uses a C library: zig would spend a minute and a half building one for Windows first.
"""

from collections.abc import Callable
from pathlib import Path

from limited_api import INIT_C, MODULE_C

NAME = "spam-1.0-cp310-abi3-win_amd64.whl"
MODULE = "spam/_spam.pyd"
DLL = "spam/eggs.dll"

# The functions imported from each system DLL: enough for an import library.
IMPORTS = {
    "python3.dll": ["PyErr_Occurred", "PyLong_FromLong", "PyModule_Create2"],
    "KERNEL32.dll": ["GetCurrentProcessId"],
}
ENTRY = "int _DllMainCRTStartup(void *dll, unsigned reason, void *more) { return 1; }\n"
EGGS = ENTRY + "__declspec(dllexport) long eggs(long count) { return count + 1; }\n"
SPAM = ENTRY + """
typedef struct object PyObject;
__declspec(dllimport) PyObject *PyErr_Occurred(void);
__declspec(dllimport) PyObject *PyLong_FromLong(long);
__declspec(dllimport) PyObject *PyModule_Create2(void *, int);
__declspec(dllimport) unsigned GetCurrentProcessId(void);
__declspec(dllimport) long eggs(long);

static PyObject *spam(PyObject *self, PyObject *ignored) {
    return PyErr_Occurred() ? 0 : PyLong_FromLong(eggs(GetCurrentProcessId()));
}
"""
SPAM += MODULE_C + "__declspec(dllexport) " + INIT_C


def binaries(zig: Callable[..., None], directory: Path) -> dict[str, bytes]:
    """Path in the wheel -> the extension module, and the library that it needs."""
    for dll, names in IMPORTS.items():
        (directory / f"{dll}.def").write_text("\n".join([f"LIBRARY {dll}", "EXPORTS", *names, ""]))
        zig("dlltool", "-m", "i386:x86-64", "-d", f"{dll}.def", "-l", f"{dll}.a")
    cc = ["cc", "-target", "x86_64-windows-gnu", "-shared", "-Os", "-s", "-nostdlib"]
    (directory / "eggs.c").write_text(EGGS)
    (directory / "spam.c").write_text(SPAM)
    zig(*cc, "-o", "eggs.dll", "eggs.c", "-Wl,--out-implib,eggs.a")
    zig(*cc, "-o", "_spam.pyd", "spam.c", "eggs.a", *(f"{dll}.a" for dll in IMPORTS))
    return {path: (directory / Path(path).name).read_bytes() for path in (MODULE, DLL)}
