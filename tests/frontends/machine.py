"""A user's machine, where pip and uv find the wheel of this repository before those on the index.

As in tests/judges/factory.py, PATH has no Go, zig or C compiler, and HOME is empty. Each front-end
runs in its own environment, which uv creates quickly.
"""

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest
from factory import JUDGES, PROJECT, TARGET, Factory

UV = JUDGES / "uv"
VERSION = (PROJECT / "python/pygo_tools/_version.py").read_text("utf-8").split('"')[1]
TIMEOUT = 600


@dataclass
class Done:
    """A finished command and its output."""

    command: list[str]
    code: int
    stdout: str
    stderr: str

    @property
    def output(self) -> str:
        return f"{self.stdout}\n{self.stderr}"

    def ok(self) -> "Done":
        assert self.code == 0, f"{' '.join(self.command)}\nexit code {self.code}\n{self.output}"
        return self

    def failed(self, *parts: str) -> "Done":
        """It failed, printed all of these, and showed no traceback from pygo_tools."""
        shown = f"{' '.join(self.command)}\nexit code {self.code}\n{self.output}"
        assert self.code != 0, shown
        for part in parts:
            assert part in self.output, f"not in the output: {part}\n{shown}"
        assert "pygo_tools/" not in traceback(self.output), shown
        return self


def traceback(output: str) -> str:
    """The lines of a traceback that name a file."""
    return "\n".join(line for line in output.splitlines() if line.strip().startswith('File "'))


class Machine(Factory):
    """Where front-ends run; `wheels` is the directory with the wheel of this repository."""

    def __init__(self, base: Path, wheels: Path):
        super().__init__(base)
        self.wheels = wheels

    def environment(self, **changes: str) -> dict[str, str]:
        own = super().environment()
        for variable, separator in (("PIP_FIND_LINKS", " "), ("UV_FIND_LINKS", ",")):
            places = [str(self.wheels), own.get(variable, "")]
            own[variable] = separator.join(filter(None, places))
        # Compiling every installed module would take longer than the tests.
        own |= {"PIP_NO_COMPILE": "1", "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
        return {k: v for k, v in {**own, **changes}.items() if v != ""}

    def venv(self, directory: Path, *requirements: object, python: object = None) -> "Venv":
        """A fresh environment with these requirements installed."""
        uv = [UV, "venv", "--quiet", "--no-project", "--python", python or self.path / "python"]
        self.run(*uv, directory).ok()
        if requirements:
            install = [UV, "pip", "install", "--quiet", "--python", directory / "bin/python"]
            self.run(*install, *requirements).ok()
        return Venv(self, directory)

    def run(self, *command: object, cwd: Path | None = None, **env: str) -> Done:
        line = [str(word) for word in command]
        done = subprocess.run(
            line,
            cwd=cwd or self.base,
            env=self.environment(**env),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=TIMEOUT,
        )
        return Done(line, done.returncode, done.stdout, done.stderr)


class Venv:
    """An active environment, whose bin directory is the whole PATH."""

    def __init__(self, machine: Machine, directory: Path):
        self.machine = machine
        self.directory = directory
        self.bin = directory / "bin"

    def run(self, name: str, *arguments: object, cwd: Path | None = None, **env: str) -> Done:
        """Runs a program of the environment."""
        active = {"PATH": str(self.bin), "VIRTUAL_ENV": str(self.directory), **env}
        return self.machine.run(self.bin / name, *arguments, cwd=cwd, **active)

    def python(self, *arguments: object, **options) -> Done:
        return self.run("python", *arguments, **options)

    def prints(self, code: str, **options) -> str:
        """The output of Python code, run where it cannot import a project's files."""
        return self.python("-c", code, **options).ok().stdout.strip()

    def installed(self) -> str:
        """Every file of its site-packages, for comparing before and after."""
        (site,) = self.directory.glob("lib/python3*/site-packages")
        files = (path for path in site.rglob("*") if "__pycache__" not in path.parts)
        return "\n".join(sorted(str(path.relative_to(site)) for path in files))


def only(directory: Path, pattern: str = "*.whl") -> Path:
    """The only file in a directory that a front-end wrote to."""
    (made,) = directory.iterdir()
    assert made.match(pattern), made
    return made


def cannot(reason: str) -> None:
    """Skips a test that this machine cannot run; fails on CI."""
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


def must_have(tool: str) -> Path:
    """A program on this machine that the comparison with 0.1.8 needs."""
    found = shutil.which(tool)
    assert found, f"no {tool} on this machine: 0.1.8 needs it to build anything"
    return Path(found)


__all__ = ["PROJECT", "TARGET", "UV", "VERSION", "Done", "Machine", "Venv", "cannot", "must_have", "only"]
