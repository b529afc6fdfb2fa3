"""`from pygo_tools import setup`: a setup.py written for 0.1.8, and its commands."""

import re

import pytest

from machine import UV, Venv, cannot, only
from pythons import PYTHONS
from wheels import Wheel, same

SETUP = """
from pygo_tools import setup

setup(
    name="example", version="0.1.0", packages=["example"], include_package_data=True,
    python_requires=">=3.10", install_requires=["typing_extensions>=4"],
    entry_points={"console_scripts": ["hello = example.wrapper:main"]},
    package_data={"example": ["*.txt"]}, license="MIT", author="A", description="D",
    cffi="cffi>=1.17", config_path="config.json",
)
"""


@pytest.fixture
def hello(machine, tmp_path):
    return machine.project("hello", tmp_path)


def in_tree(root):
    return sorted(path for path in root.rglob("*") if "__pycache__" not in path.parts)


@pytest.mark.parametrize(
    "line",
    [
        "setup.py bdist_wheel",
        "setup.py -q bdist_wheel --dist-dir dist",
        "-m build --wheel --no-isolation",  # `-n` in the Makefile of 0.1.8's examples
        "-m pip wheel . --no-deps --no-build-isolation --wheel-dir dist",
    ],
)
def test_wheel_is_identical_to_the_command_s(line, author, hello, hello_wheel):
    before = in_tree(hello)
    author.python(*line.split(), cwd=hello).ok()
    made = only(hello / "dist")
    assert made.name == hello_wheel.name
    same(made.read_bytes(), hello_wheel.read_bytes(), line)
    left = set(in_tree(hello)) - set(before) - {hello / "dist", made}
    assert not {path for path in left if "egg-info" not in str(path)}, left


def test_setup_accepts_arguments_of_setuptools(author, hello):
    (hello / "setup.py").write_text(SETUP)
    (hello / "example" / "data.txt").write_text("data")
    author.python("setup.py", "bdist_wheel", cwd=hello).ok()
    wheel = Wheel(only(hello / "dist"))
    requires = wheel.metadata.get_all("Requires-Dist")
    assert sorted(requires) == ["cffi>=1.17", "typing_extensions>=4"]
    assert wheel.metadata["Requires-Python"] == ">=3.10"
    assert wheel.files["example/data.txt"] == b"data"
    assert b"hello = example.wrapper:main" in wheel.info("entry_points.txt")


def test_an_ignored_config_path_is_reported(author, hello):
    text = SETUP.replace('config_path="config.json"', 'config_path="other.json"')
    (hello / "setup.py").write_text(text)
    done = author.python("setup.py", "bdist_wheel", cwd=hello).ok()
    assert "note: config_path='other.json' is ignored: pygo always reads config.json" in done.stderr


def test_plat_name_chooses_the_target(author, hello):
    author.python("setup.py", "bdist_wheel", "--plat-name", "macosx-11.0-arm64", cwd=hello).ok()
    assert only(hello / "dist").name.endswith("macosx_13_0_arm64.whl")


def test_sdist(author, hello):
    author.python("setup.py", "sdist", cwd=hello).ok()
    assert only(hello / "dist", "*.tar.gz").name == "example-0.1.0.tar.gz"


@pytest.mark.parametrize("command", ["install", "build_ext", "bdist_egg"])
def test_commands_that_would_omit_the_library_are_refused(command, author, hello):
    done = author.python("setup.py", command, cwd=hello)
    done.failed(f"error: running setup.py {command}", "found: ", "help: use `pip install .`")


@pytest.fixture(scope="module")
def python_11() -> str:
    """A Python whose venv comes with setuptools 65.5 and without wheel."""
    found = [path for version, path in PYTHONS.items() if version.split(".")[1] in ("10", "11")]
    return found[0] if found else cannot("neither Python 3.10 nor 3.11 on this machine")


@pytest.fixture(scope="module")
def fresh(machine, python_11, tmp_path_factory) -> Venv:
    """What `python3.11 -m venv` makes, after `pip install pygo-tools`."""
    directory = tmp_path_factory.mktemp("fresh") / "venv"
    machine.run(python_11, "-m", "venv", directory).ok()
    venv = Venv(machine, directory)
    before = venv.run("pip", "list").ok().stdout
    assert re.search(r"setuptools +65\.", before) and "wheel" not in before, before
    venv.run("pip", "install", "pygo-tools").ok()
    return venv


@pytest.mark.parametrize("line", ["setup.py bdist_wheel", "-m build --wheel --no-isolation"])
def test_a_fresh_environment_builds_a_wheel(line, fresh, hello, hello_wheel):
    fresh.python(*line.split(), cwd=hello).ok()
    same(only(hello / "dist").read_bytes(), hello_wheel.read_bytes(), hello_wheel.name)


@pytest.fixture(scope="module")
def oldest(machine, python_11, tmp_path_factory) -> Venv:
    """An environment with the oldest supported setuptools."""
    directory = tmp_path_factory.mktemp("oldest") / "venv"
    return machine.venv(directory, "pygo-tools", "setuptools==70.1.0", "pip", python=python_11)


def test_the_oldest_setuptools_builds_a_wheel(oldest, hello, hello_wheel):
    oldest.python("setup.py", "bdist_wheel", cwd=hello).ok()
    made, ours = Wheel(only(hello / "dist")), Wheel(hello_wheel)
    assert (made.name, set(made.files)) == (ours.name, set(ours.files))
    for name in ours.files:
        if ".dist-info/" not in name:  # an old setuptools writes older metadata
            same(made.files[name], ours.files[name], name)


def test_the_oldest_setuptools_builds_a_pyproject(oldest, machine, tmp_path, hello_pyproject_wheel):
    project = machine.project("hello-pyproject", tmp_path)
    (project / "pyproject.toml").write_text(without_newer_keys(project))
    oldest.python("-m", "build", "--wheel", "-n", cwd=project).ok()
    assert only(project / "dist").name == hello_pyproject_wheel.name


def without_newer_keys(project) -> str:
    """pyproject.toml without the keys of PEP 639, which came with setuptools 77."""
    lines = (project / "pyproject.toml").read_text().splitlines()
    return "\n".join(line for line in lines if not line.startswith("license")) + "\n"


def test_an_older_setuptools_is_refused(machine, python_11, hello, tmp_path):
    venv = machine.venv(tmp_path / "venv", "setuptools==65.5.0", "cffi", python=python_11)
    pip = (UV, "pip", "install", "--quiet", "--python", venv.bin / "python")
    machine.run(*pip, "--no-deps", "pygo-tools").ok()
    done = venv.python("setup.py", "bdist_wheel", cwd=hello)
    done.failed("error: ", "setuptools 65.5.0 is installed", "help: run: pip install --upgrade")
