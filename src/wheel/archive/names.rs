//! The names of an archive's members: whether every system unpacks them to the same files.
//!
//! Input: the members. Output: faults for names that lead outside the archive, that some system
//! cannot create, or that denote one file although they look like two.

use std::collections::{HashMap, HashSet};

use super::fault::{ArchiveFault, ArchiveFaultKind as Kind};
use super::header::Entry;
use crate::relative_path::is_windows_device;

/// The file type in a Unix mode (`man 7 inode`).
const S_IFMT: u32 = 0o170_000;
const S_IFREG: u32 = 0o100_000;
const S_IFDIR: u32 = 0o040_000;
/// Deeper than any real tree; a higher limit would make checking every directory of a path slow.
const MAX_SEGMENTS: usize = 256;

pub(super) fn check(entries: &[Entry], faults: &mut Vec<ArchiveFault>) {
    let mut seen: HashSet<&str> = HashSet::new();
    let mut folded: HashMap<String, &str> = HashMap::new();
    for entry in entries {
        let name = entry.name.as_str();
        let mut fault = |kind, what: String| faults.push(ArchiveFault::new(kind, name, what));
        if !seen.insert(name) {
            fault(Kind::Duplicate, "is in the archive twice".to_owned());
            continue;
        }
        path(name, &mut fault);
        if let Some(device) = name.split('/').find(|segment| is_device(segment)) {
            fault(
                Kind::DeviceName,
                format!("has the segment `{device}`, which Windows cannot create"),
            );
        } else if !has_drive(name)
            && let Some(c) = name.chars().find(|c| r#"<>:"|?*"#.contains(*c))
        {
            let what = format!("has the character `{c}` in its name, which Windows does not allow");
            fault(Kind::DeviceName, what);
        }
        match (entry.mode & S_IFMT, entry.is_dir()) {
            (0, _) | (S_IFREG, false) | (S_IFDIR, true) => {}
            (kind, _) => {
                fault(Kind::NotAFile, format!("is not a plain file ({})", kind_name(kind)))
            }
        }
        if entry.is_dir() {
            if entry.size > 0 {
                fault(Kind::Name, "is a directory with contents".to_owned());
            }
        } else if let Some(other) = folded.insert(name.to_lowercase(), name) {
            fault(Kind::CaseCollision, format!("differs from {other} only in case"));
        }
    }
    let files: HashSet<&str> =
        entries.iter().filter(|entry| !entry.is_dir()).map(|entry| entry.name.as_str()).collect();
    let mut reported = HashSet::new();
    for entry in entries.iter().filter(|entry| segments(&entry.name) <= MAX_SEGMENTS) {
        let name = entry.name.as_str();
        let above = name.match_indices('/').filter_map(|(at, _)| name.get(..at));
        for file in above.filter(|above| files.contains(above)) {
            if reported.insert(file) {
                let what = format!("is both a file and the directory of {name}");
                faults.push(ArchiveFault::new(Kind::FileAndDirectory, file, what));
            }
        }
    }
}

fn segments(name: &str) -> usize {
    name.bytes().filter(|byte| *byte == b'/').count()
}

/// Whether the path starts with the letter of a drive of Windows.
fn has_drive(name: &str) -> bool {
    name.as_bytes().first().is_some_and(u8::is_ascii_alphabetic)
        && name.as_bytes().get(1) == Some(&b':')
}

/// Checks a path by itself.
fn path(name: &str, fault: &mut impl FnMut(Kind, String)) {
    let inner = name.strip_suffix('/').unwrap_or(name);
    if name.starts_with(['/', '\\']) || has_drive(name) {
        fault(Kind::Traversal, "has an absolute path".to_owned());
        return;
    }
    if name.split(['/', '\\']).any(|segment| segment == "..") {
        fault(Kind::Traversal, "leads outside the wheel".to_owned());
        return;
    }
    if let Some(c) = name.chars().find(|c| c.is_control() || *c == '\\') {
        fault(Kind::Name, format!("has the character {c:?} in its name"));
    } else if inner.is_empty() || inner.split('/').any(|segment| matches!(segment, "" | ".")) {
        fault(Kind::Name, "has an empty segment in its path".to_owned());
    } else if segments(name) > MAX_SEGMENTS {
        fault(Kind::Name, format!("is {} directories deep", segments(name)));
    }
}

/// Whether Windows reserves `segment` for a device, or cuts off its end.
fn is_device(segment: &str) -> bool {
    let is_cut = segment.ends_with(['.', ' ']) && !matches!(segment, "." | "..");
    is_cut || is_windows_device(segment)
}

fn kind_name(kind: u32) -> &'static str {
    match kind {
        0o120_000 => "a symbolic link",
        0o060_000 | 0o020_000 => "a device",
        0o010_000 => "a pipe",
        0o140_000 => "a socket",
        S_IFDIR => "a directory",
        _ => "unknown",
    }
}
