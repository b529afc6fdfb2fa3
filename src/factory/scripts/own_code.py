"""Tell whether code of a project can make its wheel depend on more than the project's files.

setup.py is a program, and setuptools may import a module to read a version. Both count only if they
are made of what is known here to read nothing but files of the project. What is unsure is a doubt.
"""

import ast
import os

#: Modules, and what may be imported from them; None for everything.
MODULES = {
    "__future__": None,
    "codecs": {"open"},
    "io": {"open"},
    "json": None,
    "os": {"path"},
    "os.path": {"abspath", "basename", "dirname", "exists", "isfile", "join", "realpath"},
    "pathlib": {"Path"},
    "pygo_tools": {"setup"},
    "re": None,
    "setuptools": {"find_namespace_packages", "find_packages", "setup"},
    "textwrap": None,
}

#: Names that Python defines.
NAMES = set(
    "__file__ __name__ bool dict enumerate int isinstance len list open print set sorted str tuple "
    "zip".split()
)

ATTRIBUTES = set(
    "MULTILINE M abspath append as_posix basename compile decode dedent dirname endswith exists "
    "extend find findall find_namespace_packages find_packages format get group is_file isfile "
    "items join joinpath keys load loads lower lstrip match name open parent path read read_bytes "
    "read_text readlines realpath replace resolve rstrip search setup sort split splitlines "
    "startswith stem strip sub suffix title upper values".split()
)

#: Arguments of setup() that name files or are data.
ARGUMENTS = set(
    "author author_email classifiers data_files description download_url entry_points "
    "exclude_package_data extras_require include_package_data install_requires keywords license "
    "license_files long_description long_description_content_type maintainer maintainer_email name "
    "namespace_packages package_data package_dir packages platforms project_urls py_modules "
    "python_requires scripts url version zip_safe".split()
)

NODES = (
    ast.Module, ast.Import, ast.ImportFrom, ast.alias, ast.Assign, ast.AnnAssign, ast.Expr,
    ast.Call, ast.keyword, ast.Constant, ast.Name, ast.expr_context, ast.Attribute, ast.List,
    ast.Tuple, ast.Dict, ast.Set, ast.JoinedStr, ast.FormattedValue, ast.BinOp, ast.operator,
    ast.Subscript, ast.Slice, ast.If, ast.IfExp, ast.Compare, ast.cmpop, ast.BoolOp, ast.boolop,
    ast.UnaryOp, ast.unaryop, ast.With, ast.withitem, ast.For, ast.ListComp, ast.SetComp,
    ast.DictComp, ast.GeneratorExp, ast.comprehension, ast.FunctionDef, ast.arguments, ast.arg,
    ast.Return, ast.Starred,
)  # fmt: skip


def doubt(project, attributes):
    """Return why the wheel may depend on more than files of `project`, or None.

    `attributes` are the names that its settings have setuptools look up: `example.__version__`.
    """
    path = os.path.join(project, "setup.py")
    try:
        if os.path.lexists(path):
            with open(path, "rb") as file:
                check(ast.parse(file.read()), project)
        for name in attributes:
            if not is_literal(name, project):
                return f"{name} is not a literal"
    except Doubt as found:
        return f"setup.py, line {found.args[0]}"
    except (OSError, ValueError, SyntaxError, RecursionError) as error:
        return str(error)
    return None


class Doubt(Exception):
    """A line of setup.py may do more."""


def check(tree, project):
    """Raise Doubt at the first line that may do more than read files of the project."""
    own = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            own.add(node.id)
        elif isinstance(node, ast.FunctionDef):
            own.add(node.name)
        elif isinstance(node, ast.arg):
            own.add(node.arg)
        elif isinstance(node, ast.alias):
            own.add((node.asname or node.name).partition(".")[0])
    for node in ast.walk(tree):
        if not is_known(node, own, project):
            raise Doubt(getattr(node, "lineno", 0))


