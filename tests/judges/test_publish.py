"""`pygo publish` uploads to a real index, from which every Python installs."""

import base64
import hashlib
import os
import socket
import subprocess
import time
import urllib.request

import pytest

from factory import JUDGES, TARGET, judge
from pythons import PYTHONS

PASSWORD = "s3cret-of-the-index"
PROJECT = """
[build-system]
requires = ["pygo-tools"]
build-backend = "pygo_tools.backend"
[project]
name = "said"
version = "1.0"
[tool.pygo-tools]
program = "said"
go-dir = "."
"""
GO = 'package main\n\nimport "fmt"\n\nfunc main() { fmt.Println("said once") }\n'


@pytest.fixture(scope="module")
def dist(factory, tmp_path_factory):
    """A directory as `pygo merge` writes it: a wheel, an sdist, SHA256SUMS and a report."""
    project = tmp_path_factory.mktemp("said") / "said"
    project.mkdir()
    (project / "pyproject.toml").write_text(PROJECT)
    (project / "go.mod").write_text("module example.com/said\n\ngo 1.24\n")
    (project / "main.go").write_text(GO)

    def pygo(*arguments):
        done = subprocess.run(
            [factory.binary, *arguments],
            cwd=project,
            env=factory.environment(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=900,
        )
        assert done.returncode == 0, done.stderr

    pygo("matrix", "--targets", "linux-amd64", "--shard", "1/1", "--out-dir", "dist/part")
    pygo("sdist", "--out-dir", "dist/part")
    pygo("merge", "dist/part", "--out-dir", "dist/release")
    return project / "dist/release"


@pytest.fixture
def index(tmp_path):
    """The address of an index that accepts uploads with a password."""
    server = TARGET / "index/bin/pypi-server"
    if not server.is_file():
        if os.environ.get("CI") == "true":
            pytest.fail("no index in target/index: run tests/setup/index.sh")
        pytest.skip("no index in target/index: run tests/setup/index.sh")
    digest = base64.b64encode(hashlib.sha1(PASSWORD.encode()).digest()).decode()
    (tmp_path / "htpasswd").write_text(f"me:{{SHA}}{digest}\n")
    (tmp_path / "packages").mkdir()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [server, "run", "-i", "127.0.0.1", "-p", str(port), "--disable-fallback"]
    command += ["-P", tmp_path / "htpasswd", "-a", "update", tmp_path / "packages"]
    with open(tmp_path / "server.log", "w") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log)
    try:
        address = f"http://127.0.0.1:{port}/"
        for _ in range(200):
            try:
                urllib.request.urlopen(address, timeout=5).close()
                break
            except OSError:
                time.sleep(0.1)
        yield address
    finally:
        process.terminate()
        process.wait(timeout=30)


@pytest.mark.parametrize("tool", ["uv", "twine"])
def test_a_release_is_uploaded_and_every_python_installs_it(factory, dist, index, tool, tmp_path):
    variables = {"uv": "UV_PUBLISH", "twine": "TWINE"}[tool]

    def publish(password):
        environment = factory.environment(PATH=f"{factory.path}{os.pathsep}{JUDGES}")
        environment |= {f"{variables}_USERNAME": "me", f"{variables}_PASSWORD": password}
        command = [factory.binary, "publish", dist, "--with", tool, "--repository-url", index]
        return subprocess.run(
            command,
            cwd=tmp_path,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=300,
        )

    refused = publish("wrong-password")
    assert refused.returncode == 6, refused.stderr
    assert "wrong-password" not in refused.stdout + refused.stderr
    assert list((tmp_path / "packages").iterdir()) == []

    done = publish(PASSWORD)
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    assert PASSWORD not in done.stdout + done.stderr
    uploaded = {path.name: path.read_bytes() for path in (tmp_path / "packages").iterdir()}
    files = {path.name: path.read_bytes() for path in dist.iterdir() if "said" in path.name}
    assert uploaded == files and len(files) == 2

    # Both upload the same bytes.
    for version, python in PYTHONS.items() if tool == "uv" else ():
        site = tmp_path / version
        options = ["--no-cache-dir", "--only-binary", ":all:", "--index-url", f"{index}simple/"]
        judge("pip", "--python", python, "install", *options, "--target", site, "said==1.0")
        assert judge(site / "bin/said").stdout == "said once\n", version
