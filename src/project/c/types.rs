//! The C types of prototypes, as far as a text shows them without its headers.
//!
//! Input: the tokens of a parameter or a result. Output: a [`CType`], or nothing if the tokens
//! are not a plain type. A name that a typedef may have given is [`BaseType::Other`].

use super::tokens::CToken;

/// The type of a parameter or a result.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CType {
    /// Its words and stars with single spaces, a parameter's name included: `char* message`.
    pub text: String,
    /// The words of the type without pointers and qualifiers: `unsigned long`.
    pub type_name: String,
    /// The type without pointers.
    pub base: BaseType,
    /// The number of pointers to it; an array of a parameter is one.
    pub pointers: usize,
    /// The name of the parameter, if it has one.
    pub name: Option<String>,
}

/// A C type without pointers, by what cgo and cffi do with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BaseType {
    /// `void`.
    Void,
    /// `char`, which cffi does not treat as a number.
    Char,
    /// A wide character.
    Wide,
    /// `bool`, which C converts a pointer to.
    Bool,
    /// An integer of one byte other than `char`.
    Byte,
    /// A longer integer, or an enum.
    Integer,
    /// `float` or `double`.
    Float,
    /// `long double`.
    LongDouble,
    /// A complex number.
    Complex,
    /// A struct.
    Struct,
    /// A union.
    Union,
    /// A name that may stand for any type.
    Other,
}

impl CType {
    /// Reads words, stars mixed with qualifiers, and for a parameter its name and `[..]`.
    pub(super) fn parse(tokens: &[CToken], is_param: bool) -> Option<Self> {
        let array = tokens.iter().position(|token| *token == CToken::Punct('['));
        let (plain, brackets) = tokens.split_at(array.unwrap_or(tokens.len()));
        let is_size = |token: &CToken| matches!(token, CToken::Word(_) | CToken::Punct('[' | ']'));
        let is_array = match brackets {
            [] => false,
            [_, size @ .., CToken::Punct(']')] if is_param && size.iter().all(is_size) => true,
            _ => return None,
        };
        let (mut text, mut pointers) = (String::new(), 0);
        let (mut types, mut after_star) = (Vec::new(), None);
        for token in plain {
            match token {
                CToken::Word(word) => {
                    if FOREIGN.contains(word) || word.starts_with(|c: char| c.is_ascii_digit()) {
                        return None;
                    }
                    if !text.is_empty() {
                        text.push(' ');
                    }
                    text.push_str(word);
                    if QUALIFIERS.contains(word) {
                    } else if pointers == 0 {
                        types.push(*word);
                    } else {
                        after_star = Some(*word);
                    }
                }
                CToken::Punct('*') => {
                    text.push('*');
                    pointers += 1;
                    after_star = None;
                }
                _ => return None,
            }
        }
        let is_tagged = matches!(types.first(), Some(&("struct" | "union" | "enum")));
        let type_words = if is_tagged { 2 } else { 1 };
        if types.len() < type_words {
            return None;
        }
        let mut name = after_star.filter(|_| is_param);
        if is_param && name.is_none() && types.len() > type_words {
            name =
                types.pop_if(|word| BaseType::of(&[*word]) == BaseType::Other && !is_basic(word));
        }
        if is_array {
            text.push_str("[]");
            pointers += 1;
        }
        let (type_name, base) = (types.join(" "), BaseType::of(&types));
        Some(Self { text, type_name, base, pointers, name: name.map(str::to_owned) })
    }
}

impl BaseType {
    /// The type that `words`, without qualifiers, name.
    pub fn of(words: &[&str]) -> Self {
        let has = |word| words.contains(&word);
        match words {
            ["void"] => Self::Void,
            ["char"] => Self::Char,
            ["wchar_t" | "char16_t" | "char32_t"] => Self::Wide,
            ["_Bool" | "bool"] => Self::Bool,
            ["struct", ..] | ["GoString" | "GoSlice" | "GoInterface"] => Self::Struct,
            ["union", ..] => Self::Union,
            ["enum", ..] => Self::Integer,
            ["GoFloat32" | "GoFloat64"] => Self::Float,
            [word] if BYTES.contains(word) => Self::Byte,
            [word] if INTEGERS.split(' ').any(|integer| integer == *word) => Self::Integer,
            _ if words.is_empty() || !words.iter().all(|word| is_basic(word)) => Self::Other,
            _ if has("_Complex") => Self::Complex,
            _ if has("double") && has("long") => Self::LongDouble,
            _ if has("double") || has("float") => Self::Float,
            _ if has("char") => Self::Byte,
            _ => Self::Integer,
        }
    }
}

/// Whether C combines `word` with others of its kind into a number type.
fn is_basic(word: &str) -> bool {
    matches!(
        word,
        "char" | "short" | "int" | "long" | "signed" | "unsigned" | "float" | "double" | "_Complex"
    )
}

/// Words that do not change which type it is.
#[rustfmt::skip]
const QUALIFIERS: &[&str] = &[
    "const", "volatile", "restrict", "__restrict", "__restrict__", "register", "static", "extern",
    "inline",
];

/// Words that no plain prototype contains.
const FOREIGN: &[&str] =
    &["typedef", "__attribute__", "_Static_assert", "__declspec", "_Alignas", "return", "asm"];

/// Names of integers of one byte.
#[rustfmt::skip]
const BYTES: &[&str] = &[
    "int8_t", "uint8_t", "int_least8_t", "uint_least8_t", "int_fast8_t", "uint_fast8_t", "GoInt8",
    "GoUint8",
];

/// Names of longer integers: those that cffi knows without a typedef, and those of cgo's header.
const INTEGERS: &str = "int16_t int32_t int64_t uint16_t uint32_t uint64_t \
    int_least16_t int_least32_t int_least64_t uint_least16_t uint_least32_t uint_least64_t \
    int_fast16_t int_fast32_t int_fast64_t uint_fast16_t uint_fast32_t uint_fast64_t \
    intptr_t uintptr_t intmax_t uintmax_t ptrdiff_t size_t ssize_t \
    GoInt GoInt16 GoInt32 GoInt64 GoUint GoUint16 GoUint32 GoUint64 GoUintptr";
