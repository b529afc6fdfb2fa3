//! The platform part of a wheel's tag, read and written by its published rules.
//!
//! Sources: PEP 600 and 599/571/513 (manylinux), PEP 656 (musllinux), and the "platform
//! compatibility tags" page of the Python Packaging User Guide (macosx).

use std::fmt;
use std::str::FromStr;

use super::{Libc, Release};

/// One platform tag. Its `Display` is the tag as a file name has it, older aliases included
/// and sorted: `manylinux2014_x86_64.manylinux_2_17_x86_64`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum PlatformTag {
    /// `any`: no native code.
    Any,
    /// `manylinux_*` or `musllinux_*`.
    Linux {
        /// Which C library.
        libc: Libc,
        /// Its least release.
        release: Release,
        /// The processor as the tag names it.
        arch: String,
    },
    /// `linux_*` without a policy; the index refuses it.
    BareLinux {
        /// The processor as the tag names it.
        arch: String,
    },
    /// `macosx_*`.
    MacOs {
        /// The deployment target.
        release: Release,
        /// `arm64`, `x86_64` or `universal2`.
        arch: String,
    },
    /// Anything else, kept as it is.
    Other(String),
}

/// The text is no platform tag.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a platform tag")]
pub struct PlatformTagError(pub String);

/// The names that manylinux policies had before PEP 600, with the release each stands for.
const LEGACY: &[(&str, Release)] = &[
    ("manylinux1", Release::new(2, 5)),
    ("manylinux2010", Release::new(2, 12)),
    ("manylinux2014", Release::new(2, 17)),
];

impl PlatformTag {
    /// The single tags this stands for, sorted: the perennial name and, for the releases that
    /// have one, the older alias (pip does not expand the one into the other).
    pub fn expanded(&self) -> Vec<String> {
        let mut tags = Vec::new();
        match self {
            Self::Any => tags.push("any".to_owned()),
            Self::Other(text) => tags.push(text.clone()),
            Self::BareLinux { arch } => tags.push(format!("linux_{arch}")),
            Self::MacOs { release, arch } => {
                // From macOS 11 on the minor release carries no promise: tools know `_0` only.
                let minor = if release.major >= 11 { 0 } else { release.minor };
                tags.push(format!("macosx_{}_{minor}_{arch}", release.major));
            }
            Self::Linux { libc, release, arch } => {
                let family = match libc {
                    Libc::Glibc => "manylinux",
                    Libc::Musl => "musllinux",
                };
                tags.push(format!("{family}_{}_{}_{arch}", release.major, release.minor));
                if *libc == Libc::Glibc {
                    let alias = LEGACY.iter().find(|(_, of)| of == release);
                    tags.extend(alias.map(|(name, _)| format!("{name}_{arch}")));
                }
            }
        }
        tags.sort();
        tags
    }
}

impl fmt::Display for PlatformTag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.expanded().join("."))
    }
}

impl FromStr for PlatformTag {
    type Err = PlatformTagError;

    /// Reads one tag, without dots; an older alias is read as the release it stands for.
    fn from_str(text: &str) -> Result<Self, PlatformTagError> {
        let legal = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_';
        if text.is_empty() || !text.bytes().all(legal) {
            return Err(PlatformTagError(text.to_owned()));
        }
        if text == "any" {
            return Ok(Self::Any);
        }
        for (name, release) in LEGACY {
            if let Some(arch) = text.strip_prefix(name).and_then(|rest| rest.strip_prefix('_')) {
                return Ok(Self::Linux {
                    libc: Libc::Glibc,
                    release: *release,
                    arch: arch.to_owned(),
                });
            }
        }
        let numbered = |prefix: &str| -> Option<(Release, String)> {
            let mut parts = text.strip_prefix(prefix)?.splitn(3, '_');
            let major = parts.next()?.parse().ok()?;
            let minor = parts.next()?.parse().ok()?;
            let arch = parts.next().filter(|arch| !arch.is_empty())?;
            Some((Release::new(major, minor), arch.to_owned()))
        };
        if let Some((release, arch)) = numbered("manylinux_") {
            return Ok(Self::Linux { libc: Libc::Glibc, release, arch });
        }
        if let Some((release, arch)) = numbered("musllinux_") {
            return Ok(Self::Linux { libc: Libc::Musl, release, arch });
        }
        if let Some((release, arch)) = numbered("macosx_") {
            return Ok(Self::MacOs { release, arch });
        }
        match text.strip_prefix("linux_") {
            Some(arch) if !arch.is_empty() => Ok(Self::BareLinux { arch: arch.to_owned() }),
            _ => Ok(Self::Other(text.to_owned())),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn linux(major: u16, minor: u16) -> PlatformTag {
        PlatformTag::Linux {
            libc: Libc::Glibc,
            release: Release::new(major, minor),
            arch: "x86_64".to_owned(),
        }
    }

    #[test]
    fn a_policy_with_an_older_name_carries_both_sorted() {
        assert_eq!(linux(2, 17).to_string(), "manylinux2014_x86_64.manylinux_2_17_x86_64");
        assert_eq!(linux(2, 28).to_string(), "manylinux_2_28_x86_64");
    }

    #[test]
    fn macos_11_and_later_have_no_minor_release() {
        let tag = |major, minor| PlatformTag::MacOs {
            release: Release::new(major, minor),
            arch: "arm64".to_owned(),
        };
        assert_eq!(tag(12, 3).to_string(), "macosx_12_0_arm64");
        assert_eq!(tag(10, 15).to_string(), "macosx_10_15_arm64");
    }

    #[test]
    fn refuses_text_that_no_tag_can_be() {
        for text in ["", "Linux", "a-b", "a.b", "a b"] {
            assert!(text.parse::<PlatformTag>().is_err(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn every_single_tag_reads_back_as_itself(text in "(manylinux_2_[0-9]{1,2}|musllinux_1_[0-9]|macosx_1[0-9]_[0-9]|linux|win)_[a-z0-9_]{1,9}") {
            let tag: PlatformTag = text.parse().unwrap();
            for single in tag.expanded() {
                let again: PlatformTag = single.parse().unwrap();
                prop_assert_eq!(again.to_string(), tag.to_string());
            }
        }
    }
}
