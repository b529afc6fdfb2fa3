//! C types as Python's type checkers see them through cffi.
//!
//! In: a C type as a [`CType`](crate::project::CType) has it, words and stars with single blanks,
//! `char* const name`, `int v[]`. Out: an annotation for what cffi takes there, or gives back, and
//! the name of the parameter. What cffi does is in `convert_from_object`, `_prepare_pointer_call_argument`
//! and `convert_to_object` of its `_cffi_backend.c`; each line of the tables was seen with cffi 2.1.

/// What a pointer points at, or a value is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Base {
    Void,
    /// `char`, which is no number to cffi.
    Char,
    /// A character of text.
    Wide,
    Bool,
    /// An integer of one byte: a pointer to it takes bytes.
    Byte,
    Integer,
    Float,
    LongDouble,
    Complex,
    /// A struct or a union.
    Record,
    /// A name that a typedef gave.
    Other,
}

/// A C type taken apart.
struct Spelled<'a> {
    base: Base,
    pointers: usize,
    name: Option<&'a str>,
}

/// What cffi takes for a parameter.
pub(super) fn param_type(text: &str) -> &'static str {
    let Spelled { base, pointers, .. } = spelled(text);
    match (pointers, base) {
        (0, Base::Char) => "bytes | _CData",
        (0, Base::Wide) => "str | _CData",
        (0, Base::Bool | Base::Byte | Base::Integer) => "int | _CData",
        (0, Base::Float | Base::LongDouble) => "float | _CData",
        (0, Base::Complex) => "complex | _CData",
        (0, Base::Record) => "list[Any] | tuple[Any, ...] | dict[str, Any] | _CData",
        (0, Base::Void | Base::Other) => "Any",
        (1, Base::Void) => "bytes | _CData",
        (1, Base::Char | Base::Byte | Base::Bool) => "bytes | list[Any] | tuple[Any, ...] | _CData",
        (1, Base::Wide) => "str | list[Any] | tuple[Any, ...] | _CData",
        // It may be a typedef of a character; and `FILE*` takes a file of Python's.
        (1, Base::Other) => "Any",
        _ => "list[Any] | tuple[Any, ...] | _CData",
    }
}

/// What cffi gives for a result.
pub(super) fn result_type(text: &str) -> &'static str {
    let Spelled { base, pointers, .. } = spelled(text);
    match (pointers, base) {
        (0, Base::Void) => "None",
        (0, Base::Char) => "bytes",
        (0, Base::Wide) => "str",
        (0, Base::Bool) => "bool",
        (0, Base::Byte | Base::Integer) => "int",
        (0, Base::Float) => "float",
        (0, Base::Complex) => "complex",
        (0, Base::Other) => "Any",
        // A float of Python's could not hold a `long double`.
        (0, Base::LongDouble | Base::Record) | (_, _) => "FFI.CData",
    }
}

/// The name of a parameter, where it has one.
pub(super) fn spelled_name(text: &str) -> Option<&str> {
    spelled(text).name
}

fn spelled(text: &str) -> Spelled<'_> {
    let (text, array) = match text.strip_suffix("[]") {
        Some(text) => (text, 1),
        None => (text, 0),
    };
    let words = |text| {
        let words = str::split_whitespace(text).filter(|word| !QUALIFIERS.contains(word));
        words.collect::<Vec<_>>()
    };
    let (mut types, name) = match text.rsplit_once('*') {
        Some((types, name)) => (words(types.split('*').next().unwrap_or_default()), words(name)),
        None => (words(text), Vec::new()),
    };
    let mut name = name.last().copied();
    let tagged = matches!(types.first(), Some(&("struct" | "union" | "enum")));
    let least = if tagged { 2 } else { 1 };
    if name.is_none() && types.len() > least && types.last().is_some_and(|w| !is_type_word(w)) {
        name = types.pop();
    }
    Spelled { base: base(&types), pointers: text.matches('*').count() + array, name }
}

