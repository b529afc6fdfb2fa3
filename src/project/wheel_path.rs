//! Where a library or program goes in the wheel if its author says so: the keys `library-file` and
//! `program-file`.
//!
//! Input: a path in the wheel, with the suffix of a library or without. Output: the directory, and
//! the file name on each system.

use std::fmt;
use std::str::FromStr;

use crate::target::{OSES, Os};

/// What [`WheelPath`] reads, as a regular expression.
pub(super) const PATTERN: &str =
    r"^[A-Za-z0-9_][A-Za-z0-9_.+-]*(?:/[A-Za-z0-9_][A-Za-z0-9_.+-]*)*$";

/// A path in the wheel: `acme/libfast`, `acme/fast.so`, `acme/bin/tool`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WheelPath(String);

impl WheelPath {
    /// Its directory in the wheel, empty at the top.
    pub fn dir(&self) -> &str {
        self.0.rsplit_once('/').map_or("", |(dir, _)| dir)
    }

    fn name(&self) -> &str {
        self.0.rsplit_once('/').map_or(self.0.as_str(), |(_, name)| name)
    }

    /// The name of a library on `os`. Without the suffix of a library, it gets that of the system.
    pub fn library(&self, os: &Os) -> String {
        let name = self.name();
        let has_suffix = OSES.iter().any(|os| name.ends_with(os.library_suffix));
        format!("{name}{}", if has_suffix { "" } else { os.library_suffix })
    }

    /// The whole path of a program on `os`: on Windows it ends in `.exe`.
    pub fn program(&self, os: &Os) -> String {
        let has_suffix = self.0.ends_with(os.program_suffix);
        format!("{}{}", self.0, if has_suffix { "" } else { os.program_suffix })
    }
}

impl FromStr for WheelPath {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let in_first = |c: char| c.is_ascii_alphanumeric() || c == '_';
        let in_rest = |c: char| in_first(c) || ".+-".contains(c);
        let is_name = |name: &str| name.starts_with(in_first) && name.chars().all(in_rest);
        text.split('/').all(is_name).then(|| Self(text.to_owned())).ok_or(())
    }
}

impl fmt::Display for WheelPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::target::{LINUX, MACOS, WINDOWS};

    fn on_each(text: &str) -> (String, [String; 3]) {
        let file: WheelPath = text.parse().unwrap();
        (file.dir().to_owned(), [LINUX, MACOS, WINDOWS].map(|os| file.library(os)))
    }

    #[test]
    fn a_name_without_a_suffix_gets_that_of_the_system() {
        let names = |names: [&str; 3]| names.map(str::to_owned);
        assert_eq!(
            on_each("acme/native/libfast"),
            ("acme/native".to_owned(), names(["libfast.so", "libfast.dylib", "libfast.dll"]))
        );
        assert_eq!(on_each("fast.so"), (String::new(), names(["fast.so"; 3])));
        assert_eq!(on_each("a/x.v2").1, names(["x.v2.so", "x.v2.dylib", "x.v2.dll"]));
    }

    #[test]
    fn a_program_has_the_suffix_of_its_system() {
        for text in ["acme/bin/tool", "tool"] {
            let file: WheelPath = text.parse().unwrap();
            let on_each = [LINUX, MACOS, WINDOWS].map(|os| file.program(os));
            assert_eq!(on_each, [text.to_owned(), text.to_owned(), format!("{text}.exe")]);
        }
        assert_eq!("x.exe".parse::<WheelPath>().unwrap().program(WINDOWS), "x.exe");
    }

    #[test]
    fn a_path_stays_inside_the_wheel() {
        for bad in ["", "/a", "a/", "a//b", "../a", "a/../b", ".a", "a b", "a\\b", "a\n", "ä"] {
            assert!(bad.parse::<WheelPath>().is_err(), "{bad}");
        }
    }
}
