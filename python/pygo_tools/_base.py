"""Whether the pure part of a wheel is being asked for.

The factory builds the Go library and the extension itself, and asks the project's own build
backend for everything else: metadata, Python files, package data. It says so with an
environment variable, so that a backend asked by anybody else cannot give away half a wheel.
"""

import os

VARIABLE = "PYGO_BASE_WHEEL"


def require_factory():
    """Raise SystemExit unless the factory is what asks."""
    if os.environ.get(VARIABLE) != "1":
        raise SystemExit(
            "building a wheel with pygo_tools\n"
            "  found: the build was not started by pygo, which builds the Go library "
            "and the extension\n"
            "   help: run `pygo build` for this machine, or `pygo matrix --targets ...`"
        )
