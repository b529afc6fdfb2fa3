//! Inspects a finished wheel: archive, name, metadata, RECORD and every binary.
//!
//! In: the bytes of any wheel and its file name. Out: an [`Inspection`] with every finding, facts
//! about each binary and the platforms it is compatible with. Members are unpacked in parallel and
//! hashed on the way; only the tables of a binary are kept in memory, and only while it is read.

mod archive;
mod compatible;
mod data;
mod documents;
mod entry_points;
mod extensions;
mod installable;
mod linked_python;
mod metadata;
mod names;
mod platforms;
mod record;
#[cfg(test)]
mod tests;
mod unpack;

use std::io;

pub use self::compatible::Compatible;
pub(super) use self::platforms::check_size;
use self::unpack::Unpacked;
use super::closure::Surroundings;
use super::loaded::{self, Aim};
use super::{BinaryFacts, Effect, Excluded, Finding, Group, Severity, binaries, catalogue};
use crate::wheel::{Archive, Source, WheelInfo, WheelName};

/// The kind of an inspected file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileKind {
    /// A wheel.
    Wheel,
    /// A source distribution.
    Sdist,
}

/// The result of inspecting a wheel or an sdist.
#[derive(Debug, Clone)]
pub struct Inspection {
    /// The kind of the file.
    pub kind: FileKind,
    /// The file name.
    pub file_name: String,
    /// The parsed file name.
    pub name: Option<WheelName>,
    /// The metadata directory, if there is exactly one.
    pub dist_info: Option<String>,
    /// The size of the file.
    pub size: u64,
    /// The number of files in it.
    pub files: usize,
    /// Whether it is an editable wheel (PEP 660), whose Python files are elsewhere.
    pub is_editable: bool,
    /// Facts about each binary.
    pub binaries: Vec<BinaryFacts>,
    /// The platforms the binaries run on.
    pub compatible: Compatible,
    /// Everything that is wrong, sorted by file.
    pub findings: Vec<Finding>,
}

impl Inspection {
    /// Whether any finding is an error.
    pub fn has_errors(&self) -> bool {
        self.findings.iter().any(|finding| finding.severity == Severity::Error)
    }

    /// The errors that make the wheel unusable. The index's own rules are not among them: authors
    /// choose where they publish.
    pub fn defects(&self) -> impl Iterator<Item = &Finding> {
        let is_defect = |finding: &&Finding| {
            finding.severity == Severity::Error && finding.rule.group != Group::Index
        };
        self.findings.iter().filter(is_defect)
    }

    /// Whether a finding has this effect.
    pub fn has(&self, effect: Effect) -> bool {
        self.findings.iter().any(|finding| finding.rule.effect == effect)
    }
}

/// Whether a file is part of what makes an editable wheel find the project: of setuptools, hatchling and
/// others, or of pygo.
fn is_of_editable(path: &str) -> bool {
    path.starts_with("__editable__") || path.starts_with("_pygo_editable_")
}

/// Inspects the wheel in `source`, whose file name is `file_name`.
///
/// # Errors
/// Only the file system's errors; no contents make it fail.
pub fn inspect(source: &dyn Source, file_name: &str) -> io::Result<Inspection> {
    inspect_except(source, file_name, &Excluded::default())
}

/// Inspects a wheel like [`inspect`], but looks for no library in `excluded`.
///
/// # Errors
/// Only the file system's errors; no contents make it fail.
pub fn inspect_except(
    source: &dyn Source,
    file_name: &str,
    excluded: &Excluded,
) -> io::Result<Inspection> {
    let archive = Archive::read(source)?;
    let mut findings = Vec::new();
    let name = names::file_name(file_name, &mut findings);
    let claims = platforms::claims(name.as_ref());
    archive::check(&archive, name.as_ref(), &mut findings);
    let documents = documents::read(&archive, name.as_ref(), &mut findings);
    let mut unpacked = if archive.is_bomb() {
        Unpacked::default()
    } else {
        unpack::unpack(&archive, &record::algorithms(&documents), &claims)?
    };
    let unjudged = name.as_ref().filter(|name| extensions::is_unjudged(name, &claims));
    let aim = match (unjudged, &*claims) {
        (Some(_), _) => Aim::Unjudged,
        (None, []) => Aim::Any,
        (None, claims) => Aim::Platforms(claims),
    };
    let all = std::mem::take(&mut unpacked.binaries);
    let count = all.len();
    unpacked.binaries = loaded::without_data(all, aim, &mut unpacked.findings);
    let has_data = unpacked.binaries.len() < count;
    findings.extend(unpacked.findings.iter().cloned());
    record::check(&archive, &documents, &unpacked.sums, &mut findings);
    metadata::check(&archive, &documents, &mut findings);
    names::dist_info(file_name, name.as_ref(), &documents, &mut findings);
    names::check(name.as_ref(), &documents, &mut findings);
    data::check(&archive, name.as_ref(), &mut findings);
    installable::check(name.as_ref(), &documents, &mut findings);
    let extensions = extensions::find(name.as_ref(), &claims, &unpacked, &mut findings);
    let around = Surroundings {
        name: name.as_ref().map_or("", |name| name.dist.normalized()),
        requirements: &metadata::requirements(&documents),
        imports: &unpacked.imports,
        loaders: &unpacked.loaders,
        excluded,
    };
    let facts = binaries::judge(&unpacked.binaries, &claims, &extensions, around, &mut findings);
    // Nothing here can judge binaries for other systems: their tags are taken as correct.
    if unjudged.is_some() {
        findings.retain(|finding| {
            let is_link = finding.rule == catalogue::EXTENSION_LIBPYTHON;
            finding.rule.effect != Effect::MacOsOnly
                && finding.rule.effect != Effect::MissingLibrary
                && !is_link
        });
    }
    if documents.wheel.as_ref().is_some_and(WheelInfo::is_for_debugging) {
        findings.retain(|finding| !finding.is_about_debug_information());
    }
    let is_readable = !findings.iter().any(|finding| finding.rule.effect == Effect::Unreadable);
    if !is_readable {
        findings.retain(|finding| finding.rule.effect != Effect::MissingLibrary);
    }
    let is_macos = !findings.iter().any(|finding| finding.rule == catalogue::MACHO_PLATFORM);
    let compatible = match unjudged {
        Some(name) => Compatible { platforms: name.tag.platforms().to_vec(), reason: None },
        None if is_readable && is_macos => compatible::find(&unpacked.binaries, &facts, &claims),
        None => Compatible::default(),
    };
    if let Some(name) = name.as_ref().filter(|_| !archive.is_bomb() && !archive.entries.is_empty())
    {
        let binaries = &unpacked.binaries;
        platforms::check(name, &documents, binaries, &facts, &claims, has_data, &mut findings);
        if is_readable && binaries.is_empty() && !claims.is_empty() {
            platforms::unneeded(name, &mut findings);
        }
    }
    check_size(archive.length, &mut findings);
    platforms::check_index(name.as_ref(), &mut findings);
    findings.sort();
    findings.dedup();
    Ok(Inspection {
        kind: FileKind::Wheel,
        file_name: file_name.to_owned(),
        dist_info: documents.dist_info,
        size: archive.length,
        files: archive.entries.iter().filter(|entry| !entry.is_dir()).count(),
        is_editable: archive.files().any(|entry| is_of_editable(&entry.name)),
        binaries: facts,
        compatible,
        findings,
        name,
    })
}
