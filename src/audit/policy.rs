//! The manylinux and musllinux policies, and which of them a Linux binary meets.
//!
//! In: an [`Elf`] and those of its needed libraries that come from the system. Out: the lowest policy
//! it meets, as a release of the C library, and the reason why it meets no lower one.
//!
//! Source: PEP 600 and PEP 656; the data is auditwheel's, in `toolchains/manylinux.json`.

use std::cmp::Reverse;
use std::collections::HashMap;
use std::sync::LazyLock;

use serde::Deserialize;

use super::android;
use super::elf::Elf;
use crate::target::{Libc, PlatformTag, Release};

/// One policy of `toolchains/manylinux.json`.
#[derive(Debug, Deserialize)]
pub struct Policy {
    /// Its name: `manylinux_2_17`.
    pub name: &'static str,
    /// Architecture, then family (`GLIBC`), then the allowed versions. These ten thousand strings are
    /// borrowed, because copying them would take most of a short run.
    #[serde(borrow)]
    symbol_versions: HashMap<&'static str, HashMap<&'static str, Vec<&'static str>>>,
    #[serde(borrow)]
    lib_whitelist: Vec<&'static str>,
    /// Library, then its forbidden symbols.
    #[serde(borrow)]
    blacklist: HashMap<&'static str, Vec<&'static str>>,
    /// The C library and its release.
    #[serde(skip)]
    of: Option<(Libc, Release)>,
}

#[derive(Deserialize)]
#[serde(bound(deserialize = "'de: 'static"))]
struct File {
    policies: Vec<Policy>,
}

static POLICIES: LazyLock<Vec<Policy>> = LazyLock::new(|| {
    let text = include_str!("../../toolchains/manylinux.json");
    // The file is part of the program, and a test checks that it parses.
    let mut policies =
        serde_json::from_str::<File>(text).map(|file| file.policies).unwrap_or_default();
    for policy in &mut policies {
        policy.of = match format!("{}_any", policy.name).parse() {
            Ok(PlatformTag::Native { os, release, .. }) => os.libc.zip(release),
            _ => None,
        };
    }
    policies.retain(|policy| policy.of.is_some());
    policies.sort_by_key(|policy| policy.of);
    policies
});

/// The policies for `libc`, lowest first.
pub fn policies(libc: Libc) -> impl Iterator<Item = &'static Policy> {
    POLICIES.iter().filter(move |policy| policy.of.is_some_and(|(of, _)| of == libc))
}

impl Policy {
    /// The release of the C library in its name.
    pub fn release(&self) -> Release {
        self.of.map_or(Release::new(0, 0), |(_, release)| release)
    }

    /// Whether a wheel of this policy may expect `library` on the system.
    pub fn allows_library(&self, library: &str) -> bool {
        let known = |library: &str| self.lib_whitelist.contains(&library);
        // musl's libc.so is also named after its architecture.
        is_loader(library)
            || known(library)
            || (library.starts_with("libc.musl-") && known("libc.so"))
    }
}

/// Whether any policy for `libc` lets a wheel expect `library` on the system; [`lowest`] says which.
/// Android has no policies, but the NDK lists its libraries.
pub fn is_system_library(libc: Libc, library: &str) -> bool {
    if libc == Libc::Bionic {
        return android::provides(library);
    }
    policies(libc).any(|policy| policy.allows_library(library))
}

/// Whether `library` is the dynamic loader, under its names on all architectures.
fn is_loader(library: &str) -> bool {
    library.starts_with("ld-linux")
        || library.starts_with("ld-musl-")
        || matches!(library, "ld64.so.1" | "ld64.so.2")
}

/// The lowest policy that a binary meets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lowest {
    /// The release of the C library in the policy's name.
    pub release: Release,
    /// The requirement that the policy below does not allow; `None` if it meets the lowest.
    pub reason: Option<String>,
}

/// The lowest policy for `libc` that `elf` meets. `system` are its needed libraries that do not come
/// with the wheel; `unversioned` are symbols that it imports without a version, each with the version that
/// has it first.
///
/// As in auditwheel, a policy allows versions of families it does not know, which are a library's
/// own, and weak symbols are never forbidden.
///
/// # Errors
/// What it needs that even the highest policy does not allow.
pub fn lowest(
    libc: Libc,
    elf: &Elf,
    system: &[&str],
    unversioned: &[(&str, &str)],
) -> Result<Lowest, String> {
    let unknown = || format!("an architecture without a policy ({})", elf.arch_or_machine());
    let arch = elf.arch.ok_or_else(unknown)?;
    let mut reason = None;
    for policy in policies(libc).filter(|policy| policy.symbol_versions.contains_key(arch)) {
        match objection(policy, arch, elf, system, unversioned) {
            None => return Ok(Lowest { release: policy.release(), reason }),
            found => reason = found,
        }
    }
    Err(reason.unwrap_or_else(unknown))
}

