//! A release of an operating system or C library: `2.17`, `13.0`.

use std::fmt;
use std::str::FromStr;

/// A release: major and minor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, serde::Serialize)]
#[serde(into = "String")]
pub struct Release {
    /// The major number.
    pub major: u16,
    /// The minor number.
    pub minor: u16,
}

impl Release {
    /// `major.minor`.
    pub const fn new(major: u16, minor: u16) -> Self {
        Self { major, minor }
    }
}

impl fmt::Display for Release {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.major, self.minor)
    }
}

impl From<Release> for String {
    fn from(release: Release) -> Self {
        release.to_string()
    }
}

/// The text is not a release.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a release like 2.17 or 13.0")]
pub struct ReleaseError(pub String);

impl FromStr for Release {
    type Err = ReleaseError;

    /// Reads `2.17`, `2_17` (as platform tags write it) and `13` (meaning `13.0`).
    fn from_str(text: &str) -> Result<Self, ReleaseError> {
        let bad = || ReleaseError(text.to_owned());
        let number = |part: &str| {
            let digits = !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
            if digits { part.parse().map_err(|_| bad()) } else { Err(bad()) }
        };
        match text.split_once(['.', '_']) {
            Some((major, minor)) => Ok(Self::new(number(major)?, number(minor)?)),
            None => Ok(Self::new(number(text)?, 0)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_spellings_are_read_and_other_text_is_refused() {
        for (text, release) in [("2.17", (2, 17)), ("2_17", (2, 17)), ("13", (13, 0))] {
            assert_eq!(text.parse(), Ok(Release::new(release.0, release.1)));
        }
        for text in ["", ".", "2.", "2.17.1", "-2.17", "+2", "2.x", "99999.1"] {
            assert!(text.parse::<Release>().is_err(), "{text}");
        }
    }
}
