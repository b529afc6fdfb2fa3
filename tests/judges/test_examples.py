"""The examples that have no file of their own: built, checked, installed and called; and the sdist of every
example, from which the same wheel is built.

`make test` builds them for linux-amd64. `make examples` builds them for all their targets, and calls them on
arm64 too.
"""

import hashlib
import json
import os
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

from described import valid_bill
from factory import EXAMPLES, Factory, judge
from wheels import Wheel, same

# Example -> its import name, and calls.
CALLS = {
    "tls": (
        "loopback",
        """
import ssl
from urllib.request import urlopen
from loopback import Server, fetch
with Server("from Gö") as server:
    assert server.url.startswith("https://127.0.0.1:")
    assert fetch(server.url, server.certificate) == "from Gö"
    trusting = ssl.create_default_context(cadata=server.certificate)
    assert urlopen(server.url, context=trusting).read().decode() == "from Gö"
    try:
        fetch(server.url, "")
    except OSError as error:
        assert "certificate signed by unknown authority" in str(error)
    else:
        raise AssertionError("the certificate was not verified")
try:
    fetch(server.url, server.certificate)
except OSError as error:
    assert "connection refused" in str(error)
else:
    raise AssertionError("the server was not closed")
""",
    ),
    "with-c": (
        "sensor",
        """
from sensor import KELVIN, SAMPLES, Frame, celsius, count_low
from sensor._sensor import ffi, lib
assert SAMPLES == 4 and ffi.sizeof("frame") == 48 and ffi.sizeof("power") == 4
warm = Frame(id=258, battery=127, charging=True, samples=[273.15, 274.15, 283.15, 373.15], unit=KELVIN)
assert celsius(warm) == Frame(258, 127, True, [0, 1, 10, 100])
frames = [warm, Frame(2, 19, False, [0] * 4), Frame(3, 19, True, [0] * 4), Frame(4, 0, False, [0] * 4)]
assert count_low(frames) == 2 and count_low([]) == 0
read = lib.Convert(warm._in_c())
assert read.valid is True and list(read.id.bytes) == [2, 1, 0, 0]
""",
    ),
    "two-libraries": (
        "checks",
        """
import sys
from checks import card
assert card.is_valid("4111 1111 1111 1111") and not card.is_valid("4111 1111 1111 1112")
assert not card.is_valid("") and "checks._isbn" not in sys.modules
from checks import isbn
assert isbn.is_valid("978-0-306-40615-7") and not isbn.is_valid("978-0-306-40615-8")
""",
    ),
    "src-layout": (
        "acme.slugs",
        """
from importlib.resources import files
import acme, acme.slugs
assert acme.slugs.slug("Größe: 42 Äpfel!") == "groesse-42-aepfel"
assert acme.__file__ is None and files("acme.slugs").joinpath("py.typed").is_file()
""",
    ),
    "workspace": ("convert", "import convert; assert convert.feet(1) == 3.28"),
    "vendored": (
        "caesar",
        "from caesar import shift; assert shift('Hello, Wörld', 3) == 'Khoor, Zöuog'; assert shift('b', -29) == 'y'",
    ),
    "scm-version": ("stamp", "import stamp; assert stamp.__version__ == '4.5.6', stamp.__version__"),
}
# They take minutes: SQLite and the C++ standard library are compiled for each target.
LONG_CALLS = {
    "with-cpp": (
        "frequent",
        """
from frequent import most_frequent
assert most_frequent("to be or not to be to") == "to" and most_frequent(" ") is None
""",
    ),
    "sqlite": (
        "notes",
        """
import notes, os, tempfile
path = os.path.join(tempfile.mkdtemp(), "ö.db")
notes.add(path, "the first note")
notes.add(path, "one about Go")
assert notes.find(path, "go") == "one about Go" and notes.find(path, "python") is None
try:
    notes.find(path, '"')
except ValueError as error:
    assert "unterminated string" in str(error)
else:
    raise AssertionError("no error")
""",
    ),
}
# Example -> the rules of which it gets a warning: both are advice that these examples cannot follow.
WARNINGS = {"two-libraries": ["go-two-runtimes"], "workspace": ["go-module-version"]}
# Example -> files of its sdist, without which it would not build.
NEEDED = {
    "two-libraries": ["go/card/main.go", "go/digits/digits.go", "go/go.mod"],
    "src-layout": ["core/slug/slug.go", "src/acme/slugs/letters.txt", "src/acme/slugs/py.typed"],
    "workspace": ["go.work", "libs/units/units.go", "libs/rounding/go.mod"],
    "vendored": ["caesar/go/vendor/modules.txt", "caesar/go/vendor/example.org/rotate/rotate.go", "caesar/go/vendor/example.org/rotate/LICENSE"],
    "with-c": ["sensor/go/frame.h", "sensor/go/frame.c", "sensor/go/sensor.cdef"],
}
OTHERS = ["callbacks", "capi", "cffi-abi", "ctypes", "hatchling", "hello-pyproject", "one-file", "program"]


