"""Call one hook of a project's PEP 517 build backend, in the current directory.

Reads JSON from standard input: backend, backend_path, path (put before everything else on
sys.path), hook (build_wheel, build_sdist or build_editable), settings (its config_settings),
isolated, satisfied (requirements that are met), attributes (names that the settings look up; None
if unknown), into (a directory), answer (a file). Writes JSON to the answer file:
{"requires": [...]} when the backend asks for more than is satisfied, {"missing": hook} when it has
no such hook, else {"file": {"name": file name, "doubt": why another call may make another file}}.
What backends print goes to standard output and error, as it is.
"""

import importlib
import json
import os
import sys


def main():
    task = json.load(sys.stdin)
    here = os.path.dirname(os.path.abspath(__file__))
    sys.path.insert(0, here)
    # Nothing of this directory stays in the way of the project's modules.
    own_code = importlib.import_module("own_code")
    del sys.modules["own_code"]
    others = [entry for entry in sys.path if entry != here]
    sys.path[:] = task["backend_path"] + task["path"] + others
    # setuptools reads the command line even when it is called as a backend.
    sys.argv = ["pep517"]

    module, _, attributes = task["backend"].partition(":")
    backend = importlib.import_module(module)
    for attribute in filter(None, attributes.split(".")):
        backend = getattr(backend, attribute)

    hook, settings, attributes = task["hook"], task["settings"], task["attributes"]
    unknown = "the settings" if attributes is None else own_code.doubt(os.getcwd(), attributes)
    # PEP 517: none of these may change what it is given.
    get_requires = getattr(backend, hook.replace("build_", "get_requires_for_build_"), None)
    requires = []
    if task["isolated"] and get_requires:
        wanted = get_requires(dict(settings))
        requires = [requirement for requirement in wanted if requirement not in task["satisfied"]]
    if not hasattr(backend, hook):
        answer = {"missing": hook}
    elif requires:
        answer = {"requires": requires}
    else:
        name = getattr(backend, hook)(task["into"], dict(settings))
        answer = {"file": {"name": name, "doubt": unknown}}
    with open(task["answer"], "w", encoding="utf-8") as file:
        json.dump(answer, file)


# The processes that a backend may start import this file again.
if __name__ == "__main__":
    main()
