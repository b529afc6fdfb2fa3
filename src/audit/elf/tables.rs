//! The headers and dynamic tables of an ELF file.
//!
//! In: bytes. Out: program and section headers, the dynamic array and its string table. What a
//! loader would map must be inside the file.

use goblin::container::{Container, Ctx, Endian};
use goblin::elf::program_header::{PT_DYNAMIC, PT_INTERP, PT_LOAD};
use goblin::elf::section_header::{SHT_NOBITS, SHT_SYMTAB};
use goblin::elf::{Dynamic, Elf, Header, ProgramHeader, header};

use crate::audit::Malformed;
use crate::audit::bytes::{Bytes, Names, place, to_usize};

/// The kernel and glibc accept more; linkers write about a dozen.
const MAX_PROGRAM_HEADERS: u16 = 256;

/// The size of the larger of the two classes' headers.
const HEADER_SIZE: usize = 64;

pub(super) struct Tables<'a> {
    pub(super) file: Bytes<'a>,
    pub(super) header: Header,
    pub(super) ctx: Ctx,
    pub(super) programs: Vec<ProgramHeader>,
    pub(super) sections: Vec<Section>,
    pub(super) dynamic: Option<Dynamic>,
    /// The string table of the dynamic array and its symbols.
    pub(super) names: Names<'a>,
}

impl<'a> Tables<'a> {
    pub(super) fn parse(file: Bytes<'a>) -> Result<Self, Malformed> {
        let header = Elf::parse_header(file.slice(0, file.len().min(HEADER_SIZE))?)?;
        let [_, _, _, _, class, data, ..] = header.e_ident;
        let container = match class {
            header::ELFCLASS32 => Container::Little,
            header::ELFCLASS64 => Container::Big,
            _ => return Err(Malformed(format!("{class} is neither the 32- nor the 64-bit class"))),
        };
        let big_endian = match data {
            header::ELFDATA2LSB => false,
            header::ELFDATA2MSB => true,
            _ => return Err(Malformed(format!("{data} is not a byte order"))),
        };
        let ctx = Ctx::new(container, if big_endian { Endian::Big } else { Endian::Little });
        if header.e_phnum > MAX_PROGRAM_HEADERS {
            return Err(Malformed(format!("it has {} program headers", header.e_phnum)));
        }
        let file = file.ordered(big_endian);
        let count = usize::from(header.e_phnum);
        let size = count.saturating_mul(ProgramHeader::size(ctx));
        let programs = match count {
            0 => &[],
            _ => file.slice(to_usize(header.e_phoff), size)?,
        };
        let programs = ProgramHeader::parse(programs, 0, count, ctx)?;
        for program in programs.iter().filter(|each| each.p_type == PT_LOAD) {
            file.part(to_usize(program.p_offset), to_usize(program.p_filesz))
                .map_err(|error| Malformed(format!("a segment is truncated: {error}")))?;
        }
        let sections = sections(file, &header, container)?;
        let dynamic = dynamic(file, &programs, ctx)?;
        let names = match &dynamic {
            Some(dynamic) => file.slice(dynamic.info.strtab, dynamic.info.strsz)?,
            None => &[],
        };
        let names = Names::new(names);
        Ok(Self { file, header, ctx, programs, sections, dynamic, names })
    }

    pub(super) fn is_64(&self) -> bool {
        self.ctx.container.is_big()
    }

    /// The least alignment of the segments that are mapped; 0 if there is none.
    pub(super) fn page_size(&self) -> u64 {
        let mapped = self.programs.iter().filter(|program| program.p_type == PT_LOAD);
        mapped.map(|program| program.p_align).min().unwrap_or(0)
    }

    /// The interpreter of a program, `PT_INTERP`.
    pub(super) fn interpreter(&self) -> Result<Option<&'a str>, Malformed> {
        let program = self.programs.iter().find(|program| program.p_type == PT_INTERP);
        program
            .map(|program| {
                self.file
                    .part(to_usize(program.p_offset), to_usize(program.p_filesz))
                    .and_then(|part| part.text(0))
            })
            .transpose()
    }

    /// The contents of the first section of this kind, at most `max` bytes.
    pub(super) fn section(&self, kind: u32, max: usize) -> Option<Bytes<'a>> {
        let section = self.sections.iter().find(|section| section.kind == kind)?;
        self.file.table(section.offset, section.size.min(max)).ok()
    }

    /// Whether there is a `.symtab`, and whether there are `.debug_*` sections.
    pub(super) fn unstripped(&self) -> (bool, bool) {
        let has_symbols = self.sections.iter().any(|section| section.kind == SHT_SYMTAB);
        let names = self
            .sections
            .get(usize::from(self.header.e_shstrndx))
            .filter(|section| section.kind != SHT_NOBITS)
            .and_then(|section| self.file.slice(section.offset, section.size).ok())
            .unwrap_or_default();
        let has_debug_info = self.sections.iter().any(|section| {
            let name = names.get(section.name..).unwrap_or_default();
            name.starts_with(b".debug_") || name.starts_with(b".zdebug_")
        });
        (has_symbols, has_debug_info)
    }
}

/// The used fields of a section header.
pub(super) struct Section {
    /// The offset of its name in the section of names.
    name: usize,
    pub(super) kind: u32,
    offset: usize,
    pub(super) size: usize,
}

/// The section headers, which the loader does not need.
fn sections(
    file: Bytes<'_>,
    header: &Header,
    container: Container,
) -> Result<Vec<Section>, Malformed> {
    let start = to_usize(header.e_shoff);
    if start == 0 {
        return Ok(Vec::new());
    }
    let (width, offset_at, size_at) = match container {
        Container::Little => (40, 16, 20),
        Container::Big => (64, 24, 32),
    };
    let number = |table: Bytes<'_>, at: usize| match container {
        Container::Little => table.size(at),
        Container::Big => table.u64(at).map(to_usize),
    };
    // If there are too many for the header's field, the first section contains the count.
    let count = match header.e_shnum {
        0 => number(file, place(1, start, size_at))?,
        count => count.into(),
    };
    let table = file.table(start, count.saturating_mul(width))?;
    (0..count)
        .map(|index| {
            let at = place(index, width, 0);
            Ok(Section {
                name: table.size(at)?,
                kind: table.u32(place(1, at, 4))?,
                offset: number(table, place(1, at, offset_at))?,
                size: number(table, place(1, at, size_at))?,
            })
        })
        .collect()
}

/// The dynamic array, if there is one.
fn dynamic(
    file: Bytes<'_>,
    programs: &[ProgramHeader],
    ctx: Ctx,
) -> Result<Option<Dynamic>, Malformed> {
    let Some(place) = programs.iter().find(|program| program.p_type == PT_DYNAMIC) else {
        return Ok(None);
    };
    let array = file
        .slice(to_usize(place.p_offset), to_usize(place.p_filesz))
        .map_err(|error| Malformed(format!("its dynamic array is truncated: {error}")))?;
    // goblin gets the array alone, but looks for it at the offset in the header.
    let mut programs = programs.to_vec();
    for program in programs.iter_mut().filter(|program| program.p_type == PT_DYNAMIC) {
        program.p_offset = 0;
    }
    Ok(Dynamic::parse(array, &programs, ctx)?)
}
