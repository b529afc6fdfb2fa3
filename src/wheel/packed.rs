//! Files that are compressed before they are added to an archive, so that all threads share the work.
//!
//! Input: a file. Output: its digest, and a member of the archive that `zip` writes.
//!
//! `zip` compresses a member in one thread, and takes compressed data only from another archive. So
//! a packed file is read as one: as the header of a member (APPNOTE 6.3.10, 4.3.7) and its data. The
//! archive itself, with all other headers, is written by `zip`.

use std::io::{self, Read, Seek, Write};
use std::slice;

use sha2::{Digest as _, Sha256};
use zip::read::read_zipfile_from_stream;
use zip::result::{ZipError, ZipResult};
use zip::{DateTime, ZipWriter};

use super::archive::{DEFLATED, FLAG_UTF8, LOCAL, STORED, UNIX};
use super::contents::File;
use super::deflate::deflate;
use super::record::Digest;

/// A file, ready to be added: stored if empty and deflated otherwise.
pub(super) struct Packed {
    /// The digest of its contents.
    pub(super) digest: Digest,
    crc: u32,
    size: u64,
    /// A deflate stream, in parts.
    data: Vec<Vec<u8>>,
    mode: u32,
}

/// How much is hashed at a time, while it is in the processor's cache.
const PART: usize = 1 << 16;
/// 2.0: deflate.
const VERSION: u16 = 20;

impl Packed {
    /// Hashes and compresses `file` at the same time.
    ///
    /// # Errors
    /// None in practice: see [`deflate`].
    pub(super) fn new(file: &File) -> io::Result<Self> {
        let sums = || {
            let (mut sha256, mut crc) = (Sha256::new(), crc32fast::Hasher::new());
            for part in file.bytes.chunks(PART) {
                sha256.update(part);
                crc.update(part);
            }
            (Digest::from(sha256.finalize()), crc.finalize())
        };
        let is_empty = file.bytes.is_empty();
        let data = || if is_empty { Ok(Vec::new()) } else { deflate(&file.bytes) };
        let ((digest, crc), data) = rayon::join(sums, data);
        let mode = if file.executable { 0o755 } else { 0o644 };
        Ok(Self { digest, crc, size: file.bytes.len() as u64, data: data?, mode })
    }

    /// Adds it to `zip` at `path`, with the time `modified`.
    ///
    /// # Errors
    /// If the output fails.
    pub(super) fn add_to<W: Write + Seek>(
        &self,
        zip: &mut ZipWriter<W>,
        path: &str,
        modified: DateTime,
    ) -> ZipResult<()> {
        let header = self.header(path)?;
        let data = Parts { now: &[], later: self.data.iter() };
        let mut archive = header.chain(data);
        let member = read_zipfile_from_stream(&mut archive)?.ok_or(ZipError::FileNotFound)?;
        zip.raw_copy_file_touch(member, modified, Some(self.mode))
    }

    /// What precedes its data. [`add_to`](Self::add_to) sets the time, which is zero here.
    fn header(&self, path: &str) -> ZipResult<Vec<u8>> {
        let flags = if path.is_ascii() { 0 } else { FLAG_UTF8 };
        let method = if self.size == 0 { STORED } else { DEFLATED };
        let mut header = LOCAL.to_vec();
        // `zip` takes the system from here.
        for half in [u16::from(UNIX) << 8 | VERSION, flags, method, 0, 0] {
            header.extend(half.to_le_bytes());
        }
        let compressed: usize = self.data.iter().map(Vec::len).sum();
        for word in [self.crc, fit(compressed as u64)?, fit(self.size)?] {
            header.extend(word.to_le_bytes());
        }
        // There are no extra fields.
        for half in [fit::<u16>(path.len() as u64)?, 0] {
            header.extend(half.to_le_bytes());
        }
        header.extend(path.as_bytes());
        Ok(header)
    }
}

/// Reads one part after the other.
struct Parts<'d> {
    now: &'d [u8],
    later: slice::Iter<'d, Vec<u8>>,
}

impl Read for Parts<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.now.is_empty() {
            let Some(next) = self.later.next() else { return Ok(0) };
            self.now = next;
        }
        self.now.read(buffer)
    }
}

/// A number in the size of its field.
fn fit<T: TryFrom<u64>>(number: u64) -> ZipResult<T> {
    let error = |_| io::Error::other("a file exceeds what a zip can hold without 64-bit sizes");
    Ok(T::try_from(number).map_err(error)?)
}
