"""A wheel in memory, to be changed in one thing and written again.

Where the change is not about RECORD, RECORD is made to agree, so that no tool can notice by a hash.
"""

import base64
import hashlib
import io
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


def library(pack: Pack) -> str:
    """The path of the Go library."""
    return next(name for name in pack.files if "libhello" in name)


def patched(data: bytes, at: int, new: bytes) -> bytes:
    """The same bytes, but for those at one place."""
    return data[:at] + new + data[at + len(new) :]
