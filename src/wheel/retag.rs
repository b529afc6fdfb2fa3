//! Giving a wheel another name, with the WHEEL and the RECORD that belong to it.
//!
//! In: an archive without faults, its metadata directory, the new name. Out: a new archive. Members
//! are copied as they are compressed; only WHEEL and RECORD are written anew.

use std::io::{self, Read, Seek, Write};

use sha2::{Digest as _, Sha256};
use zip::result::ZipError;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, System, ZipArchive, ZipWriter};

use super::archive::Archive;
use super::headers::Headers;
use super::name::WheelName;
use super::record::{Digest, Line, Record};

/// Signatures that a change makes void.
const VOID: [&str; 2] = ["RECORD.jws", "RECORD.p7s"];
/// The largest WHEEL of any wheel is a thousandth of this.
const MOST_WHEEL: u64 = 1 << 20;

/// Writes the wheel of `archive`, which `reader` reads as well, as `name` to `out`.
/// `is_pure` tells whether it belongs to purelib.
///
/// # Errors
/// When the input cannot be read or `out` fails.
pub fn retag<W: Write + Seek>(
    archive: &Archive<'_>,
    reader: impl Read + Seek,
    dist_info: &str,
    name: &WheelName,
    is_pure: bool,
    out: W,
) -> io::Result<()> {
    let [wheel_path, record_path] = ["WHEEL", "RECORD"].map(|file| format!("{dist_info}/{file}"));
    let wheel = wheel_file(archive, &wheel_path, name, is_pure)?;
    let mut copies = ZipArchive::new(reader).map_err(plain)?;
    let mut zip = ZipWriter::new(out);
    let mut lines = Vec::new();
    // The time of the file that WHEEL takes the place of: nothing else knows a better one.
    let index = copies.index_for_name(&wheel_path);
    let modified = match index {
        Some(index) => copies.by_index_raw(index).map_err(plain)?.last_modified(),
        None => None,
    };
    let options = SimpleFileOptions::default()
        .system(System::Unix)
        .compression_method(CompressionMethod::Deflated)
        .last_modified_time(modified.unwrap_or_default())
        .unix_permissions(0o644);
    for entry in archive.entries.iter().filter(|entry| !entry.is_dir()) {
        let in_dist_info =
            entry.name.strip_prefix(dist_info).and_then(|rest| rest.strip_prefix('/'));
        if entry.name == record_path || in_dist_info.is_some_and(|file| VOID.contains(&file)) {
            continue;
        }
        if entry.name == wheel_path {
            zip.start_file(&*wheel_path, options).map_err(plain)?;
            zip.write_all(&wheel)?;
            lines.push(line(&entry.name, Digest::of(&wheel), wheel.len() as u64));
            continue;
        }
        let mut hash = Sha256::new();
        let streamed = archive
            .stream(entry, &mut |piece| hash.update(piece))
            .map_err(|fault| io::Error::other(format!("{} {}", fault.member, fault.what)))?;
        lines.push(line(&entry.name, Digest::from(hash.finalize()), streamed.size));
        let index = copies
            .index_for_name(&entry.name)
            .ok_or_else(|| io::Error::other(format!("{} is not found again", entry.name)))?;
        zip.raw_copy_file(copies.by_index_raw(index).map_err(plain)?).map_err(plain)?;
    }
    lines.push(Line { path: record_path.clone(), hash: String::new(), size: String::new() });
    zip.start_file(&*record_path, options).map_err(plain)?;
    zip.write_all(&Record::of_lines(&lines))?;
    zip.finish().map_err(plain)?;
    Ok(())
}

fn line(path: &str, digest: Digest, size: u64) -> Line {
    Line { path: path.to_owned(), hash: digest.to_string(), size: size.to_string() }
}

/// The WHEEL of `archive` with the tags of `name`; what else it says stays.
fn wheel_file(
    archive: &Archive<'_>,
    path: &str,
    name: &WheelName,
    is_pure: bool,
) -> io::Result<Vec<u8>> {
    let entry = archive.entries.iter().find(|entry| entry.name == path && entry.is_readable);
    let bytes = entry.and_then(|entry| archive.bytes(entry, MOST_WHEEL).ok()?).unwrap_or_default();
    let headers = Headers::parse(&bytes).map_err(io::Error::other)?;
    let mut text = String::new();
    let ours = ["Wheel-Version", "Root-Is-Purelib", "Tag", "Build"];
    text.push_str(&format!("Wheel-Version: {}\n", headers.get("Wheel-Version").unwrap_or("1.0")));
    let mut seen = std::collections::BTreeSet::new();
    for field in headers.names() {
        let is_ours = ours.iter().any(|own| own.eq_ignore_ascii_case(field));
        if !is_ours && seen.insert(field.to_ascii_lowercase()) {
            for value in headers.get_all(field) {
                text.push_str(&format!("{field}: {value}\n"));
            }
        }
    }
    text.push_str(&format!("Root-Is-Purelib: {is_pure}\n"));
    for tag in name.tag.expanded() {
        text.push_str(&format!("Tag: {tag}\n"));
    }
    if let Some(build) = &name.build {
        text.push_str(&format!("Build: {build}\n"));
    }
    Ok(text.into_bytes())
}

fn plain(error: ZipError) -> io::Error {
    match error {
        ZipError::Io(error) => error,
        other => io::Error::other(other.to_string()),
    }
}
