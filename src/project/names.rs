//! The names an author gives: of a Python module, and of a Go library.
//!
//! In: text from a configuration. Out: a name that can stand in a file name, in a C identifier
//! and in an `import`, and that cannot lead out of the project. Sources: "Identifiers and
//! keywords" of the Python language reference, and C's identifiers (both kept to ASCII, for the
//! name of an extension becomes the C function `PyInit_<name>`).

use std::fmt;
use std::str::FromStr;

/// Longest part of a name; a file name with prefix and suffix still fits in 255 bytes.
const LONGEST: usize = 128;

/// Words that Python does not accept as a name.
const KEYWORDS: &[&str] = &[
    "False", "None", "True", "and", "as", "assert", "async", "await", "break", "class", "continue",
    "def", "del", "elif", "else", "except", "finally", "for", "from", "global", "if", "import",
    "in", "is", "lambda", "nonlocal", "not", "or", "pass", "raise", "return", "try", "while",
    "with", "yield",
];

/// The text is no name. Its message continues a sentence that has shown the text.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NameError {
    /// Nothing, or nothing between two dots.
    #[error("a part of it is empty")]
    Empty,
    /// A path that is absolute or climbs.
    #[error("it is a path that leads out of the project")]
    Leaves,
    /// A character that no identifier has.
    #[error("{} cannot stand {} an identifier", shown(.0), if *.1 { "at the start of" } else { "in" })]
    Character(String, bool),
    /// A word that Python keeps for itself.
    #[error("`{0}` is a keyword of Python")]
    Keyword(String),
    /// Too long for a file name.
    #[error("it is longer than {LONGEST} characters")]
    Long,
}

/// Text that somebody wrote, quoted and escaped so that it cannot garble a terminal, and cut
/// where it is too long to help.
pub fn shown(text: &str) -> String {
    const MOST: usize = 80;
    match text.char_indices().nth(MOST) {
        Some((cut, _)) => format!("{:?}...", &text[..cut]),
        None => format!("{text:?}"),
    }
}

/// Whether `text` is an identifier of C and (keywords aside) of Python, in ASCII.
pub fn is_identifier(text: &str) -> bool {
    identifier(text).is_ok()
}

/// Whether `text` is a word that Python does not accept as a name.
pub fn is_keyword(text: &str) -> bool {
    KEYWORDS.contains(&text)
}

fn identifier(text: &str) -> Result<(), NameError> {
    if text.is_empty() {
        return Err(NameError::Empty);
    }
    if text.len() > LONGEST {
        return Err(NameError::Long);
    }
    for (at, c) in text.chars().enumerate() {
        let legal = c == '_' || c.is_ascii_alphabetic() || (at > 0 && c.is_ascii_digit());
        if !legal {
            let digit = c.is_ascii_digit();
            return Err(NameError::Character(c.to_string(), digit));
        }
    }
    Ok(())
}

fn stays(text: &str) -> Result<(), NameError> {
    let drive = text.as_bytes().get(1) == Some(&b':');
    let climbs = text.split(['/', '\\']).any(|part| part == "..");
    if text.starts_with(['/', '\\']) || drive || climbs {
        return Err(NameError::Leaves);
    }
    Ok(())
}

/// The full name of a Python module or package: identifiers joined by dots.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ModuleName(String);

impl ModuleName {
    /// As `import` takes it: `a.b`.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// As a path has it, with `/` on every system: `a/b`.
    pub fn path(&self) -> String {
        self.0.replace('.', "/")
    }

    /// The name of the module itself: `b` of `a.b`.
    pub fn last(&self) -> &str {
        self.0.rsplit_once('.').map_or(self.0.as_str(), |(_, last)| last)
    }

    /// The package that holds it: `a` of `a.b`, nothing for a module at the top.
    pub fn parent(&self) -> Option<Self> {
        self.0.rsplit_once('.').map(|(parent, _)| Self(parent.to_owned()))
    }
}

impl FromStr for ModuleName {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, NameError> {
        stays(text)?;
        for part in text.split('.') {
            identifier(part)?;
            if is_keyword(part) {
                return Err(NameError::Keyword(part.to_owned()));
            }
        }
        if text.len() > 4 * LONGEST {
            return Err(NameError::Long);
        }
        Ok(Self(text.to_owned()))
    }
}

impl fmt::Display for ModuleName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The name of a Go library, as in `lib<name>.so`: one identifier. Python never sees it, so its
/// keywords are as good as other words.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LibraryName(String);

impl LibraryName {
    /// The bare name: `hello`.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for LibraryName {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, NameError> {
        stays(text)?;
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
    fn a_dotted_name_knows_its_path_and_its_parent() {
        let name: ModuleName = "greet._greet".parse().unwrap();
        assert_eq!(name.path(), "greet/_greet");
        assert_eq!(name.last(), "_greet");
        assert_eq!(name.parent().unwrap().as_str(), "greet");
        assert_eq!("top".parse::<ModuleName>().unwrap().parent(), None);
    }

    #[test]
    fn says_what_is_wrong_with_a_name() {
        for (text, message) in [
            ("", "a part of it is empty"),
            ("a..b", "a part of it is empty"),
            ("../x", "it is a path that leads out of the project"),
            ("a/../../x", "it is a path that leads out of the project"),
            ("/etc", "it is a path that leads out of the project"),
            ("C:x", "it is a path that leads out of the project"),
            ("a\0b", r#""\0" cannot stand in an identifier"#),
            ("a\n", r#""\n" cannot stand in an identifier"#),
            ("a-b", r#""-" cannot stand in an identifier"#),
            ("1a", r#""1" cannot stand at the start of an identifier"#),
            ("a.class", "`class` is a keyword of Python"),
        ] {
            assert_eq!(text.parse::<ModuleName>().unwrap_err().to_string(), message, "{text:?}");
        }
        assert!("class".parse::<LibraryName>().is_ok());
        assert!("a.b".parse::<LibraryName>().is_err());
        assert_eq!("a".repeat(200).parse::<LibraryName>(), Err(NameError::Long));
    }

    proptest! {
        #[test]
        fn a_name_that_exists_is_a_relative_path_of_plain_words(text in "\\PC{0,12}|[a-c./_\\\\0\n]{0,8}") {
            if let Ok(name) = text.parse::<ModuleName>() {
                let path = name.path();
                let plain = |c: char| c.is_ascii_alphanumeric() || c == '_';
                prop_assert!(path.split('/').all(|part| !part.is_empty() && part.chars().all(plain)));
            }
        }

        #[test]
        fn what_is_shown_has_no_control_characters(text in any::<String>()) {
            prop_assert!(!shown(&text).chars().any(char::is_control));
        }
    }
}
