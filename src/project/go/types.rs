//! Go types as C spells them, by the table in cgo's `out.go` (`goTypes` and `cgoType`).
//!
//! Input: the text of a Go type. Output: the C type of the function that cgo exports, and its
//! values if it is a number.

use std::collections::BTreeMap;

use super::super::c::number::Number;
use super::super::names::is_identifier;

/// Named types of a package: the name, and the text of the type that it stands for.
pub type NamedTypes = BTreeMap<String, String>;

/// `text` with a named type of its package replaced by what it stands for.
pub fn resolve<'a>(text: &'a str, named: &'a NamedTypes) -> String {
    let bare = text.trim_start_matches(['*', ' ']);
    let stars = text.len() - bare.len();
    let mut current = bare;
    // A cycle is Go's to report.
    for _ in 0..8 {
        match named.get(current) {
            Some(next) => current = next,
            None => break,
        }
    }
    format!("{}{current}", &text[..stars])
}

/// The number that the Go type `text` is, if it certainly is one.
pub fn number(text: &str) -> Option<Number> {
    match text.strip_prefix("C.") {
        Some("uint" | "uchar" | "ushort" | "ulong" | "ulonglong" | "schar" | "longlong") | None => {
            Number::of_c(c_number(text)?)
        }
        Some(name) => Number::of_c(name),
    }
}

/// How C spells the number type `text`.
fn c_number(text: &str) -> Option<&'static str> {
    Some(match text {
        "int" | "int64" | "C.longlong" => "long long",
        "uint" | "uint64" | "C.ulonglong" => "unsigned long long",
        "int8" | "C.schar" => "signed char",
        "int16" => "short",
        "int32" | "rune" => "int",
        "uint8" | "byte" | "C.uchar" => "unsigned char",
        "uint16" | "C.ushort" => "unsigned short",
        "uint32" | "C.uint" => "unsigned int",
        "C.ulong" => "unsigned long",
        "uintptr" => "size_t",
        "float32" => "float",
        "float64" => "double",
        "bool" => "bool",
        _ => return None,
    })
}

/// The most stars of a pointer type; nobody writes more.
const MAX_STARS: usize = 16;

/// C's spelling of the Go type `text`; nothing if only cgo can tell.
pub fn c_type(text: &str) -> Option<String> {
    let mut text = text.trim();
    let mut stars = 0;
    while let Some(inner) = text.strip_prefix('*') {
        text = inner.trim_start();
        stars += 1;
        if stars > MAX_STARS {
            return None;
        }
    }
    bare_c_type(text).map(|inner| inner + &"*".repeat(stars))
}

/// The C spelling of a type that is not a pointer.
fn bare_c_type(text: &str) -> Option<String> {
    if let Some(number) = c_number(text) {
        return Some(number.to_owned());
    }
    if let Some(name) = text.strip_prefix("C.") {
        let tagged = ["struct", "union", "enum"]
            .into_iter()
            .find_map(|tag| Some(format!("{tag} {}", name.strip_prefix(tag)?.strip_prefix('_')?)));
        return is_identifier(name).then(|| tagged.unwrap_or_else(|| name.to_owned()));
    }
    let starts = |prefix: &str| text.starts_with(prefix);
    Some(
        match text {
            "unsafe.Pointer" => "void*",
            "string" => "GoString",
            "any" | "error" => "GoInterface",
            _ if starts("interface{") || starts("interface {") => "GoInterface",
            _ if starts("[]") => "GoSlice",
            _ if starts("map[") => "GoMap",
            _ if starts("chan ") => "GoChan",
            _ if starts("func(") => "void*",
            _ => return None,
        }
        .to_owned(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pointers_have_a_limit() {
        assert_eq!(c_type("* *C.char").as_deref(), Some("char**"));
        assert_eq!(c_type(&format!("{}int8", "*".repeat(16))).unwrap().len(), 11 + 16);
        assert_eq!(c_type(&format!("{}int8", "*".repeat(17))), None);
        assert_eq!(c_type(&"*".repeat(1 << 20)), None);
    }

    #[test]
    fn the_width_of_a_go_type_is_that_of_its_c_type() {
        assert_eq!(number("int"), Some(Number::Signed(64)));
        assert_eq!(number("C.ulong"), Some(Number::Unsigned(64)));
        assert_eq!(number("C.int16_t"), Some(Number::Signed(16)));
        assert_eq!(number("bool"), Some(Number::Bool));
        assert_eq!(number("C.my_id"), None);
        assert_eq!(number("*C.int"), None);
    }
}
