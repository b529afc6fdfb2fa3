"""Checks that dependencies in src/ point one way, between modules and between files.

Input: the Rust files of src/, or of the directory given as an argument. Output: one line for each
dependency that points upward and for each cycle of files; the exit code is 1 if there are any.

A file depends on the file that defines a name it uses, even if it gets the name from a re-export.
Declaring a module and re-exporting its names is not a dependency, and test code does not count.
Only paths are resolved: a method call on a value is not seen.
"""

import re
import sys
from pathlib import Path
from typing import NamedTuple

# What each module of src/ may use: the picture in docs/architecture.md.
DATA = {"error", "plural", "printable", "relative_path", "target"}
FORMATS = DATA | {"project", "wheel"}
BUILD = FORMATS | {"process", "audit", "sdist", "toolchain"}
ALLOWED = {
    "error": set(),
    "plural": set(),
    "printable": set(),
    "relative_path": set(),
    "target": {"error"},
    "process": {"error", "printable"},
    "wheel": DATA,
    "project": DATA | {"wheel"},
    "sdist": {"error", "relative_path", "wheel"},
    "template": FORMATS,
    "audit": DATA | {"sdist", "wheel"},
    "toolchain": DATA | {"process", "project", "wheel"},
    "factory": BUILD,
    "tester": DATA | {"process", "toolchain", "wheel"},
    "report": BUILD | {"factory", "tester"},
    "release": BUILD | {"factory", "report"},
    "cli": BUILD | {"factory", "release", "report", "template", "tester"},
    "main": {"cli"},
}

TOKEN = re.compile(
    r"""(?P<skip>\s+|//[^\n]*|/\*.*?\*/)
      | (?P<text>b?r(?P<hashes>\#*)".*?"(?P=hashes)|b?"(?:\\.|[^"\\])*"|b?'(?:\\.[^']*|[^'\\])')
      | (?P<word>'?[A-Za-z_]\w*)
      | (?P<sign>::|=>|->|.)""",
    re.VERBOSE | re.DOTALL,
)
CLOSING = {"(": ")", "[": "]", "{": "}"}
DEFINING = {"fn", "struct", "enum", "trait", "type", "const", "static", "union", "macro_rules"}
CFG_TEST = ["[", "cfg", "(", "test", ")", "]"]


def tokens(source):
    """The words and signs of Rust source with their lines; comments left out, strings emptied."""
    line = 1
    for match in TOKEN.finditer(source):
        if not match["skip"]:
            yield '""' if match["text"] else match[0], line
        line += match[0].count("\n")


def words(code):
    return [word for word, _ in code]


def group_end(code, start):
    """The index after the bracket that closes the one at `start`."""
    depth = 0
    for index in range(start, len(code)):
        depth += code[index][0] in CLOSING
        depth -= code[index][0] in CLOSING.values()
        if depth == 0:
            return index + 1
    return len(code)


def item_end(code, start):
    """The index after the item at `start`: after its `;` or `,`, or after its body in braces."""
    index, has_body, value = start, False, False
    while index < len(code):
        word = code[index][0]
        has_body |= word in ("fn", "impl", "struct", "enum", "trait", "mod")
        value |= word == "use" or (word == "=" and not has_body)
        if word in CLOSING:
            index = group_end(code, index)
            if word == "{" and not value:
                break
        elif word in CLOSING.values():
            break
        else:
            index += 1
            if word in (";", ","):
                break
    return index


def without_tests(code):
    """`code` without its `#[cfg(test)]` items, and the names of the modules among these."""
    kept, modules, index = [], set(), 0
    while index < len(code):
        if code[index][0] == "#" and words(code[index + 1 : index + 7]) == CFG_TEST:
            while code[index][0] == "#":
                index = group_end(code, index + 1)
            end = item_end(code, index)
            item = words(code[index:end])
            if "mod" in item:
                modules.add(item[item.index("mod") + 1])
            index = end
        else:
            kept.append(code[index])
            index += 1
    return kept, modules


class Use(NamedTuple):
    """One name of a `use`, or its `*`."""

    path: tuple
    line: int
    public: bool


class File:
    """One file: what it declares, defines, imports and mentions."""

    def __init__(self, source):
        self.children, self.defined, self.words = set(), set(), set()
        self.imports, self.globs = {}, []
        self.mentions = []
        code, self.tests = without_tests(list(tokens(source)))
        self._items(code)

    def _items(self, code):
        depth, index, public = 0, 0, False
        while index < len(code):
            word, following = code[index][0], words(code[index + 1 : index + 3]) + ["", ""]
            if word == "pub":
                index = group_end(code, index + 1) if following[0] == "(" else index + 1
                public = True
                continue
            if word == "#" and following[0] in ("[", "!"):
                index = group_end(code, index + 1 + (following[0] == "!"))
            elif word == "use" and following[0] != "<":
                end = item_end(code, index)
                self._use_tree(code[index + 1 : end - 1], (), public)
                index = end
            elif word == "mod" and following[1] == ";":
                self.children.add(following[0])
                index += 3
            else:
                if depth == 0 and word in DEFINING:
                    self.defined.add(following[following[0] in ("!", "mut")])
                elif depth == 0 and following[0] == "!":
                    # Names that a macro of the crate defines are in its invocation.
                    self.defined.update(words(code[index + 2 : group_end(code, index + 2)]))
                depth += (word in CLOSING) - (word in CLOSING.values())
                index = self._path(code, index)
            public = False

    def _path(self, code, index):
        """Notes the path at `index`; the index after it."""
        line, path = code[index][1], []
        while index < len(code) and code[index][0].isidentifier():
            path.append(code[index][0])
            index += 1
            if words(code[index : index + 1]) == ["::"] and code[index + 1][0].isidentifier():
                index += 1
            else:
                break
        self.words.update(path)
        if len(path) > 1:
            self.mentions.append((path, line))
        return index if path else index + 1

    def _use_tree(self, code, prefix, public):
        """Notes the names of a `use`, or of the braces in one."""
        while code:
            path, index = prefix, 0
            while index < len(code) and code[index][0] != ",":
                word, line = code[index]
                end = group_end(code, index) if word == "{" else index + 1
                if word == "{":
                    self._use_tree(code[index + 1 : end - 1], path, public)
                elif word == "*":
                    self.globs.append(Use(path, line, public))
                elif word == "as":
                    end = index + 2
                elif word != "::" and (word != "self" or not path):
                    path += (word,)
                index = end
            word, line = code[index - 1]
            if word not in ("}", "*"):
                self.imports[path[-1] if word == "self" else word] = Use(path, line, public)
            code = code[index + 1 :]


