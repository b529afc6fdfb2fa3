"""The backend that builds the base wheel: setuptools, or the one that the project names.

The key ``backend`` of ``[tool.pygo-tools]`` names it as ``build-backend`` of PEP 517 does:
``module`` or ``module:object``.
"""

import importlib
import tempfile
import zipfile
from pathlib import Path

from ._failure import Failure
from .config import Config, _toml

SETUPTOOLS = "setuptools.build_meta"


def name():
    """Return the name of the backend."""
    try:
        data = _toml().loads(Path("pyproject.toml").read_text("utf-8"))
    except (OSError, ValueError):
        # pygo explains what is wrong with the file.
        return SETUPTOOLS
    tool = data.get("tool", {})
    table = tool.get("pygo-tools", {}) if isinstance(tool, dict) else {}
    named = table.get("backend") if isinstance(table, dict) else None
    return named if isinstance(named, str) else SETUPTOOLS


def backend():
    """Import the backend.

    :raises Failure: if it cannot be imported, or is this package.
    """
    named = name()
    module, _, attributes = named.partition(":")
    doing = f"calling {named}, the key `backend` of [tool.pygo-tools]"
    if module.partition(".")[0] == __package__:
        raise Failure(doing, "pygo_tools cannot wrap itself", "remove the key")
    try:
        found = importlib.import_module(module)
        for attribute in filter(None, attributes.split(".")):
            found = getattr(found, attribute)
    except (ImportError, AttributeError) as error:
        distribution = module.partition(".")[0].replace("_", "-")
        help_ = f"correct the key, or add the backend ({distribution}?) to build-system.requires"
        raise Failure(doing, f"{type(error).__name__}: {error}", help_) from None
    return found


def is_program():
    """Whether the project is a program, whose directories setuptools may take for packages."""
    try:
        return name() == SETUPTOOLS and Config.load().binding == "bin"
    except (OSError, Failure):
        return False


def call(hook, *arguments):
    """Call ``hook`` of the backend.

    :raises Failure: if it has none of that name.
    """
    function = getattr(backend(), hook, None)
    if function is None:
        found = f"it has no hook {hook}"
        raise Failure(f"calling {name()}", found, "use a backend, or a newer version, that has it")
    return function(*arguments)


def prepare(kind, directory, settings):
    """Write the ``.dist-info`` of a ``kind`` of wheel into ``directory`` and return its name.

    The hook is optional (PEP 517); without it, the metadata is that of a wheel.
    """
    function = getattr(backend(), f"prepare_metadata_for_build_{kind}", None)
    if function is not None:
        return function(directory, settings)
    with tempfile.TemporaryDirectory() as work:
        return extracted(Path(work, call(f"build_{kind}", work, settings)), directory)


def extracted(wheel, directory):
    """Extract the ``.dist-info`` of ``wheel`` into ``directory`` and return its name."""
    with zipfile.ZipFile(wheel) as archive:
        members = [name for name in archive.namelist() if ".dist-info/" in name]
        archive.extractall(directory, members)
    return members[0].partition("/")[0]
