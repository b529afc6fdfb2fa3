"""The Python interface to pygo: ``setup()`` for setup.py and ``backend`` for pyproject.toml."""

import sys

from ._failure import Failure

if sys.version_info < (3, 10):
    raise Failure(
        "importing pygo_tools",
        f"running Python {sys.version.split()[0]} ({sys.executable})",
        "use Python 3.10 or newer",
    )

from ._version import __version__
from .config import Config
from .setup import patch_wheel_darwin, setup

__all__ = ["Config", "__version__", "patch_wheel_darwin", "setup"]
