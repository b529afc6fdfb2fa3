"""Published sdists of other projects, built with a pygo table instead of their own build scripts, and called.

pip downloads them; a file with another hash fails. `make sdists` runs this; it takes minutes and needs
the network.
"""

import hashlib
import os
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "judges"))

from caches import CACHES  # noqa: E402

PYGO = Path(os.environ.get("PYGO", ROOT / "target" / "release" / "pygo")).resolve()
CACHE = CACHES / "sdists"

BUILD_SYSTEM = """[build-system]
requires = ["pygo-tools>=0.2", "setuptools>=77"]
build-backend = "pygo_tools.backend"

"""


def fetch(requirement: str, digest: str) -> Path:
    """The sdist of `name==version`. pip reads its metadata, for which it runs the sdist's backend."""
    name, version = requirement.split("==")
    path = CACHE / f"{name}-{version}.tar.gz"
    if not path.is_file():
        CACHE.mkdir(parents=True, exist_ok=True)
        options = ["--no-deps", "--no-binary", name, "--disable-pip-version-check", "-d", CACHE]
        subprocess.run([sys.executable, "-m", "pip", "download", "-q", *options, requirement], check=True)
    assert hashlib.sha256(path.read_bytes()).hexdigest() == digest
    return path


def unpack(requirement: str, digest: str, place: Path) -> Path:
    with tarfile.open(fetch(requirement, digest)) as archive:
        archive.extractall(place, filter="data")
    (project,) = place.iterdir()
    return project


def edit(path: Path, *replacements: tuple[str, str]) -> None:
    text = path.read_text()
    for old, new in replacements:
        assert old in text, old
        text = text.replace(old, new)
    path.write_text(text)


def build(project: Path) -> Path:
    """Builds a wheel for this machine and returns the directory that it is unpacked in."""
    command = [PYGO, "matrix", project, "--targets", "linux-amd64"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=1800)
    assert done.returncode == 0, done.stderr
    (wheel,) = (project / "dist").glob("*.whl")
    assert "-manylinux2014_x86_64.manylinux_2_17_x86_64" in wheel.name
    unpacked = project / "unpacked"
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(unpacked)
    return unpacked


