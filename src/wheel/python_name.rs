//! Names of Python's grammar.

/// The words that Python does not accept as names.
pub const KEYWORDS: &[&str] = &[
    "False", "None", "True", "and", "as", "assert", "async", "await", "break", "class", "continue",
    "def", "del", "elif", "else", "except", "finally", "for", "from", "global", "if", "import",
    "in", "is", "lambda", "nonlocal", "not", "or", "pass", "raise", "return", "try", "while",
    "with", "yield",
];

/// Whether `text` is a Python keyword.
pub fn is_keyword(text: &str) -> bool {
    KEYWORDS.contains(&text)
}
