"""Good wheels for platforms that pygo does not build for, compiled with the zig it installed."""

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import app_wheels
import arm_wheel
import musllinux_wheel
import windows_wheel
from builders import WheelBuilder, documents

KINDS = {
    "windows-amd64": (windows_wheel.NAME, windows_wheel.binaries),
    "linux-amd64-musl": (musllinux_wheel.NAME, musllinux_wheel.binaries),
    "linux-armv7l": (arm_wheel.NAME, arm_wheel.binaries),
    "android-arm64": (app_wheels.ANDROID, app_wheels.android),
    "ios-arm64": (app_wheels.IOS, app_wheels.ios),
}


def build(zig: Path, directory: Path) -> dict[str, Path]:
    """Target -> its wheel, each in its own directory."""
    wheels = {}
    for target, (name, binaries) in KINDS.items():
        own = directory / target
        own.mkdir()
        wheels[target] = wheel(name, binaries(runner(zig, own), own)).write(own)
    return wheels


def runner(zig: Path, directory: Path) -> Callable[..., None]:
    """A function that runs zig in a directory and keeps zig's cache there."""
    cache = str(directory / "cache")
    env = os.environ | {"ZIG_GLOBAL_CACHE_DIR": cache, "ZIG_LOCAL_CACHE_DIR": cache}

    def run(*command: str) -> None:
        line = [str(zig), *command]
        done = subprocess.run(
            line, cwd=directory, env=env, capture_output=True, text=True, timeout=300
        )
        assert done.returncode == 0, f"{' '.join(line)}\n{done.stdout}\n{done.stderr}"

    return run


def wheel(name: str, binaries: dict[str, bytes]) -> WheelBuilder:
    python = {"spam/__init__.py": b"from spam._spam import spam as spam\n"}
    return WheelBuilder(name, {**python, **binaries, **documents(name)})
