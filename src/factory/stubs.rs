//! Type stubs: what type checkers and editors need to know about an extension.
//!
//! Input: an [`Extension`] and the files of the base wheel. Output: the text of its stub and its
//! path in the wheel; nothing for a project that is not typed or has its own stub. What cffi takes
//! and returns for a C type is in `convert_from_object`, `_prepare_pointer_call_argument` and
//! `convert_to_object` of its `_cffi_backend.c`, and was measured with cffi 2.1 in API mode. A name
//! that a typedef gave may stand for any type and is `Any`.
//!
//! The names are those of typeshed's types-cffi. Without it they are `Any` to a type checker, and
//! `int | Any` would accept every argument: parameters name a protocol that only cdata matches.

use std::collections::BTreeSet;
use std::fmt::Write;

use super::generated::STUB;
use crate::project::{BaseType, CType, Extension, GoLibrary, ModuleName, Prototype, is_identifier};
use crate::wheel::{Contents, is_keyword};

/// The path and the text of each stub that the wheel needs for `extension`, which calls `library`;
/// `base` has the other files of the wheel.
pub(super) fn stubs(
    extension: &Extension,
    library: &GoLibrary,
    base: &Contents,
) -> Vec<(String, String)> {
    let module = &extension.module;
    let package = module.parent().unwrap_or_else(|| library.package.clone());
    // PEP 561: a py.typed covers all packages below its own.
    let is_typed = std::iter::successors(Some(package), ModuleName::parent)
        .any(|package| base.contains_key(format!("{}/py.typed", package.path()).as_str()));
    let beside = format!("{}.pyi", module.path());
    let stub_package = format!("{module}-stubs");
    let has_own_stub = base
        .iter()
        .any(|(path, _)| path.as_str() == beside || path.top_dir() == Some(&stub_package));
    if !is_typed || has_own_stub {
        return Vec::new();
    }
    let text = text(extension);
    let mut stubs = vec![(beside, format!("{STUB}{text}"))];
    if module.parent().is_none() {
        // PEP 561 covers packages only: mypy does not find `_example.pyi` at the top of
        // site-packages, so a stub package is needed as well. The first lines differ because two
        // files with the same content look like a mistake.
        let head = format!(
            "{STUB}# The same as {module}.pyi, for checkers that read stub packages only.\n"
        );
        stubs.push((format!("{stub_package}/__init__.pyi"), format!("{head}{text}")));
    }
    stubs
}

/// The text of the stub.
fn text(extension: &Extension) -> String {
    let mut text = HEAD.to_owned();
    let mut seen = BTreeSet::new();
    let mut readable = true;
    for signature in &extension.signatures {
        match &signature.prototype {
            // `lib.lambda` is not valid Python: only getattr() reaches it.
            Some(prototype) if is_keyword(&prototype.name) => {}
            Some(prototype) if is_reserved(&prototype.name) => readable = false,
            Some(prototype) if seen.insert(&prototype.name) => text.push_str(&method(prototype)),
            Some(_) => {}
            None => readable &= signature.declares_only_types(),
        }
    }
    if !readable {
        text.push_str("    def __getattr__(self, name: str) -> Any: ...\n");
    } else if seen.is_empty() {
        text.push_str("    pass\n");
    }
    text.push_str(FOOT);
    text
}

/// Neither class exists at runtime, where `lib` is a `_cffi_backend.Lib`. That class is final in
/// types-cffi, so `lib` cannot have a subclass of it as its type, and `addressof` has to be
/// widened. `string` returns bytes for every string of Go; types-cffi says `bytes | str`, which
/// has no `decode`.
const HEAD: &str = r#"from typing import Any, Protocol, final, overload, type_check_only

from _cffi_backend import FFI, Lib

@type_check_only
class _CData(Protocol):
    def __complex__(self) -> complex: ...
    def __enter__(self) -> Any: ...

@final
@type_check_only
class _Lib:
"#;

const FOOT: &str = r#"
@type_check_only
class _FFI(FFI):
    @overload
    def addressof(self, cdata: FFI.CData, /, *field_or_index: str | int) -> FFI.CData: ...
    @overload
    def addressof(self, library: _Lib | Lib, name: str, /) -> FFI.CData: ...
    def string(self, cdata: FFI.CData, maxlen: int = -1) -> bytes | Any: ...

