//! What a PE file says about itself, as the Windows loader would read it.
//!
//! Owns [`Pe`]. In: the bytes of a file. Out: processor, the DLLs that it imports and what of
//! Python's, and the names it exports to Python. Every walk is bounded, whatever the bytes.
//!
//! Source: Microsoft, "PE Format".

mod imports;

use std::cell::Cell;

use self::imports::{delayed, exported, imported};
use super::bytes::place;
use super::{Bytes, Malformed};
use crate::target::Machine;

/// The loader allows 96.
const MAX_SECTIONS: usize = 96;
const PE32: u16 = 0x10b;
const PE32_PLUS: u16 = 0x20b;
const CHARACTERISTIC_DLL: u16 = 0x2000;
const DIRECTORY_EXPORT: usize = 0;
const DIRECTORY_IMPORT: usize = 1;
const DIRECTORY_DELAY_IMPORT: usize = 13;
const DIRECTORY_CLR: usize = 14;
/// COMIMAGE_FLAGS_ILONLY (ECMA-335 II.25.3.3).
const CLR_NO_MACHINE_CODE: u32 = 1;

/// A DLL that a file needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Import {
    /// Its file name, in lower case.
    pub dll: String,
    /// What is taken from it, where the DLL is Python.
    pub symbols: Vec<String>,
}

/// A PE file, read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pe {
    /// The processor as platform tags name it (`amd64`, `arm64`, `x86`), if they do.
    pub arch: Option<&'static str>,
    /// The processor's number in the header.
    pub machine: u16,
    /// Whether it is a library.
    pub is_dll: bool,
    /// Whether it holds no machine code but that of .NET, which runs anywhere.
    pub is_managed: bool,
    /// What must be there when it is loaded, in order.
    pub imports: Vec<Import>,
    /// What is loaded when it is first used, in lower case.
    pub delayed: Vec<String>,
    /// Of the names it exports, those that are named as Python's are.
    pub exported: Vec<String>,
}

impl Pe {
    /// Reads the headers, the import tables and the export table.
    ///
    /// # Errors
    /// [`Malformed`], saying what does not fit together; a truncated file is one.
    pub fn parse<'a>(bytes: impl Into<Bytes<'a>>) -> Result<Self, Malformed> {
        let image = Image::parse(bytes.into())?;
        let machine = image.machine;
        Ok(Self {
            arch: Machine::Pe(machine).tag_arch(),
            machine,
            is_dll: image.characteristics & CHARACTERISTIC_DLL != 0,
            is_managed: is_managed(&image),
            imports: imported(&image, image.directory(DIRECTORY_IMPORT))?,
            delayed: delayed(&image, image.directory(DIRECTORY_DELAY_IMPORT))?,
            exported: exported(&image, image.directory(DIRECTORY_EXPORT))?,
        })
    }
}

/// A file for .NET has a header of its own, which says whether there is machine code beside.
fn is_managed(image: &Image<'_>) -> bool {
    let header = match image.directory(DIRECTORY_CLR) {
        0 => return false,
        header => image.offset(header),
    };
    let flags = header.and_then(|header| image.file.u32(place(1, header, 16)));
    flags.is_ok_and(|flags| flags & CLR_NO_MACHINE_CODE != 0)
}

/// The headers, and a way from addresses to offsets.
struct Image<'a> {
    file: Bytes<'a>,
    machine: u16,
    characteristics: u16,
    is_64: bool,
    directories: Vec<(usize, usize)>,
    sections: Vec<Section>,
    /// How many bytes of names may still be read.
    names_left: Cell<usize>,
}

/// Tables may name one long text again and again; the largest real ones hold a tenth of this.
const MAX_NAME_BYTES: usize = 8 << 20;

struct Section {
    address: usize,
    size: usize,
    offset: usize,
}

impl<'a> Image<'a> {
    fn parse(file: Bytes<'a>) -> Result<Self, Malformed> {
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
            magic => return Err(Malformed(format!("{magic:#x} begins no optional header"))),
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
                        .map_err(|error| Malformed(format!("a section is not whole: {error}")))?;
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

    /// Where a table of the header's directory begins; 0 where there is none.
    fn directory(&self, number: usize) -> usize {
        self.directories
            .get(number)
            .map_or(0, |(address, size)| if *size == 0 { 0 } else { *address })
    }

    /// The offset in the file of what will be at `address` in memory.
    fn offset(&self, address: usize) -> Result<usize, Malformed> {
        self.sections
            .iter()
            .find_map(|section| {
                let inside = address.checked_sub(section.address)?;
                (inside < section.size).then_some(place(1, section.offset, inside))
            })
            .ok_or_else(|| Malformed(format!("address {address:#x} lies in no section")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::forge::PeForge;

    #[test]
    fn reads_what_the_loader_reads() {
        let bytes = PeForge::dll()
            .imports("KERNEL32.dll", &["Sleep"])
            .imports("python3.dll", &["PyModule_Create2", "PyLong_FromLong"])
            .exports("PyInit__x")
            .exports("other")
            .build();
        let pe = Pe::parse(&bytes).unwrap();
        assert_eq!((pe.arch, pe.is_dll), (Some("amd64"), true));
        let dlls: Vec<_> = pe.imports.iter().map(|import| import.dll.as_str()).collect();
        assert_eq!(dlls, ["kernel32.dll", "python3.dll"]);
        assert!(pe.imports[0].symbols.is_empty(), "only Python's symbols are of interest");
        assert_eq!(pe.imports[1].symbols, ["PyModule_Create2", "PyLong_FromLong"]);
        assert_eq!(pe.exported, ["PyInit__x"]);
        for cut in 0..bytes.len() {
            let _ = Pe::parse(&bytes[..cut]);
        }
    }
}
