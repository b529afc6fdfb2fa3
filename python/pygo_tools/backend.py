"""The build backend: setuptools or another backend builds the base wheel, pygo the native code.

Implements the hooks of PEP 517 and PEP 660
(https://packaging.python.org/en/latest/specifications/pyproject-toml/). ``config_settings``
accepts options of ``pygo matrix`` and of setuptools. The key ``backend`` of ``[tool.pygo-tools]``
names another backend than setuptools.
"""

import contextlib
import importlib.util
import os
import tempfile
import traceback
from pathlib import Path

from . import _factory, _inner
from ._failure import Failure
from ._metadata import require_cffi, requires_cffi
from ._settings import Settings

__all__ = [
    "build_editable",
    "build_sdist",
    "build_wheel",
    "get_requires_for_build_editable",
    "get_requires_for_build_sdist",
    "get_requires_for_build_wheel",
    "prepare_metadata_for_build_editable",
    "prepare_metadata_for_build_wheel",
]


def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):
    """Build one wheel into ``wheel_directory`` and return its file name."""
    if _factory.asks():
        return _inner.call("build_wheel", wheel_directory, config_settings, metadata_directory)
    return _factory.wheel(wheel_directory, Settings(config_settings)).name


def build_editable(wheel_directory, config_settings=None, metadata_directory=None):
    """Build an editable wheel into ``wheel_directory`` and return its file name."""
    if _factory.asks():
        return _inner.call("build_editable", wheel_directory, config_settings, metadata_directory)
    return _factory.editable(wheel_directory, Settings(config_settings)).name


def build_sdist(sdist_directory, config_settings=None):
    """Build the sdist into ``sdist_directory`` and return its file name."""
    if _factory.asks():
        return _inner.call("build_sdist", sdist_directory, config_settings)
    return _factory.sdist(sdist_directory, Settings(config_settings)).name


def get_requires_for_build_wheel(config_settings=None):
    """Return what setuptools requires: ``wheel`` before 70.1, and ``setup_requires``."""
    return _requires("get_requires_for_build_wheel", config_settings)


def get_requires_for_build_editable(config_settings=None):
    """Return the same requirements as for a wheel."""
    return _requires("get_requires_for_build_editable", config_settings)


def get_requires_for_build_sdist(config_settings=None):
    """Return the ``setup_requires`` of setup.py."""
    return _requires("get_requires_for_build_sdist", config_settings)


def prepare_metadata_for_build_wheel(metadata_directory, config_settings=None):
    """Write the ``.dist-info`` directory of the wheel and return its name."""
    return _prepared("wheel", metadata_directory, config_settings)


def prepare_metadata_for_build_editable(metadata_directory, config_settings=None):
    """Write the ``.dist-info`` directory of the editable wheel and return its name."""
    return _prepared("editable", metadata_directory, config_settings)


def _requires(hook, config_settings):
    settings = config_settings if _factory.asks() else Settings(config_settings).setuptools
    if _inner.name() != _inner.SETUPTOOLS:
        function = getattr(_inner.backend(), hook, None)
        with _failures("reading the build requirements"):
            return function(settings) if function else []
    if os.path.exists("setup.py"):
        with _failures("reading the build requirements"):
            return _inner.call(hook, settings)
    # Without a setup.py, setuptools requires nothing else, and its hook would write egg-info.
    builds_wheels = importlib.util.find_spec("setuptools.command.bdist_wheel")
    return [] if builds_wheels or "sdist" in hook else ["wheel"]


def _prepared(kind, directory, config_settings):
    settings = Settings(config_settings)
    if _inner.is_program():
        # Only in a copy of the project does pygo tell setuptools which directories are packages.
        with tempfile.TemporaryDirectory() as work:
            return _inner.extracted(_factory.wheel(work, settings), directory)
    with _failures("preparing the metadata"):
        name = _inner.prepare(kind, directory, settings.setuptools)
    if requires_cffi():
        require_cffi(Path(directory, name, "METADATA"))
    return name


@contextlib.contextmanager
def _failures(doing):
    """Turn exceptions of the backend into a Failure, unless ``pygo`` is the caller."""
    inner = "setuptools" if _inner.name() == _inner.SETUPTOOLS else _inner.name()
    try:
        yield
    except Failure:
        raise
    except Exception as error:
        if _factory.asks():
            raise
        frames = traceback.extract_tb(error.__traceback__)
        # setuptools executes setup.py under this file name.
        lines = [frame.lineno for frame in frames if frame.filename == "<string>"]
        where = f"setup.py:{lines[-1]}: " if lines and os.path.exists("setup.py") else ""
        found = f"{where}{type(error).__name__}: {error}"
        raise Failure(f"{doing} with {inner}", found, f"fix the error that {inner} reports") from None
