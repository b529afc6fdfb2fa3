//! The headers of a PE file, which also map addresses to offsets.

use std::cell::Cell;

use crate::audit::bytes::place;
use crate::audit::{Bytes, Malformed};

/// The loader allows 96.
const MAX_SECTIONS: usize = 96;
const PE32: u16 = 0x10b;
const PE32_PLUS: u16 = 0x20b;

/// The headers of a PE file.
pub(super) struct Image<'a> {
    pub(super) file: Bytes<'a>,
    pub(super) machine: u16,
    pub(super) characteristics: u16,
    pub(super) is_64: bool,
    directories: Vec<(usize, usize)>,
    sections: Vec<Section>,
    /// The number of bytes of names that may still be read.
    pub(super) names_left: Cell<usize>,
}

/// Ten times the names of the largest real tables, which may repeat one long name.
const MAX_NAME_BYTES: usize = 64 << 20;

struct Section {
    address: usize,
    size: usize,
    offset: usize,
}

impl<'a> Image<'a> {
    pub(super) fn parse(file: Bytes<'a>) -> Result<Self, Malformed> {
        let header = file.size(0x3c)?;
        let coff = place(1, header, 4);
        let count = usize::from(file.u16(place(1, coff, 2))?);
        if count > MAX_SECTIONS {
            return Err(Malformed(format!("it has {count} sections")));
        }
        let optional = place(1, coff, 20);
        let is_64 = match file.u16(optional)? {
            PE32 => false,
            PE32_PLUS => true,
            magic => {
                return Err(Malformed(format!(
                    "{magic:#x} is not the magic number of an optional header"
                )));
            }
        };
        let first = place(1, optional, if is_64 { 112 } else { 96 });
        let known = file.size(first.saturating_sub(4))?.min(16);
        let directories = (0..known)
            .map(|number| {
                let at = place(number, 8, first);
                Ok((file.size(at)?, file.size(place(1, at, 4))?))
            })
            .collect::<Result<_, Malformed>>()?;
        let table = place(1, optional, usize::from(file.u16(place(1, coff, 16))?));
        let sections = (0..count)
            .map(|number| {
                let at = place(number, 40, table);
                let section = Section {
                    address: file.size(place(1, at, 12))?,
                    size: file.size(place(1, at, 16))?,
                    offset: file.size(place(1, at, 20))?,
                };
                if section.size > 0 {
                    file.part(section.offset, section.size)
                        .map_err(|error| Malformed(format!("a section is truncated: {error}")))?;
                }
                Ok(section)
            })
            .collect::<Result<_, Malformed>>()?;
        Ok(Self {
            file,
            machine: file.u16(coff)?,
            characteristics: file.u16(place(1, coff, 18))?,
            is_64,
            directories,
            sections,
            names_left: Cell::new(MAX_NAME_BYTES),
        })
    }

    /// The address of a table in the header's directory; 0 if there is none.
    pub(super) fn directory(&self, number: usize) -> usize {
        self.directories
            .get(number)
            .map_or(0, |(address, size)| if *size == 0 { 0 } else { *address })
    }

    /// The file offset of `address` in memory.
    pub(super) fn offset(&self, address: usize) -> Result<usize, Malformed> {
        self.sections
            .iter()
            .find_map(|section| {
                let inside = address.checked_sub(section.address)?;
                (inside < section.size).then_some(place(1, section.offset, inside))
            })
            .ok_or_else(|| Malformed(format!("address {address:#x} is in no section")))
    }
}