/// The main need of `elf` that `policy` does not allow: the highest version comes first.
fn objection(
    policy: &Policy,
    arch: &str,
    elf: &Elf,
    system: &[&str],
    unversioned: &[(&str, &str)],
) -> Option<String> {
    let families = policy.symbol_versions.get(arch)?;
    let refused = |full: &str| {
        let (family, version) = full.split_once('_').unwrap_or((full, ""));
        families.get(family).is_some_and(|allowed| !allowed.contains(&version))
    };
    // musl 1.2.0 added functions for 64-bit time_t on 32-bit systems.
    let is_musl_1_1 = policy.of == Some((Libc::Musl, Release::new(1, 1)));
    if is_musl_1_1 && !elf.is_64 {
        let newer = elf.undefined.iter().find(|symbol| symbol.name.ends_with("_time64"));
        if let Some(symbol) = newer {
            return Some(format!("musl 1.2 ({})", symbol.name));
        }
    }
    let version = elf
        .requirements
        .iter()
        .enumerate()
        .filter(|(_, need)| !is_loader(&need.library) && refused(&need.version))
        .min_by_key(|(place, need)| (Reverse(version_order(&need.version)), *place));
    if let Some((place, need)) = version {
        return Some(match elf.symbol_needing(place) {
            Some(symbol) => format!("{} ({symbol})", need.version),
            None => format!("{} of {}", need.version, need.library),
        });
    }
    let newer = unversioned.iter().filter(|(version, _)| refused(version));
    if let Some((version, symbol)) = newer.max_by_key(|(version, _)| version_order(version)) {
        return Some(format!("{version} ({symbol}, which it imports without a version)"));
    }
    if let Some(library) = system.iter().find(|library| !policy.allows_library(library)) {
        return Some((*library).to_owned());
    }
    let mut forbidden: Vec<_> = elf
        .needed
        .iter()
        .filter_map(|library| Some((library.as_str(), policy.blacklist.get(library.as_str())?)))
        .collect();
    forbidden.sort_unstable();
    forbidden.dedup();
    forbidden.into_iter().find_map(|(library, symbols)| {
        let strong = elf.undefined.iter().filter(|symbol| !symbol.weak);
        let used = strong
            .map(|symbol| symbol.name.as_str())
            .find(|name| symbols.iter().any(|known| known == name))?;
        Some(format!("{used} of {library}, which differs between systems"))
    })
}

/// Orders versions as readers do: `GLIBC` first, then by number.
fn version_order(version: &str) -> (bool, Vec<u32>) {
    let numbers = version
        .split(|c: char| !c.is_ascii_digit())
        .filter_map(|digits| digits.parse().ok())
        .collect();
    (version.starts_with("GLIBC_"), numbers)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_builders::ElfBuilder;

    #[test]
    fn the_policies_are_complete_and_in_order() {
        let names: Vec<_> = policies(Libc::Glibc).map(|policy| policy.name).collect();
        assert_eq!(names.first(), Some(&"manylinux_2_5"));
        assert!(names.contains(&"manylinux_2_17") && names.contains(&"manylinux_2_34"));
        assert!(policies(Libc::Glibc).is_sorted_by_key(Policy::release));
        let names: Vec<_> = policies(Libc::Musl).map(|policy| policy.name).collect();
        assert_eq!(names, ["musllinux_1_1", "musllinux_1_2"]);
    }

    fn lowest_of(builder: ElfBuilder, system: &[&str]) -> Result<Lowest, String> {
        let bytes = builder.build();
        lowest(Libc::Glibc, &Elf::parse(&bytes).unwrap(), system, &[])
    }

    #[test]
    fn the_highest_version_decides_and_its_symbol_is_named() {
        let builder = ElfBuilder::library("libx.so")
            .needs_symbol("libc.so.6", "GLIBC_2.2.5", "puts")
            .needs_symbol("libc.so.6", "GLIBC_2.34", "pthread_create")
            .needs_symbol("libc.so.6", "GLIBC_2.28", "fcntl64");
        let reason = Some("GLIBC_2.34 (pthread_create)".to_owned());
        let expected = Lowest { release: Release::new(2, 34), reason };
        assert_eq!(lowest_of(builder, &["libc.so.6"]), Ok(expected));
        let builder = ElfBuilder::library("libx.so").needs_symbol("libc.so.6", "GLIBC_9.9", "f");
        assert_eq!(lowest_of(builder, &["libc.so.6"]).unwrap_err(), "GLIBC_9.9 (f)");
    }

    #[test]
    fn a_binary_without_needs_meets_the_lowest_and_a_library_that_old_systems_lack_raises_it() {
        let found = lowest_of(ElfBuilder::library("libx.so"), &[]);
        assert_eq!(found, Ok(Lowest { release: Release::new(2, 5), reason: None }));
        let found = lowest_of(ElfBuilder::library("libx.so"), &["libmvec.so.1"]);
        assert!(found.unwrap().release > Release::new(2, 17));
    }

    #[test]
    fn a_forbidden_symbol_counts_unless_it_is_weak() {
        let builder =
            |weak| ElfBuilder::library("libx.so").needed("libz.so.1").undefined("_tr_init", weak);
        let found = lowest_of(builder(false), &["libz.so.1"]);
        let reason = found.map_or_else(Some, |found| found.reason);
        let expected = "_tr_init of libz.so.1, which differs between systems";
        assert_eq!(reason.as_deref(), Some(expected));
        let lowest = lowest_of(builder(true), &["libz.so.1"]).unwrap();
        assert_eq!(lowest.release, Release::new(2, 5));
    }
}
