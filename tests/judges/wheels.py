"""The expected file names and contents of wheels, and a reader."""

import csv
import email.message
import hashlib
import io
import zipfile
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

# Target -> the file name of its wheel of example/hello.
HELLO = {
    "linux-amd64": "example-0.1.0-cp310-abi3-manylinux2014_x86_64.manylinux_2_17_x86_64.whl",
    "linux-arm64": "example-0.1.0-cp310-abi3-manylinux2014_aarch64.manylinux_2_17_aarch64.whl",
    "macos-amd64": "example-0.1.0-cp310-abi3-macosx_13_0_x86_64.whl",
    "macos-arm64": "example-0.1.0-cp310-abi3-macosx_13_0_arm64.whl",
    "macos-universal2": "example-0.1.0-cp310-abi3-macosx_13_0_universal2.whl",
}
TARGETS = list(HELLO)
LINUX = [name for name in TARGETS if name.startswith("linux")]
MACOS = [name for name in TARGETS if name.startswith("macos")]

# Target -> `uname -m` of each slice in its binaries.
MACHINES = {
    "linux-amd64": ["x86_64"],
    "linux-arm64": ["aarch64"],
    "macos-amd64": ["x86_64"],
    "macos-arm64": ["arm64"],
    "macos-universal2": ["x86_64", "arm64"],
}
EXTENSION = "_example.abi3.so"
# The module with the path of the library.
LOCATOR = "example/lib/libhello.py"


def library(target: str) -> str:
    return "example/lib/libhello.example." + ("dylib" if target.startswith("macos") else "so")


@dataclass(frozen=True)
class Wheel:
    path: Path

    @property
    def name(self) -> str:
        return self.path.name

    @cached_property
    def platforms(self) -> list[str]:
        return self.path.stem.rsplit("-", 1)[1].split(".")

    @cached_property
    def files(self) -> dict[str, bytes]:
        with zipfile.ZipFile(self.path) as archive:
            assert archive.testzip() is None
            return {info.filename: archive.read(info) for info in archive.infolist()}

    @property
    def dist_info(self) -> str:
        return "-".join(self.name.split("-")[:2]) + ".dist-info"

    def info(self, name: str) -> bytes:
        return self.files[f"{self.dist_info}/{name}"]

    @property
    def metadata(self) -> email.message.Message:
        return email.message_from_bytes(self.info("METADATA"))

    @property
    def wheel(self) -> email.message.Message:
        return email.message_from_bytes(self.info("WHEEL"))

    @property
    def record(self) -> list[list[str]]:
        return list(csv.reader(self.info("RECORD").decode().splitlines()))

    def unpack(self, directory: Path) -> Path:
        """Extracts its files, as an installer does."""
        with zipfile.ZipFile(self.path) as archive:
            archive.extractall(directory)
        return directory


def same(first: bytes, second: bytes, what: object = "") -> None:
    """Fails with a summary of what differs; for a bare `==`, pytest would diff for hours."""
    if first == second:
        return
    digests = [hashlib.sha256(content).hexdigest()[:16] for content in (first, second)]
    summary = f"{what} {len(first)} and {len(second)} bytes, sha256 {' and '.join(digests)}"
    if all(zipfile.is_zipfile(io.BytesIO(content)) for content in (first, second)):
        members = []
        for content in (first, second):
            with zipfile.ZipFile(io.BytesIO(content)) as archive:
                members.append({info.filename: info.CRC for info in archive.infolist()})
        names = members[0].keys() | members[1].keys()
        summary += f", in {sorted(n for n in names if members[0].get(n) != members[1].get(n))}"
    differ = [at for at, (a, b) in enumerate(zip(first, second)) if a != b]
    raise AssertionError(f"{summary}; {len(differ)} bytes differ, first {differ[:8]}")