def project(factory: Factory, example: str, directory: Path) -> Path:
    """A copy of an example; of scm-version, a git repository with a tag."""
    root = factory.project(example, directory)
    if example == "scm-version":
        git = ["git", "-c", "user.name=a", "-c", "user.email=a@example.org", "-C", root]
        for line in (["init", "-q"], ["add", "."], ["commit", "-qm", "all"], ["tag", "v4.5.6"]):
            judge(*git, *line)
    return root


def environment(factory: Factory, example: str, directory: Path) -> dict[str, str]:
    """No network for the modules of vendored, and git for scm-version."""
    if example == "vendored":
        return {"GOPROXY": "off", "GOMODCACHE": str(directory / "no-modules")}
    return {"PATH": f"{factory.path}:{os.defpath}"} if example == "scm-version" else {}


class Built:
    """Wheels of examples, each built when it is first needed."""

    def __init__(self, factory: Factory, directory: Path):
        self.factory, self.directory, self.wheels = factory, directory, {}

    def environment(self, example: str) -> dict[str, str]:
        return environment(self.factory, example, self.directory)

    def wheel(self, example: str) -> Wheel:
        if example not in self.wheels:
            root = project(self.factory, example, self.directory)
            run = self.factory.matrix(root, ["linux-amd64"], **self.environment(example)).ok()
            self.wheels[example] = Wheel(run.wheel)
        return self.wheels[example]


@pytest.fixture(scope="module")
def built(factory, tmp_path_factory) -> Built:
    return Built(factory, tmp_path_factory.mktemp("examples"))


def assert_it_works(factory: Factory, wheel: Wheel, example: str, directory: Path) -> None:
    """pygo check finds nothing, the wheel has no sources of Go, mypy accepts it, and calls succeed."""
    (module, code), expected = (CALLS | LONG_CALLS)[example], WARNINGS.get(example, [])
    done = judge(factory.binary, "check", "--format", "json", wheel.path)
    (checked,) = json.loads(done.stdout)["wheels"]
    assert [finding["name"] for finding in checked["findings"]] == expected
    assert checked["lowest"] == wheel.platforms
    assert not [name for name in wheel.files if name.endswith((".go", ".mod", ".c", ".h", ".cdef"))]
    site = directory / "site"
    judge("pip", "install", "--no-deps", "--no-index", "--target", site, wheel.path)
    judge("mypy", "--strict", "--cache-dir", directory.parent / "mypy", "-p", module, cwd=site)
    judge(sys.executable, "-c", code, cwd=directory, env={"PYTHONPATH": str(site)})


@pytest.mark.parametrize("example", CALLS)
def test_an_example_is_built_checked_and_called(built, factory, example, tmp_path):
    assert_it_works(factory, built.wheel(example), example, tmp_path)


