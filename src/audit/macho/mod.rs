//! Parses a Mach-O file like dyld does.
//!
//! Owns [`MachO`], the parser of thin and fat files. In: the bytes of a file. Out: a [`MachoSlice`]
//! for each image, with its architecture, names, needs, search paths, minimum macOS, symbols and
//! code signature. goblin provides the constants; the files are read here, in bounded time and
//! without recursion for any bytes.
//!
//! Source: Apple's `mach-o/loader.h`, `mach-o/fat.h` and `mach-o/nlist.h`.

mod commands;
mod exports;
mod signature;
mod slice;

pub use self::signature::Signature;
pub use self::slice::{Dylib, ImageKind, MachoSlice, Origin, Unbound};

use goblin::mach::fat::{FAT_MAGIC, SIZEOF_FAT_ARCH, SIZEOF_FAT_HEADER};

use super::bytes::{place, to_usize};
use super::{Bytes, Malformed};

/// The magic number of a fat file with 64-bit offsets.
pub(super) const FAT_MAGIC_64: u32 = 0xcafe_babf;
const SIZEOF_FAT_ARCH_64: usize = 32;
/// More images than there are architectures; Java class file versions start above.
pub(super) const MAX_SLICES: usize = 30;

/// The parser of Mach-O files.
#[derive(Debug)]
pub struct MachO;

impl MachO {
    /// Parses every image of a thin or fat file, in order.
    ///
    /// # Errors
    /// [`Malformed`], if the file is inconsistent or truncated.
    pub fn parse<'a>(bytes: impl Into<Bytes<'a>>) -> Result<Vec<MachoSlice>, Malformed> {
        let file = bytes.into().ordered(true);
        let wide = match file.u32(0)? {
            FAT_MAGIC => false,
            FAT_MAGIC_64 => true,
            _ => return commands::parse(file).map(|slice| vec![slice]),
        };
        let count = file.size(4)?;
        if !(1..=MAX_SLICES).contains(&count) {
            return Err(Malformed(format!("it is a fat file with {count} images")));
        }
        let mut left = file.len();
        (0..count)
            .map(|number| {
                let size = if wide { SIZEOF_FAT_ARCH_64 } else { SIZEOF_FAT_ARCH };
                let at = place(number, size, SIZEOF_FAT_HEADER);
                let (offset, length, alignment) = if wide {
                    let (offset, length) = (file.u64(at + 8)?, file.u64(at + 16)?);
                    (to_usize(offset), to_usize(length), file.u32(at + 24)?)
                } else {
                    (file.size(at + 8)?, file.size(at + 12)?, file.u32(at + 16)?)
                };
                // Overlapping images would be read repeatedly.
                left = left
                    .checked_sub(length)
                    .ok_or_else(|| Malformed("its images are larger than the file".to_owned()))?;
                let image = file.part(offset, length)?;
                let slice = commands::parse(image)
                    .map_err(|error| Malformed(format!("image {}: {error}", number + 1)))?;
                if slice.cpu != file.u32(at)? {
                    return Err(Malformed(format!(
                        "image {} is for another architecture than the fat header says",
                        number + 1
                    )));
                }
                Ok(MachoSlice { offset, alignment: Some(alignment), ..slice })
            })
            .collect()
    }
}
