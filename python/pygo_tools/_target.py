"""Chooses the target of a front-end's wheel."""

import json
import os
import platform
import re
import sys
import sysconfig

from . import _binary
from ._failure import Failure

HOST = "host"


def choose(setting=None):
    """Return the target: of a setting, PYGO_TARGET, the front-end's variables or this machine.

    :param setting: the setting ``targets``, if any.
    :raises Failure: if there is not exactly one target.
    """
    for name, value in (("targets", setting), ("PYGO_TARGET", os.environ.get("PYGO_TARGET"))):
        if value:
            return single(name, value)
    host_platform = os.environ.get("_PYTHON_HOST_PLATFORM", "")
    if host_platform.startswith("macosx") or sys.platform == "darwin":
        flags = os.environ.get("ARCHFLAGS", "")
        slices = sorted(set(re.findall(r"-arch\s+(\S+)", flags)))
        if slices:
            machine = "universal2" if slices == ["arm64", "x86_64"] else "+".join(slices)
            return of_platform(f"macosx-{machine}", "ARCHFLAGS", flags)
    if host_platform:
        return of_platform(host_platform, "_PYTHON_HOST_PLATFORM")
    if getattr(sys, "cross_compiling", False):  # crossenv
        return of_platform(sysconfig.get_platform(), "the platform of this cross Python")
    return HOST


def single(name, value):
    """Return the only target that ``value`` names."""
    targets = value.replace(",", " ").split()
    if len(targets) == 1:
        targets = group(targets[0].lower()) or targets
    if len(targets) == 1:
        return targets[0]
    raise Failure(
        f"choosing the target from {name}",
        f"{value!r} names {len(targets)} targets, but a front-end builds one wheel",
        "name one target, or build several with `pygo matrix --targets ...`",
    )


def group(word):
    """Return the targets of the group ``word``: ``all``, a system or a processor."""
    known = json.loads("".join(_binary.run("targets", "--format=json")))
    systems = {target["name"]: [target["name"].split("-")[0], *target["tag_families"]] for target in known}
    return [
        target["name"]
        for target in known
        if word == "all" or word in systems[target["name"]] or word in target["machines"]
    ]


def of_platform(text, name, value=None):
    """Return the target of a platform in sysconfig's or a tag's form: ``macosx-11.0-arm64``.

    :param name: where the platform comes from.
    :param value: what to show instead of ``text`` in a failure.
    """
    family, machine = re.match(r"([a-z]*)[\d._-]*(.*)", text).groups()
    for target in json.loads("".join(_binary.run("targets", "--format=json"))):
        if family in target["tag_families"] and machine in target["machines"]:
            return target["name"]
    raise Failure(
        f"choosing the target from {name}",
        f"{value or text!r} does not match any target",
        "set PYGO_TARGET to a target that `pygo targets` lists",
    )


def python():
    """Return the release of this Python: ``3.13``, or ``3.14t`` if it is free-threaded."""
    threads = "t" if sysconfig.get_config_var("Py_GIL_DISABLED") else ""
    return f"3.{sys.version_info[1]}{threads}"


def check_interpreter():
    """Refuse an interpreter that cannot import a wheel for this machine.

    :raises Failure: if it is not CPython.
    """
    if sys.implementation.name != "cpython":
        found = f"this is {platform.python_implementation()}, but the extension needs CPython"
        raise Failure(
            "building for this Python",
            f"{found} ({sys.executable})",
            "use CPython, or name another target with PYGO_TARGET",
        )
