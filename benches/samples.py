"""The projects that benches/run.py builds: each with the same Python part and its own Go."""

import json
import os
import subprocess
from pathlib import Path

PYPROJECT = """[build-system]
requires = ["setuptools"]
build-backend = "setuptools.build_meta"

[project]
name = "{name}"
version = "1"
dependencies = ["cffi"]

[tool.setuptools]
packages = ["{name}"]

[tool.pygo-tools]
package = "{name}"
extension = "{name}._{name}"
library = "{name}_go"
signatures = ["int Answer(int value);"]
"""

HELLO = """package main

import "C"
import "fmt"

//export Answer
func Answer(value C.int) C.int {
\treturn C.int(len(fmt.Sprintf("hello %d %d", int(value), edition)))
}
"""

TLS = """package main

import "C"
import (
\t"crypto/tls"
\t"net/http"
)

//export Answer
func Answer(value C.int) C.int {
\tclient := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{MinVersion: tls.VersionTLS12}}}
\tanswer, err := client.Get("https://example.org/")
\tif err != nil {
\t\treturn value + edition
\t}
\tdefer answer.Body.Close()
\treturn C.int(answer.StatusCode)
}
"""

ZSTD = """package main

import "C"
import "github.com/DataDog/zstd"

//export Answer
func Answer(value C.int) C.int {
\tpacked, err := zstd.Compress(nil, make([]byte, int(value)+edition))
\tif err != nil {
\t\treturn -1
\t}
\treturn C.int(len(packed))
}
"""

# Its modules are in directories of the project: no proxy decides how long a build takes.
MODULES = 32

PACKED = """package main

import "C"
import _ "embed"

//go:embed data.bin
var data []byte

//export Answer
func Answer(value C.int) C.int {
\treturn C.int(data[(int(value)+edition)%len(data)])
}
"""


def write(path: Path, text: str | bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode() if isinstance(text, str) else text)


def hello(go: Path) -> None:
    write(go / "main.go", HELLO)


def tls(go: Path) -> None:
    write(go / "main.go", TLS)


def zstd(go: Path) -> None:
    write(go / "main.go", ZSTD)
    write(go / "go.mod", "module example.org/bench\n\ngo 1.21\n\nrequire github.com/DataDog/zstd v1.5.6\n")


def modules(go: Path) -> None:
    names = [f"m{number}" for number in range(MODULES)]
    imports = "".join(f'\t"example.org/{name}"\n' for name in names)
    total = " + ".join(f"{name}.Value()" for name in names)
    write(
        go / "main.go",
        f'package main\n\nimport "C"\nimport (\n{imports})\n\n//export Answer\n'
        f"func Answer(value C.int) C.int {{\n\treturn value + C.int({total}) + edition\n}}\n",
    )
    requires = "".join(f"require example.org/{name} v1.0.0\n" for name in names)
    replaces = "".join(f"replace example.org/{name} => ./modules/{name}\n" for name in names)
    write(go / "go.mod", f"module example.org/bench\n\ngo 1.21\n\n{requires}\n{replaces}")
    for number, name in enumerate(names):
        write(go / "modules" / name / "go.mod", f"module example.org/{name}\n\ngo 1.21\n")
        write(
            go / "modules" / name / "value.go",
            f'package {name}\n\nimport "strings"\n\n// Value is a number.\n'
            f'func Value() int {{ return len(strings.Repeat("x", {number})) }}\n',
        )


def packed(go: Path) -> None:
    """A library of 20 MB that deflates like code: most of it is Go itself."""
    program = Path(os.environ["BENCH_GO"]).read_bytes()
    data = (program * (18_000_000 // len(program) + 1))[:18_000_000]
    write(go / "data.bin", data)
    write(go / "main.go", PACKED)


PROJECTS = {"hello": hello, "tls": tls, "zstd": zstd, "modules": modules, "packed": packed}


def make(kind: str, root: Path, files: int = 0) -> Path:
    """Writes a project; `files` is the number of Python files besides `__init__.py`."""
    name = f"bench_{kind}"
    package = root / name
    write(root / "pyproject.toml", PYPROJECT.format(name=name))
    write(package / "go" / "go.mod", "module example.org/bench\n\ngo 1.21\n")
    PROJECTS[kind](package / "go")
    edit_python(root, kind, 0)
    edit_go(root, kind, 0)
    for number in range(files):
        write(package / f"module{number}.py", f"value = {number}\n")
    if kind == "zstd":
        go = os.environ["BENCH_GO"]
        env = {**os.environ, "GOFLAGS": "-mod=mod"}
        subprocess.run([go, "mod", "tidy"], cwd=package / "go", check=True, capture_output=True, env=env)
    return root


def for_0_1_8(root: Path, kind: str) -> None:
    """Configures the project as pygo-tools 0.1.8 requires."""
    name = f"bench_{kind}"
    (root / "pyproject.toml").unlink()
    write(root / "setup.py", f"from pygo_tools import setup\nsetup(name={name!r}, version='1', packages=[{name!r}],\n"
          f"      package_data={{{name!r}: ['lib/*.so']}})\n")
    config = {"package": name, "extension": f"_{name}", "library": f"{name}_go", "signatures": ["int Answer(int value);"]}
    write(root / "config.json", json.dumps(config))
    library = f"local/lib{name}_go.so"
    write(root / name / "go" / "Makefile", f"{library}: *.go go.mod\n\tgo build -buildmode=c-shared -o {library}\n")


def edit_python(root: Path, kind: str, edition: int) -> None:
    write(root / f"bench_{kind}" / "__init__.py", f"EDITION = {edition}\n")


def edit_go(root: Path, kind: str, edition: int) -> None:
    text = f"package main\n\nconst edition = {edition}\n\nfunc main() {{}}\n"
    write(root / f"bench_{kind}" / "go" / "edition.go", text)
