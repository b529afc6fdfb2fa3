//! Whether any Python takes the tags of a wheel, and its Requires-Python.
//!
//! Only the tags of CPython and generic Python are judged: other interpreters name theirs freely.
//!
//! Source: the platform compatibility tags specification, and the tags that `packaging.tags` lists
//! for an interpreter, which pip and uv compare with.

use pep440_rs::{Version, VersionSpecifiers};

use super::documents::Documents;
use crate::audit::{Finding, Report, catalogue};
use crate::target::{MACOS, PlatformTag, Release};
use crate::wheel::{WheelName, version_specifiers};

/// The Python versions that take a tag.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Pythons {
    /// An interpreter that is not judged.
    Unknown,
    /// Every release of a major version.
    Major(u64),
    /// One minor version.
    Exactly(u64, u64),
    /// A minor version and every later one of its major version.
    From(u64, u64),
}

/// Reports a wheel that no Python installs.
pub(super) fn check(name: Option<&WheelName>, documents: &Documents, findings: &mut Vec<Finding>) {
    let Some(name) = name else {
        return;
    };
    let mut taken = Vec::new();
    let mut first_reason = None;
    for python in name.tag.pythons() {
        for abi in name.tag.abis() {
            for platform in name.tag.platforms() {
                match pythons(python, abi, platform) {
                    Ok(pythons) => taken.push(pythons),
                    Err(why) => first_reason = first_reason.or(Some(why)),
                }
            }
        }
    }
    if let (true, Some(why)) = (taken.is_empty(), first_reason) {
        let what = format!("is tagged {}, which no Python takes: {why}", name.tag);
        findings.report(catalogue::TAG_NO_PYTHON, "", what);
        return;
    }
    let required = documents.metadata.as_ref().and_then(|headers| headers.get("Requires-Python"));
    let Some((text, Ok(specifiers))) = required.map(|text| (text, version_specifiers(text))) else {
        return;
    };
    // `===` compares text and is not among the specifiers.
    if !text.contains("===") && !taken.iter().any(|pythons| pythons.any_in(&specifiers)) {
        let what = format!("is tagged {}, but Requires-Python is {text}", name.tag);
        findings.report(catalogue::TAG_NO_PYTHON, "", what);
    }
}

/// The Pythons that take one tag, or why none does.
fn pythons(python: &str, abi: &str, platform: &str) -> Result<Pythons, String> {
    if let Ok(PlatformTag::Native { os, release: Some(release), arch }) = platform.parse()
        && os == MACOS
        && ((release.major < 11 && arch == "arm64") || (release.major >= 11 && release.minor > 0))
    {
        let why = match release.major {
            ..11 => "macOS has supported arm64 since 11.0",
            _ => "tags for macOS 11 and later end in _0",
        };
        return Err(why.to_owned());
    }
    if let Ok(PlatformTag::Native { os, release: Some(release), .. }) = platform.parse()
        && os.sdk.is_some()
        && release < Release::new(12, 0)
    {
        return Err("tags for iOS start with 12.0".to_owned());
    }
    let (family, digits) = python.split_at(python.len().min(2));
    if !matches!(family, "cp" | "py") || digits.bytes().any(|b| !b.is_ascii_digit()) {
        return Ok(Pythons::Unknown);
    }
    let number = |text: &str| text.parse::<u64>().ok();
    let major =
        digits.get(..1).and_then(number).ok_or_else(|| format!("{python} has no version"))?;
    let minor = digits.get(1..).and_then(number);
    if abi != "none" && platform == "any" {
        return Err(format!("{abi} needs a platform"));
    }
    if family == "py" {
        return match (abi, minor) {
            ("none", Some(minor)) => Ok(Pythons::From(major, minor)),
            ("none", None) => Ok(Pythons::Major(major)),
            _ => Err(format!("{python} goes with none, not with {abi}")),
        };
    }
    let minor = minor.ok_or_else(|| format!("{python} has no minor version"))?;
    match abi {
        "none" => Ok(Pythons::Exactly(major, minor)),
        "abi3" | "abi3t" => Ok(Pythons::From(major, minor)),
        _ if is_own_abi(abi, python, (major, minor)) => Ok(Pythons::Exactly(major, minor)),
        _ => Err(format!("{abi} is not an ABI of {python}")),
    }
}

