//! Which binaries of a wheel are loaded, and which are data.
//!
//! In: the binaries and the platforms the wheel is for. Out: the binaries that are loaded; the
//! others are [data](data), about which there is at most one warning each.
//!
//! A binary is data only if there is evidence, which is either
//!
//! * its kind: no loader loads object files, core dumps, or programs for a processor that no
//!   platform tag has (eBPF, CUDA, firmware);
//! * its place: a directory of tests or fixtures, or the part of `.data/data` that Python does not
//!   search; or
//! * that it is for another platform than the wheel, and meant to be: the wheel has binaries for its
//!   own platform, and this one is in another system's format, for a processor without a tag, or in
//!   a directory or file named after another platform. A wheel for any platform has binaries for
//!   several systems, or directories named after platforms.
//!
//! Never data: a script, a library that a loaded binary needs, and a Python extension module, except one
//! for a single Python in a wheel for any platform that has native code for several systems.

use std::collections::{BTreeSet, HashSet};

use super::macho::{ImageKind, MachoSlice};
use super::module_name::{ModuleName, Suffix, is_named_as_module};
use super::{Binary, BinaryFile, Finding, Format, PlatformClaim, Report, Rule, catalogue, elf};
use crate::relative_path::file_name;
use crate::target::{Arch, BinaryFormat, Libc, Named};

/// Words of directories that say nothing about the platform: `bin-linux`, `native/darwin`.
const FILLERS: &[&str] = &[
    "bin",
    "binaries",
    "binary",
    "bins",
    "dll",
    "dlls",
    "lib",
    "libs",
    "native",
    "natives",
    "prebuilds",
    "runtimes",
];
/// Directories for the tests of a package.
const TESTS: &[&str] = &[
    "fixture",
    "fixtures",
    "test",
    "test_data",
    "test-data",
    "test_files",
    "testdata",
    "testfiles",
    "testing",
    "tests",
];
/// The rules that damaged binaries break.
const DAMAGED: &[&Rule] =
    &[catalogue::ELF_MALFORMED, catalogue::MACHO_MALFORMED, catalogue::PE_MALFORMED];
/// Directories of an installation that hold programs and libraries.
const SEARCHED: &[&str] = &["bin", "lib", "lib64", "library", "scripts"];

/// What a wheel is for.
#[derive(Debug, Clone, Copy)]
pub(super) enum Aim<'a> {
    /// These platforms.
    Platforms(&'a [PlatformClaim]),
    /// Any platform.
    Any,
    /// A platform whose binaries are not judged.
    Unjudged,
}

/// Why a binary is data.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Evidence {
    /// No loader loads it, so there is nothing to say.
    Kind,
    /// The clause that continues `is an ELF binary for x86_64`.
    Clause(String),
}

/// Removes the data from `files`. Replaces all findings about it with one warning each.
pub(super) fn without_data(
    files: Vec<BinaryFile>,
    aim: Aim<'_>,
    findings: &mut Vec<Finding>,
) -> Vec<BinaryFile> {
    let wheel = Wheel::new(&files, aim);
    let evidence: Vec<_> = files.iter().map(|file| wheel.evidence(file)).collect();
    let data: HashSet<&str> = files
        .iter()
        .zip(&evidence)
        .filter(|(_, evidence)| evidence.is_some())
        .map(|(file, _)| file.path.as_str())
        .collect();
    let damaged = wheel.damaged_data(findings);
    findings.retain(|finding| {
        let member = finding.member.as_str();
        !data.contains(member) && !damaged.iter().any(|path| path == member)
    });
    let mut loaded = Vec::new();
    for (file, evidence) in files.into_iter().zip(evidence) {
        match evidence {
            None => loaded.push(file),
            Some(Evidence::Kind) => {}
            Some(Evidence::Clause(clause)) => {
                let what = format!("is {}{clause}", described(&file));
                findings.report(catalogue::BINARY_FOREIGN_DATA, &file.path, what);
            }
        }
    }
    loaded
}

/// `an ELF binary for x86_64`.
pub(super) fn described(file: &BinaryFile) -> String {
    let format = file.format.indefinite();
    match &*file.archs().join(" and ") {
        "" => format!("{format} for a processor without a platform tag"),
        archs => format!("{format} for {archs}"),
    }
}

struct Wheel<'a> {
    aim: Aim<'a>,
    /// The file names of the libraries that loaded binaries need and that no binary for the wheel's
    /// own platform has.
    needed: HashSet<String>,
    /// Whether it has native code for its own platform.
    has_own: bool,
    /// Whether it has native code for several systems.
    has_systems: bool,
    /// Whether it has native code for several processors.
    has_processors: bool,
}

