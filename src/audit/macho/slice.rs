//! One image of a Mach-O file: its parsed contents and what follows from its processor.

use goblin::mach::cputype::{CPU_SUBTYPE_ARM64_E, CPU_SUBTYPE_MASK, CPU_TYPE_ARM64};

use super::signature::Signature;
use crate::audit::{Exports, GoBuildInfo};
use crate::target::{Machine, Os, Release};

/// The purpose of an image.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ImageKind {
    /// A program.
    Program,
    /// A dynamic library.
    Dylib,
    /// A bundle, which is loaded but never linked against.
    Bundle,
    /// A relocatable object file.
    Object,
    /// Anything else.
    #[default]
    Other,
}

/// A library that an image needs.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Dylib {
    /// Its install name.
    pub name: String,
    /// Whether it is optional.
    pub weak: bool,
}

/// An undefined symbol.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Unbound {
    /// Its name, without the leading underscore.
    pub name: String,
    /// Whether it is optional.
    pub weak: bool,
    /// The place where dyld looks for it.
    pub from: Origin,
}

/// The place where dyld looks for an undefined symbol.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Origin {
    /// In the library at this index of [`MachoSlice::dylibs`].
    Library(usize),
    /// In everything that is loaded: `-undefined dynamic_lookup`.
    Anywhere,
    /// In the program, or in everything because the whole image asks for that.
    Other,
}

/// One image: a thin file, or a part of a fat one.
#[derive(Debug, Clone, Default)]
pub struct MachoSlice {
    /// The architecture as in platform tags (`x86_64`, `arm64`), if tags have a name for it.
    pub arch: Option<&'static str>,
    /// `cputype` of the header.
    pub cpu: u32,
    /// Its purpose.
    pub kind: ImageKind,
    /// The install name of a dylib, `LC_ID_DYLIB`.
    pub id: Option<String>,
    /// The libraries it needs, in order.
    pub dylibs: Vec<Dylib>,
    /// `LC_RPATH`, in order.
    pub rpaths: Vec<String>,
    /// The number of its platform, if it names one.
    pub platform: Option<u32>,
    /// The minimum release of its platform.
    pub minos: Option<Release>,
    /// The exported symbols that look like Python's, without the leading underscore.
    pub exported: Vec<String>,
    /// All exported symbols, without the leading underscore.
    pub exports: Exports,
    /// Whether it also exports what other libraries export.
    pub reexports: bool,
    /// The undefined symbols.
    pub undefined: Vec<Unbound>,
    /// Whether it has debug symbols or DWARF.
    pub has_debug_info: bool,
    /// Its verified code signature.
    pub signature: Signature,
    /// Its offset in a fat file; 0 in a thin one.
    pub offset: usize,
    /// Its alignment according to a fat file, as a power of two.
    pub alignment: Option<u32>,
    /// The number of non-zero bytes between the last symbol table and the string table.
    pub stray_padding: usize,
    /// Its build info, if Go built it.
    pub go: Option<GoBuildInfo>,
}

impl MachoSlice {
    /// The system it is for, if that has a row.
    pub fn os(&self) -> Option<&'static Os> {
        Os::of_macho_platform(self.platform?)
    }

    /// Whether the Macs that run it reject unsigned images.
    pub fn must_be_signed(&self) -> bool {
        self.arch.is_some() && self.cpu == CPU_TYPE_ARM64
    }

    /// The page size of the Macs that run it; the kernel maps whole pages.
    pub fn page_size(&self) -> usize {
        if self.cpu == CPU_TYPE_ARM64 { 1 << 14 } else { 1 << 12 }
    }
}

/// The architecture as in platform tags; `arm64e` is for Apple's own binaries only.
pub(super) fn arch(cpu: u32, subtype: u32) -> Option<&'static str> {
    let is_arm64e = cpu == CPU_TYPE_ARM64 && subtype & !CPU_SUBTYPE_MASK == CPU_SUBTYPE_ARM64_E;
    if is_arm64e { None } else { Machine::MachO(cpu).tag_arch() }
}
