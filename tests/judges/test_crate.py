"""The crate, which `cargo publish` uploads and maturin's sdist contains: what pygo is compiled from, nothing else."""

import json
import os
import re
import subprocess
from pathlib import Path

import pytest

from factory import PROJECT

PUBLISHED = ["src", "toolchains", "python", "README.md", "CHANGELOG.md", "LICENSE-APACHE", "LICENSE-MIT"]
# Cargo.toml names the benchmark.
PUBLISHED += ["Cargo.lock", "Cargo.toml", "benches/formats.rs"]
# Cargo's own: the manifest as it was, and the commit.
OWN = {"Cargo.toml.orig", ".cargo_vcs_info.json"}


@pytest.fixture(scope="module")
def listed() -> set[str]:
    return lines(["cargo", "package", "--list", "--allow-dirty", "--offline"])


def lines(command: list[str]) -> set[str]:
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return set(done.stdout.splitlines())


@pytest.mark.quick
def test_the_crate_is_what_pygo_is_compiled_from(listed):
    known = lines(["git", "ls-files", "--cached", "--others", "--exclude-standard", "--", *PUBLISHED])
    assert listed - OWN == {name for name in known if (PROJECT / name).exists()}
    # crates.io takes 10 MB, compressed.
    assert sum((PROJECT / name).stat().st_size for name in known & listed) < 10_000_000


@pytest.mark.quick
def test_every_file_that_is_compiled_in_is_in_the_crate(listed):
    found = 0
    for source in PROJECT.glob("src/**/*.rs"):
        for path in re.findall(r'include_(?:str|bytes)!\(\s*(?:concat!\(\s*)?"([^"]+)"', source.read_text("utf-8")):
            named = Path(os.path.relpath(source.parent / path, PROJECT)).as_posix()
            assert any(name == named or name.startswith(f"{named}/") for name in listed), f"{source}: {path}"
            found += 1
    assert found > 30


@pytest.mark.quick
def test_a_release_is_built_with_the_tools_of_the_tests():
    lock = json.loads((PROJECT / "toolchains/lock.json").read_text("utf-8"))["tools"]
    requirements = (PROJECT / "release/requirements.txt").read_text("utf-8").split()
    assert f"ziglang=={lock['zig']['version']}" in requirements
    (uv,) = (word for word in requirements if word.startswith("uv=="))
    assert uv in (PROJECT / "tests/setup/judges.txt").read_text("utf-8").split()
