"""example/one-file: the Go library is linked into the extension, which is the wheel's only binary."""

import json
import re
import sys

import lief
import pytest

from factory import judge
from macho import images, verify_layout, verify_signature
from pythons import PYTHONS
from wheels import LINUX, MACHINES, Wheel

TARGETS = ["linux-amd64", "linux-arm64", "macos-arm64"]
EXTENSION = "distance/_distance.abi3.so"
# Python's threads exist before the Go runtime does, which has its thread-local variables then in
# the static TLS block of running threads.
CALL = """
import threading
started, results = threading.Event(), []
def call():
    started.wait()
    from distance import distance
    results.extend(distance("kitten", "sitting") for _ in range(1000))
threads = [threading.Thread(target=call) for _ in range(8)]
for thread in threads: thread.start()
started.set()
for thread in threads: thread.join()
assert results == [3] * 8000
print("called")
"""


@pytest.fixture(scope="module")
def wheels(factory, tmp_path_factory) -> dict[str, Wheel]:
    """Target -> its wheel of example/one-file."""
    project = factory.project("one-file", tmp_path_factory.mktemp("one-file"))
    run = factory.matrix(project, TARGETS, timeout=1800).ok()
    return {target: Wheel(path) for target, path in zip(TARGETS, run.wheels, strict=True)}


@pytest.fixture(params=TARGETS)
def target(request) -> str:
    return request.param


def test_the_extension_is_the_only_binary_and_keeps_its_tag(wheel):
    assert wheel.name.startswith("distance-0.1.0-cp310-abi3-")
    package = {name for name in wheel.files if name.startswith("distance/")}
    assert package == {"distance/__init__.py", EXTENSION}
    assert wheel.metadata.get_all("Requires-Dist") == ["cffi>=1.15"]


def test_check_finds_nothing(factory, wheel):
    done = judge(factory.binary, "check", "--format", "json", wheel.path)
    (checked,) = json.loads(done.stdout)["wheels"]
    assert checked["findings"] == [] and checked["lowest"] == wheel.platforms


def test_the_bill_of_materials_names_the_extension(wheel):
    (name,) = [name for name in wheel.files if name.endswith("pygo.cdx.json")]
    components = json.loads(wheel.files[name])["components"]
    (binary,) = [c for c in components if c["bom-ref"].startswith("binary:")]
    assert binary["name"] == EXTENSION
    assert binary["properties"] == [{"name": "pygo:part", "value": "distance"}]
    assert any(component["name"] == "std" for component in components)


@pytest.mark.parametrize("target", LINUX)
def test_only_the_init_function_is_exported_on_linux(wheel, tmp_path):
    file = tmp_path / "extension.so"
    file.write_bytes(wheel.files[EXTENSION])
    binary = lief.ELF.parse(str(file))
    assert {symbol.name for symbol in binary.exported_symbols} == {"PyInit__distance"}
    assert set(binary.libraries) <= {"libc.so.6", "libpthread.so.0"}
    dynamic = judge("readelf", "-dW", file).stdout
    assert "NODELETE" in dynamic and not re.search(r"SONAME|RUNPATH|RPATH", dynamic)


@pytest.mark.parametrize("target", ["macos-arm64"])
def test_functions_of_the_library_are_not_exported_on_macos(wheel, target, tmp_path):
    (image,) = images(wheel.files[EXTENSION])
    assert [image.machine] == MACHINES[target]
    verify_layout(image)
    assert verify_signature(image) > 0
    assert image.loads == ["/usr/lib/libSystem.B.dylib"]
    assert image.rpaths == []
    file = tmp_path / "extension.so"
    file.write_bytes(wheel.files[EXTENSION])
    # Without a name, the file would be freed while its slice is read.
    fat = lief.MachO.parse(str(file))
    exported = {symbol.name for symbol in fat.at(0).exported_symbols}
    assert "_PyInit__distance" in exported and "_Distance" not in exported


@pytest.mark.parametrize("python", PYTHONS.values(), ids=PYTHONS)
def test_linux_amd64_runs_in_threads_that_are_older_than_go(wheels, python, tmp_path):
    judge(python, "-m", "venv", tmp_path / "venv")
    own = tmp_path / "venv" / "bin" / "python"
    judge(own, "-m", "pip", "install", "-q", wheels["linux-amd64"].path)
    assert judge(own, "-c", CALL, cwd=tmp_path).stdout == "called\n"


def test_linux_arm64_runs_under_qemu(wheels, arm64, tmp_path):
    arm64.install(wheels["linux-arm64"], tmp_path)
    assert arm64.python(tmp_path, "-c", CALL) == "called\n"


def test_two_such_extensions_work_in_one_process(factory, wheels, tmp_path):
    """Both have all symbols of Go's runtime, and a function of the same name."""
    other = factory.project("one-file", tmp_path / "project")
    for name in ("pyproject.toml", "distance/__init__.py"):
        file = other / name
        file.write_text(re.sub(r"\b(_?)distance\b", r"\1second", file.read_text()))
    (other / "distance").rename(other / "second")
    source = other / "second" / "go" / "main.go"
    source.write_text(source.read_text().replace("len(to)])", "len(to)]) + 100"))
    wheel = factory.matrix(other, ["linux-amd64"]).ok().wheel
    judge(sys.executable, "-m", "venv", "--system-site-packages", tmp_path / "venv")
    python = tmp_path / "venv" / "bin" / "python"
    judge(python, "-m", "pip", "install", "-q", "--no-deps", wheel, wheels["linux-amd64"].path)
    code = "import distance, second; print(second.second('a', 'b'), distance.distance('a', 'b'))"
    assert judge(python, "-c", code, cwd=tmp_path).stdout == "101 1\n"
