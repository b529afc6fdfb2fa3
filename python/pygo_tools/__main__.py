"""Makes ``python -m pygo_tools`` run ``pygo``."""

import os
import sys

from . import _binary

if __name__ == "__main__":
    binary = _binary.find()
    os.execv(binary, [str(binary), *sys.argv[1:]])
