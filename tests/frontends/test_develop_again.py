"""`pygo develop` after a changed line of Go replaces one file, and leaves everything unusual to pip or uv."""

import csv
import os
import shutil
import signal
import subprocess
import time

import pytest

import projects
from builders import WheelBuilder, digest, documents
from machine import UV, Venv
from pythons import PYTHONS
from test_editable import PRINT_HELLO, edit

HELLO = PRINT_HELLO.format(module="flat")
LIBRARY = "_pygo_editable_flat/flat/lib/libsmall.flat.so"
MAIN = "flat/go/main.go"


@pytest.fixture
def venv(machine, tmp_path) -> Venv:
    return machine.venv(tmp_path / "venv", "pip", "pygo-tools", "cffi")


@pytest.fixture
def root(tmp_path):
    return projects.flat(tmp_path / "project")


class Site:
    """The files of an environment that belong to the project."""

    def __init__(self, venv: Venv):
        (self.path,) = venv.directory.glob("lib/python3*/site-packages")

    def info(self, name: str):
        return self.path / "flat-1.2.dist-info" / name

    def rows(self) -> dict[str, str]:
        return {row[0]: row[1] for row in csv.reader(self.info("RECORD").read_text().splitlines())}

    def inodes(self) -> dict[str, int]:
        return {name: (self.path / name).stat().st_ino for name in self.rows() if (self.path / name).exists()}

    def check(self) -> None:
        """Every file is as RECORD says, and there are no others."""
        rows = self.rows()
        wrong = {name for name, known in rows.items() if known and digest((self.path / name).read_bytes()) != known}
        assert not wrong
        own = [self.path / "flat-1.2.dist-info", self.path / "_pygo_editable_flat"]
        files = [path for directory in own for path in directory.rglob("*") if path.is_file()]
        names = {str(path.relative_to(self.path)) for path in files if "__pycache__" not in path.parts}
        assert names <= set(rows), names - set(rows)


def changed(before: dict[str, int], after: dict[str, int]) -> set[str]:
    return {name for name in {*before, *after} if before.get(name) != after.get(name)}


IN_PLACE = {LIBRARY, "flat-1.2.dist-info/RECORD"}


def test_a_changed_line_of_go_replaces_one_file(venv, root):
    before = venv.installed()
    venv.run("pygo", "develop", root).ok()
    site = Site(venv)
    inodes = site.inodes()
    for old, new in [("hello", "goodbye"), ("goodbye", "hello")]:
        edit(root / MAIN, f'"{old} "', f'"{new} "')
        venv.run("pygo", "develop", root).ok()
        assert venv.prints(HELLO) == f"{new} you"
        assert changed(inodes, site.inodes()) == IN_PLACE
        site.check()
        inodes = site.inodes()
    venv.run("pygo", "develop", root).ok()
    assert site.inodes() == inodes, "nothing has changed"
    venv.run("pip", "check").ok()
    shown = venv.run("pip", "show", "-f", "flat").ok().stdout
    assert LIBRARY in shown and f"Editable project location: {root}" in shown
    assert f"-e {root}" in venv.run("pip", "freeze").ok().stdout.replace("file://", "")
    venv.run("pip", "uninstall", "-y", "flat").ok()
    assert venv.installed() == before


def test_what_uv_installed_is_replaced_in_place(venv, root):
    shutil.copy(UV, venv.bin)
    venv.run("pygo", "develop", root).ok()
    site = Site(venv)
    inodes = site.inodes()
    assert site.info("INSTALLER").read_text().strip() == "uv"
    edit(root / MAIN, '"hello "', '"goodbye "')
    venv.run("pygo", "develop", root).ok()
    assert venv.prints(HELLO) == "goodbye you"
    assert changed(inodes, site.inodes()) == IN_PLACE
    site.check()
    venv.run("uv", "pip", "check").ok()
    assert f"Editable project location: {root}" in venv.run("uv", "pip", "show", "flat").ok().stdout


def append(path, text: str) -> None:
    path.write_text(path.read_text() + text)


def replace_library_as_if_killed(site: Site) -> None:
    new = site.path / "new"
    new.write_bytes((site.path / LIBRARY).read_bytes() + b"newer")
    new.rename(site.path / LIBRARY)


DAMAGE = {
    "an edited file": lambda site: append(site.path / "_pygo_editable_flat/__init__.py", "\n# edited\n"),
    "a run that was killed before RECORD": replace_library_as_if_killed,
    "a missing file": lambda site: (site.path / "_pygo_editable_flat.pth").unlink(),
    "a damaged RECORD": lambda site: append(site.info("RECORD"), "nonsense\n"),
    "another place": lambda site: site.info("direct_url.json").write_text('{"dir_info": {}, "url": "file:///"}'),
}


