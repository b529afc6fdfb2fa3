//! The name of a distribution.
//!
//! Input: text from METADATA, a requirement or a file name. Output: a [`DistName`] that compares as
//! the index does.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::str::FromStr;

use super::error::FormatError;

/// The name of a distribution. Spellings that the index considers the same are equal.
#[derive(Debug, Clone)]
pub struct DistName {
    original: String,
    normalized: String,
}

impl DistName {
    /// Lower-case, with every run of `-`, `_` and `.` as one `-`: how the index compares names
    /// (PEP 503).
    pub fn normalized(&self) -> &str {
        &self.normalized
    }

    /// [`normalized`](Self::normalized) with `_` for `-`: the name as part of a file name.
    pub fn escaped(&self) -> String {
        self.normalized.replace('-', "_")
    }
}

impl FromStr for DistName {
    type Err = FormatError;

    /// Parses a name by the core metadata specification (PEP 508's grammar).
    fn from_str(text: &str) -> Result<Self, FormatError> {
        let edge = |b: Option<&u8>| b.is_some_and(u8::is_ascii_alphanumeric);
        let inner = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_');
        let bytes = text.as_bytes();
        if !edge(bytes.first()) || !edge(bytes.last()) || !bytes.iter().copied().all(inner) {
            return Err(FormatError(format!(
                "`{text}` is not a distribution name (ASCII letters, digits, `.`, `-` and `_`; \
                 a letter or digit first and last)"
            )));
        }
        let parts: Vec<_> = text.split(['.', '-', '_']).filter(|part| !part.is_empty()).collect();
        Ok(Self { original: text.to_owned(), normalized: parts.join("-").to_ascii_lowercase() })
    }
}

impl fmt::Display for DistName {
    /// The name as written.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.original)
    }
}

impl PartialEq for DistName {
    fn eq(&self, other: &Self) -> bool {
        self.normalized == other.normalized
    }
}

impl Eq for DistName {}

impl Hash for DistName {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.normalized.hash(state);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn spellings_are_equal_and_kept() {
        let name: DistName = "Foo.._-Bar".parse().unwrap();
        assert_eq!(name.normalized(), "foo-bar");
        assert_eq!(name.escaped(), "foo_bar");
        assert_eq!(name.to_string(), "Foo.._-Bar");
        assert_eq!(name, "foo_bar".parse().unwrap());
    }

    #[test]
    fn invalid_names_are_refused() {
        for text in ["", "-a", "a-", "a b", "ä", "a/b", "a\n", "_"] {
            assert!(text.parse::<DistName>().is_err(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn normalizing_is_idempotent(text in "[A-Za-z0-9]([A-Za-z0-9._-]{0,12}[A-Za-z0-9])?") {
            let name: DistName = text.parse().unwrap();
            let again: DistName = name.normalized().parse().unwrap();
            prop_assert_eq!(again.normalized(), name.normalized());
            let escaped: DistName = name.escaped().parse().unwrap();
            prop_assert_eq!(escaped, name);
        }
    }
}
