"""The Python interface to the Go library."""

from ._{{package}} import ffi, lib


def greet(name: str) -> str:
    """Return a greeting for ``name``."""
    text = lib.Greet(name.encode())
    try:
        # A copy: the memory that Go returned is freed below.
        greeting: bytes = ffi.string(text)
        return greeting.decode()
    finally:
        lib.Free(text)
