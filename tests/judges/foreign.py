"""Good wheels of kinds that the factory does not build, made by the zig that it provisioned."""

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import musllinux
import windows
from packs import Pack

KINDS = {"windows-amd64": windows, "linux-amd64-musl": musllinux}


def build(zig: Path, directory: Path) -> dict[str, Path]:
    """Target -> its wheel, in a directory of its own."""
    wheels = {}
    for target, kind in KINDS.items():
        own = directory / target
        own.mkdir()
        wheels[target] = wheel(kind.NAME, kind.binaries(runner(zig, own), own)).write(own)
    return wheels


def runner(zig: Path, directory: Path) -> Callable[..., None]:
    """Runs zig in a directory, with a cache there."""
    cache = str(directory / "cache")
    env = os.environ | {"ZIG_GLOBAL_CACHE_DIR": cache, "ZIG_LOCAL_CACHE_DIR": cache}

    def run(*command: str) -> None:
        line = [str(zig), *command]
        done = subprocess.run(
            line, cwd=directory, env=env, capture_output=True, text=True, timeout=300
        )
        assert done.returncode == 0, f"{' '.join(line)}\n{done.stdout}\n{done.stderr}"

    return run


def wheel(name: str, binaries: dict[str, bytes]) -> Pack:
    info = "spam-1.0.dist-info"
    tag = "-".join(name.removesuffix(".whl").split("-")[2:])
    metadata = "Metadata-Version: 2.4\nName: spam\nVersion: 1.0\nRequires-Python: >=3.10\n\n"
    text = f"Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: false\nTag: {tag}\n"
    return Pack(name, {
        "spam/__init__.py": b"from spam._spam import spam as spam\n",
        **binaries,
        f"{info}/METADATA": metadata.encode(),
        f"{info}/WHEEL": text.encode(),
        f"{info}/RECORD": b"",
    })
