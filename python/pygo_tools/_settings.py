"""Translates the ``config_settings`` of a front-end to command-line options."""

import difflib
import json
from pathlib import Path

from ._failure import Failure

# The accepted options of `pygo matrix`. docs/reference.md is generated from the same file.
_NAMES = json.loads(Path(__file__).with_name("config_settings.json").read_text("utf-8"))
VALUES, FLAGS = _NAMES["values"], _NAMES["flags"]
# Passed on to setuptools.
SETUPTOOLS = ("--global-option", "--build-option", "editable_mode", "editable-mode")
NO = ("", "0", "false", "no", "off")


class Settings:
    """The settings of a front-end.

    :param config_settings: None, or a mapping from keys to strings, lists of strings or bools.
    :raises Failure: for an unknown key or a value of the wrong type.
    """

    def __init__(self, config_settings=None):
        self.target = None
        self.options = []
        self.setuptools = {}
        for key, value in (config_settings or {}).items():
            if key in SETUPTOOLS:
                self.setuptools[key] = value
            elif key.replace("_", "-") in VALUES + FLAGS:
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
        elif key in VALUES:
            self.options += [f"--{key}={values[0]}"]
        elif str(values[0]).lower() not in NO or values[0] == "":
            self.options += [f"--{key}"]

    def for_setuptools(self):
        """Yield the settings of setuptools as options of ``pygo``."""
        for key, value in self.setuptools.items():
            for one in value if isinstance(value, list) else [value]:
                yield f"--config-setting={key}={one}"


def unknown(key):
    known = [*VALUES, *FLAGS, *SETUPTOOLS]
    near = difflib.get_close_matches(key.lstrip("-").lower(), known, n=1)
    found = f"unknown setting {key!r}"
    if near:
        found += f"; did you mean {near[0]!r}?"
    return Failure("reading the config settings", found, f"known settings: {', '.join(known)}")


def wrong(key, value, wanted):
    found = f"{key!r} is {value!r}, expected {wanted}"
    return Failure("reading the config settings", found, f"pass it once: -C {key}=...")
