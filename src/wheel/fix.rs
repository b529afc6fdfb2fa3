//! Rewriting a wheel: another name, with a WHEEL and a RECORD to match, members in the recommended
//! order and with usual modes.
//!
//! Input: an archive without faults, its metadata directory, the new name. Output: a new archive,
//! and what changed. Members are copied in their compressed form; only WHEEL and RECORD are written
//! anew.

use std::io::{self, Read, Seek, Write};

use sha2::{Digest as _, Sha256};
use zip::{ZipArchive, ZipWriter};

use super::archive::{Archive, Entry};
use super::contents::normal_spelling;
use super::headers::Headers;
use super::name::WheelName;
use super::record::{self, Digest, Row};
use super::wheel_info::WheelInfo;
use super::write::{self, SIGNATURES, plain};

/// The largest known WHEEL is a thousandth of this.
const MAX_WHEEL: u64 = 1 << 20;
/// The largest known RECORD is a tenth of this.
const MAX_RECORD: u64 = 64 << 20;

/// The differences of a rewritten wheel from the original.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Changes {
    /// The text of WHEEL before and after.
    pub wheel: (String, String),
    /// The text of RECORD before and after.
    pub record: (String, String),
    /// Members with another path: old and new.
    pub moved: Vec<(String, String)>,
    /// Members that are left out: signatures of the old RECORD.
    pub removed: Vec<String>,
    /// Members with other permissions: path, old and new.
    pub modes: Vec<(String, u32, u32)>,
    /// Whether `.dist-info` was not at the end.
    pub reordered: bool,
}

impl Changes {
    /// Whether nothing changed.
    pub fn is_empty(&self) -> bool {
        let Self { wheel, record, moved, removed, modes, reordered } = self;
        let is_same = wheel.0 == wheel.1 && record.0 == record.1;
        is_same && moved.is_empty() && removed.is_empty() && modes.is_empty() && !reordered
    }
}

/// Whether the members of `archive` are in another order than the format recommends, or have
/// permissions that [`fix`] changes.
pub fn is_untidy(archive: &Archive<'_>, dist_info: &str) -> bool {
    is_unordered(archive, dist_info) || archive.files().any(|entry| right_mode(entry).is_some())
}

fn is_unordered(archive: &Archive<'_>, dist_info: &str) -> bool {
    !archive.files().is_sorted_by_key(|entry| is_in(&entry.name, dist_info))
}

fn is_in(path: &str, dir: &str) -> bool {
    path.strip_prefix(dir).is_some_and(|rest| rest.starts_with('/'))
}

/// The permissions that `entry` should have, if its own are not safe: a file that some users cannot
/// read, that everybody may write, or that runs with the rights of its owner.
fn right_mode(entry: &Entry) -> Option<u32> {
    const READ: u32 = 0o444;
    const UNSAFE: u32 = 0o7002;
    let mode = entry.mode & 0o7777;
    let is_wrong = mode & READ != READ || mode & UNSAFE != 0;
    let right = if mode & 0o111 == 0 { 0o644 } else { 0o755 };
    // An archive from Windows has no modes.
    (entry.mode != 0 && is_wrong).then_some(right)
}

/// Writes the wheel of `archive`, which `reader` reads as well, as `name` to `out`.
/// `is_pure` says whether it goes to purelib; with `to_platlib`, `.data/purelib` does not either.
///
/// # Errors
/// If the input cannot be read or `out` fails.
pub fn fix<W: Write + Seek>(
    archive: &Archive<'_>,
    reader: impl Read + Seek,
    dist_info: &str,
    name: &WheelName,
    is_pure: bool,
    to_platlib: bool,
    out: W,
) -> io::Result<Changes> {
    let member = |file: &str| format!("{dist_info}/{file}");
    let (wheel_path, record_path) = (member("WHEEL"), member("RECORD"));
    let signatures = SIGNATURES.map(member);
    let old_wheel = text(archive, &wheel_path, MAX_WHEEL);
    let wheel = wheel_file(&old_wheel, name, is_pure)?;
    let mut changes = Changes {
        record: (text(archive, &record_path, MAX_RECORD), String::new()),
        wheel: (old_wheel, wheel.clone()),
        reordered: is_unordered(archive, dist_info),
        ..Changes::default()
    };
    // zip's own reader only hands over compressed members, which its writer cannot take otherwise.
    let mut copies = ZipArchive::new(reader).map_err(plain)?;
    let mut zip = ZipWriter::new(out);
    let mut rows = Vec::new();
    // The new files take the time of the old WHEEL.
    let modified = match copies.index_for_name(&wheel_path) {
        Some(index) => copies.by_index_raw(index).map_err(plain)?.last_modified(),
        None => None,
    };
    let options = write::options(modified.unwrap_or_default(), false);
    let mut files: Vec<&Entry> = archive.files().collect();
    // The sort is stable: files keep their order among themselves.
    files.sort_by_key(|entry| is_in(&entry.name, dist_info));
    for entry in files {
        if entry.name == record_path {
            continue;
        }
        if signatures.contains(&entry.name) {
            changes.removed.push(entry.name.clone());
            continue;
        }
        let path = right_path(archive, &entry.name, name, to_platlib);
        if path != entry.name {
            changes.moved.push((entry.name.clone(), path.clone()));
        }
        if entry.name == wheel_path {
            zip.start_file(&*path, options).map_err(plain)?;
            zip.write_all(wheel.as_bytes())?;
            rows.push(Row::new(&path, Digest::of(wheel.as_bytes()), wheel.len() as u64));
            continue;
        }
        let index = copies
            .index_for_name(&entry.name)
            .ok_or_else(|| io::Error::other(format!("{} is missing", entry.name)))?;
        let copy = copies.by_index_raw(index).map_err(plain)?;
        let mut hash = Sha256::new();
        if let Some(mode) = right_mode(entry) {
            changes.modes.push((path.clone(), entry.mode & 0o7777, mode));
            // zip copies permissions with the compressed data, so it is compressed again.
            let time = copy.last_modified().unwrap_or_default();
            zip.start_file(&*path, write::options(time, mode & 0o111 != 0)).map_err(plain)?;
            let mut written = Ok(());
            let sink = &mut |piece: &[u8]| {
                hash.update(piece);
                if written.is_ok() {
                    written = zip.write_all(piece);
                }
            };
            archive.stream(entry, sink).map_err(io::Error::other)?;
            written?;
        } else {
            archive.stream(entry, &mut |piece| hash.update(piece)).map_err(io::Error::other)?;
            if path == entry.name {
                zip.raw_copy_file(copy).map_err(plain)?;
            } else {
                zip.raw_copy_file_rename(copy, &path).map_err(plain)?;
            }
        }
        rows.push(Row::new(&path, Digest::from(hash.finalize()), entry.size));
    }
    let record_path = normal_spelling(&record_path, name).unwrap_or_else(|| record_path.clone());
    rows.push(Row::of_record(&record_path));
    let record = record::write(&rows)?;
    zip.start_file(&*record_path, options).map_err(plain)?;
    zip.write_all(&record)?;
    zip.finish().map_err(plain)?;
    changes.record.1 = String::from_utf8_lossy(&record).into_owned();
    Ok(changes)
}

