"""The project's own backend builds the base wheel, whichever backend that is."""

import subprocess
import sys

import pytest

from factory import judge
from wheels import Wheel, same

PROJECT = """
[project]
name = "spoken-name"
{version}
requires-python = ">=3.11"

[project.entry-points."some.group"]
entry = "example:ExtensionAdapter"

[build-system]
requires = {requires}
build-backend = "{backend}"

[tool.pygo-tools]
package = "example"
extension = "_example"
library = "hello"
signatures = ["char* Hello(char* message, int count);"]

{tool}
"""
FIXED = 'version = "1.2"\ndescription = "x"'
BACKENDS = {
    "setuptools": (["setuptools"], "setuptools.build_meta", FIXED, "[tool.setuptools]\npackages = ['example']"),
    "setuptools and wheel": (["setuptools>=65", "wheel"], "setuptools.build_meta", FIXED, "[tool.setuptools]\npackages = ['example']"),
    "a newer pygo_tools": (["pygo-tools>=0.1.8"], "pygo_tools.backend", FIXED, "[tool.setuptools]\npackages = ['example']"),
    "flit": (["flit_core>=3.12"], "flit_core.buildapi", FIXED, "[tool.flit.module]\nname = 'example'"),
    "uv_build": (["uv_build>=0.9"], "uv_build", FIXED, "[tool.uv.build-backend]\nmodule-name = 'example'\nmodule-root = ''"),
    "poetry": (["poetry-core>=2"], "poetry.core.masonry.api", FIXED, "[tool.poetry]\npackages = [{ include = 'example' }]"),
    "pdm": (["pdm-backend"], "pdm.backend", FIXED, "[tool.pdm.build]\nincludes = ['example']"),
    "hatchling": (["hatchling"], "hatchling.build", FIXED, "[tool.hatch.build.targets.wheel]\npackages = ['example']"),
    "a backend in the project": ([], "own_backend", FIXED + "\n", ""),
}
# A backend inside the project (PEP 517, backend-path).
OWN = """
import os, zipfile
def build_wheel(directory, config_settings=None, metadata_directory=None):
    name = "spoken_name-1.2-py3-none-any.whl"
    info = "spoken_name-1.2.dist-info/"
    with zipfile.ZipFile(os.path.join(directory, name), "w") as archive:
        for file in ("__init__.py", "wrapper.py"):
            archive.write("example/" + file)
        archive.writestr(info + "METADATA", "Metadata-Version: 2.1\\nName: spoken-name\\nVersion: 1.2\\nRequires-Python: >=3.11\\n")
        archive.writestr(info + "entry_points.txt", "[some.group]\\nentry = example:ExtensionAdapter\\n")
        archive.writestr(info + "WHEEL", "Wheel-Version: 1.0\\nGenerator: own\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
        archive.writestr(info + "RECORD", "")
    return name
"""


def project(factory, directory, name):
    requires, backend, version, tool = BACKENDS[name]
    root = factory.project("hello", directory)
    assert (root / "example" / "lib").is_symlink() and not (root / "example" / "lib").exists()
    for file in ("setup.py", "config.json", "MANIFEST.in"):
        (root / file).unlink()
    text = PROJECT.format(requires=requires, backend=backend, version=version, tool=tool)
    if backend == "own_backend":
        text = text.replace('build-backend = "own_backend"', 'build-backend = "own_backend"\nbackend-path = ["build_tools"]')
        (root / "build_tools").mkdir()
        (root / "build_tools" / "own_backend.py").write_text(OWN)
    (root / "pyproject.toml").write_text(text)
    return root


@pytest.mark.parametrize("name", BACKENDS)
def test_every_backend_builds_the_base_wheel(name, factory, tmp_path):
    run = factory.matrix(project(factory, tmp_path, name), ["linux-amd64"]).ok()
    wheel = Wheel(run.wheel)
    assert wheel.name == "spoken_name-1.2-cp311-abi3-manylinux2014_x86_64.manylinux_2_17_x86_64.whl"
    assert {"example/__init__.py", "example/lib/libhello.example.so", "_example.abi3.so"} <= set(wheel.files)
    assert "entry = example:ExtensionAdapter" in wheel.info("entry_points.txt").decode().replace("=", " = ").replace("  ", " ")
    assert wheel.metadata.get_all("Requires-Dist") == ["cffi"]


