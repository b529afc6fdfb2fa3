"""Builds only the extension module and its library, for the current machine."""

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
    """Build the extension and copy it, with its library, to the target directory."""
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
    if config.extension is None:
        help = "use `pygo build`, which builds a wheel with the library"
        raise Failure(doing, "a project with the binding ctypes has no extension", help)
    extension = config.extension.replace(".", "/") + ".abi3.so"
    # The extension looks for the library here, whatever the system calls it.
    library = f"{config.package.strip('/').replace('.', '/')}/lib/lib{config.library}"
    with tempfile.TemporaryDirectory() as directory:
        wheel = _factory.wheel(directory, Settings(), target="host")
        with zipfile.ZipFile(wheel) as archive:
            below = [name for name in archive.namelist() if name.startswith(f"{library}.")]
            names = [name for name in below if not name.endswith(".py")]
            contents = {name: archive.read(name) for name in [extension, *names]}
    try:
        for name, content in contents.items():
            # The link example/lib of a project of 0.1.8 leads nowhere before `make` has run.
            path = Path(arguments.target, name).resolve()
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
            path.chmod(0o755)
    except OSError as error:
        raise Failure(doing, str(error), "choose a writable directory") from None
    print(Path(arguments.target, extension))


if __name__ == "__main__":
    sys.exit(main())
