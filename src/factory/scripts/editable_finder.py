"""Finds the native part of a project that is installed as editable."""

import os
import sys
from importlib.machinery import ExtensionFileLoader, ModuleSpec, SourceFileLoader

# Extension module -> its file, relative to this directory.
EXTENSIONS = {
    # extensions
}

# Python module that opens a library, or tells where it is -> its file.
MODULES = {
    # modules
}


def path(file):
    return os.path.join(os.path.dirname(os.path.abspath(__file__)), *file.split("/"))


def found(loader, name, file):
    spec = ModuleSpec(name, loader(name, path(file)), origin=path(file))
    spec.has_location = True
    return spec


class Extensions:
    @staticmethod
    def find_spec(name, parents=None, target=None):
        file = EXTENSIONS.get(name)
        return found(ExtensionFileLoader, name, file) if file else None


class Modules:
    @staticmethod
    def find_spec(name, parents=None, target=None):
        file = MODULES.get(name)
        if file:
            return found(SourceFileLoader, name, file)
        for module, file in MODULES.items():
            if module.rpartition(".")[0] == name:
                package = ModuleSpec(name, None, is_package=True)
                package.submodule_search_locations = [os.path.dirname(path(file))]
                return package
        return None


# Before all others: a file of an older build in the author's tree must not win.
sys.meta_path.insert(0, Extensions)
# After all others: the author's own modules win.
sys.meta_path.append(Modules)
