"""The Python interface to the extension module."""

from ._{{package}} import greet

__all__ = ["greet"]
