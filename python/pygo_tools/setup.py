"""setup() for a setup.py: setuptools' own, with cffi as a requirement."""

import sys

import setuptools

from ._base import require_factory


def setup(cffi="cffi", config_path=None, **kwargs):
    """Call ``setuptools.setup(**kwargs)`` for the pure part of the project.

    :param cffi: the requirement on cffi that the wheel carries, such as ``"cffi>=1.17"``.
    :param config_path: accepted for projects written for pygo-tools 0.1.8, which ignored it as
        well: the configuration is the config.json beside setup.py.
    """
    if "bdist_wheel" in sys.argv:
        require_factory()
    requires = list(kwargs.pop("install_requires", []))
    if cffi not in requires:
        requires.append(cffi)
    return setuptools.setup(install_requires=requires, **kwargs)
