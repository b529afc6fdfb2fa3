"""Adds the cffi requirement to metadata that is prepared before the wheel is built."""

import re
from pathlib import Path

from ._failure import Failure
from .config import Config

FIELD = re.compile(r"Requires-Dist:\s*([A-Za-z0-9._-]+)(.*)", re.IGNORECASE)
EXTRA = re.compile(r"\bextra\b")


def requires_cffi():
    """Return whether the wheels of the project in the current directory require cffi."""
    try:
        return Config.load().binding == "cffi"
    except (OSError, Failure):
        # pygo explains what is wrong with the configuration.
        return True


def require_cffi(metadata):
    """Add ``Requires-Dist: cffi`` to a METADATA file, as in the finished wheel.

    :param metadata: the path of the file.
    """
    path = Path(metadata)
    head, blank, body = path.read_bytes().decode("utf-8").partition("\n\n")
    lines = head.rstrip("\n").split("\n")
    last = len(lines) - 1
    for index, line in enumerate(lines):
        field = FIELD.match(line)
        if field is None:
            continue
        last = index
        name = re.sub(r"[-_.]+", "-", field[1]).lower()
        if name == "cffi" and not EXTRA.search(field[2].partition(";")[2]):
            return
    lines.insert(last + 1, "Requires-Dist: cffi")
    path.write_bytes(("\n".join(lines) + (blank + body if blank else "\n")).encode("utf-8"))
