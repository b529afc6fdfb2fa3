"""Backends other than setuptools, wrapped by pygo_tools.backend: every front-end builds with pygo."""

import pytest

import projects
from wheels import same

# The requirement, the key `backend`, and tables of its own.
BACKENDS = {
    "flit": ("flit_core>=3.12", "flit_core.buildapi", "[tool.flit.module]\nname = 'small'"),
    "uv_build": ("uv_build>=0.9", "uv_build", "[tool.uv.build-backend]\nmodule-root = ''"),
    "poetry": (
        "poetry-core>=2",
        "poetry.core.masonry.api",
        "[tool.poetry]\npackages = [{ include = 'small' }]",
    ),
}
# A backend with the mandatory hooks of PEP 517 alone.
OWN = '''
import tarfile, zipfile
from pathlib import Path

NAME = "small-1.2"
METADATA = "Metadata-Version: 2.1\\nName: small\\nVersion: 1.2\\n"


def build_wheel(directory, config_settings=None, metadata_directory=None):
    info = f"{NAME}.dist-info"
    with zipfile.ZipFile(Path(directory, f"{NAME}-py3-none-any.whl"), "w") as archive:
        archive.write("small/__init__.py")
        archive.writestr(f"{info}/METADATA", METADATA)
        archive.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
        archive.writestr(f"{info}/RECORD", "")
    return f"{NAME}-py3-none-any.whl"


def build_sdist(directory, config_settings=None):
    Path("PKG-INFO").write_text(METADATA)
    with tarfile.open(Path(directory, f"{NAME}.tar.gz"), "w:gz") as archive:
        for name in ("PKG-INFO", "pyproject.toml", "small/__init__.py"):
            archive.add(name, f"{NAME}/{name}")
    return f"{NAME}.tar.gz"
'''
HELLO = "import small; print(small.hello('you'))"


def project(root, name):
    requirement, backend, table = BACKENDS[name]
    projects.project(root, "small", tool=f'backend = "{backend}"\n\n{table}')
    pyproject = root / "pyproject.toml"
    text = pyproject.read_text().replace('"pygo-tools"', f'"pygo-tools", "{requirement}"', 1)
    pyproject.write_text(text.replace("[project]", "[project]\ndescription = 'x'", 1))
    return root


def built(directory):
    (sdist,), (wheel,) = (list(directory.glob(kind)) for kind in ("*.tar.gz", "*.whl"))
    return sdist, wheel


@pytest.mark.parametrize("name", BACKENDS)
def test_front_ends_build_with_a_wrapped_backend(name, machine, fronts, tmp_path):
    root = project(tmp_path / "small", name)
    before = sorted(root.rglob("*"))
    # The wheel is built from the sdist.
    fronts.run("uv", "build", "--out-dir", tmp_path / "uv", root).ok()
    sdist, wheel = built(tmp_path / "uv")
    venv = machine.venv(tmp_path / "venv", "pip", wheel)
    assert venv.prints(HELLO) == "hello you"
    if name == "flit":
        # The other front-ends call the same hooks.
        fronts.run("pyproject-build", "--outdir", tmp_path / "build", root).ok()
        for other, own in zip(built(tmp_path / "build"), (sdist, wheel), strict=True):
            same(other.read_bytes(), own.read_bytes(), own.name)
        venv.run("pip", "install", "--force-reinstall", "--no-deps", root).ok()
        assert venv.prints(HELLO) == "hello you"
    venv.run("pip", "install", "-e", root).ok()
    code = root / "small/__init__.py"
    code.write_text(code.read_text().replace("return ffi", "return 'edited ' + ffi"))
    assert venv.prints(HELLO) == "edited hello you"
    assert [path for path in sorted(root.rglob("*")) if "__pycache__" not in path.parts] == before


def test_optional_hooks_that_a_backend_lacks(machine, author, tmp_path):
    root = projects.project(tmp_path / "small", "small", tool='backend = "own_backend"')
    projects.put(tmp_path / "path", "own_backend.py", OWN)
    code = "import pygo_tools.backend as b; "
    options = {"cwd": root, "PYTHONPATH": str(tmp_path / "path")}
    for kind in ("sdist", "wheel", "editable"):
        assert author.prints(f"{code}print(b.get_requires_for_build_{kind}())", **options) == "[]"
    prepared = author.prints(f"{code}print(b.prepare_metadata_for_build_wheel({str(tmp_path)!r}))", **options)
    assert prepared == "small-1.2.dist-info"
    metadata = (tmp_path / prepared / "METADATA").read_text()
    assert "Version: 1.2" in metadata and "Requires-Dist: cffi" in metadata
    built = author.prints(f"{code}print(b.build_wheel({str(tmp_path)!r}))", **options)
    assert "-abi3-" in built
    failed = author.python("-c", f"{code}b.build_editable({str(tmp_path)!r})", **options)
    assert failed.code != 0
    assert "it has no hook build_editable" in failed.output, failed.output
    assert "use a backend, or a newer version, that has it" in failed.output, failed.output
