//! Reading the name of a target, in the ways people write one.

use target_lexicon::Triple;

use super::target::{Slice, TARGETS, Target};
use crate::error::nearest;

/// The name is none that a target has.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UnknownTarget {
    /// No target is called so.
    #[error("`{name}` is not a target{}", did_you_mean(.nearest))]
    Name {
        /// What was written.
        name: String,
        /// The target that may have been meant.
        nearest: Option<&'static str>,
    },
    /// A target for musl's C library, which cannot load a Go shared library.
    #[error("`{0}` asks for a musllinux wheel of a Go shared library, which musl cannot load")]
    Musl(String),
    /// The same target was written twice, perhaps under two names.
    #[error("`{first}` and `{second}` are the same target")]
    Twice {
        /// As it was written first.
        first: String,
        /// As it was written again.
        second: String,
    },
    /// The list holds no name.
    #[error("the list of targets is empty")]
    Empty,
    /// This machine is none of the targets.
    #[error("this machine ({0}) is not one of the targets")]
    Host(String),
}

fn did_you_mean(nearest: &Option<&'static str>) -> String {
    nearest.map(|name| format!("; the nearest is `{name}`")).unwrap_or_default()
}

impl UnknownTarget {
    /// What to do about it, in a sentence or two.
    pub fn help(&self) -> String {
        match self {
            Self::Musl(_) => {
                "a c-shared Go library uses initial-exec TLS, and musl refuses that in dlopen \
                 (golang/go#13492, golang/go#54805; a fix is proposed in golang/go#75048)\n\
                 build for glibc instead (linux-amd64, linux-arm64); a static Go program \
                 (CGO_ENABLED=0) does run on musl"
                    .to_owned()
            }
            Self::Twice { .. } => "name each target once".to_owned(),
            Self::Name { .. } | Self::Empty | Self::Host(_) => {
                let names: Vec<_> = TARGETS.iter().map(|target| target.name()).collect();
                format!(
                    "the targets are {}; Go's names (linux/arm64) and triples \
                     (aarch64-unknown-linux-gnu) mean the same, `host` is this machine",
                    names.join(", ")
                )
            }
        }
    }
}

/// The target that this program runs on.
///
/// # Errors
/// [`UnknownTarget::Host`] where no wheel can be built for such a machine.
pub fn host() -> Result<Target, UnknownTarget> {
    let triple = Triple::host();
    from_triple(&triple).ok_or_else(|| UnknownTarget::Host(triple.to_string()))
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
        let by_name = TARGETS.iter().copied().find(|target| {
            target.name() == lower || target.go_name().as_deref() == Some(lower.as_str())
        });
        by_name.or_else(|| lower.parse().ok().and_then(|triple| from_triple(&triple))).ok_or_else(
            || UnknownTarget::Name {
                name: text.to_owned(),
                nearest: nearest(
                    &lower.replace('/', "-"),
                    TARGETS.iter().map(|target| target.name()),
                ),
            },
        )
    }
}

/// Reads names separated by commas; blanks around them do not count.
///
/// # Errors
/// The first name that is no target, or that means one named before.
pub fn parse_list<'a>(
    names: impl IntoIterator<Item = &'a str>,
) -> Result<Vec<Target>, UnknownTarget> {
    let mut seen: Vec<(&str, Target)> = Vec::new();
    let names = names.into_iter().flat_map(|part| part.split(',')).map(str::trim);
    for name in names.filter(|name| !name.is_empty()) {
        let target = name.parse()?;
        if let Some((first, _)) = seen.iter().find(|(_, known)| *known == target) {
            return Err(UnknownTarget::Twice {
                first: (*first).to_owned(),
                second: name.to_owned(),
            });
        }
        seen.push((name, target));
    }
    if seen.is_empty() {
        return Err(UnknownTarget::Empty);
    }
    Ok(seen.into_iter().map(|(_, target)| target).collect())
}

fn from_triple(triple: &Triple) -> Option<Target> {
    let arch = triple.architecture.into_str();
    // A system may carry its release: `darwin19.0.0`.
    let os = triple.operating_system.into_str();
    let os = os.trim_end_matches(|c: char| c.is_ascii_digit() || c == '.');
    let environment = triple.environment.into_str();
    let is_meant = |slice: &Slice| {
        let environments = slice.os.environments;
        slice.arch.triples.contains(&&*arch)
            && slice.os.triples.contains(&os)
            && (environments.is_empty() || environments.contains(&&*environment))
    };
    TARGETS.iter().copied().find(|target| matches!(target.slices(), [one] if is_meant(one)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_way_of_writing_names_the_same_target() {
        for name in [
            "linux-arm64",
            "linux/arm64",
            "Linux/ARM64",
            "aarch64-unknown-linux-gnu",
            "aarch64-linux-gnu",
        ] {
            assert_eq!(name.parse::<Target>().unwrap().name(), "linux-arm64", "{name}");
        }
        for name in ["macos-arm64", "darwin/arm64", "aarch64-apple-darwin"] {
            assert_eq!(name.parse::<Target>().unwrap().name(), "macos-arm64", "{name}");
        }
    }

    #[test]
    fn every_target_reads_back_from_its_own_names() {
        for target in TARGETS {
            assert_eq!(target.name().parse(), Ok(*target));
            if let Some(go) = target.go_name() {
                assert_eq!(go.parse(), Ok(*target));
            }
        }
    }

    #[test]
    fn a_target_named_twice_under_two_names_is_told_so() {
        assert_eq!(
            parse_list(["linux-arm64,linux/arm64"]),
            Err(UnknownTarget::Twice { first: "linux-arm64".into(), second: "linux/arm64".into() })
        );
    }

    #[test]
    fn musl_is_refused_by_name_and_a_typo_gets_the_nearest() {
        assert!(matches!(
            "x86_64-unknown-linux-musl".parse::<Target>(),
            Err(UnknownTarget::Musl(_))
        ));
        assert_eq!(
            "linux-arm46".parse::<Target>().unwrap_err().to_string(),
            "`linux-arm46` is not a target; the nearest is `linux-arm64`"
        );
    }
}
