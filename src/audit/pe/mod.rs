//! Parses a PE file like the Windows loader does.
//!
//! Owns [`Pe`]. In: the bytes of a file. Out: its architecture, the DLLs it imports, and the names it
//! imports from Python and exports to it. All work is bounded for any bytes.
//!
//! Source: Microsoft, "PE Format".

mod image;
mod imports;

use self::image::Image;
pub use self::imports::Import;
use self::imports::{delayed, exported, imported};
use super::bytes::place;
use super::{Bytes, Exports, Malformed};
use crate::target::Machine;

const CHARACTERISTIC_DLL: u16 = 0x2000;
const DIRECTORY_EXPORT: usize = 0;
const DIRECTORY_IMPORT: usize = 1;
const DIRECTORY_DELAY_IMPORT: usize = 13;
const DIRECTORY_CLR: usize = 14;
/// COMIMAGE_FLAGS_ILONLY (ECMA-335 II.25.3.3).
const CLR_NO_MACHINE_CODE: u32 = 1;

/// A parsed PE file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pe {
    /// The architecture as in platform tags (`amd64`, `arm64`, `x86`), if tags have a name for it.
    pub arch: Option<&'static str>,
    /// The machine type in the header.
    pub machine: u16,
    /// Whether it is a library.
    pub is_dll: bool,
    /// Whether it only contains .NET code, which runs anywhere.
    pub is_managed: bool,
    /// The DLLs it needs when it is loaded, in order.
    pub imports: Vec<Import>,
    /// The delay-loaded DLLs, in lower case.
    pub delayed: Vec<String>,
    /// The exported names that look like Python's.
    pub exported: Vec<String>,
    /// All exported names.
    pub exports: Exports,
}

impl Pe {
    /// Parses the headers, the import tables and the export table.
    ///
    /// # Errors
    /// [`Malformed`], if the file is inconsistent or truncated.
    pub fn parse<'a>(bytes: impl Into<Bytes<'a>>) -> Result<Self, Malformed> {
        let image = Image::parse(bytes.into())?;
        let machine = image.machine;
        let (exported, exports) = table(&image, DIRECTORY_EXPORT, exported)?;
        Ok(Self {
            arch: Machine::Pe(machine).tag_arch(),
            machine,
            is_dll: image.characteristics & CHARACTERISTIC_DLL != 0,
            is_managed: is_managed(&image),
            imports: table(&image, DIRECTORY_IMPORT, imported)?,
            delayed: table(&image, DIRECTORY_DELAY_IMPORT, delayed)?,
            exported,
            exports,
        })
    }
}

/// Reads a table of the directory at its offset, if there is one.
fn table<T: Default>(
    image: &Image<'_>,
    directory: usize,
    read: fn(&Image<'_>, usize) -> Result<T, Malformed>,
) -> Result<T, Malformed> {
    match image.directory(directory) {
        0 => Ok(T::default()),
        address => read(image, image.offset(address)?),
    }
}

/// Whether the header of a .NET file says that it has no machine code.
fn is_managed(image: &Image<'_>) -> bool {
    let header = match image.directory(DIRECTORY_CLR) {
        0 => return false,
        header => image.offset(header),
    };
    let flags = header.and_then(|header| image.file.u32(place(1, header, 16)));
    flags.is_ok_and(|flags| flags & CLR_NO_MACHINE_CODE != 0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_builders::PeBuilder;

    #[test]
    fn imports_and_exports_are_parsed() {
        let bytes = PeBuilder::dll()
            .imports("KERNEL32.dll", &["Sleep"])
            .imports("python3.dll", &["PyModule_Create2", "PyLong_FromLong"])
            .exports("PyInit__x")
            .exports("other")
            .build();
        let pe = Pe::parse(&bytes).unwrap();
        assert_eq!((pe.arch, pe.is_dll), (Some("amd64"), true));
        let dlls: Vec<_> = pe.imports.iter().map(|import| import.dll.as_str()).collect();
        assert_eq!(dlls, ["kernel32.dll", "python3.dll"]);
        assert_eq!(pe.imports[0].symbols, ["Sleep"]);
        assert_eq!(pe.imports[1].symbols, ["PyModule_Create2", "PyLong_FromLong"]);
        assert_eq!(pe.exported, ["PyInit__x"]);
        for cut in 0..bytes.len() {
            let _ = Pe::parse(&bytes[..cut]);
        }
    }
}
