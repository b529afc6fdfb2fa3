"""An sdist of a project with a workspace, a replaced module and every kind of file that Go reads."""

import json
import tarfile

import projects
from machine import only
from wheels import Wheel, same

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


def unpacked(archive, into):
    with tarfile.open(only(archive, "*.tar.gz")) as opened:
        opened.extractall(into, filter="data")
    (root,) = into.iterdir()
    return root


def without_egg_info(directory):
    """Names and contents; setuptools lists what it finds, so a second list has more."""
    with tarfile.open(only(directory, "*.tar.gz")) as archive:
        files = [member for member in archive if "egg-info" not in member.name]
        return {member.name: archive.extractfile(member).read() for member in files}


def says(wheel, machine, tmp_path):
    venv = machine.venv(tmp_path / "venv", wheel)
    return venv.prints("import worky; print(worky.hello('you'))")


def test_a_wheel_from_the_unpacked_sdist_with_an_empty_cache(machine, author, tmp_path):
    root = workspace(machine, tmp_path / "project")
    author.run("pygo", "sdist", root, "--out-dir", tmp_path / "sdist").ok()
    clean = unpacked(tmp_path / "sdist", tmp_path / "clean")
    for name in (*FILES, "go/cmd/extra.syso"):
        assert (clean / name).read_bytes() == (root / name).read_bytes(), name
    wheel = machine.matrix(clean, ["host"], GOCACHE=str(tmp_path / "empty")).ok().wheel
    assert says(wheel, machine, tmp_path) == "hello you 42!"


def test_go_outside_the_project(machine, author, tmp_path):
    """The wheel of the unpacked sdist, where nothing is around it, is that of the checkout."""
    root = workspace(machine, tmp_path / "repository")
    python, scripts = root / "python", '[project.scripts]\nsay = "worky:hello"'
    projects.project(python, "worky", "src", project=scripts, tool='go-dir = "../go/cmd"\ninclude-dirs = ["../c/inc"]')
    (python / "src/worky/go/main.go").unlink()
    for name in ("src/worky/__init__.py", "pyproject.toml"):
        (root / name).unlink()
    projects.put(root, "c/inc/more.h", "#define MORE 2\n")
    projects.put(root, "c/inc/unused.txt", "")
    projects.put(root, "secrets.txt", "")
    main = root / "go/cmd/main.go"
    main.write_text(main.read_text().replace("#include <stdlib.h>", "#include <stdlib.h>\n// #include <more.h>"))
    projects.put(root, "go/cmd/more.c", "int more(void) { return 0; }\n")
    wheel = machine.matrix(python, ["host"]).ok().wheels
    bill = next(text for name, text in Wheel(wheel[0]).files.items() if name.endswith(".cdx.json"))
    assert "_pygo/go/cmd/more.c" in [component["name"] for component in json.loads(bill)["components"]]
    done = author.run("pygo", "sdist", python, "--out-dir", tmp_path / "sdist").ok()
    assert f"the sdist contains, in _pygo/go, what Go reads of {root}/go, outside the project" in done.stderr
    clean = unpacked(tmp_path / "sdist", tmp_path / "clean")
    for name in (*FILES, "go/cmd/extra.syso", "c/inc/more.h"):
        assert (clean / "_pygo" / name).read_bytes() == (root / name).read_bytes(), name
    assert not list(clean.rglob("secrets.txt"))
    text = (python / "pyproject.toml").read_text()
    moved = text.replace('"../go/cmd"', '"_pygo/go/cmd"').replace('"../c/inc"', '"_pygo/c/inc"')
    assert (clean / "pyproject.toml").read_text() == moved
    again = machine.matrix(clean, ["host"], GOCACHE=str(tmp_path / "empty")).ok().wheels
    for one, other in zip(wheel, again, strict=True):
        same(other.read_bytes(), one.read_bytes(), one.name)
    assert says(again[0], machine, tmp_path) == "hello you 42!"
    # The unpacked project is one like any other.
    author.run("pygo", "sdist", clean, "--out-dir", tmp_path / "second").ok()
    first, second = (without_egg_info(tmp_path / name) for name in ("sdist", "second"))
    assert second == first


