//! Any wheel, judged by its file: archive, name, metadata, RECORD and every binary.
//!
//! In: the bytes of a wheel, whoever built it, and its file name. Out: an [`Inspection`]: every
//! finding, and the tags that would be true. Members are read a few at the same time, and hashed
//! while they are unpacked; of a binary its tables lie in memory, and only while it is read.

mod archive;
mod extensions;
mod members;
mod metadata;
mod names;
mod platforms;
mod record;
mod strangers;
#[cfg(test)]
mod tests;
mod truth;

use std::io;

use self::members::Unpacked;
pub use self::truth::Truth;
use super::binaries;
use super::{Finding, MemberFacts, PlatformClaim, Rule, catalogue as code};
use crate::wheel::{Archive, ArchiveEntry, Headers, Source, WheelInfo, WheelName};

/// What was found out about a wheel.
#[derive(Debug, Clone)]
pub struct Inspection {
    /// Its file name.
    pub file_name: String,
    /// Its file name, understood.
    pub name: Option<WheelName>,
    /// Its metadata directory, where there is exactly one.
    pub dist_info: Option<String>,
    /// The size of the file.
    pub size: u64,
    /// How many files it holds.
    pub files: usize,
    /// What is true of each binary.
    pub members: Vec<MemberFacts>,
    /// The platforms that it would truly run on.
    pub truth: Truth,
    /// Everything that is wrong, sorted by file.
    pub findings: Vec<Finding>,
}

impl Inspection {
    /// Whether any finding is an error.
    pub fn has_errors(&self) -> bool {
        self.findings.iter().any(|finding| finding.severity() == super::Severity::Error)
    }
}

/// The files of a wheel that say what the wheel is.
struct Documents {
    dist_info: Option<String>,
    wheel: Option<WheelInfo>,
    metadata: Option<Headers>,
    record: Option<Vec<u8>>,
    entry_points: Option<Vec<u8>>,
}

/// Judges the wheel that `source` holds and that is called `file_name`.
///
/// # Errors
/// What the file system says; never for what the bytes are.
pub fn inspect(source: &dyn Source, file_name: &str) -> io::Result<Inspection> {
    let archive = Archive::read(source)?;
    let mut findings = Vec::new();
    let name = names::file_name(file_name, &mut findings);
    let claims = platforms::claims(name.as_ref());
    archive::check(&archive, name.as_ref(), &mut findings);
    let documents = documents(&archive, name.as_ref(), &mut findings);
    let wanted = record::digests(&documents);
    let unpacked = if archive.is_bomb() {
        Unpacked::default()
    } else {
        members::unpack(&archive, &wanted, &claims)?
    };
    findings.extend(unpacked.findings.iter().cloned());
    record::check(&archive, &documents, &unpacked.digests, &mut findings);
    metadata::check(&archive, &documents, &mut findings);
    names::check(name.as_ref(), &documents, &mut findings);
    let found = extensions::find(name.as_ref(), &claims, &unpacked, &mut findings);
    let extensions: Vec<_> = found.iter().map(extensions::Found::as_extension).collect();
    let judged = binaries::judge(&unpacked.members, &claims, &extensions);
    findings.extend(judged.findings);
    strangers::forgive(&unpacked.members, &claims, &mut findings);
    // Of a system that is not judged here, what the name says is all there is.
    let others = name.as_ref().filter(|name| extensions::is_for_others(name, &claims));
    if others.is_some() {
        findings.retain(|finding| !OF_MACOS.contains(&finding.rule));
    }
    // Where something could not be read, nobody knows what it would have asked for.
    let is_read = !findings.iter().any(|finding| UNREAD.contains(&finding.rule));
    if !is_read {
        findings.retain(|finding| !UNFOUND.contains(&finding.rule));
    }
    let is_of_macos = !findings.iter().any(|finding| finding.rule == code::MACHO_PLATFORM);
    let truth = match others {
        Some(name) => Truth { platforms: name.tag.platforms().to_vec(), because: None },
        None if is_read && is_of_macos => truth::find(&unpacked.members, &judged.facts, &claims),
        None => Truth::default(),
    };
    if !archive.is_bomb() && !archive.entries.is_empty() {
        let facts = &judged.facts;
        platforms::check(
            name.as_ref(),
            &documents,
            &unpacked.members,
            facts,
            &claims,
            &mut findings,
        );
        if is_read {
            platforms::check_need(name.as_ref(), &unpacked.members, &claims, &mut findings);
        }
    }
    platforms::check_index(name.as_ref(), archive.length, &mut findings);
    findings.sort();
    findings.dedup();
    Ok(Inspection {
        file_name: file_name.to_owned(),
        dist_info: documents.dist_info,
        size: archive.length,
        files: archive.entries.iter().filter(|entry| !entry.is_dir()).count(),
        members: judged.facts,
        truth,
        findings,
        name,
    })
}

/// The rules that say that a file could not be looked into.
const UNREAD: &[&Rule] = &[
    code::ARCHIVE_UNREADABLE,
    code::ARCHIVE_BOMB,
    code::ARCHIVE_METHOD,
    code::ARCHIVE_ENCRYPTED,
    code::ARCHIVE_CORRUPT,
    code::ELF_MALFORMED,
    code::MACHO_MALFORMED,
    code::PE_MALFORMED,
];

/// The rules that say that a library is nowhere: it may be in what could not be read.
const UNFOUND: &[&Rule] =
    &[code::ELF_NEEDED_OUTSIDE, code::MACHO_DYLIB_OUTSIDE, code::PE_IMPORT_OUTSIDE];

/// What is asked of a Mach-O file because it is for macOS.
const OF_MACOS: &[&Rule] = &[code::MACHO_PLATFORM, code::MACHO_SIGNATURE];

/// The largest of these files in any wheel is a tenth of this.
const MOST_DOCUMENT: u64 = 16 << 20;

fn documents(
    archive: &Archive<'_>,
    name: Option<&WheelName>,
    findings: &mut Vec<Finding>,
) -> Documents {
    let dist_info = names::dist_info(archive, name, findings);
    let read = |file: &str| {
        let path = format!("{}/{file}", dist_info.as_ref()?);
        let entry = archive.entries.iter().find(|entry| entry.name == path && entry.is_readable)?;
        archive.bytes(entry, MOST_DOCUMENT).ok()?
    };
    let wheel = names::wheel_info(read("WHEEL"), dist_info.as_deref(), findings);
    let metadata = metadata::headers(read("METADATA"), dist_info.as_deref(), findings);
    let (record, entry_points) = (read("RECORD"), read("entry_points.txt"));
    Documents { wheel, metadata, record, entry_points, dist_info }
}

/// The members that are files, in the order of the directory, each name once.
fn files<'a>(archive: &'a Archive<'_>) -> Vec<&'a ArchiveEntry> {
    let mut seen = std::collections::HashSet::new();
    let files = archive.entries.iter().filter(|entry| !entry.is_dir());
    files.filter(|entry| seen.insert(entry.name.as_str())).collect()
}

/// Whether the wheel may be installed where file names have no case, or on Windows.
fn may_run_on(name: Option<&WheelName>, system: impl Fn(&str) -> bool) -> bool {
    name.is_none_or(|name| name.tag.platforms().iter().any(|tag| tag == "any" || system(tag)))
}

/// The claims that promise a release.
fn promising(claims: &[PlatformClaim]) -> impl Iterator<Item = &PlatformClaim> {
    claims.iter().filter(|claim| claim.min_release.is_some())
}
