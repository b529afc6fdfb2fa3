"""`pygo check` finds no error in published wheels that work, and agrees with auditwheel.

An error reported here is an error in pygo.
"""

import json
import os
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from factory import judge
from published import FALSE, GOOD, NotFetched, fetch_all

LINUX = [name for name in GOOD if "linux" in name]

# Wheel -> auditwheel's platform, pygo's platform, and why they differ.
MUSL = (
    "musl's symbols have no versions, so a binary does not show which release it needs: auditwheel "
    "assumes the newest release it knows, pygo the one in the tag unless that lacks a function"
)
DIFFERENCES = {
    "bcrypt-5.0.0-cp39-abi3-musllinux_1_1_x86_64.whl": ("musllinux_1_2", "musllinux_1_1", MUSL),
}


@pytest.fixture(scope="module")
def published() -> dict[str, Path]:
    """File name -> the wheel."""
    try:
        names = [*GOOD, *FALSE]
        return dict(zip(names, fetch_all(names), strict=True))
    except NotFetched as missing:
        if os.environ.get("CI") == "true":
            raise
        pytest.skip(f"no published wheels: {missing}")


@pytest.fixture(scope="module")
def checked(factory, published) -> dict[str, dict]:
    """File name -> its entry in the report of `pygo check`."""
    command = [factory.binary, "check", "--format", "json", *map(str, published.values())]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300)
    assert done.stdout, done.stderr
    return {Path(wheel["path"]).name: wheel for wheel in json.loads(done.stdout)["wheels"]}


@pytest.fixture(scope="module")
def auditwheel(published) -> dict[str, str]:
    """File name -> the tag that auditwheel finds."""

    def show(name: str) -> str:
        report = json.loads(judge("auditwheel", "show", "--json", published[name]).stdout)
        return report["overall_tag"]

    with ThreadPoolExecutor(2) as pool:
        return dict(zip(LINUX, pool.map(show, LINUX), strict=True))


def test_every_kind_of_wheel_is_covered():
    assert len(GOOD) >= 30 and len(set(GOOD)) == len(GOOD)
    assert len(LINUX) >= 25
    kinds = "manylinux musllinux macosx win_amd64 win_arm64 win32 universal2 abi3 cp313t"
    kinds += " x86_64 i686 aarch64 armv7l ppc64le s390x riscv64"
    for kind in kinds.split():
        assert any(kind in name for name in GOOD), kind


@pytest.mark.parametrize("name", GOOD)
def test_a_published_wheel_has_no_error(name, checked):
    wheel = checked[name]
    errors = [f for f in wheel["findings"] if f["severity"] == "error"]
    assert errors == [] and wheel["ok"]
    assert wheel["lowest"] and (wheel["binaries"] or wheel["claimed"] == ["any"])


@pytest.mark.parametrize("name", LINUX)
def test_auditwheel_finds_the_same_platform(name, checked, auditwheel):
    found, lowest = auditwheel[name], checked[name]["lowest"]
    if name in DIFFERENCES:
        theirs, ours, why = DIFFERENCES[name]
        note = "the known difference has changed: update DIFFERENCES"
        assert found.startswith(f"{theirs}_"), note
        assert any(tag.startswith(f"{ours}_") for tag in lowest), note
        assert found not in lowest and why, note
    else:
        assert found in lowest, f"auditwheel finds {found}, pygo {lowest}: explain the difference"


@pytest.mark.parametrize("name", FALSE)
def test_a_wrong_tag_is_reported_and_fixed(name, factory, published, checked, tmp_path):
    wheel = checked[name]
    assert not wheel["ok"] and wheel["lowest"] == [FALSE[name]]
    assert {"tag-too-low", "go-macos-floor"} & {found["name"] for found in wheel["findings"]}
    judge(factory.binary, "check", "--fix", "--out-dir", tmp_path, published[name])
    (fixed,) = tmp_path.iterdir()
    assert fixed.name.endswith(f"-{FALSE[name]}.whl")
    done = judge(factory.binary, "check", "--format", "json", fixed, ok=False)
    (wheel,) = json.loads(done.stdout)["wheels"]
    left = {found["name"] for found in wheel["findings"] if found["severity"] == "error"}
    assert left <= {"extension-init"}, "no name fixes these"
    judge("wheel", "unpack", fixed, "--dest", tmp_path / "unpacked")
