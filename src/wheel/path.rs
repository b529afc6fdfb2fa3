//! The path of a file inside a wheel.
//!
//! Input: a name from a zip, or composed by a caller. Output: a path that cannot leave the directory
//! a wheel is unpacked into, on any system, and that RECORD and a terminal can show.

use std::borrow::Borrow;
use std::fmt;
use std::str::FromStr;

use super::error::FormatError;

/// The path of a wheel's member: relative, with `/` between segments and no `..`. Ordered by bytes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MemberPath(String);

/// The header of a member, name included, must stay below 64 KiB.
const MAX_LENGTH: usize = 65_000;

impl MemberPath {
    /// The path as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The first directory, if there is one: `a` of `a/b/c`.
    pub fn top_dir(&self) -> Option<&str> {
        self.0.split_once('/').map(|(top, _)| top)
    }

    /// Every directory above it, outermost first: `a` and `a/b` of `a/b/c`.
    pub fn ancestors(&self) -> impl Iterator<Item = &str> {
        self.0.match_indices('/').map(|(at, _)| &self.0[..at])
    }
}

impl FromStr for MemberPath {
    type Err = FormatError;

    fn from_str(text: &str) -> Result<Self, FormatError> {
        let wrong = if text.is_empty() {
            "a path inside a wheel is empty".to_owned()
        } else if text.len() > MAX_LENGTH {
            let length = text.len();
            format!("a path inside a wheel has {length} bytes, more than the limit of {MAX_LENGTH}")
        } else if let Some(character) = text.chars().find(|c| c.is_control() || *c == '\\') {
            format!("`{}` has the character {character:?}", text.escape_debug())
        } else if text.starts_with('/') {
            format!("`{text}` is absolute")
        } else if let Some(segment) = text.split('/').find(|part| matches!(*part, "" | "." | ".."))
        {
            format!("`{text}` has the segment `{segment}`")
        } else {
            return Ok(Self(text.to_owned()));
        };
        Err(FormatError(wrong))
    }
}

impl fmt::Display for MemberPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Borrow<str> for MemberPath {
    fn borrow(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unsafe_and_unprintable_paths_are_refused() {
        for text in [
            "", "/", "/a", "a/", "a//b", ".", "..", "a/..", "./a", "a/./b", "a\\b", "a\0", "a\nb",
            "a\u{7f}", "a\u{85}",
        ] {
            assert!(text.parse::<MemberPath>().is_err(), "{text:?}");
        }
        assert!("a".repeat(MAX_LENGTH + 1).parse::<MemberPath>().is_err());
    }

    #[test]
    fn parts_are_separated() {
        let path: MemberPath = "a/b ü,\"/...".parse().unwrap();
        assert_eq!(path.top_dir(), Some("a"));
        assert_eq!(path.ancestors().collect::<Vec<_>>(), ["a", "a/b ü,\""]);
        assert_eq!("a".parse::<MemberPath>().unwrap().top_dir(), None);
    }

    #[test]
    fn illegal_character_is_shown_escaped() {
        let error = "a\nb".parse::<MemberPath>().unwrap_err();
        assert_eq!(error.to_string(), "`a\\nb` has the character '\\n'");
    }
}
