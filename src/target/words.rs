//! The words that tools use for systems and processors, in any order and with any separators.
//!
//! In: text such as `linux-x86_64`, `manylinux_2_28_aarch64`, `darwin/arm64` or `macos`. Out: the
//! system, the processor and the minimum release that it names, each if it does.

use std::collections::BTreeSet;

use super::arch::{ARCHS, Arch, FATS, Fat};
use super::os::{OSES, Os};
use super::{Release, Slice, Target};

/// Systems that pygo does not build for, as directories and files are named after them.
const OTHERS: &[&str] = &[
    "android",
    "emscripten",
    "freebsd",
    "ios",
    "iphoneos",
    "iphonesimulator",
    "netbsd",
    "openbsd",
    "simulator",
    "solaris",
    "tvos",
    "wasm",
    "wasm32",
    "watchos",
    "xros",
];

/// The platform that the name of a file or directory gives.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Named {
    /// The system, if pygo builds for it.
    pub os: Option<&'static Os>,
    /// Whether it is a system that pygo does not build for.
    pub is_other: bool,
    /// The processors; empty for any.
    pub archs: Vec<&'static Arch>,
}

impl Named {
    /// Reads `text`: `linux-x86_64`, `win32-x64`, `Darwin`. `None` if it contains another word.
    pub fn read(text: &str) -> Option<Self> {
        let text = text.to_ascii_lowercase();
        let words = split(&text);
        let (others, known): (Vec<String>, Vec<String>) =
            words.into_iter().partition(|word| OTHERS.contains(&word.as_str()));
        // Processors on Android have the names of its NDK: `arm64-v8a`, `armeabi-v7a`.
        if !others.is_empty() {
            return Some(Self { is_other: true, ..Self::default() });
        }
        let words = Words::read(&known.join("-"))?;
        let archs = match words.processor {
            None => Vec::new(),
            Some(Processor::One(arch)) => vec![arch],
            Some(Processor::Fat(fat)) => fat.archs.to_vec(),
        };
        Some(Self { os: words.os, is_other: false, archs })
    }

    /// The platform that any of the words of `text` name: `helper-arm64`. Words that are too short
    /// to mean a processor are ignored.
    pub fn within(text: &str) -> Option<Self> {
        let mut found = Self::default();
        let words = split(&text.to_ascii_lowercase());
        for named in words.iter().filter(|word| word.len() > 2).filter_map(|word| Self::read(word))
        {
            found.is_other |= named.is_other;
            found.os = found.os.or(named.os);
            found.archs.extend(named.archs);
        }
        (found != Self::default()).then_some(found)
    }
}

/// Parts of triples that select nothing.
const VENDORS: &[&str] = &["unknown", "apple", "pc"];

/// What a text names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Words {
    /// The system.
    pub(super) os: Option<&'static Os>,
    /// The processor, or the kind of fat binary.
    pub(super) processor: Option<Processor>,
    /// The minimum release of the system, as platform tags and zig's triples name it.
    pub(super) release: Option<Release>,
}

/// What a binary runs on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Processor {
    One(&'static Arch),
    Fat(&'static Fat),
}

impl Processor {
    /// Its name in platform tags.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::One(arch) => arch.name,
            Self::Fat(fat) => fat.name,
        }
    }
}

impl Words {
    /// Reads `text`, which is in lower case; `None` if it contains an unknown word or two that
    /// contradict each other.
    pub(super) fn read(text: &str) -> Option<Self> {
        let words = split(text);
        let mut found = Self::default();
        let mut libc: Option<&'static Os> = None;
        let mut rest = words.as_slice();
        while let [word, after @ ..] = rest {
            rest = after;
            let mut release = None;
            if VENDORS.contains(&word.as_str()) {
            } else if let Some(os) = c_library(word) {
                libc = agree(libc, os)?;
                (release, rest) = leading_release(rest);
            } else if let Some((os, alias)) = system(word) {
                found.os = Some(found.os.map_or(Some(os), |known| narrower(known, os))?);
                release = alias;
                if release.is_none() && takes_release(os, word) {
                    (release, rest) = leading_release(rest);
                }
            } else {
                found.processor = agree(found.processor, processor(word)?)?;
            }
            if let Some(release) = release {
                found.release = agree(found.release, release)?;
            }
        }
        // Windows has a `gnu` as well, so the system's own name counts more.
        found.os = match (found.os, libc) {
            (Some(os), Some(libc)) => narrower(os, libc).or(Some(os)),
            (os, libc) => os.or(libc),
        };
        (found.os.is_some() || found.processor.is_some()).then_some(found)
    }

