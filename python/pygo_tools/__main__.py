"""Makes ``python -m pygo_tools`` and the script ``pygo-tools`` run ``pygo``."""

import os
import sys

from . import _binary


def main():
    """Replace this process with ``pygo``."""
    binary = _binary.find()
    os.execv(binary, [str(binary), *sys.argv[1:]])


if __name__ == "__main__":
    main()
