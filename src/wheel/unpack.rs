//! Taking a zip apart, trusting nothing it says.
//!
//! In: a reader. Out: [`Contents`] of plain files under legal paths.

use std::io::{Read, Seek};

use zip::ZipArchive;
use zip::result::ZipError;

use super::contents::{Contents, File};
use super::path::MemberPath;
use super::read::ReadError;
use super::{MAX_MEMBERS, MAX_TOTAL_BYTES};

/// The files in the zip that `reader` is.
///
/// # Errors
/// When it is no zip, when a member is no plain file or directory or has no legal path, when one
/// is there twice or encrypted, or when all together are too large or too many.
pub(super) fn unpack(reader: impl Read + Seek) -> Result<Contents, ReadError> {
    let mut archive = ZipArchive::new(reader).map_err(zip_error)?;
    if archive.has_duplicate_names() {
        return Err(ReadError::Duplicate);
    }
    if archive.len() > MAX_MEMBERS {
        return Err(ReadError::TooMany(archive.len()));
    }
    let mut contents = Contents::new();
    let mut left = MAX_TOTAL_BYTES;
    for index in 0..archive.len() {
        let entry = archive.by_index_data(index).map_err(zip_error)?;
        let raw = entry.name_raw();
        let name =
            str::from_utf8(raw).map_err(|_| ReadError::Utf8(raw.escape_ascii().to_string()))?;
        // A directory carries nothing; installers make those that files need.
        let dir = name.strip_suffix('/');
        let path: MemberPath = dir.unwrap_or(name).parse()?;
        let mode = entry.unix_mode().unwrap_or_default();
        if !matches!((mode & S_IFMT, dir), (0, _) | (S_IFREG, None) | (S_IFDIR, Some(_))) {
            return Err(ReadError::NotAFile(path));
        }
        if entry.encrypted() {
            return Err(ReadError::Encrypted(path));
        }
        if dir.is_some() {
            continue;
        }
        let (executable, size) = (mode & 0o111 != 0, entry.size());
        if size > left {
            return Err(ReadError::TooLarge);
        }
        let bytes = read_member(&mut archive, index, size)
            .map_err(|fault| ReadError::Member { path: path.clone(), fault: fault.to_string() })?;
        left -= size;
        contents.insert(path, File { bytes: bytes.into(), executable });
    }
    Ok(contents)
}

/// What the member holds; the declared size is a limit, not a promise.
fn read_member(
    archive: &mut ZipArchive<impl Read + Seek>,
    index: usize,
    size: u64,
) -> Result<Vec<u8>, ZipError> {
    let mut bytes = Vec::new();
    archive.by_index(index)?.take(size + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 == size {
        return Ok(bytes);
    }
    Err(ZipError::InvalidArchive("it does not hold as many bytes as it says".into()))
}

fn zip_error(error: ZipError) -> ReadError {
    match error {
        ZipError::Io(error) if error.kind() != std::io::ErrorKind::UnexpectedEof => {
            ReadError::Io(error)
        }
        ZipError::InvalidArchive(fault) => ReadError::Zip(fault.into_owned()),
        other => ReadError::Zip(other.to_string()),
    }
}

/// The file type in a Unix mode (`man 7 inode`).
const S_IFMT: u32 = 0o170_000;
const S_IFREG: u32 = 0o100_000;
const S_IFDIR: u32 = 0o040_000;
