"""Mutations of PE files and of what they import from Python."""

import struct

from mutation import mutation
from builders import patched
from windows_wheel import DLL, MODULE

WINDOWS = "windows-amd64"
ARM64 = 0xAA64
IMAGE_FILE_DLL = 0x2000


def header(data: bytes) -> int:
    """The offset of the PE header."""
    return struct.unpack_from("<I", data, 0x3C)[0]


def sections(data: bytes):
    """Each section: its size and address in memory, then its size and offset in the file."""
    start = header(data)
    count, = struct.unpack_from("<H", data, start + 6)
    size, = struct.unpack_from("<H", data, start + 20)
    for number in range(count):
        yield struct.unpack_from("<4I", data, start + 24 + size + 40 * number + 8)


def place(data: bytes, address: int) -> int:
    """The offset in the file of an address in memory."""
    found = (each for each in sections(data) if 0 <= address - each[1] < each[2])
    _, start, _, offset = next(found)
    return offset + address - start


def directory(data: bytes, number: int) -> int:
    """The offset of an entry of the data directory of a 64-bit file: 0 for exports, 1 for imports."""
    return header(data) + 24 + 112 + 8 * number


def importing(data: bytes, old: bytes, new: bytes) -> bytes:
    """`data`, importing from the DLL `new` instead of `old`."""
    # The new name may be longer, so it goes into the padding after a section.
    _, address, _, offset = room = next(
        each for each in sections(data) if each[2] - each[0] > len(new)
    )
    data = patched(data, offset + room[0], new + b"\0")
    at = place(data, struct.unpack_from("<I", data, directory(data, 1))[0])
    while (name := struct.unpack_from("<I", data, at + 12)[0]) != 0:
        if data[place(data, name) :].startswith(old + b"\0"):
            return patched(data, at + 12, struct.pack("<I", address + room[0]))
        at += 20
    raise AssertionError(f"{old!r} is not imported")


def for_arm64(data: bytes) -> bytes:
    return patched(data, header(data) + 4, struct.pack("<H", ARM64))


@mutation("pe-malformed", WINDOWS)
def truncated_windows_library(wheel):
    wheel.files[MODULE] = wheel.files[MODULE][:1500]


@mutation("pe-malformed", WINDOWS)
def import_table_outside_the_file(wheel):
    data = wheel.files[MODULE]
    wheel.files[MODULE] = patched(data, directory(data, 1), struct.pack("<I", 0x7FFF0000))


@mutation("pe-arch", WINDOWS)
def windows_library_for_another_architecture(wheel):
    wheel.files[DLL] = for_arm64(wheel.files[DLL])


@mutation("pe-arch", WINDOWS)
def windows_wheel_for_arm64(wheel):
    wheel.rename(platform="win_arm64")


@mutation("binary-foreign-data", WINDOWS)
def windows_library_for_another_architecture_as_data(wheel):
    wheel.add("spam/data/eggs-arm64.dll", for_arm64(wheel.files[DLL]))


@mutation("pe-import-outside", WINDOWS)
def cpp_runtime_not_included(wheel):
    # The C++ runtime: unlike the C runtime, it does not come with Python.
    wheel.edit(MODULE, b"KERNEL32.dll\0", b"MSVCP140.dll\0")


@mutation("pe-generic-name", WINDOWS)
def dll_with_a_name_that_others_use(wheel):
    wheel.edit(MODULE, b"eggs.dll\0", b"core.dll\0")
    wheel.add("spam/core.dll", wheel.files[DLL]).drop(DLL)


@mutation("pe-import-outside", WINDOWS)
def windows_library_not_included(wheel):
    wheel.drop(DLL)


@mutation("pe-import-elsewhere", WINDOWS)
def cpp_runtime_of_a_required_distribution(wheel):
    wheel.header("Requires-Dist: msvc-runtime")
    wheel.edit(MODULE, b"KERNEL32.dll\0", b"MSVCP140.dll\0")


@mutation("pe-symbol-undefined", WINDOWS)
def windows_function_that_the_library_does_not_export(wheel):
    wheel.edit(MODULE, b"\0eggs\0", b"\0eggz\0")


