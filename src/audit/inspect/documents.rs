//! What the parts of an inspection share: the files that describe the wheel, and the list of files.

use std::collections::HashSet;

use crate::wheel::{Archive, ArchiveEntry, Headers, WheelInfo};

/// The files that describe the wheel.
pub(super) struct Documents {
    pub(super) dist_info: Option<String>,
    pub(super) wheel: Option<WheelInfo>,
    pub(super) metadata: Option<Headers>,
    pub(super) record: Option<Vec<u8>>,
    pub(super) entry_points: Option<Vec<u8>>,
}

/// The members that are files, in the order of the directory, each name once.
pub(super) fn files<'a>(archive: &'a Archive<'_>) -> Vec<&'a ArchiveEntry> {
    let mut seen = HashSet::new();
    let files = archive.entries.iter().filter(|entry| !entry.is_dir());
    files.filter(|entry| seen.insert(entry.name.as_str())).collect()
}
