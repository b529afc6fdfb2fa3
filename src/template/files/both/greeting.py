"""The Python interface to the Go library."""

from typing import cast

from ._{{package}} import ffi, lib


def greet(name: str) -> str:
    """Return a greeting for ``name``."""
    text = lib.Greet(name.encode())
    try:
        # A copy: the memory that Go returned is freed below. Of a char*, it is bytes.
        greeting = cast("bytes", ffi.string(text))
        return greeting.decode()
    finally:
        lib.Free(text)
