//! Which platforms a wheel would truly run on.
//!
//! In: what is true of each binary. Out: a [`Truth`]: the lowest platform tags that all binaries
//! keep, and what decides them. Nothing is taken from the file name but which of several possible
//! answers is asked for.

use std::collections::BTreeSet;

use super::super::{Format, GoBuildInfo, Member, MemberFacts, PlatformClaim};
use crate::target::{
    Arch, BinaryFormat, LINUX, Libc, MACOS, Os, PlatformTag, Release, UNIVERSAL2, WINDOWS,
};

/// The platforms that a wheel would truly run on.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Truth {
    /// The lowest tags, aliases included, sorted; empty where no tag would be true.
    pub platforms: Vec<String>,
    /// What decides them: `libhello.so needs GLIBC_2.34 (pthread_create)`.
    pub because: Option<String>,
}

/// Linux before any policy: what a binary without needs keeps.
const LEAST_GLIBC: Release = Release::new(2, 5);
/// Symbols of musl have no versions: nothing in a binary tells that it runs with less than the
/// musl that is current, though its name may promise so.
const CURRENT_MUSL: Release = Release::new(1, 2);
/// The oldest macOS that Python 3 tags are written for.
const LEAST_MACOS: Release = Release::new(10, 4);

pub(super) fn find(members: &[Member], facts: &[MemberFacts], claims: &[PlatformClaim]) -> Truth {
    // In a wheel that is for another system, a program for Windows is data: a launcher.
    let for_windows = claims.iter().any(|claim| claim.os.format == BinaryFormat::Pe);
    let counts: Vec<_> = members
        .iter()
        .zip(facts)
        .filter(|(member, _)| member.is_native() || (for_windows && member.format == Format::Pe))
        .map(|(_, facts)| facts)
        .collect();
    if counts.is_empty() {
        return Truth { platforms: vec!["any".to_owned()], because: None };
    }
    let mut truth = Truth::default();
    let mut systems: BTreeSet<&'static Os> = counts.iter().map(|facts| facts.os).collect();
    let formats = |systems: &BTreeSet<&'static Os>| -> BTreeSet<BinaryFormat> {
        systems.iter().map(|os| os.format).collect()
    };
    // Binaries of several systems: each is a stray one beside those that the name speaks of.
    if formats(&systems).len() > 1 {
        systems.retain(|os| claims.iter().any(|claim| claim.os.format == os.format));
    }
    if formats(&systems).len() != 1 && systems.len() != claims.len() {
        return truth;
    }
    for format in formats(&systems).into_iter().rev() {
        let own: Vec<_> =
            counts.iter().copied().filter(|facts| facts.os.format == format).collect();
        match format {
            BinaryFormat::Elf => linux(&own, claims, &mut truth),
            BinaryFormat::MachO => macos(&own, claims, &mut truth),
            BinaryFormat::Pe => windows(&own, claims, &mut truth),
        }
    }
    truth.platforms.sort();
    truth.platforms.dedup();
    truth
}

fn linux(own: &[&MemberFacts], claims: &[PlatformClaim], truth: &mut Truth) {
    let mut archs: BTreeSet<&str> =
        own.iter().flat_map(|facts| &facts.arch).map(String::as_str).collect();
    let claimed: Vec<Libc> = claims.iter().filter_map(PlatformClaim::libc).collect();
    let is_meant =
        |arch: &&str| claims.iter().any(|claim| claim.libc().is_some() && claim.serves(Some(arch)));
    // Of several processors, those count that the name speaks of; of one alone, that one.
    if archs.iter().any(is_meant) {
        archs.retain(is_meant);
    }
    if archs.len() > 1 && !archs.iter().all(is_meant) {
        return;
    }
    let mut barred = None;
    for arch in archs {
        let own: Vec<_> =
            own.iter().copied().filter(|facts| facts.arch.iter().any(|own| own == arch)).collect();
        for libc in [Libc::Glibc, Libc::Musl] {
            // What is linked with no C library runs with either; the name says which is meant.
            let bound = own.iter().any(|facts| !facts.is_static && facts.os == Os::linux(libc));
            let free = own.iter().all(|facts| facts.is_static);
            let asked = claimed.is_empty() || claimed.contains(&libc);
            let other = own.iter().any(|facts| !facts.is_static && facts.os != Os::linux(libc));
            if (bound && !other) || (free && asked) {
                let refused =
                    own.iter().find_map(|facts| Some((&facts.path, facts.refused_by_musl?)));
                if let (Libc::Musl, Some((path, why))) = (libc, refused) {
                    barred = Some(format!("{path} {why}"));
                    continue;
                }
                let own_claims = claims.iter().filter(|claim| claim.libc() == Some(libc));
                let promised = own_claims.filter_map(|claim| claim.min_release).min();
                linux_tag(libc, arch, promised, &own, truth);
            }
        }
    }
    if truth.platforms.is_empty() {
        truth.because = barred;
    }
}

