"""``setup()`` for setup.py: calls setuptools, and adds commands that build native code."""

import re
import sys

from . import _factory
from ._metadata import requires_cffi


def setup(cffi="cffi", config_path=None, **kwargs):
    """Call ``setuptools.setup(**kwargs)`` with the commands of pygo-tools.

    :param cffi: the wheel's requirement on cffi, such as ``"cffi>=1.17"``; ignored with the
        binding ``ctypes``.
    :param config_path: ignored, as in pygo-tools 0.1.8: the configuration is the config.json next
        to setup.py.
    :return: the ``Distribution`` that ``setuptools.setup`` returns.
    """
    import setuptools

    if config_path not in (None, "config.json"):
        note(f"config_path={str(config_path)!r} is ignored: pygo always reads config.json")
    if not _factory.asks():
        from ._commands import commands

        kwargs["cmdclass"] = {**kwargs.get("cmdclass", {}), **commands()}
    requires = kwargs.pop("install_requires", None) or []
    requires = requires.splitlines() if isinstance(requires, str) else list(requires)
    if not requires_cffi():
        return setuptools.setup(install_requires=requires, **kwargs)
    named = any(re.match(r"cffi\b(?![-_.])", line.strip(), re.IGNORECASE) for line in requires)
    if cffi not in requires and not (named and cffi == "cffi"):
        requires.append(cffi)
    return setuptools.setup(install_requires=requires, **kwargs)


def patch_wheel_darwin(config, wheel_path):
    """Do nothing: pygo sets install names and rpaths when it links.

    :param config: ignored; pygo-tools 0.1.8 expected a :class:`pygo_tools.Config`.
    :param wheel_path: the wheel, which stays unchanged.
    """
    note(f"patch_wheel_darwin does nothing: {wheel_path} is already linked with relative paths")


def note(text):
    print(f"note: {text}", file=sys.stderr)
