//! The names of targets: ours, Go's, triples, wheel tags, other tools' names, and groups.
//!
//! In: text. Out: a [`Choice`] of targets, or an [`UnknownTarget`] that says why not and suggests
//! what to write.

use std::collections::BTreeMap;

use target_lexicon::Triple;

use super::Release;
use super::os::Os;
use super::target::{Slice, TARGETS, Target};
use super::words::Words;
use crate::error::nearest;

/// The group of every target.
const ALL: &str = "all";

/// The targets that a list of names selects, each once, in that order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Choice {
    /// The targets.
    pub targets: Vec<Target>,
    /// Those of them that only groups contain: `all`, `windows`.
    pub grouped: Vec<Target>,
    /// The minimum releases of wheel tags among the names.
    pub minimums: BTreeMap<&'static Os, Release>,
}

/// The text does not name a target.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UnknownTarget {
    /// No target has this name; the closest name of one.
    #[error("`{0}` is not a target{nearest}", nearest = did_you_mean(.1))]
    Name(String, Option<&'static str>),
    /// A system that pygo does not build for.
    #[error("`{0}` {1}")]
    System(String, &'static str, &'static str),
    /// A processor that pygo does not build for.
    #[error("`{0}` is not a target: pygo builds no {1}")]
    Processor(String, String),
    /// The same target appears twice, perhaps under two names.
    #[error("`{0}` and `{1}` are the same target")]
    Twice(String, String),
    /// Two names have different minimum releases of one system.
    #[error("`{0}` and `{1}` name different versions of {2}")]
    Minimums(String, String, &'static str),
    /// The list has no names.
    #[error("the list of targets is empty")]
    Empty,
    /// This machine is not a target.
    #[error("this machine ({0}) is not a target")]
    Host(String),
}

fn did_you_mean(nearest: &Option<&'static str>) -> String {
    nearest.map(|name| format!("; the nearest is `{name}`")).unwrap_or_default()
}

impl UnknownTarget {
    /// How to fix it, in a sentence or two.
    pub fn help(&self) -> String {
        match self {
            Self::System(_, _, help) => (*help).to_owned(),
            Self::Processor(..) => format!("remove it, or write one of {}", names()),
            Self::Twice(..) => "name each target once".to_owned(),
            Self::Minimums(..) => {
                "write plain names (linux-amd64) and the version once, with --manylinux or \
                 --macos-deployment-target; or run pygo once for each version"
                    .to_owned()
            }
            Self::Name(..) | Self::Empty | Self::Host(_) => format!(
                "the targets are {}; Go platforms (linux/arm64), triples \
                 (aarch64-unknown-linux-gnu), wheel tags (manylinux_2_28_aarch64), groups \
                 (`linux`, `macos`, `arm64`, `all`) and `host` (this machine) work too",
                names()
            ),
        }
    }
}

fn names() -> String {
    TARGETS.iter().map(|target| target.name()).collect::<Vec<_>>().join(", ")
}

/// The target of this machine.
///
/// # Errors
/// [`UnknownTarget::Host`] if wheels cannot be built for it.
pub fn host() -> Result<Target, UnknownTarget> {
    let triple = Triple::host();
    from_triple(TARGETS, &triple).ok_or_else(|| UnknownTarget::Host(triple.to_string()))
}

impl std::str::FromStr for Target {
    type Err = UnknownTarget;

    /// Reads any name of a single target.
    fn from_str(text: &str) -> Result<Self, UnknownTarget> {
        match choose(TARGETS, text)?.0.as_slice() {
            [one] => Ok(*one),
            _ => Err(UnknownTarget::Name(text.to_owned(), None)),
        }
    }
}

/// Reads names separated by commas or spaces. A system or a processor alone (`linux`,
/// `arm64`) is the group of its targets, and `all` is every target.
///
/// # Errors
/// The first name that is not a target, or repeats one.
pub fn parse_list<'a>(names: impl IntoIterator<Item = &'a str>) -> Result<Choice, UnknownTarget> {
    let mut choice = Choice::default();
    let mut single: Vec<(&str, Target)> = Vec::new();
    let mut with_release: Vec<(&str, &'static Os)> = Vec::new();
    let is_separator = |c: char| c == ',' || c.is_whitespace();
    let names = names.into_iter().flat_map(|part| part.split(is_separator));
    for name in names.filter(|name| !name.is_empty()) {
        let (targets, release) = choose(TARGETS, name)?;
        if let [target] = targets.as_slice() {
            if let Some((first, _)) = single.iter().find(|(_, known)| known == target) {
                return Err(UnknownTarget::Twice((*first).to_owned(), name.to_owned()));
            }
            single.push((name, *target));
        }
        if let (Some(release), Some(os)) = (release, targets.first().map(|target| target.os())) {
            if *choice.minimums.entry(os).or_insert(release) != release {
                let first = with_release.iter().find(|(_, of)| *of == os);
                let first = first.map_or_else(String::new, |(first, _)| (*first).to_owned());
                return Err(UnknownTarget::Minimums(first, name.to_owned(), os.release_of));
            }
            with_release.push((name, os));
        }
        for target in targets {
            if !choice.targets.contains(&target) {
                choice.targets.push(target);
            }
        }
    }
    let is_named = |target: &Target| single.iter().any(|(_, known)| known == target);
    choice.grouped = choice.targets.iter().copied().filter(|target| !is_named(target)).collect();
    if choice.targets.is_empty() {
        return Err(UnknownTarget::Empty);
    }
    Ok(choice)
}

/// What one name selects of `targets`, and the minimum release that it contains, if any.
pub(super) fn choose(
    targets: &[Target],
    text: &str,
) -> Result<(Vec<Target>, Option<Release>), UnknownTarget> {
    let lower = text.trim().to_ascii_lowercase();
    match lower.as_str() {
        "host" => return Ok((vec![host()?], None)),
        ALL => return Ok((targets.to_vec(), None)),
        _ => {}
    }
    if let Some(target) = named(targets, &lower) {
        return Ok((vec![target], None));
    }
    let Some(words) = Words::read(&lower) else {
        return Err(UnknownTarget::Name(text.to_owned(), similar(targets, &lower)));
    };
    if let Some((found, help)) = words.os.and_then(|os| os.refusal) {
        return Err(UnknownTarget::System(text.to_owned(), found, help));
    }
    let chosen: Vec<_> = targets.iter().copied().filter(|target| words.include(*target)).collect();
    match words.processor {
        Some(processor) if chosen.is_empty() => {
            let on = words.os.map(|os| format!(" for {}", os.name)).unwrap_or_default();
            let wheels = format!("{} wheels{on}", processor.name());
            Err(UnknownTarget::Processor(text.to_owned(), wheels))
        }
        _ => Ok((chosen, words.release)),
    }
}

/// The name of a target that `text` may be a misspelling of: every word of `text` is similar to a
/// word of that name.
fn similar(targets: &[Target], text: &str) -> Option<&'static str> {
    let name = nearest(text, targets.iter().map(|target| target.name()))?;
    let is_known = |word: &str| nearest(word, name.split('-')).is_some();
    text.split(|c: char| !c.is_alphanumeric())
        .all(|word| word.is_empty() || is_known(word))
        .then_some(name)
}

