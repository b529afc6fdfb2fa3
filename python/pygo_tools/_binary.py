"""Finds and runs the ``pygo`` executable of this package's version."""

import importlib.metadata
import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

from ._failure import Failure
from ._version import __version__

NAME = "pygo.exe" if os.name == "nt" else "pygo"


def candidates():
    """Yield the paths where the executable may be, most likely first."""
    package = Path(__file__).resolve().parent
    try:
        installed = importlib.metadata.distribution("pygo-tools")
        for file in installed.files or ():
            if file.name == NAME:
                yield Path(installed.locate_file(file))
    except importlib.metadata.PackageNotFoundError:
        pass
    # Relative to the package: for --target, --prefix and pip's build environments.
    for above in package.parents[:4]:
        for scripts in ("bin", "Scripts"):
            yield above / scripts / NAME
    yield Path(sysconfig.get_path("scripts"), NAME)
    yield Path(sysconfig.get_path("scripts", sysconfig.get_preferred_scheme("user")), NAME)
    found = shutil.which(NAME)
    if found:
        yield Path(found)


def find():
    """Return the path of the executable of this package's version.

    :raises Failure: if there is none.
    """
    others = {}
    for path in map(os.path.abspath, candidates()):
        if path in others or not os.access(path, os.X_OK) or os.path.isdir(path):
            continue
        version = version_of(path)
        if version == __version__:
            return path
        others[path] = version
    doing = "looking for the pygo executable"
    package = os.path.dirname(os.path.abspath(__file__))
    if others:
        found = [f"pygo_tools is {__version__} ({package})"]
        found += [f"pygo is {version} ({path})" for path, version in others.items()]
        help = "install the same version of both: pip install --force-reinstall pygo-tools"
        raise Failure(doing, "\n".join(found), help)
    raise Failure(
        doing,
        f"none is installed with pygo_tools ({package}) or on PATH",
        "install it: pip install --force-reinstall pygo-tools",
    )


def version_of(path):
    """Return the version that the executable at ``path`` prints, or why it printed none."""
    try:
        done = subprocess.run([path, "--version"], capture_output=True, text=True, timeout=60)
    except (OSError, subprocess.SubprocessError) as error:
        return f"unusable: {error}"
    words = done.stdout.split()
    if done.returncode or len(words) != 2:
        return f"unusable: it printed no version (exit code {done.returncode})"
    return words[1]


def run(*arguments):
    """Run the executable and return the lines it printed on standard output.

    :raises SystemExit: with its exit code if it fails, after it has printed the error.
    """
    done = subprocess.run([find(), *arguments], stdout=subprocess.PIPE, text=True)
    if done.returncode:
        sys.stderr.flush()
        raise SystemExit(done.returncode)
    return done.stdout.splitlines()
