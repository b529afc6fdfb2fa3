"""The ``pygo`` program that belongs to this package, and how it is run."""

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
    """Every place where the program may be, the best first."""
    package = Path(__file__).resolve().parent
    try:
        installed = importlib.metadata.distribution("pygo-tools")
        for file in installed.files or ():
            if file.name == NAME:
                yield Path(installed.locate_file(file))
    except importlib.metadata.PackageNotFoundError:
        pass
    # Beside the package: --target and --prefix, and the environments that pip builds in.
    for above in package.parents[:4]:
        for scripts in ("bin", "Scripts"):
            yield above / scripts / NAME
    yield Path(sysconfig.get_path("scripts"), NAME)
    yield Path(sysconfig.get_path("scripts", sysconfig.get_preferred_scheme("user")), NAME)
    found = shutil.which(NAME)
    if found:
        yield Path(found)


def find():
    """The path of the program that has this package's version.

    :raises Failure: if there is none, or only one of another version.
    """
    others = {}
    for path in map(os.path.abspath, candidates()):
        if path in others or not os.access(path, os.X_OK) or os.path.isdir(path):
            continue
        version = version_of(path)
        if version == __version__:
            return path
        others[path] = version
    doing = "looking for the pygo program"
    package = os.path.dirname(os.path.abspath(__file__))
    if others:
        found = [f"pygo_tools is {__version__} ({package})"]
        found += [f"pygo is {version} ({path})" for path, version in others.items()]
        help = "install both in one version: pip install --force-reinstall pygo-tools"
        raise Failure(doing, "\n".join(found), help)
    raise Failure(
        doing,
        f"there is none beside pygo_tools ({package}), nor on PATH",
        "install it: pip install --force-reinstall pygo-tools",
    )


def version_of(path):
    """What the program at ``path`` says its version is."""
    try:
        said = subprocess.run([path, "--version"], capture_output=True, text=True, timeout=60)
    except (OSError, subprocess.SubprocessError) as error:
        return f"not one that runs: {error}"
    words = said.stdout.split()
    if said.returncode or len(words) != 2:
        return f"not one that tells a version (exit code {said.returncode})"
    return words[1]


def run(*arguments):
    """Run the program, which tells people what it does, and return the lines that it printed.

    :raises SystemExit: with the program's exit code if it fails; it has said why.
    """
    done = subprocess.run([find(), *arguments], stdout=subprocess.PIPE, text=True)
    if done.returncode:
        sys.stderr.flush()
        raise SystemExit(done.returncode)
    return done.stdout.splitlines()
