"""Checks that rustc compiles pygo correctly despite rust-lang/rust#155241. Delete this directory when
test_this_rustc_has_the_bug fails.

If a closure takes a value of more than two words, the caller passes a pointer to it. For two calls with
equal arguments, rustc 1.77 to 1.95 may pass the same pointer to both, so that what the first call changes
or frees is what the second one gets: MIR optimization (GVN) merges the arguments and turns `move` into
`copy`, and code generation omits the copy. Every opt-level above 0 is affected. rust-lang/rust#155343,
which is in 1.97, fixes it.

Such a call is visible in the final MIR: its arguments are `copy` or `const` instead of `move`. The tests
compile pygo to MIR and search it. Dependencies and the standard library are not searched.
"""

import json
import os
import re
import subprocess
from pathlib import Path
from typing import NamedTuple

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
RUSTC = os.environ.get("RUSTC", "rustc")
EDITION = ["--edition=2024"]

CALL = re.compile(r" as Fn(?:Once|Mut)?<\((.*)\)>>::call(?:_once|_mut)?\((.*)\) -> ")
# Types of at most two words, which are passed by value.
SMALL = re.compile(
    r"[&*].*|[iu](8|16|32|64|128|size)|f32|f64|bool|char|\(\)|"
    r"(\w+::)*(Program|ParseBoolError|Damaged|Option<u64>|Range<usize>)"
)


def run(*command, env=()) -> str:
    done = subprocess.run(
        command, cwd=ROOT, env={**os.environ, **dict(env)}, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def split(text: str) -> list[str]:
    """`A, B<C, D>` -> `A`, `B<C, D>`"""
    items, depth = [""], 0
    for before, char in zip(" " + text, text):
        depth += (char in "<([{") - (char in ")]}" or char == ">" and before not in "-=")
        if char == "," and depth == 0:
            items.append("")
        else:
            items[-1] += char
    return [item.strip() for item in items if item.strip()]


class Calls(NamedTuple):
    """The number of closure calls, and the lines of those that may be miscompiled."""

    count: int
    suspect: list[str]


def closure_calls(mir: str) -> Calls:
    calls = [(line.strip(), call) for line in mir.splitlines() if (call := CALL.search(line))]
    return Calls(len(calls), [line for line, call in calls if is_suspect(*call.groups())])


def is_suspect(types: str, arguments: str) -> bool:
    moved = re.search(r", move [^,]*$", arguments)
    return not moved and not all(SMALL.fullmatch(name) for name in split(types))


def compile_to_mir(source: Path, to: Path, *options: str, **env: str) -> str:
    # Without this unstable option, rustc also generates machine code.
    options = [*options, "-Zno-codegen", "-o", to]
    env |= {"RUSTC_BOOTSTRAP": "1"}
    run(RUSTC, source, *EDITION, "--emit=mir", "--cap-lints=allow", *options, env=env)
    return to.read_text()


def test_this_rustc_has_the_bug(tmp_path):
    program = tmp_path / "closure_argument"
    run(RUSTC, HERE / "closure_argument.rs", *EDITION, "-Copt-level=3", "-o", program)
    first, second = run(program).splitlines()
    version = run(RUSTC, "--version").strip()
    assert first != second, f"{version} has rust-lang/rust#155241 fixed: delete tests/compiler"


def test_the_search_finds_the_bug(tmp_path):
    mir = compile_to_mir(HERE / "closure_argument.rs", tmp_path / "mir", "-Copt-level=3")
    assert len(closure_calls(mir).suspect) == 1


def test_no_closure_call_in_pygo_has_the_bug(tmp_path):
    """Compiles pygo to MIR with the dependencies of the release build, which `make build` has built."""
    metadata = json.loads(run("cargo", "metadata", "--format-version=1", "--locked"))
    pygo = metadata["resolve"]["root"]
    [package] = [package for package in metadata["packages"] if package["id"] == pygo]
    [node] = [node for node in metadata["resolve"]["nodes"] if node["id"] == pygo]
    build = ["cargo", "build", "--release", "--lib", "--locked", "--message-format=json"]
    built = {
        message["package_id"]: message
        for message in map(json.loads, run(*build).splitlines())
        if message["reason"] == "compiler-artifact" and "custom-build" not in message["target"]["kind"]
    }
    mir = compile_to_mir(
        ROOT / "src/lib.rs",
        tmp_path / "mir",
        "--crate-type=lib",
        f"-Copt-level={built[pygo]['profile']['opt_level']}",
        f"-Ldependency={Path(built[pygo]['filenames'][0]).parent / 'deps'}",
        *(
            f"--extern={dependency['name']}={built[dependency['pkg']]['filenames'][0]}"
            for dependency in node["deps"]
            if dependency["pkg"] in built  # Not if only tests use it.
        ),
        CARGO_MANIFEST_DIR=str(ROOT),
        **{f"CARGO_PKG_{key.upper()}": package[key] for key in ("name", "version", "description")},
    )
    calls = closure_calls(mir)
    assert calls.count > 100, "CALL does not match this rustc's MIR"
    assert not calls.suspect, (
        "turn each of these closures into a function, or pass the argument by reference; "
        "if the argument is at most two words, add its type to SMALL"
    )
