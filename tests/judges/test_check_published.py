"""Wheels as the index has them: the good ones pass, and a false tag is found."""

import json

import pytest

from factory import judge
from published import FALSE, GOOD, fetched
from test_check_mutations import check

LINUX = [name for name in GOOD if "linux" in name]


def test_there_are_enough():
    assert len(GOOD) >= 25 and len(FALSE) >= 5


@pytest.mark.parametrize("name", GOOD)
def test_a_well_made_wheel_has_no_error(name, factory):
    (wheel,) = check(factory, fetched(name), code=0)
    assert [found for found in wheel["findings"] if found["severity"] == "error"] == []
    assert wheel["ok"] and wheel["lowest"]


@pytest.mark.parametrize("name", LINUX)
def test_the_tag_is_the_one_that_auditwheel_finds(name, factory):
    path = fetched(name)
    (wheel,) = check(factory, path)
    found = json.loads(judge("auditwheel", "show", "--json", path).stdout)["overall_tag"]
    if "musllinux_1_1" in name and found.startswith("musllinux"):
        # auditwheel reads the current musl into any; nothing in a binary tells of an older one.
        assert found.replace("1_2", "1_1") in wheel["lowest"]
    else:
        assert found in wheel["lowest"]


@pytest.mark.parametrize("name", FALSE)
def test_a_false_tag_is_found_and_mended(name, factory, tmp_path):
    path = fetched(name)
    (wheel,) = check(factory, path, code=1)
    assert wheel["lowest"] == [FALSE[name]]
    assert {"tag-too-low", "go-macos-floor"} & {found["name"] for found in wheel["findings"]}
    judge(factory.binary, "check", "--fix-name", "--out-dir", tmp_path, path)
    (mended,) = tmp_path.iterdir()
    assert mended.name.endswith(f"-{FALSE[name]}.whl")
    (wheel,) = check(factory, mended)
    left = {found["name"] for found in wheel["findings"] if found["severity"] == "error"}
    assert left <= {"extension-init"}, "which a name cannot mend"
    judge("wheel", "unpack", mended, "--dest", tmp_path / "unpacked")
