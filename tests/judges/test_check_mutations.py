"""Each fault is named by the rule that is about it, and the wheels it was put into have none."""

import json
import subprocess

import pytest

from mutations import MUTATIONS, pure
from wheels import TARGETS


def check(factory, *paths, code: int | None = None) -> list[dict]:
    """The wheels of a JSON report."""
    command = [factory.binary, "check", "--format", "json", *map(str, paths)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300)
    if code is not None:
        assert done.returncode == code, f"{done.stdout}\n{done.stderr}"
    return json.loads(done.stdout)["wheels"]


def test_there_are_enough_and_each_has_a_name_of_its_own():
    assert len(MUTATIONS) >= 60
    assert len({mutation.name for mutation in MUTATIONS}) == len(MUTATIONS)


def test_the_factorys_wheels_have_no_finding(factory, wheels):
    paths = [wheels[target].path for target in TARGETS]
    for wheel in check(factory, *paths, code=0):
        assert wheel["findings"] == [], wheel["path"]


def test_the_pure_wheel_has_no_finding(factory, tmp_path):
    (wheel,) = check(factory, pure().write(tmp_path), code=0)
    assert wheel["findings"] == [] and wheel["lowest"] == ["any"]


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda mutation: mutation.name)
def test_a_fault_is_named_by_its_rule(mutation, factory, wheels, tmp_path):
    path = mutation.make({target: wheel.path for target, wheel in wheels.items()}, tmp_path)
    (wheel,) = check(factory, path)
    found = {finding["name"]: finding for finding in wheel["findings"]}
    assert mutation.rule in found, list(found)
    assert found[mutation.rule]["what"] and found[mutation.rule]["fix"]
