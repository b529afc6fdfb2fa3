"""The public names of pygo-tools 0.1.8, and its program build-ffi."""

import projects
from machine import VERSION, Venv

ATTRIBUTES = """
from pygo_tools import Config
config = {load}
for name in ("package", "extension", "library", "signatures", "project_path", "platform",
             "library_path", "header_path", "shared_object_path", "extension_path",
             "library_source_path", "library_target_path"):
    print(name, getattr(config, name))
"""
OF_0_1_8 = """\
package example
extension _example
library hello
signatures ['char* Hello(char* message, int count);', 'void free(void* pointer);']
project_path {root}
platform linux
library_path {root}/example/lib
header_path {root}/example/lib/libhello.h
shared_object_path {root}/example/lib/libhello.so
extension_path {root}/example/_example.abi3.so
library_source_path {root}/example/go
library_target_path {root}/example/go/local"""


def test_public_names(author):
    code = "from pygo_tools import setup, Config, patch_wheel_darwin, __version__"
    assert author.prints(f"{code}; print(__version__)") == VERSION
    assert author.prints("from pygo_tools.config import Config; from pygo_tools.setup import setup") == ""


def test_config(author, machine, tmp_path):
    """Prints the same lines as 0.1.8, for either configuration file."""
    for example, own in (("hello", "from_json"), ("hello-pyproject", "from_toml")):
        root = machine.project(example, tmp_path)
        for load in ("Config.load()", f"Config.{own}()"):
            output = author.prints(ATTRIBUTES.format(load=load), cwd=root)
            assert output == OF_0_1_8.format(root=root), f"{example}, {load}"


def test_config_prints_what_0_1_8_prints(machine, author, tmp_path):
    old = machine.venv(tmp_path / "venv", "pygo-tools==0.1.8", "wheel<0.46", "setuptools<81")
    root = machine.project("hello", tmp_path)
    code = ATTRIBUTES.format(load="Config.load()")
    assert old.prints(code, cwd=root) == author.prints(code, cwd=root)


def test_a_missing_or_broken_config(author, tmp_path):
    """A missing file raises EnvironmentError, as in 0.1.8; a broken one is reported in three parts."""
    code = "from pygo_tools import Config\ntry: Config.load()\nexcept EnvironmentError: print('none')"
    assert author.prints(code, cwd=tmp_path) == "none"
    projects.put(tmp_path, "setup.py", "")
    projects.put(tmp_path, "config.json", '{"package": "example",}')
    done = author.python("-c", "from pygo_tools import Config; Config.load()", cwd=tmp_path)
    done.failed("error: reading", "config.json", "found: ", "help: fix the JSON syntax")
    projects.put(tmp_path, "config.json", '{"package": "example"}')
    done = author.python("-c", "from pygo_tools import Config; Config.load()", cwd=tmp_path)
    done.failed("found: missing keys: extension, library")


def test_config_accepts_newer_keys(author, machine, tmp_path):
    root = machine.project("hello-pyproject", tmp_path)
    with (root / "pyproject.toml").open("a") as file:
        file.write('targets = ["linux-amd64"]\nmanylinux = "2_28"\n')
    assert author.prints("from pygo_tools import Config; print(Config.load().library)", cwd=root) == "hello"


def test_patch_wheel_darwin_changes_nothing(author, hello_wheel):
    before = hello_wheel.read_bytes()
    code = "import sys; from pathlib import Path; from pygo_tools import patch_wheel_darwin as p"
    done = author.python("-c", f"{code}; p(None, wheel_path=Path(sys.argv[1]))", hello_wheel).ok()
    assert "patch_wheel_darwin does nothing" in done.stderr
    assert hello_wheel.read_bytes() == before


def test_build_ffi(author: Venv, machine, tmp_path):
    """`build-ffi --mode --target` builds only the extension, which loads the library below it."""
    for example, mode in (("hello", "json"), ("hello-pyproject", "toml")):
        root = machine.project(example, tmp_path)
        author.run("build-ffi", "--mode", mode, "--target", "here", cwd=root).ok()
        loads = "import ctypes; print(ctypes.CDLL('here/_example.abi3.so').Hello.__name__)"
        assert author.prints(loads, cwd=root) == "Hello"
    # In the tree, too, where `example/lib` is a link to a directory that `make` creates.
    author.run("build-ffi", "--target", ".", cwd=machine.project("hello", tmp_path / "again")).ok()
    author.run("build-ffi", cwd=root).ok()
    assert (root / "out/_example.abi3.so").is_file()


def test_build_ffi_reports_errors(author, machine, tmp_path):
    ctypes = machine.project("ctypes", tmp_path)
    author.run("build-ffi", cwd=ctypes).failed("found: a project with the binding ctypes has no extension")
    author.run("build-ffi", cwd=tmp_path).failed("error: building the extension", "help: ")
    root = machine.project("hello", tmp_path)
    done = author.run("build-ffi", "--mode", "toml", cwd=root)
    done.failed("error: building the extension", "found: ", "help: ")
    author.run("build-ffi", "--mode", "yaml", cwd=root).failed("invalid choice: 'yaml'")