impl<'a> Wheel<'a> {
    fn new(files: &'a [BinaryFile], aim: Aim<'a>) -> Self {
        let serves = |file: &&BinaryFile| match aim {
            Aim::Platforms(claims) => serves(file, claims),
            Aim::Any | Aim::Unjudged => false,
        };
        let own: Vec<_> = files.iter().filter(serves).collect();
        let roots = files.iter().filter(|file| serves(file) || is_module(file));
        let mut needed: HashSet<String> = roots.flat_map(needs).map(base).collect();
        for file in &own {
            needed.remove(&base(&file.path));
        }
        let is_helper = |file: &&BinaryFile| {
            let is_program = matches!(&file.binary, Binary::Pe(pe) if !pe.is_managed);
            (file.is_native() || is_program) && !is_module(file) && !is_in_tests(&file.path)
        };
        let helpers: Vec<_> = files.iter().filter(is_helper).collect();
        let systems: BTreeSet<_> = helpers.iter().map(|file| file.format.binary()).collect();
        let processors: BTreeSet<_> = helpers.iter().map(|file| file.archs()).collect();
        Self {
            aim,
            needed,
            has_own: own.iter().any(|file| file.is_native()),
            has_systems: systems.len() > 1,
            has_processors: processors.len() > 1,
        }
    }

    /// The damaged binaries that are data: they cannot be in the list of binaries.
    fn damaged_data(&self, findings: &[Finding]) -> Vec<String> {
        let damaged = findings.iter().filter(|finding| DAMAGED.contains(&finding.rule));
        let paths = damaged.map(|finding| finding.member.as_str()).filter(|path| {
            let is_foreign = || {
                let mut own = findings.iter().filter(|finding| finding.member == *path);
                self.has_own && own.any(|finding| finding.rule == catalogue::BINARY_FORMAT)
            };
            let is_needed = || self.needed.contains(&base(path));
            !is_named_as_module(path)
                && !is_script(path)
                && !is_needed()
                && (is_in_tests(path) || is_foreign())
        });
        paths.map(str::to_owned).collect()
    }

    fn evidence(&self, file: &BinaryFile) -> Option<Evidence> {
        let path = &*file.path;
        if is_module(file) {
            return self.optional_module(path);
        }
        if is_script(path) || self.needed.contains(&base(path)) {
            return None;
        }
        let is_object = match &file.binary {
            Binary::Elf(elf) => matches!(elf.kind, elf::Kind::Object | elf::Kind::Other),
            Binary::MachO(slices) => slices.iter().all(|slice| slice.kind == ImageKind::Object),
            Binary::Pe(_) => false,
        };
        if is_object || (has_no_tag(file, self.aim) && !is_named_as_library(path)) {
            return Some(Evidence::Kind);
        }
        if !file.is_native() {
            return None;
        }
        let clause = match self.aim {
            Aim::Unjudged => return None,
            Aim::Any => self.clause_in_any(path)?,
            Aim::Platforms(claims) if serves(file, claims) => return None,
            Aim::Platforms(claims) => self.foreign_clause(file, claims)?,
        };
        Some(Evidence::Clause(clause))
    }

    /// Why the module at `path` is data: Pythons that do not import it ignore it, and a wheel for any
    /// platform with native code for several systems is not tagged `any` by mistake.
    fn optional_module(&self, path: &str) -> Option<Evidence> {
        let suffix = ModuleName::read(path)?.suffix;
        let is_for_one = matches!(&suffix,
            Suffix::CPython { platform, .. } if !platform.is_empty());
        let is_optional = matches!(self.aim, Aim::Any) && self.has_systems && is_for_one;
        let clause =
            " and a module for a single Python, in a wheel with native code for several systems";
        is_optional.then(|| Evidence::Clause(clause.to_owned()))
    }

    /// Why the native code at `path` is data in a wheel for any platform.
    fn clause_in_any(&self, path: &str) -> Option<String> {
        let directory = directories(path)
            .find(|directory| named_platform(directory).is_some())
            .map(|directory| {
                format!(" in {directory}/, which is for one platform; the wheel is for any")
            });
        let is_named = Named::within(file_name(path)).is_some();
        let is_one = self.has_systems || (self.has_processors && is_named);
        let several =
            || is_one.then(|| " and one of several platforms, in a wheel for any".to_owned());
        place(path).or(directory).or_else(several)
    }

    /// Why `file`, which is not for `claims`, is data.
    fn foreign_clause(&self, file: &BinaryFile, claims: &[PlatformClaim]) -> Option<String> {
        let path = &*file.path;
        let wheel = super::claim::names(claims);
        if let Some(place) = place(path) {
            return Some(place);
        }
        if !self.has_own {
            return None;
        }
        let is_other_system = !claims.iter().any(|claim| claim.loads(file.format))
            || is_for_another_apple_system(file, claims)
            // Windows programs inject DLLs into processes of other architectures.
            || file.format == Format::Pe;
        if is_other_system || has_no_tag(file, self.aim) {
            return Some(format!(", but the wheel is for {wheel}"));
        }
        let name = file_name(path);
        let directory = directories(path).find(|directory| {
            named_platform(directory).is_some_and(|named| names_another(&named, claims))
        });
        let named = directory.or_else(|| {
            let named = Named::within(name)?;
            names_another(&named, claims).then_some(name)
        })?;
        Some(format!(", but the wheel is for {wheel}; {named} names another platform"))
    }
}

/// Whether Python imports `file` as a module.
fn is_module(file: &BinaryFile) -> bool {
    is_named_as_module(&file.path) || file.is_module()
}

