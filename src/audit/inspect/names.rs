//! The file name, the .dist-info directory and WHEEL: whether they tell of one and the same wheel.

use std::collections::BTreeSet;

use super::super::{Finding, catalogue as code};
use super::Documents;
use crate::wheel::{Archive, DistName, WheelInfo, WheelName, WheelTag};

/// Reads the file name.
pub(super) fn file_name(text: &str, findings: &mut Vec<Finding>) -> Option<WheelName> {
    let name: WheelName = match text.parse() {
        Ok(name) => name,
        Err(error) => {
            let what = format!("has a name that cannot be read: {error}");
            findings.push(Finding::new(code::TAG_FILE_NAME, "", what));
            return None;
        }
    };
    let normal = name.to_string();
    let tags = |text: &str| text.splitn(3, '-').nth(2).map(str::to_owned);
    if tags(&normal) != tags(text) {
        let what = format!("has its tags in another order than {}", name.tag);
        findings.push(Finding::new(code::TAG_ORDER, "", what));
    }
    let stem = |text: &str| text.splitn(3, '-').take(2).collect::<Vec<_>>().join("-");
    let (is, ought) = (stem(text), stem(&normal));
    if is != ought {
        let what = format!("begins with {is}, and the normal spelling is {ought}");
        findings.push(Finding::new(code::TAG_NOT_NORMAL, "", what));
    }
    Some(name)
}

/// The one .dist-info directory, spelled as it is there.
pub(super) fn dist_info(
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
        findings.push(Finding::new(code::TAG_DIST_INFO, "", "has no .dist-info directory"));
        return None;
    };
    if let Some(second) = second {
        let what = format!("has two .dist-info directories, {dir} and {second}");
        findings.push(Finding::new(code::TAG_DIST_INFO, "", what));
        return None;
    }
    let stem = dir.strip_suffix(".dist-info").unwrap_or(dir);
    if let Some(name) = name.filter(|name| !name.is_stem(stem)) {
        let what = format!("has the directory {dir}, which is not that of {}", name.dist_info());
        findings.push(Finding::new(code::TAG_DIST_INFO, "", what));
    }
    Some(dir.to_owned())
}

/// Reads WHEEL.
pub(super) fn wheel_info(
    bytes: Option<Vec<u8>>,
    dist_info: Option<&str>,
    findings: &mut Vec<Finding>,
) -> Option<WheelInfo> {
    let path = format!("{}/WHEEL", dist_info?);
    let Some(bytes) = bytes else {
        findings.push(Finding::new(code::TAG_WHEEL_FILE, "", format!("has no readable {path}")));
        return None;
    };
    match WheelInfo::parse(&bytes) {
        Ok(info) => Some(info),
        Err(error) => {
            let what = format!("cannot be understood: {error}");
            findings.push(Finding::new(code::TAG_WHEEL_FILE, &path, what));
            None
        }
    }
}

/// Holds WHEEL and METADATA against the file name.
pub(super) fn check(name: Option<&WheelName>, documents: &Documents, findings: &mut Vec<Finding>) {
    let (Some(name), Some(dist_info)) = (name, &documents.dist_info) else {
        return;
    };
    if let Some(info) = &documents.wheel {
        let path = format!("{dist_info}/WHEEL");
        let ought: BTreeSet<String> = name.tag.expanded().into_iter().collect();
        // Some write a set in one line, as file names do; readers expand it.
        let single = |tag: &String| match tag.parse::<WheelTag>() {
            Ok(set) => set.expanded(),
            Err(_) => vec![tag.clone()],
        };
        let is: BTreeSet<String> = info.tags.iter().flat_map(single).collect();
        if is != ought {
            let list = |tags: &BTreeSet<String>, others: &BTreeSet<String>| {
                tags.difference(others).cloned().collect::<Vec<_>>().join(", ")
            };
            let (more, less) = (list(&is, &ought), list(&ought, &is));
            let what = match (more.as_str(), less.as_str()) {
                (more, "") => format!("has the tags {more}, which the file name has not"),
                ("", less) => format!("lacks the tags {less} of the file name"),
                (more, less) => format!("has the tags {more}, and the file name has {less}"),
            };
            findings.push(Finding::new(code::TAG_WHEEL_MISMATCH, &path, what));
        }
        if info.build != name.build.as_ref().map(ToString::to_string) {
            let build = info.build.as_deref().unwrap_or("no number");
            let what = format!("has the build {build}, and the file name another");
            findings.push(Finding::new(code::TAG_BUILD, &path, what));
        }
    }
    let Some(metadata) = &documents.metadata else {
        return;
    };
    let path = format!("{dist_info}/METADATA");
    if let Some(found) = metadata.get("Name")
        && found.parse::<DistName>().is_ok_and(|dist| dist != name.dist)
    {
        let what = format!("is that of {found}, and the file name says {}", name.dist);
        findings.push(Finding::new(code::TAG_NAME_MISMATCH, &path, what));
    }
    if let Some(found) = metadata.get("Version")
        && found.parse().is_ok_and(|version: pep440_rs::Version| version != name.version)
    {
        let what = format!("is that of version {found}, and the file name says {}", name.version);
        findings.push(Finding::new(code::TAG_VERSION_MISMATCH, &path, what));
    }
}
