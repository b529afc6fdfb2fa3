"""Wheels with one thing wrong each, made from good ones.

A `Pack` is a wheel in memory; a mutation changes one thing of it and says which rule of
`pygo check` names that. Where the change is not about RECORD, RECORD is made to agree, so that
no other tool can notice by its hash.
"""

import base64
import hashlib
import io
import struct
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

EXTENSION = "_example.abi3.so"
PURE = "example-0.1.0-py3-none-any.whl"


class Pipe(io.RawIOBase):
    """What cannot be rewound, so that sizes are written after the data."""

    def __init__(self):
        self.written = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, data) -> int:
        self.written += data
        return len(data)

    def getvalue(self) -> bytes:
        return bytes(self.written)


@dataclass
class Pack:
    """A wheel: its name, its files in order, and what is odd about its zip."""

    name: str
    files: dict[str, bytes]
    modes: dict[str, int] = field(default_factory=dict)
    methods: dict[str, int] = field(default_factory=dict)
    # What RECORD says, where that is not the truth: path -> row or None.
    record: dict[str, str | None] = field(default_factory=dict)
    record_tail: str = ""
    duplicates: list[tuple[str, bytes]] = field(default_factory=list)
    stream: bool = False
    after: Callable[[bytes], bytes] = lambda data: data

    @classmethod
    def read(cls, path: Path) -> "Pack":
        with zipfile.ZipFile(path) as archive:
            infos = archive.infolist()
            files = {info.filename: archive.read(info) for info in infos}
            modes = {info.filename: info.external_attr >> 16 for info in infos}
        return cls(path.name, files, modes)

    @property
    def dist_info(self) -> str:
        return next(name.split("/")[0] for name in self.files if ".dist-info/" in name)

    def path(self, name: str) -> str:
        return f"{self.dist_info}/{name}"

    def edit(self, name: str, old: str | bytes, new: str | bytes) -> "Pack":
        """Replaces a text of a file of .dist-info, or bytes of a member."""
        path = self.path(name) if self.path(name) in self.files else name
        old, new = (part.encode() if isinstance(part, str) else part for part in (old, new))
        assert old in self.files[path], f"{old!r} is not in {path}"
        self.files[path] = self.files[path].replace(old, new)
        return self

    def header(self, line: str) -> "Pack":
        """Adds a line to METADATA."""
        self.files[self.path("METADATA")] = line.encode() + b"\n" + self.files[self.path("METADATA")]
        return self

    def version(self, version: str) -> "Pack":
        text = self.files[self.path("METADATA")]
        old = next(line for line in text.splitlines() if line.startswith(b"Metadata-Version"))
        return self.edit("METADATA", old, f"Metadata-Version: {version}")

    def add(self, name: str, data: bytes = b"", mode: int = 0o100644) -> "Pack":
        last = {p: self.files.pop(p) for p in list(self.files) if ".dist-info/" in p}
        self.files[name], self.modes[name] = data, mode
        self.files.update(last)
        return self

    def drop(self, name: str) -> "Pack":
        del self.files[name]
        return self

    def rename(self, **parts: str) -> "Pack":
        """Another file name, and the WHEEL that belongs to it."""
        names = ["dist", "version", "python", "abi", "platform"]
        values = dict(zip(names, self.name.removesuffix(".whl").split("-"), strict=True)) | parts
        self.name = "-".join(values[name] for name in names) + ".whl"
        tags = [
            f"Tag: {python}-{abi}-{platform}"
            for python in values["python"].split(".")
            for abi in values["abi"].split(".")
            for platform in values["platform"].split(".")
        ]
        path = self.path("WHEEL")
        kept = [line for line in self.files[path].decode().splitlines() if line[:4] != "Tag:"]
        self.files[path] = "\n".join([*(line for line in kept if line), *tags, ""]).encode()
        return self

    def rows(self) -> str:
        lines = []
        for name, data in self.files.items():
            if name == self.path("RECORD"):
                row = f"{name},,"
            else:
                digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=")
                row = f"{name},sha256={digest.decode()},{len(data)}"
            row = self.record.get(name, row)
            if row is not None:
                lines.append(row)
        return "\n".join(lines) + "\n" + self.record_tail

    def bytes(self) -> bytes:
        record = self.path("RECORD")
        if record in self.files:
            self.files[record] = self.rows().encode()
        out = Pipe() if self.stream else io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, data in [*self.files.items(), *self.duplicates]:
                info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
                info.external_attr = self.modes.get(name, 0o100644) << 16
                info.compress_type = self.methods.get(name, zipfile.ZIP_DEFLATED)
                archive.writestr(info, data)
        return self.after(out.getvalue())

    def write(self, directory: Path) -> Path:
        path = directory / self.name
        path.write_bytes(self.bytes())
        return path


