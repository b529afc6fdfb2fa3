//! What a Mach-O file says about itself, as dyld would read it.
//!
//! Owns [`MachO`] (reading a thin or a fat file) and [`MachoSlice`] (one image of it). In: the
//! bytes of a file. Out: per image its processor, names, needs, search paths, least macOS,
//! symbols and code signature. goblin gives the constants; the walk is ours, because it must end
//! and must not recurse for any bytes.
//!
//! Source: Apple's `mach-o/loader.h`, `mach-o/fat.h` and `mach-o/nlist.h`.

mod commands;
mod exports;
mod signature;

pub use self::signature::Signature;

use goblin::mach::cputype::{CPU_SUBTYPE_ARM64_E, CPU_SUBTYPE_MASK, CPU_TYPE_ARM64};
use goblin::mach::fat::{FAT_MAGIC, SIZEOF_FAT_ARCH, SIZEOF_FAT_HEADER};

use super::bytes::{place, to_usize};
use super::{Bytes, GoBuildInfo, Malformed};
use crate::target::{Machine, Release};

/// The magic of a fat file with 64-bit offsets.
pub(super) const FAT_MAGIC_64: u32 = 0xcafe_babf;
const SIZEOF_FAT_ARCH_64: usize = 32;
/// More images than there are processors; Java's class file versions begin above.
pub(super) const MAX_SLICES: usize = 30;

/// What an image is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ImageKind {
    /// A program.
    Program,
    /// A dynamic library.
    Dylib,
    /// A bundle: loaded by name, linked against by nobody.
    Bundle,
    /// A relocatable object, the compiler's output.
    Object,
    /// Anything else.
    Other,
}

/// A library that an image needs.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Dylib {
    /// Its install name.
    pub name: String,
    /// Whether the image does without it.
    pub weak: bool,
}

/// One image: the whole of a thin file, or a part of a fat one.
#[derive(Debug, Clone)]
pub struct MachoSlice {
    /// The processor as platform tags name it (`x86_64`, `arm64`), if tags have a name for it.
    pub arch: Option<&'static str>,
    /// The processor's number in the header, `cputype`.
    pub cpu: u32,
    /// What it is for.
    pub kind: ImageKind,
    /// The install name of a dylib, `LC_ID_DYLIB`.
    pub id: Option<String>,
    /// The libraries it needs, in order.
    pub dylibs: Vec<Dylib>,
    /// `LC_RPATH`, in order.
    pub rpaths: Vec<String>,
    /// The least release of its platform that it runs on.
    pub minos: Option<Release>,
    /// Whether that platform is macOS.
    pub is_macos: bool,
    /// Of the symbols that others can take from here, those that are named as Python's are; as C
    /// names them (no leading underscore).
    pub exported: Vec<String>,
    /// The symbols taken from elsewhere, as C names them.
    pub undefined: Vec<String>,
    /// Whether it holds a UUID, by which crash reports find its symbols.
    pub has_uuid: bool,
    /// Whether it holds debugging symbols or DWARF.
    pub has_debug_info: bool,
    /// Its code signature, checked.
    pub signature: Signature,
    /// Where it begins in a fat file; 0 in a thin one.
    pub offset: usize,
    /// The alignment that a fat file claims for it, as a power of two.
    pub alignment: Option<u32>,
    /// How many bytes between the last table of symbols and the string table are not zero.
    pub stray_padding: usize,
    /// What Go says of it, if Go built it.
    pub go: Option<GoBuildInfo>,
}

/// Reader of Mach-O files.
#[derive(Debug)]
pub struct MachO;

impl MachO {
    /// Reads every image of a thin or fat file, in the order of the file.
    ///
    /// # Errors
    /// [`Malformed`], saying what does not fit together; a truncated file is one.
    pub fn parse<'a>(bytes: impl Into<Bytes<'a>>) -> Result<Vec<MachoSlice>, Malformed> {
        let file = bytes.into().ordered(true);
        let wide = match file.u32(0)? {
            FAT_MAGIC => false,
            FAT_MAGIC_64 => true,
            _ => return commands::parse(file).map(|slice| vec![slice]),
        };
        let count = file.size(4)?;
        if !(1..=MAX_SLICES).contains(&count) {
            return Err(Malformed(format!("a fat file with {count} images")));
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
                // Images that overlap would be read again and again.
                left = left
                    .checked_sub(length)
                    .ok_or_else(|| Malformed("its images are larger than the file".to_owned()))?;
                let image = file.part(offset, length)?;
                let slice = commands::parse(image)
                    .map_err(|error| Malformed(format!("image {}: {error}", number + 1)))?;
                if slice.cpu != file.u32(at)? {
                    return Err(Malformed(format!(
                        "image {} is for another processor than the fat header says",
                        number + 1
                    )));
                }
                Ok(MachoSlice { offset, alignment: Some(alignment), ..slice })
            })
            .collect()
    }
}

impl MachoSlice {
    /// Whether the Macs that run it refuse an image without a signature.
    pub fn must_be_signed(&self) -> bool {
        self.arch.is_some() && self.cpu == CPU_TYPE_ARM64
    }

    /// The size of a page on the Macs that run it; the kernel maps an image by whole pages.
    pub fn page_size(&self) -> usize {
        if self.cpu == CPU_TYPE_ARM64 { 1 << 14 } else { 1 << 12 }
    }
}

/// The name of the processor in platform tags; `arm64e` is Apple's own and no wheel's.
fn arch(cpu: u32, subtype: u32) -> Option<&'static str> {
    let is_arm64e = cpu == CPU_TYPE_ARM64 && subtype & !CPU_SUBTYPE_MASK == CPU_SUBTYPE_ARM64_E;
    if is_arm64e { None } else { Machine::MachO(cpu).tag_arch() }
}
