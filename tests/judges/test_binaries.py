"""The binaries in the wheels, as readelf, LIEF, macholib and Go read them."""

import re

import lief
import pytest
from macholib.MachO import MachO

from factory import judge
from wheels import EXTENSION, LINUX, MACHINES, MACOS, library

ELF_MACHINES = {"x86_64": "Advanced Micro Devices X86-64", "aarch64": "AArch64"}
SYSTEM = {"libc.so.6", "libpthread.so.0", "libdl.so.2", "libresolv.so.2", "libm.so.6", "librt.so.1"}


@pytest.fixture
def files(wheel, tmp_path):
    return wheel.unpack(tmp_path / "unpacked")


def readelf(option: str, file) -> str:
    return judge("readelf", option, "-W", file, env={"LC_ALL": "C", "PATH": "/usr/bin:/bin"}).stdout


def dynamic(file) -> dict[str, list[str]]:
    """The dynamic section: tag -> values."""
    found: dict[str, list[str]] = {}
    for tag, value in re.findall(r"^ 0x\w+ \((\w+)\)\s+(.*)$", readelf("-d", file), re.M):
        bracketed = re.search(r"\[(.*)\]", value)
        found.setdefault(tag, []).append(bracketed[1] if bracketed else value)
    return found


@pytest.mark.parametrize("target", LINUX)
def test_elf_library_has_a_soname(files, target):
    entries = dynamic(files / library(target))
    assert entries["SONAME"] == ["libhello.example.so"]
    assert set(entries["NEEDED"]) <= SYSTEM
    assert not {"RPATH", "RUNPATH", "TEXTREL"} & set(entries)


@pytest.mark.parametrize("target", LINUX)
def test_elf_extension_finds_the_library_by_a_relative_rpath(files, target):
    entries = dynamic(files / EXTENSION)
    assert "libhello.example.so" in entries["NEEDED"]
    assert set(entries["NEEDED"]) <= SYSTEM | {"libhello.example.so"}
    assert entries.get("RUNPATH", entries.get("RPATH")) == ["$ORIGIN/example/lib"]
    assert "TEXTREL" not in entries


@pytest.mark.parametrize("target", LINUX)
@pytest.mark.parametrize("part", ["library", "extension"])
def test_elf_is_for_its_target_and_stripped(files, target, part):
    file = files / (EXTENSION if part == "extension" else library(target))
    header = readelf("-h", file)
    assert re.search(r"Machine:\s+(.*)", header)[1] == ELF_MACHINES[MACHINES[target][0]]
    assert re.search(r"Type:\s+(\w+)", header)[1] == "DYN"
    sections = re.findall(r"^  \[ *\d+\] (\S+)", readelf("-S", file), re.M)
    assert ".dynsym" in sections
    assert not [name for name in sections if name == ".symtab" or name.startswith(".debug")]


@pytest.mark.parametrize("target", LINUX)
@pytest.mark.parametrize("part", ["library", "extension"])
def test_elf_loads_on_every_kernel(files, target, part):
    """No executable stack, and segments aligned for arm64 kernels with 64 KiB pages."""
    file = files / (EXTENSION if part == "extension" else library(target))
    segments = readelf("-l", file)
    (flags,) = re.findall(r"GNU_STACK(?:\s+0x\w+){5} ([RWE ]{3})", segments)
    assert flags == "RW "
    aligned = [int(value, 16) for value in re.findall(r"^  LOAD .* (0x\w+)$", segments, re.M)]
    page = 0x10000 if target == "linux-arm64" else 0x1000
    assert aligned and all(value % page == 0 for value in aligned), segments


@pytest.mark.parametrize("target", LINUX)
def test_lief_finds_the_exported_symbols(files, target):
    extension = lief.ELF.parse(str(files / EXTENSION))
    assert "PyInit__example" in {symbol.name for symbol in extension.exported_symbols}
    assert "Hello" in {symbol.name for symbol in extension.imported_symbols}
    lib = lief.ELF.parse(str(files / library(target)))
    assert "Hello" in {symbol.name for symbol in lib.exported_symbols}


@pytest.mark.parametrize("target", MACOS)
def test_lief_accepts_the_layout(files, target):
    for name, symbol in ((EXTENSION, "_PyInit__example"), (library(target), "_Hello")):
        slices = lief.MachO.parse(str(files / name))
        assert slices.size == len(MACHINES[target])
        for index in range(slices.size):
            image = slices.at(index)
            assert lief.MachO.check_layout(image) == (True, "")
            assert symbol in {exported.name for exported in image.exported_symbols}


@pytest.mark.parametrize("target", MACOS)
def test_macholib_finds_the_same_libraries(files, target):
    file = MachO(str(files / EXTENSION))
    assert len(file.headers) == len(MACHINES[target])
    for header in file.headers:
        assert header.filetype == "dylib"
        names = {name for _, _, name in header.walkRelocatables()}
        assert names == {"/usr/lib/libSystem.B.dylib", "@rpath/libhello.example.dylib"}


# Go cannot read fat files; test_macos compares the slices of universal2 with the thin wheels.
@pytest.mark.parametrize("target", [t for t in MACHINES if t != "macos-universal2"])
def test_go_reads_the_build_settings_of_each_library(hello, files, target):
    go = hello.report["tools"]["go"]["path"]
    output = judge(go, "version", "-m", files / library(target)).stdout
    goos, goarch = target.replace("macos", "darwin").split("-")
    for setting in ("-buildmode=c-shared", "-trimpath=true", "CGO_ENABLED=1"):
        assert f"\tbuild\t{setting}\n" in output
    assert f"\tbuild\tGOOS={goos}\n" in output and f"\tbuild\tGOARCH={goarch}\n" in output
    assert "vcs." not in output
