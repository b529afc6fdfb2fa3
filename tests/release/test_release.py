"""The release of pygo itself: release/build.py for this machine, and what users do with its wheel and sdist."""

import hashlib
import os
import platform
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "judges"))

from factory import EXAMPLES, JUDGES, NOT_IN_A_CLONE, PROJECT, TARGET, judge  # noqa: E402

PYTHON = TARGET / "release-venv/bin/python"
RUST = f"{platform.machine()}-unknown-linux-gnu"
VERSION = (PROJECT / "python/pygo_tools/_version.py").read_text("utf-8").split('"')[1]
WHEEL = f"pygo_tools-{VERSION}-py3-none-manylinux2014_{platform.machine()}.manylinux_2_17_{platform.machine()}.whl"
SDIST = f"pygo_tools-{VERSION}.tar.gz"
CARGO_HOME = Path(os.environ.get("CARGO_HOME") or Path.home() / ".cargo")


def clone(directory: Path) -> Path:
    """The files that a commit of everything here would have."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(command, cwd=PROJECT, check=True, stdout=subprocess.PIPE, text=True).stdout
    for name in filter(None, names.split("\0")):
        if (PROJECT / name).is_file():
            (directory / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(PROJECT / name, directory / name)
    return directory


def cargo_home(directory: Path) -> Path:
    """Another home for cargo, with what is already downloaded; crates are unpacked again."""
    (directory / "registry").mkdir(parents=True)
    for name in ("registry/cache", "registry/index", "config.toml", "config"):
        if (CARGO_HOME / name).exists():
            (directory / name).symlink_to(CARGO_HOME / name)
    return directory


def run(*command: object, cwd: Path, **changes: str) -> subprocess.CompletedProcess:
    without = ("CARGO_TARGET_DIR", "RUSTFLAGS", "PYGO", "PYTHONPATH", "SOURCE_DATE_EPOCH")
    env = {name: value for name, value in os.environ.items() if name not in without} | changes
    line = [str(word) for word in command]
    return subprocess.run(line, cwd=cwd, env=env, capture_output=True, text=True, timeout=1800)


def ok(*command: object, cwd: Path, **changes: str) -> str:
    done = run(*command, cwd=cwd, **changes)
    assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def released(checkout: Path, home: Path) -> Path:
    assert PYTHON.is_file(), "no target/release-venv: run make release-test"
    build = [PYTHON, checkout / "release/build.py", "--targets", RUST, "--tag", f"v{VERSION}"]
    ok(*build, cwd=checkout, CARGO_HOME=str(home))
    return checkout / "target/dist"


@pytest.fixture(scope="module")
def first(tmp_path_factory) -> Path:
    return released(clone(tmp_path_factory.mktemp("one")), CARGO_HOME)


@pytest.fixture(scope="module")
def venv(first, tmp_path_factory) -> Path:
    """A fresh environment with the wheel."""
    directory = tmp_path_factory.mktemp("venv")
    ok(sys.executable, "-m", "venv", directory, cwd=directory)
    ok(directory / "bin/pip", "install", "--quiet", first / WHEEL, cwd=directory)
    return directory


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


def test_the_installed_wheel_builds_checks_and_tests_a_wheel(venv, tmp_path):
    project = Path(shutil.copytree(EXAMPLES / "hello", tmp_path / "hello", ignore=NOT_IN_A_CLONE, symlinks=True))
    pygo = venv / "bin/pygo"
    ok(pygo, "matrix", project, "--targets", "host", "--out-dir", tmp_path / "dist", cwd=tmp_path)
    ok(pygo, "check", "--strict", tmp_path / "dist", cwd=tmp_path)
    tested = ok(pygo, "test", tmp_path / "dist", "--command", "python -c 'import example'", cwd=tmp_path)
    assert tested.startswith("passed ")


def test_the_release_is_what_the_index_takes(venv, first, tmp_path):
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


def test_the_sdist_has_the_sources_and_no_tests(first):
    with tarfile.open(first / SDIST) as sdist:
        top = {name.split("/")[1] for name in sdist.getnames() if "/" in name}
    assert top == {
        "CHANGELOG.md", "Cargo.lock", "Cargo.toml", "LICENSE-APACHE", "LICENSE-MIT", "PKG-INFO", "README.md",
        "pyproject.toml", "python", "src", "toolchains",
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