/// Whether `abi` is that of one CPython release: its tag, and letters for how it was built.
fn is_own_abi(abi: &str, python: &str, version: (u64, u64)) -> bool {
    let Some(flags) = abi.strip_prefix(python) else {
        return false;
    };
    let known: &[&str] = match version {
        (2, _) | (3, ..=2) => &["m", "dm", "mu", "dmu"],
        (3, ..=7) => &["m", "dm"],
        (3, ..=12) => &["", "d"],
        _ => &["", "d", "t", "td"],
    };
    known.contains(&flags)
}

impl Pythons {
    /// Whether one of these satisfies `specifiers`.
    fn any_in(self, specifiers: &VersionSpecifiers) -> bool {
        let (major, minors) = match self {
            Self::Unknown => return true,
            // Python 2 ends with 2.7; no release of Python 3 is above 3.99 for a long time.
            Self::Major(major) => (major, 0..=99),
            Self::From(major, minor) => (major, minor..=minor.max(99)),
            Self::Exactly(major, minor) => (major, minor..=minor),
        };
        let mut releases =
            minors.clone().flat_map(|minor| (0..=30).map(move |patch| [major, minor, patch]));
        // Pre-releases, and patch releases beyond any today.
        let is_here = |version: &&Version| match version.release() {
            [found, minor, ..] => *found == major && minors.contains(minor),
            _ => false,
        };
        let named = specifiers.iter().map(|specifier| specifier.version());
        releases.any(|release| specifiers.contains(&Version::new(release)))
            || named.filter(is_here).any(|version| specifiers.contains(version))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_taken(tag: &str) -> bool {
        let parts: Vec<_> = tag.split('-').collect();
        pythons(parts[0], parts[1], parts[2]).is_ok()
    }

    #[test]
    fn tags_that_no_interpreter_lists_are_known() {
        for tag in [
            "py3-none-any",
            "py312-none-any",
            "cp312-none-any",
            "cp312-cp312-linux_x86_64",
            "cp313-cp313t-linux_x86_64",
            "cp37-cp37m-linux_x86_64",
            "cp27-cp27mu-linux_x86_64",
            "cp310-abi3-win_amd64",
            "cp312-none-macosx_11_0_arm64",
            "cp312-none-macosx_10_9_universal2",
            "cp313-cp313-ios_12_0_arm64_iphoneos",
            "cp313-cp313-android_16_arm64_v8a",
            "pp310-pypy310_pp73-linux_x86_64",
            "graalpy311-graalpy242_311_native-linux_x86_64",
        ] {
            assert!(is_taken(tag), "{tag}");
        }
        for tag in [
            "py3-cp312-linux_x86_64",
            "py3-abi3-linux_x86_64",
            "cp312-cp311-linux_x86_64",
            "cp311-cp312-linux_x86_64",
            "cp37-cp37-linux_x86_64",
            "cp312-cp312t-linux_x86_64",
            "cp38-cp38m-linux_x86_64",
            "cp3-none-any",
            "cp312-cp312-any",
            "cp310-abi3-any",
            "cp313-none-macosx_10_9_arm64",
            "cp313-cp313-ios_11_4_arm64_iphoneos",
            "py3-none-macosx_12_3_x86_64",
        ] {
            assert!(!is_taken(tag), "{tag}");
        }
    }

    #[test]
    fn requires_python_must_leave_a_release() {
        let any = |python, abi, text| {
            let specifiers = version_specifiers(text).unwrap();
            pythons(python, abi, "linux_x86_64").unwrap().any_in(&specifiers)
        };
        for (python, abi, text) in [
            ("cp312", "cp312", ">=3.10"),
            ("cp312", "cp312", ">=3.12.4,<3.13"),
            ("cp310", "abi3", ">=3.13"),
            ("py3", "none", "==3.15.0a1"),
            ("cp314", "cp314", ">=3.14.0rc1"),
            ("py2", "none", ""),
            ("pp310", "pypy310_pp73", "<3"),
        ] {
            assert!(any(python, abi, text), "{python}-{abi} {text}");
        }
        for (python, abi, text) in [
            ("cp312", "cp312", ">=3.13"),
            ("cp312", "cp312", "!=3.12.*"),
            ("cp310", "abi3", "<3.10"),
            ("py2", "none", ">=3"),
            ("py3", "none", ">=3.9,<3.8"),
            ("py3", "none", ">=4"),
        ] {
            assert!(!any(python, abi, text), "{python}-{abi} {text}");
        }
    }
}
