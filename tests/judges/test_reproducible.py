"""The same sources give the same bytes in another place, at another time, for another user."""

import os

import pytest

from factory import PROJECT
from wheels import TARGETS, same


@pytest.fixture(scope="module")
def again(factory, tmp_path_factory):
    """A second build with other paths, caches, user, file times, locale, target order and jobs."""
    elsewhere = tmp_path_factory.mktemp("a longer path, with spaces")
    project = factory.project("hello", elsewhere)
    for file in project.rglob("*"):
        if not file.is_symlink():
            file.chmod(0o700 if file.is_dir() else 0o600)
            os.utime(file, (1_500_000_000, 1_500_000_000))
    home = elsewhere / "other-home"
    home.mkdir()
    old = os.umask(0o077)
    try:
        return factory.matrix(
            project,
            TARGETS[::-1],
            "--jobs",
            "1",
            HOME=str(home),
            USER="somebody",
            TMPDIR=str(home),
            TZ="Asia/Tokyo",
            LANG="tr_TR.UTF-8",
            PYTHONHASHSEED="7",
            GOCACHE=str(elsewhere / "go-cache"),
            GOMODCACHE=str(elsewhere / "go-modules"),
            ZIG_GLOBAL_CACHE_DIR=str(elsewhere / "zig-cache"),
            ZIG_LOCAL_CACHE_DIR=str(elsewhere / "zig-cache"),
            timeout=1800,
        ).ok()
    finally:
        os.umask(old)


def test_the_second_build_did_not_share_a_cache(again):
    files = [path for path in (again.cwd / "go-cache").rglob("*") if path.is_file()]
    assert len(files) > 1000, "Go did not compile its standard library again"


def test_both_builds_give_the_same_bytes(wheels, again, target):
    path = again.cwd / "hello" / "dist" / wheels[target].name
    same(wheels[target].path.read_bytes(), path.read_bytes())


def test_unusual_paths_give_the_same_bytes(factory, tmp_path, wheels):
    """A space, a quote and a non-ASCII letter in the paths of the project and the cache."""
    odd = tmp_path / "it's Zoë's"
    cache = odd / "cache"
    cache.mkdir(parents=True)
    for name in ("tools", "zig"):
        (cache / name).symlink_to(factory.cache / name)
    project = factory.project("hello", odd)
    targets = ["linux-amd64", "macos-arm64"]
    run = factory.matrix(project, targets, PYGO_CACHE_DIR=str(cache)).ok()
    for target, path in zip(targets, run.wheels, strict=True):
        same(path.read_bytes(), wheels[target].path.read_bytes(), target)


def test_wheels_contain_no_path_of_the_build_machine(factory, hello, wheel):
    """Neither the project's directory nor the home or cache."""
    places = [factory.base, factory.home, factory.cache, hello.cwd, PROJECT]
    for name, content in wheel.files.items():
        for place in places:
            assert str(place).encode() not in content, f"{place} in {name}"