/// Where the member at `path` belongs: in directories named after the wheel.
fn right_path(archive: &Archive<'_>, path: &str, name: &WheelName, to_platlib: bool) -> String {
    let spelled = normal_spelling(path, name).unwrap_or_else(|| path.to_owned());
    let purelib = format!("{}/purelib/", name.data_dir());
    let Some(rest) = spelled.strip_prefix(&purelib).filter(|_| to_platlib) else {
        return spelled;
    };
    let moved = format!("{}/platlib/{rest}", name.data_dir());
    let is_taken = |entry: &Entry| {
        let other = normal_spelling(&entry.name, name);
        other.as_deref().unwrap_or(&entry.name) == moved
    };
    if archive.files().any(is_taken) { spelled } else { moved }
}

/// The text of the member at `path`; empty if there is none that can be read.
fn text(archive: &Archive<'_>, path: &str, max: u64) -> String {
    let entry = archive.files().find(|entry| entry.name == path && entry.is_readable);
    let bytes = entry.and_then(|entry| archive.bytes(entry, max).ok()?).unwrap_or_default();
    String::from_utf8_lossy(&bytes).into_owned()
}

/// The WHEEL file `old` with the tags of `name`.
fn wheel_file(old: &str, name: &WheelName, is_pure: bool) -> io::Result<String> {
    let old = Headers::parse(old.as_bytes()).map_err(io::Error::other)?;
    let version = old.get("Wheel-Version").unwrap_or("1.0");
    Ok(WheelInfo::write(version, old.fields(), name, is_pure))
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;

    /// The paths in the fixed wheel of `paths`.
    fn fixed(paths: &[&str], to_platlib: bool) -> Vec<String> {
        let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
        for path in paths {
            let text = if path.ends_with("/WHEEL") { "Wheel-Version: 1.0\n" } else { "" };
            zip.start_file(*path, write::options(zip::DateTime::default(), false)).unwrap();
            zip.write_all(text.as_bytes()).unwrap();
        }
        let bytes = zip.finish().unwrap().into_inner();
        let slice = bytes.as_slice();
        let archive = Archive::read(&slice).unwrap();
        let name = "my_pkg-1.0-cp310-abi3-win_amd64.whl".parse().unwrap();
        let mut out = Cursor::new(Vec::new());
        let dir = "My.Pkg-1.0.dist-info";
        fix(&archive, Cursor::new(&bytes), dir, &name, false, to_platlib, &mut out).unwrap();
        let zip = ZipArchive::new(out).unwrap();
        zip.file_names().map(|name| name.unwrap().into_owned()).collect()
    }

    #[test]
    fn native_code_moves_to_platlib_unless_its_place_is_taken() {
        let mut paths = vec![
            "My.Pkg-1.0.data/purelib/my/a.pyd",
            "My.Pkg-1.0.dist-info/WHEEL",
            "My.Pkg-1.0.dist-info/RECORD",
        ];
        let data = "my_pkg-1.0.data";
        assert_eq!(fixed(&paths, true)[0], format!("{data}/platlib/my/a.pyd"));
        assert_eq!(fixed(&paths, false)[0], format!("{data}/purelib/my/a.pyd"));
        paths.push("my_pkg-1.0.data/platlib/my/a.pyd");
        let all = fixed(&paths, true);
        assert!(all.contains(&format!("{data}/purelib/my/a.pyd")), "{all:?}");
        assert!(all.contains(&"my_pkg-1.0.dist-info/RECORD".to_owned()), "{all:?}");
    }
}
