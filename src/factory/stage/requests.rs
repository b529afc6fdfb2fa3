//! Who asks for the libraries and frameworks that a linker does not find.
//!
//! Input: the packages of a build, other settings with flags for the linker, and the linker's
//! output. Output: the places that ask for what is missing.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::cgo_packages::CgoPackage;
use super::pattern::find;
use crate::error::Failure;
use crate::target::Slice;

/// The flags that ask for a library or framework, each with the places that have it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(in crate::factory) struct Requests(BTreeMap<String, Vec<String>>);

const FRAMEWORK: &str = "-framework ";
const LIBRARY: &str = "-l";

/// What linkers print: zig's, LLVM's, GNU's and Apple's.
const MISSING: &[(&str, &str)] = &[
    (FRAMEWORK, "unable to find framework '*'"),
    (FRAMEWORK, "unable to find system framework '*'"),
    (FRAMEWORK, "framework not found for -framework *"),
    (FRAMEWORK, "ld: framework '*' not found"),
    (LIBRARY, "unable to find dynamic system library '*'"),
    (LIBRARY, "unable to find static system library '*'"),
    (LIBRARY, "unable to find library -l*"),
    (LIBRARY, "library not found for -l*"),
    (LIBRARY, "ld: library '*' not found"),
    (LIBRARY, "cannot find -l*:"),
];

impl Requests {
    /// Those of the `#cgo` lines of `packages` that apply to `slice`, the library's own first. The
    /// paths of files are relative to `root` if they are below it.
    pub(super) fn of(packages: &[CgoPackage], slice: Slice, root: &Path) -> Self {
        let mut this = Self::default();
        for package in packages.iter().rev() {
            for flag in requested(package.ldflags.iter().map(String::as_str)) {
                let has = |words: &[&str]| requested(words.iter().copied()).contains(&flag);
                let place = package.place(slice, root, has);
                this.0.entry(flag.clone()).or_default().push(place);
            }
        }
        this
    }

    /// These, and those of a setting that messages call `name`.
    pub(super) fn and(mut self, name: &str, words: &[String]) -> Self {
        for flag in requested(words.iter().map(String::as_str)) {
            self.0.entry(flag).or_default().push(name.to_owned());
        }
        self
    }

    /// `failure`, which also says who asks for what is missing according to the linker's `output`.
    pub(super) fn complete(&self, mut failure: Failure, output: &str) -> Failure {
        for flag in missing(output) {
            if let Some(places) = self.0.get(&flag) {
                let places = places.join(", ");
                let found = failure.found.trim_end();
                failure.found = format!("{found}\n`{flag}` is requested by {places}");
            }
        }
        failure
    }
}

/// The flags among `words` that ask for a library or framework, with its name.
fn requested<'a>(words: impl Iterator<Item = &'a str>) -> BTreeSet<String> {
    let mut words = words.flat_map(|word| word.strip_prefix("-Wl,").unwrap_or(word).split(','));
    let mut out = BTreeSet::new();
    while let Some(word) = words.next() {
        match word {
            "-framework" | "-needed_framework" | "-weak_framework" => {
                out.extend(words.next().map(|name| format!("{FRAMEWORK}{name}")));
            }
            LIBRARY => out.extend(words.next().map(|name| format!("{LIBRARY}{name}"))),
            _ if word.starts_with(LIBRARY) => {
                out.insert(word.to_owned());
            }
            _ => {}
        }
    }
    out
}

/// The flags for what a linker did not find.
fn missing(output: &str) -> BTreeSet<String> {
    let of_line = |line: &str| {
        let (flag, name) =
            MISSING.iter().find_map(|(flag, text)| Some((*flag, find(text, line)?)))?;
        Some(format!("{flag}{name}"))
    };
    output.lines().filter_map(of_line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Kind;

    #[test]
    fn what_is_missing_is_looked_up_among_the_flags() {
        let words = ["-Wl,-framework,Foundation", "-l", "x", "-lz", "-L/lib", "-weak_framework"];
        let words: Vec<_> = words.into_iter().chain(["Metal"]).map(str::to_owned).collect();
        let requests =
            Requests::default().and("CGO_LDFLAGS", &words).and("`libraries`", &words[3..4]);
        let asked = |output: &str| {
            let failure = Failure::new(Kind::Build, "building", "no luck", "");
            requests.complete(failure, output).found
        };
        for (output, flag) in [
            (
                "error: unable to find framework 'Foundation'. searched paths: none",
                "-framework Foundation",
            ),
            ("ld64.lld: error: framework not found for -framework Metal", "-framework Metal"),
            ("ld: framework 'Metal' not found", "-framework Metal"),
            ("ld.lld: error: unable to find library -lx", "-lx"),
            ("/usr/bin/ld: cannot find -lx: No such file or directory", "-lx"),
            ("ld: library 'x' not found", "-lx"),
        ] {
            assert_eq!(asked(output), format!("no luck\n`{flag}` is requested by CGO_LDFLAGS"));
        }
        assert_eq!(
            asked(
                "error: unable to find dynamic system library 'z' using strategy 'x'\nnote: more"
            ),
            "no luck\n`-lz` is requested by CGO_LDFLAGS, `libraries`"
        );
        assert_eq!(asked("error: unable to find framework 'AppKit'"), "no luck");
    }
}
