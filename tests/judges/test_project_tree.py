"""Leftovers of earlier builds in the project stay out of wheels, and the project is not changed."""

import hashlib
import os
import stat
from pathlib import Path

import pytest

from wheels import EXTENSION, TARGETS, Wheel, library, same

STALE = b"\x7fELF left by an old native build"
# What else may be where a library goes, and what the note calls it.
NO_LIBRARIES = {
    "libhello.dylib": (b"", "empty file"),
    "libhello.example.so": (b"version https://git-lfs.github.com/spec/v1\n", "Git LFS pointer"),
    "hello.dll": (b"a placeholder\n", "not a binary"),
}


def add_leftovers(project: Path) -> list[str]:
    """Adds what `make` and a build by 0.1.8 leave behind; returns the paths that would be packaged."""
    local = project / "example" / "go" / "local"
    local.mkdir()
    (local / "libhello.so").write_bytes(STALE)
    (local / "libhello.h").write_bytes(STALE)
    manifest = project / "MANIFEST.in"
    manifest.write_text(manifest.read_text() + "include example/lib/*\n")
    for name, (content, _) in NO_LIBRARIES.items():
        (local / name).write_bytes(content)
    packaged = ["example/lib/libhello.so", "example/lib/libhello.h"]
    # setuptools reads an old SOURCES.txt and an old build/lib.
    egg = project / "example.egg-info"
    egg.mkdir()
    (egg / "PKG-INFO").write_text("Metadata-Version: 2.1\nName: example\nVersion: 0.0.9\n")
    (egg / "SOURCES.txt").write_text("\n".join(["example/go/local/libhello.so", *packaged]))
    old = project / "build" / "lib.linux-x86_64-cpython-311"
    (old / "example" / "lib").mkdir(parents=True)
    (old / EXTENSION).write_bytes(STALE)
    (old / "example" / "lib" / "libhello.so").write_bytes(STALE)
    (project / EXTENSION).write_bytes(STALE)
    return packaged


def snapshot(project: Path) -> dict[str, tuple]:
    """Every file below the project except dist/, with its time, mode and content."""
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
def with_leftovers(factory, tmp_path_factory):
    """A run on a project with leftovers, and snapshots of the project before and after it."""
    project = factory.project("hello", tmp_path_factory.mktemp("leftovers"))
    packaged = add_leftovers(project)
    before = snapshot(project)
    run = factory.matrix(project, ["linux-amd64", "macos-arm64"]).ok()
    return run, packaged, before, snapshot(project)


def test_wheels_contain_no_leftovers(with_leftovers, wheels):
    run, *_ = with_leftovers
    for path in run.wheels:
        wheel = Wheel(path)
        (target,) = [t for t in TARGETS if wheels[t].name == wheel.name]
        assert set(wheel.files) == set(wheels[target].files)
        assert not [name for name, content in wheel.files.items() if STALE in content]
        assert wheel.files[library(target)] == wheels[target].files[library(target)]


def test_a_note_lists_the_skipped_files(with_leftovers):
    run, packaged, *_ = with_leftovers
    for name in packaged:
        assert name in run.stderr, run.stderr
    for name, (_, what) in NO_LIBRARIES.items():
        assert f"example/lib/{name} ({what})" in run.stderr, run.stderr


def test_only_dist_is_written_in_the_project(with_leftovers):
    run, _, before, after = with_leftovers
    assert after == before
    dist = run.cwd / "hello" / "dist"
    assert sorted(dist.iterdir()) == sorted(run.wheels), "dist/ contains only wheels"


def test_a_fresh_clone_gets_no_note(hello):
    assert "libhello.h" not in hello.stderr
    assert not (hello.cwd / "hello" / "example" / "go" / "local").exists()


def test_out_dir_leaves_the_project_unchanged(factory, tmp_path, wheels):
    project = factory.project("hello", tmp_path)
    before = snapshot(project)
    out = tmp_path / "out"
    run = factory.matrix(project, ["linux-amd64"], "--out-dir", str(out)).ok()
    assert [path.name for path in out.iterdir()] == [wheels["linux-amd64"].name]
    assert run.wheel.samefile(out / wheels["linux-amd64"].name)
    same(run.wheel.read_bytes(), wheels["linux-amd64"].path.read_bytes())
    assert snapshot(project) == before and not (project / "dist").exists()