/// Finds the target in `targets` that `text` names.
pub(super) fn named(targets: &[Target], text: &str) -> Option<Target> {
    // `win32` alone is the tag of one processor; in other texts it is any Windows.
    let is_tag = |target: &Target| {
        let tags = target.os().tag_exceptions;
        tags.iter().any(|(tag, arch)| *tag == text && *arch == target.tag_arch())
    };
    let is_named = |target: &Target| {
        target.name() == text || target.go_name().as_deref() == Some(text) || is_tag(target)
    };
    let by_name = targets.iter().copied().find(is_named);
    by_name.or_else(|| from_triple(targets, &text.parse().ok()?))
}

fn from_triple(targets: &[Target], triple: &Triple) -> Option<Target> {
    let arch = triple.architecture.into_str();
    // The system may include a release: `darwin19.0.0`.
    let os = triple.operating_system.into_str();
    let os = os.trim_end_matches(|c: char| c.is_ascii_digit() || c == '.');
    let environment = triple.environment.into_str();
    let is_meant = |slice: &Slice| {
        let environments = slice.os.environments;
        slice.arch.triples.contains(&&*arch)
            && slice.os.triples.contains(&os)
            && (environments.is_empty() || environments.contains(&&*environment))
    };
    targets.iter().copied().find(|target| matches!(target.slices(), [one] if is_meant(one)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::target::{LINUX, MACOS};

    fn chosen(list: &str) -> Vec<&'static str> {
        let choice = parse_list([list]).unwrap_or_else(|error| panic!("{list}: {error}"));
        choice.targets.iter().map(|target| target.name()).collect()
    }

    fn refused(list: &str) -> String {
        parse_list([list]).unwrap_err().to_string()
    }

    #[test]
    fn all_names_of_a_target_are_accepted() {
        for (name, text) in [
            ("linux-arm64", "Linux/ARM64"),
            ("linux-arm64", "aarch64-unknown-linux-gnu"),
            ("linux-arm64", "aarch64-linux-gnu"),
            ("linux-arm64", "manylinux2014_aarch64"),
            ("linux-amd64", "linux-x86_64"),
            ("linux-amd64", "linux_x86_64"),
            ("macos-arm64", "aarch64-apple-darwin"),
            ("macos-arm64", "darwin-arm64"),
            ("macos-arm64", "macosx_11_0_arm64"),
            ("macos-amd64", "x86_64-apple-darwin19.0.0"),
            ("macos-universal2", "macosx_10_9_universal2"),
            ("macos-universal2", "universal2"),
            ("windows-amd64", "win_amd64"),
            ("windows-386", "win32"),
            ("windows-amd64", "x86_64-pc-windows-msvc"),
            ("linux-arm", "armv7-unknown-linux-gnueabihf"),
            ("linux-386", "manylinux2014_i686"),
        ] {
            assert_eq!(text.parse::<Target>().unwrap().name(), name, "{text}");
        }
        for target in TARGETS {
            assert_eq!(target.name().parse(), Ok(*target));
            let tag = target.platform_tag(target.min_release()).to_string();
            assert_eq!(tag.parse(), Ok(*target), "{tag}");
            if let Some(go) = target.go_name() {
                assert_eq!(go.parse(), Ok(*target));
            }
            for slice in target.slices().iter().filter(|_| target.slices().len() == 1) {
                let zig = slice.zig_triple(target.min_release());
                assert_eq!(zig.parse(), Ok(*target), "{zig}");
            }
        }
    }

    #[test]
    fn groups_select_every_target_of_a_system_or_processor_once() {
        assert_eq!(chosen("linux")[..3], ["linux-amd64", "linux-arm64", "linux-386"]);
        assert_eq!(chosen("windows"), ["windows-amd64", "windows-arm64", "windows-386"]);
        assert_eq!(chosen("i686"), ["windows-386", "linux-386"]);
        assert_eq!(chosen("MacOS"), ["macos-amd64", "macos-arm64", "macos-universal2"]);
        assert_eq!(chosen("x86_64"), ["linux-amd64", "macos-amd64", "windows-amd64"]);
        assert_eq!(chosen("aarch64"), chosen("arm64"));
        assert_eq!(chosen("all").len(), TARGETS.len());
        assert_eq!(chosen("linux-arm64, linux,all")[..2], ["linux-arm64", "linux-amd64"]);
        assert_eq!(chosen("linux-arm64 linux-amd64"), ["linux-arm64", "linux-amd64"]);
        assert!("linux".parse::<Target>().is_err());
    }

    #[test]
    fn targets_that_only_a_group_contains_are_known() {
        let choice = parse_list(["windows,windows-386,linux-s390x"]).unwrap();
        let grouped: Vec<_> = choice.grouped.iter().map(|target| target.name()).collect();
        assert_eq!(grouped, ["windows-amd64", "windows-arm64"]);
    }

    #[test]
    fn tags_also_name_a_minimum_release() {
        let minimums = |list| parse_list([list]).unwrap().minimums;
        assert_eq!(
            minimums("manylinux_2_28_aarch64,linux-amd64,macosx_13_0_arm64"),
            BTreeMap::from([(LINUX, Release::new(2, 28)), (MACOS, Release::new(13, 0))])
        );
        assert_eq!(minimums("linux_x86_64,macos"), BTreeMap::new());
        assert_eq!(
            refused("manylinux2014_x86_64,manylinux_2_28_aarch64"),
            "`manylinux2014_x86_64` and `manylinux_2_28_aarch64` name different versions of glibc"
        );
    }

    #[test]
    fn what_pygo_does_not_build_is_refused_with_the_reason() {
        for (text, found) in [
            ("musllinux_1_2_x86_64", "`musllinux_1_2_x86_64` is a musl target, "),
            ("alpine", "`alpine` is a musl target, "),
            (
                "linux-loong64",
                "`linux-loong64` is not a target: pygo builds no loongarch64 wheels for linux",
            ),
            ("loongarch64", "`loongarch64` is not a target: pygo builds no loongarch64 wheels"),
            ("linux-arm46", "`linux-arm46` is not a target; the nearest is `linux-arm64`"),
        ] {
            assert!(refused(text).starts_with(found), "{}", refused(text));
        }
        // A system that is not similar to any is no misspelling.
        assert_eq!(refused("freebsd-amd64"), "`freebsd-amd64` is not a target");
    }
}
