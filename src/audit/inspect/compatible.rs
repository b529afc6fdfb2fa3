//! Which platforms a wheel is compatible with, according to its binaries.
//!
//! In: facts about each binary. Out: the lowest platform tags that fit all of them, and the reason.
//! The file name only decides between several possible answers.

use std::collections::BTreeSet;

use crate::audit::{BinaryFacts, BinaryFile, Format, GoBuildInfo, PlatformClaim};
use crate::target::{
    Arch, BinaryFormat, LINUX, Libc, MACOS, Os, PlatformTag, Release, UNIVERSAL2, WINDOWS,
};

/// The platforms a wheel is compatible with.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Compatible {
    /// The lowest tags, aliases included, sorted; empty if no tag fits.
    pub platforms: Vec<String>,
    /// The reason for them: `libhello.so needs GLIBC_2.34 (pthread_create)`.
    pub reason: Option<String>,
}

/// The lowest policy, which fits a binary that needs nothing.
const MIN_GLIBC: Release = Release::new(2, 5);
/// musl does not version its symbols, so a binary cannot prove that it runs on a musl older than the
/// current one. Only the file name can claim that.
const CURRENT_MUSL: Release = Release::new(1, 2);
/// The oldest macOS in Python 3 tags.
const MIN_MACOS: Release = Release::new(10, 4);
/// The oldest systems of CPython 3.13, the first release for them.
const MIN_ANDROID: Release = Release::new(21, 0);
const MIN_IOS: Release = Release::new(13, 0);

pub(super) fn find(
    files: &[BinaryFile],
    facts: &[BinaryFacts],
    claims: &[PlatformClaim],
) -> Compatible {
    // In a wheel for another system, a Windows program is data, such as a launcher.
    let for_windows = claims.iter().any(|claim| claim.os.format == BinaryFormat::Pe);
    let binaries: Vec<_> = files
        .iter()
        .zip(facts)
        .filter(|(file, _)| file.is_native() || (for_windows && file.format == Format::Pe))
        .map(|(_, facts)| facts)
        .collect();
    if binaries.is_empty() {
        return Compatible { platforms: vec!["any".to_owned()], reason: None };
    }
    let mut found = Compatible::default();
    let mut systems: BTreeSet<&'static Os> = binaries.iter().map(|facts| facts.os).collect();
    let formats = |systems: &BTreeSet<&'static Os>| -> BTreeSet<BinaryFormat> {
        systems.iter().map(|os| os.format).collect()
    };
    // With binaries for several systems, those for systems the name does not claim are strays.
    if formats(&systems).len() > 1 {
        systems.retain(|os| claims.iter().any(|claim| claim.os.format == os.format));
    }
    if formats(&systems).len() != 1 && systems.len() != claims.len() {
        return found;
    }
    for format in formats(&systems).into_iter().rev() {
        let own: Vec<_> =
            binaries.iter().copied().filter(|facts| facts.os.format == format).collect();
        match format {
            BinaryFormat::Elf => linux(&own, claims, &mut found),
            BinaryFormat::MachO => {
                let own_systems: BTreeSet<_> = own.iter().map(|facts| facts.os).collect();
                if let [os] = own_systems.into_iter().collect::<Vec<_>>()[..] {
                    apple(os, &own, claims, &mut found);
                }
            }
            BinaryFormat::Pe => windows(&own, claims, &mut found),
        }
    }
    found.platforms.sort();
    found.platforms.dedup();
    found
}

fn archs<'a>(binaries: &[&'a BinaryFacts]) -> BTreeSet<&'a str> {
    binaries.iter().flat_map(|facts| &facts.arch).map(String::as_str).collect()
}

fn linux(binaries: &[&BinaryFacts], claims: &[PlatformClaim], found: &mut Compatible) {
    let mut archs = archs(binaries);
    let claimed: Vec<Libc> = claims.iter().filter_map(PlatformClaim::libc).collect();
    let is_claimed =
        |arch: &&str| claims.iter().any(|claim| claim.libc().is_some() && claim.serves(Some(arch)));
    // Of several architectures the claimed ones count; a single one counts in any case.
    if archs.iter().any(is_claimed) {
        archs.retain(is_claimed);
    }
    if archs.len() > 1 && !archs.iter().all(is_claimed) {
        return;
    }
    let mut refusal = None;
    for arch in archs {
        let own: Vec<_> =
            binaries.iter().copied().filter(|facts| facts.arch.iter().any(|a| a == arch)).collect();
        let linked: BTreeSet<&'static Os> =
            own.iter().filter(|facts| !facts.is_static).map(|facts| facts.os).collect();
        for libc in [Libc::Glibc, Libc::Musl, Libc::Bionic] {
            // Binaries without a C library run with any: the name says which one is meant.
            let is_possible = if linked.is_empty() {
                claimed.contains(&libc) || (claimed.is_empty() && libc != Libc::Bionic)
            } else {
                linked == BTreeSet::from([Os::linux(libc)])
            };
            if !is_possible {
                continue;
            }
            let refused = own.iter().find_map(|facts| Some((&facts.path, facts.refused_by_musl?)));
            if let (Libc::Musl, Some((path, why))) = (libc, refused) {
                refusal = Some(format!("{path} {why}"));
                continue;
            }
            let own_claims = claims.iter().filter(|claim| claim.libc() == Some(libc));
            let promised = own_claims.filter_map(|claim| claim.min_release).min();
            linux_tag(libc, arch, promised, &own, found);
        }
    }
    if found.platforms.is_empty() {
        found.reason = refusal;
    }
}

