"""Mutations of the zip file."""

import struct
import zipfile

from mutation import mutation
from builders import patched


@mutation("archive-extra-bytes")
def script_before_the_archive(wheel):
    wheel.after = lambda data: b"#!/bin/sh\nexit\n" + data


@mutation("archive-extra-bytes")
def bytes_after_the_archive(wheel):
    wheel.after = lambda data: data + b"more"


@mutation("archive-unreadable")
def cut_in_half(wheel):
    wheel.after = lambda data: data[: len(data) // 2]


@mutation("archive-duplicate", "any")
def duplicate_entry(wheel):
    wheel.duplicates.append(("example/__init__.py", b"x = 2\n"))


@mutation("archive-path-traversal", "any")
def path_out_of_the_wheel(wheel):
    wheel.add("../outside.py", b"x = 1\n")


@mutation("archive-path-traversal", "any")
def absolute_path(wheel):
    wheel.add("/etc/outside", b"x = 1\n")


@mutation("archive-name", "any")
def control_character_in_a_name(wheel):
    wheel.add("example/a\x07b.py", b"x = 1\n")


@mutation("archive-name", "any")
def empty_segment_in_a_path(wheel):
    wheel.add("example//b.py", b"x = 1\n")


@mutation("archive-not-a-file")
def symbolic_link(wheel):
    wheel.add("example/link.so", b"../outside", mode=0o120777)


@mutation("archive-case-collision", "any")
def names_that_differ_in_case(wheel):
    wheel.add("example/__INIT__.py", b"x = 2\n")


@mutation("archive-device-name", "any")
def name_of_a_windows_device(wheel):
    wheel.add("example/aux.py", b"x = 1\n")


@mutation("archive-bomb", "any")
def zip_bomb(wheel):
    wheel.add("example/zeros.bin", bytes(80 << 20))


@mutation("index-file-size", "any")
def larger_than_the_index_accepts(wheel):
    # Stored: compressed, it would be reported as a zip bomb.
    wheel.add("example/zeros.bin", bytes(101 << 20))
    wheel.methods["example/zeros.bin"] = zipfile.ZIP_STORED


@mutation("archive-method", "any")
def compressed_by_bzip2(wheel):
    wheel.methods["example/__init__.py"] = zipfile.ZIP_BZIP2


def central(data: bytes, name: str) -> int:
    """The offset of a name's entry in the central directory."""
    return data.rindex(name.encode()) - 46


@mutation("archive-encrypted", "any")
def marked_as_encrypted(wheel):
    def change(data):
        return patched(patched(data, 6, b"\1\0"), central(data, "example/__init__.py") + 8, b"\1\0")

    wheel.after = change


@mutation("archive-overlap", "any")
def two_entries_for_the_same_data(wheel):
    def change(data):
        # Makes the second entry point to the first one's local header.
        metadata = central(data, "example-0.1.0.dist-info/METADATA")
        return patched(data, metadata + 42, bytes(4))

    wheel.after = change


@mutation("archive-headers-disagree", "any")
def different_name_in_the_local_header(wheel):
    wheel.after = lambda data: patched(data, 30, b"exbmple")


@mutation("archive-headers-disagree", "any")
def different_size_in_the_local_header(wheel):
    wheel.after = lambda data: patched(data, 22, struct.pack("<I", 5))


@mutation("archive-headers-disagree", "any")
def different_count_in_the_end_record(wheel):
    def change(data):
        end = data.rindex(b"PK\5\6")
        return patched(data, end + 8, struct.pack("<2H", 3, 3))

    wheel.after = change


@mutation("archive-data-descriptor", "any")
def written_to_a_pipe(wheel):
    wheel.stream = True


@mutation("archive-corrupt")
def damaged_file(wheel):
    def change(data):
        at = data.index(b"libhello.example.so") + 19 + 5000
        return patched(data, at, bytes([data[at] ^ 0xFF]))

    wheel.after = change


@mutation("archive-corrupt", "any")
def wrong_checksum(wheel):
    def change(data):
        crc = b"\1\2\3\4"
        at = central(data, "example/__init__.py")
        return patched(patched(data, 14, crc), at + 16, crc)

    wheel.after = change


@mutation("archive-comment", "any")
def comment_on_an_entry(wheel):
    def change(data):
        end = data.rindex(b"PK\5\6")
        last = data.rindex(b"PK\1\2")
        size, = struct.unpack_from("<I", data, end + 12)
        changed = patched(data, end + 12, struct.pack("<I", size + 3))
        changed = patched(changed, last + 32, struct.pack("<H", 3))
        return changed[:end] + b"abc" + changed[end:]

    wheel.after = change


@mutation("archive-file-and-directory", "any")
def file_that_is_also_a_directory(wheel):
    wheel.add("example/sub", b"x").add("example/sub/x.py", b"x = 1\n")


@mutation("archive-device-name", "any")
def colon_in_a_name(wheel):
    wheel.add("example/12:30.txt", b"noon")
