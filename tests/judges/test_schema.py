"""The JSON schema of the configuration accepts and rejects what pygo does."""

import json
import subprocess
import sys

import pytest

from program import PYGO

if sys.version_info >= (3, 11):
    import tomllib

    from jsonschema import Draft7Validator
else:
    pytest.skip("the judges have no jsonschema for Python 3.10", allow_module_level=True)

CFFI = "package = 'a'\nextension = '_a'\nlibrary = 'l'\nsignatures = ['int F(void);']\n"
PROGRAM = "program = 'tool'\n"

GOOD = [
    CFFI,
    PROGRAM,
    CFFI + "link = 'static'",
    CFFI + "binding = 'cffi-abi'",
    "dependencies = ['cffi', 1]\n" + CFFI,
    CFFI + "include-dirs = ['../c', '.']\nlibraries = ['m', 'c/{target}/x', 'x.o', 'stdc++']\npkg-config = ['gtk+-3.0']",
    PROGRAM + "cgo = true\nlibrary-dirs = ['c']\ntarget.linux.pkg-config-dirs = ['c']",
    "'$schema' = 'x'\n" + CFFI,
    "package = 'a.b/c/'\nlibrary = 'class'\nbinding = 'ctypes'",
    "package = 'a'\nextension = '_a'\nlibrary = 'l'\ncdef = 'a/api.cdef'",
    PROGRAM + "cgo = false",
    PROGRAM + "program-file = 'a/bin/tool'",
    PROGRAM + "go-dir = '.'\nbuild-tags = ['netgo', 'go1.21', 'größe']\nldflags = ['-X', '$HOME']",
    PROGRAM + "targets = ['linux/arm64', 'macos', 'manylinux_2_28_x86_64', 'all', 'aarch64-apple-darwin']",
    PROGRAM + "targets = ['linux-amd64, linux-arm64']",
    PROGRAM + "go-dir = '../core'",
    PROGRAM + "go-package = 'mvdan.cc/sh/v3/cmd/shfmt'",
    "package = 'a'\nlibrary = 'l'\nbinding = 'ctypes'\nlibrary-file = 'a/x.so'\ngo-package = 'example.org/x'",
    CFFI + "library-file = 'x'",
    PROGRAM + "toolchain = 'clang'\nprofile = 'debug'\nmanylinux = '2014'\nbackend = 'hatchling.build'",
    PROGRAM + "manylinux = 'Manylinux_2_28'\nmacos-deployment-target = ' macOS 13.0'",
    PROGRAM + "[tool.pygo-tools.check]\nignore = ['ELF']\nseverity = {ELF003 = 'off'}",
    PROGRAM + "[tool.pygo-tools.target.linux-arm64]\nmanylinux = '2_28'\nprogram = 'x'",
    PROGRAM + "[tool.pygo-tools.target.macos]\nmacos-deployment-target = '14.0'\ncgo = true",
    "package = 'a'\n[[tool.pygo-tools.parts]]\nlibrary = 'l'\nbinding = 'ctypes'\n"
    "[tool.pygo-tools.parts.target.macos]\nbuild-tags = ['x']\n"
    "[[tool.pygo-tools.parts]]\nprogram = 'x'",
    "program = 'x'\npackage = 'a'\n[[tool.pygo-tools.parts]]\nldflags = []",
]

