"""Builds only the extension module, for the current machine."""

import sys
import tempfile
import zipfile
from argparse import ArgumentParser
from pathlib import Path

from . import _factory
from ._failure import Failure
from ._settings import Settings
from .config import Config


def build_parser() -> ArgumentParser:
    """Return the parser of the command line."""
    parser = ArgumentParser(prog="build-ffi", description=__doc__)
    parser.add_argument(
        "--mode",
        choices=["json", "toml"],
        help="configuration file to read [default: the existing one]",
    )
    parser.add_argument(
        "--target", default="out", help="output directory [default: %(default)s]"
    )
    return parser


def main() -> None:
    """Build the extension and copy it to the target directory."""
    arguments = build_parser().parse_args()
    doing = "building the extension"
    try:
        config = Config.load(mode=arguments.mode)
        counts = Config.load()
    except OSError as error:
        help = "run build-ffi in a project directory; `pygo init` sets one up"
        raise Failure(doing, f"no configuration: {error}", help) from None
    if config != counts:
        found = "pyproject.toml differs from config.json, which takes precedence next to setup.py"
        raise Failure(doing, found, "omit --mode, or delete config.json")
    member = config.extension.replace(".", "/") + ".abi3.so"
    with tempfile.TemporaryDirectory() as directory:
        wheel = _factory.wheel(directory, Settings(), target="host")
        with zipfile.ZipFile(wheel) as archive:
            content = archive.read(member)
    path = Path(arguments.target, member)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        path.chmod(0o755)
    except OSError as error:
        raise Failure(doing, str(error), "choose a writable directory") from None
    print(path)


if __name__ == "__main__":
    sys.exit(main())
