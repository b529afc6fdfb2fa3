"""A user's settings and files do not change how pygo finds and runs its tools."""

import fcntl
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from factory import JUDGES, PROJECT
from wheels import Wheel, same

TARGETS = ["linux-amd64"]
LOCK = json.loads((PROJECT / "toolchains" / "lock.json").read_text("utf-8"))["tools"]
SETUPTOOLS = f"setuptools-{LOCK['setuptools']['version']}"


@pytest.fixture(scope="module")
def expected(factory, tmp_path_factory) -> bytes:
    """The wheel of example/hello, built in a clean environment; every tool is cached afterwards."""
    project = factory.project("hello", tmp_path_factory.mktemp("expected"))
    return factory.matrix(project, TARGETS).ok().wheel.read_bytes()


@pytest.fixture
def cache(factory, expected, tmp_path) -> Path:
    """A cache with everything except setuptools, so that little is downloaded."""
    tools = tmp_path / "cache" / "tools"
    tools.mkdir(parents=True)
    for tool in (factory.cache / "tools").iterdir():
        if tool.is_dir() and tool.name != SETUPTOOLS:
            (tools / tool.name).symlink_to(tool)
    return tools.parent


def with_uv(factory, directory: Path) -> str:
    tools = directory / "uv-alone"
    tools.mkdir()
    shutil.copy(JUDGES / "uv", tools)
    return f"{tools}{os.pathsep}{factory.path}"


def directory_with(directory: Path, **files: str) -> str:
    directory.mkdir()
    for name, text in files.items():
        (directory / name.replace("_", ".")).write_text(text)
    return str(directory)


@pytest.mark.parametrize("name", ["GOROOT", "GOTOOLDIR", "GOAMD64", "CPATH", "GOENV"])
def test_variables_of_go_and_c_are_ignored(factory, expected, tmp_path, name):
    values = {
        "GOAMD64": "v3",
        "CPATH": directory_with(tmp_path / "include", stdlib_h="#error of the host\n"),
        "GOENV": directory_with(tmp_path / "env", go_env="GOAMD64=v3\nGOROOT=/nowhere\n")
        + "/go.env",
    }
    project = factory.project("hello", tmp_path)
    value = values.get(name, str(tmp_path / "nowhere"))
    run = factory.matrix(project, TARGETS, **{name: value}).ok()
    same(run.wheel.read_bytes(), expected)
    assert run.report["tools"]["go"]["version"] in LOCK["go"]["version"]


def test_a_build_needs_no_home(factory, expected, tmp_path):
    project = factory.project("hello", tmp_path)
    run = factory.matrix(project, TARGETS, HOME="", GOCACHE="", PIP_CACHE_DIR="").ok()
    same(run.wheel.read_bytes(), expected)


@pytest.mark.parametrize("requires", ["pinned", "not pinned"])
def test_pip_settings_of_the_user_do_not_break_a_build(
    factory, cache, tmp_path, requires
):
    index = factory.environment().get("PIP_CONFIG_FILE")
    inherited = Path(index).read_text("utf-8") if index else ""
    constraints = tmp_path / "constraints.txt"
    constraints.write_text("setuptools<81\n" if requires == "pinned" else "flit_core<3.12\n")
    conf = tmp_path / "pip.conf"
    section = "require-virtualenv = true\nuser = true\nrequire-hashes = false\n"
    conf.write_text(f"{inherited}\n[install]\n{section}constraint = {constraints}\n")
    project = factory.project("hello-pyproject", tmp_path)
    if requires == "not pinned":
        # Only the user's constraint chooses its version.
        pyproject = project / "pyproject.toml"
        text = pyproject.read_text("utf-8")
        pyproject.write_text(text.replace('["pygo-tools>=0.2"]', '["pygo-tools", "flit_core"]'))
    python = Path(sys.base_prefix) / "bin" / f"python3.{sys.version_info.minor}"
    run = factory.matrix(
        project,
        TARGETS,
        "--verbose",
        PIP_CONFIG_FILE=str(conf),
        PYGO_PYTHON=str(python),
        PYGO_CACHE_DIR=str(cache),
    ).ok()
    assert Wheel(run.wheel).record
    assert (cache / "tools" / SETUPTOOLS).is_dir() == (requires == "pinned")


