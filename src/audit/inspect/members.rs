//! Unpacking every member once: its digests, and what it says if it is a binary.
//!
//! In: an archive. Out: [`Unpacked`]. Members are hashed as they are inflated, several at a time;
//! a large binary goes to a temporary file, and only its tables lie in memory.

use std::collections::HashMap;
use std::io;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rayon::prelude::*;
use sha2::{Digest, Sha256, Sha384, Sha512};

use super::super::{
    Bytes, Finding, Format, Member, PlatformClaim, Spilled, binaries, catalogue as code,
};
use super::archive::finding;
use super::files;
use crate::wheel::{Archive, ArchiveEntry};

/// The hashes that RECORD may use and that are computed here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Algorithm {
    Sha256,
    Sha384,
    Sha512,
}

/// What a member's contents came to.
#[derive(Debug, Clone)]
pub(super) struct Sum {
    /// How many bytes it holds.
    pub(super) size: u64,
    /// Its digest as RECORD writes it, without the algorithm.
    pub(super) digest: String,
}

/// Everything that unpacking told.
#[derive(Default)]
pub(super) struct Unpacked {
    /// For each file that could be unpacked.
    pub(super) digests: HashMap<String, Sum>,
    pub(super) members: Vec<Member>,
    pub(super) findings: Vec<Finding>,
}

/// As much of a file as tells its format.
const HEAD: usize = 4096;
/// Where a PE file says where its header begins ("PE Format").
const PE_HEADER_AT: usize = 0x3c;
/// What the binaries that are read at the same time may take of memory together; a larger one
/// waits in a temporary file.
const IN_MEMORY: u64 = 16 << 20;

struct One {
    sum: Option<Sum>,
    member: Option<Member>,
    findings: Vec<Finding>,
}

/// # Errors
/// What the file system says of a temporary file; never for what the bytes are.
pub(super) fn unpack(
    archive: &Archive<'_>,
    wanted: &HashMap<String, Algorithm>,
    claims: &[PlatformClaim],
) -> io::Result<Unpacked> {
    let in_memory = IN_MEMORY / rayon::current_num_threads().max(1) as u64;
    let one = |entry: &&ArchiveEntry| {
        let algorithm = wanted.get(&entry.name).copied().unwrap_or(Algorithm::Sha256);
        unpack_one(archive, entry, algorithm, claims, in_memory)
    };
    let mut files: Vec<_> = files(archive).into_iter().filter(|each| each.is_readable).collect();
    files.sort_by(|one, other| one.name.cmp(&other.name));
    // One member may be a thousand times as large as the next.
    let results: Vec<_> = files.par_iter().with_max_len(1).map(one).collect();
    let mut unpacked = Unpacked::default();
    for (entry, result) in files.iter().zip(results) {
        let one = result?;
        unpacked.digests.extend(one.sum.map(|sum| (entry.name.clone(), sum)));
        unpacked.members.extend(one.member);
        unpacked.findings.extend(one.findings);
    }
    Ok(unpacked)
}

fn unpack_one(
    archive: &Archive<'_>,
    entry: &ArchiveEntry,
    algorithm: Algorithm,
    claims: &[PlatformClaim],
    in_memory: u64,
) -> io::Result<One> {
    let mut hash = Hash::new(algorithm);
    let mut kept = Kept::Head(Vec::new());
    let mut spilling = Ok(());
    let streamed = archive.stream(entry, &mut |piece| {
        hash.update(piece);
        if spilling.is_ok() {
            spilling = kept.take(piece, entry.size, in_memory);
        }
    });
    let mut findings = Vec::new();
    let sum = match streamed {
        Ok(()) => Some(Sum { size: entry.size, digest: hash.finish() }),
        Err(fault) => {
            findings.push(finding(&fault));
            return Ok(One { sum: None, member: None, findings });
        }
    };
    spilling?;
    let member = kept.binary().and_then(|bytes| {
        let is_at_home = binaries::is_at_home(&entry.name, bytes, claims, &mut findings);
        // What is for another system is looked into as well: the name may be what is wrong.
        let is_data = Format::of(bytes) == Some(Format::Archive)
            || findings.iter().any(|finding| finding.rule == code::BINARY_FOREIGN_DATA);
        (is_at_home || !is_data).then(|| binaries::read(&entry.name, bytes, &mut findings))?
    });
    if let Kept::File(file) = &kept {
        file.failure().map_or(Ok(()), Err)?;
    }
    Ok(One { sum, member, findings })
}

enum Hash {
    Sha256(Sha256),
    Sha384(Sha384),
    Sha512(Sha512),
}

impl Hash {
    fn new(algorithm: Algorithm) -> Self {
        match algorithm {
            Algorithm::Sha256 => Self::Sha256(Sha256::new()),
            Algorithm::Sha384 => Self::Sha384(Sha384::new()),
            Algorithm::Sha512 => Self::Sha512(Sha512::new()),
        }
    }

    fn update(&mut self, piece: &[u8]) {
        match self {
            Self::Sha256(hash) => hash.update(piece),
            Self::Sha384(hash) => hash.update(piece),
            Self::Sha512(hash) => hash.update(piece),
        }
    }

    fn finish(self) -> String {
        match self {
            Self::Sha256(hash) => URL_SAFE_NO_PAD.encode(hash.finalize()),
            Self::Sha384(hash) => URL_SAFE_NO_PAD.encode(hash.finalize()),
            Self::Sha512(hash) => URL_SAFE_NO_PAD.encode(hash.finalize()),
        }
    }
}

/// The bytes of a file, kept for as long as it may be a binary.
enum Kept {
    /// Too little to tell yet, or a small file.
    Head(Vec<u8>),
    Memory(Vec<u8>),
    File(Box<Spilled>),
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
        // What a PE file is may stand further in; until then its first two letters are a hint.
        let header = Bytes::from(&head).size(PE_HEADER_AT).unwrap_or(usize::MAX);
        let may_be_pe = head.starts_with(b"MZ") && header > head.len() - 4;
        match Format::of(&head) {
            Some(Format::Archive) => return Ok(Self::Nothing),
            None if !may_be_pe => return Ok(Self::Nothing),
            _ => {}
        }
        if size > in_memory {
            let mut file = Spilled::new()?;
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
            Self::File(file) => file.bytes(),
            Self::Nothing => return None,
        };
        Format::of(bytes).map(|_| bytes)
    }
}
