"""example/cffi-abi: cffi generates a Python module that opens the library, in a py3-none wheel."""

import json
import sys

import pytest

from factory import judge
from pythons import PYTHONS
from wheels import Wheel

TARGETS = ["linux-amd64", "linux-arm64", "macos-arm64"]
CALL = """
from numerals import roman
from numerals.lib.libnumerals import path
assert [roman(n) for n in (4, 1994, 3999)] == ["IV", "MCMXCIV", "MMMCMXCIX"] and path.is_file()
try: roman(4000)
except ValueError as error: print(error)
"""


@pytest.fixture(scope="module")
def wheels(factory, tmp_path_factory) -> dict[str, Wheel]:
    """Target -> its wheel of example/cffi-abi."""
    project = factory.project("cffi-abi", tmp_path_factory.mktemp("cffi-abi"))
    run = factory.matrix(project, TARGETS, timeout=1800).ok()
    return {target: Wheel(path) for target, path in zip(TARGETS, run.wheels, strict=True)}


@pytest.fixture(params=TARGETS)
def target(request) -> str:
    return request.param


def test_the_wheel_is_for_any_python_with_cffi(wheel, target):
    assert wheel.name.startswith("numerals-0.1.0-py3-none-")
    assert wheel.metadata.get_all("Requires-Dist") == ["cffi>=1.15"]
    suffix = ".dylib" if target.startswith("macos") else ".so"
    package = {name for name in wheel.files if name.startswith("numerals/")}
    assert package == {
        "numerals/__init__.py",
        "numerals/_numerals.py",
        "numerals/lib/libnumerals.py",
        "numerals/lib/libnumerals.numerals" + suffix,
    }


def test_check_finds_nothing(factory, wheel):
    done = judge(factory.binary, "check", "--format", "json", wheel.path)
    (checked,) = json.loads(done.stdout)["wheels"]
    assert checked["findings"] == [] and checked["lowest"] == wheel.platforms


@pytest.mark.parametrize("python", PYTHONS.values(), ids=PYTHONS)
def test_linux_amd64_runs(wheels, python, tmp_path):
    judge(python, "-m", "venv", tmp_path / "venv")
    own = tmp_path / "venv" / "bin" / "python"
    judge(own, "-m", "pip", "install", "-q", wheels["linux-amd64"].path)
    assert judge(own, "-c", CALL, cwd=tmp_path).stdout == "4000 is not between 1 and 3999\n"


def test_linux_arm64_runs_under_qemu(wheels, arm64, tmp_path):
    arm64.install(wheels["linux-arm64"], tmp_path)
    assert arm64.python(tmp_path, "-c", CALL) == "4000 is not between 1 and 3999\n"


def test_an_editable_install_finds_the_module(factory, tmp_path):
    project = factory.project("cffi-abi", tmp_path / "project")
    judge(sys.executable, "-m", "venv", "--system-site-packages", tmp_path / "venv")
    python = tmp_path / "venv" / "bin" / "python"
    environment = factory.environment(PATH=f"{python.parent}:{factory.path}")
    judge(factory.binary, "develop", "--python", python, project, env=environment)
    assert judge(python, "-c", CALL, cwd="/").stdout == "4000 is not between 1 and 3999\n"
    assert not (project / "numerals" / "_numerals.py").exists()