@pytest.mark.parametrize(("example", "module", "licence"), [
    ("vendored", "pkg:golang/example.org/rotate@v1.2.0", "ISC"),
    # A directory of the project replaces it, which has no licence of its own.
    ("workspace", "pkg:golang/example.org/rounding@v1.0.0", None),
])
def test_the_bill_of_materials_has_the_licences_of_modules_in_the_project(built, example, module, licence):
    bill = valid_bill(built.wheel(example).info("sboms/pygo.cdx.json"))
    components = {one.get("purl"): one for one in bill["components"]}
    licences = [one["license"] for one in components[module].get("licenses", [])]
    assert [one["id"] for one in licences] == ([licence] if licence else [])
    if licence:
        text = (built.directory / example / "caesar/go/vendor/example.org/rotate/LICENSE").read_text()
        assert licences[0]["text"]["content"] == text


def test_the_bill_of_materials_has_the_c_files_of_the_project(built):
    bill = valid_bill(built.wheel("with-c").info("sboms/pygo.cdx.json"))
    files = {one["name"]: one["hashes"] for one in bill["components"] if one["type"] == "file"}
    source = (built.directory / "with-c/sensor/go/frame.c").read_bytes()
    assert files["sensor/go/frame.c"] == [{"alg": "SHA-256", "content": hashlib.sha256(source).hexdigest()}]


@pytest.mark.parametrize("example", [*CALLS, *OTHERS])
def test_its_sdist_gives_the_same_wheel(built, factory, example, tmp_path):
    wheel = built.wheel(example)
    root = built.directory / example
    command = [factory.binary, "sdist", root, "--out-dir", tmp_path / "sdist"]
    environment = factory.environment(**built.environment(example))
    subprocess.run(command, env=environment, capture_output=True, check=True, timeout=300)
    (path,) = (tmp_path / "sdist").iterdir()
    judge(factory.binary, "check", path)
    with tarfile.open(path) as archive:
        archive.extractall(tmp_path / "clean", filter="data")
    (clean,) = (tmp_path / "clean").iterdir()
    for name in NEEDED.get(example, []):
        same((clean / name).read_bytes(), (root / name).read_bytes(), name)
    again = factory.matrix(clean, ["linux-amd64"], **built.environment(example)).ok().wheel
    assert again.name == wheel.name
    same(again.read_bytes(), wheel.path.read_bytes(), example)


@pytest.mark.long
@pytest.mark.parametrize("example", [*CALLS, *LONG_CALLS])
def test_an_example_is_built_for_all_targets(factory, arm64, example, tmp_path):
    root = project(factory, example, tmp_path)
    if example == "sqlite":
        judge(factory.binary, "go", "mod", "tidy", cwd=root / "notes" / "go", env=factory.environment())
    targets = ["linux-amd64", "linux-arm64", "macos-amd64", "macos-arm64"]
    run = factory.matrix(root, targets, timeout=3600, **environment(factory, example, tmp_path)).ok()
    wheels = [Wheel(path) for path in run.wheels]
    assert len(wheels) == len(targets)
    for wheel in wheels[1:]:
        judge(factory.binary, "check", wheel.path)
    assert_it_works(factory, wheels[0], example, tmp_path)
    arm64.install(wheels[1], tmp_path / "arm64")
    arm64.python(tmp_path / "arm64", "-c", (CALLS | LONG_CALLS)[example][1])


# What an installer on that system asks for -> the qemu that runs such programs; None where only Go and pygo check
# say that it is right.
PLATFORMS = {
    "manylinux_2_17_x86_64": "",
    "manylinux_2_17_aarch64": "aarch64",
    # qemu-i386 cannot run Go; kernels for amd64 can.
    "manylinux_2_17_i686": "",
    "manylinux_2_17_armv7l": "arm",
    "manylinux_2_19_ppc64le": "ppc64le",
    "manylinux_2_31_riscv64": "riscv64",
    "manylinux_2_17_s390x": "s390x",
    "macosx_13_0_x86_64": None,
    "macosx_13_0_arm64": None,
    "macosx_13_0_universal2": None,
    "win_amd64": None,
    "win_arm64": None,
    "win32": None,
}


