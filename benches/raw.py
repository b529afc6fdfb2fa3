"""The tools that pygo runs, driven by a shell script: what a matrix costs without pygo.

The script runs `go build` and `zig cc` for all targets at once, with the same flags, and makes no wheel.
"""

import os
import shlex
from pathlib import Path

import cffi

ROOT = Path(__file__).resolve().parents[1]

# Target -> GOOS, GOARCH, and what zig calls it.
TARGETS = {
    "linux-amd64": ("linux", "amd64", "x86_64-linux-gnu.2.17"),
    "linux-arm64": ("linux", "arm64", "aarch64-linux-gnu.2.17"),
    "macos-amd64": ("darwin", "amd64", "x86_64-macos.13.0"),
    "macos-arm64": ("darwin", "arm64", "aarch64-macos.13.0"),
}

BUILD = """#!/bin/sh
# Builds the library and the extension for one target: build.sh TARGET GOOS GOARCH
set -e
out={work}/out-$1
mkdir -p "$out"
cd {go_dir}
case $2 in
linux)  file=lib{name}.so; name="-Wl,-soname,$file"
        link='-shared -Wl,-rpath,$ORIGIN' ;;
darwin) file=lib{name}.dylib; name="-Wl,-install_name,@rpath/$file -Wl,-headerpad_max_install_names"
        link='-dynamiclib -undefined dynamic_lookup -Wl,-rpath,@loader_path -Wl,-install_name,@rpath/_ext.abi3.so' ;;
esac
GOOS=$2 GOARCH=$3 CGO_ENABLED=1 CC={shared}/cc-$1 {go} build -buildmode=c-shared -trimpath -buildvcs=false \\
    -ldflags="-s -w -buildid= -extldflags '-s $name'" -o "$out/$file" .
mv "$out/lib{name}.h" "$out/cgo.h"
[ -n "$LIBRARY_ONLY" ] || {shared}/cc-$1 -s -fPIC $link -DPy_LIMITED_API=0x030a0000 -I{headers} -I"$out" \\
    -o "$out/_ext.abi3.so" {work}/ext.c "$out/$file"
"""


def write_script(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(0o755)


class Raw:
    """The script for the Go package in `go_dir`, with its output in `work`, and caches and compilers in `shared`."""

    def __init__(self, work: Path, go_dir: Path, go: str, zig: str, shared: Path):
        self.work, self.shared = work, shared
        quoted = {key: shlex.quote(str(value)) for key, value in {
            "work": work, "shared": shared, "go_dir": go_dir, "go": go, "headers": ROOT / "toolchains" / "abi3",
        }.items()}
        write_script(work / "build.sh", BUILD.format(name="bench", **quoted))
        for target, (system, _, triple) in TARGETS.items():
            flags = ["-target", triple, "-O2"]
            if system == "darwin":
                stubs = ROOT / "toolchains" / "macos"
                flags += [f"-L{stubs}/usr/lib", f"-F{stubs}/System/Library/Frameworks"]
            command = shlex.join([zig, "cc", *flags])
            write_script(shared / f"cc-{target}", f'#!/bin/sh\nexec {command} "$@"\n')
        ffi = cffi.FFI()
        ffi.cdef("int Answer(int value);")
        ffi.set_source("_ext", '#include "cgo.h"')
        ffi.emit_c_code(str(work / "ext.c"))

    def command(self, targets: list[str]) -> list[str]:
        """Builds all of `targets` at once."""
        one = [f'{shlex.quote(str(self.work / "build.sh"))} {target} {" ".join(TARGETS[target][:2])}'
               for target in targets]
        script = "; ".join(f"{line} & all=\"$all $!\"" for line in one)
        return ["sh", "-c", f'{script}; for one in $all; do wait $one || exit 1; done']

    def environment(self) -> dict[str, str]:
        zig = str(self.shared / "zig")
        return {**os.environ, "GOCACHE": str(self.shared / "go-build"), "GOFLAGS": "",
                "ZIG_GLOBAL_CACHE_DIR": zig, "ZIG_LOCAL_CACHE_DIR": zig}

    def caches(self) -> list[Path]:
        return [self.shared / "go-build", self.shared / "zig"]
