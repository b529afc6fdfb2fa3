"""What front-ends and setup.py ask for, made by the ``pygo`` program.

The program asks the project's backend, which may be this package again, for everything that is
not native, and says so with an environment variable: then setuptools answers.
"""

import os
import sys
from pathlib import Path

from . import _binary, _target
from ._failure import Failure
from ._settings import Settings

VARIABLE = "PYGO_BASE_WHEEL"


def asks():
    """Whether the program is what asks."""
    return os.environ.get(VARIABLE) == "1"


def wheel(directory, settings, target=None):
    """Build one wheel into ``directory`` and return its path.

    :param settings: what the front-end asks for.
    :param target: the target, where that does not name one.
    """
    chosen = _target.choose(settings.target or target)
    if chosen == _target.HOST:
        _target.check_interpreter()
    return made("matrix", directory, f"--targets={chosen}", *settings.options, settings=settings)


def editable(directory, settings):
    """Build an editable wheel for this machine into ``directory`` and return its path."""
    if _target.choose(settings.target) != _target.HOST:
        raise Failure(
            "building an editable wheel",
            f"the target {_target.choose(settings.target)} was asked for",
            "an editable install is for the machine that it is on: ask for no target",
        )
    _target.check_interpreter()
    return made("build", directory, "--editable", *settings.options, settings=settings)


def sdist(directory, settings):
    """Build the sdist into ``directory`` and return its path."""
    taken = ("--offline", "--verbose", "--quiet")
    options = [option for option in settings.options if option in taken]
    return made("sdist", directory, *options, settings=settings)


def made(command, directory, *options, settings=Settings()):
    # The front-end has installed what the backend needs, for this interpreter.
    here = ("--no-isolation", f"--python={sys.executable}")
    arguments = (f"--out-dir={os.path.abspath(directory)}", *here, *options)
    lines = _binary.run(command, ".", *arguments, *settings.for_setuptools())
    return Path(lines[-1])
