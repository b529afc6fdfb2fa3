//! The load commands of one Mach-O image.
//!
//! In: the bytes of the image. Out: a [`MachoSlice`]; where its parts lie is read here, the parts
//! themselves by the neighbours.

use goblin::mach::header::{
    MH_BUNDLE, MH_CIGAM, MH_CIGAM_64, MH_DYLIB, MH_EXECUTE, MH_MAGIC, MH_MAGIC_64, MH_OBJECT,
};
use goblin::mach::load_command as lc;
use goblin::mach::symbols::{N_EXT, N_PEXT, N_STAB, N_TYPE, N_UNDF};

use super::super::Malformed;
use super::super::bytes::{Bytes, Names, place, to_usize};
use super::{Dylib, ImageKind, MachoSlice, Signature, arch, exports, signature};
use crate::target::Release;

/// More load commands than any image has.
const MOST_COMMANDS: usize = 4096;

pub(super) fn parse(bytes: &[u8]) -> Result<MachoSlice<'_>, Malformed> {
    let (big_endian, wide) = match Bytes::big(bytes).u32(0)? {
        MH_CIGAM_64 => (false, true),
        MH_CIGAM => (false, false),
        MH_MAGIC_64 => (true, true),
        MH_MAGIC => (true, false),
        magic => return Err(Malformed(format!("{magic:#010x} begins no Mach-O image"))),
    };
    let image = Bytes::new(bytes, big_endian);
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
        id: None,
        dylibs: Vec::new(),
        rpaths: Vec::new(),
        minos: None,
        is_macos: false,
        exported: Vec::new(),
        undefined: Vec::new(),
        has_uuid: false,
        has_debug_info: false,
        signature: Signature::None,
        offset: 0,
        alignment: None,
        bytes,
    };
    let count = image.size(16)?;
    if count > MOST_COMMANDS {
        return Err(Malformed(format!("it has {count} load commands")));
    }
    let commands = image.part(if wide { 32 } else { 28 }, image.size(20)?)?;
    let mut at = 0;
    let mut seen = Seen::default();
    for _ in 0..count {
        let size = commands.size(at + 4)?;
        if size < 8 {
            return Err(Malformed(format!("a load command is {size} bytes long")));
        }
        let command = commands.part(at, size)?;
        seen.read(command, image, &mut slice)?;
        at += size;
    }
    if let Some(table) = seen.symbols {
        table.read(image, wide, &mut slice)?;
    }
    if let Some((offset, size)) = seen.exports {
        // The symbol table may have been stripped of names that the trie still exports.
        slice.exported.extend(exports::walk(image.slice(offset, size)?)?);
    }
    slice.exported.sort_unstable();
    slice.exported.dedup();
    if let Some((offset, size)) = seen.signature {
        slice.signature = signature::check(bytes, offset, size);
    }
    Ok(slice)
}

/// Where the parts lie that are read after the load commands.
#[derive(Default)]
struct Seen {
    symbols: Option<SymbolTable>,
    exports: Option<(usize, usize)>,
    signature: Option<(usize, usize)>,
}

impl Seen {
    fn read<'a>(
        &mut self,
        command: Bytes<'a>,
        image: Bytes<'a>,
        slice: &mut MachoSlice<'a>,
    ) -> Result<(), Malformed> {
        match command.u32(0)? {
            lc::LC_SEGMENT_64 => segment(command, image, true, slice)?,
            lc::LC_SEGMENT => segment(command, image, false, slice)?,
            lc::LC_ID_DYLIB => slice.id = Some(command.text(command.size(8)?)?),
            kind @ (lc::LC_LOAD_DYLIB
            | lc::LC_LOAD_WEAK_DYLIB
            | lc::LC_REEXPORT_DYLIB
            | lc::LC_LOAD_UPWARD_DYLIB
            | lc::LC_LAZY_LOAD_DYLIB) => {
                let name = command.text(command.size(8)?)?;
                slice.dylibs.push(Dylib { name, weak: kind == lc::LC_LOAD_WEAK_DYLIB });
            }
            lc::LC_RPATH => slice.rpaths.push(command.text(command.size(8)?)?),
            lc::LC_BUILD_VERSION => {
                slice.is_macos = command.u32(8)? == lc::PLATFORM_MACOS;
                slice.minos = Some(release(command.u32(12)?));
            }
            lc::LC_VERSION_MIN_MACOSX => {
                slice.is_macos = true;
                slice.minos = Some(release(command.u32(8)?));
            }
            lc::LC_UUID => slice.has_uuid = true,
            lc::LC_SYMTAB => {
                self.symbols = Some(SymbolTable {
                    offset: command.size(8)?,
                    count: command.size(12)?,
                    names: (command.size(16)?, command.size(20)?),
                });
            }
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

/// What dyld maps must lie inside the image.
fn segment<'a>(
    command: Bytes<'a>,
    image: Bytes<'a>,
    wide: bool,
    slice: &mut MachoSlice<'a>,
) -> Result<(), Malformed> {
    let (offset, size) = if wide {
        (to_usize(command.u64(40)?), to_usize(command.u64(48)?))
    } else {
        (command.size(32)?, command.size(36)?)
    };
    image
        .slice(offset, size)
        .map_err(|error| Malformed(format!("a segment is not whole: {error}")))?;
    slice.has_debug_info |= command.slice(8, 8)?.starts_with(b"__DWARF");
    Ok(())
}

/// `xxxx.yy.zz` in nibbles; the third number never decides a tag.
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
    fn read<'a>(
        &self,
        image: Bytes<'a>,
        wide: bool,
        slice: &mut MachoSlice<'a>,
    ) -> Result<(), Malformed> {
        let size = if wide { 16 } else { 12 };
        let table = image.part(self.offset, self.count.saturating_mul(size))?;
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
                slice.undefined.push(name);
            } else {
                slice.exported.push(name.to_owned());
            }
        }
        Ok(())
    }
}
