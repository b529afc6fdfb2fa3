"""The data in toolchains/ matches its sources: auditwheel, abi3info, PyPI's lists and Go."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from caches import CACHES
from factory import PROJECT, judge

DATA = PROJECT / "toolchains"
REFRESH = DATA / "refresh.py"


@pytest.fixture(scope="module")
def goroots(hello) -> list[Path]:
    """The pinned Go, and the machine's own if it has one."""
    found = [Path(hello.report["tools"]["go"]["path"]).parents[1]]
    if own := shutil.which("go"):
        output = subprocess.run([own, "env", "GOROOT"], capture_output=True, text=True, check=True)
        found.append(Path(output.stdout.strip()))
    return found


def test_stubs_define_all_that_go_imports(goroots):
    for goroot in goroots:
        judge("python", REFRESH, "stubs", "--check", "--goroot", goroot)


@pytest.mark.long
@pytest.mark.parametrize("version", ["1.21.13", "1.22.12", "1.23.12", "1.24.9", "1.25.14", "1.26.8", "1.27.4"])
def test_stubs_define_all_that_every_supported_go_imports(factory, version):
    """Go downloads each of them, once for all runs."""
    env = factory.environment(GOTOOLCHAIN=f"go{version}", GOPATH=str(CACHES / "go-toolchains"))
    goroot = judge(factory.binary, "go", "env", "GOROOT", env=env, cwd=factory.base).stdout.strip()
    assert f"go{version}." in goroot or version in Path(goroot, "VERSION").read_text("utf-8")
    judge("python", REFRESH, "stubs", "--check", "--goroot", goroot)


def test_the_check_of_the_stubs_notices_a_missing_symbol(goroots, tmp_path):
    copy = shutil.copytree(DATA, tmp_path / "toolchains")
    stub = next(copy.rglob("libresolv.tbd"))
    stub.write_text(stub.read_text().replace("res_9_nclose", "res_9_other"))
    refused = judge(
        "python", copy / "refresh.py", "stubs", "--check", "--goroot", goroots[0], ok=False
    )
    assert refused.returncode == 1 and "res_9_nclose" in refused.stdout + refused.stderr


def test_manylinux_policies_match_auditwheel():
    judge("python", REFRESH, "manylinux", "--check")


@pytest.mark.quick
def test_libraries_of_android_match_auditwheel():
    judge("python", REFRESH, "android", "--check")


@pytest.fixture(scope="module")
def zig(hello) -> Path:
    return Path(hello.report["tools"]["c"]["path"]).parent


def test_symbols_of_glibc_and_dlls_of_windows_match_zig(zig):
    judge("python", REFRESH, "glibc", "--check", "--zig", zig)
    judge("python", REFRESH, "windows", "--check", "--zig", zig)


def test_the_check_of_the_dlls_notices_a_missing_one(zig, tmp_path):
    copy = shutil.copytree(DATA, tmp_path / "toolchains")
    dlls = copy / "windows.txt"
    dlls.write_text(dlls.read_text().replace("kernel32.dll\n", ""))
    refused = judge("python", copy / "refresh.py", "windows", "--check", "--zig", zig, ok=False)
    assert refused.returncode == 1 and "+kernel32.dll" in refused.stdout


# The symbols of the installed libraries, on Debian and Ubuntu.
INSTALLED = sorted(Path("/var/lib/dpkg/info").glob("libgcc-s1:*.symbols"))
INSTALLED += sorted(Path("/var/lib/dpkg/info").glob("libstdc++6:*.symbols"))


@pytest.mark.quick
@pytest.mark.skipif(len(INSTALLED) < 2, reason="dpkg installed no libstdc++6 and libgcc-s1")
def test_runtimes_have_the_symbols_of_installed_libraries(tmp_path):
    judge("python", REFRESH, "runtimes", "--check", *INSTALLED)
    copy = shutil.copytree(DATA, tmp_path / "toolchains")
    table = copy / "runtimes.txt"
    table.write_text(table.read_text().replace(" _Unwind_Backtrace", " _Unwind_Backtrade"))
    refused = judge("python", copy / "refresh.py", "runtimes", "--check", *INSTALLED, ok=False)
    assert refused.returncode == 1 and "_Unwind_Backtrace" in refused.stdout


def test_stable_abi_matches_abi3info():
    judge("python", REFRESH, "stable-abi", "--check")


@pytest.mark.quick
def test_licenses_match_packaging():
    judge("python", REFRESH, "spdx", "--check")


def test_classifiers_match_trove_classifiers():
    judge("python", REFRESH, "classifiers", "--check")


def test_the_check_of_the_stable_abi_notices_another_version(tmp_path):
    copy = shutil.copytree(DATA, tmp_path / "toolchains")
    symbols = copy / "abi3" / "stable_abi.json"
    later = symbols.read_text().replace('"PyAIter_Check": "3.10"', '"PyAIter_Check": "3.11"')
    symbols.write_text(later)
    refused = judge("python", copy / "refresh.py", "stable-abi", "--check", ok=False)
    assert refused.returncode == 1 and '+"PyAIter_Check": "3.10"' in refused.stdout
    assert symbols.read_text() == later


def test_lock_pins_the_go_and_zig_that_built_the_wheels(hello):
    tools = json.loads((DATA / "lock.json").read_text())["tools"]
    used = hello.report["tools"]
    assert used["go"]["version"] == tools["go"]["version"]
    assert used["c"]["version"] == tools["zig"]["version"]
    assert used["cffi"] == tools["cffi"]["version"]
    for tool in tools.values():
        for file in tool["files"]:
            assert len(file["sha256"]) == 64 and file["size"] > 0
