"""Mutations of Mach-O files."""

import struct

from mutation import mutation
from builders import EXTENSION, library, patched


def commands(data: bytes):
    """The offset, kind and size of each load command."""
    count, = struct.unpack_from("<I", data, 16)
    at = 32
    for _ in range(count):
        kind, size = struct.unpack_from("<2I", data, at)
        yield at, kind, size
        at += size


def command(data: bytes, wanted: int) -> int:
    return next(at for at, kind, _ in commands(data) if kind == wanted)


def with_minos(data: bytes, major: int) -> bytes:
    return patched(data, command(data, 0x32) + 12, struct.pack("<I", major << 16))


@mutation("macho-malformed", "macos-amd64")
def truncated_macos_library(wheel):
    wheel.files[library(wheel)] = wheel.files[library(wheel)][:9000]


@mutation("macho-arch", "macos-arm64")
def arm64_wheel_for_intel(wheel):
    wheel.rename(platform="macosx_13_0_x86_64")


@mutation("macho-arch", "macos-universal2")
def missing_slice(wheel):
    wheel.files[EXTENSION] = images(wheel.files[EXTENSION])[0]


@mutation("macho-arch-extra", "macos-universal2")
def extra_slice(wheel):
    wheel.rename(platform="macosx_13_0_arm64")


@mutation("macho-platform", "macos-amd64")
def library_for_ios(wheel):
    data = wheel.files[EXTENSION]
    wheel.files[EXTENSION] = patched(data, command(data, 0x32) + 8, struct.pack("<I", 2))


@mutation("macho-generic-name", "macos-amd64")
def macos_library_with_a_name_that_others_use(wheel):
    old, new = b"libhello.example.dylib\0", b"libmyhello_tools.dylib\0"
    path = library(wheel)
    wheel.edit(EXTENSION, old, new).edit(path, old, new)
    wheel.add("example/lib/libmyhello_tools.dylib", wheel.files[path]).drop(path)


@mutation("macho-dylib-outside", "macos-amd64")
def rpath_to_a_missing_directory(wheel):
    wheel.edit(EXTENSION, b"@loader_path/example/lib", b"@loader_path/exbmple/lib")


@mutation("macho-dylib-elsewhere", "macos-amd64")
def macos_library_that_python_code_loads_first(wheel):
    wheel.edit(EXTENSION, b"@loader_path/example/lib", b"@loader_path/exbmple/lib")
    name = library(wheel).rpartition("/")[2]
    wheel.add("example/load.py", f"ctypes.CDLL('lib/{name}')\n".encode())


@mutation("macho-symbol-undefined", "macos-amd64")
def macos_function_that_the_library_does_not_export(wheel):
    wheel.edit(EXTENSION, b"\0_Hello\0", b"\0_Hallo\0")


@mutation("macho-symbol-undefined", "macos-universal2")
def macos_function_that_nothing_defines(wheel):
    wheel.files[EXTENSION] = wheel.files[EXTENSION].replace(b"_PyErr_Occurred\0", b"_XyErr_Occurred\0")


@mutation("macho-rpath", "macos-amd64")
def rpath_of_the_build_machine(wheel):
    wheel.edit(EXTENSION, b"@loader_path/example/lib", b"/Users/builder/example/l")


@mutation("macho-dylib-path", "macos-amd64")
def needs_a_library_of_the_build_machine(wheel):
    wheel.edit(EXTENSION, b"@rpath/libhello.example.dylib", b"/build/libhello.example.dylib")


@mutation("macho-install-name", "macos-amd64")
def install_name_of_the_build_machine(wheel):
    wheel.edit(library(wheel), b"@rpath/libhello.example.dylib", b"/build/libhello.example.dylib")


@mutation("macho-signature", "macos-arm64")
def page_changed_after_signing(wheel):
    data = wheel.files[library(wheel)]
    at = data.index(b"Go build ID") if b"Go build ID" in data else 20000
    wheel.files[library(wheel)] = patched(data, at, bytes([data[at] ^ 1]))


@mutation("macho-signature", "macos-arm64")
def no_signature(wheel):
    data = wheel.files[EXTENSION]
    wheel.files[EXTENSION] = patched(data, command(data, 0x1D), struct.pack("<I", 0x31))


@mutation("macho-signature", "macos-universal2")
def page_of_a_fat_library_changed(wheel):
    data = wheel.files[EXTENSION]
    offset, = struct.unpack_from(">I", data, 8 + 20 + 8)
    at = offset + 0x1000 - 8
    wheel.files[EXTENSION] = patched(data, at, bytes([data[at] ^ 1]))


def images(data: bytes) -> list[bytes]:
    """The images of a fat file."""
    count, = struct.unpack_from(">I", data, 4)
    places = [struct.unpack_from(">5I", data, 8 + 20 * number) for number in range(count)]
    return [data[offset : offset + size] for _, _, offset, size, _ in places]


@mutation("macho-alignment", "macos-universal2")
def slices_not_aligned_to_pages(wheel):
    parts = images(wheel.files[EXTENSION])
    header, body, at = struct.pack(">2I", 0xCAFEBABE, len(parts)), b"", 0x1010
    for part in parts:
        cpu, sub = struct.unpack_from("<2I", part, 4)
        header += struct.pack(">5I", cpu, sub, at + len(body), len(part), 4)
        body += part + bytes(-len(part) % 16)
    wheel.files[EXTENSION] = header.ljust(at, b"\0") + body


@mutation("macho-unstripped", "macos-amd64")
def unstripped_macos_extension(wheel):
    data = wheel.files[EXTENSION]
    start, count = struct.unpack_from("<2I", data, command(data, 0x2) + 8)
    kinds = range(start + 4, start + 16 * count, 16)
    # Turns a local symbol into a debugging symbol (N_STSYM).
    local = next(at for at in kinds if data[at] == 0x0E)
    wheel.files[EXTENSION] = patched(data, local, b"\x26")


@mutation("macho-padding", "macos-amd64")
def stray_bytes_before_the_strings(wheel):
    data = wheel.files[library(wheel)]
    symbols, strings = command(data, 0x2), command(data, 0xB)
    start, count = struct.unpack_from("<2I", data, strings + 56)
    end = start + 4 * count
    names, = struct.unpack_from("<I", data, symbols + 16)
    if names == end:
        # This build has no gap: remove one indirect symbol to make one.
        data = patched(data, strings + 60, struct.pack("<I", count - 1))
        end -= 4
    wheel.files[library(wheel)] = patched(data, end, b"\xaa" * min(4, names - end))


@mutation("macho-rpath-twice", "macos-amd64")
def rpath_given_twice(wheel):
    data = wheel.files[EXTENSION]
    entries = list(commands(data))
    own, size = next((at, size) for at, kind, size in entries if kind == 0x8000001C)
    # The command of another library has room for it.
    other, room = next((at, room) for at, kind, room in entries if kind == 0xC and room >= size)
    copy = data[own : own + 4] + struct.pack("<I", room) + data[own + 8 : own + size]
    wheel.files[EXTENSION] = patched(data, other, copy.ljust(room, b"\0"))


@mutation("tag-minor-release", "macos-arm64")
def minor_macos_release_above_the_tag(wheel):
    data = wheel.files[EXTENSION]
    minos = struct.pack("<I", 13 << 16 | 3 << 8)
    wheel.files[EXTENSION] = patched(data, command(data, 0x32) + 12, minos)
