//! Bounds what the headers of one member may take.
//!
//! Input: an unpacked archive. Output: its members, or an error at the member with too many headers:
//! the tar library reads long names and extended headers whole, and a few kilobytes of a `.tar.gz`
//! can become gigabytes of them.

use std::cell::Cell;
use std::io::{self, Read};
use std::rc::Rc;

use tar::{Archive, Entries, Entry, EntryType};

/// Far more than the headers of any member: no system has a path of that length.
pub(super) const MAX_HEADERS: u64 = 1 << 20;

/// A reader that gives no more than it is allowed to.
pub(super) struct Bounded<R> {
    inner: R,
    left: Rc<Cell<u64>>,
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let left = self.left.get();
        if left == 0 && !into.is_empty() {
            return Err(io::Error::other("a member has more than 1 MiB of names and headers"));
        }
        let limit = usize::try_from(left).unwrap_or(usize::MAX).min(into.len());
        let count = self.inner.read(into.get_mut(..limit).unwrap_or_default())?;
        self.left.set(left - count as u64);
        Ok(count)
    }
}

/// An archive whose members have headers of limited length.
pub(super) struct Members<R: Read> {
    archive: Archive<Bounded<R>>,
    left: Rc<Cell<u64>>,
}

impl<R: Read> Members<R> {
    pub(super) fn new(inner: R) -> Self {
        let left = Rc::new(Cell::new(MAX_HEADERS));
        let bounded = Bounded { inner, left: Rc::clone(&left) };
        Self { archive: Archive::new(bounded), left }
    }

    /// The members, each of which must be done with before the next.
    pub(super) fn iter(&mut self) -> io::Result<Iter<'_, R>> {
        Ok(Iter { entries: self.archive.entries()?, left: Rc::clone(&self.left) })
    }

    /// The rest of the archive.
    pub(super) fn into_rest(self) -> Bounded<R> {
        self.left.set(u64::MAX);
        self.archive.into_inner()
    }
}

pub(super) struct Iter<'a, R: Read> {
    entries: Entries<'a, Bounded<R>>,
    left: Rc<Cell<u64>>,
}

impl<'a, R: Read> Iterator for Iter<'a, R> {
    type Item = io::Result<Entry<'a, Bounded<R>>>;

    fn next(&mut self) -> Option<Self::Item> {
        let next = self.entries.next()?;
        // What is left of its content is skipped on the way to the next headers.
        let size = next.as_ref().map_or(0, Entry::size);
        self.left.set(size.saturating_add(MAX_HEADERS));
        // Its size is not that of its content in the archive. No packager writes sparse files.
        if next.as_ref().is_ok_and(|next| next.header().entry_type() == EntryType::GNUSparse) {
            return Some(Err(io::Error::other("it has a sparse file")));
        }
        Some(next)
    }
}
