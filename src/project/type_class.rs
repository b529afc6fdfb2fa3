//! What the types of C and Go have in common, as far as it is certain without a compiler.
//!
//! Input: a C type as read from a signature, or the text of a Go type. Output: a [`TypeClass`].
//! Go types become C types by the table in cgo's `out.go` (`goTypes` and `cgoType`).

use std::fmt;

use super::c::types::{BaseType, CType};

/// A class of types between which C converts, or which stand for the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TypeClass {
    /// No value.
    Void,
    /// An address.
    Pointer,
    /// An integer or a floating-point number; C converts between all of them.
    Number,
    /// A struct by value: a C struct, Go's string, slice or interface.
    Struct,
    /// A name that may stand for any type.
    Unknown,
}

impl TypeClass {
    /// Whether C cannot convert between the two.
    pub(super) fn excludes(self, other: Self) -> bool {
        self != other && self != Self::Unknown && other != Self::Unknown
    }

    pub(super) fn of_c(c: &CType) -> Self {
        if c.pointers > 0 { Self::Pointer } else { Self::of_base(c.base) }
    }

    fn of_base(base: BaseType) -> Self {
        match base {
            BaseType::Void => Self::Void,
            BaseType::Char
            | BaseType::Byte
            | BaseType::Integer
            | BaseType::Float
            | BaseType::LongDouble => Self::Number,
            BaseType::Struct => Self::Struct,
            // C converts a pointer to a `bool`; cgo exports a union as an array of bytes.
            _ => Self::Unknown,
        }
    }

    /// The class of the C type that cgo exports for a Go type.
    pub(super) fn of_go(text: &str) -> Self {
        let text = text.trim();
        if let Some(name) = text.strip_prefix("C.") {
            return Self::of_cgo(name);
        }
        let starts = |prefix: &str| text.starts_with(prefix);
        match text {
            "unsafe.Pointer" => Self::Pointer,
            "string" | "error" | "any" => Self::Struct,
            "int" | "int8" | "int16" | "int32" | "int64" | "uint" | "uint8" | "uint16"
            | "uint32" | "uint64" | "uintptr" | "byte" | "rune" | "float32" | "float64"
            | "bool" => Self::Number,
            _ if starts("[]") || starts("interface{") || starts("interface {") => Self::Struct,
            _ if starts("*") || starts("map[") || starts("func(") || starts("chan ") => {
                Self::Pointer
            }
            _ => Self::Unknown,
        }
    }

    fn of_cgo(name: &str) -> Self {
        match name {
            "schar" | "uchar" | "ushort" | "uint" | "ulong" | "longlong" | "ulonglong" => {
                Self::Number
            }
            _ if name.starts_with("struct_") => Self::Struct,
            _ if name.starts_with("enum_") => Self::Number,
            _ => Self::of_base(BaseType::of(&[name])),
        }
    }
}

impl fmt::Display for TypeClass {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn go_types_have_the_class_that_cgo_gives_them() {
        for (text, class) in [
            ("*C.char", TypeClass::Pointer),
            ("unsafe.Pointer", TypeClass::Pointer),
            ("map[string]int", TypeClass::Pointer),
            ("C.uintptr_t", TypeClass::Number),
            ("C.int", TypeClass::Number),
            ("C.GoFloat64", TypeClass::Number),
            ("bool", TypeClass::Number),
            ("string", TypeClass::Struct),
            ("[]byte", TypeClass::Struct),
            ("C.struct_point", TypeClass::Struct),
            ("C.callback", TypeClass::Unknown),
            ("Handle", TypeClass::Unknown),
            ("[4]int", TypeClass::Unknown),
            ("C.bool", TypeClass::Unknown),
        ] {
            assert_eq!(TypeClass::of_go(text), class, "{text}");
        }
    }
}
