"""The commands of a setup.py that have to do with the native part."""

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
except ImportError:  # setuptools before 70.1
    try:
        from wheel.bdist_wheel import bdist_wheel as _bdist_wheel
    except ImportError:
        _bdist_wheel = None


def commands():
    """The commands by their names, for ``cmdclass``."""
    return {
        "bdist_egg": refused("bdist_egg"),
        "bdist_wheel": BdistWheel if _bdist_wheel else NoWheel,
        "build_ext": refused("build_ext"),
        "develop": Develop,
        "editable_wheel": EditableWheel,
        "install": refused("install"),
        "sdist": Sdist,
    }


def refused(name):
    """A command called ``name`` that says what to use in its place."""
    return type(name, (Refused,), {"command_name": name})


class BdistWheel(_bdist_wheel or Command):
    """One wheel. Its tag is read from the binaries; ``--plat-name`` only chooses the target."""

    def run(self):
        supplied = getattr(self, "plat_name_supplied", False)
        target = _target.of_platform(self.plat_name, "--plat-name") if supplied else None
        path = _factory.wheel(self.dist_dir, Settings(), target)
        version = "%d.%d" % sys.version_info[:2]
        self.distribution.dist_files.append(("bdist_wheel", version, str(path)))


class NoWheel(Command):
    """What stands for bdist_wheel where there is none."""

    description = "(refused: it needs wheel, or a newer setuptools)"
    user_options = [("dist-dir=", "d", "")]

    def initialize_options(self):
        self.dist_dir = None

    def finalize_options(self):
        pass

    def run(self):
        raise Failure(
            "running setup.py bdist_wheel",
            f"setuptools {setuptools.__version__} builds no wheels by itself",
            "pip install 'setuptools>=70.1', or wheel beside the one that there is",
        )


class EditableWheel(_editable_wheel):
    """An editable wheel (PEP 660)."""

    def run(self):
        settings = {"editable_mode": self.mode} if self.mode else {}
        _factory.editable(self.dist_dir, Settings(settings))


class Sdist(_sdist):
    """An sdist with all that a build from it needs."""

    def run(self):
        if self.formats != ["gztar"]:
            raise Failure(
                "building the sdist",
                f"the format {', '.join(self.formats)} was asked for",
                "leave --formats out: an sdist is a .tar.gz (PEP 625)",
            )
        path = str(_factory.sdist(self.dist_dir, Settings()))
        self.archive_files = [path]
        self.distribution.dist_files.append(("sdist", "", path))


class Develop(_develop):
    """``pygo develop`` for the Python that runs this."""

    def initialize_options(self):
        # Not setuptools' own, which warns that this command is to go.
        for name, *_ in self.user_options:
            setattr(self, name.rstrip("=").replace("-", "_"), None)

    def finalize_options(self):
        pass

    def run(self):
        _binary.run("develop", ".", f"--python={sys.executable}", "--no-isolation")


class Refused(Command):
    """A command that would leave the native part out."""

    description = "(refused: it would leave the native part out)"
    user_options = [("inplace", "i", "")]

    def initialize_options(self):
        self.inplace = None

    def finalize_options(self):
        pass

    def run(self):
        raise Failure(
            f"running setup.py {self.get_command_name()}",
            "this command knows nothing of the Go library and would leave it out",
            "use `pip install .`, or `pip install -e .` or `pygo develop` to work on it",
        )
