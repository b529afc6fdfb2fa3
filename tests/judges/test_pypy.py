"""PyPy calls Go through the bindings without an extension: ctypes, and cffi's ABI mode."""

import os
import zipfile
from pathlib import Path

import pytest

from factory import TARGET, judge

# Project -> a call, and what it prints.
CALLS = {
    "ctypes": ("import words; print(words.count('three short wörds'))", "3"),
    "cffi-abi": ("from numerals import roman; print(roman(1994), roman(3999))", "MCMXCIV MMMCMXCIX"),
}


@pytest.fixture(scope="module")
def pypy() -> Path:
    root = TARGET / "pypy"
    if not (root / ".stamp").is_file():
        reason = "no PyPy in target/pypy: tests/setup/pypy.sh says what is missing"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    return root / "bin/pypy3"


@pytest.mark.parametrize("name", CALLS)
def test_pypy_imports_the_wheel(factory, pypy, tmp_path, name):
    code, printed = CALLS[name]
    wheel = factory.matrix(factory.project(name, tmp_path / "project"), ["host"]).ok().wheel
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path / "site")
    code = f"import sys; assert sys.implementation.name == 'pypy'; {code}"
    env = {"PATH": os.defpath, "PYTHONPATH": str(tmp_path / "site"), "LANG": "C.UTF-8"}
    assert judge(pypy, "-B", "-c", code, cwd="/", env=env).stdout.strip() == printed
