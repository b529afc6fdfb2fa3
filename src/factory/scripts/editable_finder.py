"""Finds the extension modules of a project that is installed as editable."""

import os
import sys
from importlib.machinery import ExtensionFileLoader, ModuleSpec

# Module -> its file, relative to this directory.
MODULES = {
    # modules
}


class Finder:
    @staticmethod
    def find_spec(name, path=None, target=None):
        file = MODULES.get(name)
        if file is None:
            return None
        origin = os.path.join(os.path.dirname(os.path.abspath(__file__)), *file.split("/"))
        spec = ModuleSpec(name, ExtensionFileLoader(name, origin), origin=origin)
        spec.has_location = True
        return spec


# Before all others: a file of an older build in the author's tree must not win.
sys.meta_path.insert(0, Finder)
