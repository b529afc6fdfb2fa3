//! The platform part of a wheel's tag.
//!
//! In: one tag. Out: a [`PlatformTag`], which prints itself with its older aliases.
//!
//! Sources: PEP 600 and 599/571/513 (manylinux), PEP 656 (musllinux), and the "platform
//! compatibility tags" page of the Python Packaging User Guide (macosx), PEP 738 (android), PEP 730
//! (ios).

use std::fmt;
use std::str::FromStr;

use super::Release;
use super::os::{OSES, Os};

/// One platform tag. Its `Display` is the tag as a file name has it, with older aliases, sorted:
/// `manylinux2014_x86_64.manylinux_2_17_x86_64`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum PlatformTag {
    /// `any`: no native code.
    Any,
    /// A system with a row: `manylinux_2_17_x86_64`, `linux_x86_64`, `macosx_11_0_arm64`, `win32`.
    Native {
        /// The system.
        os: &'static Os,
        /// The minimum release, if the tag names one. Indexes refuse a Linux tag without.
        release: Option<Release>,
        /// The processor as the tag names it.
        arch: String,
    },
    /// Any other text, unchanged.
    Other(String),
}

/// The text cannot be a platform tag.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a platform tag")]
pub struct PlatformTagError(pub String);

impl PlatformTag {
    /// The single tags this stands for, sorted: the perennial name and, for the releases that
    /// have one, the older alias (pip does not expand the one into the other).
    pub fn expanded(&self) -> Vec<String> {
        let (os, release, arch) = match self {
            Self::Any => return vec!["any".to_owned()],
            Self::Other(text) => return vec![text.clone()],
            Self::Native { os, release, arch } => (os, release, arch),
        };
        let Some(release) = release.map(|release| os.tagged(release)) else {
            return vec![os.bare_tag(arch)];
        };
        let aliases = os.tag_aliases.iter().filter(|(_, of)| *of == release);
        let mut tags: Vec<_> = aliases.map(|(name, _)| format!("{name}_{arch}")).collect();
        let sdk = os.sdk.map_or_else(String::new, |sdk| format!("_{sdk}"));
        tags.push(format!("{}_{}_{arch}{sdk}", os.tag_family, os.tag_release(release)));
        tags.sort();
        tags
    }

    /// Reads a tag of `os`: a family and a release, an older alias of both, or neither.
    fn of_os(os: &'static Os, text: &str) -> Option<Self> {
        let native = |release, arch: &str| {
            let is_known = !arch.is_empty();
            is_known.then(|| Self::Native { os, release, arch: arch.to_owned() })
        };
        let after = |word: &str| text.strip_prefix(word)?.strip_prefix('_');
        for (name, release) in os.tag_aliases {
            if let Some(arch) = after(name) {
                return native(Some(*release), arch);
            }
        }
        if let (true, Some(rest)) = (os.has_releases, after(os.tag_family)) {
            let (major, mut arch) = rest.split_once('_')?;
            let mut release = Release::new(major.parse().ok()?, 0);
            if os.tag_has_minor {
                let (minor, rest) = arch.split_once('_')?;
                (release.minor, arch) = (minor.parse().ok()?, rest);
            }
            if let Some(sdk) = os.sdk {
                arch = arch.strip_suffix(sdk)?.strip_suffix('_')?;
            }
            return native(Some(release), arch);
        }
        if let Some((_, arch)) = os.tag_exceptions.iter().find(|(tag, _)| *tag == text) {
            return native(None, arch);
        }
        let arch = after(os.bare_family?)?;
        native(None, arch).filter(|_| os.bare_tag(arch) == text)
    }
}

impl fmt::Display for PlatformTag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.expanded().join("."))
    }
}

impl FromStr for PlatformTag {
    type Err = PlatformTagError;

    /// Reads one tag, without dots. An older alias becomes the release it stands for.
    fn from_str(text: &str) -> Result<Self, PlatformTagError> {
        let legal = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_';
        if text.is_empty() || !text.bytes().all(legal) {
            return Err(PlatformTagError(text.to_owned()));
        }
        if text == "any" {
            return Ok(Self::Any);
        }
        let native = OSES.iter().find_map(|os| Self::of_os(os, text));
        Ok(native.unwrap_or_else(|| Self::Other(text.to_owned())))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::target::{ANDROID, IOS, IOS_SIMULATOR, LINUX, MACOS, WINDOWS};

    #[test]
    fn tags_print_older_aliases_and_whole_releases() {
        for (os, major, minor, printed) in [
            (LINUX, 2, 17, "manylinux2014_x86_64.manylinux_2_17_x86_64"),
            (LINUX, 2, 28, "manylinux_2_28_x86_64"),
            (MACOS, 12, 3, "macosx_12_0_x86_64"),
            (MACOS, 10, 15, "macosx_10_15_x86_64"),
        ] {
            let release = Some(Release::new(major, minor));
            let tag = PlatformTag::Native { os, release, arch: "x86_64".to_owned() };
            assert_eq!(tag.to_string(), printed);
        }
    }

    #[test]
    fn tags_without_a_release_and_other_text() {
        for (text, os, name) in [
            ("linux_armv6l", LINUX, "armv6l"),
            ("win_arm64", WINDOWS, "arm64"),
            ("win32", WINDOWS, "x86"),
        ] {
            let tag = PlatformTag::Native { os, release: None, arch: name.to_owned() };
            assert_eq!(text.parse(), Ok(tag));
        }
        for text in ["win_x86", "win_", "manylinux_2_17", "ios_13_0_arm64", "ios_13_arm64_iphoneos"]
        {
            assert_eq!(text.parse(), Ok(PlatformTag::Other(text.to_owned())));
        }
        for text in ["", "Linux", "a-b", "a.b", "a b"] {
            assert!(text.parse::<PlatformTag>().is_err(), "{text}");
        }
    }

    #[test]
    fn tags_of_apps_have_their_own_form() {
        for (text, os, release, arch) in [
            ("android_24_arm64_v8a", ANDROID, (24, 0), "arm64_v8a"),
            ("android_21_x86_64", ANDROID, (21, 0), "x86_64"),
            ("ios_13_0_arm64_iphoneos", IOS, (13, 0), "arm64"),
            ("ios_15_4_x86_64_iphonesimulator", IOS_SIMULATOR, (15, 4), "x86_64"),
        ] {
            let release = Some(Release::new(release.0, release.1));
            let tag = PlatformTag::Native { os, release, arch: arch.to_owned() };
            assert_eq!((text.parse(), tag.to_string()), (Ok(tag), text.to_owned()));
        }
    }

    proptest! {
        #[test]
        fn tags_round_trip(text in "(manylinux_2_[0-9]{1,2}|musllinux_1_[0-9]|macosx_1[0-9]_[0-9]|android_2[0-9]|linux|win)_[a-z0-9_]{1,9}") {
            let tag: PlatformTag = text.parse().unwrap();
            for single in tag.expanded() {
                let again: PlatformTag = single.parse().unwrap();
                prop_assert_eq!(again.to_string(), tag.to_string());
            }
        }
    }
}
