"""Ask a project's PEP 517 build backend for a wheel, in the current directory.

Reads JSON from standard input: backend, backend_path, path (put before everything else on
sys.path), isolated, satisfied (requirements that are met), wheel_dir, answer (a file). Writes JSON to the
answer file: {"requires": [...]} when the backend asks for more than is satisfied, else
{"wheel": file name}. What backends print goes to standard output and error, as it is.
"""

import importlib
import json
import os
import sys


def main():
    task = json.load(sys.stdin)
    # Without isolation Python puts the directory of this script first.
    here = os.path.dirname(os.path.abspath(__file__))
    others = [entry for entry in sys.path if entry != here]
    sys.path[:] = task["backend_path"] + task["path"] + others
    # setuptools reads the command line even when it is called as a backend.
    sys.argv = ["pep517"]

    module, _, attributes = task["backend"].partition(":")
    backend = importlib.import_module(module)
    for attribute in filter(None, attributes.split(".")):
        backend = getattr(backend, attribute)

    requires = []
    if task["isolated"] and hasattr(backend, "get_requires_for_build_wheel"):
        wanted = backend.get_requires_for_build_wheel({})
        requires = [requirement for requirement in wanted if requirement not in task["satisfied"]]
    if requires:
        answer = {"requires": requires}
    else:
        answer = {"wheel": backend.build_wheel(task["wheel_dir"], {})}
    with open(task["answer"], "w", encoding="utf-8") as file:
        json.dump(answer, file)


# The processes that a backend may start import this file again.
if __name__ == "__main__":
    main()
