//! Checks that the file name, the .dist-info directory, WHEEL and METADATA describe the same wheel.

use std::collections::BTreeSet;

use super::documents::Documents;
use crate::audit::{Finding, Report, catalogue};
use crate::wheel::{DistName, WheelName, WheelTag};

/// The index keeps METADATA next to the wheel, in a file whose name must not exceed 255 bytes.
const MAX_FILE_NAME: usize = 255 - ".metadata".len();

/// The name and version of a file name, as written.
fn stem(text: &str) -> (&str, &str) {
    let mut parts = text.split('-');
    (parts.next().unwrap_or_default(), parts.next().unwrap_or_default())
}

/// Reports a .dist-info directory that the index does not find, because the file name spells the
/// name or version in another way.
pub(super) fn dist_info(
    text: &str,
    name: Option<&WheelName>,
    documents: &Documents,
    findings: &mut Vec<Finding>,
) {
    let (Some(name), Some(found)) = (name, &documents.dist_info) else {
        return;
    };
    let (dist, version) = stem(text);
    let expected = format!("{dist}-{version}.dist-info");
    let own = found.strip_suffix(".dist-info").unwrap_or(found);
    // Another distribution or version is another rule. If the file gets its normalized name, which
    // another rule asks for, a normalized directory matches it.
    let is_other = !name.is_stem(own);
    let is_fixed = dist != name.dist.escaped() && *found == name.dist_info();
    if *found != expected && !is_other && !is_fixed {
        let what = format!("has the directory {found}, but the index looks for {expected}");
        findings.report(catalogue::INDEX_DIST_INFO, "", what);
    }
}

/// Parses the file name.
pub(super) fn file_name(text: &str, findings: &mut Vec<Finding>) -> Option<WheelName> {
    let name: WheelName = match text.parse() {
        Ok(name) => name,
        Err(error) => {
            let what = format!("has an invalid name: {error}");
            findings.report(catalogue::TAG_FILE_NAME, "", what);
            return None;
        }
    };
    let normal = name.to_string();
    let tags = |text: &str| text.splitn(3, '-').nth(2).map(str::to_owned);
    if tags(&normal) != tags(text) {
        let what = format!("has unsorted tags; the normal order is {}", name.tag);
        findings.report(catalogue::TAG_ORDER, "", what);
    }
    let (dist, version) = stem(text);
    if dist != name.dist.escaped() {
        let what =
            format!("starts with {dist} instead of the normalized name {}", name.dist.escaped());
        findings.report(catalogue::INDEX_FILE_NAME, "", what);
    }
    if version != name.version.to_string() {
        let what =
            format!("has the version {version}, but the normalized spelling is {}", name.version);
        findings.report(catalogue::TAG_NOT_NORMAL, "", what);
    }
    if text.len() > MAX_FILE_NAME {
        let what = format!("has a name of {} bytes; the index takes {MAX_FILE_NAME}", text.len());
        let fix = "shorten the name of the project or its version, or give the wheel fewer tags";
        findings.push(Finding::new(catalogue::INDEX_FILE_NAME, "", what).with_fix(fix));
    }
    Some(name)
}

/// Compares WHEEL and METADATA with the file name.
pub(super) fn check(name: Option<&WheelName>, documents: &Documents, findings: &mut Vec<Finding>) {
    let (Some(name), Some(dist_info)) = (name, &documents.dist_info) else {
        return;
    };
    if let Some(info) = &documents.wheel {
        let path = format!("{dist_info}/WHEEL");
        let expected: BTreeSet<String> = name.tag.expanded().into_iter().collect();
        // Some backends write a compressed set in one line, and readers expand it.
        let single = |tag: &String| match tag.parse::<WheelTag>() {
            Ok(set) => set.expanded(),
            Err(_) => vec![tag.clone()],
        };
        let found: BTreeSet<String> = info.tags.iter().flat_map(single).collect();
        let compressed = info.tags.iter().find(|tag| tag.contains('.'));
        if let Some(tag) = compressed.filter(|_| found == expected) {
            let what = format!("has the compressed tags {tag} in one line");
            findings.report(catalogue::TAG_NOT_EXPANDED, &path, what);
        }
        if found != expected {
            let list = |tags: &BTreeSet<String>, others: &BTreeSet<String>| {
                tags.difference(others).cloned().collect::<Vec<_>>().join(", ")
            };
            let (extra, missing) = (list(&found, &expected), list(&expected, &found));
            let what = match (extra.as_str(), missing.as_str()) {
                (extra, "") => format!("has the tags {extra}, which the file name does not have"),
                ("", missing) => format!("lacks the tags {missing} of the file name"),
                (extra, missing) => {
                    format!("has the tags {extra}, but the file name has {missing}")
                }
            };
            findings.report(catalogue::TAG_WHEEL_MISMATCH, &path, what);
        }
        if info.build != name.build {
            let build = info.build.as_deref().unwrap_or("none");
            let what = format!("has the build number {build}, which is not that of the file name");
            findings.report(catalogue::TAG_BUILD, &path, what);
        }
    }
    let Some(metadata) = &documents.metadata else {
        return;
    };
    let path = format!("{dist_info}/METADATA");
    if let Some(found) = metadata.get("Name")
        && found.parse::<DistName>().is_ok_and(|dist| dist != name.dist)
    {
        let what = format!("has the Name {found}, but the file name says {}", name.dist);
        findings.report(catalogue::TAG_NAME_MISMATCH, &path, what);
    }
    if let Some(found) = metadata.get("Version")
        && found.parse().is_ok_and(|version: pep440_rs::Version| version != name.version)
    {
        let what = format!("has the Version {found}, but the file name says {}", name.version);
        findings.report(catalogue::TAG_VERSION_MISMATCH, &path, what);
    }
}