    /// Whether these words name `target`, perhaps among others.
    pub(super) fn include(&self, target: Target) -> bool {
        let is_processor = match self.processor {
            None => true,
            Some(Processor::Fat(fat)) => target.is_fat(fat),
            Some(Processor::One(arch)) => {
                matches!(target.slices(), [Slice { arch: only, .. }] if *only == arch)
            }
        };
        self.os.is_none_or(|os| os == target.os()) && is_processor
    }
}

/// Of two rows for one system, the narrower one, which follows the other: Linux with musl.
fn narrower(one: &'static Os, other: &'static Os) -> Option<&'static Os> {
    let position = |os: &&Os| OSES.iter().position(|row| row == os);
    (one.goos == other.goos).then(|| [one, other].into_iter().max_by_key(position)).flatten()
}

/// Both values, if they are the same.
fn agree<T: PartialEq>(known: Option<T>, new: T) -> Option<Option<T>> {
    let agrees = known.as_ref().is_none_or(|known| *known == new);
    agrees.then_some(Some(new))
}

/// Every word that names a system, a C library or a processor, and those that name nothing.
pub fn vocabulary() -> BTreeSet<&'static str> {
    let mut words: BTreeSet<_> = VENDORS.iter().copied().collect();
    for os in OSES {
        words.extend([os.name, os.goos]);
        words.extend(os.tag_families());
        words.extend(os.triples.iter().chain(os.environments).chain(os.aliases));
        words.extend(os.tag_aliases.iter().map(|(alias, _)| *alias));
        words.extend(os.tag_exceptions.iter().map(|(tag, _)| *tag));
    }
    for arch in ARCHS {
        words.extend([arch.name, arch.goarch, arch.zig]);
        words.extend(arch.triples.iter().chain(arch.aliases));
        words.extend(arch.tags.iter().map(|(_, tag)| *tag));
    }
    words.extend(FATS.iter().map(|fat| fat.name));
    words
}

/// The words of `text`; the one name of a processor that contains a separator stays whole.
fn split(text: &str) -> Vec<String> {
    let text = text.replace("x86_64", "x64").replace("x86-64", "x64");
    let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.map(str::to_owned).collect()
}

/// The system that `word` names and, for an alias such as `manylinux2014`, its release.
fn system(word: &str) -> Option<(&'static Os, Option<Release>)> {
    OSES.iter().copied().find_map(|os| {
        let alias = os.tag_aliases.iter().find(|(name, _)| *name == word);
        let is_named = [os.name, os.goos].contains(&word)
            || os.tag_families().any(|family| family == word)
            || os.triples.contains(&word)
            || os.aliases.contains(&word)
            || os.tag_exceptions.iter().any(|(tag, _)| *tag == word);
        (alias.is_some() || is_named).then(|| (os, alias.map(|(_, release)| *release)))
    })
}

/// Whether a release of `os` may follow `word`: in `macosx_11_0`, but not in `darwin19`.
fn takes_release(os: &Os, word: &str) -> bool {
    os.has_releases && [os.tag_family, os.name].contains(&word) && word != os.goos
}

/// The system with the C library or ABI that `word` names: `gnu`, `musl`.
fn c_library(word: &str) -> Option<&'static Os> {
    OSES.iter().copied().find(|os| os.environments.contains(&word))
}

fn processor(word: &str) -> Option<Processor> {
    let fat = FATS.iter().find(|fat| fat.name == word);
    if let Some(fat) = fat {
        return Some(Processor::Fat(fat));
    }
    let is_named = |arch: &&&Arch| {
        [arch.name, arch.goarch, arch.zig].contains(&word)
            || arch.triples.contains(&word)
            || arch.aliases.contains(&word)
            || arch.tags.iter().any(|(_, tag)| *tag == word)
    };
    ARCHS.iter().find(is_named).map(|arch| Processor::One(arch))
}

