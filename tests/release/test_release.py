"""The release of pygo itself: release/build.py for this machine, and what users do with its wheel and sdist."""

import hashlib
import os
import platform
import re
import shutil
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest
import yaml

from checkout import CARGO_HOME, PYTHON, VERSION, cargo_home, clone, ok, run
from factory import JUDGES, PROJECT, TARGET, judge

RUST = f"{platform.machine()}-unknown-linux-gnu"
WHEEL = f"pygo_tools-{VERSION}-py3-none-manylinux2014_{platform.machine()}.manylinux_2_17_{platform.machine()}.whl"
SDIST = f"pygo_tools-{VERSION}.tar.gz"


def released(checkout: Path, home: Path) -> Path:
    assert PYTHON.is_file(), "no target/release-venv: run make release-test"
    build = [PYTHON, checkout / "release/build.py", "--targets", RUST, "--tag", f"v{VERSION}"]
    ok(*build, cwd=checkout, CARGO_HOME=str(home))
    return checkout / "target/dist"


@pytest.fixture(scope="module")
def first(tmp_path_factory) -> Path:
    return released(clone(tmp_path_factory.mktemp("one")), CARGO_HOME)


@pytest.fixture(scope="module")
def installed(first, tmp_path_factory) -> tuple[Path, dict[str, str]]:
    """A fresh environment after the steps of the release workflow that test a wheel, and what these printed."""
    jobs = yaml.safe_load((PROJECT / ".github/workflows/release.yml").read_text("utf-8"))["jobs"]
    work = clone(tmp_path_factory.mktemp("test"))
    shutil.copytree(first, work / "dist")
    venv = work / "target/venv"
    ok(sys.executable, "-m", "venv", venv, cwd=work)
    changes = {"PATH": os.pathsep.join([str(venv / "bin"), "/usr/bin", "/bin"]), "GITHUB_REF_NAME": f"v{VERSION}"}
    steps = {step["name"]: step["run"] for step in jobs["test"]["steps"] if "run" in step}
    shell = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c"]
    return venv, {name: ok(*shell, step, cwd=work, **changes) for name, step in steps.items()}


def test_a_release_is_a_wheel_an_sdist_and_their_digests(first):
    assert {path.name for path in first.iterdir()} == {WHEEL, SDIST, "SHA256SUMS"}
    sums = dict(reversed(line.split("  ")) for line in (first / "SHA256SUMS").read_text().splitlines())
    assert sums == {name: hashlib.sha256((first / name).read_bytes()).hexdigest() for name in (WHEEL, SDIST)}


def test_other_tools_accept_it(first):
    judge("twine", "check", "--strict", first / WHEEL, first / SDIST)
    assert '"manylinux_2_17_' in judge("auditwheel", "show", first / WHEEL).stdout


def test_no_path_of_this_machine_is_in_the_wheel(first):
    with zipfile.ZipFile(first / WHEEL) as wheel:
        program = wheel.read(f"pygo_tools-{VERSION}.data/scripts/pygo")
        assert {info.date_time for info in wheel.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    checkout = first.parents[1]
    for path in (checkout, CARGO_HOME, Path.home()):
        assert bytes(path) not in program, path


def test_the_same_sources_elsewhere_give_the_same_bytes(first, tmp_path):
    second = released(clone(tmp_path / "a directory with another name"), cargo_home(tmp_path / "cargo"))
    assert (second / "SHA256SUMS").read_text() == (first / "SHA256SUMS").read_text()


def test_the_steps_of_the_workflow_pass(installed):
    _, printed = installed
    assert list(printed) == [
        "Install the wheel", "Check and test what was built", "Build, check and test a wheel with it",
    ]
    for name in list(printed)[1:]:
        assert re.search("^passed ", printed[name], re.MULTILINE), printed[name]
        # Of pygo check; it ends the step if it finds something.
        assert re.search(r"\.whl: runs on ", printed[name]), printed[name]


def test_the_commands_of_the_wheel_are_the_same_command(installed, tmp_path):
    venv, _ = installed
    for command in (["pygo"], ["pygo-tools"], ["python", "-m", "pygo_tools"]):
        assert ok(venv / "bin" / command[0], *command[1:], "--version", cwd=tmp_path) == f"pygo {VERSION}\n"


def test_the_release_is_what_the_index_takes(installed, first, tmp_path):
    venv, _ = installed
    path = os.pathsep.join([str(venv / "bin"), str(JUDGES), os.defpath])
    upload = ok(venv / "bin/pygo", "publish", "--dry-run", "--with", "twine", first, cwd=tmp_path, PATH=path)
    assert WHEEL in upload and SDIST in upload


def test_pip_builds_the_sdist(first, tmp_path):
    """With cargo, which reuses the crates that `make build` compiled."""
    command = [sys.executable, "-m", "pip", "wheel", "--no-deps", "--wheel-dir", tmp_path, first / SDIST]
    ok(*command, cwd=tmp_path, CARGO_TARGET_DIR=str(TARGET))
    (built,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(built) as own, zipfile.ZipFile(first / WHEEL) as released:
        assert sorted(own.namelist()) == sorted(released.namelist())


def test_cargo_would_publish_the_crate(tmp_path):
    """It compiles what would be uploaded, on its own."""
    checkout = clone(tmp_path / "checkout")
    target = {"CARGO_TARGET_DIR": str(TARGET), "CARGO_PROFILE_DEV_DEBUG": "0"}
    done = run("cargo", "publish", "--dry-run", "--locked", cwd=checkout, **target)
    assert done.returncode == 0 and "aborting upload due to dry run" in done.stderr, done.stderr


def test_the_sdist_has_the_sources_and_no_tests(first):
    with tarfile.open(first / SDIST) as sdist:
        top = {name.split("/")[1] for name in sdist.getnames() if "/" in name}
    assert top == {
        "CHANGELOG.md", "Cargo.lock", "Cargo.toml", "LICENSE-APACHE", "LICENSE-MIT", "PKG-INFO", "README.md",
        "benches", "pyproject.toml", "python", "src", "toolchains",
    }


@pytest.mark.parametrize(("options", "found"), [
    (["--tag", "v0.0.0", "--targets", RUST], f"the tag v0.0.0, and version {VERSION} in Cargo.toml"),
    (["--targets", "armv7-apple-darwin"], "invalid choice"),
])
def test_a_release_that_cannot_be_is_refused(tmp_path, options, found):
    done = run(PYTHON, PROJECT / "release/build.py", *options, "--out-dir", tmp_path, cwd=tmp_path)
    assert done.returncode != 0 and found in done.stderr, done.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_missing_standard_library_is_named(tmp_path):
    fake = tmp_path / "rustc"
    fake.write_text('#!/bin/sh\necho "/nowhere/$4"\n')
    fake.chmod(0o755)
    path = os.pathsep.join([str(tmp_path), os.environ["PATH"]])
    build = [PYTHON, PROJECT / "release/build.py", "--targets", "aarch64-apple-darwin"]
    done = run(*build, "--out-dir", tmp_path, cwd=tmp_path, PATH=path)
    assert done.returncode == 1 and "rustup target add aarch64-apple-darwin" in done.stderr, done.stderr
