//! Reading numbers and names out of bytes that nobody vouches for.
//!
//! Owns [`Bytes`] (checked reads in one byte order) and [`Names`] (a string table). In: a slice.
//! Out: values, or [`Malformed`]; never a panic, and never more work than a multiple of the input.

use std::cell::Cell;

use super::Malformed;

/// A slice read in one byte order; every read is checked.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bytes<'a> {
    bytes: &'a [u8],
    big_endian: bool,
}

impl<'a> Bytes<'a> {
    pub(super) fn little(bytes: &'a [u8]) -> Self {
        Self { bytes, big_endian: false }
    }

    pub(super) fn big(bytes: &'a [u8]) -> Self {
        Self { bytes, big_endian: true }
    }

    pub(super) fn new(bytes: &'a [u8], big_endian: bool) -> Self {
        Self { bytes, big_endian }
    }

    /// `len` bytes at `at`.
    pub(super) fn slice(self, at: usize, len: usize) -> Result<&'a [u8], Malformed> {
        at.checked_add(len)
            .and_then(|end| self.bytes.get(at..end))
            .ok_or_else(|| Malformed(format!("{len} bytes at {at:#x} lie outside the file")))
    }

    /// The same byte order over `len` bytes at `at`.
    pub(super) fn part(self, at: usize, len: usize) -> Result<Self, Malformed> {
        Ok(Self { bytes: self.slice(at, len)?, big_endian: self.big_endian })
    }

    fn array<const N: usize>(self, at: usize) -> Result<[u8; N], Malformed> {
        let slice = self.slice(at, N)?;
        slice.try_into().map_err(|_| Malformed(format!("no {N} bytes at {at:#x}")))
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
        let rest = self
            .bytes
            .get(at..)
            .ok_or_else(|| Malformed(format!("a name at {at:#x} lies outside its table")))?;
        let text = rest.split(|byte| *byte == 0).next().unwrap_or_default();
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
        Self { table: Bytes::little(table), left: Cell::new(left) }
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
        let bytes = [1, 0, 0, 2];
        assert_eq!(Bytes::little(&bytes).u32(0), Ok(0x0200_0001));
        assert_eq!(Bytes::big(&bytes).u16(2), Ok(2));
        assert!(Bytes::little(&bytes).u32(1).is_err());
        assert!(Bytes::little(&bytes).slice(usize::MAX, 2).is_err());
    }

    #[test]
    fn one_long_name_asked_for_again_and_again_comes_to_an_end() {
        let table = vec![b'a'; 1 << 16];
        let names = Names::new(&table);
        assert!((0..1000).any(|_| names.get(0).is_err()));
    }
}
