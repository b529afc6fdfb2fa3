"""Finds the most frequent word with Go and C++."""

from frequent._frequent import ffi, lib


def most_frequent(text: str) -> str | None:
    """Return the most frequent word of ``text``."""
    word = lib.MostFrequent(text.encode())
    if not word:
        return None
    try:
        return ffi.string(word).decode()
    finally:
        lib.Free(word)
