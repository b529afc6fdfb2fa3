//! Any zip file, read leniently: faults are recorded, and reading continues where it can.
//!
//! Input: a [`Source`] of untrusted bytes. Output: an [`Archive`]: the members as the central
//! directory lists them, every fault, and members' contents as streams, so that a large wheel is
//! never held in memory.
//!
//! Source: APPNOTE.TXT 6.3 (zip) and Python's zipfile, which installers use.

mod directory;
mod fault;
mod header;
mod names;
mod source;
mod stream;

use std::io;

pub use fault::{ArchiveFault, ArchiveFaultKind};
pub use header::Entry;
pub(super) use header::{DEFLATED, FLAG_UTF8, LOCAL, STORED, UNIX};
pub use source::Source;

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
