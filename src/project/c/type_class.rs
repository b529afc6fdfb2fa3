//! What a value looks like to C, as far as that can be told without a compiler.
//!
//! In: the text of a Go type, or the words of a C type. Out: a [`Shape`]; `Unknown` wherever a
//! name may stand for anything. Source: the table of exported types in cgo's `out.go`
//! (`goTypes` and `cgoType`).

use std::fmt;

/// The shape of a parameter or a result.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Shape {
    /// No value.
    Void,
    /// An address.
    Pointer,
    /// An integer or a floating-point number; C converts between all of them.
    Number,
    /// A struct by value: a C struct, Go's string, slice or interface.
    Struct,
    /// A name that may stand for anything.
    Unknown,
}

impl Shape {
    /// Whether C can convert between the two in no way. A result that is not used counts as a
    /// contradiction: somebody expected one.
    pub fn contradicts(self, other: Self) -> bool {
        self != other && self != Self::Unknown && other != Self::Unknown
    }

    /// The shape in which cgo exports a Go type.
    pub fn of_go(text: &str) -> Self {
        let text = text.trim();
        if let Some(name) = text.strip_prefix("C.") {
            return Self::of_cgo(name);
        }
        let opens = |prefix: &str| text.starts_with(prefix);
        match text {
            "unsafe.Pointer" => Self::Pointer,
            "string" | "error" | "any" => Self::Struct,
            "int" | "int8" | "int16" | "int32" | "int64" | "uint" | "uint8" | "uint16"
            | "uint32" | "uint64" | "uintptr" | "byte" | "rune" | "float32" | "float64"
            | "bool" => Self::Number,
            _ if opens("[]") || opens("interface{") || opens("interface {") => Self::Struct,
            _ if opens("*") || opens("map[") || opens("func(") || opens("chan ") => Self::Pointer,
            _ => Self::Unknown,
        }
    }

    fn of_cgo(name: &str) -> Self {
        match name {
            "char" | "schar" | "uchar" | "short" | "ushort" | "int" | "uint" | "long" | "ulong"
            | "longlong" | "ulonglong" | "float" | "double" => Self::Number,
            _ if is_number_word(name) => Self::Number,
            _ if name.starts_with("struct_") => Self::Struct,
            _ if name.starts_with("enum_") => Self::Number,
            _ => Self::Unknown,
        }
    }

    /// The shape of a C type, by its words and by how many times it is pointed at. `named` says
    /// that the last word may be the name of a parameter.
    pub fn of_c(words: &[&str], pointers: usize, named: bool) -> Self {
        if pointers > 0 {
            return Self::Pointer;
        }
        let mut words: Vec<&str> =
            words.iter().copied().filter(|w| !QUALIFIERS.contains(w)).collect();
        match words.first() {
            Some(&"struct") => return Self::Struct,
            Some(&"enum") => return Self::Number,
            _ => {}
        }
        if named && words.len() > 1 && words.last().is_some_and(|word| !is_number_word(word)) {
            words.pop();
        }
        match words.as_slice() {
            ["void"] => Self::Void,
            [] => Self::Unknown,
            words if words.iter().all(|word| is_number_word(word)) => Self::Number,
            _ => Self::Unknown,
        }
    }
}

impl fmt::Display for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Void => "nothing",
            Self::Pointer => "a pointer",
            Self::Number => "a number",
            Self::Struct => "a struct",
            Self::Unknown => "a value",
        })
    }
}

/// Words that say nothing about the shape.
pub(super) const QUALIFIERS: &[&str] = &[
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

/// Words of which C makes its numbers. `bool` is not among them, for C converts a pointer to it.
pub(super) fn is_number_word(word: &str) -> bool {
    matches!(
        word,
        "char"
            | "short"
            | "int"
            | "long"
            | "signed"
            | "unsigned"
            | "float"
            | "double"
            | "size_t"
            | "ssize_t"
            | "ptrdiff_t"
            | "int8_t"
            | "int16_t"
            | "int32_t"
            | "int64_t"
            | "uint8_t"
            | "uint16_t"
            | "uint32_t"
            | "uint64_t"
            | "intptr_t"
            | "uintptr_t"
            | "intmax_t"
            | "uintmax_t"
            | "GoInt"
            | "GoInt8"
            | "GoInt16"
            | "GoInt32"
            | "GoInt64"
            | "GoUint"
            | "GoUint8"
            | "GoUint16"
            | "GoUint32"
            | "GoUint64"
            | "GoUintptr"
            | "GoFloat32"
            | "GoFloat64"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn go_types() {
        for (text, shape) in [
            ("*C.char", Shape::Pointer),
            ("unsafe.Pointer", Shape::Pointer),
            ("map[string]int", Shape::Pointer),
            ("C.uintptr_t", Shape::Number),
            ("C.int", Shape::Number),
            ("bool", Shape::Number),
            ("string", Shape::Struct),
            ("[]byte", Shape::Struct),
            ("C.struct_point", Shape::Struct),
            ("C.callback", Shape::Unknown),
            ("Handle", Shape::Unknown),
            ("[4]int", Shape::Unknown),
            ("C.bool", Shape::Unknown),
        ] {
            assert_eq!(Shape::of_go(text), shape, "{text}");
        }
    }

    #[test]
    fn c_types() {
        for (words, pointers, named, shape) in [
            (&["const", "char", "x"][..], 1, true, Shape::Pointer),
            (&["unsigned", "long", "int"], 0, true, Shape::Number),
            (&["int", "count"], 0, true, Shape::Number),
            (&["void"], 0, false, Shape::Void),
            (&["struct", "s", "x"], 0, true, Shape::Struct),
            (&["union", "u", "x"], 0, true, Shape::Unknown),
            (&["handle", "x"], 0, true, Shape::Unknown),
            (&["handle"], 0, true, Shape::Unknown),
            (&["bool"], 0, false, Shape::Unknown),
        ] {
            assert_eq!(Shape::of_c(words, pointers, named), shape, "{words:?}");
        }
    }
}
