"""pip, build, uv and the commands that cibuildwheel runs all produce the same wheel as `pygo matrix`."""

import sys

import pytest

from machine import only
from wheels import same

# PROJECT and OUT are replaced by the project and the output directory.
FRONT_ENDS = {
    "pip wheel": "pip wheel PROJECT --no-deps --wheel-dir OUT",
    "build": "pyproject-build PROJECT --wheel --outdir OUT",
    "build, by way of an sdist": "pyproject-build PROJECT --outdir OUT",
    "uv build": "uv build PROJECT --wheel --out-dir OUT",
    "uv build, by way of an sdist": "uv build PROJECT --out-dir OUT",
    # cibuildwheel/platforms/linux.py, for build-frontend = pip, build, build[uv] and uv.
    "cibuildwheel: pip": "python -m pip wheel PROJECT --wheel-dir=OUT --no-deps -v",
    "cibuildwheel: build": "python -m build PROJECT --wheel --outdir=OUT",
    "cibuildwheel: build[uv]": "python -m build PROJECT --wheel --outdir=OUT --installer=uv",
    "cibuildwheel: uv": "uv build --python=PYTHON PROJECT --wheel --out-dir=OUT",
}
CIBUILDWHEEL = {
    "CIBUILDWHEEL": "1",
    "CIBUILDWHEEL_BUILD_IDENTIFIER": f"cp3{sys.version_info.minor}-manylinux_x86_64",
    "PIP_ROOT_USER_ACTION": "ignore",
}


@pytest.mark.parametrize("name", FRONT_ENDS)
def test_wheel_is_identical_to_the_command_s(name, fronts, machine, hello_pyproject_wheel, tmp_path):
    project = machine.project("hello-pyproject", tmp_path)
    out = tmp_path / "out"
    words = {"PROJECT": project, "OUT": out, "PYTHON": fronts.bin / "python"}
    line = FRONT_ENDS[name]
    for word, meant in words.items():
        line = line.replace(word, str(meant))
    env = CIBUILDWHEEL if name.startswith("cibuildwheel") else {}
    before = sorted(project.rglob("*"))
    done = fronts.run(*line.split(), **env).ok()
    if "sdist" in name:
        (out / "hello_pyproject-0.1.0.tar.gz").unlink()
    (out / ".gitignore").unlink(missing_ok=True)  # written by uv
    made = only(out)
    assert made.name == hello_pyproject_wheel.name, done.output
    same(made.read_bytes(), hello_pyproject_wheel.read_bytes(), name)
    assert sorted(project.rglob("*")) == before, "the author's tree was written to"


def test_the_wheel_installs_and_runs(machine, hello_pyproject_wheel, tmp_path):
    venv = machine.venv(tmp_path / "venv", hello_pyproject_wheel)
    code = "from example import ExtensionAdapter as E; print(E().hello('world', 4))"
    assert venv.prints(code) == "hello world 4"
