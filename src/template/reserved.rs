//! Reserved package names: a project of that name would not build, or could not be imported.
//!
//! Input: the name of a package. Output: what reserves it. Lists only names that always fail.

use crate::project::is_reserved_by_go;
use crate::relative_path::is_windows_device;

/// What reserves the package `name`, as the end of the sentence `would be called x, which is`.
pub(super) fn reserved(name: &str) -> Option<&'static str> {
    if let Some((_, reason)) = OURS.iter().find(|(ours, _)| *ours == name) {
        return Some(reason);
    }
    if PYTHON.binary_search(&name).is_ok() {
        return Some("a module of Python's standard library");
    }
    if is_reserved_by_go(name) {
        return Some("a name that Go reserves");
    }
    is_windows_device(name).then_some("a device name on Windows, which no file can have")
}

/// Directories of the project, and packages installed with it.
const OURS: &[(&str, &str)] = &[
    ("build", "the build directory of setuptools"),
    ("cffi", "a requirement of the package"),
    ("dist", "the directory of the wheels"),
    ("pycparser", "a requirement of cffi"),
    ("pygo_tools", "a build requirement of the package"),
    ("setuptools", "a build requirement of the package"),
    ("tests", "the directory of the tests"),
];

/// `sys.stdlib_module_names` of Python 3.10 to 3.14: `import` finds these first. Sorted.
#[rustfmt::skip]
const PYTHON: &[&str] = &[
    "abc", "aifc", "annotationlib", "antigravity", "argparse", "array", "ast", "asynchat",
    "asyncio", "asyncore", "atexit", "audioop", "base64", "bdb", "binascii", "binhex", "bisect",
    "builtins", "bz2", "calendar", "cgi", "cgitb", "chunk", "cmath", "cmd", "code", "codecs",
    "codeop", "collections", "colorsys", "compileall", "compression", "concurrent",
    "configparser", "contextlib", "contextvars", "copy", "copyreg", "crypt", "csv", "ctypes",
    "curses", "dataclasses", "datetime", "dbm", "decimal", "difflib", "dis", "distutils",
    "doctest", "email", "encodings", "ensurepip", "enum", "errno", "faulthandler", "fcntl",
    "filecmp", "fileinput", "fnmatch", "fractions", "ftplib", "functools", "gc", "genericpath",
    "getopt", "getpass", "gettext", "glob", "graphlib", "grp", "gzip", "hashlib", "heapq",
    "hmac", "html", "http", "idlelib", "imaplib", "imghdr", "imp", "importlib", "inspect", "io",
    "ipaddress", "itertools", "json", "keyword", "lib2to3", "linecache", "locale", "logging",
    "lzma", "mailbox", "mailcap", "marshal", "math", "mimetypes", "mmap", "modulefinder",
    "msilib", "msvcrt", "multiprocessing", "netrc", "nis", "nntplib", "nt", "ntpath",
    "nturl2path", "numbers", "opcode", "operator", "optparse", "os", "ossaudiodev", "pathlib",
    "pdb", "pickle", "pickletools", "pipes", "pkgutil", "platform", "plistlib", "poplib",
    "posix", "posixpath", "pprint", "profile", "pstats", "pty", "pwd", "py_compile", "pyclbr",
    "pydoc", "pydoc_data", "pyexpat", "queue", "quopri", "random", "re", "readline", "reprlib",
    "resource", "rlcompleter", "runpy", "sched", "secrets", "select", "selectors", "shelve",
    "shlex", "shutil", "signal", "site", "smtpd", "smtplib", "sndhdr", "socket", "socketserver",
    "spwd", "sqlite3", "sre_compile", "sre_constants", "sre_parse", "ssl", "stat", "statistics",
    "string", "stringprep", "struct", "subprocess", "sunau", "symtable", "sys", "sysconfig",
    "syslog", "tabnanny", "tarfile", "telnetlib", "tempfile", "termios", "textwrap", "this",
    "threading", "time", "timeit", "tkinter", "token", "tokenize", "tomllib", "trace",
    "traceback", "tracemalloc", "tty", "turtle", "turtledemo", "types", "typing", "unicodedata",
    "unittest", "urllib", "uu", "uuid", "venv", "warnings", "wave", "weakref", "webbrowser",
    "winreg", "winsound", "wsgiref", "xdrlib", "xml", "xmlrpc", "zipapp", "zipfile",
    "zipimport", "zlib", "zoneinfo",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_are_sorted() {
        assert!(PYTHON.is_sorted() && OURS.is_sorted());
    }

    #[test]
    fn reserved_names_have_a_reason() {
        for (name, reason) in [
            ("json", Some("a module of Python's standard library")),
            ("fmt", Some("a name that Go reserves")),
            ("arena", Some("a name that Go reserves")),
            ("com1", Some("a device name on Windows, which no file can have")),
            ("cffi", Some("a requirement of the package")),
            ("conin$", Some("a device name on Windows, which no file can have")),
            ("com", None),
            ("com0", None),
            ("com10", None),
            ("greet", None),
        ] {
            assert_eq!(reserved(name), reason, "{name}");
        }
    }
}
