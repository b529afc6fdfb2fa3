//! Reads numbers and names from untrusted bytes.
//!
//! Owns [`Bytes`] (checked reads in one byte order) and `Names` (a string table). In: a slice or a
//! file ([`Spooled`]). Out: values or [`Malformed`]; never a panic, and never more work than a
//! multiple of the input.

use std::cell::Cell;

use super::Malformed;
use super::spooled::{Spooled, outside};

/// Longer than any path that a loader accepts.
const MAX_TEXT: usize = 1 << 16;

/// Bytes with a byte order, little endian by default; every read is checked.
#[derive(Debug, Clone, Copy)]
pub struct Bytes<'a> {
    origin: Origin<'a>,
    big_endian: bool,
}

#[derive(Debug, Clone, Copy)]
enum Origin<'a> {
    Slice(&'a [u8]),
    /// `len` bytes of a file, from `start`.
    File {
        file: &'a Spooled,
        start: usize,
        len: usize,
    },
}

impl<'a> From<&'a [u8]> for Bytes<'a> {
    fn from(bytes: &'a [u8]) -> Self {
        Self { origin: Origin::Slice(bytes), big_endian: false }
    }
}

impl<'a, const N: usize> From<&'a [u8; N]> for Bytes<'a> {
    fn from(bytes: &'a [u8; N]) -> Self {
        Self::from(bytes.as_slice())
    }
}

impl<'a> From<&'a Vec<u8>> for Bytes<'a> {
    fn from(bytes: &'a Vec<u8>) -> Self {
        Self::from(bytes.as_slice())
    }
}

impl<'a> From<&'a Spooled> for Bytes<'a> {
    fn from(file: &'a Spooled) -> Self {
        Self { origin: Origin::File { file, start: 0, len: file.len() }, big_endian: false }
    }
}

impl<'a> Bytes<'a> {
    /// The same bytes in another byte order.
    pub(super) fn ordered(self, big_endian: bool) -> Self {
        Self { big_endian, ..self }
    }

    /// The number of bytes.
    pub(super) fn len(self) -> usize {
        match self.origin {
            Origin::Slice(bytes) => bytes.len(),
            Origin::File { len, .. } => len,
        }
    }

    /// The part of `len` bytes at `at`, without reading it.
    pub(super) fn part(self, at: usize, len: usize) -> Result<Self, Malformed> {
        let end = at.checked_add(len).filter(|end| *end <= self.len());
        let end = end.ok_or_else(|| outside(at, len))?;
        let origin = match self.origin {
            Origin::Slice(bytes) => Origin::Slice(bytes.get(at..end).unwrap_or_default()),
            Origin::File { file, start, .. } => Origin::File { file, start: start + at, len },
        };
        Ok(Self { origin, ..self })
    }

