"""`config_settings`: what a front-end passes on is what the command's options are."""

import json

import pytest

from machine import only
from wheels import HELLO, Wheel, same


@pytest.fixture
def build(workshop, machine, tmp_path):
    """Builds example/hello-pyproject with pip and the given settings; gives what became of it."""

    def built(*settings: str, **env: str):
        project = machine.project("hello-pyproject", tmp_path)
        given = [word for setting in settings for word in ("--config-settings", setting)]
        out = ("--no-deps", "--no-build-isolation", "--wheel-dir", tmp_path / "out")
        return workshop.run("pip", "wheel", project, *out, *given, **env)

    return built


def name(target: str) -> str:
    return HELLO[target].replace("example-", "hello_pyproject-")


def test_one_target_makes_one_wheel(build, tmp_path):
    build("targets=linux-arm64").ok()
    made = Wheel(only(tmp_path / "out"))
    assert made.name == name("linux-arm64")
    assert made.files["example/lib/libhello.so"][18:20] == b"\xb7\x00"  # EM_AARCH64


def test_several_targets_are_refused(build, tmp_path):
    done = build("targets=linux-amd64,linux-arm64")
    done.failed(
        "error: choosing the target from targets",
        "found: 'linux-amd64,linux-arm64' names 2 targets, and a front-end takes one wheel",
        "help: name one; `pygo matrix --targets ...` builds many at once",
    )


def test_what_the_command_takes(build, tmp_path):
    report = tmp_path / "report.json"
    settings = ("targets=macos-arm64", "macos-deployment-target=14.0", f"report={report}")
    build(*settings, "toolchain=zig", "offline=true", "jobs=1").ok()
    made = only(tmp_path / "out").name
    assert made == name("macos-arm64").replace("13_0", "14_0")
    said = json.loads(report.read_text())
    assert [entry["result"] for entry in said["targets"]] == ["built"]
    assert said["jobs"] == 1


def test_manylinux(build, tmp_path):
    build("manylinux=2_28").ok()
    # The tag is what the binaries need, which is no more than before.
    assert only(tmp_path / "out").name == name("linux-amd64")


def test_a_manylinux_that_is_none(build):
    build("manylinux=newest").failed("newest", "manylinux")


def test_the_same_key_in_underscores(build, tmp_path):
    build("targets=macos-amd64", "macos_deployment_target=15.0").ok()
    assert only(tmp_path / "out").name.endswith("macosx_15_0_x86_64.whl")


def test_what_setuptools_takes_reaches_it(build, tmp_path, hello_pyproject_wheel):
    """A tag for the build, which is setuptools' own option."""
    build("--build-option=--verbose").ok()
    same(only(tmp_path / "out").read_bytes(), hello_pyproject_wheel.read_bytes())


def test_a_wrong_key_is_told_with_the_nearest(build, tmp_path):
    build("target=linux-arm64").failed(
        "error: reading the config settings",
        "found: unknown setting 'target'; did you mean 'targets'?",
        "help: known settings: targets, toolchain, manylinux",
    )
    assert not list(tmp_path.glob("out/*.whl"))


def test_a_target_that_is_none(build):
    build("targets=linux-riscv").failed("error: reading the list of targets", "linux-riscv", "help:")
