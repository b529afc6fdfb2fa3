//! What `[project]` of pyproject.toml says about a distribution without running its backend.
//!
//! Input: the root of a project. Output: a [`StaticMetadata`]. Source: PEP 621, whose `dynamic`
//! lists what only the backend knows.

use std::path::Path;

use pep440_rs::{Version, VersionSpecifiers};
use toml::{Table, Value};

use crate::wheel::DistName;

/// Metadata that no backend may change; `None` for what is unknown.
#[derive(Debug, Default, PartialEq)]
pub struct StaticMetadata {
    /// The distribution.
    pub name: Option<DistName>,
    /// Its version.
    pub version: Option<Version>,
    /// The Python versions it requires: `Some(None)` if it is known to require none.
    pub requires_python: Option<Option<VersionSpecifiers>>,
}

impl StaticMetadata {
    /// Reads the project at `root`. What is malformed is unknown: the backend reports it.
    pub fn read(root: &Path) -> Self {
        let text = fs_err::read_to_string(root.join("pyproject.toml")).unwrap_or_default();
        Self::of(&text)
    }

    fn of(text: &str) -> Self {
        let document: Table = text.parse().unwrap_or_default();
        let Some(project) = document.get("project").and_then(Value::as_table) else {
            return Self::default();
        };
        let dynamic = project.get("dynamic").and_then(Value::as_array);
        let is_dynamic = |key: &str| {
            dynamic.is_some_and(|keys| keys.iter().any(|other| other.as_str() == Some(key)))
        };
        let value = |key: &str| project.get(key).and_then(Value::as_str);
        let requires_python = match value("requires-python") {
            Some(text) => text.parse().ok().map(Some),
            None if is_dynamic("requires-python") => None,
            None => Some(None),
        };
        Self {
            name: value("name").and_then(|name| name.parse().ok()),
            version: value("version").and_then(|version| version.parse().ok()),
            requires_python,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_static_is_known() {
        let known = StaticMetadata::of(
            "[project]\nname = 'My.Lib'\nversion = '1.0rc1'\nrequires-python = '>=3.11'",
        );
        assert_eq!(known.name.unwrap().escaped(), "my_lib");
        assert_eq!(known.version, Some("1.0rc1".parse().unwrap()));
        assert_eq!(known.requires_python, Some(Some(">=3.11".parse().unwrap())));
        let dynamic =
            StaticMetadata::of("[project]\nname = 'x'\ndynamic = ['version', 'requires-python']");
        assert_eq!((dynamic.version, dynamic.requires_python), (None, None));
        assert_eq!(StaticMetadata::of("[project]\nname = 'x'").requires_python, Some(None));
        for text in ["", "[", "[project]\nname = 1\nversion = 'x y'\nrequires-python = '?'"] {
            assert_eq!(StaticMetadata::of(text), StaticMetadata::default(), "{text}");
        }
    }
}