def pure() -> Pack:
    """A wheel without native code, as a build backend writes it."""
    info = "example-0.1.0.dist-info"
    metadata = "Metadata-Version: 2.4\nName: example\nVersion: 0.1.0\nRequires-Python: >=3.10\n\n"
    wheel = "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    files = {
        "example/__init__.py": b"x = 1\n",
        f"{info}/METADATA": metadata.encode(),
        f"{info}/WHEEL": wheel.encode(),
        f"{info}/RECORD": b"",
    }
    return Pack(PURE, files)


@dataclass(frozen=True)
class Mutation:
    """What is done to the wheel of a target, and the rule that names it."""

    name: str
    rule: str
    target: str
    change: Callable[[Pack], object]

    def make(self, wheels: dict[str, Path], directory: Path) -> Path:
        pack = pure() if self.target == "any" else Pack.read(wheels[self.target])
        self.change(pack)
        return pack.write(directory)


MUTATIONS: list[Mutation] = []


def mutation(rule: str, target: str = "linux-amd64"):
    def register(change):
        MUTATIONS.append(Mutation(change.__name__.replace("_", "-"), rule, target, change))
        return change

    return register


# --- the archive ---------------------------------------------------------------------------------


@mutation("archive-extra-bytes")
def script_before_the_archive(pack):
    pack.after = lambda data: b"#!/bin/sh\nexit\n" + data


@mutation("archive-extra-bytes")
def bytes_after_the_archive(pack):
    pack.after = lambda data: data + b"more"


