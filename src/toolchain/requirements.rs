//! What a project's build backend requires, and how far our pinned versions serve.

use std::str::FromStr;

use pep440_rs::{Version, VersionSpecifiers};

use super::lock::{Lock, Tool};
use crate::wheel::Requirement;

/// What a backend requires, as far as it has to be installed. `pygo-tools` is taken out: the one
/// that is running is always there, and setuptools stands in for it. Where the pinned setuptools
/// is among those that will do, it is that one.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Requirements {
    setuptools: Vec<String>,
    others: Vec<String>,
    for_pygo_tools: bool,
}

impl Requirements {
    /// From the `requires` of a `[build-system]`.
    pub fn new(requires: &[String]) -> Self {
        let mut this = Self::default();
        this.add(requires);
        this
    }

    /// Adds what a backend's `get_requires_for_build_wheel` asks for.
    pub fn add(&mut self, requires: &[String]) {
        for line in requires {
            let lines = match distribution(line).as_str() {
                "pygo-tools" => {
                    self.for_pygo_tools = true;
                    continue;
                }
                "setuptools" => &mut self.setuptools,
                _ => &mut self.others,
            };
            if !lines.contains(line) {
                lines.push(line.clone());
            }
        }
    }

    /// Whether every version is ours, so that the same environment serves again.
    pub(super) fn all_pinned(&self) -> bool {
        self.others.is_empty() && self.setuptools.iter().all(|line| pinned_will_do(line))
    }

    /// Whether setuptools is among what is pinned.
    pub(super) fn pinned_setuptools(&self) -> bool {
        self.for_pygo_tools || !self.setuptools.is_empty()
    }

    /// What has to be resolved, where not every version is ours. What the project says of
    /// setuptools goes before what we would take: the others may need it to.
    pub(super) fn lines(&self) -> Vec<String> {
        let ours = (self.for_pygo_tools && self.setuptools.is_empty())
            .then(|| Lock::built_in().pin(Tool::Setuptools).requirement());
        self.others.iter().chain(&self.setuptools).cloned().chain(ours).collect()
    }
}

/// Whether `line` allows our setuptools. A line with extras, a marker or a URL is left to the
/// installer.
fn pinned_will_do(line: &str) -> bool {
    let Ok(requirement) = Requirement::parse(line) else { return false };
    let pin = Version::from_str(&Lock::built_in().pin(Tool::Setuptools).version);
    match (VersionSpecifiers::from_str(requirement.versions), pin) {
        (Ok(allowed), Ok(pin)) => {
            requirement.extras.is_empty()
                && requirement.marker.is_none()
                && requirement.url.is_none()
                && allowed.contains(&pin)
        }
        _ => false,
    }
}

/// The normalized name of the distribution that `line` requires, or the line itself if it is not
/// a requirement.
pub(super) fn distribution(line: &str) -> String {
    Requirement::parse(line)
        .map_or_else(|_| line.to_owned(), |requirement| requirement.name.normalized().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn requirements(lines: &[&str]) -> Requirements {
        Requirements::new(&lines.iter().map(|&line| line.to_owned()).collect::<Vec<_>>())
    }

    #[test]
    fn pygo_tools_is_never_fetched_and_setuptools_stands_in_for_it() {
        for line in ["pygo-tools", "pygo_tools>=0.1.8", "PyGo.Tools ~= 0.1 ; python_version > '3'"]
        {
            let wanted = requirements(&[line]);
            assert!(wanted.all_pinned() && wanted.pinned_setuptools(), "{line}");
        }
        let pin = Lock::built_in().pin(Tool::Setuptools).requirement();
        assert_eq!(requirements(&["pygo-tools", "wheel"]).lines(), ["wheel", pin.as_str()]);
        let own = requirements(&["pygo-tools", "wheel", "setuptools>=65"]);
        assert_eq!(own.lines(), ["wheel", "setuptools>=65"]);
    }

    #[test]
    fn the_pinned_setuptools_serves_whoever_allows_it() {
        for line in
            ["setuptools", "setuptools>=61", "Setuptools >= 61, != 72.0", "setuptools (>61)"]
        {
            let wanted = requirements(&[line, "pygo-tools>=0.1.8"]);
            assert!(wanted.all_pinned() && wanted.pinned_setuptools(), "{line}");
        }
        for line in [
            "setuptools<61",
            "setuptools[core]>=61",
            "setuptools>=61; python_version>'3'",
            "setuptools @ https://example.org/setuptools.whl",
            "setuptools-scm>=8",
        ] {
            let wanted = requirements(&["pygo-tools", line]);
            assert!(!wanted.all_pinned() && wanted.lines().contains(&line.to_owned()), "{line}");
        }
        assert!(!requirements(&["setuptools>=61", "setuptools<80"]).all_pinned());
        assert!(!requirements(&[]).pinned_setuptools());
    }
}
