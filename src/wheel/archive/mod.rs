//! Any zip file, read leniently: what is wrong with it is told, and reading goes on where it can.
//!
//! In: a [`Source`] of bytes that nobody vouches for. Out: an [`Archive`]: the members as the
//! central directory has them, every fault seen on the way, and members' contents as streams, so
//! that a large wheel never lies in memory whole. The strict reader beside it
//! ([`layout`](super::layout)) takes only what the factory itself writes.
//!
//! Source: APPNOTE.TXT 6.3 (zip) and Python's zipfile, by which installers read.

mod directory;
mod header;
mod names;
mod stream;

use std::io;

pub use stream::Streamed;

/// Bytes that can be read anywhere: a file, or memory.
pub trait Source: Sync {
    /// How many there are.
    ///
    /// # Errors
    /// What the file system says.
    fn length(&self) -> io::Result<u64>;

    /// Fills `buffer` with the bytes at `at`.
    ///
    /// # Errors
    /// What the file system says, and [`io::ErrorKind::UnexpectedEof`] where there are too few.
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

/// What kind of fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ArchiveFaultKind {
    /// It is no zip file, or its directory cannot be read.
    Unreadable,
    /// Bytes that belong to no part of the archive.
    ExtraBytes,
    /// A name stands twice.
    Duplicate,
    /// A path leaves the directory that the archive is unpacked into.
    Traversal,
    /// A name that not all systems read alike.
    Name,
    /// A link, a device, or another thing that is no plain file.
    NotAFile,
    /// Two names that differ in case only.
    CaseCollision,
    /// A name that Windows cannot create.
    DeviceName,
    /// It unpacks to very much more than its size.
    Bomb,
    /// A compression method that is neither stored nor deflated.
    Method,
    /// An encrypted member.
    Encrypted,
    /// Members that share bytes.
    Overlap,
    /// A local header and the central directory say different things.
    HeadersDisagree,
    /// Sizes that follow the data.
    DataDescriptor,
    /// A member that does not unpack to what was promised.
    Corrupt,
    /// A comment in the central directory.
    Comment,
    /// A name that is a file and a directory.
    FileAndDirectory,
}

/// Something that is wrong with the archive.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct ArchiveFault {
    /// What kind.
    pub kind: ArchiveFaultKind,
    /// The member, or nothing where it is the archive itself.
    pub member: String,
    /// What was found, as a sentence about the member.
    pub what: String,
}

impl ArchiveFault {
    fn new(kind: ArchiveFaultKind, member: &str, what: impl Into<String>) -> Self {
        Self { kind, member: member.to_owned(), what: what.into() }
    }
}

/// A member, as the central directory has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its name; what is not UTF-8 in it is replaced.
    pub name: String,
    /// The Unix mode, file type included; 0 where the archive has none.
    pub mode: u32,
    /// How many bytes it is to have.
    pub size: u64,
    /// How many bytes it takes in the archive.
    pub compressed: u64,
    /// Whether its contents can be read: no encryption, a known method, a local header.
    pub is_readable: bool,
    method: u16,
    crc: u32,
    data_at: u64,
}

impl Entry {
    /// Whether it is a directory, which carries nothing.
    pub fn is_dir(&self) -> bool {
        self.name.ends_with('/')
    }
}

/// An archive, read as far as it can be.
pub struct Archive<'s> {
    source: &'s dyn Source,
    /// The members, in the order of the central directory.
    pub entries: Vec<Entry>,
    /// What is wrong, in the order seen.
    pub faults: Vec<ArchiveFault>,
    /// The size of the file.
    pub length: u64,
}

/// From here on the index looks at how far an archive unpacks, ...
const BOMB_FROM: u64 = 64 << 20;
/// ... and this many times its own size is too far.
const BOMB_RATIO: u64 = 50;
/// No wheel comes near to this; what claims more is not unpacked.
const MOST_UNPACKED: u64 = 16 << 30;

impl<'s> Archive<'s> {
    /// Reads the directory of `source` and every local header.
    ///
    /// # Errors
    /// What the file system says; never for what the bytes are.
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

    /// Whether it claims to unpack to more than anybody should unpack.
    pub fn is_bomb(&self) -> bool {
        self.faults.iter().any(|fault| fault.kind == ArchiveFaultKind::Bomb)
    }

    /// Unpacks `entry` piece by piece into `sink`.
    ///
    /// # Errors
    /// What is wrong with the member, as an [`ArchiveFault`].
    pub fn stream(
        &self,
        entry: &Entry,
        sink: &mut dyn FnMut(&[u8]),
    ) -> Result<Streamed, ArchiveFault> {
        stream::stream(self.source, entry, sink)
    }

    /// What `entry` holds, where that is no more than `most` bytes.
    ///
    /// # Errors
    /// As [`stream`](Self::stream).
    pub fn bytes(&self, entry: &Entry, most: u64) -> Result<Option<Vec<u8>>, ArchiveFault> {
        if entry.size > most {
            return Ok(None);
        }
        let mut bytes = Vec::new();
        self.stream(entry, &mut |piece| bytes.extend_from_slice(piece))?;
        Ok(Some(bytes))
    }

    fn check_size(&mut self) {
        let total = self.entries.iter().fold(0u64, |sum, entry| sum.saturating_add(entry.size));
        if total > MOST_UNPACKED || (total > BOMB_FROM && total / BOMB_RATIO > self.length) {
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
