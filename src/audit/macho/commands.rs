//! The load commands of one Mach-O image.
//!
//! In: the bytes of the image. Out: a [`MachoSlice`]. This file finds the parts of the image and reads
//! the symbol table; `exports.rs` and `signature.rs` read theirs.

use goblin::mach::cputype::{CPU_TYPE_ARM, CPU_TYPE_ARM64};
use goblin::mach::header::{
    MH_BUNDLE, MH_CIGAM, MH_CIGAM_64, MH_DYLIB, MH_EXECUTE, MH_MAGIC, MH_MAGIC_64, MH_OBJECT,
    MH_TWOLEVEL,
};
use goblin::mach::load_command as lc;
use goblin::mach::symbols::{N_EXT, N_PEXT, N_STAB, N_TYPE, N_UNDF, N_WEAK_DEF, N_WEAK_REF};

use super::exports;
use super::signature;
use super::slice::{Dylib, ImageKind, MachoSlice, Origin, Unbound, arch};
use crate::audit::bytes::{Bytes, Names, place, to_usize};
use crate::audit::{GoBuildInfo, Malformed, stable_abi};
use crate::target::Release;

/// Tables are aligned to at most 16 bytes.
const MAX_PADDING: usize = 16;
/// The numbers of libraries in a symbol's description, and one for all of them.
const SELF_LIBRARY_ORDINAL: u16 = 0;
const MAX_LIBRARY_ORDINAL: u16 = 0xfe;
const DYNAMIC_LOOKUP_ORDINAL: u16 = 0xfe;
/// More load commands than any image has.
const MAX_COMMANDS: usize = 4096;

pub(super) fn parse(image: Bytes<'_>) -> Result<MachoSlice, Malformed> {
    let (big_endian, wide) = match image.ordered(true).u32(0)? {
        MH_CIGAM_64 => (false, true),
        MH_CIGAM => (false, false),
        MH_MAGIC_64 => (true, true),
        MH_MAGIC => (true, false),
        magic => {
            return Err(Malformed(format!(
                "{magic:#010x} is not the magic number of a Mach-O image"
            )));
        }
    };
    let image = image.ordered(big_endian);
    let cpu = image.u32(4)?;
    let mut slice = MachoSlice {
        arch: arch(cpu, image.u32(8)?),
        cpu,
        kind: match image.u32(12)? {
            MH_EXECUTE => ImageKind::Program,
            MH_DYLIB => ImageKind::Dylib,
            MH_BUNDLE => ImageKind::Bundle,
            MH_OBJECT => ImageKind::Object,
            _ => ImageKind::Other,
        },
        ..MachoSlice::default()
    };
    let count = image.size(16)?;
    if count > MAX_COMMANDS {
        return Err(Malformed(format!("it has {count} load commands")));
    }
    let commands = image.table(if wide { 32 } else { 28 }, image.size(20)?)?;
    let mut at = 0;
    let mut seen = Seen::default();
    for _ in 0..count {
        let size = commands.size(at + 4)?;
        if size < 8 {
            return Err(Malformed(format!("a load command has {size} bytes")));
        }
        let command = commands.part(at, size)?;
        seen.read(command, image, &mut slice)?;
        at += size;
    }
    if let Some(table) = seen.symbols {
        table.read(image, wide, image.u32(24)? & MH_TWOLEVEL != 0, &mut slice)?;
        slice.stray_padding = table.stray_padding(image, seen.indirect);
    }
    if let Some((offset, size)) = seen.exports {
        // The trie may export names that were stripped from the symbol table.
        let all = &mut slice.exports;
        slice.exported.extend(exports::walk(image.slice(offset, size)?, |name| {
            all.insert(name);
            stable_abi::concerns_python(name)
        })?);
    }
    slice.exported.sort_unstable();
    slice.exported.dedup();
    if let Some((offset, size)) = seen.signature {
        slice.signature = signature::check(image, offset, size);
    }
    slice.go = GoBuildInfo::read(image);
    Ok(slice)
}

/// The places of the parts that are read after the load commands.
#[derive(Default)]
struct Seen {
    symbols: Option<SymbolTable>,
    /// Offset and length of the table of indirect symbols.
    indirect: Option<(usize, usize)>,
    exports: Option<(usize, usize)>,
    signature: Option<(usize, usize)>,
}

