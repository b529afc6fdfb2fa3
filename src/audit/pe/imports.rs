//! The import and export tables of a PE file.
//!
//! In: an image and the offset of a table. Out: names. Tables end with an empty entry; those without
//! one are rejected after more entries than any real file has.

use super::image::Image;
use crate::audit::bytes::place;
use crate::audit::{Exports, Malformed, stable_abi};

/// The largest programs import about two hundred DLLs.
const MAX_DLLS: usize = 4096;
/// For all tables together; the largest programs import a few tens of thousands of names.
const MAX_SYMBOLS: usize = 1 << 18;
/// The largest ordinal of a DLL.
const MAX_EXPORTS: usize = 65_536;
const IMPORT_SIZE: usize = 20;
const DELAY_SIZE: usize = 32;

/// A DLL that a file needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Import {
    /// Its file name, in lower case.
    pub dll: String,
    /// The symbols imported by name.
    pub symbols: Vec<String>,
}

/// Reads the import table at `start`.
pub(super) fn imported(image: &Image<'_>, start: usize) -> Result<Vec<Import>, Malformed> {
    let mut found = Vec::new();
    let mut left = MAX_SYMBOLS;
    for number in 0.. {
        let at = place(number, IMPORT_SIZE, start);
        let name = image.file.size(place(1, at, 12))?;
        if name == 0 {
            break;
        }
        if number >= MAX_DLLS {
            return Err(Malformed("its import table does not end".to_owned()));
        }
        let dll = text(image, name)?.to_ascii_lowercase();
        let lookup = match image.file.size(at)? {
            // Old linkers fill only the table that the loader overwrites.
            0 => image.file.size(place(1, at, 16))?,
            lookup => lookup,
        };
        // Packed programs fill in all but the name when they start.
        let symbols = match symbols(image, lookup, &mut left) {
            Err(error) if dll.starts_with("python") => return Err(error),
            symbols => symbols.unwrap_or_default(),
        };
        found.push(Import { dll, symbols });
    }
    Ok(found)
}

/// Reads the names in the lookup table at the address `lookup`. Imports by ordinal have none.
fn symbols(image: &Image<'_>, lookup: usize, left: &mut usize) -> Result<Vec<String>, Malformed> {
    let mut found = Vec::new();
    let start = image.offset(lookup)?;
    for number in 0..*left {
        let (entry, by_number) = if image.is_64 {
            let entry = image.file.u64(place(number, 8, start))?;
            (entry, entry >> 63 != 0)
        } else {
            let entry = u64::from(image.file.u32(place(number, 4, start))?);
            (entry, entry >> 31 != 0)
        };
        if entry == 0 {
            *left -= number;
            return Ok(found);
        }
        if !by_number {
            let address = usize::try_from(entry & 0x7fff_ffff).unwrap_or(usize::MAX);
            found.push(text(image, place(1, address, 2))?.to_owned());
        }
    }
    Err(Malformed("a table of imported names does not end".to_owned()))
}

/// Reads the DLLs of the delay-load table at `start`.
pub(super) fn delayed(image: &Image<'_>, start: usize) -> Result<Vec<String>, Malformed> {
    let mut found = Vec::new();
    for number in 0..MAX_DLLS {
        let at = place(number, DELAY_SIZE, start);
        let name = image.file.size(place(1, at, 4))?;
        // Without this bit the table has absolute addresses, which no linker has written since 2002.
        if name == 0 || image.file.u32(at)? & 1 == 0 {
            return Ok(found);
        }
        found.push(text(image, name)?.to_ascii_lowercase());
    }
    Err(Malformed("its delay-load table does not end".to_owned()))
}

/// Reads the export table at `start`: the names that are relevant to Python, and all names.
pub(super) fn exported(
    image: &Image<'_>,
    start: usize,
) -> Result<(Vec<String>, Exports), Malformed> {
    let (mut found, mut all) = (Vec::new(), Exports::default());
    let count = image.file.size(place(1, start, 24))?;
    if count > MAX_EXPORTS {
        return Err(Malformed(format!("it exports {count} names")));
    }
    if count == 0 {
        return Ok((found, all));
    }
    let names = image.offset(image.file.size(place(1, start, 32))?)?;
    for number in 0..count {
        let name = text(image, image.file.size(place(number, 4, names))?)?;
        all.insert(name);
        if stable_abi::concerns_python(name) {
            found.push(name.to_owned());
        }
    }
    Ok((found, all))
}

/// Longer than any name a compiler generates.
const MAX_NAME: usize = 4096;

fn text<'a>(image: &Image<'a>, address: usize) -> Result<&'a str, Malformed> {
    let at = image.offset(address)?;
    // Searching to the end of the file for each name would be slow.
    let most = image.file.len().saturating_sub(at).min(MAX_NAME);
    let name = image.file.part(at, most)?.text(0)?;
    if name.len() == most {
        return Err(Malformed(format!("a name at {at:#x} does not end")));
    }
    let left = image.names_left.get().checked_sub(name.len() + 1);
    let left = left.ok_or_else(|| Malformed("its names overlap too often".to_owned()))?;
    image.names_left.set(left);
    Ok(name)
}