/// The release at the start of `words`: one number or two.
fn leading_release(words: &[String]) -> (Option<Release>, &[String]) {
    let number = |at: usize| words.get(at).and_then(|word: &String| word.parse::<u16>().ok());
    match (number(0), number(1)) {
        (Some(major), Some(minor)) => (Some(Release::new(major, minor)), &words[2..]),
        (Some(major), None) => (Some(Release::new(major, 0)), &words[1..]),
        _ => (None, words),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::target::{AARCH64, LINUX, MACOS, MUSL, RISCV64, UNIVERSAL2, WINDOWS, X86_64};

    #[test]
    fn systems_and_processors_are_read_in_every_order_and_spelling() {
        for (text, os, arch) in [
            ("linux-x86_64", LINUX, X86_64),
            ("linux-x64-gnu", LINUX, X86_64),
            ("linux_x86-64", LINUX, X86_64),
            ("linux-64", LINUX, X86_64),
            ("x86_64-linux", LINUX, X86_64),
            ("linux/arm64/v8", LINUX, AARCH64),
            ("linux-aarch64", LINUX, AARCH64),
            ("darwin-arm64", MACOS, AARCH64),
            ("arm64-apple-darwin", MACOS, AARCH64),
            ("osx-64", MACOS, X86_64),
            ("mac-x64", MACOS, X86_64),
            ("win_amd64", WINDOWS, X86_64),
            ("win32-x64-msvc", WINDOWS, X86_64),
            ("x86_64-windows-gnu", WINDOWS, X86_64),
            ("linux-x64-musl", MUSL, X86_64),
            ("x86_64-alpine-linux-musl", MUSL, X86_64),
            ("alpine-amd64", MUSL, X86_64),
            ("linux-riscv64", LINUX, RISCV64),
        ] {
            let words =
                Words { os: Some(os), processor: Some(Processor::One(arch)), release: None };
            assert_eq!(Words::read(text), Some(words), "{text}");
        }
    }

    #[test]
    fn tags_and_zig_triples_name_a_release() {
        for (text, os, processor, release) in [
            ("manylinux2014_x86_64", LINUX, Some(X86_64), (2, 17)),
            ("manylinux2014_x86_64.manylinux_2_17_x86_64", LINUX, Some(X86_64), (2, 17)),
            ("manylinux_2_28_aarch64", LINUX, Some(AARCH64), (2, 28)),
            ("manylinux_2_28", LINUX, None, (2, 28)),
            ("musllinux_1_2_x86_64", MUSL, Some(X86_64), (1, 2)),
            ("macosx_11_0_arm64", MACOS, Some(AARCH64), (11, 0)),
            ("macosx-10.9-x86_64", MACOS, Some(X86_64), (10, 9)),
            ("x86_64-linux-gnu.2.17", LINUX, Some(X86_64), (2, 17)),
            ("aarch64-macos.13.0", MACOS, Some(AARCH64), (13, 0)),
        ] {
            let processor = processor.map(Processor::One);
            let release = Some(Release::new(release.0, release.1));
            let words = Words { os: Some(os), processor, release };
            assert_eq!(Words::read(text), Some(words), "{text}");
        }
        let fat = Words::read("macosx_11_0_universal2").unwrap();
        assert_eq!(fat.processor, Some(Processor::Fat(UNIVERSAL2)));
    }

    #[test]
    fn names_of_directories_and_files_give_a_platform() {
        let named = |os, archs: &[&'static Arch]| {
            Some(Named { os, is_other: false, archs: archs.to_vec() })
        };
        assert_eq!(Named::read("Darwin"), named(Some(MACOS), &[]));
        assert_eq!(Named::read("win32-x64"), named(Some(WINDOWS), &[X86_64]));
        assert_eq!(Named::read("universal2"), named(None, &[X86_64, AARCH64]));
        assert!(Named::read("android").unwrap().is_other);
        assert_eq!(Named::read("win32com"), None);
        assert_eq!(Named::within("libhelper_x86_64"), named(None, &[X86_64]));
        assert_eq!(Named::within("node.linux-arm64"), named(Some(LINUX), &[AARCH64]));
        assert_eq!(Named::within("libv8-64"), None);
    }

    #[test]
    fn unknown_words_and_contradictions_are_refused() {
        for text in
            ["", "-", "linux-arm46", "freebsd-amd64", "linux-darwin", "amd64-arm64", "gnu-x-64"]
        {
            assert_eq!(Words::read(text), None, "{text}");
        }
        assert_eq!(Words::read("manylinux_2_17_x86_64.manylinux_2_28_x86_64"), None);
        assert_eq!(Words::read("unknown"), None);
    }
}
