"""Front-ends show errors in three parts, and a failed build installs nothing."""

import shutil

import pytest

import projects
from machine import VERSION, Venv

PARTS = ("error: ", "found: ", "help: ")


@pytest.fixture
def venv(machine, tmp_path) -> Venv:
    return machine.venv(tmp_path / "venv", "pip")


@pytest.fixture
def copied(author, machine, tmp_path) -> Venv:
    """A copy of the author's environment, for a test to break."""
    shutil.copytree(author.directory, tmp_path / "copied", symlinks=True)
    return Venv(machine, tmp_path / "copied")


def broken_go(root):
    path = root / "flat/go/main.go"
    path.write_text(path.read_text().replace("func main() {}", "func main() { nonsense }"))


def wrong_signature(root):
    path = root / "pyproject.toml"
    path.write_text(path.read_text().replace("char* Hello(char* name)", "char* Hello(int name)"))


def misspelled_key(root):
    path = root / "pyproject.toml"
    path.write_text(path.read_text().replace("library =", "libary ="))


def broken_setuptools(root):
    path = root / "pyproject.toml"
    path.write_text(path.read_text() + "[tool.setuptools]\npackages = 3\n")


BROKEN = {
    "Go that does not compile": (broken_go, "nonsense"),
    "a signature that Go does not export": (wrong_signature, "Hello"),
    "a misspelled key": (misspelled_key, "libary"),
    "a value that setuptools refuses": (broken_setuptools, "packages"),
}


@pytest.mark.parametrize("what", BROKEN)
def test_pip_shows_the_error(what, venv, tmp_path):
    damage, named = BROKEN[what]
    root = projects.flat(tmp_path / "project")
    damage(root)
    before = venv.installed()
    done = venv.run("pip", "install", root)
    done.failed(*PARTS, named)
    # After the message comes only pip's own output.
    tail = done.output[done.output.rindex("help: ") :]
    assert "Traceback" not in tail, tail
    assert venv.installed() == before


@pytest.mark.parametrize("line", ["python -m build --wheel --no-isolation", "python setup.py -q bdist_wheel"])
def test_build_and_setup_py_show_the_error(line, author, machine, tmp_path):
    root = machine.project("hello", tmp_path)
    main = root / "example/go/main.go"
    main.write_text(main.read_text().replace("func main() {}", "func main() { nonsense }"))
    done = author.run(*line.split(), cwd=root)
    done.failed(*PARTS, "nonsense")
    assert not list(root.glob("dist/*"))


def test_uv_shows_the_error(fronts, venv, tmp_path):
    root = projects.flat(tmp_path / "project")
    broken_go(root)
    before = venv.installed()
    done = fronts.run("uv", "pip", "install", "--python", venv.bin / "python", root)
    done.failed(*PARTS, "nonsense")
    assert venv.installed() == before


@pytest.mark.parametrize("key, nearest", [("target", "targets"), ("tool-chain", "toolchain"), ("many_linux", "manylinux")])
def test_an_unknown_config_setting_gets_a_suggestion(key, nearest, copied, tmp_path):
    root = projects.flat(tmp_path / "project")
    line = ("-m", "build", "--wheel", "--no-isolation", f"-C{key}=x", root)
    copied.python(*line).failed(*PARTS, f"unknown setting {key!r}; did you mean {nearest!r}?")


def test_the_executable_is_missing(copied, tmp_path):
    (copied.bin / "pygo").unlink()
    root = projects.flat(tmp_path / "project")
    for line in (("-m", "build", "--wheel", "--no-isolation", root), ("-m", "pygo_tools", "--version")):
        done = copied.python(*line)
        done.failed(
            "error: looking for the pygo executable",
            "found: none is installed with pygo_tools",
            "help: install it: pip install --force-reinstall pygo-tools",
        )


def test_the_executable_has_another_version(copied, tmp_path):
    program = copied.bin / "pygo"
    program.unlink()
    program.write_text("#!/bin/sh\necho pygo 0.9.9\n")
    program.chmod(0o755)
    root = projects.flat(tmp_path / "project")
    done = copied.python("-m", "build", "--wheel", "--no-isolation", root)
    done.failed(
        f"found: pygo_tools is {VERSION}",
        f"pygo is 0.9.9 ({program})",
        "help: install the same version of both",
    )


def test_the_executable_does_not_run(copied, tmp_path):
    (copied.bin / "pygo").write_bytes(b"\x7fELF of another machine")
    done = copied.python("-m", "pygo_tools", "--version")
    done.failed("error: looking for the pygo executable", "unusable: ", "help: ")


def test_a_python_that_could_not_import_the_wheel(author, tmp_path):
    root = projects.flat(tmp_path / "project")
    patch = "import sys; sys.implementation.name = 'pypy'"
    code = f"{patch}; from pygo_tools import backend; backend.build_wheel('out')"
    parts = ("error: building for this Python", "but the extension needs CPython", "help: use CPython")
    author.python("-c", code, cwd=root).failed(*parts)
    assert not (root / "out").exists()


def test_no_configuration(venv, tmp_path):
    root = projects.flat(tmp_path / "project")
    path = root / "pyproject.toml"
    path.write_text(path.read_text().partition("[tool.pygo-tools]")[0])
    venv.run("pip", "install", root).failed(*PARTS, "pyproject.toml")


def test_an_output_directory_that_cannot_be_written(author, tmp_path):
    root = projects.flat(tmp_path / "project")
    (root / "out").write_text("a file")
    code = "from pygo_tools import backend; backend.build_wheel('out')"
    author.python("-c", code, cwd=root).failed(*PARTS, "out")


def test_static_dependencies_without_cffi_are_reported(author, tmp_path):
    """uv trusts a static `[project]` table, and would not install cffi."""
    root = projects.flat(tmp_path / "project")
    path = root / "pyproject.toml"
    path.write_text(path.read_text().replace('dependencies = ["cffi"]\n', ""))
    done = author.python("-m", "build", "--wheel", "--no-isolation", root).ok()
    assert "cffi is missing from the project's dependencies" in done.output