/// Whether an installer puts the file at `path` among the programs of the environment.
fn is_script(path: &str) -> bool {
    path.split_once('/')
        .is_some_and(|(top, rest)| top.ends_with(".data") && rest.starts_with("scripts/"))
}

/// Whether `path` is named like a shared library.
fn is_named_as_library(path: &str) -> bool {
    let name = base(path);
    [".so", ".dylib", ".dll", ".pyd"].iter().any(|end| name.ends_with(end)) || name.contains(".so.")
}

/// Whether no platform tag has a name for the processor of `file`.
fn has_no_tag(file: &BinaryFile, aim: Aim<'_>) -> bool {
    // A wheel for a processor without a row has such binaries.
    let is_claimed = |claim: &PlatformClaim| {
        claim.archs.iter().any(|arch| Arch::tagged(claim.os.format, arch).is_none())
    };
    match aim {
        Aim::Platforms(claims) if claims.iter().any(is_claimed) => false,
        _ => file.format.binary() == Some(BinaryFormat::Elf) && file.archs().is_empty(),
    }
}

/// The clause about a place where nothing is imported or loaded.
fn place(path: &str) -> Option<String> {
    if let Some(directory) = directories(path).find(|directory| is_test(directory)) {
        return Some(format!(" in {directory}/, which is for tests"));
    }
    let mut parts = path.split('/');
    let (Some(top), Some("data"), Some(directory)) = (parts.next(), parts.next(), parts.next())
    else {
        return None;
    };
    let is_searched = SEARCHED.contains(&&*directory.to_ascii_lowercase());
    (top.ends_with(".data") && !is_searched)
        .then(|| " installed outside of the directories for programs and libraries".to_owned())
}

fn is_in_tests(path: &str) -> bool {
    directories(path).any(is_test)
}

fn is_test(directory: &str) -> bool {
    TESTS.contains(&&*directory.to_ascii_lowercase())
}

fn directories(path: &str) -> impl Iterator<Item = &str> {
    path.rsplit_once('/').map_or("", |(directories, _)| directories).split('/')
}

/// The platform that a directory is named after.
fn named_platform(directory: &str) -> Option<Named> {
    let lower = directory.to_ascii_lowercase();
    let words = lower.split(['-', '_', '.', '+']).filter(|word| !FILLERS.contains(word));
    Named::read(&words.collect::<Vec<_>>().join("-"))
}

/// Whether `named` excludes each of `claims`.
fn names_another(named: &Named, claims: &[PlatformClaim]) -> bool {
    claims.iter().all(|claim| {
        let has_arch = |arch: &String| {
            named.archs.is_empty() || named.archs.iter().any(|own| own.tag(claim.os.format) == arch)
        };
        // Android and iOS have names among the others.
        (named.is_other && !claim.os.links_python)
            || named.os.is_some_and(|os| os.goos != claim.os.goos)
            || !claim.archs.iter().all(has_arch)
    })
}

/// Whether `file` is for one of `claims`.
fn serves(file: &BinaryFile, claims: &[PlatformClaim]) -> bool {
    let archs = file.archs();
    let own = claims.iter().filter(|claim| claim.loads(file.format));
    let libc = file.libc();
    let is_libc = |claim: &PlatformClaim, libc: Libc| {
        claim.libc() == Some(libc)
            || (claim.libc() == Some(Libc::Glibc) && claim.min_release.is_none())
    };
    own.into_iter().any(|claim| {
        let mut wanted = claim.archs.iter().map(|arch| archs.contains(&arch.as_str()));
        let has_archs = match claim.os.format {
            BinaryFormat::MachO => wanted.all(|has| has),
            BinaryFormat::Elf | BinaryFormat::Pe => wanted.any(|has| has),
        };
        has_archs && libc.is_none_or(|libc| is_libc(claim, libc))
    }) && !is_for_another_apple_system(file, claims)
}

/// Whether `file` names only Apple systems that are none of `claims`, such as a simulator.
pub(super) fn is_for_another_apple_system(file: &BinaryFile, claims: &[PlatformClaim]) -> bool {
    let is_claimed =
        |slice: &MachoSlice| claims.iter().any(|claim| claim.os.macho_platform == slice.platform);
    matches!(&file.binary, Binary::MachO(slices)
        if slices.iter().all(|slice| slice.platform.is_some() && !is_claimed(slice)))
}

/// The libraries that `file` needs.
pub(super) fn needs(file: &BinaryFile) -> Vec<&str> {
    match &file.binary {
        Binary::Elf(elf) => elf.needed.iter().map(String::as_str).collect(),
        Binary::MachO(slices) => {
            slices.iter().flat_map(|slice| &slice.dylibs).map(|dylib| dylib.name.as_str()).collect()
        }
        Binary::Pe(pe) => {
            let imports = pe.imports.iter().map(|import| import.dll.as_str());
            imports.chain(pe.delayed.iter().map(String::as_str)).collect()
        }
    }
}

/// The last part of a path, in lower case.
pub(super) fn base(path: &str) -> String {
    file_name(path).to_ascii_lowercase()
}
