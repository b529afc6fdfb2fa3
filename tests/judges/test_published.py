"""Wheels that others publish and that work: the judge finds no error in them, and agrees with auditwheel.

A new release of a tool that builds wheels is met here first: an error in one of these is one of ours.
"""

import json
import os
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from factory import judge
from published import PUBLISHED, NotFetched, fetch_all

LINUX = [name for name in PUBLISHED if "linux" in name]

# auditwheel reads no release of musl off a binary (musl has no symbol versions): where the machine
# that it runs on has no musl, its answer is the newest policy that it knows, whatever is in the
# wheel. Of these, no binary needs what musl 1.2 brought (on 32 bits, the functions with a 64-bit
# time), so that musllinux_1_1 is the lowest that is true.
NEWEST_MUSL = ("musllinux_1_2", "musllinux_1_1")
# Wheel -> what auditwheel says, what pygo says.
DIFFERENCES = {
    "bcrypt-5.0.0-cp39-abi3-musllinux_1_1_x86_64.whl": NEWEST_MUSL,
    "cryptography-50.0.2-cp311-abi3-musllinux_1_2_aarch64.whl": NEWEST_MUSL,
    "frozenlist-1.8.0-cp313-cp313t-musllinux_1_2_s390x.whl": NEWEST_MUSL,
    "msgpack-1.2.4-cp313-cp313-musllinux_1_2_aarch64.whl": NEWEST_MUSL,
    "orjson-3.13.0-cp313-cp313-musllinux_1_2_x86_64.whl": NEWEST_MUSL,
    "ruff-0.17.6-py3-none-musllinux_1_2_armv7l.whl": NEWEST_MUSL,
    "tiktoken-0.14.0-cp313-cp313-musllinux_1_2_x86_64.whl": NEWEST_MUSL,
}


@pytest.fixture(scope="module")
def published() -> dict[str, Path]:
    """File name -> the wheel."""
    try:
        return dict(zip(PUBLISHED, fetch_all(PUBLISHED), strict=True))
    except NotFetched as missing:
        if os.environ.get("CI") == "true":
            raise
        pytest.skip(f"no published wheels: {missing}")


@pytest.fixture(scope="module")
def checked(factory, published) -> dict[str, dict]:
    """File name -> what `pygo check` reports."""
    command = [factory.binary, "check", "--format", "json", *map(str, published.values())]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300)
    assert done.stdout, done.stderr
    return {Path(wheel["path"]).name: wheel for wheel in json.loads(done.stdout)["wheels"]}


@pytest.fixture(scope="module")
def auditwheel(published) -> dict[str, str]:
    """File name -> the tag that auditwheel finds, without the processor."""

    def show(name: str) -> str:
        report = json.loads(judge("auditwheel", "show", "--json", published[name]).stdout)
        return report["overall_tag"]

    with ThreadPoolExecutor(2) as pool:
        return dict(zip(LINUX, pool.map(show, LINUX), strict=True))


def test_there_are_enough_of_every_kind():
    assert len(PUBLISHED) >= 30 and len(set(PUBLISHED)) == len(PUBLISHED)
    assert len(LINUX) >= 25
    kinds = "manylinux musllinux macosx win_amd64 win_arm64 win32 universal2 abi3 cp313t"
    kinds += " x86_64 i686 aarch64 armv7l ppc64le s390x riscv64"
    for kind in kinds.split():
        assert any(kind in name for name in PUBLISHED), kind


@pytest.mark.parametrize("name", PUBLISHED)
def test_a_published_wheel_has_no_error(name, checked):
    wheel = checked[name]
    errors = [f for f in wheel["findings"] if f["severity"] == "error"]
    assert errors == [] and wheel["ok"]
    assert wheel["binaries"] and wheel["lowest"]


@pytest.mark.parametrize("name", LINUX)
def test_auditwheel_finds_the_same_platform(name, checked, auditwheel):
    def without_processor(tag: str) -> str:
        return "_".join(tag.split("_")[:3])

    lowest = checked[name]["lowest"]
    found = auditwheel[name]
    if name in DIFFERENCES:
        perennial = [tag for tag in lowest if tag.count("_") >= 3]
        said = (without_processor(found), without_processor(perennial[0]))
        assert said == DIFFERENCES[name], "this difference is gone or another one: explain it anew"
    else:
        assert found in lowest, f"auditwheel says {found}, pygo {lowest}: explain the difference"
