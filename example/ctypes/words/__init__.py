"""Counts words with Go, called through ctypes."""

import ctypes
import sys
from pathlib import Path

_SUFFIX = ".dylib" if sys.platform == "darwin" else ".so"
_library = ctypes.CDLL(str(Path(__file__).parent / "lib" / f"libwords{_SUFFIX}"))
_library.CountWords.argtypes = [ctypes.c_char_p]
_library.CountWords.restype = ctypes.c_int


def count(text: str) -> int:
    """Return the number of words in ``text``, which are separated by white space."""
    return _library.CountWords(text.encode())
