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
    dist: DistName,
    package: ModuleName,
}

/// The text cannot name a new project.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NewNameError {
    /// It is not the name of a distribution.
    #[error(
        "{} is not a distribution name (ASCII letters, digits, `.`, `-` and `_`; a letter or digit \
         first and last)", shown(.0)
    )]
    Distribution(String),
    /// The package could not be imported.
    #[error("the Python package would be called {}, but {error}", shown(.package))]
    Package {
        /// The name of the package.
        package: String,
        /// Why it cannot be imported.
        error: NameError,
    },
    /// The package would shadow something else, or be shadowed.
    #[error("the Python package would be called `{package}`, which is {reason}")]
    Reserved {
        /// The name of the package.
        package: String,
        /// What reserves it.
        reason: &'static str,
    },
}

impl NewNameError {
    /// A valid name close to the given one, if there is one.
    pub fn nearest(&self) -> Option<String> {
        match self {
            Self::Distribution(text) => spelled(text),
            Self::Package { error: NameError::Long, .. } => None,
            Self::Package { package, .. } | Self::Reserved { package, .. } => {
                Some(format!("go-{}", package.replace('_', "-")))
            }
        }
        .filter(|name| name.parse::<NewName>().is_ok())
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

impl NewName {
    /// The distribution: `My.Lib`.
    pub fn distribution(&self) -> &DistName {
        &self.dist
    }

    /// The Python package: `my_lib`.
    pub fn package(&self) -> &ModuleName {
        &self.package
    }
}

impl std::str::FromStr for NewName {
    type Err = NewNameError;

    fn from_str(text: &str) -> Result<Self, NewNameError> {
        let dist: DistName =
            text.parse().map_err(|_| NewNameError::Distribution(text.to_owned()))?;
        let package = dist.escaped();
        if let Some(reason) = reserved(&package) {
            return Err(NewNameError::Reserved { package, reason });
        }
        match package_name(&package) {
            Ok(package) => Ok(Self { dist, package }),
            Err(error) => Err(NewNameError::Package { package, error }),
        }
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
            assert_eq!(name.package().as_str(), package);
            assert_eq!(name.distribution().to_string(), text);
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
            assert_eq!(error.nearest().as_deref(), nearest, "{text}: {error}");
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
