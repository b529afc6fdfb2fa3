"""The contents of a wheel: the project's files, the build outputs, and nothing else."""

import hashlib
import json
from pathlib import Path

from described import valid_bill
from wheels import EXTENSION, HELLO, LOCATOR, MACHINES, library

DIST_INFO = {"METADATA", "WHEEL", "RECORD", "top_level.txt", "sboms/pygo.cdx.json"}
PYTHON_AND_GO = {"example/__init__.py", "example/wrapper.py", "example/go/main.go"}


def in_dist_info(wheel, names) -> set[str]:
    return {f"{wheel.dist_info}/{name}" for name in names}


def test_wheel_contains_exactly_these_files(wheel, target):
    built = {EXTENSION, library(target), LOCATOR}
    assert set(wheel.files) == PYTHON_AND_GO | built | in_dist_info(wheel, DIST_INFO)


def test_sources_are_unchanged(wheel, hello):
    for name in PYTHON_AND_GO:
        assert wheel.files[name] == (hello.cwd / "hello" / name).read_bytes(), name


def test_metadata_requires_cffi(wheel):
    metadata = wheel.metadata
    assert (metadata["Name"], metadata["Version"]) == ("example", "0.1.0")
    assert metadata.get_all("Requires-Dist") == ["cffi"]
    assert metadata["Metadata-Version"] in {"2.1", "2.2", "2.3", "2.4"}


def test_wheel_file_agrees_with_the_name(wheel):
    assert wheel.wheel["Wheel-Version"] == "1.0"
    assert wheel.wheel["Generator"].startswith("pygo ")
    assert wheel.wheel["Root-Is-Purelib"] == "false"
    expected = [f"cp310-abi3-{platform}" for platform in wheel.platforms]
    assert sorted(wheel.wheel.get_all("Tag")) == sorted(expected)


def test_sbom_lists_go(wheel):
    text = wheel.info("sboms/pygo.cdx.json")
    bill = json.loads(text)
    assert bill["bomFormat"] == "CycloneDX"
    assert "serialNumber" not in bill and "timestamp" not in text.decode()
    names = {component["name"] for component in bill["components"]}
    assert {"stdlib", "std", "go"} & names, names


def test_report_agrees_with_the_files(hello, wheels):
    report = hello.report
    assert report["format"] == 1
    assert [entry["target"] for entry in report["targets"]] == list(HELLO)
    for entry in report["targets"]:
        wheel = wheels[entry["target"]]
        content = wheel.path.read_bytes()
        assert (entry["result"], entry["failure"]) == ("built", None)
        assert (hello.cwd / entry["wheel"]).samefile(wheel.path)
        assert entry["sha256"] == hashlib.sha256(content).hexdigest()
        assert entry["size"] == len(content)
        assert entry["tag"] == wheel.path.stem.split("-", 2)[2]
        assert sorted(entry["tags"]) == [f"cp310-abi3-{name}" for name in wheel.platforms]
        assert {stage["stage"] for stage in entry["stages"]} >= {"library", "extension", "pack"}


def test_pygo_installed_its_own_tools(factory, hello):
    """There is no other Go or zig on this PATH that could have built the wheels."""
    for name in ("go", "c"):
        tool = hello.report["tools"][name]
        assert tool["origin"] == "cache"
        assert Path(tool["path"]).is_relative_to(factory.cache)


def test_stdout_lists_the_wheels_in_the_requested_order(hello):
    assert [path.name for path in hello.wheels] == list(HELLO.values())


def test_the_pyproject_wheel(hello_pyproject):
    wheel = hello_pyproject
    assert wheel.name == (
        "hello_pyproject-0.1.0-cp310-abi3-manylinux2014_x86_64.manylinux_2_17_x86_64.whl"
    )
    built = {EXTENSION, library("linux-amd64"), LOCATOR}
    extra = in_dist_info(wheel, DIST_INFO | {"licenses/LICENSE"})
    assert set(wheel.files) == PYTHON_AND_GO | built | extra
    metadata = wheel.metadata
    assert metadata["Requires-Python"] == ">=3.10"
    assert metadata["License-Expression"] == "MIT"
    assert metadata.get_all("License-File") == ["LICENSE"]
    assert metadata.get_all("Requires-Dist") == ["cffi"]
    assert metadata["Description-Content-Type"] == "text/markdown"


def test_the_hatchling_wheels(greet):
    for target, wheel in greet.items():
        machine = MACHINES[target][0]
        platform = f"manylinux2014_{machine}.manylinux_2_17_{machine}"
        assert wheel.name == f"greet-1.2.0-cp310-abi3-{platform}.whl"
        package = ["__init__.py", "greeting.py", "cli.py", "forms.json", "py.typed"]
        package += ["_greet.abi3.so", "_greet.pyi", "lib/libgreet.greet.so", "lib/libgreet.py"]
        extra = {"METADATA", "WHEEL", "RECORD", "entry_points.txt"}
        extra |= {"licenses/LICENSE", "sboms/pygo.cdx.json"}
        expected = {f"greet/{name}" for name in package} | in_dist_info(wheel, extra)
        assert set(wheel.files) == expected
        commands = wheel.info("entry_points.txt").decode()
        assert commands.split("\n", 1) == ["[console_scripts]", "greet = greet.cli:main\n"]
        assert wheel.metadata.get_all("Requires-Dist") == ["cffi>=1.15"]


def test_the_sbom_is_valid_and_names_the_compiler_and_licences(wheel):
    bill = valid_bill(wheel.info("sboms/pygo.cdx.json"))
    tools = [tool["name"] for tool in bill["metadata"]["tools"]["components"]]
    assert tools == ["pygo", "go", "zig"]
    standard = next(component for component in bill["components"] if component["name"] == "std")
    assert standard["licenses"] == [{"license": {"id": "BSD-3-Clause"}}]
