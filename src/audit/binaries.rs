//! Judges all binaries of a wheel together.
//!
//! In: the binaries, the platforms the wheel is for, and the extension modules among the binaries.
//! Out: facts about each binary, and findings. Used for the factory's [`verdict`](super::verdict)
//! and for the [`inspect`](super::inspect)ion of any wheel.

use std::collections::{HashMap, HashSet};

use super::claim::{loading, names};
use super::closure::{Outside, Surroundings};
use super::elf::Elf;
use super::macho::MachoSlice;
use super::{
    Binary, BinaryFile, Bytes, Extension, Finding, Format, GoBuildInfo, Pe, PlatformClaim, Report,
    android, catalogue, checks, closure, policy,
};
use crate::target::{Arch, BinaryFormat, Libc, MACOS, Os, Release, WINDOWS};

/// Facts about one binary.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BinaryFacts {
    /// Its path in the wheel.
    pub path: String,
    /// The system it is for.
    pub os: &'static Os,
    /// Its architectures, as in platform tags.
    pub arch: Vec<String>,
    /// The C library of the lowest policy it meets, or its minimum macOS.
    pub needs: Option<Release>,
    /// The reason for it: `GLIBC_2.34 (pthread_create)`.
    pub reason: Option<String>,
    /// For a stable-ABI module: the oldest Python with everything it uses.
    pub python: Option<Release>,
    /// The build info of each image that Go built.
    pub go: Vec<GoBuildInfo>,
    /// Whether it needs no C library, and so loads with any.
    pub is_static: bool,
    /// The reason why musl does not load it, even if it is linked with musl.
    pub refused_by_musl: Option<&'static str>,
    /// A library it needs that neither the wheel nor any policy provides.
    pub missing_library: Option<String>,
}

impl BinaryFacts {
    /// Whether it can run on `claim`'s processor.
    pub(super) fn is_for(&self, claim: &PlatformClaim) -> bool {
        self.arch.iter().any(|arch| claim.serves(Some(arch)))
    }
}

/// Whether `bytes` are a binary in a format that the wheel's platforms load. Reports foreign
/// binaries.
fn is_own(
    path: &str,
    bytes: Bytes<'_>,
    format: Format,
    claims: &[PlatformClaim],
    findings: &mut Vec<Finding>,
) -> bool {
    if claims.is_empty() || !loading(claims, format).is_empty() {
        return true;
    }
    let what = format!("is {}, but the wheel is for {}", format.indefinite(), names(claims));
    match format {
        // A package may ship static archives or an installer's launcher as data.
        Format::Archive => {}
        Format::Pe if !Pe::parse(bytes).is_ok_and(|pe| pe.is_dll && !pe.is_managed) => {
            findings.report(catalogue::BINARY_FOREIGN_DATA, path, what);
        }
        _ => findings.report(catalogue::BINARY_FORMAT, path, what),
    }
    false
}

/// Reads a binary, and reports a damaged or foreign one.
///
/// Foreign binaries are read as well: only all binaries together tell which of them are data, and
/// the file name of the wheel may be wrong.
pub(super) fn read(
    path: &str,
    bytes: Bytes<'_>,
    claims: &[PlatformClaim],
    findings: &mut Vec<Finding>,
) -> Option<BinaryFile> {
    let format = Format::of(bytes)?;
    let before = findings.len();
    if format == Format::Archive
        || !is_own(path, bytes, format, claims, findings)
            && findings
                .iter()
                .skip(before)
                .any(|found| found.rule == catalogue::BINARY_FOREIGN_DATA)
    {
        return None;
    }
    BinaryFile::read(path, bytes).unwrap_or_else(|why| {
        let rule = match format {
            Format::Elf => catalogue::ELF_MALFORMED,
            Format::Pe => catalogue::PE_MALFORMED,
            _ => catalogue::MACHO_MALFORMED,
        };
        findings.report(rule, path, format!("is a damaged {}: {why}", format.name()));
        None
    })
}

