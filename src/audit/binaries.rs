//! All binaries of one wheel, judged together.
//!
//! In: the binaries, what the wheel is for, and which of them are extension modules. Out: what is
//! true of each, and every finding. Both the factory's [`verdict`](super::verdict) and the
//! [`inspect`](super::inspect)ion of any wheel come here.

use std::collections::{HashMap, HashSet};

use super::claim::{loading, names};
use super::closure::Outside;
use super::elf::Elf;
use super::finding::{Finding, code};
use super::macho::MachoSlice;
use super::{
    Binary, Bytes, Damaged, Extension, Format, GoBuildInfo, Member, Pe, PlatformClaim, closure,
    policy, rules,
};
use crate::target::{Arch, BinaryFormat, Libc, MACOS, Os, Release, WINDOWS};

/// What is true of one binary.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MemberFacts {
    /// Its path in the wheel.
    pub path: String,
    /// What loads it.
    pub os: &'static Os,
    /// The processors it is for, as tags name them.
    pub arch: Vec<String>,
    /// The C library of the lowest policy that it keeps, or the least macOS.
    pub needs: Option<Release>,
    /// What decides that: `GLIBC_2.34 (pthread_create)`.
    pub because: Option<String>,
    /// For a module of the stable ABI: the least Python that has all it uses.
    pub python: Option<Release>,
    /// What Go says of it, for each image that Go built.
    pub go: Vec<GoBuildInfo>,
    /// Whether it would load with any C library, having none.
    pub is_static: bool,
    /// Why musl would not load it, though it may be linked with musl.
    pub refused_by_musl: Option<&'static str>,
    /// A library that it needs, that the wheel lacks and that no policy promises.
    pub from_nowhere: Option<String>,
}

/// What was found.
#[derive(Debug, Default)]
pub(super) struct Judged {
    pub(super) facts: Vec<MemberFacts>,
    pub(super) findings: Vec<Finding>,
}

/// Whether a file with `bytes` is a binary that something loads where the wheel is for. What it is
/// otherwise is a finding, where it matters.
pub(super) fn is_at_home(
    path: &str,
    bytes: Bytes<'_>,
    claims: &[PlatformClaim],
    findings: &mut Vec<Finding>,
) -> bool {
    let Some(format) = Format::of(bytes) else {
        return false;
    };
    if claims.is_empty() || !loading(claims, format).is_empty() {
        return true;
    }
    let what = format!("is a {}, but the wheel is for {}", format.name(), names(claims));
    match format {
        // A package may ship an archive or an installer's launcher as data.
        Format::Archive => {}
        Format::Pe if !Pe::parse(bytes).is_ok_and(|pe| pe.is_dll && !pe.is_managed) => {
            findings.push(Finding::new(code::BINARY_FOREIGN_DATA, path, what));
        }
        _ => findings.push(Finding::new(code::BINARY_FORMAT, path, what)),
    }
    false
}

/// Reads a binary; one that is damaged is a finding.
pub(super) fn read(path: &str, bytes: Bytes<'_>, findings: &mut Vec<Finding>) -> Option<Member> {
    Member::read(path, bytes).unwrap_or_else(|Damaged { format, why }| {
        let rule = match format {
            Format::Elf => code::ELF_MALFORMED,
            Format::Pe => code::PE_MALFORMED,
            _ => code::MACHO_MALFORMED,
        };
        findings.push(Finding::new(rule, path, format!("is a damaged {}: {why}", format.name())));
        None
    })
}