    /// `len` bytes at `at`.
    pub(super) fn slice(self, at: usize, len: usize) -> Result<&'a [u8], Malformed> {
        match self.part(at, len)?.origin {
            Origin::Slice(bytes) => Ok(bytes),
            Origin::File { file, start, len } => file.borrow(start, len),
        }
    }

    /// A table of `len` bytes at `at`, read at once because every entry is needed.
    pub(super) fn table(self, at: usize, len: usize) -> Result<Self, Malformed> {
        Ok(Self { origin: Origin::Slice(self.slice(at, len)?), ..self })
    }

    /// Passes `len` bytes at `at` to `sink`, in one or several pieces; the size of all but the last is
    /// a multiple of the page size.
    pub(super) fn pass(
        self,
        at: usize,
        len: usize,
        sink: &mut dyn FnMut(&[u8]),
    ) -> Result<(), Malformed> {
        match self.part(at, len)?.origin {
            Origin::Slice(bytes) => sink(bytes),
            Origin::File { file, start, len } => file.pass(start, len, sink)?,
        }
        Ok(())
    }

    fn array<const N: usize>(self, at: usize) -> Result<[u8; N], Malformed> {
        let mut array = [0; N];
        match self.part(at, N)?.origin {
            Origin::Slice(bytes) => array.copy_from_slice(bytes),
            Origin::File { file, start, .. } => file.copy(start, &mut array)?,
        }
        Ok(array)
    }

    pub(super) fn u8(self, at: usize) -> Result<u8, Malformed> {
        self.array::<1>(at).map(|[byte]| byte)
    }

    pub(super) fn u16(self, at: usize) -> Result<u16, Malformed> {
        let bytes = self.array(at)?;
        Ok(if self.big_endian { u16::from_be_bytes(bytes) } else { u16::from_le_bytes(bytes) })
    }

    pub(super) fn u32(self, at: usize) -> Result<u32, Malformed> {
        let bytes = self.array(at)?;
        Ok(if self.big_endian { u32::from_be_bytes(bytes) } else { u32::from_le_bytes(bytes) })
    }

    pub(super) fn u64(self, at: usize) -> Result<u64, Malformed> {
        let bytes = self.array(at)?;
        Ok(if self.big_endian { u64::from_be_bytes(bytes) } else { u64::from_le_bytes(bytes) })
    }

    /// A `u32` that is an offset or a count.
    pub(super) fn size(self, at: usize) -> Result<usize, Malformed> {
        self.u32(at).map(|value| to_usize(u64::from(value)))
    }

    /// The text from `at` up to a NUL or the end of these bytes.
    pub(super) fn text(self, at: usize) -> Result<&'a str, Malformed> {
        let left = self.len().checked_sub(at);
        let left =
            left.ok_or_else(|| Malformed(format!("a name at {at:#x} is outside its table")))?;
        let text = match self.origin {
            Origin::Slice(bytes) => {
                let rest = bytes.get(at..).unwrap_or_default();
                rest.split(|byte| *byte == 0).next().unwrap_or_default()
            }
            Origin::File { .. } => {
                let mut length = 0;
                while length < left && self.u8(at + length)? != 0 {
                    length += 1;
                    if length > MAX_TEXT {
                        return Err(Malformed(format!("a name at {at:#x} does not end")));
                    }
                }
                self.slice(at, length)?
            }
        };
        std::str::from_utf8(text).map_err(|_| Malformed(format!("a name at {at:#x} is not UTF-8")))
    }
}

/// A number in a file as a size. One that does not fit is outside any slice anyway.
pub(super) fn to_usize(value: u64) -> usize {
    usize::try_from(value).unwrap_or(usize::MAX)
}

/// `a * b + c`; an overflow gives a place outside any slice.
pub(super) fn place(a: usize, b: usize, c: usize) -> usize {
    a.saturating_mul(b).saturating_add(c)
}

/// A string table that returns a bounded number of bytes in total.
///
/// Many symbols may share one long name: without a bound, a small file could take hours.
#[derive(Debug)]
pub(super) struct Names<'a> {
    table: Bytes<'a>,
    left: Cell<usize>,
}

impl<'a> Names<'a> {
    pub(super) fn new(table: &'a [u8]) -> Self {
        let left = table.len().saturating_mul(32).saturating_add(1 << 16);
        Self { table: Bytes::from(table), left: Cell::new(left) }
    }

    /// The name at `at`.
    ///
    /// # Errors
    /// [`Malformed`] if it is outside the table or not UTF-8, or the table has been read 32 times over.
    pub(super) fn get(&self, at: usize) -> Result<&'a str, Malformed> {
        let name = self.table.text(at)?;
        match self.left.get().checked_sub(name.len() + 1) {
            Some(left) => self.left.set(left),
            None => return Err(Malformed("its names overlap too often".to_owned())),
        }
        Ok(name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_byte_orders_are_read_and_reads_outside_are_errors() {
        let bytes = Bytes::from(&[1, 0, 0, 2]);
        assert_eq!(bytes.u32(0), Ok(0x0200_0001));
        assert_eq!(bytes.ordered(true).u16(2), Ok(2));
        assert!(bytes.u32(1).is_err());
        assert!(bytes.slice(usize::MAX, 2).is_err());
    }

    #[test]
    fn repeated_reads_of_a_long_name_are_bounded() {
        let table = vec![b'a'; 1 << 16];
        let names = Names::new(&table);
        assert!((0..1000).any(|_| names.get(0).is_err()));
    }
}
