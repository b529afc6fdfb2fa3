//! What the keys of `target` name: one platform, or all of a system.

use std::fmt;
use std::str::FromStr;

use super::super::text::shown;
use crate::error::nearest;
use crate::target::{LINUX, MACOS, Os, Slice, TARGETS, parse_list};

/// The platforms that a table of `target` is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Platform {
    /// One system on one processor.
    One(Slice),
    /// A system on every processor.
    System(&'static Os),
}

/// Keys that only one system has.
const OF_ONE_SYSTEM: &[(&str, &Os)] = &[("manylinux", LINUX), ("macos-deployment-target", MACOS)];

impl Platform {
    /// All of them: systems first.
    pub(super) fn all() -> Vec<Self> {
        let mut all: Vec<Self> = Vec::new();
        let slices = || TARGETS.iter().flat_map(|target| target.slices());
        let systems = slices().map(|slice| Self::System(slice.os));
        for platform in systems.chain(slices().map(|slice| Self::One(*slice))) {
            if !all.contains(&platform) {
                all.push(platform);
            }
        }
        all
    }

    /// Whether `slice` is one of them.
    pub(super) fn includes(self, slice: Slice) -> bool {
        match self {
            Self::One(only) => only == slice,
            Self::System(os) => os == slice.os,
        }
    }

    /// Whether it is a system on every processor.
    pub(super) fn is_whole_system(self) -> bool {
        matches!(self, Self::System(_))
    }

    /// The name of its system.
    pub(super) fn system(self) -> &'static str {
        self.os().name
    }

    fn os(self) -> &'static Os {
        match self {
            Self::One(slice) => slice.os,
            Self::System(os) => os,
        }
    }

    /// The name of its system, if that has no `key`.
    pub(super) fn has_no(self, key: &str) -> Option<&'static str> {
        let of_another = |(name, os): &&(&str, &Os)| *name == key && *os != self.os();
        OF_ONE_SYSTEM.iter().find(of_another).map(|_| self.os().name)
    }
}

impl fmt::Display for Platform {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::One(slice) => f.write_str(&slice.name()),
            Self::System(os) => f.write_str(os.name),
        }
    }
}

impl FromStr for Platform {
    /// What is wrong, and how to fix it.
    type Err = (String, String);

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let all = Self::all();
        if let Some(platform) = all.iter().find(|platform| platform.to_string() == text) {
            return Ok(*platform);
        }
        let names: Vec<_> = all.iter().map(ToString::to_string).collect();
        let list = names.join(", ");
        // Another name of a target, such as `darwin/arm64`, or one of several slices.
        let meant: Vec<_> =
            parse_list([text]).ok().map(|choice| choice.targets).unwrap_or_default();
        match meant.as_slice() {
            [target] => {
                let slices: Vec<_> = target.slices().iter().map(|slice| slice.name()).collect();
                let found = match slices.as_slice() {
                    [_] => format!("{} is another name of `{target}`", shown(text)),
                    _ => format!("{} is built from {}", shown(text), slices.join(" and ")),
                };
                Err((found, format!("write the table for {}", slices.join(", or for "))))
            }
            _ => {
                let near = nearest(text, names.iter().map(String::as_str));
                let near =
                    near.map(|near| format!("the nearest is `{near}`; ")).unwrap_or_default();
                let found = format!("{} is neither a target nor a system", shown(text));
                Err((found, format!("{near}there are {list}")))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_slice_and_every_system_has_a_table() {
        let all = Platform::all();
        assert_eq!(
            all[..3].iter().map(ToString::to_string).collect::<Vec<_>>(),
            ["linux", "macos", "windows"]
        );
        for platform in all {
            assert_eq!(platform.to_string().parse(), Ok(platform));
        }
    }

    #[test]
    fn other_names_are_refused_with_the_right_one() {
        for (text, found, help) in [
            (
                "macos-arm46",
                "\"macos-arm46\" is neither a target nor a system",
                "the nearest is `macos-arm64`; ",
            ),
            (
                "darwin/arm64",
                "\"darwin/arm64\" is another name of `macos-arm64`",
                "write the table for macos-arm64",
            ),
            (
                "macos-universal2",
                "\"macos-universal2\" is built from macos-amd64 and macos-arm64",
                "write the table for macos-amd64, or for macos-arm64",
            ),
            ("host-x", "\"host-x\" is neither a target nor a system", ""),
        ] {
            let (is, how) = text.parse::<Platform>().unwrap_err();
            assert_eq!(is, found);
            assert!(how.starts_with(help), "{how}");
        }
    }
}
