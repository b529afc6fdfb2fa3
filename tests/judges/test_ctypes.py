"""example/ctypes: a library without an extension, in a py3-none wheel for each target, without cffi."""

import json
import os
import re
import sys

import pytest

from factory import judge
from macho import images, verify_layout, verify_signature
from wheels import HELLO, LINUX, MACHINES, MACOS, TARGETS, Wheel

COUNT = "import words; assert words.count('three short wörds') == 3; print(words.__file__)"


def library(target: str) -> str:
    return "words/lib/libwords." + ("dylib" if target in MACOS else "so")


@pytest.fixture(scope="module")
def wheels(factory, tmp_path_factory) -> dict[str, Wheel]:
    """Target -> its wheel of example/ctypes."""
    project = factory.project("ctypes", tmp_path_factory.mktemp("ctypes"))
    run = factory.matrix(project, TARGETS, timeout=1800).ok()
    return {target: Wheel(path) for target, path in zip(TARGETS, run.wheels, strict=True)}


def test_the_name_has_the_library_s_platform_and_any_python(wheel, target):
    platforms = HELLO[target].removeprefix("example-0.1.0-cp310-abi3-")
    assert wheel.name == f"words-0.1.0-py3-none-{platforms}"
    expected = [f"py3-none-{platform}" for platform in wheel.platforms]
    assert sorted(wheel.wheel.get_all("Tag")) == sorted(expected)
    assert wheel.wheel["Root-Is-Purelib"] == "false"


def test_nothing_refers_to_cffi(wheel, target):
    assert wheel.metadata.get_all("Requires-Dist") is None
    assert wheel.metadata["Requires-Python"] == ">=3.10"
    built = {name for name in wheel.files if name.endswith((".so", ".dylib", ".pyd", ".pyi"))}
    assert built == {library(target)}
    assert "words/__init__.py" in wheel.files


def test_check_finds_nothing(factory, wheel):
    done = judge(factory.binary, "check", "--format", "json", wheel.path)
    (checked,) = json.loads(done.stdout)["wheels"]
    assert checked["findings"] == [] and checked["lowest"] == wheel.platforms


def test_linux_amd64_runs_without_cffi(wheels, tmp_path):
    judge(sys.executable, "-m", "venv", "--without-pip", tmp_path / "venv")
    python = tmp_path / "venv" / "bin" / "python"
    judge("pip", "--python", python, "install", "--no-index", wheels["linux-amd64"].path)
    assert judge(python, "-c", "import cffi", ok=False, cwd=tmp_path).returncode == 1
    env = {"PATH": os.defpath, "LD_LIBRARY_PATH": ""}
    place = judge(python, "-c", COUNT, cwd=tmp_path, env=env).stdout
    assert place.startswith(str(tmp_path / "venv"))


def test_linux_arm64_runs_under_qemu(wheels, arm64, tmp_path):
    arm64.install(wheels["linux-arm64"], tmp_path)
    assert arm64.python(tmp_path, "-c", COUNT).startswith(str(tmp_path))


@pytest.mark.parametrize("target", LINUX)
def test_auditwheel_confirms_the_tag(wheel, target):
    report = json.loads(judge("auditwheel", "show", "--json", wheel.path).stdout)
    found = re.fullmatch(r"manylinux_2_(\d+)_(\w+)", report["overall_tag"])
    assert found and int(found[1]) <= 17 and [found[2]] == MACHINES[target], report
    assert report["external_libs"] == {}


@pytest.mark.parametrize("target", MACOS)
def test_macos_library_is_complete_and_signed(wheel, target):
    found = images(wheel.files[library(target)])
    assert [image.machine for image in found] == MACHINES[target]
    for image in found:
        verify_layout(image)
        assert image.identity == "@rpath/libwords.dylib"
        assert image.minimum == (13, 0)
        assert all(name.startswith(("/usr/lib/", "/System/")) for name in image.loads)
        if image.machine == "arm64":
            assert verify_signature(image) > 0