ffi: _FFI
lib: _Lib
"#;

/// Names that no method can have: special names have their own meaning in Python, and a method
/// hides a type of the same name from the annotations that follow it in the class.
fn is_reserved(name: &str) -> bool {
    const TYPES: &[&str] = &[
        "Any", "FFI", "_CData", "bool", "bytes", "complex", "dict", "float", "int", "list", "str",
        "tuple",
    ];
    (name.starts_with("__") && name.ends_with("__")) || TYPES.contains(&name)
}

/// The method for one function, with its prototype as the docstring that editors show. Nothing in
/// a prototype can end a docstring: it consists of words, stars, spaces and `[]`.
fn method(prototype: &Prototype) -> String {
    let Prototype { name, params, result } = prototype;
    let mut names = BTreeSet::from(["self".to_owned()]);
    let mut list = String::from("self");
    for (at, param) in params.iter().enumerate() {
        let name = param_name(param.name.as_deref(), at + 1, &mut names);
        // Writing into a String cannot fail.
        let _ = write!(list, ", {name}: {}", param_type(param));
    }
    if !params.is_empty() {
        // cffi's functions take no keyword arguments.
        list.push_str(", /");
    }
    let c_params: Vec<_> = params.iter().map(|param| param.text.as_str()).collect();
    let c_params = if c_params.is_empty() { "void".to_owned() } else { c_params.join(", ") };
    format!(
        "    def {name}({list}) -> {}:\n        \"\"\"`{} {name}({c_params})`\"\"\"\n",
        result_type(result),
        result.text,
    )
}

/// What cffi takes for a parameter.
fn param_type(param: &CType) -> &'static str {
    match (param.pointers, param.base) {
        (0, BaseType::Char) => "bytes | _CData",
        (0, BaseType::Wide) => "str | _CData",
        (0, BaseType::Bool | BaseType::Byte | BaseType::Integer) => "int | _CData",
        (0, BaseType::Float | BaseType::LongDouble) => "float | _CData",
        (0, BaseType::Complex) => "complex | _CData",
        (0, BaseType::Struct | BaseType::Union) => {
            "list[Any] | tuple[Any, ...] | dict[str, Any] | _CData"
        }
        (1, BaseType::Void) => "bytes | _CData",
        (1, BaseType::Char | BaseType::Byte | BaseType::Bool) => {
            "bytes | list[Any] | tuple[Any, ...] | _CData"
        }
        (1, BaseType::Wide) => "str | list[Any] | tuple[Any, ...] | _CData",
        // It may be a typedef of a character, and `FILE*` takes a Python file.
        (0, BaseType::Void) | (0 | 1, BaseType::Other) => "Any",
        _ => "list[Any] | tuple[Any, ...] | _CData",
    }
}

/// What cffi returns for a result.
fn result_type(result: &CType) -> &'static str {
    match (result.pointers, result.base) {
        (0, BaseType::Void) => "None",
        (0, BaseType::Char) => "bytes",
        (0, BaseType::Wide) => "str",
        (0, BaseType::Bool) => "bool",
        (0, BaseType::Byte | BaseType::Integer) => "int",
        (0, BaseType::Float) => "float",
        (0, BaseType::Complex) => "complex",
        (0, BaseType::Other) => "Any",
        // A Python float cannot represent a `long double`.
        _ => "FFI.CData",
    }
}

