//! Any zip file, read leniently: faults are recorded, and reading continues where it can.
//!
//! Input: a [`Source`] of untrusted bytes. Output: an [`Archive`]: the members as the central
//! directory lists them, every fault, and members' contents as streams, so that a large wheel is
//! never held in memory.
//!
//! Source: APPNOTE.TXT 6.3 (zip) and Python's zipfile, which installers use.

mod directory;
mod header;
mod names;
mod stream;

use std::{fmt, io};

/// Bytes with random access: a file, or memory.
pub trait Source: Sync {
    /// The number of bytes.
    ///
    /// # Errors
    /// Those of the file system.
    fn length(&self) -> io::Result<u64>;

    /// Fills `buffer` with the bytes at `at`.
    ///
    /// # Errors
    /// Those of the file system, and [`io::ErrorKind::UnexpectedEof`] if there are too few bytes.
    fn read_at(&self, at: u64, buffer: &mut [u8]) -> io::Result<()>;
}

impl Source for std::fs::File {
    fn length(&self) -> io::Result<u64> {
        self.metadata().map(|metadata| metadata.len())
    }

    fn read_at(&self, at: u64, buffer: &mut [u8]) -> io::Result<()> {
        std::os::unix::fs::FileExt::read_exact_at(self, buffer, at)
    }
}

impl Source for &[u8] {
    fn length(&self) -> io::Result<u64> {
        Ok(self.len() as u64)
    }

    fn read_at(&self, at: u64, buffer: &mut [u8]) -> io::Result<()> {
        let start = usize::try_from(at).unwrap_or(usize::MAX);
        let found = start.checked_add(buffer.len()).and_then(|end| self.get(start..end));
        buffer.copy_from_slice(found.ok_or(io::ErrorKind::UnexpectedEof)?);
        Ok(())
    }
}

/// The kind of a fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ArchiveFaultKind {
    /// Not a zip file, or its directory cannot be read.
    Unreadable,
    /// Bytes that belong to no part of the archive.
    ExtraBytes,
    /// A name occurs twice.
    Duplicate,
    /// A path outside the directory that the archive is unpacked into.
    Traversal,
    /// A name that systems read differently.
    Name,
    /// A link, a device, or anything else but a plain file.
    NotAFile,
    /// Two names that differ in case only.
    CaseCollision,
    /// A name that Windows cannot create.
    DeviceName,
    /// It unpacks to far more than its own size.
    Bomb,
    /// A compression method other than stored and deflated.
    Method,
    /// An encrypted member.
    Encrypted,
    /// Members that share bytes.
    Overlap,
    /// A local header and the central directory disagree.
    HeadersDisagree,
    /// Sizes that follow the data.
    DataDescriptor,
    /// A member that does not unpack to the stated size and checksum.
    Corrupt,
    /// A comment in the central directory.
    Comment,
    /// A name that is both a file and a directory.
    FileAndDirectory,
}

/// A fault of the archive.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct ArchiveFault {
    /// Its kind.
    pub kind: ArchiveFaultKind,
    /// The member; empty if it is about the archive itself.
    pub member: String,
    /// What is wrong, as a sentence whose subject is the member.
    pub what: String,
}

impl ArchiveFault {
    fn new(kind: ArchiveFaultKind, member: &str, what: impl Into<String>) -> Self {
        Self { kind, member: member.to_owned(), what: what.into() }
    }
}

impl fmt::Display for ArchiveFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.member.is_empty() {
            write!(f, "the archive {}", self.what)
        } else {
            write!(f, "`{}` {}", self.member.escape_debug(), self.what)
        }
    }
}

impl std::error::Error for ArchiveFault {}

/// A member, as the central directory lists it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its name, with replacement characters for what is not UTF-8.
    pub name: String,
    /// The Unix mode, file type included; 0 if the archive has none.
    pub mode: u32,
    /// Its stated size in bytes.
    pub size: u64,
    /// Its size in the archive.
    pub compressed: u64,
    /// Whether its contents can be read: no encryption, a known method, a local header.
    pub is_readable: bool,
    method: u16,
    crc: u32,
    data_at: u64,
}

impl Entry {
    /// Whether it is a directory.
    pub fn is_dir(&self) -> bool {
        self.name.ends_with('/')
    }
}

/// An archive, as far as it can be read.
pub struct Archive<'s> {
    source: &'s dyn Source,
    /// The members, in the order of the central directory.
    pub entries: Vec<Entry>,
    /// Its faults, in the order found.
    pub faults: Vec<ArchiveFault>,
    /// The size of the file.
    pub length: u64,
}

/// The index checks the compression ratio from this unpacked size, ...
const BOMB_FROM: u64 = 64 << 20;
/// ... and refuses a higher one.
const BOMB_RATIO: u64 = 50;
/// Far more than any wheel; an archive that claims more is not unpacked.
const MAX_UNPACKED: u64 = 16 << 30;

impl<'s> Archive<'s> {
    /// Reads the directory of `source` and every local header.
    ///
    /// # Errors
    /// Those of the file system; never because of the bytes.
    pub fn read(source: &'s dyn Source) -> io::Result<Self> {
        let length = source.length()?;
        let mut archive = Self { source, entries: Vec::new(), faults: Vec::new(), length };
        let found = directory::read(source, length, &mut archive.faults)?;
        if let Some(directory) = found {
            archive.entries = header::entries(source, &directory, &mut archive.faults)?;
            names::check(&archive.entries, &mut archive.faults);
            archive.check_size();
        }
        Ok(archive)
    }

    /// The members that are files.
    pub fn files(&self) -> impl Iterator<Item = &Entry> {
        self.entries.iter().filter(|entry| !entry.is_dir())
    }

    /// The stated size of all members together.
    pub fn unpacked_size(&self) -> u64 {
        self.entries.iter().fold(0, |sum, entry| sum.saturating_add(entry.size))
    }

    /// Whether it claims to unpack to more than is safe.
    pub fn is_bomb(&self) -> bool {
        self.faults.iter().any(|fault| fault.kind == ArchiveFaultKind::Bomb)
    }

    /// Unpacks `entry` piece by piece into `sink`, to exactly its stated size.
    ///
    /// # Errors
    /// The fault of the member.
    pub fn stream(&self, entry: &Entry, sink: &mut dyn FnMut(&[u8])) -> Result<(), ArchiveFault> {
        stream::stream(self.source, entry, sink)
    }

    /// The contents of `entry`, if they are no more than `max` bytes.
    ///
    /// # Errors
    /// As [`stream`](Self::stream).
    pub fn bytes(&self, entry: &Entry, max: u64) -> Result<Option<Vec<u8>>, ArchiveFault> {
        if entry.size > max {
            return Ok(None);
        }
        let mut bytes = Vec::new();
        self.stream(entry, &mut |piece| bytes.extend_from_slice(piece))?;
        Ok(Some(bytes))
    }

    fn check_size(&mut self) {
        let total = self.unpacked_size();
        if total > MAX_UNPACKED || (total > BOMB_FROM && total / BOMB_RATIO > self.length) {
            self.faults.push(ArchiveFault::new(
                ArchiveFaultKind::Bomb,
                "",
                format!("unpacks to {total} bytes, from a file of {}", self.length),
            ));
        }
    }
}

#[cfg(test)]
mod tests;
