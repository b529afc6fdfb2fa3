//! Unpacks every member once, to hash it and to read it if it is a binary.
//!
//! In: an archive. Out: [`Unpacked`]. Members are unpacked in parallel; a large binary is spooled to
//! a temporary file, and only its tables are kept in memory.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::io;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rayon::prelude::*;
use sha2::digest::DynDigest;
use sha2::{Sha256, Sha384, Sha512};

use super::archive::finding;
use crate::audit::closure::{imports, is_loader};
use crate::audit::{BinaryFile, Bytes, Finding, Format, PlatformClaim, Spooled, binaries};
use crate::wheel::{Archive, ArchiveEntry};

/// Size and hash of a member's contents.
#[derive(Debug, Clone)]
pub(super) struct Sum {
    /// The number of bytes.
    pub(super) size: u64,
    /// The digest as written in RECORD, without the algorithm.
    pub(super) digest: String,
}

/// The contents of a wheel.
#[derive(Default)]
pub(super) struct Unpacked {
    /// Of each file that could be unpacked.
    pub(super) sums: HashMap<String, Sum>,
    pub(super) binaries: Vec<BinaryFile>,
    pub(super) findings: Vec<Finding>,
    /// The Python files that load libraries, and their text.
    pub(super) loaders: Vec<(String, String)>,
    /// The packages that the Python files import.
    pub(super) imports: BTreeSet<String>,
}

/// Enough of a file to recognize its format.
const HEAD: usize = 4096;
/// Larger Python files are generated, and load no library.
const MAX_CODE: u64 = 1 << 20;
/// The offset of the field that points to the PE header ("PE Format").
const PE_HEADER_AT: usize = 0x3c;
/// The memory shared by all binaries that are read in parallel; a binary that exceeds its share is
/// spooled to a temporary file.
const IN_MEMORY: u64 = 8 << 20;

/// # Errors
/// Only errors about temporary files; no contents make it fail.
pub(super) fn unpack(
    archive: &Archive<'_>,
    algorithms: &HashMap<String, &'static str>,
    claims: &[PlatformClaim],
) -> io::Result<Unpacked> {
    let in_memory = IN_MEMORY / rayon::current_num_threads().max(1) as u64;
    let one = |entry: &&ArchiveEntry| {
        unpack_one(archive, entry, algorithms.get(&entry.name).copied(), claims, in_memory)
    };
    let mut files: Vec<_> = files(archive).into_iter().filter(|each| each.is_readable).collect();
    files.sort_by(|one, other| one.name.cmp(&other.name));
    // Sizes differ by a factor of a thousand, so each member is a job of its own.
    let results: Vec<_> = files.par_iter().with_max_len(1).map(one).collect();
    let mut unpacked = Unpacked::default();
    for result in results {
        let one = result?;
        unpacked.sums.extend(one.sums);
        unpacked.binaries.extend(one.binaries);
        unpacked.findings.extend(one.findings);
        unpacked.loaders.extend(one.loaders);
        unpacked.imports.extend(one.imports);
    }
    Ok(unpacked)
}

fn unpack_one(
    archive: &Archive<'_>,
    entry: &ArchiveEntry,
    algorithm: Option<&str>,
    claims: &[PlatformClaim],
    in_memory: u64,
) -> io::Result<Unpacked> {
    let mut hash: Box<dyn DynDigest> = match algorithm {
        Some("sha384") => Box::new(Sha384::default()),
        Some("sha512") => Box::new(Sha512::default()),
        _ => Box::new(Sha256::default()),
    };
    let is_code = entry.name.ends_with(".py") && entry.size < MAX_CODE;
    let mut kept = if is_code { Kept::Memory(Vec::new()) } else { Kept::Head(Vec::new()) };
    let mut spooling = Ok(());
    let streamed = archive.stream(entry, &mut |piece| {
        hash.update(piece);
        if spooling.is_ok() {
            spooling = kept.take(piece, entry.size, in_memory);
        }
    });
    let mut one = Unpacked::default();
    if let Err(fault) = streamed {
        one.findings.push(finding(&fault));
        return Ok(one);
    }
    spooling?;
    let sum = Sum { size: entry.size, digest: URL_SAFE_NO_PAD.encode(hash.finalize()) };
    one.sums.insert(entry.name.clone(), sum);
    let findings = &mut one.findings;
    let binary =
        kept.binary().and_then(|bytes| binaries::read(&entry.name, bytes, claims, findings));
    if let Kept::File(file) = &kept {
        file.failure().map_or(Ok(()), Err)?;
    }
    one.binaries.extend(binary);
    if let (true, Kept::Memory(bytes)) = (is_code, &kept) {
        one.imports.extend(imports(bytes).map(str::to_owned));
        if is_loader(bytes) {
            let text = String::from_utf8_lossy(bytes).into_owned();
            one.loaders.push((entry.name.clone(), text));
        }
    }
    Ok(one)
}

/// The bytes of a file, kept as long as it may be a binary.
enum Kept {
    /// Not enough to recognize the format, or a small file.
    Head(Vec<u8>),
    Memory(Vec<u8>),
    File(Box<Spooled>),
    Nothing,
}

impl Kept {
    fn take(&mut self, piece: &[u8], size: u64, in_memory: u64) -> io::Result<()> {
        match self {
            Self::Head(head) => {
                head.extend_from_slice(piece);
                if head.len() >= HEAD {
                    *self = Self::of_head(std::mem::take(head), size, in_memory)?;
                }
            }
            Self::Memory(bytes) => bytes.extend_from_slice(piece),
            Self::File(file) => file.push(piece)?,
            Self::Nothing => {}
        }
        Ok(())
    }

    fn of_head(mut head: Vec<u8>, size: u64, in_memory: u64) -> io::Result<Self> {
        // The PE header may come after this; until then the first two letters are a hint.
        let header = Bytes::from(&head).size(PE_HEADER_AT).unwrap_or(usize::MAX);
        let may_be_pe = head.starts_with(b"MZ") && header > head.len() - 4;
        match Format::of(&head) {
            Some(Format::Archive) => return Ok(Self::Nothing),
            None if !may_be_pe => return Ok(Self::Nothing),
            _ => {}
        }
        if size > in_memory {
            let mut file = Spooled::new()?;
            file.push(&head)?;
            return Ok(Self::File(Box::new(file)));
        }
        let rest = usize::try_from(size).unwrap_or(0).saturating_sub(head.len());
        head.reserve_exact(rest);
        Ok(Self::Memory(head))
    }

    fn binary(&self) -> Option<Bytes<'_>> {
        let bytes = match self {
            Self::Head(bytes) | Self::Memory(bytes) => Bytes::from(bytes),
            Self::File(file) => Bytes::from(&**file),
            Self::Nothing => return None,
        };
        Format::of(bytes).map(|_| bytes)
    }
}

/// The members that are files, in the order of the directory, each name once.
pub(super) fn files<'a>(archive: &'a Archive<'_>) -> Vec<&'a ArchiveEntry> {
    let mut seen = HashSet::new();
    let files = archive.entries.iter().filter(|entry| !entry.is_dir());
    files.filter(|entry| seen.insert(entry.name.as_str())).collect()
}
