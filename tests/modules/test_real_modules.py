"""Modules of the Go proxy in one library, downloaded, built and called: pure Go and cgo, which compiles SQLite and
zstd for the target. `make modules` runs it; it takes minutes and needs the network.

`before = ["go mod tidy"]` writes go.sum, which the project does not have.
"""

import ctypes
import os
import shutil
import subprocess
import zipfile
from pathlib import Path

import pytest

HERE = Path(__file__).parent
PYGO = Path(os.environ.get("PYGO", HERE.parents[1] / "target" / "release" / "pygo")).resolve()


@pytest.fixture(scope="module")
def library(tmp_path_factory) -> ctypes.CDLL:
    root = tmp_path_factory.mktemp("modules") / "project"
    shutil.copytree(HERE / "project", root)
    done = subprocess.run([PYGO, "matrix", root, "--targets", "linux-amd64"], capture_output=True, text=True, timeout=1800)
    assert done.returncode == 0, done.stderr
    (wheel,) = (root / "dist").glob("*.whl")
    zipfile.ZipFile(wheel).extractall(root / "unpacked")
    assert not (root / "real" / "go" / "go.sum").exists()
    library = ctypes.CDLL(str(root / "unpacked" / "real" / "lib" / "libmodules.so"))
    library.Free.argtypes = [ctypes.c_void_p]
    return library


@pytest.mark.parametrize(
    ("function", "argument", "result"),
    [
        ("YAML", "a: [1, two]\nb: {c: yes}\n", '{"a":[1,"two"],"b":{"c":"yes"}}'),
        ("YAML", "a: [1", "error: yaml: line 1: did not find expected ',' or ']'"),
        ("Markdown", "# Hi\n\n*there*\n", "<h1>Hi</h1>\n<p><em>there</em></p>\n"),
        ("Zstd", "hello " * 500, "23<3000 hello"),
        ("SQL", "select upper('sqlite ') || sum(value) from json_each('[1,2,39]')", "SQLITE 42"),
        ("Proto", "wörd", "7 wörd"),
    ],
)
def test_a_module_is_called(library, function, argument, result):
    called = getattr(library, function)
    called.restype, called.argtypes = ctypes.c_void_p, [ctypes.c_char_p]
    answer = called(argument.encode())
    assert ctypes.string_at(answer).decode() == result
    library.Free(answer)
