"""Full disks, read-only directories, dropped connections, odd clocks and odd paths: nothing half-written, a message
that helps, and a next run that succeeds.

Small and read-only file systems are mounted in a mount namespace of their own (`unshare`).
"""

import os
import shutil
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from factory import judge

TARGET = ["linux-amd64"]


@pytest.fixture
def project(factory, tmp_path) -> Path:
    return factory.project("hello", tmp_path)


@pytest.fixture
def program(factory, tmp_path) -> Path:
    """Needs no tool but Go."""
    return factory.project("program", tmp_path)


def unshared(
    factory, script: str, *arguments: object, what: str = "--mount", **env: str
) -> subprocess.CompletedProcess:
    """Runs a shell script in which mounts are seen by nobody else, or that has no network (`--net`)."""
    if subprocess.run(["unshare", what, "true"], capture_output=True).returncode != 0:
        reason = f"this machine does not allow `unshare {what}`"
        pytest.fail(reason) if os.environ.get("CI") == "true" else pytest.skip(reason)
    # pygo runs with the PATH of every test, which has no `mount`.
    prelude = "own=$PATH; PATH=/usr/sbin:/usr/bin:/sbin:/bin; run() { PATH=$own \"$@\"; }"
    command = [shutil.which("unshare"), what, "/bin/sh", "-ec", f"{prelude}\n{script}", "sh", *map(str, arguments)]
    return subprocess.run(command, env=factory.environment(**env), capture_output=True, text=True, timeout=600)


def test_a_full_output_directory(factory, project, tmp_path):
    """The wheel has no room; nothing is left of it, and with room the same command succeeds."""
    out = tmp_path / "out"
    out.mkdir()
    command = factory.command(project, TARGET, "--out-dir", str(out))
    script = """
        out=$1; shift
        mount -t tmpfs -o size=200k tmpfs "$out"
        run "$@" || echo "exit $?"
        ls -A "$out"
        mount -o remount,size=20m "$out"
        run "$@"
    """
    done = unshared(factory, script, out, *command)
    assert done.returncode == 0, done.stderr
    first, wheel = done.stdout.splitlines()
    assert first == "exit 6" and wheel.endswith("_x86_64.whl")
    assert "No space left on device" in done.stderr and "free some space" in done.stderr


def test_a_full_cache(factory, program, tmp_path):
    """Tools that do not fit are reported, what was half installed is never used, and with room the same command
    succeeds."""
    cache = tmp_path / "cache"
    cache.mkdir()
    command = factory.command(program, TARGET)
    script = """
        cache=$1 dist=$2; shift 2
        mount -t tmpfs -o size=3m tmpfs "$cache"
        run "$@" || echo "exit $?"
        [ -z "$(ls -A "$dist" 2>/dev/null)" ]
        mount -o remount,size=1g "$cache"
        run "$@"
    """
    done = unshared(factory, script, cache, program / "dist", *command, PYGO_CACHE_DIR=str(cache))
    assert done.returncode == 0, done.stderr
    first, wheel = done.stdout.splitlines()
    assert first == "exit 6" and (program.parent / wheel).is_file()
    assert "set PYGO_CACHE_DIR" in done.stderr


@pytest.mark.parametrize("directory", ["out", "project", "cache"])
def test_a_read_only_directory(factory, project, tmp_path, directory):
    """Only the output directory has to be writable; once it is, the same command succeeds."""
    out = tmp_path / "out"
    out.mkdir()
    place = {"out": out, "project": project, "cache": factory.cache}[directory]
    script = """
        place=$1; shift
        mount --bind "$place" "$place"
        mount -o remount,ro,bind "$place"
        run "$@" || echo "exit $?"
        mount -o remount,rw,bind "$place"
        run "$@"
    """
    command = factory.command(project, TARGET, "--out-dir", str(out))
    factory.matrix(project, TARGET).ok()  # so that the cache has the tools
    done = unshared(factory, script, place, *command)
    assert done.returncode == 0, done.stderr
    first, second = done.stdout.splitlines()
    if directory == "out":
        assert first == "exit 6" and "Read-only file system" in done.stderr, done.stderr
    else:
        assert first == second
    assert [str(path) for path in out.iterdir()] == [second]


