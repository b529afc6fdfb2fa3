"""Libraries of different packages that have the same `library` name, in one environment."""

import sys
from pathlib import Path

import pytest

from factory import judge
from macho import images
from wheels import Wheel

GO = '''
package main

import "C"

//export Answer
func Answer() C.int { return %d }

func main() {}
'''
PYPROJECT = """
[build-system]
requires = ["setuptools"]
build-backend = "setuptools.build_meta"

[project]
name = "%(distribution)s"
version = "1.0"
requires-python = ">=3.10"
dependencies = ["cffi"]

[tool.setuptools]
packages = ["%(package)s"]

[tool.pygo-tools]
package = "%(package)s"
extension = "%(package)s._native"
library = "core"
signatures = ["int Answer(void);"]
"""
# Package -> what its library answers. In the namespace package, the file name has three words.
ANSWERS = {"red_fox": 3, "red.fox": 4}
TARGETS = ["linux-amd64", "macos-arm64"]


def unique(package: str, suffix: str) -> str:
    return f"libcore.{package.replace('.', '-')}.{suffix}"


@pytest.fixture(scope="module")
def built(factory, tmp_path_factory) -> dict[str, dict[str, Wheel]]:
    """Package -> target -> wheel."""
    wheels = {}
    for package, answer in ANSWERS.items():
        root = tmp_path_factory.mktemp("same-name") / "project"
        place = root.joinpath(*package.split("."))
        (place / "go").mkdir(parents=True)
        (root / "pyproject.toml").write_text(PYPROJECT % {"package": package, "distribution": f"answers-{answer}"})
        (place / "__init__.py").write_text("from ._native import lib\n\nanswer = lib.Answer\n")
        (place / "go/main.go").write_text(GO % answer)
        run = factory.matrix(root, TARGETS).ok()
        wheels[package] = {t: Wheel(path) for t, path in zip(TARGETS, run.wheels, strict=True)}
    return wheels


@pytest.fixture(scope="module")
def python(built, tmp_path_factory) -> Path:
    """The Python of an environment with all of them installed."""
    directory = tmp_path_factory.mktemp("same-name-user")
    judge(sys.executable, "-m", "venv", "--without-pip", directory)
    python = directory / "bin/python"
    wheels = [built[package]["linux-amd64"].path for package in ANSWERS]
    judge("pip", "--python", python, "install", "--no-compile", *wheels)
    return python


@pytest.mark.parametrize("order", [list(ANSWERS), list(ANSWERS)[::-1]], ids=["first", "last"])
def test_each_package_calls_its_own_library(python, order):
    """glibc takes a library that is loaded under the name it looks for, from whatever directory."""
    calls = [f"import {package}; print({package}.answer())" for package in order]
    output = judge(python, "-c", "\n".join(calls)).stdout
    assert output.split() == [str(ANSWERS[package]) for package in order]


def test_python_finds_the_loaded_library_without_its_name(python):
    for package, answer in ANSWERS.items():
        code = f"""
import ctypes, pathlib
import {package}
from {package}.lib.libcore import path
assert type(path) is pathlib.PosixPath and path.name == "{unique(package, 'so')}", path
assert str(path) in open("/proc/self/maps").read(), path
assert ctypes.CDLL(str(path)).Answer() == {answer}
"""
        judge(python, "-c", code)


def test_macos_looks_for_the_same_unique_names(built):
    """dyld, too, takes a loaded library that has the install name it looks for."""
    for package, wheels in built.items():
        wheel = wheels["macos-arm64"]
        name = unique(package, "dylib")
        place = package.replace(".", "/")
        (library,) = images(wheel.files[f"{place}/lib/{name}"])
        (extension,) = images(wheel.files[f"{place}/_native.abi3.so"])
        assert library.identity == f"@rpath/{name}"
        assert [load for load in extension.loads if "core" in load] == [f"@rpath/{name}"]
        locator = wheel.files[f"{place}/lib/libcore.py"].decode()
        assert f'path: Path = Path(__file__).with_name("{name}")' in locator
