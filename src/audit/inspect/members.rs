//! Unpacking every member once: its digests, and what it says if it is a binary.
//!
//! In: an archive. Out: [`Unpacked`]. Members are hashed as they are inflated, several at a time;
//! a large binary is taken alone, so that two never lie in memory together.

use std::collections::HashMap;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rayon::prelude::*;
use sha2::{Digest, Sha256, Sha384, Sha512};

use super::super::{Aim, Finding, Format, Member, binaries};
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

/// Members that unpack to more are taken one at a time.
const LARGE: u64 = 24 << 20;
/// Programs of a gigabyte exist, and are not looked into.
const MOST_BINARY: u64 = 1 << 30;
/// As much of a file as tells its format.
const HEAD: usize = 4096;

struct One {
    sum: Option<Sum>,
    member: Option<Member>,
    findings: Vec<Finding>,
}

pub(super) fn unpack(
    archive: &Archive<'_>,
    wanted: &HashMap<String, Algorithm>,
    aims: &[Aim],
) -> Unpacked {
    let files: Vec<_> = files(archive).into_iter().filter(|entry| entry.is_readable).collect();
    let one = |entry: &ArchiveEntry| {
        let algorithm = wanted.get(&entry.name).copied().unwrap_or(Algorithm::Sha256);
        unpack_one(archive, entry, algorithm, aims)
    };
    let (large, small): (Vec<&ArchiveEntry>, Vec<&ArchiveEntry>) =
        files.into_iter().partition(|entry| entry.size > LARGE);
    let mut results: Vec<(&str, One)> =
        small.par_iter().map(|entry| (entry.name.as_str(), one(entry))).collect();
    results.extend(large.iter().map(|entry| (entry.name.as_str(), one(entry))));
    results.sort_by_key(|(name, _)| *name);
    let mut unpacked = Unpacked::default();
    for (name, one) in results {
        unpacked.digests.extend(one.sum.map(|sum| (name.to_owned(), sum)));
        unpacked.members.extend(one.member);
        unpacked.findings.extend(one.findings);
    }
    unpacked
}

fn unpack_one(
    archive: &Archive<'_>,
    entry: &ArchiveEntry,
    algorithm: Algorithm,
    aims: &[Aim],
) -> One {
    let mut hash = Hash::new(algorithm);
    let mut kept = Kept::default();
    let streamed = archive.stream(entry, &mut |piece| {
        hash.update(piece);
        kept.take(piece, entry.size);
    });
    let mut findings = Vec::new();
    let sum = match streamed {
        Ok(streamed) => Some(Sum { size: streamed.size, digest: hash.finish() }),
        Err(fault) => {
            findings.push(finding(&fault));
            return One { sum: None, member: None, findings };
        }
    };
    let bytes = kept.binary();
    let member = bytes.and_then(|bytes| {
        let is_at_home = binaries::is_at_home(&entry.name, &bytes, aims, &mut findings);
        // What is for another system is looked into as well: the name may be what is wrong.
        let is_data = matches!(Format::of(&bytes), Some(Format::Pe | Format::Archive));
        (is_at_home || !is_data).then(|| binaries::read(&entry.name, &bytes, &mut findings))?
    });
    One { sum, member, findings }
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
#[derive(Default)]
struct Kept {
    bytes: Vec<u8>,
    is_other: bool,
}

impl Kept {
    fn take(&mut self, piece: &[u8], size: u64) {
        if self.is_other {
            return;
        }
        let was_short = self.bytes.len() < HEAD;
        self.bytes.extend_from_slice(piece);
        if was_short && self.bytes.len() >= HEAD {
            // What a PE file is stands further in; the two letters it begins with are a hint.
            let is_binary = Format::of(&self.bytes).is_some() || self.bytes.starts_with(b"MZ");
            if !is_binary || size > MOST_BINARY {
                self.is_other = true;
                self.bytes = Vec::new();
            } else {
                let rest = usize::try_from(size).unwrap_or(0).saturating_sub(self.bytes.len());
                self.bytes.reserve_exact(rest);
            }
        }
    }

    fn binary(self) -> Option<Vec<u8>> {
        (!self.is_other && Format::of(&self.bytes).is_some()).then_some(self.bytes)
    }
}
