"""Runs the real command as a user would, on a machine that has only Python.

PATH is one directory, the bin of a virtual environment, so that no Go, zig or C compiler
of this machine can be used. HOME is empty. The tools that pygo installs stay in
PYGO_CACHE_DIR from one test run to the next.
"""

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from caches import CACHES
from program import PYGO

PROJECT = Path(__file__).resolve().parents[2]
TARGET = PROJECT / "target"
EXAMPLES = PROJECT / "example"
JUDGES = Path(sys.executable).parent

# Variables that say how to reach the package registries: they describe the machine, not the user.
KEPT = ("PIP_", "UV_", "SSL_", "REQUESTS_", "CURL_", "GOPROXY", "GOSUMDB", "GONOSUMDB")
KEPT += ("HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy")
# Left behind by `make` and native builds: a copy of an example must look like a fresh clone.
NOT_IN_A_CLONE = shutil.ignore_patterns("dist", "build", "local", "*.egg-info", "__pycache__")


@dataclass
class Run:
    """A finished run: its exit code and output, and the wheels it printed on stdout."""

    code: int
    stdout: str
    stderr: str
    cwd: Path
    report_file: Path

    def ok(self) -> "Run":
        assert self.code == 0, f"exit code {self.code}\n{self.stdout}\n{self.stderr}"
        return self

    @property
    def wheels(self) -> list[Path]:
        return [self.cwd / line for line in self.stdout.splitlines()]

    @property
    def wheel(self) -> Path:
        (only,) = self.wheels
        return only

    @property
    def report(self) -> dict:
        return json.loads(self.report_file.read_text("utf-8"))


class Factory:
    """The command, and the environment it runs in."""

    def __init__(self, base: Path):
        self.base = base
        self.binary = PYGO
        self.home = base / "empty-home"
        self.home.mkdir()
        self.host = base / "host"
        subprocess.run([sys.executable, "-m", "venv", self.host], check=True)
        self.path = self.host / "bin"
        for tool in ("go", "zig", "cc", "gcc", "clang", "ld", "ld.lld", "ar", "pkg-config", "uv"):
            assert shutil.which(tool, path=str(self.path)) is None, f"{tool} is in {self.path}"
        self.cache = Path(os.environ.get("PYGO_CACHE_DIR", TARGET / "pygo-cache")).resolve()

    def environment(self, **changes: str) -> dict[str, str]:
        """The environment of one run; changing a variable to "" removes it."""
        kept = {k: v for k, v in os.environ.items() if k.startswith(KEPT)}
        own = {
            "PATH": str(self.path),
            "HOME": str(self.home),
            "TMPDIR": str(self.base),
            "LANG": "C.UTF-8",
            "PYGO_CACHE_DIR": str(self.cache),
            "GOCACHE": str(CACHES / "go"),
            "PIP_CACHE_DIR": str(CACHES / "pip"),
            "UV_CACHE_DIR": str(CACHES / "uv"),
        }
        for config in ("~/.config/pip/pip.conf", "~/.pip/pip.conf"):
            if (file := Path(config).expanduser()).is_file():
                own.setdefault("PIP_CONFIG_FILE", str(file))
        merged = {**kept, **own, **changes}
        return {k: v for k, v in merged.items() if v != ""}

    def project(self, example: str, directory: Path) -> Path:
        """A copy of an example, like a fresh clone."""
        return Path(
            shutil.copytree(
                EXAMPLES / example, directory / example, symlinks=True, ignore=NOT_IN_A_CLONE
            )
        )

    def command(self, project: Path, targets: list[str], *options: str) -> list[str]:
        return [str(self.binary), "matrix", str(project), "--targets", ",".join(targets), *options]

    def matrix(
        self, project: Path, targets: list[str], *options: str, timeout: int = 900, **env: str
    ) -> Run:
        report = project.parent / f"report-{len(list(project.parent.glob('report-*')))}.json"
        command = self.command(project, targets, "--report", str(report), *options)
        done = subprocess.run(
            command,
            cwd=project.parent,
            env=self.environment(**env),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=timeout,
        )
        return Run(done.returncode, done.stdout, done.stderr, project.parent, report)


def judge(*command: object, ok: bool = True, **options) -> subprocess.CompletedProcess:
    """Runs a tool from target/judges; if it fails, the assertion shows its output."""
    tool = str(command[0])
    found = JUDGES / tool
    line = [str(found) if found.exists() else tool, *map(str, command[1:])]
    options.setdefault("timeout", 300)
    done = subprocess.run(line, capture_output=True, text=True, **options)
    if ok:
        output = f"{' '.join(line)}\nexit code {done.returncode}\n{done.stdout}\n{done.stderr}"
        assert done.returncode == 0, output
    return done
