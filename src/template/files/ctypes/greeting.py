"""The Python interface to the Go library."""

import ctypes
import sys
from pathlib import Path

# What the library is called on macOS, on Windows and elsewhere.
_FILES = {"darwin": "lib{{package}}_go.dylib", "win32": "{{package}}_go.dll"}
_FILE = _FILES.get(sys.platform, "lib{{package}}_go.so")
_library = ctypes.CDLL(str(Path(__file__).parent / "lib" / _FILE))

# A result of type c_char_p would become bytes at once, without the pointer that has to be freed.
_library.Greet.argtypes = [ctypes.c_char_p]
_library.Greet.restype = ctypes.c_void_p
_library.Free.argtypes = [ctypes.c_void_p]
_library.Free.restype = None


def greet(name: str) -> str:
    """Return a greeting for ``name``."""
    text = _library.Greet(name.encode())
    try:
        # A copy: the memory that Go returned is freed below.
        return ctypes.string_at(text).decode()
    finally:
        _library.Free(text)
