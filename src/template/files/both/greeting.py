"""What Python sees of the Go library."""

from ._{{package}} import ffi, lib


def greet(name: str) -> str:
    """Return a greeting for ``name``."""
    text = lib.Greet(name.encode())
    try:
        # A copy, which outlives what Go returned.
        greeting: bytes = ffi.string(text)
        return greeting.decode()
    finally:
        lib.Free(text)
