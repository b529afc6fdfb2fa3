//! Checks METADATA and entry_points.txt of a wheel.

use std::collections::HashSet;

use super::documents::Documents;
use super::entry_points;
use crate::audit::{Finding, Report, catalogue, metadata};
use crate::wheel::{Archive, Headers, Requirement};

pub(super) fn check(archive: &Archive<'_>, documents: &Documents, findings: &mut Vec<Finding>) {
    let Some(dist_info) = &documents.dist_info else {
        return;
    };
    if let Some(headers) = &documents.metadata {
        let path = format!("{dist_info}/METADATA");
        metadata::check(headers, &path, findings);
        license_files(archive, headers, dist_info, findings);
    }
    if let Some(bytes) = &documents.entry_points {
        let path = format!("{dist_info}/entry_points.txt");
        entry_points::check(bytes, &path, findings);
    }
}

/// The normalized names of the distributions that the wheel requires, those of extras included.
pub(super) fn requirements(documents: &Documents) -> Vec<String> {
    let texts = documents.metadata.iter().flat_map(|headers| headers.get_all("Requires-Dist"));
    let names = texts.filter_map(|text| Requirement::parse(text).ok());
    names.map(|requirement| requirement.name.normalized().to_owned()).collect()
}

fn license_files(
    archive: &Archive<'_>,
    headers: &Headers,
    dist_info: &str,
    findings: &mut Vec<Finding>,
) {
    let members: HashSet<&str> = archive.entries.iter().map(|entry| entry.name.as_str()).collect();
    for file in metadata::license_files(headers) {
        let path = format!("{dist_info}/licenses/{file}");
        if !members.contains(path.as_str()) {
            let what = format!("names the License-File {file}, but {path} does not exist");
            let metadata = format!("{dist_info}/METADATA");
            findings.report(catalogue::METADATA_LICENSE_FILE, &metadata, what);
        }
    }
}
