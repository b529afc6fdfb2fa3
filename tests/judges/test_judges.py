"""Every wheel passes independent tools that inspect or select wheels."""

import json
import re
import shutil

import pytest
from installer.sources import WheelFile
from packaging.tags import Tag
from packaging.utils import parse_wheel_filename

from factory import judge
from wheels import EXTENSION, LINUX, library, same

# Where each target's wheel must be chosen, and the nearest platform where it must not be:
# pip's platforms, then uv's.
PIP = {
    "linux-amd64": (["manylinux2014_x86_64", "manylinux_2_17_x86_64"], "manylinux_2_12_x86_64"),
    "linux-arm64": (["manylinux2014_aarch64", "manylinux_2_17_aarch64"], "manylinux_2_16_aarch64"),
    "macos-amd64": (["macosx_13_0_x86_64", "macosx_15_0_x86_64"], "macosx_12_0_x86_64"),
    "macos-arm64": (["macosx_13_0_arm64", "macosx_26_0_arm64"], "macosx_12_0_arm64"),
    "macos-universal2": (["macosx_13_0_x86_64", "macosx_13_0_arm64"], "macosx_12_0_arm64"),
}
UV = {
    "linux-amd64": (["x86_64-manylinux_2_17"], "aarch64-manylinux_2_17"),
    "linux-arm64": (["aarch64-manylinux_2_17"], "x86_64-manylinux_2_17"),
    "macos-amd64": (["x86_64-apple-darwin"], "aarch64-apple-darwin"),
    "macos-arm64": (["aarch64-apple-darwin"], "x86_64-apple-darwin"),
    "macos-universal2": (["x86_64-apple-darwin", "aarch64-apple-darwin"], "x86_64-manylinux_2_17"),
}


@pytest.mark.parametrize("target", LINUX)
def test_auditwheel_confirms_the_tag(wheels, target):
    wheel = wheels[target]
    report = json.loads(judge("auditwheel", "show", "--json", wheel.path).stdout)
    found = re.fullmatch(r"manylinux_2_(\d+)_(\w+)", report["overall_tag"])
    assert found, report
    for platform in wheel.platforms:
        claimed = re.fullmatch(r"manylinux(?:_2_(\d+)|2014)_(x86_64|aarch64)", platform)
        assert found[2] == claimed[2]
        assert int(found[1]) <= int(claimed[1] or 17), report
    assert report["external_libs"] == {}


def test_abi3audit_confirms_the_stable_abi(wheel):
    done = judge("abi3audit", "--strict", "--report", wheel.path)
    (spec,) = json.loads(done.stdout)["specs"].values()
    found = {entry["name"]: entry["result"] for entry in spec["wheel"]}
    assert EXTENSION in found
    for name, result in found.items():
        assert result["is_abi3"] and result["is_abi3_baseline_compatible"], name
        assert result["baseline"] == "3.10"


def test_installer_accepts_the_record(wheel):
    with WheelFile.open(wheel.path) as source:
        source.validate_record(validate_contents=True)
        assert {record[0] for record, _, _ in source.get_contents()} == set(wheel.files)


def test_packaging_parses_the_name(wheel):
    name, version, build, tags = parse_wheel_filename(wheel.name, validate_order=True)
    assert (name, str(version), build) == ("example", "0.1.0", ())
    assert tags == {Tag("cp310", "abi3", platform) for platform in wheel.platforms}


def test_repairwheel_finds_nothing_to_repair(wheel, target, tmp_path):
    judge("repairwheel", "-o", tmp_path, wheel.path)
    (repaired,) = tmp_path.iterdir()
    *stem, platforms = repaired.stem.split("-")
    assert "-".join(stem) == wheel.name.rsplit("-", 1)[0]
    # It may add older policies that also hold, but must not remove any.
    assert set(wheel.platforms) <= set(platforms.split("."))
    judge("wheel", "unpack", "-d", tmp_path, repaired)
    unpacked = tmp_path / "example-0.1.0"
    files = {str(path.relative_to(unpacked)) for path in unpacked.rglob("*") if path.is_file()}
    assert files == set(wheel.files), "something was grafted in"
    # On macOS it rewrites every @rpath; on Linux it should change nothing.
    if target in LINUX:
        for name in (EXTENSION, library(target)):
            same((unpacked / name).read_bytes(), wheel.files[name], f"{name} was patched")


def test_check_wheel_contents_accepts_it(wheel):
    # W005 objects to a package named "example", which is right for an example.
    judge("check-wheel-contents", "--ignore", "W005", wheel.path)


def test_check_wheel_contents_accepts_the_hatchling_wheels(greet):
    for wheel in greet.values():
        judge("check-wheel-contents", wheel.path)


def test_twine_reports_only_the_missing_description(wheel):
    lines = judge("twine", "--no-color", "check", wheel.path).stdout.splitlines()
    warnings = [line for line in lines if "WARNING" in line]
    # This setup.py has no long_description, which twice draws a warning.
    assert len(warnings) == 2 and all("long_description" in line for line in warnings), lines


def test_twine_accepts_the_other_projects(hello_pyproject, greet):
    for wheel in (hello_pyproject, *greet.values()):
        judge("twine", "check", "--strict", wheel.path)


def test_wheel_unpacks_it(wheel, tmp_path):
    judge("wheel", "unpack", "-d", tmp_path, wheel.path)
    for name, content in wheel.files.items():
        same((tmp_path / "example-0.1.0" / name).read_bytes(), content, name)


def test_wheel2json_accepts_it(wheel):
    report = json.loads(judge("wheel2json", wheel.path).stdout)
    assert report["valid"] is True, report.get("validation_error")
    assert report["derived"]["dependencies"] == ["cffi"]


@pytest.fixture
def find_links(wheel, tmp_path):
    """A directory with only this wheel."""
    directory = tmp_path / "links"
    directory.mkdir()
    shutil.copy(wheel.path, directory)
    return directory


def pip_download(find_links, platform: str, python: str, ok: bool):
    return judge(
        *["pip", "download", "--quiet", "--no-index", "--find-links", find_links, "--no-deps"],
        *["--only-binary", ":all:", "--platform", platform, "--python-version", python],
        *["--dest", find_links.parent / f"{platform}-{python}", "example==0.1.0"],
        ok=ok,
    )


def test_pip_chooses_it_where_it_runs_and_nowhere_else(find_links, target):
    places, elsewhere = PIP[target]
    for platform in places:
        pip_download(find_links, platform, "3.12", ok=True)
    for python in ("3.10", "3.14"):
        pip_download(find_links, places[0], python, ok=True)
    for platform, python in ((elsewhere, "3.12"), (places[0], "3.9")):
        refused = pip_download(find_links, platform, python, ok=False)
        assert refused.returncode == 1 and "No matching distribution" in refused.stderr


def uv_install(find_links, platform: str, ok: bool):
    return judge(
        *["uv", "pip", "install", "--dry-run", "--no-index", "--no-deps", "--no-cache"],
        *["--find-links", find_links, "--target", find_links.parent / platform],
        *["--python-platform", platform, "--python-version", "3.12", "example==0.1.0"],
        ok=ok,
    )


def test_uv_chooses_it_where_it_runs_and_nowhere_else(find_links, target):
    places, elsewhere = UV[target]
    for platform in places:
        assert "+ example==0.1.0" in uv_install(find_links, platform, ok=True).stderr
    refused = uv_install(find_links, elsewhere, ok=False)
    assert refused.returncode == 1 and "no wheels with a matching platform tag" in refused.stderr
