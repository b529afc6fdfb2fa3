"""`config_settings` of a front-end become options of the command."""

import json

import pytest

from machine import only
from wheels import HELLO, Wheel, same


@pytest.fixture
def build(author, machine, tmp_path):
    """Builds example/hello-pyproject with pip and the given settings; returns the finished command."""

    def built(*settings: str, **env: str):
        project = machine.project("hello-pyproject", tmp_path)
        given = [word for setting in settings for word in ("--config-settings", setting)]
        out = ("--no-deps", "--no-build-isolation", "--wheel-dir", tmp_path / "out")
        return author.run("pip", "wheel", project, *out, *given, **env)

    return built


def name(target: str) -> str:
    return HELLO[target].replace("example-", "hello_pyproject-")


def test_one_target_makes_one_wheel(build, tmp_path):
    build("targets=linux-arm64").ok()
    made = Wheel(only(tmp_path / "out"))
    assert made.name == name("linux-arm64")
    assert made.files["example/lib/libhello.example.so"][18:20] == b"\xb7\x00"  # EM_AARCH64


def test_several_targets_are_refused(build, tmp_path):
    done = build("targets=linux-amd64,linux-arm64")
    done.failed(
        "error: choosing the target from targets",
        "found: 'linux-amd64,linux-arm64' names 2 targets, but a front-end builds one wheel",
        "help: name one target, or build several with `pygo matrix --targets ...`",
    )


def test_a_group_of_targets_is_refused(build):
    done = build("targets=linux")
    done.failed("found: 'linux' names 7 targets, but a front-end builds one wheel", "help: name one target")


def test_options_of_the_command(build, tmp_path):
    report = tmp_path / "report.json"
    settings = ("targets=macos-arm64", "macos-deployment-target=14.0", f"report={report}")
    build(*settings, "toolchain=zig", "offline=true", "jobs=1").ok()
    made = only(tmp_path / "out").name
    assert made == name("macos-arm64").replace("13_0", "14_0")
    report_of_run = json.loads(report.read_text())
    assert [entry["result"] for entry in report_of_run["targets"]] == ["built"]
    assert report_of_run["jobs"] == 1


def test_a_manylinux_policy(build, tmp_path):
    build("manylinux=2_28").ok()
    # The tag comes from the binaries, which need no more than before.
    assert only(tmp_path / "out").name == name("linux-amd64")


def test_an_invalid_manylinux_policy(build):
    build("manylinux=newest").failed("newest", "manylinux")


def test_keys_may_have_underscores(build, tmp_path):
    build("targets=macos-amd64", "macos_deployment_target=15.0").ok()
    assert only(tmp_path / "out").name.endswith("macosx_15_0_x86_64.whl")


def test_settings_of_setuptools_reach_it(build, tmp_path, hello_pyproject_wheel):
    """`--build-option` is an option of setuptools."""
    build("--build-option=--verbose").ok()
    same(only(tmp_path / "out").read_bytes(), hello_pyproject_wheel.read_bytes())


def test_an_unknown_key_gets_a_suggestion(build, tmp_path):
    build("target=linux-arm64").failed(
        "error: reading the config settings",
        "found: unknown setting 'target'; did you mean 'targets'?",
        "help: known settings: targets, toolchain, profile, manylinux",
    )
    assert not list(tmp_path.glob("out/*.whl"))


def test_an_unknown_target(build):
    build("targets=linux-riscv").failed("error: reading the list of targets", "linux-riscv", "help:")
