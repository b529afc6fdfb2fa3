"""Finds notes by their words, with Go and SQLite."""

import os
from typing import Any

from notes._notes import ffi, lib


def add(path: str, note: str) -> None:
    """Add ``note`` to the database at ``path``."""
    _check(lib.Add(os.fsencode(path), note.encode()))


def find(path: str, words: str) -> str | None:
    """Return the note that matches ``words`` best."""
    note = ffi.new("char **")
    _check(lib.Find(os.fsencode(path), words.encode(), note))
    return _taken(note[0]) if note[0] else None


def _check(reason: Any) -> None:
    if reason:
        raise ValueError(_taken(reason))


def _taken(text: Any) -> str:
    """Return a copy of a C string from Go, and free it."""
    try:
        return ffi.string(text).decode()
    finally:
        lib.Free(text)