fn linux_tag(
    libc: Libc,
    arch: &str,
    promised: Option<Release>,
    binaries: &[&BinaryFacts],
    found: &mut Compatible,
) {
    let os = Os::linux(libc);
    let mut release = match libc {
        Libc::Glibc => MIN_GLIBC,
        Libc::Musl => promised.unwrap_or(CURRENT_MUSL),
        Libc::Bionic => MIN_ANDROID,
    };
    let mut reason = None;
    for facts in binaries {
        // Its needs come from the policies of one C library, but it runs with any.
        if facts.is_static && facts.os != os {
            continue;
        }
        let Some(needs) = facts.needs.filter(|_| facts.missing_library.is_none()) else {
            found.reason = match &facts.missing_library {
                Some(library) => Some(format!("{} needs {library}", facts.path)),
                None => need(facts),
            };
            if libc == Libc::Bionic {
                return;
            }
            let bare = PlatformTag::Native { os: LINUX, release: None, arch: arch.to_owned() };
            found.platforms.extend(bare.expanded());
            return;
        };
        let go = min_for_go(facts, os);
        let needed = go.unwrap_or(needs).max(needs);
        // An architecture's lowest policy may be higher than MIN_GLIBC.
        if needed > release || (needed == release && reason.is_none()) {
            release = needed;
            reason = Some(if needed > needs {
                Some(format!("{} was built by a Go that needs a newer Linux", facts.path))
            } else {
                need(facts)
            });
        }
    }
    let arch = os.tag_arch(arch).to_owned();
    let tag = PlatformTag::Native { os, release: Some(release), arch };
    found.platforms.extend(tag.expanded());
    if found.reason.is_none() {
        found.reason = reason.flatten();
    }
}

fn apple(
    os: &'static Os,
    binaries: &[&BinaryFacts],
    claims: &[PlatformClaim],
    found: &mut Compatible,
) {
    // An architecture counts if every binary has it, and claimed ones take precedence.
    let mut archs: BTreeSet<&str> =
        UNIVERSAL2.archs.iter().map(|arch| arch.tag(os.format)).collect();
    archs.retain(|arch| binaries.iter().all(|facts| facts.arch.iter().any(|own| own == arch)));
    let is_claimed = |arch: &&str| {
        let mut claims = claims.iter().filter(|claim| claim.os == os);
        claims.any(|claim| claim.serves(Some(arch)))
    };
    if archs.iter().any(is_claimed) {
        archs.retain(is_claimed);
    }
    let arch = match archs.into_iter().collect::<Vec<_>>()[..] {
        [] => return,
        [one] => one.to_owned(),
        _ if os == MACOS => UNIVERSAL2.name.to_owned(),
        _ => return,
    };
    let go = |facts: &BinaryFacts| min_for_go(facts, os);
    let needs = |facts: &BinaryFacts| facts.needs.max(go(facts));
    let decider = binaries.iter().rev().max_by_key(|facts| needs(facts));
    let first = Arch::tagged(os.format, &arch).and_then(|arch| arch.min_release(os));
    let min = if os == MACOS { first.unwrap_or(MIN_MACOS) } else { MIN_IOS };
    let release = decider.and_then(|facts| needs(facts)).unwrap_or(min).max(min);
    let tag = PlatformTag::Native { os, release: Some(release), arch };
    found.platforms.extend(tag.expanded());
    found.reason = decider.and_then(|facts| match go(facts) {
        Some(go) if Some(go) > facts.needs => {
            Some(format!("{} was built by a Go that needs {} {go}", facts.path, os.release_of))
        }
        _ => need(facts),
    });
}

fn windows(binaries: &[&BinaryFacts], claims: &[PlatformClaim], found: &mut Compatible) {
    let mut archs = archs(binaries);
    // Wheels may ship programs for other architectures on purpose.
    if archs.len() > 1 {
        let is_claimed = |claim: &PlatformClaim, arch| claim.os == WINDOWS && claim.serves(arch);
        archs.retain(|arch| claims.iter().any(|claim| is_claimed(claim, Some(arch))));
    }
    let [arch] = archs.into_iter().collect::<Vec<_>>()[..] else {
        return;
    };
    found.platforms.push(WINDOWS.bare_tag(arch));
}

/// The oldest system that runs what this Go builds, if Go built it.
fn min_for_go(facts: &BinaryFacts, os: &Os) -> Option<Release> {
    facts.go.iter().filter_map(GoBuildInfo::minor).max().map(|minor| os.min_for_go(minor))
}

fn need(facts: &BinaryFacts) -> Option<String> {
    facts.reason.as_ref().map(|why| format!("{} needs {why}", facts.path))
}
