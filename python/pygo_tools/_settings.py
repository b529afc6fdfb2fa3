"""The ``config_settings`` of a front-end, as options of the command."""

import difflib

from ._failure import Failure

# Key -> whether it has a value. Each is the option `--key` of `pygo matrix`.
OPTIONS = {
    "targets": True,
    "toolchain": True,
    "manylinux": True,
    "macos-deployment-target": True,
    "go": True,
    "zig": True,
    "jobs": True,
    "report": True,
    "offline": False,
    "verbose": False,
    "quiet": False,
}
# Those that setuptools takes.
SETUPTOOLS = ("--global-option", "--build-option", "editable_mode", "editable-mode")
NO = ("", "0", "false", "no", "off")


class Settings:
    """What a front-end asks for.

    :param config_settings: a mapping of keys to a string, a list of strings, or a bool; or None.
    :raises Failure: for a key that is none, or a value of another kind.
    """

    def __init__(self, config_settings=None):
        self.target = None
        self.options = []
        self.setuptools = {}
        for key, value in (config_settings or {}).items():
            if key in SETUPTOOLS:
                self.setuptools[key] = value
            elif key.replace("_", "-") in OPTIONS:
                self.take(key.replace("_", "-"), value)
            else:
                raise unknown(key)

    def take(self, key, value):
        values = value if isinstance(value, list) else [value]
        if not values or not all(isinstance(one, (str, bool)) for one in values):
            raise wrong(key, value, "a string")
        if key == "targets":
            self.target = ",".join(map(str, values))
        elif len(values) > 1:
            raise wrong(key, value, "one value")
        elif OPTIONS[key]:
            self.options += [f"--{key}={values[0]}"]
        elif str(values[0]).lower() not in NO or values[0] == "":
            self.options += [f"--{key}"]

    def for_setuptools(self):
        """The settings of setuptools as options of the command."""
        for key, value in self.setuptools.items():
            for one in value if isinstance(value, list) else [value]:
                yield f"--config-setting={key}={one}"


def unknown(key):
    known = [*OPTIONS, *SETUPTOOLS]
    near = difflib.get_close_matches(key.lstrip("-").lower(), known, n=1)
    found = f"there is no setting {key!r}"
    if near:
        found += f"; did you mean {near[0]!r}?"
    return Failure("reading the config settings", found, f"the settings are {', '.join(known)}")


def wrong(key, value, wanted):
    found = f"{key!r} is {value!r}, where {wanted} is wanted"
    return Failure("reading the config settings", found, f"give it once: -C {key}=...")
