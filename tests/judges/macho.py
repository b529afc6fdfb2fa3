"""Reads Mach-O files and verifies their code signatures, which no other tool on Linux does.

A signed file carries a CodeDirectory with a SHA-256 of each of its pages; macOS on
arm64 kills a process whose pages differ. Structures: <mach-o/loader.h>,
<mach-o/fat.h> and xnu's osfmk/kern/cs_blobs.h.
"""

import hashlib
import struct
from dataclasses import dataclass, field

MACHINES = {0x01000007: "x86_64", 0x0100000C: "arm64"}
MACOS = 1
SEGMENT_64, ID_DYLIB, LOAD_DYLIB, UUID, SYMTAB, DYSYMTAB = 0x19, 0xD, 0xC, 0x1B, 0x2, 0xB
RPATH, BUILD_VERSION, CODE_SIGNATURE = 0x8000001C, 0x32, 0x1D
OTHER_LOADS = {0x80000018, 0x8000001F, 0x80000023, 0x20}  # weak, reexport, upward, lazy
EMBEDDED_SIGNATURE, CODE_DIRECTORY, AD_HOC, SHA256 = 0xFADE0CC0, 0xFADE0C02, 0x2, 2


class Invalid(Exception):
    """macOS would refuse the file."""


@dataclass
class Segment:
    name: str
    address: int
    size: int
    offset: int
    file_size: int


@dataclass
class Image:
    """The image for one architecture."""

    data: bytes
    offset: int = 0
    align: int = 0
    machine: str = ""
    file_type: int = 0
    identity: str | None = None
    loads: list[str] = field(default_factory=list)
    rpaths: list[str] = field(default_factory=list)
    segments: list[Segment] = field(default_factory=list)
    minimum: tuple[int, int] | None = None
    platform: int | None = None
    uuid: bytes | None = None
    signature: tuple[int, int] | None = None
    indirect_symbols: tuple[int, int] = (0, 0)
    strings: tuple[int, int] = (0, 0)

    def __post_init__(self):
        magic, cpu, _, self.file_type, count, size, *_ = struct.unpack_from("<7I", self.data)
        if magic != 0xFEEDFACF:
            raise Invalid(f"magic {magic:#x} is not the magic of a 64-bit Mach-O file")
        self.machine = MACHINES.get(cpu) or f"cpu {cpu:#x}"
        at = 32
        for _ in range(count):
            command, length = struct.unpack_from("<2I", self.data, at)
            if length < 8 or length % 8 or at + length > 32 + size:
                raise Invalid(f"load command {command:#x} at {at} has length {length}")
            self.command(command, self.data[at : at + length])
            at += length
        if at != 32 + size:
            raise Invalid(f"the load commands end at {at}, the header says {32 + size}")

    def command(self, kind: int, body: bytes) -> None:
        def text() -> str:
            start = struct.unpack_from("<I", body, 8)[0]
            return body[start:].split(b"\0", 1)[0].decode()

        if kind == ID_DYLIB:
            self.identity = text()
        elif kind == LOAD_DYLIB or kind in OTHER_LOADS:
            self.loads.append(text())
        elif kind == RPATH:
            self.rpaths.append(text())
        elif kind == UUID:
            self.uuid = body[8:24]
        elif kind == BUILD_VERSION:
            self.platform, version = struct.unpack_from("<2I", body, 8)
            self.minimum = (version >> 16, version >> 8 & 0xFF)
        elif kind == CODE_SIGNATURE:
            self.signature = struct.unpack_from("<2I", body, 8)
        elif kind == SYMTAB:
            self.strings = struct.unpack_from("<2I", body, 16)
        elif kind == DYSYMTAB:
            self.indirect_symbols = struct.unpack_from("<2I", body, 56)
        elif kind == SEGMENT_64:
            name, *numbers = struct.unpack_from("<16s4Q", body, 8)
            self.segments.append(Segment(name.rstrip(b"\0").decode(), *numbers))


def images(data: bytes) -> list[Image]:
    """The images of a file: one, or those of a fat file, whose layout is checked."""
    magic, count = struct.unpack_from(">2I", data)
    if magic != 0xCAFEBABE:
        return [Image(data)]
    found, end = [], 8 + 20 * count
    for index in range(count):
        cpu, _, offset, size, align = struct.unpack_from(">5I", data, 8 + 20 * index)
        if offset < end or offset + size > len(data):
            raise Invalid(f"slice {index} at {offset}+{size} overlaps or leaves the file")
        if offset % (1 << align):
            raise Invalid(f"slice {index} at {offset} is not aligned to 2^{align}")
        image = Image(data[offset : offset + size], offset, align)
        if image.machine != MACHINES.get(cpu):
            raise Invalid(f"the fat header calls slice {index} {cpu:#x}, it is {image.machine}")
        found.append(image)
        end = offset + size
    if end != len(data):
        raise Invalid(f"{len(data) - end} bytes after the last slice")
    return found


def verify_layout(image: Image) -> None:
    """Segments start on page boundaries and lie within the file, and the signature ends it."""
    page = 0x4000 if image.machine == "arm64" else 0x1000
    for segment in image.segments:
        if segment.address % page or segment.offset % page:
            raise Invalid(f"{segment.name} is not aligned to {page:#x}")
        if segment.offset + segment.file_size > len(image.data):
            raise Invalid(f"{segment.name} leaves the file")
    last = image.segments[-1]
    if last.name != "__LINKEDIT" or last.offset + last.file_size != len(image.data):
        raise Invalid(f"{last.name} does not end the file")
    if image.signature and sum(image.signature) != len(image.data):
        raise Invalid("the signature does not end the file")


def verify_signature(image: Image) -> int:
    """Returns the number of pages verified; raises `Invalid` if macOS would refuse the signature."""
    if image.signature is None:
        raise Invalid("not signed")
    start, size = image.signature
    blob = image.data[start : start + size]
    magic, length, count = struct.unpack_from(">3I", blob)
    if magic != EMBEDDED_SIGNATURE or length > len(blob):
        raise Invalid(f"no embedded signature at {start}")
    index = dict(struct.unpack_from(">2I", blob, 12 + 8 * i) for i in range(count))
    if 0 not in index:
        raise Invalid("the signature has no CodeDirectory")
    directory = blob[index[0] :]
    fields = struct.unpack_from(">9I4B", directory)
    magic, _, _, flags, hashes, _, _, slots, limit, hash_size, hash_type, _, shift = fields
    if magic != CODE_DIRECTORY:
        raise Invalid("the signature has no CodeDirectory")
    if hash_type != SHA256 or hash_size != 32:
        raise Invalid(f"hashes of type {hash_type} with {hash_size} bytes are not SHA-256")
    if not flags & AD_HOC:
        raise Invalid("the signature is not ad hoc")
    if limit != start:
        raise Invalid(f"the signature covers {limit} of the {start} bytes before it")
    page = 1 << shift
    if slots != -(-limit // page):
        raise Invalid(f"{slots} hashes for {limit} bytes in pages of {page}")
    for slot in range(slots):
        code = image.data[slot * page : min((slot + 1) * page, limit)]
        expected = directory[hashes + 32 * slot : hashes + 32 * (slot + 1)]
        if hashlib.sha256(code).digest() != expected:
            raise Invalid(f"the hash of page {slot} does not match")
    return slots
