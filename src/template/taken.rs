//! Package names that are not free: a project of that name would not build, or not be imported.
//!
//! In: the name of a package. Out: why it cannot be had. Only what fails whatever its author
//! does stands here.

/// Why the package `name` cannot be had, to go on after `would be called x, which is`.
pub(super) fn taken(name: &str) -> Option<&'static str> {
    let is_in = |names: &[&str]| names.binary_search(&name).is_ok();
    if let Some((_, reason)) = OURS.iter().find(|(ours, _)| *ours == name) {
        return Some(reason);
    }
    if is_in(PYTHON) {
        return Some("a module of Python's standard library");
    }
    if is_in(GO) {
        return Some("a name that Go keeps for itself");
    }
    is_device(name).then_some("a device of Windows, where no file can have its name")
}

/// What stands in the project beside the package, or has to be installed with it.
const OURS: &[(&str, &str)] = &[
    ("build", "where setuptools works"),
    ("cffi", "what the package itself requires"),
    ("dist", "where wheels go"),
    ("pycparser", "what cffi requires"),
    ("pygo_tools", "what builds the package"),
    ("setuptools", "what builds the package"),
    ("tests", "where the tests go"),
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

/// Refused as the path of a module: packages of Go's standard library (1.27), and words of
/// `go help packages` and of go.mod. Sorted; what Python has as well is left out.
#[rustfmt::skip]
const GO: &[&str] = &[
    "all", "arena", "bufio", "builtin", "bytes", "cmp", "context", "crypto", "embed",
    "encoding", "errors", "expvar", "flag", "fmt", "go", "hash", "image", "iter", "log", "maps",
    "mime", "net", "path", "plugin", "reflect", "regexp", "runtime", "simd", "slices", "sort",
    "std", "strconv", "strings", "structs", "sync", "syscall", "testing", "tool", "toolchain",
    "unicode", "unique", "unsafe", "weak", "work",
];

/// Source: "Naming Files, Paths, and Namespaces" of Windows' documentation. Go refuses these in
/// the path of a module.
fn is_device(name: &str) -> bool {
    let port = name.strip_prefix("com").or_else(|| name.strip_prefix("lpt"));
    port.is_some_and(|number| number.len() == 1 && number.as_bytes()[0].is_ascii_digit())
        || matches!(name, "aux" | "con" | "nul" | "prn")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tables_are_sorted() {
        assert!(PYTHON.is_sorted() && GO.is_sorted() && OURS.is_sorted());
    }

    #[test]
    fn says_who_has_a_name() {
        for (name, reason) in [
            ("json", Some("a module of Python's standard library")),
            ("fmt", Some("a name that Go keeps for itself")),
            ("com1", Some("a device of Windows, where no file can have its name")),
            ("cffi", Some("what the package itself requires")),
            ("com", None),
            ("com10", None),
            ("greet", None),
        ] {
            assert_eq!(taken(name), reason, "{name}");
        }
    }
}