def test_parts_whose_go_is_in_the_project_and_elsewhere(machine, author, tmp_path):
    """A part's usual directory is written down, because its module is elsewhere in the archive."""
    python = projects.flat(tmp_path / "repository/python")
    text = (python / "pyproject.toml").read_text()
    keys = "[[tool.pygo-tools.parts]]\npackage"
    program = "\n[[tool.pygo-tools.parts]]\nprogram = 'tool'\ngo-dir = '../tool'\n"
    (python / "pyproject.toml").write_text(text.replace("[tool.pygo-tools]\npackage", keys) + program)
    projects.put(python, "flat/go/go.mod", "module flat\n\ngo 1.21\n\nrequire example.org/words v0.0.0\n\n"
                 "replace example.org/words => ../../../words\n")
    projects.put(python, "flat/go/more.c", "int more(void) { return 0; }\n")
    projects.put(python, "flat/go/more.go", 'package main\n\nimport _ "example.org/words"\n')
    projects.put(python.parent, "words/go.mod", "module example.org/words\n\ngo 1.21\n")
    projects.put(python.parent, "words/words.go", "package words\n")
    projects.put(python.parent, "tool/main.go", 'package main\n\nfunc main() { println("tool") }\n')
    wheel = machine.matrix(python, ["host"]).ok().wheel
    author.run("pygo", "sdist", python, "--out-dir", tmp_path / "sdist").ok()
    clean = unpacked(tmp_path / "sdist", tmp_path / "clean")
    assert 'go-dir = "_pygo/python/flat/go"' in (clean / "pyproject.toml").read_text()
    again = machine.matrix(clean, ["host"]).ok().wheel
    same(again.read_bytes(), wheel.read_bytes(), wheel.name)


def test_gowork_of_the_author_s_environment(machine, author, tmp_path):
    """A go.work above that alone provides a module comes along; GOWORK=off leaves go.work out."""
    root = workspace(machine, tmp_path / "project")
    above = tmp_path / "go.work"
    (root / "go.work").rename(above)
    above.write_text("go 1.21\n\nuse (\n\t./project/go\n\t./project/libs/calc\n)\n")
    author.run("pygo", "sdist", root, "--out-dir", tmp_path / "above").ok()
    clean = unpacked(tmp_path / "above", tmp_path / "clean")
    assert (clean / "_pygo/go.work").read_bytes() == above.read_bytes()
    wheel = machine.matrix(clean, ["host"]).ok().wheel
    assert says(wheel, machine, tmp_path) == "hello you 42!"
    named = tmp_path / "dev.work"
    above.rename(named)
    done = author.run("pygo", "sdist", root, "--out-dir", tmp_path / "none", GOWORK=str(named))
    done.failed("go/cmd/main.go imports example.org/calc", f"{named}:5 provides", "replace example.org/calc => ../libs/calc")
    assert not list((tmp_path / "none").glob("*.tar.gz"))
    go_mod = root / "go/go.mod"
    go_mod.write_text(go_mod.read_text() + "require example.org/calc v1.2.3\n")
    (root / "go.work").write_text("go 1.21\n\nuse ./go\n")
    env = {"GOWORK": str(named)}
    noted = author.run("pygo", "sdist", root, "--out-dir", tmp_path / "noted", **env).ok()
    assert f"the sdist does not contain {named}:5: wheels built from it use example.org/calc v1.2.3" in noted.stderr
    author.run("pygo", "sdist", root, "--out-dir", tmp_path / "off", GOWORK="off").ok()
    with tarfile.open(only(tmp_path / "off", "*.tar.gz")) as archive:
        assert not [name for name in archive.getnames() if "go.work" in name]