def python(unpacked: Path, *arguments: object) -> str:
    environment = {**os.environ, "PYTHONPATH": str(unpacked), "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=600, env=environment, cwd=unpacked)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_ctypes_where_the_package_looks_for_its_library(tmp_path):
    project = unpack(
        "pyyescrypt==0.2.2", "8fd1e763887d6e146872bf7f5aa1c37059c423fc543a216c1ef78c364ff03e2c", tmp_path
    )
    (project / "setup.py").unlink()
    edit(
        project / "pyproject.toml",
        ('[build-system]\nrequires = ["setuptools>=77", "wheel"]\n', BUILD_SYSTEM),
        ('build-backend = "setuptools.build_meta"\n', ""),
    )
    with (project / "pyproject.toml").open("a") as file:
        file.write(
            '\n[tool.pygo-tools]\npackage = "pyyescrypt"\nlibrary = "yescrypt"\nbinding = "ctypes"\n'
            'library-file = "pyyescrypt/_native/libyescrypt"\ngo-dir = "capi"\n'
        )
    # Its own tests.
    tests = project / "tests" / "test_pyyescrypt.py"
    printed = python(build(project), "-m", "pytest", "-q", "-p", "no:cacheprovider", "--rootdir", project, tests)
    assert "6 passed" in printed


def test_cffi_s_abi_mode_with_derived_declarations_and_unchanged_python_code(tmp_path):
    project = unpack(
        "tdewolff_minify==2.24.12", "3eb4dfacfccf35982c2794203ea0c78ee578d87213a66a1825e59ab71be84aa9", tmp_path
    )
    setup = (project / "setup.py").read_text()
    start, end = setup.index("class build_ext_external"), setup.index("setup(\n")
    setup = setup[:start] + setup[end:]
    start, end = setup.index("    ext_modules="), setup.index('    packages=["minify"]')
    (project / "setup.py").write_text(setup[:start] + setup[end:])
    edit(project / "setup.py", ('    cffi_modules=["build_minify.py:ffi"],\n', ""))
    (project / "pyproject.toml").write_text(
        BUILD_SYSTEM + '[tool.pygo-tools]\nbinding = "cffi-abi"\npackage = "minify"\n'
        'extension = "minify._ffi_minify"\nlibrary = "minify"\nlibrary-file = "minify/minify.so"\ngo-dir = "."\n'
    )
    calls = (
        "import minify; print(minify.string('text/html', '<p>  a  b </p>'));"
        "minify.config({'html-keep-end-tags': True}); print(minify.string('text/html', '<p>  a  b </p>'))"
    )
    assert python(build(project), "-c", calls) == "<p>a b\n<p>a b</p>\n"


def test_an_extension_of_setuptools_golang(tmp_path):
    project = unpack(
        "dockerfile==3.4.0", "238bb950985c55a525daef8bbfe994a0230aa0978c419f4caa4d9ce0a37343f1", tmp_path
    )
    (project / "setup.py").write_text("from setuptools import setup\n\nsetup()\n")
    edit(project / "setup.cfg", ("setup_requires = \n\tsetuptools-golang>=1.7.0\n", ""))
    # The sdist has no go.sum.
    (project / "pyproject.toml").write_text(
        BUILD_SYSTEM + '[tool.pygo-tools]\nbinding = "capi"\nextension = "dockerfile"\ngo-dir = "pylib"\n'
        'before = ["go mod tidy"]\n'
    )
    calls = (
        "import dockerfile as d; print(d.parse_string('FROM a\\nRUN echo ä')[1].value);\n"
        "try: d.parse_file('/nowhere')\nexcept d.GoIOError as error: print(type(error).__mro__[1].__name__)\n"
    )
    assert python(build(project), "-c", calls) == "('echo ä',)\nOSError\n"


def test_a_program_of_another_module(tmp_path):
    project = unpack(
        "shfmt_py==4.2.0", "cf7842d69e9f787ce97503c1280e65417f2c08014d594018dda245fcba96ff51", tmp_path
    )
    (project / "setup.py").unlink()
    edit(
        project / "pyproject.toml",
        ('[build-system]\nrequires = ["setuptools>=70.1", "setuptools-scm>=8"]\n', BUILD_SYSTEM),
        ('build-backend = "setuptools.build_meta"\n', ""),
        ('dynamic = ["version"]', 'version = "4.2.0"'),
    )
    with (project / "pyproject.toml").open("a") as file:
        file.write(
            '\n[tool.pygo-tools]\nprogram = "shfmt"\ngo-package = "mvdan.cc/sh/v3/cmd/shfmt"\n'
            'ldflags = ["-X main.version=v3.14.1"]\n'
        )
    for command in (["mod", "init", "shfmt-py"], ["get", "-tool", "mvdan.cc/sh/v3/cmd/shfmt@v3.14.1"]):
        subprocess.run([PYGO, "go", *command], cwd=project, check=True)
    program = build(project) / "shfmt_py-4.2.0.data" / "scripts" / "shfmt"
    program.chmod(0o755)
    done = subprocess.run([program], input="if  true;then echo  a;fi", capture_output=True, text=True)
    assert done.stdout == "if true; then echo a; fi\n"
    done = subprocess.run([program, "--version"], capture_output=True, text=True)
    assert done.stdout == "v3.14.1\n"


def test_c_code_of_setuptools_golang_that_defines_py_limited_api(tmp_path):
    project = unpack("py3coap==0.9.4", "c9d417799bdae709d64de3da3ad4f8f5d2085c62e124ce997b0f6f9bf35adfb7", tmp_path)
    edit(
        project / "setup.py",
        ('    ext_modules=[Extension("_py3coap", ["src/py3coap/py3coap.go"])],\n', ""),
        ('    build_golang={"root": "github.com/moroen/py3coap"},\n    setup_requires=["setuptools-golang"],\n', ""),
    )
    (project / "pyproject.toml").write_text(
        BUILD_SYSTEM + '[tool.pygo-tools]\nbinding = "capi"\nextension = "_py3coap"\ngo-dir = "src/py3coap"\n'
    )
    # The sdist has no go.sum.
    subprocess.run([PYGO, "go", "mod", "tidy"], cwd=project / "src" / "py3coap", check=True)
    calls = (
        "import _py3coap; from py3coap import py3coap, errors\npy3coap.setDebugLevel(0)\n"
        "try: py3coap.Request('http://x')\nexcept errors.MalformedUri as error: print(error)\n"
        "print(issubclass(_py3coap.HandshakeError, Exception))"
    )
    assert python(build(project), "-c", calls) == "Missing protocol\nTrue\n"


def test_a_program_that_a_hook_of_hatchling_built(tmp_path):
    project = unpack("dask_gateway_server==2026.3.0", "74c4137c3f3748716d34fc86a159fa1cba7b94e606f57a42e1e4470a20b209dc", tmp_path)
    edit(
        project / "pyproject.toml",
        (
            'requires = ["hatchling"]\nbuild-backend = "hatchling.build"',
            'requires = ["pygo-tools>=0.2", "hatchling"]\nbuild-backend = "pygo_tools.backend"',
        ),
    )
    with (project / "pyproject.toml").open("a") as file:
        file.write(
            '\n[tool.pygo-tools]\nbackend = "hatchling.build"\nprogram = "dask-gateway-proxy"\n'
            'program-file = "dask_gateway_server/proxy/dask-gateway-proxy"\n'
            'go-dir = "dask-gateway-proxy/cmd/dask-gateway-proxy"\n'
        )
    # The hook is still there: the error names the line that sets a tag.
    done = subprocess.run([PYGO, "matrix", project, "--targets", "linux-amd64"], capture_output=True, text=True)
    assert done.returncode == 5 and "which is not pure" in done.stderr
    assert 'hatch_build.py:49: build_data["tag"] = ' in done.stderr
    edit(project / "pyproject.toml", ('[tool.hatch.build.hooks.custom]\npath = "hatch_build.py"\n', ""))
    program = build(project) / "dask_gateway_server" / "proxy" / "dask-gateway-proxy"
    program.chmod(0o755)
    done = subprocess.run([program, "--help"], capture_output=True, text=True)
    assert "HTTP proxy listening address" in done.stderr
