"""Asks other tools whether an error that `pygo check` finds in a published wheel is one.

In: the wheel's path and the rule. Out: whether the tool named in errors.txt sees the same.
"""

import json
import re
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import lief

from download import parts

TOOLS = Path(sys.executable).parent
# Without vcruntime140.dll, which Python brings.
VISUAL_C = re.compile(r"(concrt|mfc|msvcp|vccorlib|vcomp)\d+.*\.dll", re.IGNORECASE)
FAT_SLICES = {"intel": {"I386", "X86_64"}, "universal2": {"ARM64", "X86_64"}}
MACH_O = {bytes.fromhex(each) for each in ("cffaedfe", "cefaedfe", "cafebabe")}


def auditwheel(path: Path, _rule: str) -> bool:
    """Whether auditwheel finds another platform than the tags name."""
    command = [TOOLS / "auditwheel", "show", "--json", path]
    done = subprocess.run(command, capture_output=True, text=True, timeout=600)
    try:
        tag = json.loads(done.stdout[done.stdout.index("{") :])["overall_tag"]
    except ValueError:
        return "not a platform wheel" not in done.stderr and done.returncode != 0
    return tag not in parts(path.name)[4]


def delvewheel(path: Path, _rule: str) -> bool:
    """Whether delvewheel misses a library of Visual C++ in the wheel."""
    command = [TOOLS / "delvewheel", "show", path]
    done = subprocess.run(command, capture_output=True, text=True, timeout=600)
    missing = re.findall(r"^ +(\S+) \(Error: Not Found\)$", done.stdout, re.MULTILINE)
    return any(VISUAL_C.fullmatch(name) for name in missing)


@dataclass(frozen=True)
class Image:
    """What LIEF reads from a binary for one processor; its own objects do not outlive their file."""

    format: str
    cpu: str
    needed: tuple[str, ...]
    minimum: tuple[int, ...] = (0, 0)


def with_lief(path: Path, rule: str) -> bool:
    """Whether LIEF reads from the binaries what the rule is about."""
    with zipfile.ZipFile(path) as archive:
        names = {PurePosixPath(name).name.lower() for name in archive.namelist()}
        images = [image for info in archive.infolist() for image in parsed(archive, info)]
    tags = parts(path.name)[4]
    needed = [name for image in images for name in image.needed]
    match rule:
        case "TAG013":
            promised = min(tuple(map(int, re.findall(r"\d+", tag)[:2])) for tag in tags)
            return any(image.minimum > promised for image in images)
        case "MAC002":
            wanted = set().union(*(FAT_SLICES.get(tag.split("_", 3)[3], set()) for tag in tags))
            return bool(wanted - {image.cpu for image in images})
        case "MAC004":
            outside = [name for name in needed if not name.startswith(("/usr/lib/", "/System/"))]
            return any(PurePosixPath(name).name.lower() not in names for name in outside)
        case "PE002":
            return len({image.cpu for image in images if image.format == "PE"}) > 1
        case "PE003":
            return any(VISUAL_C.fullmatch(name) and name.lower() not in names for name in needed)
    raise ValueError(f"LIEF is not asked about {rule}")


def parsed(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> list[Image]:
    with archive.open(info) as member:
        magic = member.read(4)
    if magic[:2] == b"MZ" and (program := lief.PE.parse(list(archive.read(info)))):
        needed = tuple(str(entry.name) for entry in program.imports)
        return [Image("PE", program.header.machine.name, needed)]
    if magic in MACH_O and (fat := lief.MachO.parse(list(archive.read(info)))):
        return [
            Image(
                "Mach-O",
                image.header.cpu_type.name,
                tuple(str(library.name) for library in image.libraries),
                minimum(image),
            )
            for image in fat
        ]
    return []


def minimum(image: lief.MachO.Binary) -> tuple[int, ...]:
    """The oldest macOS that the image allows."""
    if image.has_build_version:
        return tuple(image.build_version.minos[:2])
    return tuple(image.version_min.version[:2]) if image.has_version_min else (0, 0)


CONFIRM = {"auditwheel": auditwheel, "delvewheel": delvewheel, "LIEF": with_lief}
