"""Every hook of PEP 517 and PEP 660, called like a front-end calls it."""

import email
import subprocess
import tarfile

import pytest
from pyproject_hooks import BuildBackendHookCaller

from wheels import Wheel, same


@pytest.fixture(scope="module")
def hooks(author, machine, tmp_path_factory):
    """Calls hooks of example/hello-pyproject's backend in the author's environment."""
    project = machine.project("hello-pyproject", tmp_path_factory.mktemp("hooks"))

    def run(command, cwd=None, extra_environ=None):
        env = machine.environment(PATH=str(author.bin), **(extra_environ or {}))
        options = {"stdin": subprocess.DEVNULL, "capture_output": True, "text": True, "timeout": 300}
        done = subprocess.run(command, cwd=cwd, env=env, **options)
        assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"

    python = str(author.bin / "python")
    backend = "pygo_tools.backend"
    return BuildBackendHookCaller(project, backend, runner=run, python_executable=python)


def metadata(path):
    return email.message_from_bytes(path.read_bytes())


def test_every_hook_exists(author):
    code = "import pygo_tools.backend as b; print(sorted(b.__all__))"
    names = ["build_editable", "build_sdist", "build_wheel"]
    names += [f"get_requires_for_{name}" for name in names]
    names += ["prepare_metadata_for_build_editable", "prepare_metadata_for_build_wheel"]
    assert author.prints(code) == str(sorted(names))


@pytest.mark.parametrize("kind", ["wheel", "editable", "sdist"])
def test_no_further_requirements(hooks, kind):
    """pygo-tools declares its own requirements, and current setuptools needs nothing else."""
    assert getattr(hooks, f"get_requires_for_build_{kind}")() == []


def test_build_wheel(hooks, hello_pyproject_wheel, tmp_path):
    name = hooks.build_wheel(str(tmp_path))
    same((tmp_path / name).read_bytes(), hello_pyproject_wheel.read_bytes(), name)


def test_prepared_metadata_matches_the_wheel(hooks, hello_pyproject_wheel, tmp_path):
    prepared = tmp_path / hooks.prepare_metadata_for_build_wheel(str(tmp_path))
    metadata_before, in_wheel = metadata(prepared / "METADATA"), Wheel(hello_pyproject_wheel).metadata
    assert metadata_before.get_all("Requires-Dist") == ["cffi"]
    assert sorted(metadata_before.items()) == sorted(in_wheel.items())


def test_build_editable(hooks, tmp_path):
    name = hooks.build_editable(str(tmp_path))
    assert name.startswith("hello_pyproject-0.1.0-0.editable-cp310-abi3-"), name
    files = Wheel(tmp_path / name).files
    assert any(member.endswith("_example.abi3.so") for member in files), sorted(files)
    assert any(member.endswith("libhello.example.so") for member in files), sorted(files)


def test_prepared_metadata_matches_the_editable_wheel(hooks, tmp_path):
    prepared = tmp_path / hooks.prepare_metadata_for_build_editable(str(tmp_path))
    metadata_before = metadata(prepared / "METADATA")
    assert (metadata_before["Name"], metadata_before["Version"]) == ("hello-pyproject", "0.1.0")
    assert metadata_before.get_all("Requires-Dist") == ["cffi"]


def test_build_sdist(hooks, tmp_path):
    name = hooks.build_sdist(str(tmp_path))
    assert name == "hello_pyproject-0.1.0.tar.gz"
    with tarfile.open(tmp_path / name) as archive:
        names = archive.getnames()
    assert "hello_pyproject-0.1.0/example/go/main.go" in names
    assert "hello_pyproject-0.1.0/PKG-INFO" in names
