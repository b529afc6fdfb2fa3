"""A project's configuration, for scripts that read it."""

import json
import sys
from dataclasses import dataclass, fields
from pathlib import Path

from ._failure import Failure


@dataclass
class Config:
    """The four keys that every configuration has, and the paths that follow from them.

    Read from the current directory: config.json beside a setup.py, else the table
    ``[tool.pygo-tools]`` of pyproject.toml. The paths are those of a native build in the tree, as
    pygo-tools 0.1.8 made it; ``pygo`` itself leaves nothing there.
    """

    package: str
    extension: str
    library: str
    signatures: list[str]
    project_path: Path

    @property
    def platform(self) -> str:
        """The platform that this runs on, as ``sys.platform``."""
        return sys.platform

    @staticmethod
    def get_path(child: str | None = None) -> Path:
        """The current directory, or what is called ``child`` in it."""
        path = Path().absolute()
        return path / child if child else path

    @property
    def library_path(self) -> Path:
        """The directory of the library."""
        return self.project_path / self.package / "lib"

    @property
    def header_path(self) -> Path:
        """The header that cgo writes."""
        return self.library_path / f"lib{self.library}.h"

    @property
    def shared_object_path(self) -> Path:
        """The library."""
        return self.library_path / f"lib{self.library}.so"

    @property
    def extension_path(self) -> Path:
        """The extension module."""
        return self.project_path / self.package / f"{self.extension}.abi3.so"

    @property
    def library_source_path(self) -> Path:
        """The directory of the Go package."""
        return self.project_path / self.package / "go"

    @property
    def library_target_path(self) -> Path:
        """The directory that ``make`` in the Go package fills."""
        return self.library_source_path / "local"

    @classmethod
    def from_json(cls) -> "Config":
        """Read config.json, which counts beside a setup.py.

        :raises EnvironmentError: if one of the two is not there.
        """
        for name in ("setup.py", "config.json"):
            if not cls.get_path(name).exists():
                raise OSError(f"{cls.get_path(name)} is not there")
        path = cls.get_path("config.json")
        try:
            data = json.loads(path.read_text("utf-8"))
        except ValueError as error:
            raise Failure(f"reading {path}", str(error), "mend the JSON") from None
        return cls._of(path, data)

    @classmethod
    def from_toml(cls) -> "Config":
        """Read the table ``[tool.pygo-tools]`` of pyproject.toml.

        :raises EnvironmentError: if there is no pyproject.toml.
        """
        path = cls.get_path("pyproject.toml")
        if not path.exists():
            raise OSError(f"{path} is not there")
        try:
            data = _toml().loads(path.read_text("utf-8"))
        except ValueError as error:
            raise Failure(f"reading {path}", str(error), "mend the TOML") from None
        return cls._of(path, data.get("tool", {}).get("pygo-tools", {}))

    @classmethod
    def load(cls, mode: str | None = None) -> "Config":
        """Read the configuration that there is.

        :param mode: ``"json"`` or ``"toml"`` reads that one only.
        :raises EnvironmentError: if there is none.
        """
        readers = {"json": cls.from_json, "toml": cls.from_toml}
        if mode:
            return readers[mode]()
        missing = []
        for read in readers.values():
            try:
                return read()
            except OSError as error:
                missing.append(str(error))
        raise OSError("; ".join(missing))

    @classmethod
    def _of(cls, path: Path, data: object) -> "Config":
        names = [field.name for field in fields(cls) if field.name != "project_path"]
        if not isinstance(data, dict):
            raise Failure(f"reading {path}", "it holds no table of keys", "see `pygo init`")
        absent = [name for name in names if name not in data]
        if absent:
            found = f"the keys {', '.join(absent)} are missing"
            raise Failure(f"reading {path}", found, f"the keys are {', '.join(names)}")
        return cls(**{name: data[name] for name in names}, project_path=path.parent)


def _toml():
    try:
        import tomllib
    except ModuleNotFoundError:
        # Python 3.10 has none; setuptools brings the one that it reads pyproject.toml with.
        try:
            from setuptools.compat.py310 import tomllib
        except ImportError:
            from setuptools.extern import tomli as tomllib
    return tomllib
