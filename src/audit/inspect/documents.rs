//! Reads the files that describe the wheel, from its .dist-info directory.

use std::collections::BTreeSet;
use std::fmt;

use crate::audit::{Finding, Report, Rule, catalogue};
use crate::wheel::{Archive, Headers, WheelInfo, WheelName};

/// The files that describe the wheel.
#[derive(Default)]
pub(super) struct Documents {
    pub(super) dist_info: Option<String>,
    pub(super) wheel: Option<WheelInfo>,
    pub(super) metadata: Option<Headers>,
    pub(super) record: Option<Vec<u8>>,
    pub(super) entry_points: Option<Vec<u8>>,
}

/// Ten times the largest of these files in any published wheel.
const MAX_DOCUMENT: u64 = 16 << 20;

pub(super) fn read(
    archive: &Archive<'_>,
    name: Option<&WheelName>,
    findings: &mut Vec<Finding>,
) -> Documents {
    let Some(dist_info) = dist_info(archive, name, findings) else {
        return Documents::default();
    };
    let path = |file: &str| format!("{dist_info}/{file}");
    let read = |path: &str| {
        let entry = archive.entries.iter().find(|entry| entry.name == path && entry.is_readable)?;
        archive.bytes(entry, MAX_DOCUMENT).ok()?
    };
    let (wheel, metadata) = (path("WHEEL"), path("METADATA"));
    let wheel_rule = catalogue::TAG_WHEEL_FILE;
    let metadata_rule = catalogue::METADATA_MALFORMED;
    Documents {
        wheel: parsed(&wheel, read(&wheel), WheelInfo::parse, wheel_rule, findings),
        metadata: parsed(&metadata, read(&metadata), Headers::parse, metadata_rule, findings),
        record: read(&path("RECORD")),
        entry_points: read(&path("entry_points.txt")),
        dist_info: Some(dist_info),
    }
}

/// Parses the file at `path`; what is wrong with it breaks `rule`.
fn parsed<T, E: fmt::Display>(
    path: &str,
    bytes: Option<Vec<u8>>,
    parse: impl Fn(&[u8]) -> Result<T, E>,
    rule: &'static Rule,
    findings: &mut Vec<Finding>,
) -> Option<T> {
    match bytes.map(|bytes| parse(&bytes)) {
        Some(Ok(parsed)) => return Some(parsed),
        Some(Err(error)) => findings.report(rule, path, format!("cannot be parsed: {error}")),
        None => findings.report(rule, "", format!("has no readable {path}")),
    }
    None
}

/// The name of the only .dist-info directory.
fn dist_info(
    archive: &Archive<'_>,
    name: Option<&WheelName>,
    findings: &mut Vec<Finding>,
) -> Option<String> {
    if archive.entries.is_empty() {
        return None;
    }
    let tops = archive.entries.iter().filter_map(|entry| entry.name.split_once('/'));
    let dirs: BTreeSet<&str> =
        tops.map(|(top, _)| top).filter(|top| top.ends_with(".dist-info")).collect();
    let mut dirs = dirs.into_iter();
    let (first, second) = (dirs.next(), dirs.next());
    let Some(dir) = first else {
        findings.report(catalogue::TAG_DIST_INFO, "", "has no .dist-info directory");
        return None;
    };
    if let Some(second) = second {
        let what = format!("has two .dist-info directories, {dir} and {second}");
        findings.report(catalogue::TAG_DIST_INFO, "", what);
        return None;
    }
    let stem = dir.strip_suffix(".dist-info").unwrap_or(dir);
    if let Some(name) = name.filter(|name| !name.is_stem(stem)) {
        let what = format!("has the directory {dir} instead of {}", name.dist_info());
        findings.report(catalogue::TAG_DIST_INFO, "", what);
    }
    Some(dir.to_owned())
}
