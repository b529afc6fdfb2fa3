"""Concurrent runs, and runs that are interrupted."""

import os
import signal
import subprocess
import time
import uuid
from pathlib import Path

import pytest

from factory import Factory
from wheels import Wheel, same

MARK = "PYGO_TESTED_RUN"
# One of these runs once the build is under way.
TOOLS = {"go", "compile", "cgo", "link", "zig"}


def marked(mark: str) -> dict[int, str]:
    """Process id -> name of every process that inherited the mark, without zombies."""
    found = {}
    for process in Path("/proc").iterdir():
        if not process.name.isdigit():
            continue
        try:
            environment = (process / "environ").read_bytes().split(b"\0")
            if f"{MARK}={mark}".encode() in environment:
                found[int(process.name)] = (process / "comm").read_text().strip()
        except OSError:  # it ended in the meantime
            continue
    return found


def descendants(pid: int) -> set[tuple[int, int]]:
    """(process id, start time) of all descendants of a process."""
    parents: dict[int, list[tuple[int, int]]] = {}
    for process in Path("/proc").iterdir():
        if process.name.isdigit():
            try:
                fields = (process / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            parents.setdefault(int(fields[1]), []).append((int(process.name), int(fields[19])))
    found, todo = set(), [pid]
    while todo:
        for child in parents.get(todo.pop(), []):
            found.add(child)
            todo.append(child[0])
    return found


def alive(known: set[tuple[int, int]]) -> list[str]:
    found = []
    for pid, started in known:
        try:
            name, _, rest = Path(f"/proc/{pid}/stat").read_text().rpartition(")")
        except OSError:
            continue
        fields = rest.split()
        if int(fields[19]) == started and fields[0] != "Z":
            found.append(name)
    return found


def until(condition, seconds: float):
    """The condition's first true value, or its last value after the timeout."""
    end = time.monotonic() + seconds
    while not (value := condition()) and time.monotonic() < end:
        time.sleep(0.02)
    return value


def own_cache(factory: Factory, directory: Path) -> Path:
    """A cache with the tools of the shared one and no outputs, whose temporary files are those of one run only."""
    directory.mkdir()
    for entry in factory.cache.iterdir():
        if entry.name not in ("tmp", "logs", "stages"):
            (directory / entry.name).symlink_to(entry)
    return directory


class Interrupted:
    """An uncached run of two targets, ended by a signal while Go and zig were running."""

    def __init__(self, factory: Factory, directory: Path, number: int, group: bool):
        self.mark = uuid.uuid4().hex
        self.project = factory.project("hello", directory)
        self.temporary = directory / "tmp"
        self.temporary.mkdir()
        self.cache = own_cache(factory, directory / "cache")
        self.env = factory.environment(
            **{MARK: self.mark},
            PYGO_CACHE_DIR=str(self.cache),
            TMPDIR=str(self.temporary),
            GOCACHE=str(directory / "go-cache"),
        )
        command = factory.command(self.project, ["linux-amd64", "linux-arm64"])
        with (directory / "stderr").open("w+") as stderr:
            run = subprocess.Popen(
                command,
                env=self.env,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=stderr,
                start_new_session=True,
            )
            running = until(lambda: TOOLS & set(marked(self.mark).values()), 120)
            assert running, (directory / "stderr").read_text()
            time.sleep(0.5)
            self.children = descendants(run.pid)
            assert run.poll() is None and len(self.children) >= 2
            (os.killpg if group else os.kill)(run.pid, number)
            started = time.monotonic()
            self.stdout = run.communicate(timeout=30)[0].decode()
            self.code = run.returncode
            self.seconds = time.monotonic() - started
            stderr.seek(0)
            self.stderr = stderr.read()

    def assert_nothing_runs(self, seconds: float) -> None:
        until(lambda: not marked(self.mark) and not alive(self.children), seconds)
        assert not marked(self.mark)
        assert not alive(self.children)

    def assert_dist_holds_whole_wheels_only(self) -> None:
        dist = self.project / "dist"
        for path in dist.iterdir() if dist.exists() else ():
            assert path.suffix == ".whl", path.name
            assert Wheel(path).record


def left_in(directory: Path) -> list[str]:
    return sorted(path.name for path in directory.iterdir()) if directory.exists() else []


# Ctrl-C signals the terminal's whole process group; a service manager signals one process.
@pytest.mark.parametrize(("number", "group"), [(signal.SIGINT, True), (signal.SIGTERM, False)])
def test_a_signal_stops_the_run(factory, tmp_path, number, group):
    run = Interrupted(factory, tmp_path, number, group)
    run.assert_nothing_runs(seconds=2)
    assert run.code in (-number, 128 + number), run.stderr
    assert run.seconds < 5 and run.stdout == ""
    run.assert_dist_holds_whole_wheels_only()
    assert left_in(run.temporary) == [] == left_in(run.cache / "tmp")
    assert "panicked" not in run.stderr


def test_a_signal_stops_the_search_for_tools(factory, tmp_path):
    slow = tmp_path / "bin" / "python3"
    slow.parent.mkdir()
    slow.write_text("#!/bin/sh\n/bin/sleep 60\n")
    slow.chmod(0o755)
    mark = uuid.uuid4().hex
    run = subprocess.Popen(
        factory.command(factory.project("hello", tmp_path), ["linux-amd64"]),
        env=factory.environment(**{MARK: mark}, PATH=str(slow.parent)),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert until(lambda: "sleep" in marked(mark).values(), 20)
    run.terminate()
    stdout, stderr = run.communicate(timeout=30)
    assert run.returncode == 128 + signal.SIGTERM, stderr
    assert stdout == ""
    assert until(lambda: not marked(mark), 2), marked(mark)


def test_a_killed_run_leaves_no_process(factory, tmp_path):
    run = Interrupted(factory, tmp_path, signal.SIGKILL, group=False)
    run.assert_nothing_runs(seconds=10)
    assert run.code == -signal.SIGKILL
    run.assert_dist_holds_whole_wheels_only()
    # Nothing can clean up after SIGKILL, so the next run does.
    env = {"TMPDIR": str(run.temporary), "PYGO_CACHE_DIR": str(run.cache)}
    factory.matrix(run.project, ["linux-amd64"], **env).ok()
    assert left_in(run.temporary) == [] == left_in(run.cache / "tmp")


def test_two_concurrent_runs_of_one_project(factory, tmp_path, wheels):
    project = factory.project("hello", tmp_path)
    targets = ["linux-amd64", "macos-arm64"]
    runs = [
        subprocess.Popen(
            factory.command(project, targets),
            env=factory.environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    for run in runs:
        stdout, stderr = run.communicate(timeout=600)
        assert run.returncode == 0, stderr
        assert len(stdout.splitlines()) == 2
    names = [wheels[target].name for target in targets]
    assert left_in(project / "dist") == sorted(names)
    for target, name in zip(targets, names, strict=True):
        same((project / "dist" / name).read_bytes(), wheels[target].path.read_bytes(), target)
