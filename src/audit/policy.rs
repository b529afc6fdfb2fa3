//! The manylinux and musllinux policies: which of them a Linux binary keeps.
//!
//! In: an [`Elf`] and which of its needed libraries come from the system. Out: the lowest release
//! of the C library whose policy it keeps, and the one thing that keeps it from a lower one.
//!
//! Source: PEP 600 and 656 give the rule; the data is auditwheel's, in `toolchains/manylinux.json`.

use std::cmp::Reverse;
use std::collections::HashMap;
use std::fmt;
use std::sync::LazyLock;

use serde::Deserialize;

use super::elf::Elf;
use crate::target::{Libc, PlatformTag, Release};

/// One policy of `toolchains/manylinux.json`.
#[derive(Debug, Deserialize)]
pub struct Policy {
    /// Its name: `manylinux_2_17`.
    pub name: &'static str,
    /// Processor, then family (`GLIBC`), then the versions that are allowed. Ten thousand words in
    /// all, which are not copied: most runs judge one wheel.
    #[serde(borrow)]
    symbol_versions: HashMap<&'static str, HashMap<&'static str, Vec<&'static str>>>,
    #[serde(borrow)]
    lib_whitelist: Vec<&'static str>,
    /// Library, then the symbols that must not be taken from it.
    #[serde(borrow)]
    blacklist: HashMap<&'static str, Vec<&'static str>>,
    /// Which C library it is about, and its release.
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
    // A file that does not parse would leave no policy for any binary; a test keeps it whole.
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
    /// The release of the C library that its name speaks of.
    pub fn release(&self) -> Release {
        self.of.map_or(Release::new(0, 0), |(_, release)| release)
    }

    /// Whether a wheel of this policy may expect `library` on the system.
    pub fn allows_library(&self, library: &str) -> bool {
        let known = |library: &str| self.lib_whitelist.contains(&library);
        // musl's libc.so goes by the name of its processor as well.
        is_loader(library)
            || known(library)
            || (library.starts_with("libc.musl-") && known("libc.so"))
    }
}

/// Whether some policy for `libc` lets a wheel expect `library` on the system; which one is
/// [`lowest`]'s to say.
pub fn is_system_library(libc: Libc, library: &str) -> bool {
    policies(libc).any(|policy| policy.allows_library(library))
}

/// The dynamic loader itself, under the names that it has on different processors.
fn is_loader(library: &str) -> bool {
    library.starts_with("ld-linux")
        || library.starts_with("ld-musl-")
        || matches!(library, "ld64.so.1" | "ld64.so.2")
}

/// What keeps a binary from a policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reason {
    /// No policy is written for the processor.
    Arch {
        /// The processor, as tags name it or by its number.
        arch: String,
    },
    /// It needs a version that the policy's systems may lack.
    Version {
        /// The version: `GLIBC_2.34`.
        version: String,
        /// The library that must define it.
        library: String,
        /// A symbol that needs it.
        symbol: Option<String>,
    },
    /// It needs a library that the policy's systems may lack.
    Library {
        /// The library's file name.
        library: String,
    },
    /// It uses a symbol that the policy forbids.
    Forbidden {
        /// The symbol.
        symbol: String,
        /// The library that it comes from.
        library: String,
    },
}

impl fmt::Display for Reason {
    /// What is needed, to follow the word "needs".
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Arch { arch } => write!(f, "a processor without a policy ({arch})"),
            Self::Version { version, symbol: Some(symbol), .. } => {
                write!(f, "{version} ({symbol})")
            }
            Self::Version { version, library, symbol: None } => write!(f, "{version} of {library}"),
            Self::Library { library } => write!(f, "{library}"),
            Self::Forbidden { symbol, library } => {
                write!(f, "{symbol} of {library}, which differs between systems")
            }
        }
    }
}

/// The lowest policy that a binary keeps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lowest {
    /// The release of the C library that the policy's name speaks of.
    pub release: Release,
    /// What keeps it from the policy below; `None` if it keeps the lowest of all.
    pub because: Option<Reason>,
}

/// The lowest policy for `libc` that `elf` keeps; `system` are those of its needed libraries that
/// do not come with the wheel.
///
/// As in auditwheel, a version of a family that a policy does not know (a library's own) is not
/// its business, and a weak symbol is never forbidden.
///
/// # Errors
/// What keeps it from even the highest policy.
pub fn lowest(libc: Libc, elf: &Elf, system: &[&str]) -> Result<Lowest, Reason> {
    let unknown = || Reason::Arch {
        arch: elf.arch.map_or_else(|| format!("machine {}", elf.machine), str::to_owned),
    };
    let arch = elf.arch.ok_or_else(unknown)?;
    let policies = policies(libc).filter(|policy| policy.symbol_versions.contains_key(arch));
    let mut because = None;
    let mut any = false;
    for policy in policies {
        any = true;
        match objection(policy, arch, elf, system) {
            None => return Ok(Lowest { release: policy.release(), because }),
            found => because = found,
        }
    }
    // A processor without any policy has no objection either.
    Err(because.filter(|_| any).unwrap_or_else(unknown))
}