fn linux_tag(
    libc: Libc,
    arch: &str,
    promised: Option<Release>,
    own: &[&MemberFacts],
    truth: &mut Truth,
) {
    let os = Os::linux(libc);
    let tag = |release| PlatformTag::Native { os, release, arch: arch.to_owned() };
    let mut release = match libc {
        Libc::Glibc => LEAST_GLIBC,
        Libc::Musl => promised.unwrap_or(CURRENT_MUSL),
    };
    // The lowest policy of a processor may be higher than that of all.
    let mut decider: Option<(&MemberFacts, bool)> = None;
    for facts in own {
        // What has no C library was held against the policies of one, and runs with any.
        if facts.is_static && facts.os != os {
            continue;
        }
        let Some(needs) = facts.needs.filter(|_| facts.from_nowhere.is_none()) else {
            truth.because = match &facts.from_nowhere {
                Some(library) => Some(format!("{} needs {library}", facts.path)),
                None => told(facts),
            };
            let bare = PlatformTag::Native { os: LINUX, release: None, arch: arch.to_owned() };
            truth.platforms.extend(bare.expanded());
            return;
        };
        let floor = floor_of_go(facts, os);
        let is_go = floor > Some(needs);
        let needs = floor.unwrap_or(needs).max(needs);
        if needs > release || (needs == release && decider.is_none()) {
            release = needs;
            decider = Some((facts, is_go));
        }
    }
    truth.platforms.extend(tag(Some(release)).expanded());
    if truth.because.is_none() {
        truth.because = decider.and_then(|(facts, is_go)| match is_go {
            true => Some(format!("{} was built by a Go that needs a newer Linux", facts.path)),
            false => told(facts),
        });
    }
}

fn macos(own: &[&MemberFacts], claims: &[PlatformClaim], truth: &mut Truth) {
    // A processor that one of the binaries lacks is none of the wheel's.
    let mut archs: BTreeSet<&str> =
        UNIVERSAL2.archs.iter().map(|arch| arch.tag(MACOS.format)).collect();
    archs.retain(|arch| own.iter().all(|facts| facts.arch.iter().any(|own| own == arch)));
    let claimed: Vec<_> =
        claims.iter().filter(|claim| claim.os.format == BinaryFormat::MachO).collect();
    if !claimed.is_empty() {
        let wanted: BTreeSet<&str> = archs
            .iter()
            .copied()
            .filter(|arch| claimed.iter().any(|claim| claim.serves(Some(arch))))
            .collect();
        if !wanted.is_empty() {
            archs = wanted;
        }
    }
    let arch = match archs.into_iter().collect::<Vec<_>>().as_slice() {
        [] => return,
        [one] => (*one).to_owned(),
        _ => UNIVERSAL2.name.to_owned(),
    };
    let floor = |facts: &MemberFacts| floor_of_go(facts, MACOS);
    let needs = |facts: &MemberFacts| facts.needs.max(floor(facts));
    let decider = own.iter().rev().max_by_key(|facts| needs(facts));
    let first = Arch::tagged(MACOS.format, &arch).and_then(|arch| arch.min_release(MACOS));
    let least = first.unwrap_or(LEAST_MACOS);
    let release = decider.and_then(|facts| needs(facts)).unwrap_or(least).max(least);
    truth
        .platforms
        .extend(PlatformTag::Native { os: MACOS, release: Some(release), arch }.expanded());
    truth.because = decider.and_then(|facts| match floor(facts) {
        floor if floor > facts.needs => {
            Some(format!("{} was built by a Go that needs macOS {}", facts.path, floor?))
        }
        _ => told(facts),
    });
}

/// The least system for the Go that built it, if one did.
fn floor_of_go(facts: &MemberFacts, os: &Os) -> Option<Release> {
    facts.go.iter().filter_map(GoBuildInfo::minor).max().map(|minor| os.min_for_go(minor))
}

fn windows(own: &[&MemberFacts], claims: &[PlatformClaim], truth: &mut Truth) {
    let mut archs: BTreeSet<&str> =
        own.iter().flat_map(|facts| &facts.arch).map(String::as_str).collect();
    // A program may be there for another Windows on purpose.
    let claimed = claims.iter().filter(|claim| claim.os.format == BinaryFormat::Pe);
    let claimed: Vec<&str> = claimed.flat_map(|claim| &claim.archs).map(String::as_str).collect();
    if archs.len() > 1 {
        archs.retain(|arch| claimed.contains(arch));
    }
    let [arch] = archs.into_iter().collect::<Vec<_>>()[..] else {
        return;
    };
    truth.platforms.push(WINDOWS.bare_tag(arch));
}

fn told(facts: &MemberFacts) -> Option<String> {
    facts.because.as_ref().map(|why| format!("{} needs {why}", facts.path))
}
