//! What a project's build backend requires, and which of it the pinned versions satisfy.

use pep440_rs::{Version, VersionSpecifiers};

use crate::toolchain::lock::{Pin, pins};
use crate::toolchain::tool::Tool;
use crate::wheel::Requirement;

/// The requirements to install for a build backend.
///
/// `pygo-tools` is not installed, because the running version is always present; setuptools takes
/// its place. The pinned setuptools is used if the requirements allow it.
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

    /// Adds what a backend's `get_requires_for_build_wheel` returns.
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

    /// Whether every version is pinned, so that later runs can reuse the environment.
    pub fn all_pinned(&self) -> bool {
        self.others.is_empty() && self.setuptools.iter().all(|line| allows_pinned(line))
    }

    /// Whether the pinned setuptools is required.
    pub(super) fn pinned_setuptools(&self) -> bool {
        self.for_pygo_tools || !self.setuptools.is_empty()
    }

    /// The lines to resolve if not every version is pinned. The project's own constraints on
    /// setuptools replace the pin, because the other requirements may depend on them.
    pub(super) fn lines(&self) -> Vec<String> {
        let ours = setuptools().filter(|_| self.for_pygo_tools && self.setuptools.is_empty());
        self.others
            .iter()
            .chain(&self.setuptools)
            .cloned()
            .chain(ours.map(Pin::requirement))
            .collect()
    }
}

fn setuptools() -> Option<&'static Pin> {
    pins(Tool::Setuptools).first().copied()
}

/// Whether `line` allows the pinned setuptools. Extras, markers and URLs need an installer.
fn allows_pinned(line: &str) -> bool {
    let pin = setuptools().and_then(|pin| pin.version.parse::<Version>().ok());
    let (Ok(wanted), Some(pin)) = (Requirement::parse(line), pin) else { return false };
    let plain = wanted.extras.is_empty() && wanted.marker.is_none() && wanted.url.is_none();
    let versions = wanted.versions.parse::<VersionSpecifiers>();
    plain && versions.is_ok_and(|allowed| allowed.contains(&pin))
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
    fn setuptools_replaces_pygo_tools() {
        let pin = setuptools().unwrap().requirement();
        assert_eq!(requirements(&["pygo-tools", "wheel"]).lines(), ["wheel", pin.as_str()]);
        let own = requirements(&["pygo-tools", "wheel", "setuptools>=65"]);
        assert_eq!(own.lines(), ["wheel", "setuptools>=65"]);
    }

    #[test]
    fn the_pinned_setuptools_is_used_where_it_is_allowed() {
        for (line, allowed) in [
            ("pygo_tools>=0.1.8", true),
            ("PyGo.Tools ~= 0.1 ; python_version > '3'", true),
            ("setuptools", true),
            ("setuptools>=61", true),
            ("Setuptools >= 61, != 72.0", true),
            ("setuptools (>61)", true),
            ("setuptools<61", false),
            ("setuptools[core]>=61", false),
            ("setuptools>=61; python_version>'3'", false),
            ("setuptools @ https://example.org/setuptools.whl", false),
            ("setuptools-scm>=8", false),
        ] {
            let wanted = requirements(&[line]);
            assert_eq!(wanted.all_pinned(), allowed, "{line}");
            assert_eq!(wanted.pinned_setuptools(), line != "setuptools-scm>=8", "{line}");
            assert!(allowed || wanted.lines() == [line], "{line}");
        }
        assert!(!requirements(&["setuptools>=61", "setuptools<80"]).all_pinned());
        assert!(!requirements(&[]).pinned_setuptools());
    }
}
