//! Libraries that a person says come from somewhere else: `--exclude` and its key.
//!
//! In: shell patterns. Out: [`Excluded`], which matches the names of needed libraries.

use crate::relative_path::file_name;
use glob::{MatchOptions, Pattern};

/// Patterns of needed libraries that are not looked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Excluded(Vec<Pattern>);

/// A pattern cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{pattern}` is not a shell pattern: {why}")]
pub struct BadPattern {
    /// The pattern.
    pub pattern: String,
    /// The fault.
    pub why: &'static str,
}

impl Excluded {
    /// Reads shell patterns: `libtorch*.so`.
    ///
    /// # Errors
    /// The first pattern that cannot be read.
    pub fn new<T: AsRef<str>>(patterns: &[T]) -> Result<Self, BadPattern> {
        let read = |pattern: &T| {
            let pattern = pattern.as_ref();
            let bad = |why| BadPattern { pattern: pattern.to_owned(), why };
            if pattern.trim().is_empty() {
                return Err(bad("it is empty"));
            }
            Pattern::new(pattern).map_err(|error| bad(error.msg))
        };
        patterns.iter().map(read).collect::<Result<_, _>>().map(Self)
    }

    /// Adds `others`.
    #[must_use]
    pub fn and(mut self, others: Self) -> Self {
        self.0.extend(others.0);
        self
    }

    /// Whether a pattern matches the library that a binary needs as `name`, or its file name.
    pub fn matches(&self, name: &str) -> bool {
        let file = file_name(name);
        // Windows finds DLLs in any case.
        let is_dll = file.len() > 4 && file.to_ascii_lowercase().ends_with(".dll");
        let options = MatchOptions { case_sensitive: !is_dll, ..MatchOptions::new() };
        self.0.iter().any(|pattern| {
            pattern.matches_with(name, options) || pattern.matches_with(file, options)
        })
    }

    /// Whether there is no pattern.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The patterns as written.
    pub fn patterns(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(Pattern::as_str)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_match_names_and_file_names() {
        let excluded =
            Excluded::new(&["libtorch*.so", "libqt6[cg]*", "@rpath/lib?.dylib"]).unwrap();
        for name in ["libtorch.so", "/a/libtorch_cpu.so", "libqt6core.so.6", "@rpath/liba.dylib"] {
            assert!(excluded.matches(name), "{name}");
        }
        for name in ["libtorch.so.1", "xlibtorch.so", "libqt6widgets.so.6", "LIBTORCH.so"] {
            assert!(!excluded.matches(name), "{name}");
        }
        assert!(Excluded::new(&["torch*.DLL"]).unwrap().matches("torch_cpu.dll"));
    }

    #[test]
    fn a_bad_pattern_is_refused() {
        for pattern in ["lib[a", "", " "] {
            assert_eq!(Excluded::new(&[pattern]).unwrap_err().pattern, pattern);
        }
    }
}
