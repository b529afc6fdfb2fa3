//! The dynamic symbols of an ELF file and the versions they need.
//!
//! In: the tables. Out: undefined and exported symbols, and every required version. The tables are
//! found through the dynamic array, like the loader does, so that section headers do not matter.
//!
//! Source: LSB core specification, "Symbol versioning"; glibc's `elf/dl-lookup.c` for GNU hash.

use std::collections::HashMap;

use goblin::elf::dynamic::DynamicInfo;
use goblin::elf::section_header::SHT_DYNSYM;
use goblin::elf::sym::{STB_LOCAL, STB_WEAK, STV_HIDDEN, STV_INTERNAL};
use goblin::elf::{Sym, header};

use super::tables::Tables;
use crate::audit::bytes::{Bytes, place, to_usize};
use crate::audit::{Exports, Malformed, stable_abi};

/// The bits of a version index; the high bit hides a definition.
const VERSION_MASK: u16 = 0x7fff;
const SHN_UNDEF: usize = 0;
/// The size of a `Verneed` and of a `Vernaux` entry, in both classes.
const NEED_SIZE: usize = 16;

/// A version that a needed library must define: `GLIBC_2.34` of `libc.so.6`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Requirement {
    /// The library's file name.
    pub library: String,
    /// The version's name.
    pub version: String,
}

/// An undefined symbol.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Undefined {
    /// Its name.
    pub name: String,
    /// The version it needs, an index into [`Elf::requirements`](super::Elf::requirements).
    pub requirement: Option<usize>,
    /// Whether it is optional.
    pub weak: bool,
}

/// What the tables contain, as in [`Elf`](super::Elf).
#[derive(Debug, Default)]
pub(super) struct Symbols {
    pub(super) requirements: Vec<Requirement>,
    pub(super) undefined: Vec<Undefined>,
    pub(super) exported: Vec<String>,
    pub(super) exports: Exports,
}

pub(super) fn parse(tables: &Tables<'_>) -> Result<Symbols, Malformed> {
    let mut all = Symbols::default();
    let Some(dynamic) = &tables.dynamic else {
        return Ok(all);
    };
    let (requirements, by_version) = requirements(tables, &dynamic.info)?;
    all.requirements = requirements;
    let count = symbol_count(tables, &dynamic.info)?;
    let size = count.saturating_mul(Sym::size(tables.ctx.container));
    let symbols = match count {
        0 => Vec::new(),
        _ => Sym::parse(tables.file.slice(dynamic.info.symtab, size)?, 0, count, tables.ctx)?,
    };
    let versions = match to_usize(dynamic.info.versym) {
        0 => None,
        versions => Some(tables.file.table(versions, count.saturating_mul(2))?),
    };
    for (number, symbol) in symbols.iter().enumerate().skip(1) {
        if symbol.st_bind() == STB_LOCAL {
            continue;
        }
        let name = tables.names.get(symbol.st_name)?;
        if name.is_empty() {
            continue;
        }
        if symbol.st_shndx == SHN_UNDEF {
            let version = match versions {
                None => 0,
                Some(versions) => versions.u16(place(number, 2, 0))? & VERSION_MASK,
            };
            all.undefined.push(Undefined {
                name: name.to_owned(),
                requirement: by_version.get(&version).copied(),
                weak: symbol.st_bind() == STB_WEAK,
            });
        } else if !matches!(symbol.st_visibility(), STV_HIDDEN | STV_INTERNAL) {
            all.exports.insert(name);
            if stable_abi::concerns_python(name) {
                all.exported.push(name.to_owned());
            }
        }
    }
    Ok(all)
}

/// Every required version, and the meaning of indices in the version table.
fn requirements(
    tables: &Tables<'_>,
    info: &DynamicInfo,
) -> Result<(Vec<Requirement>, HashMap<u16, usize>), Malformed> {
    let mut all = Vec::new();
    let mut by_version = HashMap::new();
    let file = tables.file;
    let mut need = to_usize(info.verneed);
    let libraries = if need == 0 { 0 } else { to_usize(info.verneednum) };
    for _ in 0..libraries {
        let library = tables.names.get(file.size(place(1, need, 4))?)?;
        let count = file.u16(place(1, need, 2))?;
        let mut entry = place(1, need, file.size(place(1, need, 8))?);
        for _ in 0..count {
            // Indices have 15 bits, so there cannot be more entries.
            if all.len() > usize::from(VERSION_MASK) {
                return Err(Malformed("its version requirements do not end".to_owned()));
            }
            let version = tables.names.get(file.size(place(1, entry, 8))?)?;
            by_version.insert(file.u16(place(1, entry, 6))? & VERSION_MASK, all.len());
            all.push(Requirement { library: library.to_owned(), version: version.to_owned() });
            match file.size(place(1, entry, 12))? {
                next if next >= NEED_SIZE => entry = place(1, entry, next),
                _ => break,
            }
        }
        match file.size(place(1, need, 12))? {
            next if next >= NEED_SIZE => need = place(1, need, next),
            _ => break,
        }
    }
    Ok((all, by_version))
}

/// The number of dynamic symbols.
///
/// The dynamic array does not contain it. The hash tables cover exported symbols, the section header
/// all of them; the larger number counts, and must be inside the file.
fn symbol_count(tables: &Tables<'_>, info: &DynamicInfo) -> Result<usize, Malformed> {
    let file = tables.file;
    let size = Sym::size(tables.ctx.container);
    let by_section = tables.sections.iter().find(|section| section.kind == SHT_DYNSYM);
    let by_section = by_section.map_or(0, |section| section.size / size);
    let by_hash = match (info.hash, info.gnu_hash) {
        (Some(hash), _) => {
            // 64-bit S/390 has 64-bit words in this one table.
            let hash = to_usize(hash);
            if tables.header.e_machine == header::EM_S390 && tables.is_64() {
                to_usize(file.u64(place(1, hash, 8))?)
            } else {
                file.size(place(1, hash, 4))?
            }
        }
        (None, Some(hash)) => gnu_hash_count(file, to_usize(hash), tables.is_64())?,
        (None, None) => 0,
    };
    Ok(by_section.max(by_hash))
}

fn gnu_hash_count(file: Bytes<'_>, at: usize, is_64: bool) -> Result<usize, Malformed> {
    let buckets = file.size(at)?;
    let first = file.size(place(1, at, 4))?;
    let bloom = file.size(place(1, at, 8))?;
    let word = if is_64 { 8 } else { 4 };
    let table = place(bloom, word, place(1, at, 16));
    let mut last = 0;
    for bucket in 0..buckets {
        last = last.max(file.size(place(bucket, 4, table))?);
    }
    let Some(mut link) = last.checked_sub(first) else {
        return Ok(first);
    };
    let chains = place(buckets, 4, table);
    // The last symbol of a chain has the lowest bit of its hash set.
    while file.u32(place(link, 4, chains))? & 1 == 0 {
        link += 1;
    }
    Ok(first.saturating_add(link).saturating_add(1))
}
