"""Wheels installed by pip and run."""

import sys
from pathlib import Path

import pytest

from factory import judge
from pythons import PYTHONS

HELLO = "from example import ExtensionAdapter as E; print(E().hello(message='world', count=4))"
WHERE = "import _example, example; print(_example.__file__, example.__file__, sep='\\n')"
# Frees each string, uses non-ASCII text, and makes enough calls for Go's garbage collector to run.
GREET = """
import greet
for count in range(20000):
    assert greet.greet(f' Ada{count} ', 'ja') == f'こんにちは、Ada{count}さん!'
print(greet.greet('Ada'), greet.languages())
"""


def install(python: str, directory: Path, wheel) -> Path:
    """The bin directory of a fresh environment with the wheel installed."""
    judge(python, "-m", "venv", "--without-pip", directory)
    judge("pip", "--python", directory / "bin/python", "install", "--no-compile", wheel.path)
    return directory / "bin"


def run(command: list) -> str:
    env = {"PATH": "/usr/bin:/bin", "LD_LIBRARY_PATH": "", "LANG": "C.UTF-8"}
    return judge(*command, cwd="/", env=env).stdout


def test_the_python_running_these_tests_is_listed():
    assert ".".join(map(str, sys.version_info[:3])) in PYTHONS


@pytest.mark.parametrize("version", PYTHONS)
def test_amd64_runs(version, wheels, tmp_path):
    bin = install(PYTHONS[version], tmp_path / "venv", wheels["linux-amd64"])
    assert run([bin / "python", "-c", HELLO]) == "hello world 4\n"
    places = run([bin / "python", "-c", WHERE]).splitlines()
    assert all(place.startswith(str(tmp_path / "venv")) for place in places), places


def test_pyproject_runs(hello_pyproject, tmp_path):
    bin = install(sys.executable, tmp_path / "venv", hello_pyproject)
    assert run([bin / "python", "-c", HELLO]) == "hello world 4\n"


def test_hatchling_runs(greet, tmp_path):
    bin = install(sys.executable, tmp_path / "venv", greet["linux-amd64"])
    assert run([bin / "python", "-c", GREET]) == "Hello, Ada! ['de', 'en', 'ja']\n"
    assert run([bin / "greet", "Ada", "--language", "de"]) == "Hallo, Ada!\n"


def test_arm64_runs(arm64, wheels, tmp_path):
    arm64.install(wheels["linux-arm64"], tmp_path)
    assert arm64.python(tmp_path, "-c", "import platform; print(platform.machine())") == "aarch64\n"
    assert arm64.python(tmp_path, "-c", HELLO) == "hello world 4\n"


def test_arm64_hatchling_runs(arm64, greet, tmp_path):
    arm64.install(greet["linux-arm64"], tmp_path)
    assert arm64.python(tmp_path, "-c", GREET) == "Hello, Ada! ['de', 'en', 'ja']\n"
