"""Wheels for single releases of CPython, and for the ABI of PEP 803."""

import re
import shutil
import subprocess
from pathlib import Path

import lief
import pytest

from factory import judge
from pythons import FREE_THREADED, PYTHONS
from wheels import Wheel

# Release -> a Python of it on this machine, and the ABI tag of its own wheel.
MINORS = {version.rsplit(".", 1)[0]: path for version, path in reversed(PYTHONS.items())}
RELEASES = [minor for minor in ("3.12", "3.13") if minor in MINORS]
KEYS = f"abi3t = true\npython = {[*RELEASES, '3.14t']!r}\n".replace("'", '"')
CALL = "from example import ExtensionAdapter as E; print(E().hello('world', 4))"


@pytest.fixture(scope="module")
def wheels(factory, tmp_path_factory) -> dict[str, Wheel]:
    """ABI tag -> its wheel, all of one run."""
    project = factory.project("hello-pyproject", tmp_path_factory.mktemp("abis"))
    file = project / "pyproject.toml"
    file.write_text(file.read_text().replace("[tool.pygo-tools]\n", f"[tool.pygo-tools]\n{KEYS}"))
    done = factory.matrix(project, ["linux-amd64"]).ok()
    assert [one["abi"] for one in done.report["targets"]][:2] == ["abi3", "abi3t"]
    # The library is the same for all.
    assert all(
        len([stage for stage in one["stages"] if stage["stage"] == kind]) == 1
        for one in done.report["targets"]
        for kind in ("library", "extension", "pack")
    )
    return {path.name.split("-")[3]: Wheel(path) for path in done.wheels}


def test_each_has_its_tag_and_file(wheels):
    names = {abi: re.search("-(cp[^-]*-[^-]*)-", wheel.name)[1] for abi, wheel in wheels.items()}
    own = {f"cp3{minor[2:]}" for minor in RELEASES}
    tags = {"cp310-abi3", "cp315-abi3.abi3t", "cp314-cp314t", *(f"{abi}-{abi}" for abi in own)}
    assert set(names.values()) == tags
    files = {abi: [name for name in wheel.files if name.startswith("_example.")] for abi, wheel in wheels.items()}
    assert files["abi3"] == ["_example.abi3.so"] and files["abi3.abi3t"] == ["_example.abi3t.so"]
    assert files["cp314t"] == ["_example.cpython-314t-x86_64-linux-gnu.so"]
    for minor in RELEASES:
        (file,) = files[f"cp3{minor[2:]}"]
        suffix = subprocess.check_output(
            [MINORS[minor], "-c", "import sysconfig; print(sysconfig.get_config_var('EXT_SUFFIX'))"], text=True
        )
        assert file == f"_example{suffix.strip()}"


def test_check_agrees(factory, wheels):
    judge(factory.binary, "check", "--strict", *(wheel.path for wheel in wheels.values()))


def test_abi3t_has_no_symbol_that_only_the_gil_has(wheels, tmp_path):
    """PEP 803: objects are opaque, so not even None has an address to link to."""
    (tmp_path / "x.so").write_bytes(wheels["abi3.abi3t"].files["_example.abi3t.so"])
    binary = lief.ELF.parse(str(tmp_path / "x.so"))
    needed = {symbol.name for symbol in binary.dynamic_symbols if symbol.shndx == 0}
    assert "Py_GetConstantBorrowed" in needed and not {name for name in needed if name.endswith("Struct")}


@pytest.mark.parametrize("minor", RELEASES)
def test_it_is_imported_by_its_release_alone(minor, wheels, tmp_path):
    path = wheels[f"cp3{minor[2:]}"].path
    run = lambda python, *line: subprocess.run([python, *line], capture_output=True, text=True)  # noqa: E731
    for other, python in MINORS.items():
        venv = tmp_path / other
        assert run(python, "-m", "venv", venv).returncode == 0
        done = run(venv / "bin/python", "-m", "pip", "install", "--disable-pip-version-check", path)
        assert (done.returncode == 0) == (other == minor), done.stderr
        if other == minor:
            assert run(venv / "bin/python", "-c", CALL).stdout == "hello world 4\n"


@pytest.mark.parametrize("version", FREE_THREADED or ["none"])
def test_free_threaded_python_imports_its_wheel(version, wheels, tmp_path):
    abi = {"3.14": "cp314t", "3.15": "abi3.abi3t"}.get(version.rsplit(".", 1)[0])
    if abi is None:
        pytest.skip("no free-threaded Python from 3.14 on is installed here")
    python = FREE_THREADED[version]
    assert subprocess.run([python, "-m", "venv", tmp_path / "venv"]).returncode == 0
    own = tmp_path / "venv/bin/python"
    subprocess.run([own, "-m", "pip", "install", wheels[abi].path], check=True)
    code = f"{CALL}; import sys; print(sys._is_gil_enabled())"
    assert subprocess.check_output([own, "-c", code], text=True) == "hello world 4\nFalse\n"


def test_a_c_extension_for_free_threaded_python_has_its_layout(factory, tmp_path):
    """example/capi: static objects differ from those of a Python with the GIL."""
    project = factory.project("capi", tmp_path)
    file = project / "pyproject.toml"
    keys = 'abi3 = false\npython = ["3.12", "3.13t"]\n'
    file.write_text(file.read_text().replace("[tool.pygo-tools]\n", f"[tool.pygo-tools]\n{keys}"))
    plain, threaded = map(Wheel, factory.matrix(project, ["linux-amd64"]).ok().wheels)
    assert "-cp312-cp312-" in plain.name and "-cp313-cp313t-" in threaded.name
    judge(factory.binary, "check", "--strict", plain.path, threaded.path)
    runs = [(plain, path) for version, path in PYTHONS.items() if version.startswith("3.12.")]
    runs += [(threaded, path) for version, path in FREE_THREADED.items() if version.startswith("3.13.")]
    code = "from fields import split; print(split('a,b'))"
    for wheel, python in runs:
        shutil.unpack_archive(wheel.path, site := tmp_path / Path(python).name, "zip")
        assert subprocess.check_output([python, "-c", code], text=True, cwd=site) == "['a', 'b']\n"
