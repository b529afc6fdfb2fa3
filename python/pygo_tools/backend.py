"""The PEP 517 build backend: setuptools for the pure part of the project."""

from setuptools import build_meta as _setuptools
from setuptools.build_meta import (
    build_sdist,
    get_requires_for_build_sdist,
    get_requires_for_build_wheel,
    prepare_metadata_for_build_wheel,
)

from ._base import require_factory

__all__ = [
    "build_sdist",
    "build_wheel",
    "get_requires_for_build_sdist",
    "get_requires_for_build_wheel",
    "prepare_metadata_for_build_wheel",
]


def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):
    """Write the base wheel into ``wheel_directory`` and return its file name."""
    require_factory()
    return _setuptools.build_wheel(wheel_directory, config_settings, metadata_directory)
