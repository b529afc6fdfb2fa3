//! The names of targets: ours, Go's, triples and `host`.
//!
//! In: text. Out: a [`Target`], or an [`UnknownTarget`] that suggests the nearest name.

use target_lexicon::Triple;

use super::target::{Slice, TARGETS, Target};
use crate::error::nearest;

/// The text does not name a target.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UnknownTarget {
    /// No target has this name; the closest name of one.
    #[error("`{0}` is not a target{nearest}", nearest = did_you_mean(.1))]
    Name(String, Option<&'static str>),
    /// A target with musl, which cannot load a Go shared library.
    #[error("`{0}` is a musl target, and musl cannot load a Go shared library")]
    Musl(String),
    /// The same target appears twice, perhaps under two names.
    #[error("`{0}` and `{1}` are the same target")]
    Twice(String, String),
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
            Self::Musl(_) => {
                "a c-shared Go library uses initial-exec TLS, and musl refuses that in dlopen \
                 (golang/go#13492, golang/go#54805; a fix is proposed in golang/go#75048)\n\
                 build for glibc instead (linux-amd64, linux-arm64); a static Go program \
                 (CGO_ENABLED=0) does run on musl"
                    .to_owned()
            }
            Self::Twice(..) => "name each target once".to_owned(),
            Self::Name(..) | Self::Empty | Self::Host(_) => {
                let names: Vec<_> = TARGETS.iter().map(|target| target.name()).collect();
                format!(
                    "the targets are {}; Go platforms (linux/arm64), triples \
                     (aarch64-unknown-linux-gnu) and `host` (this machine) work too",
                    names.join(", ")
                )
            }
        }
    }
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

    /// Reads our name (`linux-arm64`), Go's (`linux/arm64`, `darwin/arm64`), a triple
    /// (`aarch64-unknown-linux-gnu`, `aarch64-linux-gnu`) or `host`.
    fn from_str(text: &str) -> Result<Self, UnknownTarget> {
        if text == "host" {
            return host();
        }
        let lower = text.to_ascii_lowercase();
        if lower.contains("musl") || lower.starts_with("alpine") {
            return Err(UnknownTarget::Musl(text.to_owned()));
        }
        named(TARGETS, &lower).ok_or_else(|| {
            let names = TARGETS.iter().map(|target| target.name());
            UnknownTarget::Name(text.to_owned(), nearest(&lower.replace('/', "-"), names))
        })
    }
}

/// Reads names separated by commas and optional spaces.
///
/// # Errors
/// The first name that is not a target, or repeats one.
pub fn parse_list<'a>(
    names: impl IntoIterator<Item = &'a str>,
) -> Result<Vec<Target>, UnknownTarget> {
    let mut seen: Vec<(&str, Target)> = Vec::new();
    let names = names.into_iter().flat_map(|part| part.split(',')).map(str::trim);
    for name in names.filter(|name| !name.is_empty()) {
        let target = name.parse()?;
        if let Some((first, _)) = seen.iter().find(|(_, known)| *known == target) {
            return Err(UnknownTarget::Twice((*first).to_owned(), name.to_owned()));
        }
        seen.push((name, target));
    }
    if seen.is_empty() {
        return Err(UnknownTarget::Empty);
    }
    Ok(seen.into_iter().map(|(_, target)| target).collect())
}

/// Finds the target in `targets` that `text` names.
pub(super) fn named(targets: &[Target], text: &str) -> Option<Target> {
    let is_named =
        |target: &Target| target.name() == text || target.go_name().as_deref() == Some(text);
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

    #[test]
    fn all_names_of_a_target_are_accepted() {
        for (name, text) in [
            ("linux-arm64", "Linux/ARM64"),
            ("linux-arm64", "aarch64-unknown-linux-gnu"),
            ("linux-arm64", "aarch64-linux-gnu"),
            ("macos-arm64", "aarch64-apple-darwin"),
        ] {
            assert_eq!(text.parse::<Target>().unwrap().name(), name, "{text}");
        }
        for target in TARGETS {
            assert_eq!(target.name().parse(), Ok(*target));
            if let Some(go) = target.go_name() {
                assert_eq!(go.parse(), Ok(*target));
            }
        }
    }
}
