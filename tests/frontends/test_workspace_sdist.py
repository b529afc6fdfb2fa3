"""An sdist of a project with a workspace, a replaced module and every kind of file that Go reads."""

import tarfile

import projects
from machine import only

MAIN = '''
package main

// #cgo CFLAGS: -I${SRCDIR}/../../include
// #include "tables/answer.def"
// #include <stdlib.h>
// int from_object(void);
import "C"
import (
	_ "embed"
	"fmt"
	"unsafe"

	"example.org/calc"
	"example.org/words/greeting"
)

//go:embed texts/ending
var ending string

//export Hello
func Hello(name *C.char) *C.char {
	sum := calc.Add(int64(C.ANSWER), int64(C.from_object()))
	return C.CString(fmt.Sprint(greeting.To(C.GoString(name)), " ", sum, ending))
}

//export Release
func Release(text *C.char) { C.free(unsafe.Pointer(text)) }

func main() {}
'''
FILES = {
    "go.work": "go 1.21\n\nuse (\n\t./go\n\t./libs/calc\n)\n",
    "go/go.mod": "module example.org/bridge\n\ngo 1.21\n\nrequire example.org/words v0.0.0\n\n"
    "replace example.org/words => ../libs/words\n",
    "go/cmd/main.go": MAIN,
    "go/cmd/texts/ending": "!",
    # Outside every module, and without an extension that Go knows.
    "include/tables/answer.def": '#include "number.inc"\n',
    "include/tables/number.inc": "#define ANSWER 40\n",
    "libs/words/go.mod": "module example.org/words\n\ngo 1.21\n",
    "libs/words/greeting/greeting.go": 'package greeting\n\nfunc To(name string) string { return "hello " + name }\n',
    "libs/calc/go.mod": "module example.org/calc\n\ngo 1.21\n",
    "libs/calc/calc.go": "package calc\n\nfunc Add(a, b int64) int64\n",
    "libs/calc/add_amd64.s": '#include "textflag.h"\n#include "frame.h"\n\n'
    "TEXT ·Add(SB), NOSPLIT, $0-SIZE\n\tMOVQ a+0(FP), AX\n\tADDQ b+8(FP), AX\n\tMOVQ AX, ret+16(FP)\n\tRET\n",
    "libs/calc/add_arm64.s": '#include "textflag.h"\n#include "frame.h"\n\n'
    "TEXT ·Add(SB), NOSPLIT, $0-SIZE\n\tMOVD a+0(FP), R0\n\tMOVD b+8(FP), R1\n\tADD R1, R0, R0\n"
    "\tMOVD R0, ret+16(FP)\n\tRET\n",
    "libs/calc/frame.h": "#define SIZE 24\n",
}


def workspace(machine, root):
    projects.project(root, "worky", "src", tool='go-dir = "go/cmd"')
    for name, text in FILES.items():
        projects.put(root, name, text)
    (root / "src/worky/go/main.go").unlink()
    source = projects.put(root.parent, "object.c", "int from_object(void) { return 2; }\n")
    machine.run(machine.binary, "zig", "cc", "-c", "-fPIC", source, "-o", root / "go/cmd/extra.syso").ok()
    return root


def test_a_wheel_from_the_unpacked_sdist_with_an_empty_cache(machine, author, tmp_path):
    root = workspace(machine, tmp_path / "project")
    author.run("pygo", "sdist", root, "--out-dir", tmp_path / "sdist").ok()
    with tarfile.open(only(tmp_path / "sdist", "*.tar.gz")) as archive:
        archive.extractall(tmp_path / "clean", filter="data")
    (clean,) = (tmp_path / "clean").iterdir()
    for name in (*FILES, "go/cmd/extra.syso"):
        assert (clean / name).read_bytes() == (root / name).read_bytes(), name
    wheel = machine.matrix(clean, ["host"], GOCACHE=str(tmp_path / "empty")).ok().wheel
    venv = machine.venv(tmp_path / "venv", wheel)
    assert venv.prints("import worky; print(worky.hello('you'))") == "hello you 42!"


def test_gowork_of_the_author_s_environment(machine, author, tmp_path):
    """What only the author's go.work provides is an error; GOWORK=off leaves go.work out."""
    root = workspace(machine, tmp_path / "project")
    above = tmp_path / "go.work"
    (root / "go.work").rename(above)
    above.write_text("go 1.21\n\nuse (\n\t./project/go\n\t./project/libs/calc\n)\n")
    done = author.run("pygo", "sdist", root, "--out-dir", tmp_path / "none")
    done.failed("go/cmd/main.go imports example.org/calc", f"{above}:5 provides", "replace example.org/calc => ../libs/calc")
    assert not list((tmp_path / "none").glob("*.tar.gz"))
    go_mod = root / "go/go.mod"
    go_mod.write_text(go_mod.read_text() + "require example.org/calc v1.2.3\n")
    (root / "go.work").write_text("go 1.21\n\nuse ./go\n")
    env = {"GOWORK": str(above)}
    noted = author.run("pygo", "sdist", root, "--out-dir", tmp_path / "noted", **env).ok()
    assert f"the sdist does not contain {above}:5: wheels built from it use example.org/calc v1.2.3" in noted.stderr
    author.run("pygo", "sdist", root, "--out-dir", tmp_path / "off", GOWORK="off").ok()
    with tarfile.open(only(tmp_path / "off", "*.tar.gz")) as archive:
        assert not [name for name in archive.getnames() if "go.work" in name]
