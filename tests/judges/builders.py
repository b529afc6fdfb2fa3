"""Builds wheels: from nothing, or from a good wheel with one change.

RECORD is computed when the wheel is written, so that a change elsewhere cannot be noticed by a hash.
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


def digest(data: bytes, algorithm: str = "sha256") -> str:
    """A hash as RECORD writes it."""
    encoded = base64.urlsafe_b64encode(hashlib.new(algorithm, data).digest())
    return f"{algorithm}={encoded.rstrip(b'=').decode()}"


def row(path: str, data: bytes) -> str:
    """The line of RECORD for a file."""
    return f"{path},{digest(data)},{len(data)}"


def entry(path: str, mode: int = 0o100644, method: int = zipfile.ZIP_DEFLATED) -> zipfile.ZipInfo:
    """The header of a file in a zip, with a fixed time."""
    info = zipfile.ZipInfo(path, (1980, 1, 1, 0, 0, 0))
    info.external_attr, info.compress_type = mode << 16, method
    return info


def documents(name: str) -> dict[str, bytes]:
    """METADATA, WHEEL and an empty RECORD for a wheel of this file name."""
    dist, version, *tag = name.removesuffix(".whl").split("-")
    metadata = f"Metadata-Version: 2.4\nName: {dist}\nVersion: {version}\nRequires-Python: >=3.10\n\n"
    pure = str(tag[-1] == "any").lower()
    wheel = f"Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: {pure}\nTag: {'-'.join(tag)}\n"
    texts = {"METADATA": metadata, "WHEEL": wheel, "RECORD": ""}
    return {f"{dist}-{version}.dist-info/{file}": text.encode() for file, text in texts.items()}


class Pipe(io.RawIOBase):
    """An output that cannot seek, so zipfile writes sizes after the data."""

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
class WheelBuilder:
    """A wheel in memory: its name, its files in order, and what is unusual about its zip file."""

    name: str
    files: dict[str, bytes]
    modes: dict[str, int] = field(default_factory=dict)
    methods: dict[str, int] = field(default_factory=dict)
    # Wrong lines of RECORD: path -> line, or None to leave the file out.
    record: dict[str, str | None] = field(default_factory=dict)
    record_tail: str = ""
    duplicates: list[tuple[str, bytes]] = field(default_factory=list)
    stream: bool = False
    after: Callable[[bytes], bytes] = lambda data: data

    @classmethod
    def read(cls, path: Path) -> "WheelBuilder":
        with zipfile.ZipFile(path) as archive:
            infos = archive.infolist()
            files = {info.filename: archive.read(info) for info in infos}
            modes = {info.filename: info.external_attr >> 16 for info in infos}
        return cls(path.name, files, modes)

    @property
    def dist_info(self) -> str:
        return next(name.split("/")[0] for name in self.files if ".dist-info/" in name)

    def path(self, name: str) -> str:
        """The path of a file of .dist-info."""
        return f"{self.dist_info}/{name}"

    def edit(self, name: str, old: str | bytes, new: str | bytes) -> "WheelBuilder":
        """Replaces text in a file of .dist-info, or bytes in another file."""
        path = self.path(name) if self.path(name) in self.files else name
        old, new = (part.encode() if isinstance(part, str) else part for part in (old, new))
        assert old in self.files[path], f"{old!r} is not in {path}"
        self.files[path] = self.files[path].replace(old, new)
        return self

    def header(self, line: str) -> "WheelBuilder":
        """Adds a line to METADATA."""
        self.files[self.path("METADATA")] = line.encode() + b"\n" + self.files[self.path("METADATA")]
        return self

    def version(self, version: str) -> "WheelBuilder":
        text = self.files[self.path("METADATA")]
        old = next(line for line in text.splitlines() if line.startswith(b"Metadata-Version"))
        return self.edit("METADATA", old, f"Metadata-Version: {version}")

    def add(self, name: str, data: bytes = b"", mode: int = 0o100644) -> "WheelBuilder":
        last = {p: self.files.pop(p) for p in list(self.files) if ".dist-info/" in p}
        self.files[name], self.modes[name] = data, mode
        self.files.update(last)
        return self

    def drop(self, name: str) -> "WheelBuilder":
        del self.files[name]
        return self

    def rename(self, **parts: str) -> "WheelBuilder":
        """Changes parts of the file name, and the tags in WHEEL to match."""
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
        itself = self.path("RECORD")
        rows = {name: row(name, data) for name, data in self.files.items()} | {itself: f"{itself},,"}
        lines = [line for line in (rows | self.record).values() if line is not None]
        return "\n".join(lines) + "\n" + self.record_tail

    def bytes(self) -> bytes:
        record = self.path("RECORD")
        if record in self.files:
            self.files[record] = self.rows().encode()
        out = Pipe() if self.stream else io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, data in [*self.files.items(), *self.duplicates]:
                mode = self.modes.get(name, 0o100644)
                method = self.methods.get(name, zipfile.ZIP_DEFLATED)
                archive.writestr(entry(name, mode, method), data)
        return self.after(out.getvalue())

    def write(self, directory: Path) -> Path:
        path = directory / self.name
        path.write_bytes(self.bytes())
        return path


def pure() -> WheelBuilder:
    """A wheel without native code, as a build backend writes it."""
    return WheelBuilder(PURE, {"example/__init__.py": b"x = 1\n", **documents(PURE)})


def library(wheel: WheelBuilder) -> str:
    """The path of the Go library."""
    return next(name for name in wheel.files if "libhello.example." in name)


def patched(data: bytes, at: int, new: bytes) -> bytes:
    """`data` with the bytes at `at` replaced."""
    return data[:at] + new + data[at + len(new) :]