/// Judges `files`, which are all binaries of a wheel for `claims`: facts about each, in order.
pub(super) fn judge(
    files: &[BinaryFile],
    claims: &[PlatformClaim],
    extensions: &[Extension<'_>],
    around: Surroundings<'_>,
    findings: &mut Vec<Finding>,
) -> Vec<BinaryFacts> {
    let libc = claims.iter().find_map(PlatformClaim::libc).unwrap_or(Libc::Glibc);
    let outside = closure::close(files, libc, around, findings);
    let mut all = Vec::new();
    for (file, outside) in files.iter().zip(&outside) {
        let claims = loading(claims, file.format);
        checks::go::check(file, &claims, findings);
        all.push(match &file.binary {
            Binary::Elf(elf) => {
                checks::elf::check(&file.path, elf, &claims, has_twin(file, files), findings);
                elf_facts(file, elf, outside, &claims, libc, findings)
            }
            Binary::MachO(slices) => macho_facts(file, slices, &claims, findings),
            Binary::Pe(pe) => {
                checks::pe(&file.path, pe, &claims, findings);
                facts(file, WINDOWS)
            }
        });
    }
    let places: HashMap<&str, usize> =
        files.iter().enumerate().map(|(at, file)| (file.path.as_str(), at)).collect();
    // Libraries in the wheel may define functions whose names look like Python's.
    let own: HashSet<&str> =
        files.iter().flat_map(BinaryFile::exported).flatten().map(String::as_str).collect();
    for extension in extensions {
        let place = places.get(extension.path).copied();
        let file = place.and_then(|place| files.get(place));
        let python = checks::extension::check(extension, file, &own, findings);
        if let Some(facts) = place.and_then(|place| all.get_mut(place)) {
            facts.python = python;
        }
    }
    two_runtimes(files, claims, findings);
    all
}

/// Whether `files` has the same library or program for another C library: one whose path differs only
/// in the names of systems.
fn has_twin(file: &BinaryFile, files: &[BinaryFile]) -> bool {
    let (own, path) = (file.libc(), without_systems(&file.path));
    let mut others = files.iter().filter(|other| other.format == file.format);
    others.any(|other| other.libc() != own && without_systems(&other.path) == path)
}

fn without_systems(path: &str) -> Vec<String> {
    let systems = ["linux", "gnu", "glibc", "musl", "manylinux", "musllinux"];
    let words = path.split(|c: char| !c.is_ascii_alphanumeric()).map(str::to_ascii_lowercase);
    // Arm's names have a suffix: `gnueabihf`.
    words.filter(|word| !systems.contains(&word.trim_end_matches("eabihf"))).collect()
}

fn facts(file: &BinaryFile, os: &'static Os) -> BinaryFacts {
    BinaryFacts {
        path: file.path.clone(),
        os,
        arch: file.archs().into_iter().map(str::to_owned).collect(),
        needs: None,
        reason: None,
        python: None,
        go: file.go_builds().into_iter().map(|(_, go)| go.clone()).collect(),
        is_static: false,
        refused_by_musl: None,
        missing_library: None,
    }
}

fn elf_facts(
    file: &BinaryFile,
    elf: &Elf,
    outside: &Outside<'_>,
    claims: &[&PlatformClaim],
    libc: Libc,
    findings: &mut Vec<Finding>,
) -> BinaryFacts {
    let libc = elf.libc().unwrap_or(libc);
    let mut facts = facts(file, Os::linux(libc));
    facts.is_static = elf.libc().is_none() && elf.needed.is_empty();
    facts.missing_library = outside.missing.first().map(|library| (*library).to_owned());
    if let Some((rule, what)) = checks::elf::refused_by_musl(file, elf) {
        facts.refused_by_musl = Some(what);
        let is_for = |libc| claims.iter().any(|claim| claim.libc() == Some(libc));
        // A wheel for both C libraries may contain a library for each.
        let is_for_glibc = elf.libc() == Some(Libc::Glibc) && is_for(Libc::Glibc);
        if is_for(Libc::Musl) && !is_for_glibc {
            findings.report(rule, &file.path, what);
        }
    }
    if libc == Libc::Bionic {
        let needs = android::needs(elf, &outside.system, outside.inside);
        (facts.needs, facts.reason) = needs.unzip();
        return facts;
    }
    match policy::lowest(libc, elf, &outside.system, &outside.unversioned) {
        Ok(lowest) => {
            facts.needs = Some(lowest.release);
            facts.reason = lowest.reason;
        }
        Err(why) => {
            if claims.is_empty() || checks::serves(claims, elf.arch) {
                let family = facts.os.tag_family;
                let what = format!("needs {why}, which no {family} policy allows");
                findings.report(catalogue::ELF_NO_POLICY, &file.path, what);
            }
            facts.reason = Some(why);
        }
    }
    facts
}

fn macho_facts(
    file: &BinaryFile,
    slices: &[MachoSlice],
    claims: &[&PlatformClaim],
    findings: &mut Vec<Finding>,
) -> BinaryFacts {
    checks::macho::check(&file.path, slices, claims, findings);
    let is_fat = match claims {
        [] => slices.len() > 1,
        claims => claims.iter().any(|claim| claim.archs.len() > 1),
    };
    let os = slices.iter().find_map(MachoSlice::os).unwrap_or(MACOS);
    let needs = slices
        .iter()
        .filter(|slice| claims.is_empty() || checks::serves(claims, slice.arch))
        .filter_map(|slice| {
            let minos = slice.minos?;
            let arch = slice.arch.and_then(|arch| Arch::tagged(MACOS.format, arch));
            match arch.and_then(|arch| arch.min_release(os)) {
                // No arm64 Mac runs anything below 11.0, and installers there ask for no lower tag.
                // In a fat binary the other image decides. The tags of simulators are those of devices,
                // which may have older releases.
                Some(first) if minos <= first => (!is_fat && os == MACOS).then_some(first),
                _ => Some(minos),
            }
        })
        .max();
    let mut facts = facts(file, os);
    facts.needs = needs;
    facts.reason = needs.map(|release| format!("{} {release}", os.release_of));
    facts
}

/// Reports a second Go library: each brings a runtime, and Go supports only one per process.
fn two_runtimes(files: &[BinaryFile], claims: &[PlatformClaim], findings: &mut Vec<Finding>) {
    let has_runtime =
        |file: &&BinaryFile| file.go_builds().iter().any(|(_, info)| checks::go::is_library(info));
    let is_loaded =
        |file: &&BinaryFile| claims.is_empty() || !loading(claims, file.format).is_empty();
    let mut first: HashMap<(Option<BinaryFormat>, &str), &BinaryFile> = HashMap::new();
    for file in files.iter().filter(has_runtime).filter(is_loaded) {
        for arch in file.archs() {
            let other = *first.entry((file.format.binary(), arch)).or_insert(file);
            if other.path != file.path {
                let what = format!("has a second Go runtime besides that of {}", other.path);
                findings.report(catalogue::GO_TWO_RUNTIMES, &file.path, what);
                return;
            }
        }
    }
}
