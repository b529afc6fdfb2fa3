//! The compatibility tag of a wheel (PEP 425): its Pythons, ABIs and platforms.
//!
//! Input: single tags, or the compressed set of a file name. Output: a set that displays sorted, and
//! the expanded `Tag:` lines of the WHEEL file.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use super::error::FormatError;

/// A set of tags: every Python with every ABI on every platform. Each part is sorted, without
/// duplicates, and not empty.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct WheelTag {
    python: Vec<String>,
    abi: Vec<String>,
    platform: Vec<String>,
}

impl WheelTag {
    /// The set of all combinations of `pythons`, `abis` and `platforms`, each a single tag.
    ///
    /// # Errors
    /// If one of the three is empty, or contains something else than single tags.
    pub fn new<P, A, T>(pythons: P, abis: A, platforms: T) -> Result<Self, FormatError>
    where
        P: IntoIterator<Item: Into<String>>,
        A: IntoIterator<Item: Into<String>>,
        T: IntoIterator<Item: Into<String>>,
    {
        Ok(Self { python: part(pythons)?, abi: part(abis)?, platform: part(platforms)? })
    }

    /// The Pythons: `cp310`, `py3`.
    pub fn pythons(&self) -> &[String] {
        &self.python
    }

    /// The ABIs: `abi3`, `none`.
    pub fn abis(&self) -> &[String] {
        &self.abi
    }

    /// The platforms: `manylinux_2_17_x86_64`, `any`.
    pub fn platforms(&self) -> &[String] {
        &self.platform
    }

    /// Whether it fits every platform and needs no ABI.
    pub fn is_pure(&self) -> bool {
        self.abi == ["none"] && self.platform == ["any"]
    }

    /// Every combination as `python-abi-platform`, sorted: the `Tag:` lines of WHEEL.
    pub fn expanded(&self) -> Vec<String> {
        let mut tags = Vec::new();
        for python in &self.python {
            for abi in &self.abi {
                for platform in &self.platform {
                    tags.push(format!("{python}-{abi}-{platform}"));
                }
            }
        }
        tags.sort();
        tags
    }
}

fn part<T: Into<String>>(singles: impl IntoIterator<Item = T>) -> Result<Vec<String>, FormatError> {
    let legal = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_';
    let mut sorted = BTreeSet::new();
    for single in singles {
        let single = single.into();
        if single.is_empty() || !single.bytes().all(legal) {
            return Err(FormatError(format!(
                "`{single}` is not a compatibility tag (lower-case letters, digits and `_`)"
            )));
        }
        sorted.insert(single);
    }
    if sorted.is_empty() {
        let what = "a wheel's tag needs at least one Python, one ABI and one platform";
        return Err(FormatError(what.to_owned()));
    }
    Ok(sorted.into_iter().collect())
}

impl fmt::Display for WheelTag {
    /// The compressed set of a file name, sorted as the index and `packaging` require.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [python, abi, platform] =
            [&self.python, &self.abi, &self.platform].map(|part| part.join("."));
        write!(f, "{python}-{abi}-{platform}")
    }
}

impl FromStr for WheelTag {
    type Err = FormatError;

    /// Parses a compressed set in any order: `py3.py2-none-any`.
    fn from_str(text: &str) -> Result<Self, FormatError> {
        let parts: Vec<_> = text.split('-').collect();
        let [python, abi, platform] = parts[..] else {
            return Err(FormatError(format!("`{text}` is not python-abi-platform")));
        };
        Self::new(python.split('.'), abi.split('.'), platform.split('.'))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn tag_displays_sorted_and_expands_to_every_combination() {
        let tag = WheelTag::new(
            ["cp310"],
            ["abi3"],
            ["manylinux_2_17_x86_64", "manylinux2014_x86_64", "manylinux2014_x86_64"],
        )
        .unwrap();
        assert_eq!(tag.to_string(), "cp310-abi3-manylinux2014_x86_64.manylinux_2_17_x86_64");
        assert_eq!(
            tag.expanded(),
            ["cp310-abi3-manylinux2014_x86_64", "cp310-abi3-manylinux_2_17_x86_64"]
        );
        assert!(!tag.is_pure());
    }

    #[test]
    fn pure_tag_has_no_abi_and_no_platform() {
        assert!("py2.py3-none-any".parse::<WheelTag>().unwrap().is_pure());
        assert!(!"py3-none-any.linux_x86_64".parse::<WheelTag>().unwrap().is_pure());
    }

    #[test]
    fn invalid_tags_are_refused() {
        for text in ["", "py3", "py3-none", "py3-none-any-x", "py3--any", "Py3-none-any", "a.-b-c"]
        {
            assert!(text.parse::<WheelTag>().is_err(), "{text}");
        }
        assert!(WheelTag::new(["py3"], [""; 0], ["any"]).is_err());
    }

    proptest! {
        #[test]
        fn displayed_tag_parses(
            pythons in proptest::collection::vec("[a-z0-9_]{1,6}", 1..4),
            abis in proptest::collection::vec("[a-z0-9_]{1,6}", 1..4),
            platforms in proptest::collection::vec("[a-z0-9_]{1,6}", 1..4),
        ) {
            let tag = WheelTag::new(pythons, abis, platforms).unwrap();
            prop_assert_eq!(tag.to_string().parse(), Ok(tag.clone()));
            let count = tag.pythons().len() * tag.abis().len() * tag.platforms().len();
            let expanded = tag.expanded();
            prop_assert_eq!(expanded.len(), count);
            prop_assert!(expanded.is_sorted());
            for single in expanded {
                prop_assert_eq!(single.parse::<WheelTag>().unwrap().expanded(), vec![single]);
            }
        }
    }
}
