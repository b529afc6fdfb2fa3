//! The processors that a static library or object file was compiled for.
//!
//! In: the bytes of an `ar` archive, an object file, or several of them in one fat file. Out: a
//! [`Machine`] for each kind of object file in it. What is no object file, such as an index or the
//! bitcode of LLVM, does not count.

use std::collections::BTreeSet;

use goblin::{archive, elf};

use super::format::Format;
use crate::target::{BinaryFormat, Machine};

/// The processors that the object files in `bytes` are for, each once.
///
/// # Errors
/// If `bytes` are none of these files, or an archive is damaged; the text continues "it is".
pub fn machines(bytes: &[u8]) -> Result<BTreeSet<Machine>, &'static str> {
    let mut found = BTreeSet::new();
    match Format::of(bytes) {
        Some(Format::FatMachO) => {
            for image in images(bytes).ok_or(DAMAGED)? {
                found.extend(of_file(image)?);
            }
        }
        Some(Format::Archive) => found.extend(of_file(bytes)?),
        _ => found.extend([machine(bytes).ok_or("not a static library or object file")?]),
    }
    Ok(found)
}

const DAMAGED: &str = "damaged";

/// Those of an archive or an object file.
fn of_file(bytes: &[u8]) -> Result<BTreeSet<Machine>, &'static str> {
    // A thin archive names files elsewhere.
    if !bytes.starts_with(archive::MAGIC) {
        return Ok(machine(bytes).into_iter().collect());
    }
    let mut found = BTreeSet::new();
    let mut rest = bytes.get(archive::MAGIC.len()..).unwrap_or_default();
    while !rest.is_empty() {
        let (member, after) = member(rest).ok_or(DAMAGED)?;
        found.extend(machine(member));
        rest = after;
    }
    Ok(found)
}

/// The content of the first member of an archive without its magic number, and what follows.
fn member(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    const HEADER: usize = 60;
    let text = |range| Some(std::str::from_utf8(bytes.get(range)?).ok()?.trim_ascii());
    let size: usize = text(48..58)?.parse().ok()?;
    if bytes.get(58..HEADER)? != b"`\n" {
        return None;
    }
    let end = HEADER.checked_add(size)?;
    let mut content = bytes.get(HEADER..end)?;
    // BSD writes a long name before the content.
    if let Some(length) = text(0..16)?.strip_prefix("#1/") {
        content = content.get(length.parse().ok()?..)?;
    }
    // Members begin at even places.
    let after = bytes.get(end.checked_add(size % 2)?..).unwrap_or_default();
    Some((content, after))
}

/// The images of a fat file: archives or object files.
fn images(bytes: &[u8]) -> Option<Vec<&[u8]>> {
    let number = |at: usize| Some(u32::from_be_bytes(bytes.get(at..at + 4)?.try_into().ok()?));
    let wide = |at: usize| Some(u64::from_be_bytes(bytes.get(at..at + 8)?.try_into().ok()?));
    let is_wide = number(0)? == super::macho::FAT_MAGIC_64;
    let image = |index: usize| {
        let (offset, size) = if is_wide {
            let at = 8 + 32 * index;
            (wide(at + 8)?, wide(at + 16)?)
        } else {
            let at = 8 + 20 * index;
            (number(at + 8)?.into(), number(at + 12)?.into())
        };
        let start = usize::try_from(offset).ok()?;
        bytes.get(start..start.checked_add(usize::try_from(size).ok()?)?)
    };
    (0..number(4)? as usize).map(image).collect()
}

/// The processor of an object file.
fn machine(bytes: &[u8]) -> Option<Machine> {
    let small = |at: usize| Some([*bytes.get(at)?, *bytes.get(at + 1)?]);
    match Format::of(bytes) {
        Some(Format::Elf) => {
            let is_little = *bytes.get(elf::header::EI_DATA)? == elf::header::ELFDATA2LSB;
            let machine = small(18)?;
            Some(Machine::Elf {
                machine: match is_little {
                    true => u16::from_le_bytes(machine),
                    false => u16::from_be_bytes(machine),
                },
                is_64: *bytes.get(elf::header::EI_CLASS)? == elf::header::ELFCLASS64,
                is_little,
            })
        }
        Some(Format::MachO) => {
            let kind = bytes.get(4..8)?.try_into().ok()?;
            let is_little = matches!(bytes.first(), Some(0xce | 0xcf));
            Some(Machine::MachO(match is_little {
                true => u32::from_le_bytes(kind),
                false => u32::from_be_bytes(kind),
            }))
        }
        Some(_) => None,
        // An object file of Windows has no magic number, and what stands for a symbol of a DLL
        // begins with 0x0000 and 0xffff.
        None => {
            let at = if bytes.starts_with(&[0, 0, 0xff, 0xff]) { 6 } else { 0 };
            let machine = Machine::Pe(u16::from_le_bytes(small(at)?));
            machine.tag_arch().map(|_| machine)
        }
    }
}

