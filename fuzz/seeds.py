"""Writes the seed corpus of each fuzz target: small wheels, an sdist, small binaries from published wheels,
RECORD files, and the Go files and C declarations of the examples. Files that the fuzzer added in earlier runs stay."""

import gzip
import hashlib
import io
import sys
import tarfile
import zipfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "tests" / "judges"))

from builders import pure  # noqa: E402
from faults_macho import images  # noqa: E402
from mutations import MUTATIONS  # noqa: E402
from published import GOOD, NotFetched, fetched  # noqa: E402

# Larger inputs only slow the fuzzer down.
MAX_SIZE = 200_000
LARGE = {"archive-bomb", "index-file-size"}


def put(target: str, data: bytes) -> None:
    directory = HERE / "corpus" / target
    directory.mkdir(parents=True, exist_ok=True)
    (directory / hashlib.sha256(data).hexdigest()[:20]).write_bytes(data)


def wheels() -> None:
    library = (HERE.parent / "src" / "audit" / "testdata" / "glibc-2.34.so").read_bytes()
    put("elf", library)
    put("wheel", pure().bytes())
    put("wheel", pure().add("x.abi3.so", library).bytes())
    for mutation in MUTATIONS:
        if mutation.target == "any" and mutation.rule not in LARGE:
            wheel = pure()
            mutation.change(wheel)
            put("wheel", wheel.bytes())


def published() -> None:
    small = ("markupsafe", "MarkupSafe", "cffi", "psutil", "yarl", "msgpack", "frozenlist", "ninja")
    for name in (name for name in GOOD if name.startswith(small)):
        with zipfile.ZipFile(fetched(name)) as archive:
            for info in archive.infolist():
                if info.filename.endswith("/RECORD"):
                    put("record", archive.read(info))
                if info.file_size > MAX_SIZE or not info.filename.endswith((".so", ".pyd")):
                    continue
                data = archive.read(info)
                if data[:4] == b"\x7fELF":
                    put("elf", data)
                elif data[:2] == b"MZ":
                    put("pe", data)
                elif data[:4] == b"\xca\xfe\xba\xbe":
                    for image in [data, *images(data)]:
                        put("macho", image)
                else:
                    put("macho", data)


def sources() -> None:
    examples = HERE.parent / "example"
    for pattern, target in {"*.go": "go", "*.cdef": "c", "*.h": "c"}.items():
        for path in examples.rglob(pattern):
            put(target, path.read_bytes())
    put("c", b"char* Hello(char* message, int count);\nvoid free(void* pointer);\n")
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w") as tar:
        for name in ("PKG-INFO", "pyproject.toml"):
            data = b"Metadata-Version: 2.1\nName: x\nVersion: 1.0\n" if name == "PKG-INFO" else b"[project]\n"
            member = tarfile.TarInfo(f"x-1.0/{name}")
            member.size = len(data)
            tar.addfile(member, io.BytesIO(data))
    put("sdist", archive.getvalue())
    put("sdist", gzip.compress(archive.getvalue(), mtime=0))


def main() -> None:
    put("record", b'a/b.py,sha256=47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU,0\r\n"x,y",,\nRECORD,,\n')
    wheels()
    sources()
    try:
        published()
    except NotFetched as missing:
        print(f"without published wheels: {missing}", file=sys.stderr)


if __name__ == "__main__":
    main()
