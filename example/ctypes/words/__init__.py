"""Counts words with Go, called through ctypes."""

import ctypes
import sys
from pathlib import Path

_FILES = {"darwin": "libwords.dylib", "win32": "words.dll"}
_FILE = _FILES.get(sys.platform, "libwords.so")
_library = ctypes.CDLL(str(Path(__file__).parent / "lib" / _FILE))
_library.CountWords.argtypes = [ctypes.c_char_p]
_library.CountWords.restype = ctypes.c_int


def count(text: str) -> int:
    """Return the number of words in ``text``, which are separated by white space."""
    return _library.CountWords(text.encode())