/// Judges `members`, which are all the binaries of a wheel for `claims`.
pub(super) fn judge(
    members: &[Member],
    claims: &[PlatformClaim],
    extensions: &[Extension<'_>],
) -> Judged {
    let libc = claims.iter().find_map(PlatformClaim::libc).unwrap_or(Libc::Glibc);
    let closure = closure::close(members, libc);
    let mut judged = Judged { facts: Vec::new(), findings: closure.findings };
    for (member, outside) in members.iter().zip(&closure.outside) {
        let claims = loading(claims, member.format);
        rules::go::check(member, &claims, &mut judged.findings);
        judged.facts.push(match &member.binary {
            Binary::Elf(elf) => {
                elf_facts(member, elf, outside, &claims, libc, &mut judged.findings)
            }
            Binary::MachO(slices) => macho_facts(member, slices, &claims, &mut judged.findings),
            Binary::Pe(pe) => {
                rules::pe::check(&member.path, pe, &claims, &mut judged.findings);
                facts(member, WINDOWS)
            }
        });
    }
    let places: HashMap<&str, usize> =
        members.iter().enumerate().map(|(at, member)| (member.path.as_str(), at)).collect();
    // A library of the wheel may have functions of its own that are named like Python's.
    let ours: HashSet<&str> =
        members.iter().flat_map(Member::exported).flatten().map(String::as_str).collect();
    for extension in extensions {
        let place = places.get(extension.path).copied();
        let member = place.and_then(|place| members.get(place));
        let python = rules::extension::check(extension, member, &ours, &mut judged.findings);
        if let Some(facts) = place.and_then(|place| judged.facts.get_mut(place)) {
            facts.python = python;
        }
    }
    two_runtimes(members, claims, &mut judged.findings);
    judged.findings.sort();
    judged.findings.dedup();
    judged
}

fn facts(member: &Member, os: &'static Os) -> MemberFacts {
    MemberFacts {
        path: member.path.clone(),
        os,
        arch: member.archs().into_iter().map(str::to_owned).collect(),
        needs: None,
        because: None,
        python: None,
        go: member.go_builds().into_iter().map(|(_, go)| go.clone()).collect(),
        is_static: false,
        refused_by_musl: None,
        from_nowhere: None,
    }
}

fn elf_facts(
    member: &Member,
    elf: &Elf,
    outside: &Outside<'_>,
    claims: &[&PlatformClaim],
    libc: Libc,
    findings: &mut Vec<Finding>,
) -> MemberFacts {
    rules::elf::check(&member.path, elf, claims, findings);
    let libc = elf.libc().unwrap_or(libc);
    let mut facts = facts(member, Os::linux(libc));
    facts.is_static = elf.libc().is_none() && elf.needed.is_empty();
    if let Some((rule, what)) = rules::elf::refused_by_musl(member, elf) {
        facts.refused_by_musl = Some(what);
        let is_for = |libc| claims.iter().any(|claim| claim.libc() == Some(libc));
        // A wheel for both may have a library for each.
        let is_of_glibc = elf.libc() == Some(Libc::Glibc) && is_for(Libc::Glibc);
        if is_for(Libc::Musl) && !is_of_glibc {
            findings.push(Finding::new(rule, &member.path, what));
        }
    }
    match policy::lowest(libc, elf, &outside.system) {
        Ok(lowest) => {
            facts.needs = Some(lowest.release);
            facts.because = lowest.because.map(|why| why.to_string());
        }
        Err(why) => {
            // Nothing but a policy's own tag promises its libraries.
            let is_promised =
                claims.iter().any(|claim| claim.min_release.is_some()) || claims.is_empty();
            let is_built = claims.iter().any(|claim| claim.min_release.is_none());
            if (is_promised || is_built) && (claims.is_empty() || rules::serves(claims, elf.arch)) {
                let family = facts.os.tag_family;
                let what = format!("needs {why}, which no {family} policy allows");
                findings.push(Finding::new(code::ELF_NO_POLICY, &member.path, what));
            }
            facts.because = Some(why.to_string());
        }
    }
    if let Some(library) = outside.nowhere.first() {
        facts.from_nowhere = Some((*library).to_owned());
    }
    facts
}

fn macho_facts(
    member: &Member,
    slices: &[MachoSlice],
    claims: &[&PlatformClaim],
    findings: &mut Vec<Finding>,
) -> MemberFacts {
    rules::macho::check(&member.path, slices, claims, findings);
    // In a wheel for both, the other image decides below the first macOS that ran on arm64.
    let is_fat = match claims {
        [] => slices.len() > 1,
        claims => claims.iter().any(|claim| claim.archs.len() > 1),
    };
    let needs = slices
        .iter()
        .filter(|slice| claims.is_empty() || rules::serves(claims, slice.arch))
        .filter_map(|slice| {
            let minos = slice.minos?;
            let arch = slice.arch.and_then(|arch| Arch::tagged(MACOS.format, arch));
            match arch.and_then(|arch| arch.min_release(MACOS)) {
                // No arm64 Mac runs less than 11.0: in a thin wheel a lower number would be a tag
                // that no installer asks for.
                Some(first) if minos <= first => (!is_fat).then_some(first),
                _ => Some(minos),
            }
        })
        .max();
    let mut facts = facts(member, MACOS);
    facts.needs = needs;
    facts.because = needs.map(|release| format!("macOS {release}"));
    facts
}

/// Every library that Go built brings a runtime; two in one process are one too many.
fn two_runtimes(members: &[Member], claims: &[PlatformClaim], findings: &mut Vec<Finding>) {
    let with_runtime =
        |member: &&Member| member.go_builds().iter().any(|(_, info)| rules::go::is_library(info));
    let is_loaded =
        |member: &&Member| claims.is_empty() || !loading(claims, member.format).is_empty();
    let mut first: HashMap<(Option<BinaryFormat>, &str), &Member> = HashMap::new();
    for member in members.iter().filter(with_runtime).filter(is_loaded) {
        for arch in member.archs() {
            let other = *first.entry((member.format.binary(), arch)).or_insert(member);
            if other.path != member.path {
                let what = format!("brings a second Go runtime beside that of {}", other.path);
                findings.push(Finding::new(code::GO_TWO_RUNTIMES, &member.path, what));
                return;
            }
        }
    }
}