/// A valid, unused name for the parameter at `place`, counted from 1.
fn param_name(given: Option<&str>, place: usize, used: &mut BTreeSet<String>) -> String {
    let mut name = match given {
        Some(name) if is_keyword(name) || name == "__debug__" => format!("{name}_"),
        Some(name) if is_identifier(name) => name.to_owned(),
        _ => format!("arg{place}"),
    };
    while !used.insert(name.clone()) {
        name.push('_');
    }
    name
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::project::Signature;
    use crate::wheel::File;

    fn extension(module: &str, signatures: &[&str]) -> Extension {
        let texts: Vec<_> = signatures.iter().map(|&text| text.to_owned()).collect();
        let signatures = Signature::read_all(&texts);
        Extension { module: module.parse().unwrap(), signatures, cdef: None }
    }

    /// The body of `_Lib`, without the docstrings.
    fn lib(signatures: &[&str]) -> String {
        let text = text(&extension("_x", signatures));
        let body = text.strip_prefix(HEAD).unwrap().strip_suffix(FOOT).unwrap();
        let lines = body.lines().filter(|line| !line.contains("\"\"\""));
        lines.map(|line| line.trim().trim_end_matches(" ...")).collect::<Vec<_>>().join("\n")
    }

    const OPEN: &str = "def __getattr__(self, name: str) -> Any:";

    #[test]
    fn a_method_for_each_prototype() {
        assert_eq!(
            lib(&["char* Hello(const char* message, int count);", "void Stop(void);"]),
            "def Hello(self, message: bytes | list[Any] | tuple[Any, ...] | _CData, \
             count: int | _CData, /) -> FFI.CData:\ndef Stop(self) -> None:"
        );
        let text = text(&extension("_x", &["extern  char *Hello(char\n*m, int);"]));
        assert!(text.contains("        \"\"\"`char* Hello(char* m, int)`\"\"\"\n"), "{text}");
    }

    /// The annotations of `c` as a parameter and as a result.
    fn annotations(c: &str) -> (String, String) {
        let of = |signature: &str| {
            let line = lib(&[signature]);
            let (params, result) = line.rsplit_once(") -> ").unwrap();
            let param = params.split_once(": ").map(|(_, param)| param.trim_end_matches(", /"));
            (param.unwrap_or_default().to_owned(), result.trim_end_matches(':').to_owned())
        };
        (of(&format!("void F({c});")).0, of(&format!("{c} F(void);")).1)
    }

    #[test]
    fn values_and_pointers_have_the_types_that_cffi_converts() {
        let bytes = "bytes | list[Any] | tuple[Any, ...] | _CData";
        let many = "list[Any] | tuple[Any, ...] | _CData";
        for (c, param, result) in [
            ("char", "bytes | _CData", "bytes"),
            ("unsigned char", "int | _CData", "int"),
            ("long long unsigned int", "int | _CData", "int"),
            ("const size_t", "int | _CData", "int"),
            ("enum e", "int | _CData", "int"),
            ("_Bool", "int | _CData", "bool"),
            ("wchar_t", "str | _CData", "str"),
            ("float", "float | _CData", "float"),
            ("long double", "float | _CData", "FFI.CData"),
            ("double _Complex", "complex | _CData", "complex"),
            ("struct s", "list[Any] | tuple[Any, ...] | dict[str, Any] | _CData", "FFI.CData"),
            ("handle", "Any", "Any"),
            ("const char*", bytes, "FFI.CData"),
            ("uint8_t*", bytes, "FFI.CData"),
            ("void*", "bytes | _CData", "FFI.CData"),
            ("wchar_t*", "str | list[Any] | tuple[Any, ...] | _CData", "FFI.CData"),
            ("char**", many, "FFI.CData"),
            ("struct s*", many, "FFI.CData"),
            ("handle*", "Any", "FFI.CData"),
            ("handle**", many, "FFI.CData"),
        ] {
            assert_eq!(annotations(c), (param.to_owned(), result.to_owned()), "{c}");
        }
        assert!(lib(&["void F(char[], int v[]);"]).contains(&format!("arg1: {bytes}, v: {many}")));
    }

    #[test]
    fn parameter_names_become_valid_python() {
        assert_eq!(
            lib(&["int F(int self, int lambda, int, int x, int x, int é, int __debug__);"]),
            "def F(self, self_: int | _CData, lambda_: int | _CData, arg3: int | _CData, \
             x: int | _CData, x_: int | _CData, arg6: int | _CData, __debug___: int | _CData, /) \
             -> int:"
        );
        assert_eq!(lib(&["int lambda(int x);"]), "pass");
        assert_eq!(lib(&["int F();", "int F();"]), "def F(self) -> int:");
        assert_eq!(lib(&["int bytes(int x);"]), OPEN);
        assert_eq!(lib(&["int __init__(int x);"]), OPEN);
    }

    #[test]
    fn an_unreadable_signature_makes_every_name_possible() {
        for text in [
            "int F(int, ...);",
            "int F(void (*cb)(int));",
            "extern \"Python\" int F(int);",
            "#define X 5",
            "typedef enum { A } e;",
        ] {
            assert_eq!(lib(&["int G();", text]), format!("def G(self) -> int:\n{OPEN}"), "{text}");
        }
        let types = ["typedef int (*cb)(int);", "int G(cb f);"];
        assert_eq!(lib(&types), "def G(self, f: Any, /) -> int:");
    }

    fn places(module: &str, package: &str, base: &[&str]) -> Vec<String> {
        let library =
            GoLibrary { name: "x".parse().unwrap(), package: package.parse().unwrap(), file: None };
        let base = base.iter().map(|path| (path.parse().unwrap(), File::new(*b"")));
        let stubs = stubs(&extension(module, &[]), &library, &base.collect());
        stubs.into_iter().map(|(path, _)| path).collect()
    }

    #[test]
    fn only_a_typed_project_without_its_own_stub_gets_one() {
        let top = &["_x.pyi", "_x-stubs/__init__.pyi"][..];
        for (module, package, base, expected) in [
            ("_x", "a", &["a/py.typed"][..], top),
            ("_x", "a.b", &["a/py.typed"], top),
            ("_x", "a", &["a/__init__.py", "py.typed", "b/py.typed"], &[]),
            ("_x", "a", &["a/py.typed", "_x.pyi"], &[]),
            ("_x", "a", &["a/py.typed", "_x-stubs/__init__.pyi"], &[]),
            ("a._x", "a", &["a/py.typed"], &["a/_x.pyi"]),
            ("a.b._x", "a", &["a/py.typed"], &["a/b/_x.pyi"]),
            ("a._x", "b", &["b/py.typed"], &[]),
            ("a._x", "a", &["a/py.typed", "a/_x.pyi"], &[]),
            ("a._x", "a", &["a/__init__.py"], &[]),
        ] {
            let places = places(module, package, base);
            assert_eq!(places, expected, "{module} {package} {base:?}");
        }
    }

    /// A prototype, or something similar.
    fn c_text() -> impl Strategy<Value = String> {
        let word = "[a-z_]{1,5}|char|void|lambda|self|None|[éß$x]{1,2}|struct s|const|unsigned";
        let ty = format!("({word})( ({word}))? ?\\*{{0,2}} ?({word})?(\\[\\])?");
        let ty = || prop::string::string_regex(&ty).unwrap();
        let list = prop::collection::vec(ty(), 0..4);
        (ty(), word, list).prop_map(|(ty, name, list)| format!("{ty} {name}({});", list.join(",")))
    }

    proptest! {
        #[test]
        fn every_method_is_valid_python(texts in prop::collection::vec(c_text(), 0..4)) {
            let texts: Vec<_> = texts.iter().map(String::as_str).collect();
            let body = lib(&texts);
            prop_assert!(!body.is_empty());
            for line in body.lines().filter(|line| *line != "pass") {
                let (name, rest) = line.strip_prefix("def ").unwrap().split_once("(self").unwrap();
                let (list, result) = rest.strip_suffix(":").unwrap().split_once(") -> ").unwrap();
                let legal = |name: &str| is_identifier(name) && !is_keyword(name);
                prop_assert!(legal(name), "{}", line);
                prop_assert!(!result.contains(char::is_control));
                let mut names = BTreeSet::from(["self"]);
                for param in list.replace("[Any, ...]", "").replace("[str, Any]", "").split(", ").skip(1) {
                    let name = param.split(": ").next().unwrap();
                    let known = param == "/" || (legal(name) && !param.contains("  "));
                    prop_assert!(known, "{}", line);
                }
                for param in list.split(", ").filter_map(|param| param.split_once(": ")) {
                    prop_assert!(names.insert(param.0), "{} twice: {}", param.0, line);
                }
            }
        }
    }
}
