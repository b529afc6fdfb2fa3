"""setup() for a setup.py: setuptools' own, with commands that build the native part."""

import re
import sys

from . import _factory


def setup(cffi="cffi", config_path=None, **kwargs):
    """Call ``setuptools.setup(**kwargs)``, which ``bdist_wheel``, ``sdist`` and the editable
    commands of pygo-tools are added to.

    :param cffi: the requirement on cffi that the wheel carries, such as ``"cffi>=1.17"``.
    :param config_path: accepted for projects written for pygo-tools 0.1.8, which did not read it
        either: the configuration is the config.json beside setup.py.
    :return: what ``setuptools.setup`` returns, a ``Distribution``.
    """
    import setuptools

    if config_path not in (None, "config.json"):
        note(f"config_path={str(config_path)!r} is not read: the configuration is config.json")
    if not _factory.asks():
        from ._commands import commands

        kwargs["cmdclass"] = {**kwargs.get("cmdclass", {}), **commands()}
    requires = kwargs.pop("install_requires", None) or []
    requires = requires.splitlines() if isinstance(requires, str) else list(requires)
    named = any(re.match(r"cffi\b(?![-_.])", line.strip(), re.IGNORECASE) for line in requires)
    if cffi not in requires and not (named and cffi == "cffi"):
        requires.append(cffi)
    return setuptools.setup(install_requires=requires, **kwargs)


def patch_wheel_darwin(config, wheel_path):
    """Do nothing: wheels for macOS are linked so that no name in them has to be changed.

    :param config: a :class:`pygo_tools.Config`, as pygo-tools 0.1.8 took it.
    :param wheel_path: the wheel, which is left as it is.
    """
    note(f"patch_wheel_darwin has nothing left to do: {wheel_path} is linked with relative paths")


def note(text):
    print(f"note: {text}", file=sys.stderr)