/// The name for object files for `machine`: `ELF for aarch64`.
pub fn shown(machine: Machine) -> String {
    let format = match machine.format() {
        BinaryFormat::Elf => "ELF",
        BinaryFormat::MachO => "Mach-O",
        BinaryFormat::Pe => "COFF",
    };
    format!("{format} for {}", machine.tag_arch().unwrap_or("another processor"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::target::{AARCH64, X86_64};
    use crate::test_builders::{ElfBuilder, MachoBuilder, fat};

    /// An archive with an index and `members`.
    fn archive(members: &[&[u8]]) -> Vec<u8> {
        let mut out = b"!<arch>\n".to_vec();
        for (name, content) in
            std::iter::once(("/", &b"\0\0\0\0\0"[..])).chain(members.iter().map(|m| ("#1/4", *m)))
        {
            let long: &[u8] = if name == "/" { b"" } else { b"x.o\0" };
            let size = long.len() + content.len();
            out.extend(format!("{name:<16}{:<12}{:<6}{:<6}{:<8}{size:<10}`\n", 0, 0, 0, 0).bytes());
            out.extend(long.iter().chain(content));
            out.extend(std::iter::repeat_n(b'\n', size % 2));
        }
        out
    }

    fn shown_all(bytes: &[u8]) -> Result<Vec<String>, &'static str> {
        machines(bytes).map(|found| found.into_iter().map(shown).collect())
    }

    #[test]
    fn the_processors_of_every_format_are_found() {
        let amd64 = ElfBuilder::library("x").build();
        let arm64 = ElfBuilder::library("x").aarch64().build();
        assert_eq!(shown_all(&archive(&[&amd64, &amd64])).unwrap(), ["ELF for x86_64"]);
        assert_eq!(shown_all(&arm64).unwrap(), ["ELF for aarch64"]);
        assert!(AARCH64.machines.contains(machines(&arm64).unwrap().first().unwrap()));
        let mac = archive(&[&MachoBuilder::x86_64().build()]);
        assert_eq!(shown_all(&mac).unwrap(), ["Mach-O for x86_64"]);
        let both = fat(&[mac, archive(&[&MachoBuilder::arm64().build()])], 1 << 14);
        assert_eq!(shown_all(&both).unwrap(), ["Mach-O for x86_64", "Mach-O for arm64"]);
        let object = [&[0x64, 0xaa][..], &[0; 40]].concat();
        let import = [&[0, 0, 0xff, 0xff, 0, 0, 0x64, 0x86][..], &[0; 20]].concat();
        assert_eq!(
            shown_all(&archive(&[&object, &import])).unwrap(),
            ["COFF for amd64", "COFF for arm64"]
        );
        assert!(X86_64.machines.contains(&Machine::Pe(0x8664)));
        assert_eq!(shown_all(&archive(&[b"BC\xc0\xde bitcode"])), Ok(Vec::new()));
    }

    #[test]
    fn other_files_and_damaged_archives_are_refused() {
        let whole = archive(&[&ElfBuilder::library("x").build()]);
        for length in [9, 40, 68, 100, whole.len() - 3] {
            assert_eq!(shown_all(&whole[..length]), Err(DAMAGED), "{length}");
        }
        let other = "not a static library or object file";
        assert_eq!(shown_all(b"INPUT(libx.so)"), Err(other));
        assert_eq!(shown_all(b""), Err(other));
        let huge = String::from_utf8_lossy(&whole).replacen("5         `", "9999999999`", 1);
        assert_eq!(shown_all(huge.as_bytes()), Err(DAMAGED));
    }
}
