"""Turns titles into parts of URLs with Go."""

from importlib.resources import files

from acme.slugs._slugs import ffi, lib

_LETTERS = files(__name__).joinpath("letters.txt").read_text("utf-8").encode()


def slug(title: str) -> str:
    """Return ``title`` in lower case, with a hyphen between two words."""
    text = lib.Slug(title.encode(), _LETTERS)
    try:
        return ffi.string(text).decode()
    finally:
        lib.Free(text)
