//! Version specifiers (PEP 440) as installers and the index read them.
//!
//! Input: `>=3.10, <4`. Output: the specifiers, without empty parts and without `===`, which
//! compares versions as text and accepts any text.

use pep440_rs::{VersionSpecifier, VersionSpecifiers};

/// Parses a list of specifiers. Commas without anything between them count once, also at the ends.
///
/// # Errors
/// The first part that is no specifier.
pub fn version_specifiers(text: &str) -> Result<VersionSpecifiers, String> {
    let parts = text.split(',').map(str::trim).filter(|part| !part.is_empty());
    let parsed = parts.filter_map(|part| single(part).transpose());
    parsed.collect::<Result<Vec<_>, _>>().map(|parts| parts.into_iter().collect())
}

/// One specifier; none for `===`.
pub(super) fn single(text: &str) -> Result<Option<VersionSpecifier>, String> {
    let bad = || format!("`{text}` is not a version specifier");
    if let Some(rest) = text.strip_prefix("===") {
        let is_text = !rest.trim().contains(|c: char| c.is_whitespace() || matches!(c, ';' | ')'));
        return is_text.then_some(None).ok_or_else(bad);
    }
    text.parse().map(Some).map_err(|_| bad())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn empty_parts_are_ignored() {
        for text in ["", ">=3.6,", ",>=3.6", ">=3.6,,<4", ">= 3.6 , != 3.7.* ,", "===odd", "~=3.6"]
        {
            assert!(version_specifiers(text).is_ok(), "{text}");
        }
        let specifiers = version_specifiers(">=3.6,").unwrap();
        assert!(specifiers.contains(&"3.6".parse().unwrap()));
        assert!(!specifiers.contains(&"3.5".parse().unwrap()));
    }

    #[test]
    fn other_text_is_refused() {
        for text in ["three", "3.6", ">=3.6 <4", ">=3.6;", ">=3.*", "~=3", "=>3", "===a b"] {
            assert!(version_specifiers(text).is_err(), "{text}");
        }
    }
}
