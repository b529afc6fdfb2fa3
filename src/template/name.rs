//! The name of a new project.
//!
//! Input: the name of a distribution, as the user wrote it. Output: a [`NewName`]: that name, and
//! the name of a Python package that can be built and imported.

use super::reserved::reserved;
use crate::project::{LibraryName, ModuleName, NameError, shown};
use crate::wheel::DistName;

/// The name of a new project, and of its package.
#[derive(Debug, Clone)]
pub struct NewName {
    /// The distribution: `My.Lib`.
    pub distribution: DistName,
    /// The Python package: `my_lib`.
    pub package: ModuleName,
}

impl NewName {
    /// `text` with these names in place of `{{name}}`, `{{package}}` and `{{last}}`, the last part of
    /// the package.
    pub(super) fn fill(&self, text: &str) -> String {
        text.replace("{{name}}", &self.distribution.to_string())
            .replace("{{package}}", self.package.as_str())
            .replace("{{last}}", self.package.last())
    }
}

/// The text cannot name a new project.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{found}")]
pub struct NewNameError {
    found: String,
    candidate: Option<String>,
}

impl NewNameError {
    /// A valid name close to the given one, if there is one.
    pub fn nearest(&self) -> Option<&str> {
        self.candidate.as_deref().filter(|name| name.parse::<NewName>().is_ok())
    }
}

/// The name in a path or a few words: `x` of `../x`, `my-lib` of `my lib`.
fn spelled(text: &str) -> Option<String> {
    let last = text.rsplit(['/', '\\']).find(|part| !part.is_empty())?;
    // Transliterating another alphabet is not our guess to make.
    if !last.is_ascii() {
        return None;
    }
    let words = last.split(|c: char| !c.is_ascii_alphanumeric() && !matches!(c, '.' | '_'));
    let words: Vec<_> =
        words.map(|word| word.trim_matches(['.', '_'])).filter(|word| !word.is_empty()).collect();
    Some(words.join("-"))
}

/// The package, if the longer names that the templates derive from it are valid too.
fn package_name(package: &str) -> Result<ModuleName, NameError> {
    format!("{package}._{package}").parse::<ModuleName>()?;
    format!("{package}_go").parse::<LibraryName>()?;
    package.parse()
}

impl std::str::FromStr for NewName {
    type Err = NewNameError;

    fn from_str(text: &str) -> Result<Self, NewNameError> {
        let Ok(distribution) = text.parse::<DistName>() else {
            let found = format!(
                "{} is not a distribution name (ASCII letters, digits, `.`, `-` and `_`; a letter \
                 or digit first and last)",
                shown(text)
            );
            return Err(NewNameError { found, candidate: spelled(text) });
        };
        let package = distribution.escaped();
        let unfit = |found: String| {
            let candidate = Some(format!("go-{}", package.replace('_', "-")));
            NewNameError { found, candidate }
        };
        if let Some(reason) = reserved(&package) {
            let found =
                format!("the Python package would be called `{package}`, which is {reason}");
            return Err(unfit(found));
        }
        let package = package_name(&package).map_err(|error| {
            let shown = shown(&package);
            unfit(format!("the Python package would be called {shown}, but {error}"))
        })?;
        Ok(Self { distribution, package })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn each_spelling_has_a_package() {
        for (text, package) in [("my-lib", "my_lib"), ("My.Lib", "my_lib"), ("a--_b", "a_b")] {
            let name: NewName = text.parse().unwrap();
            assert_eq!(name.package.as_str(), package);
            assert_eq!(name.distribution.to_string(), text);
        }
    }

    #[test]
    fn invalid_name_has_a_suggestion() {
        for (text, nearest) in [
            ("../x", Some("x")),
            ("a/b/", Some("b")),
            ("my lib", Some("my-lib")),
            ("-lib-", Some("lib")),
            ("_lib", Some("lib")),
            ("1abc", Some("go-1abc")),
            ("class", Some("go-class")),
            ("import time", Some("import-time")),
            ("json", Some("go-json")),
            ("pygo.tools", Some("go-pygo-tools")),
            ("", None),
            ("/", None),
            ("..", None),
            ("j son/json", None),
            ("ünïcode", None),
        ] {
            let error = text.parse::<NewName>().unwrap_err();
            assert_eq!(error.nearest(), nearest, "{text}: {error}");
        }
        for length in [126, 128, 200] {
            let long = "a".repeat(length).parse::<NewName>().unwrap_err();
            assert_eq!(long.nearest(), None);
        }
        assert!("a".repeat(125).parse::<NewName>().is_ok());
    }

    proptest! {
        #[test]
        fn messages_have_no_control_characters(text in any::<String>()) {
            if let Err(error) = text.parse::<NewName>() {
                prop_assert!(!error.to_string().chars().any(char::is_control));
            }
        }
    }
}
