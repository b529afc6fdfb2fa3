//! What a new project is called.
//!
//! In: the name of a distribution, as somebody wrote it. Out: a [`NewName`]: that name, and the
//! Python package that goes with it, which can be built and imported.

use super::taken::taken;
use crate::project::{LibraryName, ModuleName, NameError, shown};
use crate::wheel::DistName;

/// The name of a project that is to be written, and of its package.
#[derive(Debug, Clone)]
pub struct NewName {
    dist: DistName,
    package: ModuleName,
}

/// The text is no name for a new project.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NewNameError {
    /// No name of a distribution.
    #[error(
        "{} is not a distribution name (ASCII letters, digits, `.`, `-` and `_`; a letter or digit \
         first and last)", shown(.0)
    )]
    Distribution(String),
    /// The package could not be imported.
    #[error("the Python package would be called {}, but {error}", shown(.package))]
    Package {
        /// What it would be called.
        package: String,
        /// What is wrong with that.
        error: NameError,
    },
    /// The package would stand in the way of another, or another in its way.
    #[error("the Python package would be called `{package}`, which is {reason}")]
    Taken {
        /// What it would be called.
        package: String,
        /// What has that name.
        reason: &'static str,
    },
}

impl NewNameError {
    /// A name near the one that was given, when there is one.
    pub fn nearest(&self) -> Option<String> {
        match self {
            Self::Distribution(text) => spelled(text),
            Self::Package { error: NameError::Long, .. } => None,
            Self::Package { package, .. } | Self::Taken { package, .. } => {
                Some(format!("go-{}", package.replace('_', "-")))
            }
        }
        .filter(|name| name.parse::<NewName>().is_ok())
    }
}

/// The name that a path or a few words come down to: `x` of `../x`, `my-lib` of `my lib`.
fn spelled(text: &str) -> Option<String> {
    let last = text.rsplit(['/', '\\']).find(|part| !part.is_empty())?;
    // What stands for letters of another alphabet is not ours to guess.
    if !last.is_ascii() {
        return None;
    }
    let words = last.split(|c: char| !c.is_ascii_alphanumeric() && !matches!(c, '.' | '_'));
    let words: Vec<_> =
        words.map(|word| word.trim_matches(['.', '_'])).filter(|word| !word.is_empty()).collect();
    Some(words.join("-"))
}

/// The package, when the longer names that the templates make of it are names as well.
fn parts(package: &str) -> Result<ModuleName, NameError> {
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
        if let Some(reason) = taken(&package) {
            return Err(NewNameError::Taken { package, reason });
        }
        match parts(&package) {
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
    fn a_package_for_each_spelling() {
        for (text, package) in [("my-lib", "my_lib"), ("My.Lib", "my_lib"), ("a--_b", "a_b")] {
            let name: NewName = text.parse().unwrap();
            assert_eq!(name.package().as_str(), package);
            assert_eq!(name.distribution().to_string(), text);
        }
    }

    #[test]
    fn a_wrong_name_has_a_near_one() {
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
        fn a_message_garbles_no_terminal(text in any::<String>()) {
            if let Err(error) = text.parse::<NewName>() {
                prop_assert!(!error.to_string().chars().any(char::is_control));
            }
        }
    }
}
