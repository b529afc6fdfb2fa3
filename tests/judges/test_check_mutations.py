"""`pygo check` reports every mutation by its rule, and reports nothing in the unchanged wheels."""

import json
import re
import subprocess
from pathlib import Path

import pytest

import other_platforms
from builders import pure
from factory import judge
from mutations import MUTATIONS
from test_sdists import FAULTS as SDIST_FAULTS
from wheels import TARGETS


@pytest.fixture(scope="module")
def good(hello, wheels, tmp_path_factory) -> dict[str, Path]:
    """Target -> the wheel to mutate."""
    zig = Path(hello.report["tools"]["c"]["path"])
    own = {target: wheel.path for target, wheel in wheels.items()}
    return own | other_platforms.build(zig, tmp_path_factory.mktemp("others"))


def check(factory, *paths, code: int | None = None) -> list[dict]:
    """The wheels in the JSON report."""
    command = [factory.binary, "check", "--format", "json", *map(str, paths)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300)
    if code is not None:
        assert done.returncode == code, f"{done.stdout}\n{done.stderr}"
    return json.loads(done.stdout)["wheels"]


@pytest.mark.quick
def test_there_are_enough_mutations_and_their_names_are_unique():
    assert len(MUTATIONS) >= 130
    assert len({mutation.name for mutation in MUTATIONS}) == len(MUTATIONS)


@pytest.mark.quick
def test_every_rule_has_a_mutation(factory):
    listed = judge(factory.binary, "check", "--list").stdout
    rules = re.findall(r"^  [A-Z]{2,}\d{3}  (\S+) +(?:error|warning) ", listed, re.M)
    assert len(rules) > 100 and len(set(rules)) == len(rules)
    broken = {mutation.rule for mutation in MUTATIONS} | {rule for rule, *_ in SDIST_FAULTS}
    assert broken == set(rules)


def test_wheels_built_by_pygo_have_no_finding(factory, wheels):
    paths = [wheels[target].path for target in TARGETS]
    for wheel in check(factory, *paths, code=0):
        assert wheel["findings"] == [], wheel["path"]


@pytest.mark.quick
def test_the_pure_wheel_has_no_finding(factory, tmp_path):
    (wheel,) = check(factory, pure().write(tmp_path), code=0)
    assert wheel["findings"] == [] and wheel["lowest"] == ["any"]


def test_the_windows_wheel_has_no_finding(factory, good):
    path = good["windows-amd64"]
    (wheel,) = check(factory, path, code=0)
    assert wheel["findings"] == [] and wheel["lowest"] == ["win_amd64"]
    assert len(wheel["binaries"]) == 2
    judge("abi3audit", "--strict", path)
    assert "Not Found" not in judge("delvewheel", "show", "--ignore-existing", path).stdout


def test_the_musllinux_wheel_has_no_finding(factory, good):
    (wheel,) = check(factory, good["linux-amd64-musl"], code=0)
    assert wheel["findings"] == [] and wheel["lowest"] == ["musllinux_1_2_x86_64"]


@pytest.mark.parametrize("target", ["linux-armv7l", "android-arm64", "ios-arm64"])
def test_the_wheels_for_arm_and_for_apps_have_no_finding(target, factory, good):
    (wheel,) = check(factory, good[target], code=0)
    assert wheel["findings"] == [] and wheel["claimed"][0] in wheel["lowest"]


def case(mutation):
    """Mutations of the pure wheel need no build."""
    marks = [pytest.mark.quick] if mutation.target == "any" else []
    return pytest.param(mutation, id=mutation.name, marks=marks)


@pytest.mark.parametrize("mutation", [case(mutation) for mutation in MUTATIONS])
def test_a_mutation_is_reported_by_its_rule(mutation, factory, request, tmp_path):
    good = {} if mutation.target == "any" else request.getfixturevalue("good")
    path = mutation.make(good, tmp_path)
    (wheel,) = check(factory, path)
    # pytest keeps the directory, and one of these wheels is larger than all the others together.
    path.unlink()
    found = {finding["name"]: finding for finding in wheel["findings"]}
    assert mutation.rule in found, list(found)
    assert found[mutation.rule]["what"] and found[mutation.rule]["fix"]


FIXABLE = [
    "go-too-new-for-the-linux-tag",
    "arm64-wheel-for-amd64",
    "glibc-wheel-for-musl",
    "go-library-for-musl",
    "native-code-for-any-platform",
    "windows-binaries-for-linux",
    "windows-wheel-for-arm64",
    "bare-linux-tag",
    "tags-not-sorted",
]


@pytest.mark.parametrize("name", FIXABLE)
def test_fix_corrects_a_wrong_name(name, factory, good, tmp_path):
    mutation = next(mutation for mutation in MUTATIONS if mutation.name == name)
    path, out = mutation.make(good, tmp_path), tmp_path / "fixed"
    judge(factory.binary, "check", "--fix", "--out-dir", out, path)
    (fixed,) = out.iterdir()
    assert fixed.name != path.name
    (wheel,) = check(factory, fixed, code=0)
    assert wheel["findings"] == []


REPAIRED = {
    "index-dist-info",
    "index-file-name",
    "record-duplicate",
    "record-itself",
    "record-malformed",
    "record-missing",
    "record-no-hash",
    "record-size",
    "record-unlisted",
    "tag-build",
    "tag-not-expanded",
    "tag-not-normal",
    "tag-purelib",
    "tag-purelib-false",
    "tag-wheel-mismatch",
}


@pytest.mark.parametrize(
    "mutation", [case(each) for each in MUTATIONS if each.rule in REPAIRED]
)
def test_what_is_fixed_stays_fixed(mutation, factory, request, tmp_path):
    good = {} if mutation.target == "any" else request.getfixturevalue("good")
    path = mutation.make(good, tmp_path)
    command = [factory.binary, "check", "--fix", "--update-hashes", "--out-dir"]
    judge(*command, tmp_path / "one", path, ok=False)
    judge(*command, tmp_path / "two", path, ok=False)
    (one,), (two,) = (tmp_path / "one").iterdir(), (tmp_path / "two").iterdir()
    assert one.name == two.name and one.read_bytes() == two.read_bytes()
    (wheel,) = check(factory, one)
    found = [finding["name"] for finding in wheel["findings"]]
    assert mutation.rule not in found, found
    again = judge(*command, tmp_path / "three", one, ok=False)
    assert "fixed as" not in again.stderr and not list((tmp_path / "three").glob("*.whl"))


def test_fix_refuses_when_no_name_is_correct(factory, good, tmp_path):
    mutation = next(each for each in MUTATIONS if each.rule == "elf-static-tls")
    path, out = mutation.make(good, tmp_path), tmp_path / "fixed"
    refused = judge(factory.binary, "check", "--fix", "--out-dir", out, path, ok=False)
    assert refused.returncode == 1 and "static thread-local storage" in refused.stderr
    assert not out.exists()


def test_fix_still_reports_other_errors(factory, good, tmp_path):
    mutation = next(each for each in MUTATIONS if each.name == "symbol-outside-the-stable-abi")
    path, out = mutation.make(good, tmp_path), tmp_path / "fixed"
    refused = judge(factory.binary, "check", "--fix", "--out-dir", out, path, ok=False)
    assert refused.returncode == 1 and "ABI004" in refused.stdout
