"""Which target a front-end's wheel is for."""

import os
import platform
import re
import sys
import sysconfig

from ._failure import Failure

ARCHITECTURES = {
    "x86_64": "amd64",
    "amd64": "amd64",
    "aarch64": "arm64",
    "arm64": "arm64",
    "universal2": "universal2",
}
HOST = "host"


def choose(setting=None):
    """The one target: a setting, PYGO_TARGET, what the front-end's variables ask for, this machine.

    :param setting: the setting ``targets``, if there is one.
    :raises Failure: if that names several targets, or a variable one that is not understood.
    """
    for name, value in (("targets", setting), ("PYGO_TARGET", os.environ.get("PYGO_TARGET"))):
        if value:
            return single(name, value)
    host_platform = os.environ.get("_PYTHON_HOST_PLATFORM", "")
    if host_platform.startswith("macosx") or sys.platform == "darwin":
        slices = re.findall(r"-arch\s+(\S+)", os.environ.get("ARCHFLAGS", ""))
        if slices:
            return of_architectures(slices)
    if host_platform:
        return of_platform(host_platform, "_PYTHON_HOST_PLATFORM")
    if getattr(sys, "cross_compiling", False):  # crossenv
        return of_platform(sysconfig.get_platform(), "the platform of this cross Python")
    return HOST


def single(name, value):
    targets = [target.strip() for target in value.split(",") if target.strip()]
    if len(targets) == 1:
        return targets[0]
    raise Failure(
        f"choosing the target from {name}",
        f"{value!r} names {len(targets)} targets, and a front-end takes one wheel",
        "name one; `pygo matrix --targets ...` builds many at once",
    )


def of_architectures(slices):
    """The macOS target of ARCHFLAGS."""
    names = {ARCHITECTURES.get(name) for name in slices}
    if names == {"amd64", "arm64"}:
        return "macos-universal2"
    if len(names) == 1 and None not in names:
        return f"macos-{names.pop()}"
    raise unknown("ARCHFLAGS", os.environ["ARCHFLAGS"])


def of_platform(text, name):
    """The target of a platform as sysconfig writes it: ``macosx-11.0-arm64``, ``linux_aarch64``."""
    words = re.fullmatch(r"(macosx|linux|manylinux\w*?)[-_](?:[\d.]+[-_])*(\w+)", text)
    architecture = words and ARCHITECTURES.get(re.sub(r"^(\d+_)+", "", words[2]))
    if not architecture or (words[1] != "macosx" and architecture == "universal2"):
        raise unknown(name, text)
    return f"{'macos' if words[1] == 'macosx' else 'linux'}-{architecture}"


def unknown(name, text):
    return Failure(
        f"choosing the target from {name}",
        f"{text!r} is for none of pygo's targets",
        "name one of `pygo targets` with PYGO_TARGET",
    )


def check_interpreter():
    """Refuse an interpreter that cannot import what is built for this machine.

    :raises Failure: on an implementation without CPython's stable ABI.
    """
    found = None
    if sys.implementation.name != "cpython":
        found = f"this is {platform.python_implementation()}, and the extension is for CPython"
    elif sysconfig.get_config_var("Py_GIL_DISABLED"):
        found = "this is a free-threaded Python, which has no abi3 before 3.15"
    if found:
        raise Failure(
            "building for this Python",
            f"{found} ({sys.executable})",
            "use CPython with the GIL, or name another target with PYGO_TARGET",
        )
