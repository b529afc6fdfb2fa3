//! The names that an author chooses: of a Python module, of a Go library, and of a program.
//!
//! Input: text from a configuration. Output: a name that is valid in a file name, a C identifier
//! and an `import`, and therefore no path out of the project. Sources: "Identifiers and keywords"
//! of the Python language reference, and C's identifiers; both limited to ASCII, because the name
//! of an extension becomes the C function `PyInit_<name>`.

use std::fmt;
use std::str::FromStr;

use super::text::shown;
use crate::wheel::{PYTHON_KEYWORDS, is_keyword};

/// Maximum length of a part of a name; a file name with prefix and suffix still fits in 255 bytes.
const MAX_LENGTH: usize = 128;

/// An identifier as a regular expression.
const IDENTIFIER: &str = "[A-Za-z_][A-Za-z0-9_]{0,127}";

/// What every [`LibraryName`] matches, and nothing else.
pub(super) fn library_pattern() -> String {
    format!("^{IDENTIFIER}$")
}

/// What every [`ModuleName`] matches, with one of the characters `separators` between packages.
pub(super) fn module_pattern(separators: &str) -> String {
    let keywords = PYTHON_KEYWORDS.join("|");
    format!(
        "^(?!(?:.*[{separators}])?(?:{keywords})(?:[{separators}]|$))\
         {IDENTIFIER}(?:[{separators}]{IDENTIFIER})*"
    )
}

/// What every [`ProgramName`] matches, and nothing else.
pub(super) const PROGRAM_PATTERN: &str =
    r"^(?![-.])(?!.*\.$)(?!.*\.[eE][xX][eE]$)[A-Za-z0-9_.-]{1,128}$";

/// The text is not a name. The message continues a sentence that shows the text.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct NameError(String);

/// Whether `text` is an ASCII identifier of C and, keywords aside, of Python.
pub fn is_identifier(text: &str) -> bool {
    identifier(text).is_ok()
}

/// Directories that projects have besides packages. Sorted.
const NOT_PACKAGES: &[&str] = &[
    "build",
    "doc",
    "docs",
    "examples",
    "node_modules",
    "scripts",
    "test",
    "testdata",
    "tests",
    "vendor",
];

/// Whether a directory called `name` is no package of the project, even if it has Python files.
pub fn is_no_package(name: &str) -> bool {
    NOT_PACKAGES.contains(&name)
}

fn identifier(text: &str) -> Result<(), NameError> {
    if text.is_empty() {
        return Err(NameError("part of it is empty".to_owned()));
    }
    check_length(text, MAX_LENGTH)?;
    for (at, c) in text.chars().enumerate() {
        let is_digit = c.is_ascii_digit();
        if c != '_' && !c.is_ascii_alphabetic() && (at == 0 || !is_digit) {
            let place = if is_digit { "start with" } else { "contain" };
            let shown = shown(c.encode_utf8(&mut [0; 4]));
            return Err(NameError(format!("an identifier cannot {place} {shown}")));
        }
    }
    Ok(())
}

fn check_length(text: &str, max: usize) -> Result<(), NameError> {
    if text.len() <= max {
        return Ok(());
    }
    Err(NameError(format!("it has more than {MAX_LENGTH} characters")))
}

/// The full name of a Python module or package: identifiers joined by dots.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ModuleName(String);

impl ModuleName {
    /// The name as in `import`: `a.b`.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The path, with `/` on every system: `a/b`.
    pub fn path(&self) -> String {
        self.0.replace('.', "/")
    }

    /// The last part: `b` of `a.b`.
    pub fn last(&self) -> &str {
        self.0.rsplit_once('.').map_or(self.0.as_str(), |(_, last)| last)
    }

    /// The package that contains it: `a` of `a.b`; `None` for a top-level module.
    pub fn parent(&self) -> Option<Self> {
        self.0.rsplit_once('.').map(|(parent, _)| Self(parent.to_owned()))
    }
}

impl FromStr for ModuleName {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, NameError> {
        for part in text.split('.') {
            identifier(part)?;
            if is_keyword(part) {
                return Err(NameError(format!("`{part}` is a Python keyword")));
            }
        }
        check_length(text, 4 * MAX_LENGTH)?;
        Ok(Self(text.to_owned()))
    }
}

impl fmt::Display for ModuleName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The name of a program: a file name on every system, that a shell takes as one word.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ProgramName(String);

impl FromStr for ProgramName {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, NameError> {
        let wrong = |found: &str| Err(NameError(found.to_owned()));
        if text.is_empty() {
            return wrong("it is empty");
        }
        check_length(text, MAX_LENGTH)?;
        let is_legal = |c: &char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
        if let Some(c) = text.chars().find(|c| !is_legal(c)) {
            let shown = shown(c.encode_utf8(&mut [0; 4]));
            return wrong(&format!("it cannot contain {shown}"));
        }
        if text.starts_with(['-', '.']) || text.ends_with('.') {
            return wrong("it cannot start with `-` or `.`, or end with `.`");
        }
        if text.to_ascii_lowercase().ends_with(".exe") {
            return wrong("pygo adds `.exe` for Windows");
        }
        Ok(Self(text.to_owned()))
    }
}

impl fmt::Display for ProgramName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The name of a Go library, as in `lib<name>.so`: one identifier. Python does not use it, so it
/// may be a Python keyword.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LibraryName(String);

impl LibraryName {
    /// The name: `hello`.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for LibraryName {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, NameError> {
        identifier(text)?;
        Ok(Self(text.to_owned()))
    }
}

impl fmt::Display for LibraryName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_dotted_name_has_a_path_and_a_parent() {
        let name: ModuleName = "greet._greet".parse().unwrap();
        assert_eq!(name.path(), "greet/_greet");
        assert_eq!(name.last(), "_greet");
        assert_eq!(name.parent().unwrap().as_str(), "greet");
        assert_eq!("top".parse::<ModuleName>().unwrap().parent(), None);
    }

    #[test]
    fn an_invalid_name_gets_a_reason() {
        for (text, message) in [
            ("", "part of it is empty"),
            ("a..b", "part of it is empty"),
            ("../x", "part of it is empty"),
            ("a/../../x", r#"an identifier cannot contain "/""#),
            ("/etc", r#"an identifier cannot contain "/""#),
            ("C:x", r#"an identifier cannot contain ":""#),
            ("a\0b", r#"an identifier cannot contain "\0""#),
            ("a\n", r#"an identifier cannot contain "\n""#),
            ("1a", r#"an identifier cannot start with "1""#),
            ("a.class", "`class` is a Python keyword"),
        ] {
            assert_eq!(text.parse::<ModuleName>().unwrap_err().to_string(), message, "{text:?}");
        }
        assert!("class".parse::<LibraryName>().is_ok());
        assert!("a.b".parse::<LibraryName>().is_err());
        assert!("a".repeat(129).parse::<LibraryName>().is_err());
    }

    proptest! {
        #[test]
        fn a_valid_name_is_a_relative_path_of_plain_words(text in "\\PC{0,12}|[a-c./_\\\\0\n]{0,8}") {
            if let Ok(name) = text.parse::<ModuleName>() {
                let path = name.path();
                let plain = |c: char| c.is_ascii_alphanumeric() || c == '_';
                prop_assert!(path.split('/').all(|part| !part.is_empty() && part.chars().all(plain)));
            }
        }
    }
}