fn base(words: &[&str]) -> Base {
    let has = |word| words.contains(&word);
    match words {
        ["void"] => Base::Void,
        ["char"] => Base::Char,
        ["wchar_t" | "char16_t" | "char32_t"] => Base::Wide,
        ["_Bool" | "bool"] => Base::Bool,
        ["struct" | "union", ..] => Base::Record,
        ["enum", ..] => Base::Integer,
        ["GoFloat32" | "GoFloat64"] => Base::Float,
        [word] if BYTES.contains(word) => Base::Byte,
        [word] if INTEGERS.contains(word) => Base::Integer,
        _ if words.is_empty() || !words.iter().all(|word| BASIC.contains(word)) => Base::Other,
        _ if has("_Complex") => Base::Complex,
        _ if has("double") && has("long") => Base::LongDouble,
        _ if has("double") || has("float") => Base::Float,
        _ if has("char") => Base::Byte,
        _ => Base::Integer,
    }
}

fn is_type_word(word: &str) -> bool {
    let single = ["void", "wchar_t", "char16_t", "char32_t", "_Bool", "bool"];
    [BASIC, BYTES, INTEGERS, &single[..]].iter().any(|list| list.contains(&word))
        || matches!(word, "GoFloat32" | "GoFloat64")
}

/// Words that say nothing about what Python passes.
const QUALIFIERS: &[&str] = &[
    "const",
    "volatile",
    "restrict",
    "__restrict",
    "__restrict__",
    "register",
    "static",
    "extern",
    "inline",
];

/// The words of which C makes its own numbers.
const BASIC: &[&str] =
    &["char", "short", "int", "long", "signed", "unsigned", "float", "double", "_Complex"];

/// Names of integers of one byte.
const BYTES: &[&str] = &[
    "int8_t",
    "uint8_t",
    "int_least8_t",
    "uint_least8_t",
    "int_fast8_t",
    "uint_fast8_t",
    "GoInt8",
    "GoUint8",
];

/// Names of longer integers: those that cffi knows by itself, and those of cgo's header.
const INTEGERS: &[&str] = &[
    "int16_t",
    "int32_t",
    "int64_t",
    "uint16_t",
    "uint32_t",
    "uint64_t",
    "int_least16_t",
    "int_least32_t",
    "int_least64_t",
    "uint_least16_t",
    "uint_least32_t",
    "uint_least64_t",
    "int_fast16_t",
    "int_fast32_t",
    "int_fast64_t",
    "uint_fast16_t",
    "uint_fast32_t",
    "uint_fast64_t",
    "intptr_t",
    "uintptr_t",
    "intmax_t",
    "uintmax_t",
    "ptrdiff_t",
    "size_t",
    "ssize_t",
    "GoInt",
    "GoInt16",
    "GoInt32",
    "GoInt64",
    "GoUint",
    "GoUint16",
    "GoUint32",
    "GoUint64",
    "GoUintptr",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values() {
        for (text, param, result) in [
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
            ("void", "Any", "None"),
        ] {
            assert_eq!((param_type(text), result_type(text)), (param, result), "{text}");
        }
    }

    #[test]
    fn pointers() {
        let bytes = "bytes | list[Any] | tuple[Any, ...] | _CData";
        let many = "list[Any] | tuple[Any, ...] | _CData";
        for (text, param) in [
            ("const char*", bytes),
            ("char[]", bytes),
            ("uint8_t* data", bytes),
            ("void* p", "bytes | _CData"),
            ("wchar_t* text", "str | list[Any] | tuple[Any, ...] | _CData"),
            ("char** argv", many),
            ("char* argv[]", many),
            ("int v[]", many),
            ("struct s* s", many),
            ("handle* h", "Any"),
            ("handle** h", many),
        ] {
            assert_eq!((param_type(text), result_type(text)), (param, "FFI.CData"), "{text}");
        }
    }

    #[test]
    fn names() {
        for (text, name) in [
            ("char* const x", Some("x")),
            ("char* const", None),
            ("unsigned x", Some("x")),
            ("unsigned long", None),
            ("const handle", None),
            ("handle h", Some("h")),
            ("struct s", None),
            ("struct s s", Some("s")),
            ("int v[]", Some("v")),
            ("bool", None),
            ("bool b", Some("b")),
            ("GoInt GoInt8", None),
        ] {
            assert_eq!(spelled_name(text), name, "{text}");
        }
    }
}
