"""``build-ffi``: the extension module alone, for this machine."""

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
    """The command line."""
    parser = ArgumentParser(prog="build-ffi", description=__doc__)
    parser.add_argument(
        "--mode", choices=["json", "toml"], help="which configuration [default: the one there is]"
    )
    parser.add_argument(
        "--target", default="out", help="where the extension goes [default: %(default)s]"
    )
    return parser


def main() -> None:
    """Build the extension and put it into the target directory."""
    arguments = build_parser().parse_args()
    doing = "building the extension"
    try:
        config = Config.load(mode=arguments.mode)
        counts = Config.load()
    except OSError as error:
        help = "run it in a project: see `pygo init`"
        raise Failure(doing, f"there is no configuration: {error}", help) from None
    if config != counts:
        found = "config.json beside setup.py says something else, and is what a build reads"
        raise Failure(doing, found, "leave --mode out, or remove config.json")
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
        raise Failure(doing, str(error), "name a directory that can be written to") from None
    print(path)


if __name__ == "__main__":
    sys.exit(main())
