"""The C compilers other than zig: gcc for this machine; clang for all targets, with a sysroot for arm64."""

import json
import os
import platform
import shutil
import sys
import zipfile
from pathlib import Path

import pytest

from factory import TARGET, judge

# Example -> what prints `right`.
CALLS = {
    "hello": "from example.wrapper import ExtensionAdapter as a; print(a.hello('right', 1).split()[1])",
    "one-file": "from distance import distance; print({3: 'right'}[distance('kitten', 'sitting')])",
    "capi": "import fields; print({('a', 'b'): 'right'}[tuple(fields.split('a,b'))])",
}
NATIVE = {"x86_64": "linux-amd64", "aarch64": "linux-arm64"}[platform.machine()]
SYSROOT = """
[tool.pygo-tools.target.linux-arm64]
sysroot = "sysroot"
"""


@pytest.fixture(params=CALLS)
def example(request) -> str:
    return request.param


@pytest.fixture(scope="module")
def clang() -> Path:
    root = TARGET / "clang"
    if not (root / ".stamp").is_file():
        reason = "no clang in target/clang: tests/setup/clang.sh says what is missing"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    return root


def unpacked(wheel: Path, site: Path) -> Path:
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(site)
    return site


def called(site: Path, example: str) -> str:
    env = {"PYTHONPATH": str(site), "PATH": os.environ["PATH"]}
    return judge(sys.executable, "-c", CALLS[example], cwd="/", env=env).stdout.strip()


def checked_tag(factory, wheel: Path) -> str:
    """The platform tag, after `pygo check` found it true and nothing wrong."""
    done = judge(factory.binary, "check", "--strict", "--format", "json", wheel)
    (checked,) = json.loads(done.stdout)["wheels"]
    assert checked["findings"] == []
    (tag,) = checked["lowest"]
    assert tag in wheel.name
    return tag


def test_gcc(factory, example, tmp_path):
    assert shutil.which("gcc"), "install the package gcc"
    path = f"{factory.path}{os.pathsep}{os.environ['PATH']}"
    project = factory.project(example, tmp_path)
    run = factory.matrix(project, [NATIVE], "--toolchain", "gcc", PATH=path).ok()
    # Its glibc is that of this machine, and the tag says so.
    assert checked_tag(factory, run.wheel).startswith("manylinux_2_")
    assert called(unpacked(run.wheel, tmp_path / "site"), example) == "right"
    assert run.report["tools"]["c"]["name"] == "gcc"


def test_a_release_that_the_checked_tag_this_machine_cannot_have_is_refused(factory, tmp_path):
    path = f"{factory.path}{os.pathsep}{os.environ['PATH']}"
    project = factory.project("hello", tmp_path)
    run = factory.matrix(project, [NATIVE], "--toolchain", "gcc", "--manylinux", "2_17", PATH=path)
    assert run.code == 1 and "but manylinux_2_17 was requested" in run.stderr
    assert "build with --toolchain zig" in run.stderr


def test_a_wrong_signature_gets_the_same_words_from_gcc(factory, tmp_path):
    path = f"{factory.path}{os.pathsep}{os.environ['PATH']}"
    project = factory.project("hello", tmp_path)
    config = project / "config.json"
    config.write_text(config.read_text().replace("void free", "int free"))
    run = factory.matrix(project, [NATIVE], "--toolchain", "gcc", PATH=path)
    assert run.code == 1 and "does not match:" in run.stderr, run.stderr


def clang_path(factory, clang: Path) -> str:
    return os.pathsep.join([str(clang / "bin"), str(factory.path), os.environ["PATH"]])


def test_clang(factory, clang, arm64, example, tmp_path):
    project = factory.project(example, tmp_path)
    if example == "hello":  # which has no table for a target
        targets, options = ["linux-arm64"], ["--sysroot", str(clang / "root")]
    else:
        targets, options = [NATIVE, "linux-arm64", "macos-universal2"], []
        (project / "sysroot").symlink_to(clang / "root")
        with (project / "pyproject.toml").open("a") as file:
            file.write(SYSROOT)
    options += ["--toolchain", "clang"]
    run = factory.matrix(project, targets, *options, PATH=clang_path(factory, clang)).ok()
    for target, wheel in zip(targets, run.wheels, strict=True):
        tag = checked_tag(factory, wheel)
        site = unpacked(wheel, tmp_path / target)
        if target == "macos-universal2":
            assert tag.startswith("macosx_") and tag.endswith("_universal2")
        elif target == NATIVE:
            assert called(site, example) == "right"
        else:
            assert arm64.python(site, "-c", CALLS[example]).strip() == "right"


def test_the_same_sources_give_the_same_bytes(factory, clang, tmp_path):
    path = clang_path(factory, clang)
    wheels = []
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        project = factory.project("one-file", tmp_path / name)
        options = ["--toolchain", "clang", "--no-cache"]
        wheels.append(factory.matrix(project, [NATIVE], *options, PATH=path).ok().wheel.read_bytes())
    assert wheels[0] == wheels[1]


def test_without_a_c_library_for_the_target_the_message_says_so(factory, clang, tmp_path):
    project = factory.project("one-file", tmp_path)
    options = ["--toolchain", "clang", "--sysroot", str(tmp_path)]
    run = factory.matrix(project, ["linux-arm64"], *options, PATH=clang_path(factory, clang))
    assert run.code == 4 and f"clang finds none in the sysroot {tmp_path}" in run.stderr, run.stderr
