//! The C that lets an extension module find its library on Windows, which knows no rpaths.
//!
//! Input: the functions of the library, and its path relative to the module. Output: C that is
//! linked into the module. It has a stub for each function, which jumps to where a pointer points,
//! and the module's init function, which loads the library by its full path and sets the pointers.
//! Nothing is searched for by name, so no other package's library can be taken for it.

use std::fmt::Write;

/// What calls go to, and where it is.
pub(super) struct DllLoader<'a> {
    /// The library, relative to the directory of the module: `example/lib/hello.example.dll`.
    pub(super) path: &'a str,
    /// The module's import name without its packages.
    pub(super) module: &'a str,
    /// The functions that the library exports.
    pub(super) functions: &'a [&'a str],
}

impl DllLoader<'_> {
    /// The macros that make cffi's init function the inner one.
    pub(super) fn flags(&self) -> [String; 2] {
        let Self { module, .. } = self;
        ["-DPYGO_EXPORT=".to_owned(), format!("-DPyInit_{module}={INNER}")]
    }

    /// The C.
    pub(super) fn text(&self) -> String {
        let Self { path, module, functions } = self;
        let mut out = BEGIN.to_owned();
        for (number, name) in functions.iter().enumerate() {
            let _ = writeln!(out, "PYGO_STUB({number}, {name})");
        }
        out.push_str("\nstatic const struct { const char *name; void **to; } functions[] = {\n");
        for (number, name) in functions.iter().enumerate() {
            let _ = writeln!(out, "    {{\"{name}\", &pygo_to_{number}}},");
        }
        let mut parts: Vec<_> = path.split('/').filter(|part| *part != ".").collect();
        let up = parts.iter().take_while(|part| **part == "..").count();
        parts.drain(..up);
        let _ = write!(
            out,
            "    {{NULL, NULL}}\n}};\n\n#define UP {up}\n#define LIBRARY L\"{}\"\n{END}\
             #undef PyInit_{module}\n\n\
             __declspec(dllexport) PyObject *PyInit_{module}(void)\n{{\n    \
             return load() ? {INNER}() : NULL;\n}}\n",
            wide(&parts.join("\\"))
        );
        out
    }
}

/// What cffi's init function is called instead.
const INNER: &str = "pygo_init";

/// `text` inside of a wide string literal.
fn wide(text: &str) -> String {
    let escaped = |c: char| match c {
        '\\' | '"' => format!("\\{c}"),
        ' '..='~' => c.to_string(),
        _ => format!("\\U{:08x}", u32::from(c)),
    };
    text.chars().map(escaped).collect()
}

const BEGIN: &str = r#"/* Written by pygo: the Go library is loaded from its place in the package. */
#include <windows.h>
#include "Python.h"

PyAPI_DATA(PyObject *) PyExc_ImportError;
PyAPI_FUNC(PyObject *) PyErr_Format(PyObject *, const char *, ...);
PyAPI_FUNC(PyObject *) PyUnicode_FromWideChar(const wchar_t *, Py_ssize_t);

PyObject *pygo_init(void);

#if defined(__x86_64__)
#define PYGO_JUMP(to) "\tjmp *" to "(%rip)\n"
#elif defined(__aarch64__)
#define PYGO_JUMP(to) "\tadrp x16, " to "\n\tldr x16, [x16, :lo12:" to "]\n\tbr x16\n"
#endif
#define PYGO_STUB(number, name) \
    void *pygo_to_##number; \
    __asm__(".text\n.globl " #name "\n.p2align 4\n" #name ":\n" PYGO_JUMP("pygo_to_" #number));

"#;

const END: &str = r#"
static int fail(const wchar_t *path, const char *what, DWORD code)
{
    PyObject *shown = PyUnicode_FromWideChar(path, -1);
    if (shown != NULL) {
        PyErr_Format(PyExc_ImportError, "%s: %U (Windows error %lu)", what, shown, code);
        Py_DecRef(shown);
    }
    return 0;
}

static int load(void)
{
    static wchar_t path[0x8000 + sizeof(LIBRARY)];
    HMODULE self, library;
    DWORD flags = GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS |
        GET_MODULE_HANDLE_EX_FLAG_UNCHANGED_REFCOUNT;
    DWORD end;
    int i, cut;

    if (!GetModuleHandleExW(flags, (LPCWSTR)(void *)&load, &self))
        return fail(LIBRARY, "the extension cannot find itself, to load", GetLastError());
    end = GetModuleFileNameW(self, path, 0x8000);
    for (cut = 0; cut <= UP; cut++) {
        while (end > 0 && path[end - 1] != L'\\' && path[end - 1] != L'/')
            end--;
        if (cut < UP && end > 0)
            end--;
    }
    memcpy(path + end, LIBRARY, sizeof(LIBRARY));
    library = LoadLibraryExW(path, NULL, LOAD_WITH_ALTERED_SEARCH_PATH);
    if (library == NULL)
        return fail(path, "the Go library cannot be loaded", GetLastError());
    for (i = 0; functions[i].name != NULL; i++) {
        *functions[i].to = (void *)GetProcAddress(library, functions[i].name);
        if (*functions[i].to == NULL)
            return fail(path, "the Go library is not that of this extension", GetLastError());
    }
    return 1;
}

"#;

#[cfg(test)]
mod tests {
    use super::*;

    fn text(path: &str) -> String {
        DllLoader { path, module: "_x", functions: &["Hello", "Bye"] }.text()
    }

    #[test]
    fn each_function_has_a_stub_and_a_pointer() {
        let text = text("x/lib/hello.x.dll");
        for part in [
            "PYGO_STUB(0, Hello)\nPYGO_STUB(1, Bye)\n",
            "{\"Bye\", &pygo_to_1},\n    {NULL, NULL}\n",
            "#define UP 0\n#define LIBRARY L\"x\\\\lib\\\\hello.x.dll\"\n",
            "#undef PyInit__x\n\n__declspec(dllexport) PyObject *PyInit__x(void)\n",
        ] {
            assert!(text.contains(part), "{part}\n{text}");
        }
    }

    #[test]
    fn the_way_up_is_counted_and_names_are_escaped() {
        assert!(text("../../b/lib/x.dll").contains("#define UP 2\n#define LIBRARY L\"b\\\\lib"));
        assert!(text("./x.dll").contains("#define UP 0\n#define LIBRARY L\"x.dll\""));
        assert!(text("ä/x.dll").contains("L\"\\U000000e4\\\\x.dll\""));
    }
}
