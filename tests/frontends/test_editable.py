"""Editable installs: Python edits apply at once, Go edits after the next build."""

import shutil

import pytest

import projects
from machine import Venv

PRINT_HELLO = "import {module}; print({module}.hello('you'))"
PRINT_LIBRARY = "from {module}.lib.libsmall import path; print(path.read_bytes()[:4])"
# The test with uv uses the src layout.
LAYOUTS = {
    "flat": (projects.flat, "flat", "flat"),
    "namespace": (projects.namespace, "acme.tools", "src/acme/tools"),
}


def tree(root):
    return sorted(path for path in root.rglob("*") if "__pycache__" not in path.parts)


def edit(path, old, new):
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


@pytest.fixture
def venv(machine, tmp_path) -> Venv:
    return machine.venv(tmp_path / "venv", "pip")


@pytest.mark.parametrize("layout", LAYOUTS)
def test_pip_install_e(layout, venv, tmp_path):
    make, module, place = LAYOUTS[layout]
    root = make(tmp_path / "project")
    before, empty = tree(root), venv.installed()
    venv.run("pip", "install", "-e", root).ok()
    assert tree(root) == before, "the author's tree was written to"
    code = PRINT_HELLO.format(module=module)
    assert venv.prints(code) == "hello you"
    assert venv.prints(f"import {module}; print({module}.__file__)") == f"{root}/{place}/__init__.py"
    assert venv.prints(PRINT_LIBRARY.format(module=module)) == r"b'\x7fELF'"

    edit(root / place / "__init__.py", "ffi.string(text).decode()", "ffi.string(text).decode().upper()")
    assert venv.prints(code) == "HELLO YOU"
    edit(root / place / "go/main.go", '"hello "', '"goodbye "')
    assert venv.prints(code) == "HELLO YOU"
    venv.run("pip", "install", "-e", root).ok()
    assert venv.prints(code) == "GOODBYE YOU"

    assert f"Editable project location: {root}" in venv.run("pip", "show", project_name(module)).ok().stdout
    venv.run("pip", "uninstall", "-y", project_name(module), "cffi", "pycparser").ok()
    assert venv.installed() == empty


def project_name(module: str) -> str:
    return module.replace(".", "-")


def test_uv_pip_install_e(venv, fronts, tmp_path):
    root = projects.src_layout(tmp_path / "project")
    fronts.run("uv", "pip", "install", "--python", venv.bin / "python", "-e", root).ok()
    assert venv.prints(PRINT_HELLO.format(module="insrc")) == "hello you"
    edit(root / "src/insrc/__init__.py", "def hello(name):", "def hello(name, *more):")
    assert venv.prints("import insrc; print(insrc.hello('you', 'too'))") == "hello you"


def test_a_project_with_a_setup_py(author, machine, tmp_path):
    """example/hello without isolation, with pygo-tools installed."""
    root = machine.project("hello", tmp_path)
    before = tree(root)
    venv = Venv(machine, tmp_path / "venv")
    shutil.copytree(author.directory, venv.directory, symlinks=True)
    venv.python("-m", "pip", "install", "--no-build-isolation", "-e", root).ok()
    code = "from example import ExtensionAdapter as E; print(E().hello('world', 4))"
    assert venv.prints(code) == "hello world 4"
    left = set(tree(root)) - set(before)
    assert not left, left


def test_an_old_library_in_the_project_is_not_used(venv, fronts, tmp_path):
    root = projects.flat(tmp_path / "project")
    (root / "flat/_native.abi3.so").write_bytes(b"of another time")
    fronts.run("uv", "pip", "install", "--python", venv.bin / "python", "-e", root).ok()
    assert venv.prints(PRINT_HELLO.format(module="flat")) == "hello you"


def test_another_target_is_refused(venv, tmp_path):
    root = projects.flat(tmp_path / "project")
    line = ("install", "-e", root, "--config-settings", "targets=macos-arm64")
    done = venv.run("pip", *line)
    done.failed("error: building an editable wheel", "found: the requested target is macos-arm64")


def test_a_failed_build_keeps_the_previous_one(venv, tmp_path):
    root = projects.flat(tmp_path / "project")
    venv.run("pip", "install", "-e", root).ok()
    before = venv.installed()
    edit(root / "flat/go/main.go", "func main() {}", "func main() { nonsense }")
    venv.run("pip", "install", "-e", root).failed("nonsense", "help:")
    assert venv.installed() == before
    assert venv.prints(PRINT_HELLO.format(module="flat")) == "hello you"