class Crate:
    """The files of a crate by module path, a tuple of names, and what they use of one another."""

    def __init__(self, root):
        self.files, self.names = {}, {}
        for path in sorted(Path(root).rglob("*.rs")):
            name = path.relative_to(root)
            parts = name.with_suffix("").parts
            module = parts[:-1] if parts[-1] in ("mod", "lib") else parts
            self.files[module], self.names[module] = File(path.read_text()), str(name)
        tests = {(*module, name) for module, file in self.files.items() for name in file.tests}
        for module in list(self.files):
            if any(module[:depth] in tests for depth in range(1, len(module) + 1)):
                del self.files[module]

    def locate(self, path, module, depth=0):
        """Where `path`, as written in `module`, leads: a module, and what is left to find in it.

        None if the path leaves the crate, or is of a name that `module` does not import.
        """
        file, first, *rest = self.files[module], *path
        rest = tuple(rest)
        if first in ("crate", "pygo"):
            here = ()
        elif first == "self":
            here = module
        elif first == "super":
            here = module[:-1]
            while rest and rest[0] == "super":
                here, rest = here[:-1], rest[1:]
        elif first in file.children:
            here = module + (first,)
        elif first in file.imports and depth < 9:
            return self.locate(file.imports[first].path + rest, module, depth + 1)
        else:
            return None
        while rest and rest[0] in self.files[here].children:
            here, rest = here + rest[:1], rest[1:]
        return here, rest

    def definition(self, path, module, depth=0):
        """The module whose file defines `path`, as written in `module`.

        None if that is elsewhere, or if the path names a module: what is in it counts.
        """
        here, rest = self.locate(path, module) or ((), ())
        if not rest:
            return None
        file = self.files[here]
        if rest[0] not in file.defined and depth < 9:
            if rest[0] in file.imports:
                return self.definition(file.imports[rest[0]].path + rest[1:], here, depth + 1)
            for glob in file.globs:
                source, _ = self.locate(glob.path, here) or (None, ())
                if source is not None and rest[0] in self.files[source].defined:
                    return source
        return here

    def edges(self):
        """{(from, to): line} between files, as module paths."""
        found = {}
        for module, file in self.files.items():
            uses = [(self.definition(path, module), line) for path, line in file.mentions]
            for name, use in [*file.imports.items(), *((None, glob) for glob in file.globs)]:
                if name is None:
                    target = (self.locate(use.path, module) or (None,))[0]
                else:
                    target = self.definition(use.path, module)
                below = target is not None and target[: len(module)] == module
                if not (use.public and below and name not in file.words):
                    uses.append((target, use.line))
            for target, line in uses:
                if target is not None and target != module:
                    found.setdefault((module, target), line)
        return found


def cycles(edges):
    """Shortest cycles: one through each file that is on any, unless one listed before has it."""
    graph, found, done = {}, [], set()
    for source, target in sorted(edges):
        graph.setdefault(source, []).append(target)
    for start in graph:
        before, queue = {start: None}, [start]
        for node in queue:
            if start in graph.get(node, ()) and start not in done:
                found.append([])
                while node is not None:
                    found[-1].insert(0, node)
                    node = before[node]
                done.update(found[-1])
                break
            for target in graph.get(node, ()):
                if target not in before:
                    before[target] = node
                    queue.append(target)
    return found


def faults(root, allowed=ALLOWED):
    """What is wrong, one line each."""
    crate = Crate(root)
    name, edges = crate.names, crate.edges()
    for (source, target), line in sorted(edges.items()):
        if source and target and target[0] not in {source[0]} | allowed.get(source[0], set()):
            yield f"{name[source]}:{line}: {source[0]} may not use {target[0]}: {name[target]}"
    for cycle in cycles(edges):
        steps = zip(cycle, cycle[1:] + cycle[:1])
        yield "cycle: " + ", ".join(f"{name[a]}:{edges[a, b]} uses {name[b]}" for a, b in steps)


def main(arguments):
    found = list(faults(Path(arguments[0]) if arguments else Path(__file__).parents[1] / "src"))
    print("\n".join(found) or "dependencies in src/ point one way")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
