"""The setup.py commands that build native code, or that would omit it."""

import sys

import setuptools
from setuptools import Command
from setuptools.command.develop import develop as _develop
from setuptools.command.editable_wheel import editable_wheel as _editable_wheel
from setuptools.command.sdist import sdist as _sdist

from . import _binary, _factory, _target
from ._failure import Failure
from ._settings import Settings

try:
    from setuptools.command.bdist_wheel import bdist_wheel as _bdist_wheel
except ImportError:
    raise Failure(
        "running setup.py",
        f"setuptools {setuptools.__version__} is installed, but pygo-tools needs 70.1 or newer",
        "run: pip install --upgrade 'setuptools>=70.1'",
    ) from None


def commands():
    """Return the commands by name, for ``cmdclass``."""
    return {
        "bdist_egg": refused("bdist_egg"),
        "bdist_wheel": BdistWheel,
        "build_ext": refused("build_ext"),
        "develop": Develop,
        "editable_wheel": EditableWheel,
        "install": refused("install"),
        "sdist": Sdist,
    }


def refused(name):
    """Return a command called ``name`` that fails and suggests an alternative."""
    return type(name, (Refused,), {"command_name": name})


class BdistWheel(_bdist_wheel):
    """Builds one wheel. ``--plat-name`` selects the target; the tag comes from the binaries."""

    def run(self):
        supplied = getattr(self, "plat_name_supplied", False)
        target = _target.of_platform(self.plat_name, "--plat-name") if supplied else None
        path = _factory.wheel(self.dist_dir, Settings(), target)
        version = "%d.%d" % sys.version_info[:2]
        self.distribution.dist_files.append(("bdist_wheel", version, str(path)))


class EditableWheel(_editable_wheel):
    """Builds an editable wheel (PEP 660)."""

    def run(self):
        settings = {"editable_mode": self.mode} if self.mode else {}
        _factory.editable(self.dist_dir, Settings(settings))


class Sdist(_sdist):
    """Builds an sdist that includes everything needed to build wheels."""

    def run(self):
        if self.formats != ["gztar"]:
            raise Failure(
                "building the sdist",
                f"the requested format is {', '.join(self.formats)}",
                "omit --formats: an sdist is always a .tar.gz (PEP 625)",
            )
        path = str(_factory.sdist(self.dist_dir, Settings()))
        self.archive_files = [path]
        self.distribution.dist_files.append(("sdist", "", path))


class Develop(_develop):
    """Runs ``pygo develop`` for this Python."""

    def initialize_options(self):
        # The inherited method warns that setuptools deprecates this command.
        for name, *_ in self.user_options:
            setattr(self, name.rstrip("=").replace("-", "_"), None)

    def finalize_options(self):
        pass

    def run(self):
        _binary.run("develop", ".", f"--python={sys.executable}", "--no-isolation")


class Refused(Command):
    """A command that would omit the native code."""

    description = "(disabled: would omit the Go library)"
    user_options = [("inplace", "i", "")]

    def initialize_options(self):
        self.inplace = None

    def finalize_options(self):
        pass

    def run(self):
        raise Failure(
            f"running setup.py {self.get_command_name()}",
            "this command would omit the Go library",
            "use `pip install .`; for development, use `pip install -e .` or `pygo develop`",
        )