def test_a_proxy_that_drops_connections(factory, program, tmp_path):
    """The message names what could not be had, no password of a URL is written anywhere, and without the proxy the
    same command succeeds."""
    server = socket.create_server(("127.0.0.1", 0))
    port = server.getsockname()[1]

    def drop() -> None:
        try:
            while True:
                connection, _ = server.accept()
                connection.recv(100)
                connection.close()
        except OSError:
            return

    threading.Thread(target=drop, daemon=True).start()
    proxy = f"http://someone:hunter2@127.0.0.1:{port}"
    cache = tmp_path / "cache"
    env = {"PYGO_CACHE_DIR": str(cache), "HTTPS_PROXY": proxy, "HTTP_PROXY": proxy, "PIP_RETRIES": "1"}
    env |= {"PIP_INDEX_URL": f"{proxy}/simple", "PIP_CONFIG_FILE": "/dev/null"}
    run = factory.matrix(program, TARGET, **env)
    server.close()
    assert run.code == 4, run.stderr
    assert "check the network" in run.stderr
    written = [path for path in cache.rglob("*") if path.is_file() and b"hunter2" in path.read_bytes()]
    assert "hunter2" not in run.stderr + run.stdout and written == []
    assert factory.matrix(program, TARGET, PYGO_CACHE_DIR=str(cache)).ok().wheel.is_file()


def test_no_network(factory, project, tmp_path):
    """Without any network, not even loopback: an empty cache is told about it, a filled one is enough."""
    factory.matrix(project, TARGET).ok()  # so that the cache has the tools
    command = factory.command(project, TARGET, "--no-cache")
    env = {"PYGO_CACHE_DIR": str(tmp_path / "cache"), "PIP_RETRIES": "0", "GOCACHE": str(tmp_path / "go")}
    done = unshared(factory, 'run "$@"', *command, what="--net", **env)
    assert done.returncode == 4, done.stderr
    assert "check the network" in done.stderr and "Traceback" not in done.stderr
    done = unshared(factory, 'run "$@"', *command, what="--net", GOCACHE=str(tmp_path / "go"))
    assert done.returncode == 0, done.stderr


# Realtime moves a day further with each question, forward and back in turn.
CLOCK = """
#define _GNU_SOURCE
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>
int clock_gettime(clockid_t clock, struct timespec *now) {
    static long days;
    long done = syscall(SYS_clock_gettime, clock, now);
    if (clock == CLOCK_REALTIME) now->tv_sec += 86400 * (days = days > 0 ? -days - 1 : 1 - days);
    return (int)done;
}
"""


def test_a_clock_that_jumps_during_the_build(factory, project, tmp_path):
    """Neither the wheel nor what is kept depends on the time."""
    source, library = tmp_path / "clock.c", tmp_path / "clock.so"
    source.write_text(CLOCK)
    line = [factory.binary, "zig", "cc", "-shared", "-fPIC", source, "-o", library]
    subprocess.run(line, env=factory.environment(), check=True, capture_output=True, timeout=300)
    clock = {"LD_PRELOAD": str(library)}
    python = [sys.executable, "-c", "import time; print(time.time() - time.time())"]
    jump = subprocess.run(python, env=factory.environment(**clock), check=True, capture_output=True, text=True)
    assert abs(float(jump.stdout)) > 80_000, jump.stdout
    main = project / "example" / "go" / "main.go"
    main.write_text(f"{main.read_text()}\n// {tmp_path}\n")
    jumping = factory.matrix(project, TARGET, **clock).ok()
    built = jumping.wheel.read_bytes()
    assert "library hello (" in jumping.stderr
    again = factory.matrix(project, TARGET, **clock).ok()
    assert again.wheel.read_bytes() == built and "library hello cached" in again.stderr
    assert factory.matrix(project, TARGET, "--no-cache").ok().wheel.read_bytes() == built


def test_files_with_times_in_the_future_and_the_past(factory, project):
    """A clock that was wrong: contents decide what is built, not times."""
    source = project / "example" / "go" / "main.go"
    words = source.read_text()
    built = []
    for number, when in enumerate((0, 4_000_000_000, 86_400, time.time())):
        source.write_text(f"{words}\nvar number = {number % 3}\n\nfunc init() {{ println(number) }}\n")
        os.utime(source, (when, when))
        built.append(factory.matrix(project, TARGET).ok().wheel.read_bytes())
    assert len(set(built)) == 3 and built[0] == built[3]


def test_a_long_path_with_double_quotes(factory, tmp_path):
    odd = "ü" * 60 + ' "long" & $HOME `pwd` ' + "x" * 60
    (tmp_path / odd / odd).mkdir(parents=True)
    project = factory.project("hello", tmp_path / odd / odd)
    judge(factory.binary, "check", "--strict", factory.matrix(project, TARGET).ok().wheel)


def test_ten_thousand_files_and_long_names(factory, tmp_path):
    odd = "ü" * 60 + " it's long " + "x" * 60
    (tmp_path / odd / odd).mkdir(parents=True)
    project = factory.project("hello", tmp_path / odd / odd)
    for number in range(10_000):
        place = project / "example" / "data" / str(number % 100)
        place.mkdir(parents=True, exist_ok=True)
        (place / f"{number}.txt").write_text(str(number))
    wheel = factory.matrix(project, TARGET).ok().wheel
    judge(factory.binary, "check", "--strict", wheel)
