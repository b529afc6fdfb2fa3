//! A large binary in a file.
//!
//! Owns [`Spooled`]. In: pieces, as they are unpacked, or a file. Out: parts of the file, read on demand, for
//! [`Bytes`](super::Bytes): parsers need a few tables out of a gigabyte. Borrowed parts live as long
//! as the file and have a bounded total size.

use std::cell::{Cell, RefCell};
use std::fs::File;
use std::io::{self, Write};
use std::os::unix::fs::FileExt;

use bumpalo::Bump;

use super::Malformed;

/// The memory limit for the tables of one file; string tables are the largest.
const MAX_BORROWED: usize = 256_000_000;
/// How much is read for a single number, because the next one is probably near.
const WINDOW: usize = 4096;
/// How much is read at a time for a sink.
const PIECE: usize = 64 << 10;

/// A binary in a file. One that was written here is temporary, and deleted on drop.
#[derive(Debug)]
pub struct Spooled {
    file: File,
    length: usize,
    borrowed: Bump,
    left: Cell<usize>,
    window: RefCell<Window>,
    failure: RefCell<Option<io::Error>>,
}

#[derive(Debug, Default)]
struct Window {
    at: usize,
    bytes: Vec<u8>,
}

impl Spooled {
    /// Creates an empty file in the directory for temporary files.
    ///
    /// # Errors
    /// Errors of the file system.
    pub fn new() -> io::Result<Self> {
        Ok(Self::around(tempfile::tempfile().map_err(with_place)?))
    }

    /// A file that exists, and must not change meanwhile.
    ///
    /// # Errors
    /// Errors of the file system.
    pub fn of(file: File) -> io::Result<Self> {
        let length = usize::try_from(file.metadata()?.len()).unwrap_or(usize::MAX);
        Ok(Self { length, ..Self::around(file) })
    }

    fn around(file: File) -> Self {
        Self {
            file,
            length: 0,
            borrowed: Bump::new(),
            left: Cell::new(MAX_BORROWED),
            window: RefCell::default(),
            failure: RefCell::default(),
        }
    }

    /// Writes the next bytes.
    ///
    /// # Errors
    /// Errors of the file system, such as a full disk.
    pub fn push(&mut self, piece: &[u8]) -> io::Result<()> {
        self.file.write_all(piece).map_err(with_place)?;
        self.length += piece.len();
        Ok(())
    }

    /// The number of bytes.
    pub fn len(&self) -> usize {
        self.length
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.length == 0
    }

    /// The error if reading the file back failed, which makes all results from it invalid.
    pub fn failure(&self) -> Option<io::Error> {
        self.failure.take()
    }

    /// `len` bytes at `at`, kept in memory until this is dropped.
    pub(super) fn borrow(&self, at: usize, len: usize) -> Result<&[u8], Malformed> {
        let left = self.left.get().checked_sub(len);
        let left = left.ok_or_else(|| {
            let limit = MAX_BORROWED / 1_000_000;
            Malformed(format!("its tables are larger than {limit} MB"))
        })?;
        self.left.set(left);
        let bytes = self.borrowed.alloc_slice_fill_copy(len, 0);
        self.read(at, bytes)?;
        Ok(bytes)
    }

    /// Fills `buffer` with the bytes of a number at `at`.
    pub(super) fn copy(&self, at: usize, buffer: &mut [u8]) -> Result<(), Malformed> {
        let mut window = self.window.borrow_mut();
        let found = |window: &Window| {
            let start = at.checked_sub(window.at)?;
            Some(start..start + buffer.len()).filter(|range| range.end <= window.bytes.len())
        };
        let range = match found(&window) {
            Some(range) => range,
            None => {
                let length = WINDOW.max(buffer.len()).min(self.length.saturating_sub(at));
                window.at = at;
                let mut bytes = std::mem::take(&mut window.bytes);
                bytes.resize(length, 0);
                self.read(at, &mut bytes)?;
                window.bytes = bytes;
                0..buffer.len()
            }
        };
        let bytes = window.bytes.get(range).ok_or_else(|| outside(at, buffer.len()))?;
        buffer.copy_from_slice(bytes);
        Ok(())
    }

    /// Passes `len` bytes at `at` to `sink`, in pieces whose size is a multiple of the page size.
    pub(super) fn pass(
        &self,
        at: usize,
        len: usize,
        sink: &mut dyn FnMut(&[u8]),
    ) -> Result<(), Malformed> {
        let mut buffer = vec![0; PIECE.min(len)];
        let mut done = 0;
        while done < len {
            let piece = buffer.get_mut(..PIECE.min(len - done)).unwrap_or_default();
            self.read(at + done, piece)?;
            sink(piece);
            done += piece.len();
        }
        Ok(())
    }

    fn read(&self, at: usize, buffer: &mut [u8]) -> Result<(), Malformed> {
        self.file.read_exact_at(buffer, at as u64).map_err(|error| {
            let why = Malformed(format!("{} bytes at {at:#x}: {error}", buffer.len()));
            self.failure.replace(Some(with_place(error)));
            why
        })
    }
}

/// Adds the directory to an error, because users do not know of the temporary file.
fn with_place(error: io::Error) -> io::Error {
    let place = std::env::temp_dir();
    let what = format!("a temporary file in {} (TMPDIR): {error}", place.display());
    io::Error::new(error.kind(), what)
}

/// The error for bytes outside the file.
pub(super) fn outside(at: usize, len: usize) -> Malformed {
    Malformed(format!("{len} bytes at {at:#x} are outside the file"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::Bytes;

    #[test]
    fn reads_match_those_of_a_slice() {
        let bytes: Vec<u8> = (0..200_000u32).flat_map(u32::to_le_bytes).collect();
        let mut spooled = Spooled::new().unwrap();
        for piece in bytes.chunks(70_001) {
            spooled.push(piece).unwrap();
        }
        let (file, slice) = (Bytes::from(&spooled), Bytes::from(&bytes));
        assert_eq!(file.len(), slice.len());
        for at in [0, 1, 4093, 4096, 65_535, 65_536, 799_992, 799_997, 800_000, usize::MAX - 2] {
            assert_eq!(file.u32(at), slice.u32(at), "{at}");
            assert_eq!(file.slice(at, 7), slice.slice(at, 7), "{at}");
            assert_eq!(file.text(at), slice.text(at), "{at}");
        }
        let inner = |bytes: Bytes<'_>| {
            let part = bytes.part(100_000, 300_000)?.part(7, 200_000)?;
            let mut passed = Vec::new();
            part.pass(11, 150_000, &mut |piece| passed.extend_from_slice(piece))?;
            Ok::<_, Malformed>((part.u64(199_992)?, part.u64(199_993).is_err(), passed))
        };
        assert_eq!(inner(file), inner(slice));
    }

    #[test]
    fn borrowed_memory_is_bounded() {
        let mut spooled = Spooled::new().unwrap();
        spooled.push(&[0; 1000]).unwrap();
        assert_eq!(spooled.left.replace(9999), MAX_BORROWED);
        let bytes = Bytes::from(&spooled);
        let borrowed = (0..100).take_while(|_| bytes.slice(0, 1000).is_ok()).count();
        assert_eq!(borrowed, 9);
    }
}
