//! Versions of tools, as far as pygo compares them.

use std::fmt;

/// Three numbers; a suffix (`rc1`, `-dev.12+abc`) is ignored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Version {
    /// The first number.
    pub major: u32,
    /// The second number.
    pub minor: u32,
    /// The third number; 0 if there is none.
    pub patch: u32,
}

impl Version {
    /// `major.minor.patch`.
    pub const fn new(major: u32, minor: u32, patch: u32) -> Self {
        Self { major, minor, patch }
    }

    /// The first version in a tool's output: `go version go1.27.3 linux/amd64`, `0.17.1`, `Debian
    /// clang version 14.0.6`.
    pub fn find_in(text: &str) -> Option<Self> {
        text.split_whitespace().find_map(|word| {
            let mut numbers =
                word.strip_prefix("go").unwrap_or(word).splitn(3, '.').map(leading_number);
            let major = numbers.next()??;
            let minor = numbers.next()??;
            Some(Self::new(major, minor, numbers.next().flatten().unwrap_or(0)))
        })
    }
}

fn leading_number(text: &str) -> Option<u32> {
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    text[..end].parse().ok()
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.major, self.minor, self.patch)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_found_in_the_output_of_tools() {
        for (text, version) in [
            ("go version go1.27.3 linux/amd64", Some(Version::new(1, 27, 3))),
            ("go1.21rc2", Some(Version::new(1, 21, 0))),
            ("0.15.0-dev.11+abc", Some(Version::new(0, 15, 0))),
            ("Debian clang version 14.0.6", Some(Version::new(14, 0, 6))),
            ("go version devel", None),
        ] {
            assert_eq!(Version::find_in(text), version, "{text}");
        }
    }
}