SCM = PROJECT.format(
    requires=["setuptools>=80", "setuptools-scm>=8"],
    backend="setuptools.build_meta",
    version='dynamic = ["version"]',
    tool="[tool.setuptools]\npackages = ['example']\n[tool.setuptools_scm]\n{scm}",
)
GIT = ["git", "-c", "user.name=x", "-c", "user.email=x@example.com", "-c", "protocol.file.allow=always"]


def git(*arguments, cwd):
    subprocess.run([*GIT, *map(str, arguments)], cwd=cwd, check=True)


def versioned(root, tag, scm=""):
    """Makes the project take its version from git, with setuptools-scm."""
    for file in ("setup.py", "config.json"):
        (root / file).unlink()
    (root / "pyproject.toml").write_text(SCM.replace("{scm}", scm))


def repository(top, tag):
    git("init", "-q", cwd=top)
    git("add", "-A", cwd=top)
    git("commit", "-qm", "x", cwd=top)
    git("tag", tag, cwd=top)


def build_with_git(factory, root):
    # The author of such a project has git.
    path = f"{factory.path}:/usr/bin:/bin"
    return factory.matrix(root, ["linux-amd64"], PATH=path).ok().wheel.name


def test_a_version_from_git(factory, tmp_path):
    root = factory.project("hello", tmp_path)
    versioned(root, "v4.5.6")
    (root / "build" / "lib").mkdir(parents=True)
    (root / "build" / "lib" / "tracked.txt").write_text("tracked, but not copied")
    repository(root, "v4.5.6")
    index = (root / ".git" / "index").read_bytes()
    assert build_with_git(factory, root).startswith("spoken_name-4.5.6-cp311-abi3-")
    same((root / ".git" / "index").read_bytes(), index)
    (root / "example" / "wrapper.py").write_text("# changed")
    assert build_with_git(factory, root).startswith("spoken_name-4.5.7.dev0")


def test_a_version_from_the_repository_around_the_project(factory, tmp_path):
    top = tmp_path / "top"
    root = factory.project("hello", top / "python")
    (top / "other").mkdir()
    (top / "other" / "file.txt").write_text("tracked, but outside the project")
    versioned(root, "v1.1", scm='root = "../.."')
    repository(top, "v1.1")
    assert build_with_git(factory, root).startswith("spoken_name-1.1-cp311-abi3-")


def test_a_version_from_a_linked_work_tree_and_a_submodule(factory, tmp_path):
    origin = factory.project("hello", tmp_path / "origin")
    versioned(origin, "v2.0")
    repository(origin, "v2.0")
    git("worktree", "add", "-q", tmp_path / "linked", cwd=origin)
    assert build_with_git(factory, tmp_path / "linked").startswith("spoken_name-2.0-")
    outer = tmp_path / "outer"
    outer.mkdir()
    git("init", "-q", cwd=outer)
    git("submodule", "add", "-q", origin, "inner", cwd=outer)
    assert build_with_git(factory, outer / "inner").startswith("spoken_name-2.0-")


def test_no_isolation_uses_the_installed_packages(factory, tmp_path):
    """The installed packages are used, except pygo_tools, which the command brings."""
    environment = tmp_path / "environment"
    judge(sys.executable, "-m", "venv", environment)
    judge("pip", "--python", environment / "bin/python", "install", "setuptools==80.9.0")
    root = factory.project("hello", tmp_path)
    python = str(environment / "bin/python")
    run = factory.matrix(root, ["linux-amd64"], "--no-isolation", PYGO_PYTHON=python).ok()
    assert Wheel(run.wheel).metadata["Metadata-Version"] == "2.4"

    judge("pip", "--python", python, "uninstall", "-y", "setuptools")
    again = factory.matrix(root, ["linux-amd64"], "--no-isolation", PYGO_PYTHON=python)
    assert again.code == 5
    assert "No module named 'setuptools'" in again.stderr
    assert "build without --no-isolation" in again.stderr
