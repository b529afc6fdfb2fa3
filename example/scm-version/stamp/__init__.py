"""Knows its version, which is a git tag, in Go."""

from stamp._stamp import ffi, lib


def _version() -> str:
    text = lib.Version()
    try:
        return ffi.string(text).decode()
    finally:
        lib.Free(text)


__version__ = _version()
