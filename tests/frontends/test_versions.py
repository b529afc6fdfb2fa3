"""Versions that the project's backend determines: the name of the wheel, METADATA and Go agree."""

import datetime
import os
import re
import tarfile
import zipfile
from pathlib import Path

import pytest

MAIN_GO = 'package main\n\nvar version string\n\nfunc main() { println(version) }\n'
PYPROJECT = """
[build-system]
requires = ["pygo-tools", {requires}]
build-backend = "pygo_tools.backend"
[project]
name = "stamped"
dynamic = ["version"]
requires-python = ">=3.10"
{tables}
[tool.pygo-tools]
program = "stamped"
ldflags = ["-X", "main.version={{version}}"]
"""
SETUPTOOLS = '[tool.setuptools]\npackages = ["stamped"]\n'
# Backend -> what it requires, and its tables.
PROJECTS = {
    "setuptools-scm": ('"setuptools>=77", "setuptools-scm>=8"', SETUPTOOLS + "[tool.setuptools_scm]"),
    "hatch-vcs": ('"hatchling", "hatch-vcs"', '[tool.hatch.version]\nsource = "vcs"'),
    "calver": ('"setuptools>=77", "calver"', SETUPTOOLS),
}
SETUP_PY = "from pygo_tools import setup\nsetup(use_calver='%Y.%m.%d')\n"


def project(root: Path, backend: str) -> Path:
    requires, tables = PROJECTS[backend]
    files = {
        "pyproject.toml": PYPROJECT.format(requires=requires, tables=tables),
        "go.mod": "module example.org/stamped\n\ngo 1.21\n",
        "main.go": MAIN_GO,
        "stamped/__init__.py": "",
        ".gitignore": "dist/\n",
    }
    if backend == "hatch-vcs":
        own = 'program = "stamped"\nbackend = "hatchling.build"'
        files["pyproject.toml"] = files["pyproject.toml"].replace('program = "stamped"', own)
    if backend == "calver":
        files["setup.py"] = SETUP_PY
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    return root


def tagged(machine, root: Path) -> Path:
    """A git repository with a tag."""
    git = ("git", "-c", "user.name=a", "-c", "user.email=a@example.org", "-C", root)
    for line in (["init", "-q"], ["add", "."], ["commit", "-qm", "all"], ["tag", "v4.5.6"]):
        machine.run(*git, *line, PATH=os.defpath).ok()
    return root


def version(machine, root: Path, tmp_path: Path) -> str:
    """The version of the wheel of the project in `root`, which three places have to agree on."""
    wheel = machine.matrix(root, ["linux-amd64"], PATH=f"{machine.path}:{os.defpath}").ok().wheel
    named = wheel.name.split("-")[1]
    with zipfile.ZipFile(wheel) as archive:
        metadata = archive.read(f"stamped-{named}.dist-info/METADATA").decode()
        program = archive.extract(f"stamped-{named}.data/scripts/stamped", tmp_path)
    os.chmod(program, 0o755)
    assert re.search(r"(?m)^Version: (.*)$", metadata)[1] == named
    assert machine.run(program).ok().stderr.strip() == named
    return named


def from_sdist(machine, root: Path, tmp_path: Path) -> Path:
    """The unpacked sdist, where there is no git repository."""
    line = (machine.binary, "sdist", root, "--out-dir", tmp_path / "sdist")
    machine.run(*line, PATH=f"{machine.path}:{os.defpath}").ok()
    (archive,) = (tmp_path / "sdist").glob("*.tar.gz")
    with tarfile.open(archive) as content:
        content.extractall(tmp_path / "unpacked", filter="data")
    (unpacked,) = (tmp_path / "unpacked").iterdir()
    return unpacked


@pytest.mark.parametrize("backend", ["setuptools-scm", "hatch-vcs"])
def test_a_tag_is_the_version_also_without_git(backend, machine, tmp_path):
    root = tagged(machine, project(tmp_path / "project", backend))
    assert version(machine, root, tmp_path) == "4.5.6"
    unpacked = from_sdist(machine, root, tmp_path)
    assert not (unpacked / ".git").exists()
    assert version(machine, unpacked, tmp_path) == "4.5.6"


@pytest.mark.parametrize("backend", ["setuptools-scm", "hatch-vcs"])
def test_a_tree_with_changes_has_a_local_version(backend, machine, tmp_path):
    root = tagged(machine, project(tmp_path / "project", backend))
    (root / "stamped/__init__.py").write_text("# changed\n")
    assert re.fullmatch(r"4\.5\.7\.dev0\+g[0-9a-f]+\.d\d{8}", version(machine, root, tmp_path))


def today() -> str:
    now = datetime.datetime.now(datetime.timezone.utc)
    return f"{now.year}.{now.month}.{now.day}"


def test_the_day_is_the_version(machine, tmp_path):
    root = project(tmp_path / "project", "calver")
    before, found = today(), version(machine, root, tmp_path)
    assert found in (before, today())
    # An sdist keeps the day on which it was made.
    unpacked = from_sdist(machine, root, tmp_path)
    assert f"Version: {found}\n" in (unpacked / "PKG-INFO").read_text()