def test_uv_settings_of_another_project_do_not_break_a_build(factory, cache, tmp_path):
    settings = '[project]\nname = "other"\nversion = "1"\n[tool.uv]\nrequired-version = "==0.0.1"\n'
    (tmp_path / "pyproject.toml").write_text(settings)
    (tmp_path / "constraints.txt").write_text("setuptools<81\n")
    project = factory.project("hello-pyproject", tmp_path)
    factory.matrix(
        project,
        TARGETS,
        PATH=with_uv(factory, tmp_path),
        PYGO_CACHE_DIR=str(cache),
        UV_CONSTRAINT="constraints.txt",
        UV_EXCLUDE_NEWER="2020-01-01",
        UV_SYSTEM_PYTHON="1",
    ).ok()
    assert (cache / "tools" / SETUPTOOLS).is_dir()


@pytest.mark.parametrize("options", [[], ["--no-isolation"]])
def test_modules_in_the_current_directory_are_not_imported(factory, expected, tmp_path, options):
    project = factory.project("hello", tmp_path)
    for place in (tmp_path, project):
        (place / "json.py").write_text('raise SystemExit("the json.py of the current directory")\n')
    # With --no-isolation, the user installs the requirements.
    setuptools = str(factory.cache / "tools" / SETUPTOOLS)
    run = factory.matrix(project, TARGETS, *options, PYTHONPATH=setuptools).ok()
    assert Wheel(run.wheel).record


def test_no_isolation_finds_packages_of_the_user(factory, expected, tmp_path):
    project = factory.project("hello-pyproject", tmp_path)
    pyproject = project / "pyproject.toml"
    text = pyproject.read_text("utf-8")
    pyproject.write_text(text.replace("pygo_tools.backend", "users_backend"))
    site = tmp_path / "site"
    site.mkdir()
    (site / "users_backend.py").write_text("from pygo_tools.backend import *\n")
    path = f"{site}{os.pathsep}{factory.cache / 'tools' / SETUPTOOLS}"
    run = factory.matrix(project, TARGETS, "--no-isolation", PYTHONPATH=path).ok()
    assert Wheel(run.wheel).record


def test_offline_builds_use_the_pinned_setuptools_if_requirements_allow(factory, expected, tmp_path):
    project = factory.project("hello-pyproject", tmp_path)
    pyproject = project / "pyproject.toml"
    text = pyproject.read_text("utf-8")
    requires = '["setuptools>=61", "pygo-tools>=0.1.8"]'
    pyproject.write_text(text.replace('["pygo-tools>=0.2"]', requires))
    assert Wheel(factory.matrix(project, TARGETS, "--offline").ok().wheel).record


def test_offline_reports_everything_missing_at_once(factory, tmp_path):
    project = factory.project("hello", tmp_path)
    empty = str(tmp_path / "empty")
    run = factory.matrix(project, TARGETS, "--offline", PYGO_CACHE_DIR=empty)
    assert run.code == 4
    for tool in ("go", "zig", "cffi"):
        pin = LOCK[tool]
        assert f"{pin['distribution']} {pin['version']}" in run.stderr, run.stderr


def test_a_missing_clang_is_reported_before_anything_is_downloaded(factory, tmp_path):
    project = factory.project("hello", tmp_path)
    empty = tmp_path / "empty"
    run = factory.matrix(project, TARGETS, "--toolchain", "clang", PYGO_CACHE_DIR=str(empty))
    assert run.code == 4 and "there is no clang on PATH" in run.stderr
    assert not (empty / "tools").exists()


def test_verbose_shows_scripts_by_path(factory, expected, tmp_path):
    run = factory.matrix(factory.project("hello", tmp_path), TARGETS, "--no-cache", "--verbose").ok()
    assert "backend.py" in run.stderr and "cffi_source.py" in run.stderr
    assert "json.load(" not in run.stderr


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_stops_a_run_that_waits_for_a_download(factory, cache, number):
    with (cache / "tools" / f"{SETUPTOOLS}.lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        run = subprocess.Popen(
            [str(factory.binary), "toolchain", "install"],
            env=factory.environment(PYGO_CACHE_DIR=str(cache)),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        line = run.stderr.readline()
        assert "waiting for another pygo" in line and "setuptools" in line
        started = time.monotonic()
        run.send_signal(number)
        stdout, stderr = run.communicate(timeout=30)
        assert time.monotonic() - started < 3
    assert run.returncode == 128 + number, stderr
    assert stdout == "" and "waiting" not in stderr