/// The strongest reason for which `elf` does not keep `policy`: the highest version first.
fn objection(policy: &Policy, arch: &str, elf: &Elf, system: &[&str]) -> Option<Reason> {
    let families = policy.symbol_versions.get(arch)?;
    let refused = |full: &str| {
        let (family, version) = full.split_once('_').unwrap_or((full, ""));
        families.get(family).is_some_and(|allowed| !allowed.contains(&version))
    };
    // musl 1.2.0 made time_t 64 bits wide, under new names; on 64-bit processors none changed.
    let is_musl_1_1 = policy.of == Some((Libc::Musl, Release::new(1, 1)));
    if is_musl_1_1 && !elf.is_64 {
        let newer = elf.undefined.iter().find(|symbol| symbol.name.ends_with("_time64"));
        if let Some(symbol) = newer {
            return Some(Reason::Version {
                version: "musl 1.2".to_owned(),
                library: "libc.so".to_owned(),
                symbol: Some(symbol.name.clone()),
            });
        }
    }
    let version = elf
        .requirements
        .iter()
        .enumerate()
        .filter(|(_, need)| !is_loader(&need.library) && refused(&need.version))
        .min_by_key(|(place, need)| (Reverse(version_order(&need.version)), *place));
    if let Some((place, need)) = version {
        return Some(Reason::Version {
            version: need.version.clone(),
            library: need.library.clone(),
            symbol: elf.symbol_needing(place).map(str::to_owned),
        });
    }
    if let Some(library) = system.iter().find(|library| !policy.allows_library(library)) {
        return Some(Reason::Library { library: (*library).to_owned() });
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
        Some(Reason::Forbidden { symbol: used.to_owned(), library: library.to_owned() })
    })
}

/// `GLIBC` before others, then by number: what a reader takes for the highest version.
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
    use crate::audit::forge::ElfForge;

    #[test]
    fn the_policies_are_whole_and_in_order() {
        let names: Vec<_> = policies(Libc::Glibc).map(|policy| policy.name).collect();
        assert_eq!(names.first(), Some(&"manylinux_2_5"));
        assert!(names.contains(&"manylinux_2_17") && names.contains(&"manylinux_2_34"));
        assert!(policies(Libc::Glibc).is_sorted_by_key(Policy::release));
        let names: Vec<_> = policies(Libc::Musl).map(|policy| policy.name).collect();
        assert_eq!(names, ["musllinux_1_1", "musllinux_1_2"]);
    }

    fn lowest_of(forge: ElfForge, system: &[&str]) -> Result<Lowest, Reason> {
        let bytes = forge.build();
        lowest(Libc::Glibc, &Elf::parse(&bytes).unwrap(), system)
    }

    #[test]
    fn the_highest_version_decides_and_the_symbol_is_named() {
        let forge = ElfForge::library("libx.so")
            .needs_symbol("libc.so.6", "GLIBC_2.2.5", "puts")
            .needs_symbol("libc.so.6", "GLIBC_2.34", "pthread_create")
            .needs_symbol("libc.so.6", "GLIBC_2.28", "fcntl64");
        let found = lowest_of(forge, &["libc.so.6"]).unwrap();
        assert_eq!(found.release, Release::new(2, 34));
        assert_eq!(found.because.unwrap().to_string(), "GLIBC_2.34 (pthread_create)");
    }

    #[test]
    fn nothing_needed_keeps_the_lowest_and_the_future_keeps_none() {
        let found = lowest_of(ElfForge::library("libx.so"), &[]).unwrap();
        assert_eq!(found, Lowest { release: Release::new(2, 5), because: None });
        let forge = ElfForge::library("libx.so").needs_symbol("libc.so.6", "GLIBC_9.9", "f");
        assert_eq!(lowest_of(forge, &["libc.so.6"]).unwrap_err().to_string(), "GLIBC_9.9 (f)");
    }

    #[test]
    fn a_library_that_no_old_system_has_raises_the_policy() {
        let found = lowest_of(ElfForge::library("libx.so"), &["libmvec.so.1"]);
        let release = found.unwrap().release;
        assert!(release > Release::new(2, 17), "{release}");
    }

    #[test]
    fn a_forbidden_symbol_counts_unless_it_is_weak() {
        let forge =
            |weak| ElfForge::library("libx.so").needed("libz.so.1").undefined("_tr_init", weak);
        let reason = lowest_of(forge(false), &["libz.so.1"]).map(|found| found.because);
        assert!(
            matches!(reason, Err(Reason::Forbidden { .. }) | Ok(Some(Reason::Forbidden { .. }))),
            "{reason:?}"
        );
        let lowest = lowest_of(forge(true), &["libz.so.1"]).unwrap();
        assert_eq!(lowest.release, Release::new(2, 5));
    }
}
