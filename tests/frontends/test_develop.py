"""`pygo develop`: an editable install for the active Python, rebuilt by running it again."""

import pytest

import projects
from machine import Venv
from test_editable import PRINT_HELLO, PRINT_LIBRARY, edit, tree


@pytest.fixture
def venv(machine, tmp_path) -> Venv:
    return machine.venv(tmp_path / "venv", "pip", "pygo-tools")


def test_python_edits_apply_at_once_and_go_edits_after_a_build(venv, tmp_path):
    root = projects.src_layout(tmp_path / "project")
    before = tree(root)
    venv.run("pygo", "develop", cwd=root).ok()
    assert tree(root) == before, "the author's tree was written to"
    code = PRINT_HELLO.format(module="insrc")
    assert venv.prints(code) == "hello you"
    assert venv.prints(PRINT_LIBRARY.format(module="insrc")) == r"b'\x7fELF'"
    own = projects.put(root, "src/insrc/lib/libsmall.py", "path = 'its own'\n")
    assert venv.prints("from insrc.lib.libsmall import path; print(path)") == "its own"
    own.unlink()
    edit(root / "src/insrc/__init__.py", ".decode()\n", ".decode().upper()\n")
    assert venv.prints(code) == "HELLO YOU"
    edit(root / "src/insrc/go/main.go", '"hello "', '"goodbye "')
    assert venv.prints(code) == "HELLO YOU"
    done = venv.run("pygo", "develop", "--debug", cwd=root).ok()
    closing = done.stderr.splitlines()[-1]
    assert closing.startswith("installed insrc 1.2 in editable mode"), closing
    assert closing.endswith(", with debug information"), closing
    assert venv.prints(code) == "GOODBYE YOU"
    assert f"Editable project location: {root}" in venv.run("pip", "show", "insrc").ok().stdout


def test_develop_and_pip_replace_each_other(venv, tmp_path):
    root = projects.flat(tmp_path / "project")
    venv.run("pip", "install", "-e", root).ok()
    by_pip = venv.installed()
    edit(root / "flat/go/main.go", '"hello "', '"once more "')
    venv.run("pygo", "develop", root).ok()
    assert venv.prints(PRINT_HELLO.format(module="flat")) == "once more you"
    changed = {name for name in set(by_pip.splitlines()) ^ set(venv.installed().splitlines())}
    assert not {name for name in changed if not name.endswith(("/REQUESTED", "/direct_url.json"))}
    edit(root / "flat/go/main.go", '"once more "', '"hello "')
    venv.run("pip", "install", "-e", root).ok()
    assert venv.prints(PRINT_HELLO.format(module="flat")) == "hello you"


def test_a_hatchling_project(venv, machine, tmp_path):
    root = machine.project("hatchling", tmp_path)
    venv.run("pygo", "develop", root).ok()
    assert venv.run("greet", "Ada", "--language", "de").ok().stdout == "Hallo, Ada!\n"
    edit(root / "go/phrase/phrase.go", "package phrase", "package phrase // edited")
    edit(root / "src/greet/forms.json", "Hallo", "Moin")
    assert venv.run("greet", "Ada", "--language", "de").ok().stdout == "Moin, Ada!\n"


def test_setup_py_develop(venv, machine, tmp_path):
    root = machine.project("hello", tmp_path)
    venv.python("setup.py", "develop", cwd=root).ok()
    code = "from example import ExtensionAdapter as E; print(E().hello('world', 4))"
    assert venv.prints(code) == "hello world 4"


def test_a_build_that_fails_installs_nothing(venv, tmp_path):
    root = projects.flat(tmp_path / "project")
    before = venv.installed()
    edit(root / "flat/go/main.go", "func main() {}", "func main() { nonsense }")
    venv.run("pygo", "develop", root).failed("error: ", "nonsense", "help:")
    assert venv.installed() == before
