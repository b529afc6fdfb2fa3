"""example/callbacks: structs, callbacks, memory, errors and processes, on finished wheels."""

import os
import sys

import pytest

from factory import judge
from wheels import Wheel

BASICS = """
import threading
import nearby

seen, threads = [], set()

def visit(index, point, distance):
    seen.append((index, point, distance))
    threads.add(threading.get_ident())

nearby.search([(0, 0), (3, 4), (30, 40)], (0, 0), 6, visit)
assert sorted(seen) == [(0, (0, 0), 0), (1, (3, 4), 5)], seen
assert nearby.describe("hüt", (1, 2.5)) == "hüt (1, 2.5)"
"""

# Go calls from threads of its own while the caller waits.
GOROUTINES = BASICS + "\nassert threads and threading.get_ident() not in threads, threads\n"

ERRORS = """
import nearby

def raised(call):
    try:
        call()
    except BaseException as error:
        return error

def bad(index, point, distance):
    raise KeyError(index)

def leave(index, point, distance):
    raise KeyboardInterrupt

points = [(0, 0)] * 1000
assert repr(raised(lambda: nearby.search(points, (0, 0), 1, bad))).startswith("KeyError(")
assert type(raised(lambda: nearby.search(points, (0, 0), 1, leave))) is KeyboardInterrupt
error = raised(lambda: nearby.search(points, (0, 0), -1, print))
assert repr(error) == "ValueError('the radius is negative')"
error = raised(lambda: nearby.search([(float("nan"), 0)], (0, 0), 1, print))
assert repr(error) == "ValueError('panic: point 0 is not a number')"
assert nearby.describe("a", (0, 0)) == "a (0, 0)"
"""

# What cffi does with an exception that the callback lets through: Go gets 0, and goes on.
UNCAUGHT = """
import contextlib
import io
from nearby._nearby import ffi, lib

@ffi.def_extern()
def on_match(found, data):
    raise KeyError(found.index)

points = ffi.new("point[]", [(0, 0)] * 3)
with contextlib.redirect_stderr(io.StringIO()) as printed:
    reason = lib.Search(points, 3, (0, 0), 1, lib.on_match, ffi.NULL)
assert reason == ffi.NULL
assert printed.getvalue().count("\\nKeyError: ") == 3, printed.getvalue()
"""

THREADS = """
from concurrent.futures import ThreadPoolExecutor
import nearby

def calls(thread):
    for number in range(1000):
        assert nearby.describe("a", (thread, number)) == f"a ({thread}, {number})"
    seen = []
    for _ in range(10):
        nearby.search([(thread, thread)] * 50, (thread, thread), 1, lambda *found: seen.append(found))
    return len(seen)

with ThreadPoolExecutor(8) as pool:
    assert list(pool.map(calls, range(8))) == [500] * 8
"""

# Resident memory in kB. A million results of at least 32 bytes would be 31 MB.
MEMORY = """
import nearby
from nearby._nearby import ffi, lib

def resident():
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmRSS"))

def calls(count):
    for _ in range(count):
        text = lib.Describe(b"somewhere", at[0])
        assert ffi.string(text)[:9] == b"somewhere"
        lib.Free(text)

def searches(count):
    points = [(0, 0)] * 10
    for _ in range(count):
        nearby.search(points, (0, 0), 1, lambda *found: None)

at = ffi.new("point *", (1234.5, 6789.25))
calls(20_000)
searches(500)
before = resident()
calls(1_000_000)
searches(2_000)
print(resident() - before)
"""

SPAWN = """
import multiprocessing, sys
import nearby

if __name__ == "__main__":
    with multiprocessing.get_context(sys.argv[1]).Pool(2) as pool:
        print(pool.starmap(nearby.describe, [("a", (1, 2)), ("b", (3, 4))]))
"""

FORK = """
import multiprocessing
import nearby

def search(_):
    try:
        nearby.search([(0, 0)], (0, 0), 1, print)
    except RuntimeError as error:
        return str(error)

with multiprocessing.get_context("fork").Pool(1) as pool:
    print(pool.map(search, [0]))
"""

FORK_BEFORE_IMPORT = """
import multiprocessing

def search(_):
    import nearby
    seen = []
    nearby.search([(0, 0)], (0, 0), 1, lambda *found: seen.append(found))
    return len(seen)

with multiprocessing.get_context("fork").Pool(1) as pool:
    print(pool.map(search, [0]))
"""

# Two Go runtimes: calls in both, callbacks of one while the other works, a panic in one.
TWO = """
from concurrent.futures import ThreadPoolExecutor
import nearby
from example import ExtensionAdapter

hello = ExtensionAdapter.hello

def one(_):
    seen = []
    nearby.search([(0, 0)] * 200, (0, 0), 1, lambda *found: seen.append(hello("x", 2)))
    return len(seen)

with ThreadPoolExecutor(4) as pool:
    assert list(pool.map(one, range(4))) == [200] * 4
try:
    nearby.search([(float("nan"), 0)], (0, 0), 1, print)
except ValueError:
    print(hello("World", 1))
"""


@pytest.fixture(scope="module")
def wheels(factory, tmp_path_factory) -> dict[str, Wheel]:
    """Target -> its wheel of example/callbacks."""
    project = factory.project("callbacks", tmp_path_factory.mktemp("callbacks"))
    targets = ["linux-amd64", "linux-arm64", "macos-arm64"]
    run = factory.matrix(project, targets, timeout=1800).ok()
    assert "note:" not in run.stderr
    return {target: Wheel(path) for target, path in zip(targets, run.wheels, strict=True)}


@pytest.fixture(scope="module")
def run(wheels, hello_pyproject, tmp_path_factory):
    """Runs Python with the wheel, and one of another Go library, installed."""
    directory = tmp_path_factory.mktemp("installed")
    python = directory / "venv" / "bin" / "python"
    judge(sys.executable, "-m", "venv", "--without-pip", directory / "venv")
    both = [wheels["linux-amd64"].path, hello_pyproject.path]
    judge("pip", "--python", python, "install", "--no-compile", *both)

    def run(code: str, *arguments: str) -> str:
        script = directory / "script.py"
        script.write_text(code, "utf-8")
        env = {"PATH": os.defpath}
        return judge(python, script, *arguments, cwd=directory, env=env, timeout=120).stdout.strip()

    return run


def test_structs_and_callbacks_from_goroutines(run):
    run(GOROUTINES)


def test_exceptions_errors_and_panics_arrive_as_exceptions(run):
    run(ERRORS)


def test_an_exception_that_a_callback_lets_through_is_printed(run):
    run(UNCAUGHT)


def test_eight_threads_call_at_once(run):
    run(THREADS)


def test_a_million_strings_leave_no_memory_behind(run):
    assert int(run(MEMORY)) < 20_000


@pytest.mark.parametrize("method", ["spawn", "forkserver"])
def test_other_processes_call_go(run, method):
    assert run(SPAWN, method) == "['a (1, 2)', 'b (3, 4)']"


def test_a_forked_child_gets_an_error_and_no_hang(run):
    assert run(FORK) == "['Go does not survive a fork: use spawn or forkserver']"


def test_a_child_that_forked_before_the_import_calls_go(run):
    assert run(FORK_BEFORE_IMPORT) == "[1]"


def test_two_go_libraries_work_in_one_process(run):
    assert "World" in run(TWO)


def test_linux_arm64_runs_under_qemu(wheels, arm64, tmp_path):
    arm64.install(wheels["linux-arm64"], tmp_path)
    arm64.python(tmp_path, "-c", BASICS)
    arm64.python(tmp_path, "-c", ERRORS)