def is_known(node, own, project):
    """Whether a node of the syntax tree reads at most files of the project."""
    if isinstance(node, ast.Import):
        return all(may_import(alias.name, project) for alias in node.names)
    if isinstance(node, ast.ImportFrom):
        names = MODULES.get(node.module, ())
        return (
            not node.level
            and may_import(node.module, project)
            and all(
                alias.name != "*"
                and (names is None or alias.name in names)
                and (alias.name != "setup" or alias.asname is None)
                for alias in node.names
            )
        )
    if isinstance(node, ast.Constant):
        return not isinstance(node.value, (str, bytes)) or stays_inside(node.value)
    if isinstance(node, ast.Name):
        return not isinstance(node.ctx, ast.Load) or node.id in own or node.id in NAMES
    if isinstance(node, ast.Attribute):
        # The directory above that of setup.py is not the project's.
        inside = node.attr != "parent" or is_own_path(node.value)
        return node.attr in ATTRIBUTES and isinstance(node.ctx, ast.Load) and inside
    if isinstance(node, ast.Call):
        return is_known_call(node)
    if isinstance(node, ast.FunctionDef):
        return not node.decorator_list
    return isinstance(node, NODES)


def is_known_call(node):
    """Whether a call reads at most files of the project, as far as its own arguments tell."""
    callee = node.func
    name = callee.id if isinstance(callee, ast.Name) else getattr(callee, "attr", None)
    if name == "setup":
        return not node.args and all(keyword.arg in ARGUMENTS for keyword in node.keywords)
    if name == "open":
        arguments = [*node.args, *(keyword.value for keyword in node.keywords)]
        return all(keeps(argument) for argument in arguments)
    if name == "dirname":
        inner = node.args[0] if len(node.args) == 1 else None
        return is_own_name(inner) or is_call_of(inner, "abspath", "realpath")
    return name is not None


def is_own_name(node):
    """Whether an expression is the path of setup.py as Python names it."""
    return isinstance(node, ast.Name) and node.id == "__file__"


def is_call_of(node, *names):
    """Whether an expression passes the path of setup.py, and nothing else, to a function in `names`."""
    if not isinstance(node, ast.Call) or node.keywords or len(node.args) != 1:
        return False
    name = getattr(node.func, "attr", getattr(node.func, "id", None))
    return name in names and is_own_name(node.args[0])


def is_own_path(node):
    """Whether an expression is setup.py as a Path: its parent is the project."""
    if isinstance(node, ast.Call) and not node.args and not node.keywords:
        function = node.func
        if isinstance(function, ast.Attribute) and function.attr == "resolve":
            node = function.value
    return is_call_of(node, "Path")


def keeps(argument):
    """Whether an argument of open() is no mode for writing."""
    if not isinstance(argument, ast.Constant) or not isinstance(argument.value, str):
        return not isinstance(argument, ast.Starred)
    text = argument.value
    return not (set(text) <= set("rwaxbtU+") and set(text) & set("wax+"))


def stays_inside(text):
    """Whether a string, taken as a path, leads to no place outside of the project."""
    if isinstance(text, bytes):
        text = text.decode("latin-1")
    parts = text.replace("\\", "/").split("/")
    return not text.startswith(("/", "\\", "~")) and ".." not in parts


def may_import(module, project):
    """Whether `module` is known, and not a file of the project."""
    top = os.path.join(project, module.partition(".")[0])
    return module in MODULES and not os.path.lexists(top + ".py") and not os.path.lexists(top)


def is_literal(name, project):
    """Whether setuptools finds the attribute `name` without importing its module."""
    module, _, attribute = name.rpartition(".")
    ends = (module.replace(".", "/") + ".py", module.replace(".", "/") + "/__init__.py")
    found = []
    for place, _, files in os.walk(project):
        paths = (os.path.join(place, file) for file in files)
        found += [path for path in paths if ("/" + path).endswith(tuple("/" + e for e in ends))]
    if not module or len(found) != 1:
        return False
    with open(found[0], "rb") as file:
        body = ast.parse(file.read()).body
    for statement in body:
        targets = getattr(statement, "targets", [getattr(statement, "target", None)])
        for target in targets if isinstance(statement, (ast.Assign, ast.AnnAssign)) else []:
            if isinstance(target, ast.Name) and target.id == attribute:
                return statement.value is not None and isinstance(literal(statement.value), str)
    return False


def literal(node):
    """Return the value of a literal, or None."""
    try:
        return ast.literal_eval(node)
    except ValueError:
        return None
