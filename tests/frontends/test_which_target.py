"""The environment can choose the target of a front-end's wheel."""

import pytest

from machine import only
from wheels import HELLO, Wheel

# The variables that cibuildwheel sets on macOS (cibuildwheel/platforms/macos.py).
ENVIRONMENTS = {
    "PYGO_TARGET": ({"PYGO_TARGET": "linux-arm64"}, "linux-arm64"),
    "PYGO_TARGET before the rest": (
        {"PYGO_TARGET": "linux-amd64", "_PYTHON_HOST_PLATFORM": "macosx-11.0-arm64"},
        "linux-amd64",
    ),
    "cibuildwheel, macOS arm64": (
        {"_PYTHON_HOST_PLATFORM": "macosx-11.0-arm64", "ARCHFLAGS": "-arch arm64"},
        "macos-arm64",
    ),
    "cibuildwheel, macOS x86_64": (
        {"_PYTHON_HOST_PLATFORM": "macosx-10.9-x86_64", "ARCHFLAGS": "-arch x86_64"},
        "macos-amd64",
    ),
    "cibuildwheel, macOS universal2": (
        {
            "_PYTHON_HOST_PLATFORM": "macosx-10.9-universal2",
            "ARCHFLAGS": "-arch arm64 -arch x86_64",
        },
        "macos-universal2",
    ),
    "a cross build for Linux": ({"_PYTHON_HOST_PLATFORM": "linux-aarch64"}, "linux-arm64"),
}


@pytest.fixture(scope="module")
def project(machine, tmp_path_factory):
    return machine.project("hello-pyproject", tmp_path_factory.mktemp("which"))


def wheel(venv, project, out, **env):
    line = ("--wheel", "--no-isolation", "--outdir", out)
    return venv.run("pyproject-build", project, *line, **env)


@pytest.mark.parametrize("name", ENVIRONMENTS)
def test_the_environment_chooses(name, author, project, tmp_path):
    env, target = ENVIRONMENTS[name]
    # cibuildwheel sets a deployment target that Go no longer supports, so the tag is higher.
    wheel(author, project, tmp_path, MACOSX_DEPLOYMENT_TARGET="11.0", **env).ok()
    assert only(tmp_path).name == HELLO[target].replace("example-", "hello_pyproject-")


def test_crossenv(author, project, tmp_path):
    """A Python of crossenv reports its platform in `sysconfig` and sets `sys.cross_compiling`."""
    site = tmp_path / "site"
    site.mkdir()
    patch = "import sys, sysconfig; sys.cross_compiling = True\n"
    patch += "sysconfig.get_platform = lambda: 'linux-aarch64'\n"
    (site / "sitecustomize.py").write_text(patch)
    wheel(author, project, tmp_path / "out", PYTHONPATH=str(site)).ok()
    assert Wheel(only(tmp_path / "out")).platforms[-1] == "manylinux_2_17_aarch64"


@pytest.mark.parametrize(
    "env, found",
    [
        ({"PYGO_TARGET": "linux-amd64,macos-arm64"}, "names 2 targets"),
        ({"PYGO_TARGET": "plan9"}, "plan9"),
        ({"_PYTHON_HOST_PLATFORM": "linux-ppc64le"}, "linux-ppc64le has programs only"),
    ],
    ids=["two", "unknown", "unsupported platform"],
)
def test_an_invalid_target_is_reported(env, found, author, project, tmp_path):
    wheel(author, project, tmp_path, **env).failed("error: ", found, "help:")
    assert not list(tmp_path.iterdir())