BAD = [
    "",
    "package = 'a'\nlibrary = 'l'",
    CFFI + "libary = 'x'",
    CFFI + "before = ['']",
    CFFI + "include-dirs = ['/usr/include']",
    CFFI + "library-dirs = ['']",
    CFFI + "libraries = ['libz.so']",
    CFFI + "libraries = ['c/libz.so.1']",
    CFFI + "libraries = ['-lz']",
    CFFI + "libraries = ['/opt/libz.a']",
    CFFI + "pkg-config = ['c/x.pc']",
    CFFI + "pkg-config = ['--static']",
    PROGRAM + "libraries = ['m']",
    PROGRAM + "cgo = false\ninclude-dirs = ['c']",
    CFFI + "before = ['go generate', ' ']",
    CFFI + "before = [\"''\"]",
    CFFI + PROGRAM,
    CFFI + "binding = 'ctypes'",
    CFFI + "binding = 'cfi'",
    CFFI + "cgo = true",
    CFFI + "go-package = 'example.org/x'",
    CFFI + "library-file = 'a/../x'",
    CFFI + "link = 'static'\nlibrary-file = 'a/x'",
    PROGRAM + "library-file = 'a/x'",
    PROGRAM + "go-package = 'cmd/tool'",
    PROGRAM + "go-package = 'example.org/x@v1'",
    CFFI + "link = 'statik'",
    CFFI + "binding = 'cffi-abi'\nlink = 'static'",
    CFFI.replace("'int F(void);'", ""),
    CFFI.replace("'int F(void);'", "' '"),
    CFFI.replace("'a'", "'a b'"),
    CFFI.replace("'a'", "'../a'"),
    CFFI.replace("'a'", "'a.class'"),
    CFFI.replace("'_a'", "'1a'"),
    CFFI.replace("'_a'", "'a/b'"),
    CFFI.replace("'l'", "'libl.so'"),
    CFFI.replace("'l'", "5"),
    PROGRAM.replace("tool", "a/b"),
    PROGRAM.replace("tool", "tool.exe"),
    PROGRAM.replace("tool", "-tool"),
    PROGRAM.replace("tool", ""),
    PROGRAM + "binding = 'ctypes'",
    PROGRAM + "package = 'a'",
    PROGRAM + "cdef = 'a'",
    PROGRAM + "cgo = 'yes'",
    PROGRAM + "go-dir = '/go'",
    PROGRAM + "go-dir = ''",
    PROGRAM + "build-tags = 'netgo'",
    PROGRAM + "build-tags = ['a,b']",
    PROGRAM + "build-tags = ['']",
    PROGRAM + "ldflags = [1]",
    PROGRAM + "targets = []",
    PROGRAM + "targets = ['linux-arm46']",
    PROGRAM + "targets = 'linux'",
    PROGRAM + "toolchain = 'tcc'",
    PROGRAM + "profile = 'Debug'",
    PROGRAM + "manylinux = 2.17",
    PROGRAM + "manylinux = 'new'",
    PROGRAM + "macos-deployment-target = 'Sonoma'",
    PROGRAM + "backend = 'pygo_tools.backend'",
    PROGRAM + "program-file = '../tool'",
    CFFI + "program-file = 'a/tool'",
    PROGRAM + "parts = []",
    PROGRAM + "parts = ['x']",
    PROGRAM + "target = 'linux'",
    PROGRAM + "[tool.pygo-tools.target.macos-arm46]\ncgo = true",
    PROGRAM + "[tool.pygo-tools.target.macos-universal2]\ncgo = true",
    PROGRAM + "[tool.pygo-tools.target.linux]\nmacos-deployment-target = '13.0'",
    PROGRAM + "[tool.pygo-tools.target.windows]\nmanylinux = '2_28'",
    PROGRAM + "[tool.pygo-tools.target.windows]\nbackend = 'x'",
    PROGRAM + "[tool.pygo-tools.target.windows]\nprogram = 'a b'",
    PROGRAM + "[tool.pygo-tools.target.windows]\nldflag = []",
    PROGRAM + "[tool.pygo-tools.check]\nrules = []",
    PROGRAM + "[tool.pygo-tools.check]\nseverity = {ELF003 = 1}",
    "[[tool.pygo-tools.parts]]\nprogram = 'x'\nprofile = 'debug'",
    "[[tool.pygo-tools.parts]]\nprogram = 'x'\nsignatures = ['x']",
    "[[tool.pygo-tools.parts]]\nlibrary = 'x'\nbinding = 'ctypes'\nextension = '_x'\npackage = 'a'",
    "[[tool.pygo-tools.parts]]\nprogram = 'x'\n[tool.pygo-tools.parts.target.linux]\nprofile = 'debug'",
    "[[tool.pygo-tools.parts]]\nprogram = 'x'\n[tool.pygo-tools.parts.target.linus]\ncgo = true",
]


# What fails after the configuration was read.
READ = ("error: looking for the Go package", "error: looking for the go.mod", "error: reading the Go package", "error: naming the files")


@pytest.fixture(scope="module")
def schema() -> Draft7Validator:
    text = subprocess.run([PYGO, "schema"], capture_output=True, text=True, check=True).stdout
    loaded = json.loads(text)
    Draft7Validator.check_schema(loaded)
    return Draft7Validator(loaded)


def is_read(keys: str, directory) -> bool:
    """Whether pygo reads the configuration, and only then looks for the Go code."""
    (directory / "pyproject.toml").write_text("[tool.pygo-tools]\n" + keys)
    (directory / "a").mkdir(exist_ok=True)
    (directory / "a" / "api.cdef").write_text("int F(void);\n")
    done = subprocess.run([PYGO, "matrix", directory, "--dry-run"], capture_output=True, text=True)
    assert done.returncode == 3, done.stderr
    found = done.stderr.startswith(READ)
    assert found or done.stderr.startswith("error: reading"), done.stderr
    return found


@pytest.mark.parametrize("keys", GOOD + BAD)
def test_schema_and_pygo_agree(keys, schema, tmp_path):
    table = tomllib.loads("[tool.pygo-tools]\n" + keys)["tool"]["pygo-tools"]
    errors = [error.message for error in schema.iter_errors(table)]
    assert not errors if keys in GOOD else errors, errors
    assert is_read(keys, tmp_path) == (keys in GOOD)


def test_editors_get_descriptions_and_defaults(schema):
    properties = schema.schema["properties"]
    assert all(key in ("dependencies", "$schema") or "type" in row for key, row in properties.items())
    assert all(row["description"] for row in properties.values())
    assert (properties["profile"]["default"], properties["cgo"]["default"]) == ("release", False)
    assert "x-default" not in json.dumps(schema.schema)