impl Seen {
    fn read(
        &mut self,
        command: Bytes<'_>,
        image: Bytes<'_>,
        slice: &mut MachoSlice,
    ) -> Result<(), Malformed> {
        match command.u32(0)? {
            lc::LC_SEGMENT_64 => segment(command, image, true, slice)?,
            lc::LC_SEGMENT => segment(command, image, false, slice)?,
            lc::LC_ID_DYLIB => slice.id = Some(text(command)?),
            kind @ (lc::LC_LOAD_DYLIB
            | lc::LC_LOAD_WEAK_DYLIB
            | lc::LC_REEXPORT_DYLIB
            | lc::LC_LOAD_UPWARD_DYLIB
            | lc::LC_LAZY_LOAD_DYLIB) => {
                let name = text(command)?;
                slice.dylibs.push(Dylib { name, weak: kind == lc::LC_LOAD_WEAK_DYLIB });
                slice.reexports |= kind == lc::LC_REEXPORT_DYLIB;
            }
            lc::LC_RPATH => slice.rpaths.push(text(command)?),
            lc::LC_BUILD_VERSION => {
                slice.platform = Some(command.u32(8)?);
                slice.minos = Some(release(command.u32(12)?));
            }
            lc::LC_VERSION_MIN_MACOSX => {
                slice.platform = Some(lc::PLATFORM_MACOS);
                slice.minos = Some(release(command.u32(8)?));
            }
            lc::LC_VERSION_MIN_IPHONEOS => {
                // The older command does not tell devices from simulators, which had other processors.
                let is_device = matches!(slice.cpu, CPU_TYPE_ARM | CPU_TYPE_ARM64);
                slice.platform =
                    Some(if is_device { lc::PLATFORM_IOS } else { lc::PLATFORM_IOSSIMULATOR });
                slice.minos = Some(release(command.u32(8)?));
            }
            lc::LC_SYMTAB => {
                self.symbols = Some(SymbolTable {
                    offset: command.size(8)?,
                    count: command.size(12)?,
                    names: (command.size(16)?, command.size(20)?),
                });
            }
            lc::LC_DYSYMTAB => self.indirect = Some((command.size(56)?, command.size(60)?)),
            lc::LC_DYLD_INFO | lc::LC_DYLD_INFO_ONLY => {
                self.exports = Some((command.size(40)?, command.size(44)?));
            }
            lc::LC_DYLD_EXPORTS_TRIE => {
                self.exports = Some((command.size(8)?, command.size(12)?));
            }
            lc::LC_CODE_SIGNATURE => {
                self.signature = Some((command.size(8)?, command.size(12)?));
            }
            _ => {}
        }
        Ok(())
    }
}

/// The library that the high byte of a symbol's description names.
fn origin(ordinal: u16) -> Origin {
    match ordinal {
        // zig writes the number of the image itself, which cannot define what it lacks.
        SELF_LIBRARY_ORDINAL | DYNAMIC_LOOKUP_ORDINAL => Origin::Anywhere,
        1..MAX_LIBRARY_ORDINAL => Origin::Library(usize::from(ordinal) - 1),
        _ => Origin::Other,
    }
}

/// The text that the command's first field points to.
fn text(command: Bytes<'_>) -> Result<String, Malformed> {
    Ok(command.text(command.size(8)?)?.to_owned())
}

/// Checks that a segment is inside the image.
fn segment(
    command: Bytes<'_>,
    image: Bytes<'_>,
    wide: bool,
    slice: &mut MachoSlice,
) -> Result<(), Malformed> {
    let (offset, size) = if wide {
        (to_usize(command.u64(40)?), to_usize(command.u64(48)?))
    } else {
        (command.size(32)?, command.size(36)?)
    };
    image
        .part(offset, size)
        .map_err(|error| Malformed(format!("a segment is truncated: {error}")))?;
    slice.has_debug_info |= command.slice(8, 8)?.starts_with(b"__DWARF");
    Ok(())
}

/// Parses `xxxx.yy.zz` in nibbles; tags do not contain the third number.
fn release(packed: u32) -> Release {
    let [high, low, minor, _] = packed.to_be_bytes();
    Release::new(u16::from_be_bytes([high, low]), u16::from(minor))
}

struct SymbolTable {
    offset: usize,
    count: usize,
    names: (usize, usize),
}

impl SymbolTable {
    fn read(
        &self,
        image: Bytes<'_>,
        wide: bool,
        two_level: bool,
        slice: &mut MachoSlice,
    ) -> Result<(), Malformed> {
        let size = if wide { 16 } else { 12 };
        let table = image.table(self.offset, self.count.saturating_mul(size))?;
        let names = Names::new(image.slice(self.names.0, self.names.1)?);
        for number in 0..self.count {
            let at = place(number, size, 0);
            let kind = table.u8(at + 4)?;
            if kind & N_STAB != 0 {
                slice.has_debug_info = true;
                continue;
            }
            if kind & N_EXT == 0 || kind & N_PEXT != 0 {
                continue;
            }
            let name = names.get(table.size(at)?)?;
            let name = name.strip_prefix('_').unwrap_or(name);
            if kind & N_TYPE == N_UNDF {
                let description = table.u16(at + 6)?;
                slice.undefined.push(Unbound {
                    name: name.to_owned(),
                    weak: description & (N_WEAK_REF | N_WEAK_DEF) != 0,
                    from: if two_level { origin(description >> 8) } else { Origin::Other },
                });
            } else {
                slice.exports.insert(name);
                if stable_abi::concerns_python(name) {
                    slice.exported.push(name.to_owned());
                }
            }
        }
        Ok(())
    }

    /// The number of non-zero bytes between the last symbol table and the string table.
    ///
    /// The tables of `__LINKEDIT` follow each other, with padding for alignment.
    fn stray_padding(&self, image: Bytes<'_>, indirect: Option<(usize, usize)>) -> usize {
        let symbols_end = |wide: usize| place(self.count, wide, self.offset);
        let indirect_end = indirect
            .filter(|(offset, count)| *offset != 0 && *count != 0)
            .map(|(offset, count)| place(count, 4, offset));
        // A gap of more than a few bytes is another table.
        let end = indirect_end.unwrap_or_else(|| symbols_end(16)).max(symbols_end(12));
        let gap = match self.names.0.checked_sub(end) {
            Some(size) if size < MAX_PADDING => image.slice(end, size).unwrap_or_default(),
            _ => &[],
        };
        gap.iter().filter(|byte| **byte != 0).count()
    }
}
