"""The configuration of a project, for scripts that read it."""

import json
import sys
from dataclasses import dataclass
from pathlib import Path

from ._failure import Failure


@dataclass
class Config:
    """The keys, and the paths of an in-tree build.

    Read from the current directory: config.json next to setup.py, or else ``[tool.pygo-tools]`` in
    pyproject.toml. pygo-tools 0.1.8 built in the source tree, at these paths; ``pygo`` does not.
    """

    package: str
    extension: str | None
    library: str
    signatures: list[str]
    project_path: Path
    binding: str = "cffi"

    @property
    def platform(self) -> str:
        """The current platform, ``sys.platform``."""
        return sys.platform

    @staticmethod
    def get_path(child: str | None = None) -> Path:
        """Return the current directory, or ``child`` in it."""
        path = Path().absolute()
        return path / child if child else path

    @property
    def library_path(self) -> Path:
        """The directory of the library."""
        return self.project_path / self.package / "lib"

    @property
    def header_path(self) -> Path:
        """The header that cgo generates."""
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
        """The output directory of ``make`` in the Go package."""
        return self.library_source_path / "local"

    @classmethod
    def from_json(cls) -> "Config":
        """Read config.json next to setup.py.

        :raises EnvironmentError: if either file is missing.
        """
        for name in ("setup.py", "config.json"):
            if not cls.get_path(name).exists():
                raise OSError(f"{cls.get_path(name)} does not exist")
        path = cls.get_path("config.json")
        try:
            data = json.loads(path.read_text("utf-8"))
        except ValueError as error:
            raise Failure(f"reading {path}", str(error), "fix the JSON syntax") from None
        return cls._of(path, data)

    @classmethod
    def from_toml(cls) -> "Config":
        """Read ``[tool.pygo-tools]`` in pyproject.toml.

        :raises EnvironmentError: if there is no pyproject.toml.
        """
        path = cls.get_path("pyproject.toml")
        if not path.exists():
            raise OSError(f"{path} does not exist")
        try:
            data = _toml().loads(path.read_text("utf-8"))
        except ValueError as error:
            raise Failure(f"reading {path}", str(error), "fix the TOML syntax") from None
        return cls._of(path, data.get("tool", {}).get("pygo-tools", {}))

    @classmethod
    def load(cls, mode: str | None = None) -> "Config":
        """Read config.json or pyproject.toml, whichever exists.

        :param mode: ``"json"`` or ``"toml"`` to read only that file.
        :raises EnvironmentError: if the project has no configuration.
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
        names = ["package", "extension", "library", "signatures"]
        required = {"capi": ["extension"], "ctypes": ["package", "library"]}
        if not isinstance(data, dict):
            raise Failure(f"reading {path}", "it has no table of keys", "see `pygo init`")
        binding = data.get("binding", "bin" if "program" in data else "cffi")
        if binding == "bin" and "program" in data:
            data = {"package": "", "extension": None, "library": data["program"]}
        needed = required.get(binding, names[:3])
        missing = [name for name in needed if name not in data]
        if missing:
            found = f"missing keys: {', '.join(missing)}"
            raise Failure(f"reading {path}", found, f"required keys: {', '.join(needed)}")
        absent = {"package": "", "extension": None, "library": "", "signatures": []}
        values = {name: data.get(name, absent[name]) for name in names}
        return cls(**values, project_path=path.parent, binding=binding)


def _toml():
    try:
        import tomllib
    except ModuleNotFoundError:
        # Python 3.10 has no tomllib; setuptools contains one.
        from setuptools.compat.py310 import tomllib
    return tomllib
