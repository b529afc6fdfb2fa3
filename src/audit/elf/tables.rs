//! The headers of an ELF file and where its dynamic tables lie.
//!
//! In: bytes. Out: program and section headers, the dynamic array and its string table, and a way
//! from addresses to offsets. What a loader would map must lie inside the file.

use goblin::container::{Container, Ctx, Endian};
use goblin::elf::section_header::{SHT_NOBITS, SHT_SYMTAB};
use goblin::elf::{Dynamic, Elf, Header, ProgramHeader, SectionHeader, header, program_header};

use super::super::Malformed;
use super::super::bytes::{Bytes, Names, to_usize};

/// The kernel and glibc accept more; linkers write about a dozen.
const MOST_PROGRAM_HEADERS: u16 = 256;

pub(super) struct Tables<'a> {
    pub(super) bytes: &'a [u8],
    pub(super) header: Header,
    pub(super) ctx: Ctx,
    pub(super) big_endian: bool,
    pub(super) programs: Vec<ProgramHeader>,
    pub(super) sections: Vec<SectionHeader>,
    pub(super) dynamic: Option<Dynamic>,
    /// The string table of the dynamic array and its symbols.
    pub(super) names: Names<'a>,
}

impl<'a> Tables<'a> {
    pub(super) fn parse(bytes: &'a [u8]) -> Result<Self, Malformed> {
        let header = Elf::parse_header(bytes)?;
        let [_, _, _, _, class, data, ..] = header.e_ident;
        let container = match class {
            header::ELFCLASS32 => Container::Little,
            header::ELFCLASS64 => Container::Big,
            _ => return Err(Malformed(format!("{class} is neither the 32- nor the 64-bit class"))),
        };
        let big_endian = match data {
            header::ELFDATA2LSB => false,
            header::ELFDATA2MSB => true,
            _ => return Err(Malformed(format!("{data} is no byte order"))),
        };
        let ctx = Ctx::new(container, if big_endian { Endian::Big } else { Endian::Little });
        if header.e_phnum > MOST_PROGRAM_HEADERS {
            return Err(Malformed(format!("it has {} program headers", header.e_phnum)));
        }
        let programs =
            ProgramHeader::parse(bytes, to_usize(header.e_phoff), header.e_phnum.into(), ctx)?;
        let file = Bytes::new(bytes, big_endian);
        for program in programs.iter().filter(|each| each.p_type == program_header::PT_LOAD) {
            file.slice(to_usize(program.p_offset), to_usize(program.p_filesz))
                .map_err(|error| Malformed(format!("a segment is not whole: {error}")))?;
        }
        let sections =
            SectionHeader::parse(bytes, to_usize(header.e_shoff), header.e_shnum.into(), ctx)?;
        let dynamic = Dynamic::parse(bytes, &programs, ctx)?;
        let names = match &dynamic {
            Some(dynamic) => file.slice(dynamic.info.strtab, dynamic.info.strsz)?,
            None => &[],
        };
        let names = Names::new(names);
        Ok(Self { bytes, header, ctx, big_endian, programs, sections, dynamic, names })
    }

    pub(super) fn is_64(&self) -> bool {
        self.ctx.container.is_big()
    }

    pub(super) fn file(&self) -> Bytes<'a> {
        Bytes::new(self.bytes, self.big_endian)
    }

    /// The program's loader, `PT_INTERP`.
    pub(super) fn interpreter(&self) -> Result<Option<&'a str>, Malformed> {
        let program =
            self.programs.iter().find(|program| program.p_type == program_header::PT_INTERP);
        program
            .map(|program| {
                self.file()
                    .part(to_usize(program.p_offset), to_usize(program.p_filesz))
                    .and_then(|part| part.text(0))
            })
            .transpose()
    }

    /// Whether there is a `.symtab`, and whether there are `.debug_*` sections.
    pub(super) fn leftovers(&self) -> (bool, bool) {
        let has_symbols = self.sections.iter().any(|section| section.sh_type == SHT_SYMTAB);
        let names = self
            .sections
            .get(usize::from(self.header.e_shstrndx))
            .filter(|section| section.sh_type != SHT_NOBITS)
            .and_then(|section| {
                self.file().slice(to_usize(section.sh_offset), to_usize(section.sh_size)).ok()
            })
            .unwrap_or_default();
        let has_debug_info = self.sections.iter().any(|section| {
            let name = names.get(section.sh_name..).unwrap_or_default();
            name.starts_with(b".debug_") || name.starts_with(b".zdebug_")
        });
        (has_symbols, has_debug_info)
    }
}