@mutation("abi3-python-dll", WINDOWS)
def linked_with_the_dll_of_one_python(wheel):
    wheel.files[MODULE] = importing(wheel.files[MODULE], b"python3.dll", b"python310.dll")


@mutation("python-dll-mismatch", WINDOWS)
def linked_with_the_dll_of_another_python(wheel):
    wheel.rename(python="cp312", abi="cp312")
    wheel.files[MODULE] = importing(wheel.files[MODULE], b"python3.dll", b"python311.dll")


@mutation("python-dll-mismatch", WINDOWS)
def linked_with_free_threaded_python(wheel):
    wheel.rename(python="cp313", abi="cp313")
    wheel.files[MODULE] = importing(wheel.files[MODULE], b"python3.dll", b"python313t.dll")


@mutation("abi3-symbol", WINDOWS)
def windows_symbol_outside_the_stable_abi(wheel):
    wheel.edit(MODULE, b"PyErr_Occurred\0", b"_PyErr_Occured\0")


@mutation("abi3-too-new", WINDOWS)
def windows_symbol_of_a_later_python(wheel):
    wheel.edit(MODULE, b"PyErr_Occurred\0", b"PyType_GetName\0")


@mutation("extension-init", WINDOWS)
def windows_init_function_of_another_module(wheel):
    wheel.edit(MODULE, b"PyInit__spam\0", b"PyInit__spbm\0")


@mutation("extension-suffix", WINDOWS)
def windows_suffix_for_one_python(wheel):
    wheel.add("spam/_spam.cp39-win_amd64.pyd", wheel.files[MODULE]).drop(MODULE)


@mutation("extension-suffix", WINDOWS)
def windows_suffix_for_another_architecture(wheel):
    wheel.rename(python="cp312", abi="cp312")
    wheel.add("spam/_spam.cp312-win32.pyd", wheel.files[MODULE]).drop(MODULE)


@mutation("extension-in-name-only", WINDOWS)
def windows_library_named_as_extension(wheel):
    wheel.rename(python="cp312", abi="cp312")
    wheel.add("spam/_spam.cp312-win_amd64.pyd", wheel.files[DLL]).drop(MODULE)


@mutation("tag-native-in-any", WINDOWS)
def windows_native_code_for_any_platform(wheel):
    wheel.rename(python="py3", abi="none", platform="any")


@mutation("index-platform", WINDOWS)
def unknown_windows_tag(wheel):
    wheel.rename(platform="win_x86_64")


@mutation("binary-format")
def linux_binaries_for_windows(wheel):
    wheel.rename(platform="win_amd64")


@mutation("binary-format", WINDOWS)
def windows_binaries_for_linux(wheel):
    wheel.rename(platform="manylinux_2_17_x86_64")


@mutation("binary-format", WINDOWS)
def windows_library_alone_for_macos(wheel):
    wheel.rename(platform="macosx_13_0_arm64").drop(MODULE)


@mutation("extension-init", WINDOWS)
def windows_init_function_missing(wheel):
    wheel.edit(MODULE, b"PyInit__spam\0", b"XyInit__spam\0")


@mutation("extension-in-name-only", WINDOWS)
def windows_library_as_plain_extension(wheel):
    wheel.files[MODULE] = wheel.files[DLL]


@mutation("extension-missing", WINDOWS)
def windows_program_named_as_extension(wheel):
    data = wheel.files[MODULE]
    at = header(data) + 22
    flags, = struct.unpack_from("<H", data, at)
    wheel.files[MODULE] = patched(data, at, struct.pack("<H", flags & ~IMAGE_FILE_DLL))


@mutation("abi3-python-dll", WINDOWS)
def linked_with_a_debug_build(wheel):
    wheel.files[MODULE] = importing(wheel.files[MODULE], b"python3.dll", b"python3_d.dll")


@mutation("python-dll-mismatch", WINDOWS)
def stable_and_linked_with_free_threaded_python(wheel):
    wheel.files[MODULE] = importing(wheel.files[MODULE], b"python3.dll", b"python3t.dll")


@mutation("python-dll-mismatch", WINDOWS)
def one_python_and_linked_with_its_debug_build(wheel):
    wheel.rename(python="cp312", abi="cp312")
    wheel.files[MODULE] = importing(wheel.files[MODULE], b"python3.dll", b"python312_d.dll")
