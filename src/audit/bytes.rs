//! Reading numbers and names out of bytes that nobody vouches for.
//!
//! Owns [`Bytes`] (checked reads in one byte order) and `Names` (a string table). In: a slice,
//! or a file ([`Spooled`]). Out: values, or [`Malformed`]; never a panic, and never more work than
//! a multiple of the input.

use std::cell::Cell;

use super::Malformed;
use super::spooled::{Spooled, outside};

/// Longer than any path that a loader takes.
const MAX_TEXT: usize = 1 << 16;

/// Bytes read in one byte order, little endian until it is known; every read is checked.
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

impl<'a> Bytes<'a> {
    pub(super) fn spooled(file: &'a Spooled, len: usize) -> Self {
        Self { origin: Origin::File { file, start: 0, len }, big_endian: false }
    }

    /// The same bytes, with numbers in big endian or not.
    pub(super) fn ordered(self, big_endian: bool) -> Self {
        Self { big_endian, ..self }
    }

    /// How many there are.
    pub(super) fn len(self) -> usize {
        match self.origin {
            Origin::Slice(bytes) => bytes.len(),
            Origin::File { len, .. } => len,
        }
    }

    /// The part of `len` bytes at `at`; nothing of it is read.
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

    /// A table of `len` bytes at `at`, of which every entry will be read.
    pub(super) fn table(self, at: usize, len: usize) -> Result<Self, Malformed> {
        Ok(Self { origin: Origin::Slice(self.slice(at, len)?), ..self })
    }

    /// Passes `len` bytes at `at` to `sink`, in one piece or several; all but the last have a size
    /// that is a multiple of a page's.
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

    /// The text from `at` up to a NUL, or up to the end of these bytes.
    pub(super) fn text(self, at: usize) -> Result<&'a str, Malformed> {
        let left = self.len().checked_sub(at);
        let left =
            left.ok_or_else(|| Malformed(format!("a name at {at:#x} lies outside its table")))?;
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
                        return Err(Malformed(format!("a name at {at:#x} has no end")));
                    }
                }
                self.slice(at, length)?
            }
        };
        std::str::from_utf8(text).map_err(|_| Malformed(format!("a name at {at:#x} is not UTF-8")))
    }
}

/// A number of the file as a size here; what does not fit lies outside any slice anyway.
pub(super) fn to_usize(value: u64) -> usize {
    usize::try_from(value).unwrap_or(usize::MAX)
}

/// `a * b + c`, where an overflow gives a place that lies outside any slice.
pub(super) fn place(a: usize, b: usize, c: usize) -> usize {
    a.saturating_mul(b).saturating_add(c)
}

/// A string table that gives out a bounded number of bytes.
///
/// Many symbols may name one long string: without a bound, a small file could ask for hours.
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
    /// [`Malformed`] when it lies outside, is no UTF-8, or the table was read 32 times over.
    pub(super) fn get(&self, at: usize) -> Result<&'a str, Malformed> {
        let name = self.table.text(at)?;
        match self.left.get().checked_sub(name.len() + 1) {
            Some(left) => self.left.set(left),
            None => return Err(Malformed("its names overlap without end".to_owned())),
        }
        Ok(name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_in_both_orders_and_refuses_what_lies_outside() {
        let bytes = Bytes::from(&[1, 0, 0, 2]);
        assert_eq!(bytes.u32(0), Ok(0x0200_0001));
        assert_eq!(bytes.ordered(true).u16(2), Ok(2));
        assert!(bytes.u32(1).is_err());
        assert!(bytes.slice(usize::MAX, 2).is_err());
    }

    #[test]
    fn one_long_name_asked_for_again_and_again_comes_to_an_end() {
        let table = vec![b'a'; 1 << 16];
        let names = Names::new(&table);
        assert!((0..1000).any(|_| names.get(0).is_err()));
    }
}
