"""Roman numerals, written in Go."""

from numerals._numerals import ffi as _ffi
from numerals._numerals import lib as _lib


def roman(number: int) -> str:
    """Return ``number``, from 1 to 3999, in Roman numerals."""
    text = _lib.Roman(number)
    if text == _ffi.NULL:
        raise ValueError(f"{number} is not between 1 and 3999")
    try:
        return _ffi.string(text).decode()
    finally:
        _lib.free(text)
