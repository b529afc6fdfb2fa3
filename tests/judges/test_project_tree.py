"""What the author's tree holds besides sources, and that it stays as it was."""

import hashlib
import os
import stat
from pathlib import Path

import pytest

from wheels import EXTENSION, TARGETS, Wheel, library, same

STALE = b"\x7fELF left by a native build of long ago"


def leave_a_native_build_behind(project: Path) -> list[str]:
    """What `make` and 0.1.8's own build leave in a project; the paths that packaging would take."""
    local = project / "example" / "go" / "local"
    local.mkdir()
    (local / "libhello.so").write_bytes(STALE)
    (local / "libhello.h").write_bytes(STALE)
    manifest = project / "MANIFEST.in"
    manifest.write_text(manifest.read_text() + "include example/lib/*.h\n")
    taken = ["example/lib/libhello.so", "example/lib/libhello.h"]
    # setuptools reads an old list of sources again, and what a build/lib of long ago holds.
    egg = project / "example.egg-info"
    egg.mkdir()
    (egg / "PKG-INFO").write_text("Metadata-Version: 2.1\nName: example\nVersion: 0.0.9\n")
    (egg / "SOURCES.txt").write_text("\n".join(["example/go/local/libhello.so", *taken]))
    old = project / "build" / "lib.linux-x86_64-cpython-311"
    (old / "example" / "lib").mkdir(parents=True)
    (old / EXTENSION).write_bytes(STALE)
    (old / "example" / "lib" / "libhello.so").write_bytes(STALE)
    (project / EXTENSION).write_bytes(STALE)
    return taken


def snapshot(project: Path) -> dict[str, tuple]:
    """Everything below the project but dist/, with its time, mode and content."""
    found = {}
    for directory, names, files in os.walk(project):
        relative = Path(directory).relative_to(project)
        if directory == str(project):
            names[:] = [name for name in names if name != "dist"]
        else:
            found[str(relative)] = (os.stat(directory).st_mtime_ns, "directory")
        for name in files + [name for name in names if (Path(directory) / name).is_symlink()]:
            path = Path(directory) / name
            about = path.lstat()
            content = os.readlink(path) if path.is_symlink() else path.read_bytes()
            digest = hashlib.sha256(os.fsencode(content)).hexdigest()
            found[str(relative / name)] = (about.st_mtime_ns, stat.filemode(about.st_mode), digest)
    return found


@pytest.fixture(scope="module")
def lived_in(factory, tmp_path_factory):
    """The run on a project that has been built natively, and the tree before and after."""
    project = factory.project("hello", tmp_path_factory.mktemp("lived-in"))
    taken = leave_a_native_build_behind(project)
    before = snapshot(project)
    run = factory.matrix(project, ["linux-amd64", "macos-arm64"]).ok()
    return run, taken, before, snapshot(project)


def test_no_leftover_reaches_a_wheel(lived_in, wheels):
    run, *_ = lived_in
    for path in run.wheels:
        wheel = Wheel(path)
        (target,) = [t for t in TARGETS if wheels[t].name == wheel.name]
        assert set(wheel.files) == set(wheels[target].files)
        assert not [name for name, content in wheel.files.items() if STALE in content]
        assert wheel.files[library(target)] == wheels[target].files[library(target)]


def test_a_note_names_what_was_left_out(lived_in):
    run, taken, *_ = lived_in
    for name in taken:
        assert name in run.stderr, run.stderr


def test_nothing_is_written_into_the_project_but_dist(lived_in):
    run, _, before, after = lived_in
    assert after == before
    dist = run.cwd / "hello" / "dist"
    assert sorted(dist.iterdir()) == sorted(run.wheels), "dist/ holds wheels and nothing else"


def test_a_fresh_clone_gets_no_note(hello):
    assert "libhello.h" not in hello.stderr
    assert not (hello.cwd / "hello" / "example" / "go" / "local").exists()


def test_out_dir_leaves_the_project_alone(factory, tmp_path, wheels):
    project = factory.project("hello", tmp_path)
    before = snapshot(project)
    out = tmp_path / "out"
    run = factory.matrix(project, ["linux-amd64"], "--out-dir", str(out)).ok()
    assert [path.name for path in out.iterdir()] == [wheels["linux-amd64"].name]
    assert run.wheel.samefile(out / wheels["linux-amd64"].name)
    same(run.wheel.read_bytes(), wheels["linux-amd64"].path.read_bytes())
    assert snapshot(project) == before and not (project / "dist").exists()
