//! The names of wheel files.
//!
//! Input: a file name, or a distribution, version and tag. Output: a [`WheelName`] that displays in
//! normalized form, however it was spelled.

use std::fmt;
use std::str::FromStr;

use pep440_rs::Version;

use super::dist_name::DistName;
use super::error::FormatError;
use super::tag::WheelTag;

/// The name of a wheel file: `{dist}-{version}[-{build}]-{python}-{abi}-{platform}.whl`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WheelName {
    /// The distribution.
    pub dist: DistName,
    /// Its version, displayed in normalized form (PEP 440).
    pub version: Version,
    /// The build number, which few wheels have: breaks ties between wheels of one version.
    pub build: Option<String>,
    /// The tag.
    pub tag: WheelTag,
}

impl WheelName {
    /// The same wheel with another tag.
    pub fn with_tag(&self, tag: WheelTag) -> Self {
        Self { tag, ..self.clone() }
    }

    /// The directory of the wheel's metadata: `{dist}-{version}.dist-info`.
    pub fn dist_info(&self) -> String {
        format!("{}.dist-info", self.stem())
    }

    /// The directory of files installed outside site-packages: `{dist}-{version}.data`.
    pub fn data_dir(&self) -> String {
        format!("{}.data", self.stem())
    }

    /// Whether `stem` (`Name-1.0`) is the same distribution and version, in any spelling.
    pub fn is_stem(&self, stem: &str) -> bool {
        let Some((dist, version)) = stem.split_once('-') else {
            return false;
        };
        dist.parse().is_ok_and(|dist: DistName| dist == self.dist)
            && parse_version(version).is_some_and(|version| version == self.version)
    }

    fn stem(&self) -> String {
        format!("{}-{}", self.dist.escaped(), self.version)
    }
}

impl fmt::Display for WheelName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-", self.stem())?;
        if let Some(build) = &self.build {
            write!(f, "{build}-")?;
        }
        write!(f, "{}.whl", self.tag)
    }
}

impl FromStr for WheelName {
    type Err = FormatError;

    /// Parses a file name, also as older tools spelled it (`Foo.Bar-1.0_1-...`).
    fn from_str(text: &str) -> Result<Self, FormatError> {
        let Some(stem) = text.strip_suffix(".whl") else {
            return Err(FormatError(format!("`{text}` does not end in .whl")));
        };
        let parts: Vec<_> = stem.split('-').collect();
        let (dist, version, build, tag) = match &parts[..] {
            [dist, version, tag @ ..] if tag.len() == 3 => (dist, version, None, tag),
            [dist, version, build, tag @ ..] if tag.len() == 3 => {
                (dist, version, Some(*build), tag)
            }
            _ => {
                let what = format!("`{text}` is not name-version[-build]-python-abi-platform.whl");
                return Err(FormatError(what));
            }
        };
        if let Some(build) = build.filter(|build| !is_build_number(build)) {
            return Err(FormatError(format!("`{build}` in `{text}` is not a build number")));
        }
        let not_a_version =
            || FormatError(format!("`{version}` in `{text}` is not a version (PEP 440)"));
        Ok(Self {
            dist: dist.parse()?,
            version: parse_version(version).ok_or_else(not_a_version)?,
            build: build.map(str::to_owned),
            tag: tag.join("-").parse()?,
        })
    }
}

/// Whether `text` consists of letters, digits, `_` and `.`, with a digit first.
fn is_build_number(text: &str) -> bool {
    let legal = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.');
    text.starts_with(|c: char| c.is_ascii_digit()) && text.bytes().all(legal)
}

/// A version in a file name has `_` for `-`, which separates the parts.
fn parse_version(text: &str) -> Option<Version> {
    text.replace('_', "-").parse().ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn file_name_is_displayed_normalized() {
        for (text, normal) in [
            ("Foo.Bar-1.0-py3-none-any.whl", "foo_bar-1.0-py3-none-any.whl"),
            ("a-1.0.Alpha1-py3.py2-none-any.whl", "a-1.0a1-py2.py3-none-any.whl"),
            ("a-1.0_1-3_x.y-py3-none-any.whl", "a-1.0.post1-3_x.y-py3-none-any.whl"),
            ("a-1!2.0+Ubuntu_1-py3-none-any.whl", "a-1!2.0+ubuntu.1-py3-none-any.whl"),
        ] {
            assert_eq!(text.parse::<WheelName>().unwrap().to_string(), normal);
        }
    }

    #[test]
    fn directories_are_named_after_the_wheel() {
        let name: WheelName = "My.Pkg-1.0-py3-none-any.whl".parse().unwrap();
        assert_eq!(name.dist_info(), "my_pkg-1.0.dist-info");
        assert_eq!(name.data_dir(), "my_pkg-1.0.data");
        assert!(name.is_stem("My.Pkg-1.0") && name.is_stem("my_pkg-1.0.0"));
        assert!(!name.is_stem("my_pkg-1.1") && !name.is_stem("my_pkg") && !name.is_stem("x-1.0"));
    }

    #[test]
    fn invalid_names_are_refused() {
        for text in [
            "a-1.0-py3-none-any.zip",
            "a-1.0-py3-none.whl",
            "a-1.0-1-x-py3-none-any.whl",
            "a-one-py3-none-any.whl",
            "a-1.0-x1-py3-none-any.whl",
            "../a-1.0-py3-none-any.whl",
            "a-1.0-py3-none-.whl",
            "",
        ] {
            assert!(text.parse::<WheelName>().is_err(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn displayed_name_parses(
            dist in "[A-Za-z][A-Za-z0-9._]{0,8}[a-z]",
            version in "([1-3]!)?[0-9]{1,2}(\\.[0-9]{1,2}){0,3}(a1|b2|rc3)?(\\.post1)?(\\.dev2)?(\\+[a-z0-9]{1,4}([._][a-z0-9]{1,3})?)?",
            build in proptest::option::of("[0-9][a-z0-9_]{0,3}"),
            python in "(cp3[0-9]{1,2}|py3)(\\.py2)?",
        ) {
            let build = build.map(|build| format!("{build}-")).unwrap_or_default();
            let text = format!("{dist}-{version}-{build}{python}-abi3-linux_x86_64.any.whl");
            let name: WheelName = text.parse().unwrap();
            let again: WheelName = name.to_string().parse().unwrap();
            prop_assert_eq!(again.to_string(), name.to_string());
            prop_assert_eq!(again, name);
        }

        #[test]
        fn no_text_panics(text in ".{0,40}(\\.whl)?") {
            let _ = text.parse::<WheelName>();
        }
    }
}