@mutation("archive-unreadable")
def cut_in_half(pack):
    pack.after = lambda data: data[: len(data) // 2]


@mutation("archive-duplicate", "any")
def one_name_twice(pack):
    pack.duplicates.append(("example/__init__.py", b"x = 2\n"))


@mutation("archive-path-traversal", "any")
def climbs_out(pack):
    pack.add("../outside.py", b"x = 1\n")


@mutation("archive-path-traversal", "any")
def absolute_path(pack):
    pack.add("/etc/outside", b"x = 1\n")


@mutation("archive-name", "any")
def control_character_in_a_name(pack):
    pack.add("example/a\x07b.py", b"x = 1\n")


@mutation("archive-name", "any")
def empty_segment_in_a_path(pack):
    pack.add("example//b.py", b"x = 1\n")


@mutation("archive-not-a-file")
def symbolic_link(pack):
    pack.add("example/link.so", b"../outside", mode=0o120777)


@mutation("archive-case-collision", "any")
def names_that_differ_in_case(pack):
    pack.add("example/__INIT__.py", b"x = 2\n")


@mutation("archive-device-name", "any")
def name_of_a_device(pack):
    pack.add("example/aux.py", b"x = 1\n")


@mutation("archive-bomb", "any")
def unpacks_to_very_much(pack):
    pack.add("example/zeros.bin", bytes(80 << 20))


@mutation("archive-method", "any")
def compressed_by_bzip2(pack):
    pack.methods["example/__init__.py"] = zipfile.ZIP_BZIP2


def central(data: bytes, name: str) -> int:
    """Where the entry of the central directory for a name begins."""
    return data.rindex(name.encode()) - 46


def patched(data: bytes, at: int, new: bytes) -> bytes:
    return data[:at] + new + data[at + len(new) :]


@mutation("archive-encrypted", "any")
def marked_as_encrypted(pack):
    def change(data):
        return patched(patched(data, 6, b"\1\0"), central(data, "example/__init__.py") + 8, b"\1\0")

    pack.after = change


@mutation("archive-overlap", "any")
def two_entries_for_one_member(pack):
    def change(data):
        # The second member's entry is made to point to the first one's header.
        metadata = central(data, "example-0.1.0.dist-info/METADATA")
        return patched(data, metadata + 42, bytes(4))

    pack.after = change


@mutation("archive-headers-disagree", "any")
def another_name_in_the_local_header(pack):
    pack.after = lambda data: patched(data, 30, b"exbmple")


@mutation("archive-headers-disagree", "any")
def another_size_in_the_local_header(pack):
    pack.after = lambda data: patched(data, 22, struct.pack("<I", 5))


@mutation("archive-headers-disagree", "any")
def another_count_in_the_end_record(pack):
    def change(data):
        end = data.rindex(b"PK\5\6")
        return patched(data, end + 8, struct.pack("<2H", 3, 3))

    pack.after = change


@mutation("archive-data-descriptor", "any")
def written_to_a_pipe(pack):
    pack.stream = True


@mutation("archive-corrupt")
def damaged_member(pack):
    def change(data):
        at = data.index(b"libhello.so") + 11 + 5000
        return patched(data, at, bytes([data[at] ^ 0xFF]))

    pack.after = change


@mutation("archive-corrupt", "any")
def another_checksum(pack):
    def change(data):
        crc = b"\1\2\3\4"
        at = central(data, "example/__init__.py")
        return patched(patched(data, 14, crc), at + 16, crc)

    pack.after = change


@mutation("archive-comment", "any")
def comment_on_a_member(pack):
    def change(data):
        end = data.rindex(b"PK\5\6")
        last = data.rindex(b"PK\1\2")
        size, = struct.unpack_from("<I", data, end + 12)
        changed = patched(data, end + 12, struct.pack("<I", size + 3))
        changed = patched(changed, last + 32, struct.pack("<H", 3))
        return changed[:end] + b"abc" + changed[end:]

    pack.after = change


@mutation("archive-file-and-directory", "any")
def file_that_is_a_directory(pack):
    pack.add("example/sub", b"x").add("example/sub/x.py", b"x = 1\n")


# --- name and tags -------------------------------------------------------------------------------


@mutation("tag-file-name")
def name_of_four_parts(pack):
    pack.name = "example-0.1.0-cp310-abi3.whl"


@mutation("tag-not-normal", "any")
def name_in_upper_case(pack):
    pack.name = pack.name.replace("example", "Example")


@mutation("tag-order")
def tags_not_sorted(pack):
    pack.rename(platform="manylinux_2_17_x86_64.manylinux2014_x86_64")


@mutation("tag-wheel-mismatch")
def another_tag_in_wheel(pack):
    pack.edit("WHEEL", "Tag: cp310-abi3-manylinux2014", "Tag: cp311-abi3-manylinux2014")


@mutation("tag-wheel-mismatch", "macos-arm64")
def one_tag_of_wheel_too_many(pack):
    pack.edit("WHEEL", "Tag: ", "Tag: cp310-abi3-macosx_10_9_x86_64\nTag: ")


@mutation("tag-purelib")
def native_code_in_purelib(pack):
    pack.edit("WHEEL", "Root-Is-Purelib: false", "Root-Is-Purelib: true")


@mutation("tag-native-in-any")
def native_code_for_any_platform(pack):
    pack.rename(python="py3", abi="none", platform="any")


@mutation("tag-native-in-any", "macos-universal2")
def fat_native_code_for_any_platform(pack):
    pack.rename(python="py3", abi="none", platform="any")


@mutation("tag-name-mismatch", "any")
def another_name_in_metadata(pack):
    pack.edit("METADATA", "Name: example", "Name: exbmple")


@mutation("tag-version-mismatch")
def another_version_in_metadata(pack):
    pack.edit("METADATA", "Version: 0.1.0", "Version: 0.1.1")


@mutation("tag-dist-info", "any")
def two_dist_infos(pack):
    pack.files["other-1.0.dist-info/METADATA"] = b"Metadata-Version: 2.1\n"


@mutation("tag-dist-info", "any")
def dist_info_of_another_version(pack):
    pack.name = "example-0.2.0-py3-none-any.whl"


@mutation("tag-build", "any")
def build_number_in_wheel_only(pack):
    pack.edit("WHEEL", "Tag: ", "Build: 7\nTag: ")


@mutation("tag-wheel-file")
def no_wheel_file(pack):
    pack.drop(pack.path("WHEEL"))


@mutation("tag-wheel-file", "any")
def wheel_of_a_later_format(pack):
    pack.edit("WHEEL", "Wheel-Version: 1.0", "Wheel-Version: 2.0")


@mutation("tag-unneeded-platform", "any")
def platform_without_native_code(pack):
    pack.rename(platform="manylinux_2_17_x86_64")


@mutation("tag-purelib-false", "any")
def pure_code_in_platlib(pack):
    pack.edit("WHEEL", "Root-Is-Purelib: true", "Root-Is-Purelib: false")


def library(pack: Pack) -> str:
    return next(name for name in pack.files if "libhello" in name)


@mutation("tag-too-low")
def newer_glibc_than_the_tag(pack):
    name = library(pack)
    data = pack.files[name]
    for old in (b"GLIBC_2.14", b"GLIBC_2.17", b"GLIBC_2.16", b"GLIBC_2.15", b"GLIBC_2.12"):
        if old in data:
            pack.files[name] = data.replace(old, b"GLIBC_2.34")
            return
    # A name with one digit less: the string table has room for it where the long one ends.
    assert b"GLIBC_2.3.2\0" in data, "no version to raise"
    pack.files[name] = data.replace(b"GLIBC_2.3.2\0", b"GLIBC_2.34\0\0")


@mutation("tag-too-low", "macos-amd64")
def newer_macos_than_the_tag(pack):
    pack.files[EXTENSION] = with_minos(pack.files[EXTENSION], 14)


@mutation("binary-format")
def linux_binaries_for_macos(pack):
    pack.rename(platform="macosx_13_0_x86_64")


@mutation("binary-format", "macos-universal2")
def macos_binaries_for_linux(pack):
    pack.rename(platform="manylinux_2_17_x86_64")


@mutation("index-platform")
def bare_linux_tag(pack):
    pack.rename(platform="linux_x86_64")


@mutation("index-platform", "macos-arm64")
def macos_tag_with_a_minor_release(pack):
    pack.rename(platform="macosx_13_3_arm64")


# --- metadata ------------------------------------------------------------------------------------


@mutation("metadata-malformed", "any")
def no_metadata(pack):
    pack.drop(pack.path("METADATA"))


@mutation("metadata-malformed", "any")
def metadata_that_is_no_text(pack):
    pack.files[pack.path("METADATA")] = b"\xff\xfe\0\0"


@mutation("metadata-version", "any")
def metadata_of_a_later_version(pack):
    pack.version("2.6")


@mutation("metadata-summary", "any")
def summary_without_end(pack):
    pack.header("Summary: " + "x" * 600)


@mutation("metadata-license-expression", "any")
def licence_in_words(pack):
    pack.header("License-Expression: Apache License, Version 2.0")


@mutation("metadata-license-file", "any")
def licence_file_that_is_not_there(pack):
    pack.header("License-File: COPYING")


@mutation("metadata-requirement", "any")
def requirement_that_is_none(pack):
    pack.header("Requires-Dist: cffi >>= 1.0")


@mutation("metadata-requires-python", "any")
def python_that_is_none(pack):
    pack.edit("METADATA", "Requires-Python: >=3.10", "Requires-Python: three")


@mutation("metadata-field-too-new", "any")
def field_of_a_later_version(pack):
    pack.version("2.1").header("License-Expression: MIT")


@mutation("metadata-description-type", "any")
def description_in_html(pack):
    pack.header("Description-Content-Type: text/html")


@mutation("metadata-project-url", "any")
def address_that_is_none(pack):
    pack.header("Project-URL: Source, example dot com")


@mutation("metadata-repeated", "any")
def name_twice(pack):
    pack.header("Name: example")


@mutation("metadata-entry-points", "any")
def command_with_a_path(pack):
    pack.add(pack.path("entry_points.txt"), b"[console_scripts]\n../../bin/sh = example:main\n")


@mutation("index-direct-url", "any")
def requirement_from_a_url(pack):
    pack.header("Requires-Dist: cffi @ https://example.com/cffi.whl")


@mutation("index-private", "any")
def private_classifier(pack):
    pack.header("Classifier: Private :: Do Not Upload")


@mutation("index-local-version", "any")
def local_version(pack):
    pack.edit("METADATA", "Version: 0.1.0", "Version: 0.1.0+abc")
    files = pack.files.items()
    pack.files = {name.replace("-0.1.0.", "-0.1.0+abc."): data for name, data in files}
    pack.name = "example-0.1.0+abc-py3-none-any.whl"


# --- RECORD --------------------------------------------------------------------------------------


@mutation("record-missing")
def no_record(pack):
    pack.drop(pack.path("RECORD"))


@mutation("record-malformed", "any")
def record_with_two_columns(pack):
    pack.record["example/__init__.py"] = "example/__init__.py,6"


@mutation("record-unlisted")
def extension_added_with_zip(pack):
    pack.record[EXTENSION] = None


@mutation("record-not-there", "any")
def record_of_a_lost_file(pack):
    pack.record_tail = "example/lost.py,sha256=47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU,0\n"


@mutation("record-duplicate", "any")
def record_of_one_file_twice(pack):
    pack.record_tail = "example/__init__.py,,\n"


@mutation("record-hash")
def another_hash_in_record(pack):
    size = len(pack.files[EXTENSION])
    pack.record[EXTENSION] = f"{EXTENSION},sha256={'A' * 43},{size}"


@mutation("record-size", "any")
def another_size_in_record(pack):
    digest = base64.urlsafe_b64encode(hashlib.sha256(b"x = 1\n").digest()).rstrip(b"=").decode()
    pack.record["example/__init__.py"] = f"example/__init__.py,sha256={digest},7"


@mutation("record-no-hash", "any")
def hash_by_md5(pack):
    digest = base64.urlsafe_b64encode(hashlib.md5(b"x = 1\n").digest()).rstrip(b"=").decode()
    pack.record["example/__init__.py"] = f"example/__init__.py,md5={digest},6"


# --- ELF -----------------------------------------------------------------------------------------


def programs(data: bytes):
    """Each program header's place and fields of a 64-bit little-endian ELF file."""
    start, = struct.unpack_from("<Q", data, 32)
    size, count = struct.unpack_from("<2H", data, 54)
    for at in range(start, start + size * count, size):
        yield at, struct.unpack_from("<2I6Q", data, at)


def dynamic(data: bytes):
    """Each entry of the dynamic array: its place, tag and value."""
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


@mutation("elf-malformed")
def library_cut_short(pack):
    pack.files[library(pack)] = pack.files[library(pack)][:4000]


@mutation("elf-arch")
def library_of_another_processor(pack):
    pack.files[library(pack)] = patched(pack.files[library(pack)], 18, b"\xb7\0")


@mutation("elf-arch", "linux-arm64")
def arm64_wheel_for_amd64(pack):
    pack.rename(platform="manylinux_2_17_x86_64")


@mutation("elf-no-policy")
def glibc_of_the_future(pack):
    name = library(pack)
    data = pack.files[name]
    assert b"GLIBC_2.2.5\0" in data
    pack.files[name] = data.replace(b"GLIBC_2.2.5\0", b"GLIBC_2.99\0\0")


@mutation("elf-needed-outside")
def needs_a_library_that_nobody_has(pack):
    pack.edit(EXTENSION, b"libhello.so\0", b"libhelpo.so\0")


@mutation("elf-needed-outside")
def runpath_that_leads_nowhere(pack):
    pack.edit(EXTENSION, b"$ORIGIN/example/lib\0", b"$ORIGIN/exbmple/lib\0")


@mutation("elf-needed-path")
def needs_a_path(pack):
    pack.edit(EXTENSION, b"libhello.so\0", b"li/hello.so\0")


@mutation("elf-rpath")
def runpath_of_the_build_machine(pack):
    pack.edit(EXTENSION, b"$ORIGIN/example/lib\0", b"/build//example/lib\0")


@mutation("elf-soname")
def library_without_soname(pack):
    pack.files[library(pack)] = with_tag(pack.files[library(pack)], 14, 0x6FFFFFF9)


@mutation("elf-executable-stack")
def executable_stack(pack):
    data = pack.files[library(pack)]
    at = next(at for at, fields in programs(data) if fields[0] == 0x6474E551)
    pack.files[library(pack)] = patched(data, at + 4, struct.pack("<I", 7))


@mutation("elf-text-relocations")
def relocations_in_code(pack):
    data = pack.files[library(pack)]
    tags = [tag for _, tag, _ in dynamic(data)]
    spare = next(tag for tag in (0x6FFFFFF9, 0x6FFFFEF5, 14) if tag in tags)
    pack.files[library(pack)] = with_tag(data, spare, 22)


@mutation("elf-unstripped")
def symbols_left(pack):
    data = pack.files[EXTENSION]
    start, = struct.unpack_from("<Q", data, 40)
    size, count = struct.unpack_from("<2H", data, 58)
    at = next(at for at in range(start + size, start + size * count, size)
              if struct.unpack_from("<I", data, at + 4)[0] == 1)
    pack.files[EXTENSION] = patched(data, at + 4, struct.pack("<I", 2))


@mutation("elf-libc")
def glibc_wheel_for_musl(pack):
    pack.rename(platform="musllinux_1_2_x86_64")


# --- Mach-O --------------------------------------------------------------------------------------


def commands(data: bytes):
    """Each load command: its place, kind and size."""
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
def macos_library_cut_short(pack):
    pack.files[library(pack)] = pack.files[library(pack)][:9000]


@mutation("macho-arch", "macos-arm64")
def arm64_wheel_for_intel(pack):
    pack.rename(platform="macosx_13_0_x86_64")


@mutation("macho-arch", "macos-universal2")
def one_image_of_two(pack):
    pack.files[EXTENSION] = images(pack.files[EXTENSION])[0]


@mutation("macho-arch-extra", "macos-universal2")
def one_image_too_many(pack):
    pack.rename(platform="macosx_13_0_arm64")


@mutation("macho-platform", "macos-amd64")
def library_for_ios(pack):
    data = pack.files[EXTENSION]
    pack.files[EXTENSION] = patched(data, command(data, 0x32) + 8, struct.pack("<I", 2))


@mutation("macho-dylib-outside", "macos-amd64")
def rpath_that_leads_nowhere(pack):
    pack.edit(EXTENSION, b"@loader_path/example/lib", b"@loader_path/exbmple/lib")


@mutation("macho-rpath", "macos-amd64")
def rpath_of_the_build_machine(pack):
    pack.edit(EXTENSION, b"@loader_path/example/lib", b"/Users/builder/example/l")


@mutation("macho-dylib-path", "macos-amd64")
def needs_a_library_of_the_build_machine(pack):
    pack.edit(EXTENSION, b"@rpath/libhello.dylib", b"/build/libhello.dylib")


@mutation("macho-install-name", "macos-amd64")
def install_name_of_the_build_machine(pack):
    pack.edit(library(pack), b"@rpath/libhello.dylib", b"/build/libhello.dylib")


@mutation("macho-signature", "macos-arm64")
def page_changed_after_signing(pack):
    data = pack.files[library(pack)]
    at = data.index(b"Go build ID") if b"Go build ID" in data else 20000
    pack.files[library(pack)] = patched(data, at, bytes([data[at] ^ 1]))


@mutation("macho-signature", "macos-arm64")
def no_signature(pack):
    data = pack.files[EXTENSION]
    pack.files[EXTENSION] = patched(data, command(data, 0x1D), struct.pack("<I", 0x31))


@mutation("macho-signature", "macos-universal2")
def page_of_a_fat_library_changed(pack):
    data = pack.files[EXTENSION]
    offset, = struct.unpack_from(">I", data, 8 + 20 + 8)
    at = offset + 0x1000 - 8
    pack.files[EXTENSION] = patched(data, at, bytes([data[at] ^ 1]))


def images(data: bytes) -> list[bytes]:
    count, = struct.unpack_from(">I", data, 4)
    places = [struct.unpack_from(">5I", data, 8 + 20 * number) for number in range(count)]
    return [data[offset : offset + size] for _, _, offset, size, _ in places]


@mutation("macho-alignment", "macos-universal2")
def images_not_on_pages(pack):
    parts = images(pack.files[EXTENSION])
    header, body, at = struct.pack(">2I", 0xCAFEBABE, len(parts)), b"", 0x1010
    for part in parts:
        cpu, sub = struct.unpack_from("<2I", part, 4)
        header += struct.pack(">5I", cpu, sub, at + len(body), len(part), 4)
        body += part + bytes(-len(part) % 16)
    pack.files[EXTENSION] = header.ljust(at, b"\0") + body


@mutation("macho-padding", "macos-amd64")
def stray_bytes_before_the_strings(pack):
    data = pack.files[library(pack)]
    symbols, strings = command(data, 0x2), command(data, 0xB)
    start, count = struct.unpack_from("<2I", data, strings + 56)
    end = start + 4 * count
    names, = struct.unpack_from("<I", data, symbols + 16)
    if names == end:
        # No gap in this build: one indirect symbol less makes one.
        data = patched(data, strings + 60, struct.pack("<I", count - 1))
        end -= 4
    pack.files[library(pack)] = patched(data, end, b"\xaa" * min(4, names - end))


# --- Python's ABI --------------------------------------------------------------------------------


@mutation("extension-init")
def init_of_another_module(pack):
    pack.edit(EXTENSION, b"PyInit__example\0", b"PyInit__exbmple\0")


@mutation("extension-init")
def library_named_as_extension(pack):
    pack.files[EXTENSION] = pack.files[library(pack)]


@mutation("extension-init", "macos-amd64")
def macos_init_of_another_module(pack):
    pack.files[EXTENSION] = pack.files[EXTENSION].replace(b"PyInit__example", b"PyInit__exbmple")


@mutation("extension-suffix")
def suffix_of_one_python(pack):
    pack.add("_example.cpython-39-x86_64-linux-gnu.so", pack.files[EXTENSION]).drop(EXTENSION)


@mutation("extension-suffix")
def abi3_for_free_threaded_python(pack):
    pack.rename(python="cp313", abi="cp313t")


@mutation("abi3-symbol")
def symbol_outside_the_stable_abi(pack):
    pack.edit(EXTENSION, b"PyErr_Occurred\0", b"_PyErr_Occured\0")


@mutation("abi3-too-new")
def symbol_of_a_later_python(pack):
    pack.edit(EXTENSION, b"PyErr_Occurred\0", b"PyType_GetName\0")


@mutation("abi3-floor")
def abi3_without_a_floor(pack):
    pack.rename(python="py3")


@mutation("abi3t-floor")
def abi3t_before_there_was_one(pack):
    pack.rename(python="cp313", abi="abi3.abi3t")


@mutation("extension-libpython", "macos-amd64")
def linked_against_libpython(pack):
    pack.edit(EXTENSION, b"@rpath/libhello.dylib", b"@rpath/libpython3.12\0")


# --- Go ------------------------------------------------------------------------------------------


@mutation("go-target")
def built_for_another_system(pack):
    pack.edit(library(pack), b"build\tGOOS=linux\n", b"build\tGOOS=plan9\n")


@mutation("go-build-mode")
def built_as_a_program(pack):
    pack.edit(library(pack), b"-buildmode=c-shared\n", b"-buildmode=pie\nxxxx\n")


@mutation("go-macos-floor", "macos-arm64")
def newer_go_than_the_macos(pack):
    for name in (EXTENSION, library(pack)):
        pack.files[name] = with_minos(pack.files[name], 11)
    pack.rename(platform="macosx_11_0_arm64")


@mutation("go-trimpath")
def paths_not_trimmed(pack):
    pack.edit(library(pack), b"build\t-trimpath=true\n", b"build\t-trimpath=nope\n")


@mutation("go-module-version")
def module_without_a_version(pack):
    pack.edit(library(pack), b"build\tCGO_ENABLED=1\n", b"dep\texample.com/aaa\n")


@mutation("go-two-runtimes")
def two_go_libraries(pack):
    pack.add("example/lib/libhello2.so", pack.files[library(pack)], 0o100755)


@mutation("go-musl-tls")
def go_library_for_musl(pack):
    pack.rename(platform="musllinux_1_2_x86_64")


@mutation("go-isa-level")
def newer_processor_asked_for(pack):
    pack.edit(library(pack), b"build\tGOAMD64=v1\n", b"build\tGOAMD64=v3\n")
