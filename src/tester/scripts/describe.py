"""Say which wheels this interpreter can install, as JSON."""

import json
import os
import platform
import struct
import sys
import sysconfig


def platform_tag():
    """The newest platform tag that it supports."""
    name = sysconfig.get_platform().replace("-", "_").replace(".", "_")
    if sys.platform == "darwin":
        major, minor = platform.mac_ver()[0].split(".")[:2]
        return "macosx_%s_%s_%s" % (major, "0" if int(major) > 10 else minor, platform.machine())
    if not name.startswith("linux_"):
        return name
    arch = name[len("linux_") :]
    if struct.calcsize("P") == 4:
        arch = {"x86_64": "i686", "aarch64": "armv8l"}.get(arch, arch)
    try:
        libc, version = os.confstr("CS_GNU_LIBC_VERSION").split()
    except (AttributeError, ValueError, OSError):
        libc, version = "musl", ""
    if libc == "glibc":
        major, minor = version.split(".")[:2]
        return "manylinux_%s_%s_%s" % (major, minor, arch)
    # Every system with musl and a supported Python has 1.2, and musl says its version nowhere.
    return "musllinux_1_2_%s" % arch


print(
    json.dumps(
        {
            "version": list(sys.version_info[:3]),
            "implementation": sys.implementation.name,
            "free_threaded": bool(sysconfig.get_config_var("Py_GIL_DISABLED")),
            "platform": platform_tag(),
        }
    )
)