def test_pip_repairs_an_installation_with_damage(venv, root):
    venv.run("pygo", "develop", root).ok()
    site = Site(venv)
    said = "hello"
    for number, (what, damage) in enumerate(DAMAGE.items()):
        inodes = site.inodes()
        damage(site)
        edit(root / MAIN, f'"{said} "', f'"hello{number} "')
        said = f"hello{number}"
        venv.run("pygo", "develop", root).ok()
        assert venv.prints(HELLO) == f"{said} you", what
        assert "_pygo_editable_flat.pth" in changed(inodes, site.inodes()), what
        assert "edited" not in (site.path / "_pygo_editable_flat/__init__.py").read_text()
        site.check()


def test_requirements_are_installed_when_they_changed_or_are_missing(venv, root, tmp_path):
    venv.run("pygo", "develop", root).ok()
    site = Site(venv)
    links = tmp_path / "links"
    links.mkdir()
    name = "extra_thing-1.0-py3-none-any.whl"
    wheel = WheelBuilder(name, {"extra_thing.py": b""})
    wheel.files.update(documents(name))
    wheel.write(links)
    found = {"PIP_FIND_LINKS": f"{venv.machine.environment()['PIP_FIND_LINKS']} {links}"}
    edit(root / "pyproject.toml", '["cffi"]', '["cffi", "extra-thing"]')
    venv.run("pygo", "develop", root, **found).ok()
    assert venv.prints(f"import extra_thing; {HELLO}") == "hello you"
    site.check()

    venv.run("pip", "uninstall", "-y", "extra-thing").ok()
    edit(root / MAIN, '"hello "', '"goodbye "')
    venv.run("pygo", "develop", root, **found).ok()
    assert venv.prints(f"import extra_thing; {HELLO}") == "goodbye you"
    site.check()
    venv.run("pip", "check").ok()


def test_a_new_function_and_another_directory_are_left_to_pip(venv, root, tmp_path):
    venv.run("pygo", "develop", root).ok()
    site = Site(venv)
    code = "\n//export Twice\nfunc Twice(n C.int) C.int { return 2 * n }\n"
    append(root / MAIN, code)
    edit(root / "pyproject.toml", "signatures = [", 'signatures = ["int Twice(int n);", ')
    venv.run("pygo", "develop", root).ok()
    assert venv.prints("from flat._native import lib; print(lib.Twice(21))") == "42"
    site.check()

    other = tmp_path / "other"
    shutil.copytree(root, other)
    venv.run("pygo", "develop", other).ok()
    assert f"Editable project location: {other}\n" in venv.run("pip", "show", "flat").ok().stdout
    assert venv.prints("import flat; print(flat.__file__)") == str(other / "flat/__init__.py")
    site.check()


def test_every_environment_gets_the_change(venv, machine, root, tmp_path):
    other = machine.venv(tmp_path / "other", "pip", "pygo-tools", "cffi", python=list(PYTHONS.values())[-1])
    for said in ["hello", "goodbye"]:
        for environment in [venv, other]:
            environment.run("pygo", "develop", root).ok()
            assert environment.prints(HELLO) == f"{said} you"
            Site(environment).check()
        edit(root / MAIN, f'"{said} "', '"goodbye "')


def test_a_killed_run_leaves_an_installation_that_works(venv, root):
    venv.run("pygo", "develop", root).ok()
    site = Site(venv)
    directory = (site.path / LIBRARY).parent
    before = "hello"
    for number in range(3):
        edit(root / MAIN, f'"{before} "', f'"hello{number} "')
        active = {"PATH": str(venv.bin), "VIRTUAL_ENV": str(venv.directory)}
        process = subprocess.Popen(
            [venv.bin / "pygo", "develop", root], env=venv.machine.environment(**active), stderr=subprocess.DEVNULL
        )
        while process.poll() is None and not any(name.endswith(".part") for name in os.listdir(directory)):
            time.sleep(0.0002)
        process.send_signal(signal.SIGKILL)
        process.wait()
        assert venv.prints(HELLO) in (f"{before} you", f"hello{number} you")
        venv.run("pygo", "develop", root).ok()
        before = f"hello{number}"
        assert venv.prints(HELLO) == f"{before} you"
        site.check()
        assert not [name for name in os.listdir(directory) if name.endswith(".part")]
