"""Small projects in layouts that the examples do not have."""

import textwrap
from pathlib import Path

GO = '''
package main

// #include <stdlib.h>
import "C"
import "unsafe"

//export Hello
func Hello(name *C.char) *C.char { return C.CString("hello " + C.GoString(name)) }

//export Release
func Release(text *C.char) { C.free(unsafe.Pointer(text)) }

func main() {}
'''
PYTHON = '''
from {extension} import ffi, lib


def hello(name):
    text = lib.Hello(name.encode())
    try:
        return ffi.string(text).decode()
    finally:
        lib.Release(text)
'''
PYPROJECT = '''
[build-system]
requires = ["pygo-tools"]
build-backend = "pygo_tools.backend"

[project]
name = "{name}"
version = "1.2"
requires-python = ">=3.10"
dependencies = ["cffi"]
{project}

[tool.pygo-tools]
package = "{package}"
extension = "{extension}"
library = "{library}"
signatures = ["char* Hello(char* name);", "void Release(char* text);"]

{tool}
'''


def put(root: Path, name: str, text: str) -> Path:
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(textwrap.dedent(text).lstrip())
    return path


def project(root: Path, package: str, source: str = "", *, project="", tool="", native="") -> Path:
    """A small project with its package in the directory `source`."""
    extension = native or f"{package}._native"
    values = {"name": package.replace(".", "-"), "package": package, "extension": extension}
    values |= {"library": "small", "project": project, "tool": tool}
    home = Path(source, *package.split("."))
    put(root, "pyproject.toml", PYPROJECT.format(**values))
    put(root, f"{home}/__init__.py", PYTHON.format(extension=extension))
    put(root, f"{home}/go/main.go", GO)
    return root


def flat(root: Path) -> Path:
    """The package at the top, discovered by setuptools."""
    return project(root, "flat")


def src_layout(root: Path) -> Path:
    """The package in src/, discovered by setuptools."""
    return project(root, "insrc", "src")


def namespace(root: Path) -> Path:
    """A package in a namespace package that other distributions share."""
    return project(
        root, "acme.tools", "src", tool='[tool.setuptools.packages.find]\nwhere = ["src"]'
    )


def with_data(root: Path) -> Path:
    """A package with data, a command, and an entry point for plugins."""
    metadata = '[project.scripts]\nsay-hello = "withdata.cli:main"\n'
    metadata += '[project.entry-points."some.group"]\nplugin = "withdata:hello"\n'
    tool = '[tool.setuptools.package-data]\nwithdata = ["names.txt"]\n'
    tool += '[tool.setuptools.packages.find]\ninclude = ["withdata"]'
    project(root, "withdata", project=metadata, tool=tool)
    put(root, "withdata/names.txt", "data\n")
    put(
        root,
        "withdata/cli.py",
        '''
        from importlib.resources import files

        from withdata import hello


        def main():
            print(hello(files("withdata").joinpath("names.txt").read_text().strip()))
        ''',
    )
    return root
