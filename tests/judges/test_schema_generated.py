"""Thousands of configurations, made from every key and many values: the schema rejects none that pygo reads, and
accepts only those others that a schema cannot judge."""

import itertools
import json
import random
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from program import PYGO

if sys.version_info >= (3, 11):
    from jsonschema import Draft7Validator
else:
    pytest.skip("the judges have no jsonschema for Python 3.10", allow_module_level=True)

TEXTS = [
    "", "x", "a.b", "a/b", "../c", "/abs", "x.so", "libx.a", "1a", "class", "a b", "ü", " x ", "3.12", "3.14t", "3.13,3.14",
    "linux", "linux-arm64", "linux,macos", "2_28", "manylinux_2_28_x86_64", "13.0", "x" * 200, "cffi", "cffi-abi",
    "ctypes", "capi", "bin", "static", "zig", "clang", "debug", "example.org/x", "example.org/x@v1", "-x", "x.exe",
    "go generate", "''", "int F(void);", "pytest>=8", "$HOME", "\0", "a\tb", ".", "..", "pygo_tools.backend",
]
OTHERS = [1, 1.5, True, False, [], {}, [1], [[]], ["x", "x"], ["3.12", "3.12"], ["linux", "macos"]]
BASES = [
    {"package": "a", "extension": "_a", "library": "l", "signatures": ["int F(void);"]},
    {"package": "a", "library": "l", "binding": "ctypes"},
    {"program": "tool"},
]
# What pygo says about a configuration that the schema accepts: it takes files, other keys, or other formats into account.
BEYOND = [
    "has no effect for a program without `cgo = true`",
    "has no effect with `",
    "and there is no such file",
    "is not a regular file",
    "which is not a requirement",
    "is not a target",
    "are the same target",
    "names no release",
    "is named twice",
    "`signatures` is empty",
    "is missing",
]
# What fails after the configuration was read.
READ = ("error: looking for the Go package", "error: looking for the go.mod", "error: reading the Go package")


def as_toml(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        return f"[{', '.join(map(as_toml, value))}]"
    if isinstance(value, dict):
        return f"{{{', '.join(f'{json.dumps(key)} = {as_toml(inner)}' for key, inner in value.items())}}}"
    return json.dumps(value)


def configurations(properties: dict) -> list[dict]:
    found = []
    for key, row in properties.items():
        if key in ("parts", "target", "check", "dependencies", "$schema"):
            continue
        texts = [[text] for text in TEXTS] if row["type"] == "array" else TEXTS
        for value, base in itertools.product([*texts, *OTHERS], BASES):
            changed = {**base, key: value}
            found += [changed, {"parts": [changed]}, {**base, "target": {"linux": {key: value}}}]
    return found


def answer(table: dict, directory: Path) -> str:
    """What pygo prints about a configuration, without Go code next to it."""
    directory.mkdir()
    (directory / "pyproject.toml").write_text(f"[tool]\npygo-tools = {as_toml(table)}\n")
    done = subprocess.run([PYGO, "matrix", directory, "--dry-run"], capture_output=True, text=True)
    assert done.returncode == 3, (table, done.stderr)
    return done.stderr


def compare(count: int, directory: Path) -> None:
    text = subprocess.run([PYGO, "schema"], capture_output=True, text=True, check=True).stdout
    schema = Draft7Validator(json.loads(text))
    tables = configurations(schema.schema["properties"])
    if count < len(tables):
        tables = random.Random(1).sample(tables, count)
    with ThreadPoolExecutor(2) as pool:
        answers = pool.map(answer, tables, (directory / str(number) for number in range(len(tables))))
        counts = {True: 0, False: 0}
        for table, said in zip(tables, answers, strict=True):
            accepted, is_read = schema.is_valid(table), said.startswith(READ)
            counts[is_read] += 1
            assert is_read or not accepted or any(part in said for part in BEYOND), (table, said)
            assert accepted or not is_read, (table, "the schema rejects what pygo reads")
    assert min(counts.values()) > len(tables) // 10, counts


def test_some(tmp_path):
    compare(800, tmp_path)


@pytest.mark.long
def test_all(tmp_path):
    compare(10**6, tmp_path)
