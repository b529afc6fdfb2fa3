//! Renaming a wheel, with a WHEEL and a RECORD to match.
//!
//! Input: an archive without faults, its metadata directory, the new name. Output: a new archive.
//! Members are copied in their compressed form; only WHEEL and RECORD are written anew.

use std::io::{self, Read, Seek, Write};

use sha2::{Digest as _, Sha256};
use zip::{ZipArchive, ZipWriter};

use super::archive::Archive;
use super::headers::Headers;
use super::name::WheelName;
use super::record::{self, Digest, Row};
use super::wheel_info::WheelInfo;
use super::write::{SIGNATURES, options, plain};

/// The largest known WHEEL is a thousandth of this.
const MAX_WHEEL: u64 = 1 << 20;

/// Writes the wheel of `archive`, which `reader` reads as well, as `name` to `out`.
/// `is_pure` says whether it goes to purelib.
///
/// # Errors
/// If the input cannot be read or `out` fails.
pub fn retag<W: Write + Seek>(
    archive: &Archive<'_>,
    reader: impl Read + Seek,
    dist_info: &str,
    name: &WheelName,
    is_pure: bool,
    out: W,
) -> io::Result<()> {
    let member = |file: &str| format!("{dist_info}/{file}");
    let (wheel_path, record_path) = (member("WHEEL"), member("RECORD"));
    let signatures = SIGNATURES.map(member);
    let wheel = wheel_file(archive, &wheel_path, name, is_pure)?;
    // zip's own reader only hands over compressed members, which its writer cannot take otherwise.
    let mut copies = ZipArchive::new(reader).map_err(plain)?;
    let mut zip = ZipWriter::new(out);
    let mut rows = Vec::new();
    // The new files take the time of the old WHEEL.
    let modified = match copies.index_for_name(&wheel_path) {
        Some(index) => copies.by_index_raw(index).map_err(plain)?.last_modified(),
        None => None,
    };
    let options = options(modified.unwrap_or_default(), false);
    for entry in archive.files() {
        if entry.name == record_path || signatures.contains(&entry.name) {
            continue;
        }
        if entry.name == wheel_path {
            zip.start_file(&*wheel_path, options).map_err(plain)?;
            zip.write_all(&wheel)?;
            rows.push(Row::new(&entry.name, Digest::of(&wheel), wheel.len() as u64));
            continue;
        }
        let mut hash = Sha256::new();
        archive.stream(entry, &mut |piece| hash.update(piece)).map_err(io::Error::other)?;
        rows.push(Row::new(&entry.name, Digest::from(hash.finalize()), entry.size));
        let index = copies
            .index_for_name(&entry.name)
            .ok_or_else(|| io::Error::other(format!("{} is missing", entry.name)))?;
        zip.raw_copy_file(copies.by_index_raw(index).map_err(plain)?).map_err(plain)?;
    }
    rows.push(Row::of_record(&record_path));
    zip.start_file(&*record_path, options).map_err(plain)?;
    zip.write_all(&record::write(&rows)?)?;
    zip.finish().map_err(plain)?;
    Ok(())
}

/// The WHEEL of `archive` at `path`, with the tags of `name`.
fn wheel_file(
    archive: &Archive<'_>,
    path: &str,
    name: &WheelName,
    is_pure: bool,
) -> io::Result<Vec<u8>> {
    let entry = archive.files().find(|entry| entry.name == path && entry.is_readable);
    let bytes = entry.and_then(|entry| archive.bytes(entry, MAX_WHEEL).ok()?).unwrap_or_default();
    let old = Headers::parse(&bytes).map_err(io::Error::other)?;
    let version = old.get("Wheel-Version").unwrap_or("1.0");
    Ok(WheelInfo::write(version, old.fields(), name, is_pure).into_bytes())
}