@pytest.mark.long
def test_a_program_is_built_for_every_platform(factory, arm64, tmp_path):
    """Without zig, and run on every processor that qemu has."""
    root = project(factory, "program", tmp_path)
    run = factory.matrix(root, ["all"], "--zig", "/bin/false", timeout=3600).ok()
    judge(factory.binary, "check", "--strict", *run.wheels)
    wheels = [Wheel(path) for path in run.wheels]
    found = {platform: wheel for wheel in wheels for platform in wheel.platforms if platform in PLATFORMS}
    assert set(found) == set(PLATFORMS) and len(wheels) == len(PLATFORMS)
    for platform, qemu in PLATFORMS.items():
        if qemu is None:
            continue
        site = tmp_path / platform
        pip = ["pip", "install", "--no-deps", "--no-index", "--only-binary", ":all:", "--platform", platform]
        judge(*pip, "--target", site, found[platform].path)
        emulator = [arm64.root / "bin" / f"qemu-{qemu}"] if qemu else []
        assert judge(*emulator, site / "bin" / "greet", "you").stdout == "Hello, you!\n", platform


@pytest.mark.long
@pytest.mark.parametrize("example", [name for name in OTHERS if name != "program"])
def test_other_examples_are_built_for_all_targets(factory, example, tmp_path):
    root = project(factory, example, tmp_path)
    run = factory.matrix(root, ["all"], timeout=3600).ok()
    judge(factory.binary, "check", *run.wheels)
    assert len(run.wheels) >= 5


@pytest.mark.long
def test_cpp_is_part_of_the_extension_in_one_file(factory, arm64, tmp_path):
    """`link = "static"` with C++: the C++ library is in the extension too, which exports nothing of it."""
    root = project(factory, "with-cpp", tmp_path)
    config = root / "pyproject.toml"
    config.write_text(config.read_text("utf-8") + 'link = "static"\n', "utf-8")
    run = factory.matrix(root, ["linux-amd64", "linux-arm64", "macos-arm64"], timeout=3600).ok()
    wheels = [Wheel(path) for path in run.wheels]
    for wheel in wheels:
        judge(factory.binary, "check", wheel.path)
        native = [name for name in wheel.files if name.endswith((".so", ".dylib"))]
        assert native == ["frequent/_frequent.abi3.so"]
    assert_it_works(factory, wheels[0], "with-cpp", tmp_path)
    arm64.install(wheels[1], tmp_path / "arm64")
    arm64.python(tmp_path / "arm64", "-c", LONG_CALLS["with-cpp"][1])


def test_every_example_is_tested_and_in_the_readme():
    found = {path.name for path in EXAMPLES.iterdir() if path.is_dir()}
    assert found == {*CALLS, *LONG_CALLS, *OTHERS, "hello"}
    text = (EXAMPLES.parent / "README.md").read_text()
    assert sorted(found) == sorted(name for name in found if f"| `example/{name}` |" in text)


@pytest.mark.long
def test_the_cpp_library_is_announced_and_can_be_built_ahead(factory, tmp_path):
    root = project(factory, "with-cpp", tmp_path)
    announcement = "first build of C++ for this target"

    def build(zig_cache: str) -> str:
        env = {"ZIG_GLOBAL_CACHE_DIR": str(tmp_path / zig_cache)}
        return factory.matrix(root, ["linux-amd64"], "--no-cache", timeout=3600, **env).ok().stderr

    assert announcement in build("empty")
    assert announcement not in build("empty")
    warm = factory.environment(ZIG_GLOBAL_CACHE_DIR=str(tmp_path / "warm"))
    # With Go's whole standard library for each platform.
    judge(factory.binary, "toolchain", "warm", "--targets", "linux-amd64,macos,windows", "--cxx", env=warm, timeout=3600)
    assert announcement not in build("warm")
