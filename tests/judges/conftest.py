"""Fixtures: the wheels that the tests examine, each built once by the real command."""

import os
import shutil
from pathlib import Path

import pytest

from factory import JUDGES, TARGET, Factory, Run, judge
from wheels import HELLO, TARGETS, Wheel


@pytest.fixture(scope="session")
def factory(tmp_path_factory) -> Factory:
    return Factory(tmp_path_factory.mktemp("pygo"))


@pytest.fixture(scope="session")
def hello(factory, tmp_path_factory) -> Run:
    """example/hello, built for all five targets."""
    project = factory.project("hello", tmp_path_factory.mktemp("hello"))
    return factory.matrix(project, TARGETS, timeout=1800).ok()


@pytest.fixture(scope="session")
def wheels(hello) -> dict[str, Wheel]:
    """Target -> its wheel of example/hello."""
    found = {path.name: path for path in hello.wheels}
    assert sorted(found) == sorted(HELLO.values())
    assert all(path.is_file() for path in found.values())
    return {target: Wheel(found[name]) for target, name in HELLO.items()}


@pytest.fixture(params=TARGETS)
def target(request) -> str:
    return request.param


@pytest.fixture
def wheel(wheels, target) -> Wheel:
    return wheels[target]


@pytest.fixture(scope="session")
def hello_pyproject(factory, tmp_path_factory) -> Wheel:
    """example/hello-pyproject, built with uv on the PATH; the other projects are built with pip."""
    tools = tmp_path_factory.mktemp("uv")
    shutil.copy(JUDGES / "uv", tools)
    project = factory.project("hello-pyproject", tmp_path_factory.mktemp("hello-pyproject"))
    path = f"{tools}{os.pathsep}{factory.path}"
    return Wheel(factory.matrix(project, ["linux-amd64"], PATH=path).ok().wheel)


@pytest.fixture(scope="session")
def greet(factory, tmp_path_factory) -> dict[str, Wheel]:
    """example/hatchling."""
    project = factory.project("hatchling", tmp_path_factory.mktemp("hatchling"))
    targets = ["linux-amd64", "linux-arm64"]
    run = factory.matrix(project, targets).ok()
    return {target: Wheel(path) for target, path in zip(targets, run.wheels, strict=True)}


class Arm64:
    """An arm64 Python under qemu, which imports from the directory that wheels are installed into."""

    def __init__(self, root: Path):
        self.root = root
        self.version = (root / "version").read_text().strip()
        unpacked = root / "root"
        self.command = [root / "bin/qemu-aarch64", "-L", unpacked, unpacked / "usr/bin/python3"]

    def install(self, wheel: Wheel, site: Path) -> None:
        pip = ["pip", "install", "--no-deps", "--no-index", "--only-binary", ":all:"]
        pip += ["--platform", "manylinux_2_17_aarch64", "--implementation", "cp"]
        judge(*pip, "--python-version", self.version, "--target", site, wheel.path)

    def python(self, site: Path, *arguments: object) -> str:
        path = os.pathsep.join([str(site), str(self.root / "site")])
        env = {"PYTHONPATH": path, "LD_LIBRARY_PATH": "", "LANG": "C.UTF-8"}
        return judge(*self.command, "-s", "-B", *arguments, cwd="/", env=env).stdout


@pytest.fixture(scope="session")
def arm64() -> Arm64:
    root = TARGET / "arm64"
    if not (root / ".stamp").is_file():
        reason = "no arm64 Python in target/arm64: tests/setup/arm64.sh says what is missing"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    return Arm64(root)
