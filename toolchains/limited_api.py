"""Reads the limited API out of CPython's headers, for `refresh.py limited-api`.

Only facts are taken: names, types and values. A C preprocessor reads the headers once for each
release, which shows which release added each function and constant; the text of the headers
is not copied.
"""

import re
import subprocess
from pathlib import Path

# Constants that C code passes to functions or puts into tables.
CONSTANT = re.compile(
    r"METH_\w+|Py_(tp|nb|sq|mp|am|bf|mod)_\w+|Py_TPFLAGS_(?!HAVE_STACKLESS)\w+|PyBUF_\w+|Py_T_\w+"
    r"|Py_(LT|LE|EQ|NE|GT|GE|READONLY|AUDIT_READ|RELATIVE_OFFSET|file_input|eval_input|single_input"
    r"|PRINT_RAW|CLEANUP_SUPPORTED)|Py_CONSTANT_\w+|PYTHON_A[BP]I_VERSION"
)
# Types without a meaning for extensions, and functions of the C library.
UNUSABLE = re.compile(r"\bFILE\b|\bva_list\b|struct (stat|timeval)\b|_PyUnicode|_Py_HashSecret")
WORDS = {"void", "int", "long", "short", "char", "double", "float", "unsigned", "signed", "const"}


def preprocessed(include: Path, minor: int, *options: str) -> str:
    command = ["cc", "-E", "-P", f"-I{include}", f"-DPy_LIMITED_API=0x03{minor:02x}0000"]
    done = subprocess.run(
        [*command, *options, "-xc", "-"],
        input="#include <Python.h>\n",
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


def parameters(text: str) -> list[str]:
    """The parameters in `text`, which may contain parentheses."""
    found, depth = [""], 0
    for char in text:
        depth += {"(": 1, ")": -1}.get(char, 0)
        if char == "," and depth == 0:
            found.append("")
        else:
            found[-1] += char
    return [" ".join(parameter.split()) for parameter in found]


def unnamed(parameter: str) -> str:
    """A parameter without its name."""
    if "(" in parameter:
        return re.sub(r"\(\s*\*\s*\w+\s*\)", "(*)", parameter)
    words = re.findall(r"\w+|\*|\[\]|\.\.\.", parameter)
    suffix = " *" * words.count("[]")
    words = [word for word in words if word != "[]"]
    kinds = [word for word in words if word not in ("const", "*", "volatile", "struct")]
    is_named = len(kinds) > 1 and kinds[-1] not in WORDS and words[-1] == kinds[-1]
    if is_named:
        words = words[:-1]
    return re.sub(r"\* \*", "**", " ".join(words) + suffix).replace("** *", "***")


def functions(text: str) -> dict[str, tuple[str, str]]:
    """Name -> the type of its result, and the types of its parameters."""
    found = {}
    for declaration in re.findall(r"@FUNC@\s+([^;]*?);", text, re.S):
        declaration = re.sub(r"__attribute__\s*\(\(.*?\)\)(?=\s|$)", "", declaration, flags=re.S)
        match = re.fullmatch(r"\s*([\w\s*]+?)\s*\b(\w+)\s*\((.*)\)\s*", declaration, re.S)
        if match and not UNUSABLE.search(declaration):
            result, name, given = match.groups()
            result = " ".join(result.replace("*", " *").split())
            found[name] = (result, ", ".join(map(unnamed, parameters(given))))
    return found


def data(text: str) -> dict[str, str]:
    """Name -> the type of a variable."""
    found = re.findall(r"@DATA@\s+([\w\s*]+?)\s*\b(\w+)\s*(?:\[\])?;", text)
    return {name: " ".join(of.split()) for of, name in found}


def constants(include: Path, minor: int) -> dict[str, int]:
    """Name -> value, which the preprocessor computes by comparing."""
    defined = preprocessed(include, minor, "-dM")
    names = [name for name in re.findall(r"^#define (\w+) ", defined, re.M) if CONSTANT.fullmatch(name)]
    # A macro is not replaced in a string.
    shown = "#include <Python.h>\n" + "".join(f'"{name}" {name}\n' for name in names)
    command = ["cc", "-E", "-P", f"-I{include}", f"-DPy_LIMITED_API=0x03{minor:02x}0000", "-xc", "-"]
    done = subprocess.run(command, input=shown, capture_output=True, text=True, check=True)
    values = {}
    for name, value in re.findall(r'^"(\w+)" (.*)$', done.stdout, re.M):
        value = re.sub(r"(?<=[0-9a-fA-F])[uUlL]+\b", "", value)
        if re.fullmatch(r"[\s0-9a-fA-FxX()|<~&+-]+", value):
            values[name] = eval(value)  # a constant expression of digits and operators
    return values


def header(include: Path, newest: int, added: dict[str, str], version: str) -> str:
    """The text of `limited.h`; `added` says which release added a symbol to the stable ABI."""
    options = ("-DPyAPI_FUNC(type)=@FUNC@ type", "-DPyAPI_DATA(type)=@DATA@ type")
    options += ("-DPyMODINIT_FUNC=PyObject *",)
    text = preprocessed(include, newest, *options)
    lines: dict[int, list[str]] = {}

    def add(name: str, line: str) -> None:
        if name in added:
            minor = int(added[name].split(".")[1])
            lines.setdefault(minor, []).append(line)

    for name, (result, given) in sorted(functions(text).items()):
        add(name, f"PyAPI_FUNC({result}) {name}({given});")
    for name, of in sorted(data(text).items()):
        if name != "_Py_NoneStruct":
            add(name, f"PyAPI_DATA({of}) {name};")
    known: set[str] = set()
    for minor in range(2, newest + 1):
        for name, value in sorted(constants(include, minor).items()):
            if name not in known:
                known.add(name)
                wide = "ULL" if value > 0x7FFFFFFF else ""
                lines.setdefault(minor, []).append(f"#define {name} {value}{wide}")
    out = [
        f"/* The limited API of Python 3.2 to 3.{newest}: constants, functions and data.",
        " *",
        f" * Generated by toolchains/refresh.py from the headers of CPython {version}: names, types and",
        " * values only. types.h has the types; Python.h includes both.",
        " */",
    ]
    for minor in sorted(lines):
        out += ["", f"#if Py_LIMITED_API + 0 >= 0x03{minor:02x}0000", *lines[minor], "#endif"]
    return "\n".join(out) + "\n"
