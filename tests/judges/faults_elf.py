"""Mutations of ELF files."""

import struct

from musllinux_wheel import MODULE
from mutation import mutation
from builders import EXTENSION, library, patched

DT_FLAGS = 30
DF_STATIC_TLS = 16


def programs(data: bytes):
    """The offset and fields of each program header of a 64-bit little-endian ELF file."""
    start, = struct.unpack_from("<Q", data, 32)
    size, count = struct.unpack_from("<2H", data, 54)
    for at in range(start, start + size * count, size):
        yield at, struct.unpack_from("<2I6Q", data, at)


def dynamic(data: bytes):
    """The offset, tag and value of each entry of the dynamic section."""
    (_, _, offset, *_), = [fields for _, fields in programs(data) if fields[0] == 2]
    while True:
        tag, value = struct.unpack_from("<2Q", data, offset)
        yield offset, tag, value
        if tag == 0:
            return
        offset += 16


def with_tag(data: bytes, old: int, new: int) -> bytes:
    at = next(at for at, tag, _ in dynamic(data) if tag == old)
    return patched(data, at, struct.pack("<Q", new))


@mutation("tag-too-low")
def newer_symbol_without_a_version(wheel):
    """Python's symbols have no version, so this one has none either."""
    wheel.edit(EXTENSION, b"PyErr_Occurred\0", b"explicit_bzero\0")


@mutation("elf-malformed")
def truncated_library(wheel):
    wheel.files[library(wheel)] = wheel.files[library(wheel)][:4000]


@mutation("elf-arch")
def library_for_another_architecture(wheel):
    wheel.files[library(wheel)] = patched(wheel.files[library(wheel)], 18, b"\xb7\0")


@mutation("elf-arch", "linux-arm64")
def arm64_wheel_for_amd64(wheel):
    wheel.rename(platform="manylinux_2_17_x86_64")


@mutation("elf-arch")
def library_for_another_architecture_that_nothing_explains(wheel):
    wheel.add("example/helper.so", patched(wheel.files[library(wheel)], 18, b"\xb7\0"))


@mutation("binary-foreign-data")
def library_in_a_directory_named_after_another_platform(wheel):
    wheel.add("example/linux-arm64/helper.so", patched(wheel.files[library(wheel)], 18, b"\xb7\0"))


@mutation("elf-no-policy")
def unknown_glibc_version(wheel):
    name = library(wheel)
    data = wheel.files[name]
    assert b"GLIBC_2.2.5\0" in data
    wheel.files[name] = data.replace(b"GLIBC_2.2.5\0", b"GLIBC_2.99\0\0")


@mutation("elf-needed-outside")
def needs_a_missing_library(wheel):
    wheel.edit(EXTENSION, b"libhello.example.so\0", b"libhelpo.example.so\0")


@mutation("elf-needed-outside")
def runpath_to_a_missing_directory(wheel):
    wheel.edit(EXTENSION, b"$ORIGIN/example/lib\0", b"$ORIGIN/exbmple/lib\0")


@mutation("elf-needed-elsewhere")
def needs_a_library_of_a_required_distribution(wheel):
    wheel.header("Requires-Dist: helpo")
    wheel.edit(EXTENSION, b"libhello.example.so\0", b"libhelpo.example.so\0")


@mutation("elf-generic-name")
def library_with_a_name_that_others_use(wheel):
    old, new = b"libhello.example.so\0", b"libmyhello_tools.so\0"
    path = library(wheel)
    wheel.edit(EXTENSION, old, new).edit(path, old, new)
    wheel.add("example/lib/libmyhello_tools.so", wheel.files[path]).drop(path)


@mutation("elf-needed-path")
def needs_a_library_by_path(wheel):
    wheel.edit(EXTENSION, b"libhello.example.so\0", b"li/hello.example.so\0")


@mutation("elf-rpath")
def runpath_of_the_build_machine(wheel):
    wheel.edit(EXTENSION, b"$ORIGIN/example/lib\0", b"/build//example/lib\0")


@mutation("elf-soname")
def library_without_soname(wheel):
    wheel.files[library(wheel)] = with_tag(wheel.files[library(wheel)], 14, 0x6FFFFFF9)


@mutation("elf-symbol-undefined")
def function_that_the_library_does_not_export(wheel):
    wheel.edit(EXTENSION, b"\0Hello\0", b"\0Hallo\0")


@mutation("elf-executable-stack")
def executable_stack(wheel):
    data = wheel.files[library(wheel)]
    at = next(at for at, fields in programs(data) if fields[0] == 0x6474E551)
    wheel.files[library(wheel)] = patched(data, at + 4, struct.pack("<I", 7))


@mutation("elf-text-relocations")
def text_relocations(wheel):
    data = wheel.files[library(wheel)]
    tags = [tag for _, tag, _ in dynamic(data)]
    spare = next(tag for tag in (0x6FFFFFF9, 0x6FFFFEF5, 14) if tag in tags)
    wheel.files[library(wheel)] = with_tag(data, spare, 22)


@mutation("elf-unstripped")
def unstripped_extension(wheel):
    data = wheel.files[EXTENSION]
    start, = struct.unpack_from("<Q", data, 40)
    size, count = struct.unpack_from("<2H", data, 58)
    at = next(at for at in range(start + size, start + size * count, size)
              if struct.unpack_from("<I", data, at + 4)[0] == 1)
    wheel.files[EXTENSION] = patched(data, at + 4, struct.pack("<I", 2))


@mutation("elf-libc")
def glibc_wheel_for_musl(wheel):
    wheel.rename(platform="musllinux_1_2_x86_64")


@mutation("elf-isa-level")
def newer_cpu_in_the_elf_notes(wheel):
    data = wheel.files[EXTENSION]
    at, fields = next((at, each) for at, each in programs(data) if each[0] == 0x6474E550)
    # Replaces the C++ unwind index with a note that requires x86-64 and x86-64-v3. glibc reads it
    # from a PT_NOTE segment aligned to 8 bytes.
    _, flags, offset, address, _, size, _, _ = fields
    skipped = -offset % 8
    assert size >= skipped + 32
    offset, address = offset + skipped, address + skipped
    note = struct.pack("<3I4s4I", 4, 16, 5, b"GNU\0", 0xC0008002, 4, 0b101, 0)
    entry = struct.pack("<2I6Q", 4, flags, offset, address, address, 32, 32, 8)
    wheel.files[EXTENSION] = patched(patched(data, offset, note), at, entry)


@mutation("elf-static-tls", "linux-amd64-musl")
def static_tls_for_musl(wheel):
    data = wheel.files[MODULE]
    at, flags = next((at, value) for at, tag, value in dynamic(data) if tag == DT_FLAGS)
    wheel.files[MODULE] = patched(data, at + 8, struct.pack("<Q", flags | DF_STATIC_TLS))
