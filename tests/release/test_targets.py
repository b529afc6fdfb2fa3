"""The wheels of pygo for all platforms, made by release/build.py with the Rust of tests/setup/rust.sh.

Without optimization: how they are linked, tagged and packed does not depend on it.
"""

import os
import platform
import zipfile
from pathlib import Path

import pytest

from checkout import CARGO_HOME, PYTHON, VERSION, clone, ok
from factory import TARGET, judge
import macho

RUST = TARGET / "rust/bin"
TAGS = {
    "manylinux2014_x86_64.manylinux_2_17_x86_64",
    "manylinux2014_aarch64.manylinux_2_17_aarch64",
    "musllinux_1_1_x86_64",
    "musllinux_1_1_aarch64",
    "macosx_11_0_x86_64",
    "macosx_11_0_arm64",
}


@pytest.fixture(scope="module")
def wheels(tmp_path_factory) -> dict[str, Path]:
    """Tag -> wheel."""
    if not (RUST / "cargo").is_file():
        reason = "no Rust in target/rust: tests/setup/rust.sh says what is missing"
        pytest.fail(reason) if os.environ.get("CI") == "true" else pytest.skip(reason)
    checkout = clone(tmp_path_factory.mktemp("all"))
    changes = {
        "PATH": os.pathsep.join([str(RUST), os.environ["PATH"]]),
        "CARGO_HOME": str(CARGO_HOME),
        "CARGO_PROFILE_RELEASE_OPT_LEVEL": "0",
        "RUSTC_BOOTSTRAP": "1",
        "CARGO_UNSTABLE_BUILD_STD": "std,panic_abort",
    }
    ok(PYTHON, checkout / "release/build.py", cwd=checkout, **changes)
    return {wheel.stem.rpartition("-")[2]: wheel for wheel in (checkout / "target/dist").glob("*.whl")}


def program(wheel: Path) -> bytes:
    with zipfile.ZipFile(wheel) as archive:
        return archive.read(f"pygo_tools-{VERSION}.data/scripts/pygo")


def test_every_platform_has_a_wheel(wheels):
    assert wheels.keys() == TAGS


@pytest.mark.parametrize("machine", ["x86_64", "aarch64"])
def test_auditwheel_accepts_the_wheels_for_linux(wheels, machine):
    for tag in (f"manylinux_2_17_{machine}", f"musllinux_1_1_{machine}"):
        (wheel,) = (wheel for tags, wheel in wheels.items() if tag in tags.split("."))
        assert f'"{tag}"' in judge("auditwheel", "show", wheel).stdout


@pytest.mark.parametrize("tag", [tag for tag in TAGS if "linux" in tag])
def test_the_command_runs_on_linux(wheels, tag, tmp_path):
    pygo = tmp_path / "pygo"
    pygo.write_bytes(program(wheels[tag]))
    pygo.chmod(0o755)
    command = [pygo] if platform.machine() in tag else emulated(pygo)
    assert ok(*command, "--version", cwd=tmp_path) == f"pygo {VERSION}\n"
    assert "0 errors, 0 warnings in 1 wheel" in ok(*command, "check", "--strict", wheels[tag], cwd=tmp_path)


def emulated(pygo: Path) -> list[object]:
    arm64 = TARGET / "arm64"
    if platform.machine() != "x86_64" or not (arm64 / ".stamp").is_file():
        pytest.skip("no arm64 in target/arm64: tests/setup/arm64.sh says what is missing")
    return [arm64 / "bin/qemu-aarch64", "-L", arm64 / "root", pygo]


@pytest.mark.parametrize("machine", ["x86_64", "arm64"])
def test_macos_loads_the_command(wheels, machine):
    """As far as Linux can tell: its machine, its minimum, the libraries of every macOS, and its signature."""
    (image,) = macho.images(program(wheels[f"macosx_11_0_{machine}"]))
    assert (image.machine, image.platform, image.minimum) == (machine, macho.MACOS, (11, 0))
    assert image.loads == ["/usr/lib/libSystem.B.dylib"]
    macho.verify_layout(image)
    # macOS runs unsigned programs only on Intel.
    assert machine == "x86_64" or macho.verify_signature(image) > 0
