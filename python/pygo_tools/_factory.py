"""Builds what front-ends and setup.py request by running ``pygo``.

``pygo`` in turn calls the project's build backend, which may be this package again, for the base
wheel. It sets an environment variable for that call, and setuptools handles it.
"""

import os
import sys
from pathlib import Path

from . import _binary, _target
from ._failure import Failure
from ._metadata import requires_cffi
from ._settings import Settings

VARIABLE = "PYGO_BASE_WHEEL"


def asks():
    """Whether ``pygo`` is the caller."""
    return os.environ.get(VARIABLE) == "1"


def wheel(directory, settings, target=None):
    """Build one wheel into ``directory`` and return its path.

    :param settings: the front-end's settings.
    :param target: the target to use if the settings name none.
    """
    chosen = _target.choose(settings.target or target)
    if chosen == _target.HOST and requires_cffi():
        _target.check_interpreter()
    return made("matrix", directory, f"--targets={chosen}", *settings.options, settings=settings)


def editable(directory, settings):
    """Build an editable wheel for this machine into ``directory`` and return its path."""
    if _target.choose(settings.target) != _target.HOST:
        raise Failure(
            "building an editable wheel",
            f"the requested target is {_target.choose(settings.target)}",
            "editable installs are for the current machine: do not set a target",
        )
    if requires_cffi():
        _target.check_interpreter()
    return made("build", directory, "--editable", *settings.options, settings=settings)


def sdist(directory, settings):
    """Build the sdist into ``directory`` and return its path."""
    accepted = ("--offline", "--verbose", "--quiet")
    options = [option for option in settings.options if option in accepted]
    return made("sdist", directory, *options, settings=settings)


def made(command, directory, *options, settings=Settings()):
    # The front-end has already installed the backend's requirements for this interpreter.
    here = ["--no-isolation", f"--python={sys.executable}"]
    if command != "sdist":
        here.append(f"--for-python={_target.python()}")
    arguments = (f"--out-dir={os.path.abspath(directory)}", *here, *options)
    lines = _binary.run(command, ".", *arguments, *settings.for_setuptools())
    return Path(lines[-1])
