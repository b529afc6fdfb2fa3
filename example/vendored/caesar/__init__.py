"""Shifts letters with Go."""

from caesar._caesar import ffi, lib


def shift(text: str, count: int) -> str:
    """Return ``text`` with its letters shifted by ``count``."""
    shifted = lib.Shift(text.encode(), count)
    try:
        return ffi.string(shifted).decode()
    finally:
        lib.Free(shifted)
