"""The Python face of pygo: what a setup.py imports and a pyproject.toml names."""

from ._version import __version__
from .setup import setup

__all__ = ["__version__", "setup"]
