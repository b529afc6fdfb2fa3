"""Checks of macOS wheels that otherwise only macOS itself performs."""

import pytest

from macho import MACOS, Image, Invalid, images, verify_layout, verify_signature
from wheels import EXTENSION, MACHINES, library
from wheels import MACOS as TARGETS

DYLIB = 6


@pytest.fixture(params=TARGETS)
def target(request) -> str:
    return request.param


@pytest.fixture
def lib(wheels, target) -> list[Image]:
    return images(wheels[target].files[library(target)])


@pytest.fixture
def extension(wheels, target) -> list[Image]:
    return images(wheels[target].files[EXTENSION])


def test_architectures_match_the_target(lib, extension, target):
    assert [image.machine for image in lib] == MACHINES[target]
    assert [image.machine for image in extension] == MACHINES[target]


def test_deployment_target_matches_the_tag(wheels, lib, extension, target):
    (platform,) = wheels[target].platforms
    _, major, minor, _ = platform.split("_", 3)
    for image in lib + extension:
        assert image.platform == MACOS
        assert image.minimum == (int(major), int(minor))


def test_library_has_a_relative_install_name(lib):
    for image in lib:
        assert image.file_type == DYLIB
        assert image.identity == "@rpath/libhello.example.dylib"
        assert image.rpaths == []


def test_extension_finds_the_library_by_a_relative_rpath(extension):
    for image in extension:
        assert image.file_type == DYLIB
        assert image.identity == "@rpath/_example.abi3.so"
        assert image.loads.count("@rpath/libhello.example.dylib") == 1
        assert image.rpaths == ["@loader_path/example/lib"]


def test_other_libraries_come_with_macos(lib, extension):
    for image in lib + extension:
        others = [name for name in image.loads if name != "@rpath/libhello.example.dylib"]
        assert "/usr/lib/libSystem.B.dylib" in others
        assert all(name.startswith(("/usr/lib/", "/System/Library/")) for name in others), others


def test_each_slice_has_its_own_uuid(lib, extension):
    uuids = [image.uuid for image in lib + extension]
    assert None not in uuids and bytes(16) not in uuids
    assert len(set(uuids)) == len(uuids)


def test_the_kernel_can_map_the_layout(lib, extension):
    for image in lib + extension:
        verify_layout(image)


def test_signatures_cover_every_page(lib, extension):
    checked = {"x86_64": 0, "arm64": 0}
    for image in lib + extension:
        if image.machine == "arm64" or image.signature:  # Intel Macs need no signature
            checked[image.machine] += verify_signature(image)
    machines = {image.machine for image in lib}
    assert ("arm64" in machines) == (checked["arm64"] > 0)


def test_the_verifier_notices_one_changed_bit(wheels):
    data = bytearray(wheels["macos-arm64"].files[EXTENSION])
    (image,) = images(bytes(data))
    for position in (0x1000, image.signature[0] - 1):
        changed = data.copy()
        changed[position] ^= 1
        with pytest.raises(Invalid, match="page"):
            verify_signature(images(bytes(changed))[0])
    with pytest.raises(Invalid, match="end"):
        verify_layout(images(bytes(data) + b"\0")[0])


@pytest.mark.parametrize("name", [EXTENSION, library("macos-universal2")])
def test_universal2_contains_the_two_thin_builds(wheels, name):
    data = wheels["macos-universal2"].files[name]
    intel, arm = images(data)
    # At least one page of the architecture, at most the largest page size.
    assert 12 <= intel.align <= arm.align == 14
    assert intel.data == wheels["macos-amd64"].files[name]
    assert arm.data == wheels["macos-arm64"].files[name]


def test_the_gap_before_the_strings_is_empty(lib, extension):
    """zig 0.17.1 leaves uninitialized memory there, so builds would differ."""
    for image in lib + extension:
        (at, count), (strings, _) = image.indirect_symbols, image.strings
        end = at + 4 * count
        assert 0 <= strings - end < 8
        assert not any(image.data[end:strings])
