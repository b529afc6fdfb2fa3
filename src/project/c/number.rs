//! The number types of C: which values they have on pygo's targets.
//!
//! Input: the name of a type. Output: a [`Number`], or nothing for a name that a typedef may have
//! given. `long` and pointers have 64 bits; on Windows,
//! where `long` has 32, the compiler rejects it (`project/glue.rs`).

use std::fmt;

/// A number type by the values it has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Number {
    /// `_Bool`, and Go's `bool`.
    Bool,
    /// `char`, whose sign depends on the target.
    Char,
    /// A signed integer of so many bits.
    Signed(u32),
    /// An unsigned integer of so many bits.
    Unsigned(u32),
    /// A floating-point number of so many bits.
    Float(u32),
}

impl Number {
    /// The type that C calls `name`, which is without qualifiers and has single spaces.
    pub fn of_c(name: &str) -> Option<Self> {
        Some(match name {
            "bool" | "_Bool" => Self::Bool,
            "char" => Self::Char,
            "float" | "GoFloat32" => Self::Float(32),
            "double" | "GoFloat64" => Self::Float(64),
            "int8_t" | "GoInt8" => Self::Signed(8),
            "int16_t" | "GoInt16" => Self::Signed(16),
            "int32_t" | "GoInt32" => Self::Signed(32),
            "int64_t" | "intptr_t" | "intmax_t" | "ptrdiff_t" | "ssize_t" | "GoInt" | "GoInt64" => {
                Self::Signed(64)
            }
            "uint8_t" | "GoUint8" => Self::Unsigned(8),
            "uint16_t" | "GoUint16" => Self::Unsigned(16),
            "uint32_t" | "GoUint32" => Self::Unsigned(32),
            "uint64_t" | "uintptr_t" | "uintmax_t" | "size_t" | "GoUint" | "GoUint64"
            | "GoUintptr" => Self::Unsigned(64),
            _ => Self::of_words(name)?,
        })
    }

    fn of_words(name: &str) -> Option<Self> {
        let words: Vec<_> = name.split(' ').collect();
        let is_integer =
            |word: &&str| ["char", "short", "int", "long", "signed", "unsigned"].contains(word);
        if !words.iter().all(is_integer) {
            return None;
        }
        let has = |word| words.contains(&word);
        let bits = match () {
            () if has("char") => 8,
            () if has("short") => 16,
            () if has("long") => 64,
            () => 32,
        };
        Some(if has("unsigned") { Self::Unsigned(bits) } else { Self::Signed(bits) })
    }

    /// Its size in bits.
    pub fn bits(self) -> u32 {
        match self {
            Self::Bool | Self::Char => 8,
            Self::Signed(bits) | Self::Unsigned(bits) | Self::Float(bits) => bits,
        }
    }

    /// Whether every value of `self`, an integer, is one of `other`, an integer.
    pub fn is_within(self, other: Self) -> bool {
        match (self, other) {
            (Self::Bool, _) | (Self::Char, Self::Char) => true,
            // Either sign, whatever fits the target.
            (Self::Char, Self::Signed(_) | Self::Unsigned(_)) => true,
            (Self::Signed(8) | Self::Unsigned(8), Self::Char) => true,
            (Self::Signed(a), Self::Signed(b)) | (Self::Unsigned(a), Self::Unsigned(b)) => a <= b,
            (Self::Unsigned(a), Self::Signed(b)) => a < b,
            _ => false,
        }
    }
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bool => write!(f, "a truth value"),
            Self::Char => write!(f, "a character"),
            Self::Signed(bits) => write!(f, "{bits} bits, signed"),
            Self::Unsigned(bits) => write!(f, "{bits} bits, unsigned"),
            Self::Float(bits) => write!(f, "{bits} bits, floating point"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_of_a_number_has_its_width() {
        for (name, number) in [
            ("unsigned", Some(Number::Unsigned(32))),
            ("long unsigned int", Some(Number::Unsigned(64))),
            ("long long", Some(Number::Signed(64))),
            ("signed char", Some(Number::Signed(8))),
            ("short int", Some(Number::Signed(16))),
            ("size_t", Some(Number::Unsigned(64))),
            ("long double", None),
            ("my_id", None),
            ("struct s", None),
        ] {
            assert_eq!(Number::of_c(name), number, "{name}");
        }
    }

    #[test]
    fn an_integer_is_within_those_that_have_all_its_values() {
        let (s32, u32) = (Number::Signed(32), Number::Unsigned(32));
        assert!(s32.is_within(Number::Signed(64)) && u32.is_within(Number::Signed(64)));
        assert!(!s32.is_within(u32) && !u32.is_within(s32) && !s32.is_within(Number::Unsigned(64)));
    }
}
