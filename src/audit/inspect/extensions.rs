//! Which binaries are extension modules, and whether the Python that the tag names imports them.
//!
//! In: the tags and the binaries. Out: a [`Found`] for each extension module, with the floor of its
//! stable ABI. Python looks for a handful of suffixes; a file with another is never imported.
//!
//! Source: PEP 3149, PEP 384, PEP 803 and `importlib.machinery.EXTENSION_SUFFIXES`.

use std::collections::{HashMap, HashSet};

use super::super::rules::extension::{PythonDll, undefined};
use super::super::{
    Binary, Extension, Finding, Format, Member, PlatformClaim, catalogue as code, stable_abi,
};
use super::members::Unpacked;
use crate::target::{Arch, BinaryFormat, Libc, Release};
use crate::wheel::WheelName;

/// An extension module.
pub(super) struct Found {
    path: String,
    module: String,
    abi3: Option<Release>,
}

impl Found {
    pub(super) fn as_extension(&self) -> Extension<'_> {
        Extension { path: &self.path, module: &self.module, abi3: self.abi3 }
    }
}

/// What stands between a module's name and `.so` or `.pyd`.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Suffix {
    /// Nothing: any Python imports it.
    Plain,
    /// `.abi3`: any Python of the stable ABI, free-threaded ones aside.
    Abi3,
    /// `.abi3t`: any Python from 3.15 on.
    Abi3t,
    /// `.cpython-313t-x86_64-linux-gnu`: one release of CPython.
    CPython { minor: u16, threaded: bool, platform: String },
    /// `.pypy310-pp73-...`: PyPy.
    PyPy,
}

/// What the tags promise.
struct Promise<'a> {
    pythons: &'a [String],
    abis: &'a [String],
}

impl Promise<'_> {
    /// The oldest CPython 3 that is named.
    fn floor(&self) -> Option<Release> {
        let minors = self.pythons.iter().filter_map(|tag| tag.strip_prefix("cp3")?.parse().ok());
        minors.min().map(|minor| Release::new(3, minor))
    }

    fn has_abi(&self, abi: &str) -> bool {
        self.abis.iter().any(|known| known == abi)
    }

    fn is_stable(&self) -> bool {
        self.has_abi("abi3") || self.has_abi("abi3t")
    }

    /// Whether some Python that is promised imports a file with `suffix`.
    fn imports(&self, suffix: &Suffix) -> bool {
        let others = ["none", "abi3"].iter().any(|abi| self.has_abi(abi));
        match suffix {
            Suffix::Plain => true,
            Suffix::Abi3 => {
                others || self.abis.iter().any(|abi| release(abi).is_some_and(|(_, t)| !t))
            }
            Suffix::Abi3t => {
                let new = |(minor, _): (u16, bool)| minor >= 15;
                self.has_abi("abi3t")
                    || others
                    || self.abis.iter().any(|abi| release(abi).is_some_and(new))
            }
            // A wheel that asks for no ABI may carry a module for each of several Pythons.
            Suffix::CPython { minor, threaded, .. } => {
                self.has_abi("none")
                    || self.abis.iter().any(|abi| release(abi) == Some((*minor, *threaded)))
            }
            Suffix::PyPy => {
                self.has_abi("none") || self.abis.iter().any(|abi| abi.starts_with("pypy"))
            }
        }
    }
}

/// The `313` and the `t` of an ABI tag `cp313t`.
fn release(abi: &str) -> Option<(u16, bool)> {
    let rest = abi.strip_prefix("cp3")?;
    let digits = rest.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let flags = rest.get(digits.len()..)?;
    Some((digits.parse().ok()?, flags.contains('t')))
}

/// Finds the extension modules among `members`.
pub(super) fn find(
    name: Option<&WheelName>,
    claims: &[PlatformClaim],
    unpacked: &Unpacked,
    findings: &mut Vec<Finding>,
) -> Vec<Found> {
    let members = &unpacked.members;
    let Some(name) = name else {
        return Vec::new();
    };
    missing(name, claims, unpacked, findings);
    let promise = Promise { pythons: name.tag.pythons(), abis: name.tag.abis() };
    check_floor(&promise, findings);
    let modules: Vec<_> = members
        .iter()
        .filter(|member| member.is_library())
        .filter_map(|member| Some((member, split(&member.path)?)))
        .filter(|(member, _)| is_named_as_one(&member.path) || member.is_module())
        .collect();
    // A module may be there several times, for several Pythons: one that fits is enough.
    let importable = |member: &Member, suffix: &Suffix| {
        promise.imports(suffix) && fits_platform(suffix, member, claims)
    };
    let served: HashSet<&str> = modules
        .iter()
        .filter(|(member, (_, suffix))| importable(member, suffix))
        .map(|(_, (stem, _))| *stem)
        .collect();
    let mut found = Vec::new();
    for (member, (stem, suffix)) in &modules {
        if is_in_name_only(member) {
            let what = "is named as an extension module, and has nothing of Python in it";
            findings.push(Finding::new(code::EXTENSION_IN_NAME, &member.path, what));
            continue;
        }
        let fits = importable(member, suffix);
        if !fits && !served.contains(stem) {
            let file = member.path.rsplit('/').next().unwrap_or(&member.path);
            let what = format!("is not imported by {}: Python does not look for {file}", name.tag);
            findings.push(Finding::new(code::EXTENSION_SUFFIX, &member.path, what));
        }
        let is_stable =
            promise.is_stable() && matches!(suffix, Suffix::Plain | Suffix::Abi3 | Suffix::Abi3t);
        if fits {
            check_python_dll(member, is_stable, &promise, findings);
        }
        found.push(Found {
            path: member.path.clone(),
            module: stem.rsplit('/').next().unwrap_or(stem).to_owned(),
            abi3: if is_stable { promise.floor() } else { None },
        });
    }
    found
}

/// Files that are named as modules and are nothing that can be loaded.
fn missing(
    name: &WheelName,
    claims: &[PlatformClaim],
    unpacked: &Unpacked,
    findings: &mut Vec<Finding>,
) {
    if is_for_others(name, claims) {
        return;
    }
    let told: HashSet<&str> = unpacked.findings.iter().map(|each| each.member.as_str()).collect();
    let members: HashMap<&str, &Member> =
        unpacked.members.iter().map(|member| (member.path.as_str(), member)).collect();
    // What is damaged or for another system has been told.
    let named = unpacked.digests.keys().filter(|path| is_named_as_one(path));
    for path in named.filter(|path| !told.contains(path.as_str())) {
        let is_looked_for = claims.is_empty()
            || claims
                .iter()
                .any(|claim| path.ends_with(".pyd") == (claim.os.format == BinaryFormat::Pe));
        let what = match members.get(path.as_str()) {
            None => "is no binary",
            Some(member) if member.is_library() => continue,
            // A library for Linux that can be run as well asks for a loader, as a program does.
            Some(member) if member.is_module() && member.format == Format::Elf => continue,
            Some(_) => "is no library",
        };
        if is_looked_for {
            let what = format!("is named as an extension module, and {what}");
            findings.push(Finding::new(code::EXTENSION_MISSING, path, what));
        }
    }
}

/// Whether the wheel is for systems alone whose binaries are not judged here: iOS, WebAssembly.
pub(super) fn is_for_others(name: &WheelName, claims: &[PlatformClaim]) -> bool {
    claims.is_empty() && !name.tag.platforms().iter().any(|tag| tag == "any")
}

/// Whether it is a plain library under a module's name: some packages load theirs with cffi.
fn is_in_name_only(member: &Member) -> bool {
    let asks = |name: &str| stable_abi::is_python(name);
    let imports_python = match &member.binary {
        Binary::Pe(pe) => pe.imports.iter().any(|import| import.dll.starts_with("python")),
        _ => false,
    };
    !member.is_module() && !imports_python && !undefined(member).into_iter().any(asks)
}

fn check_floor(promise: &Promise<'_>, findings: &mut Vec<Finding>) {
    let floor = promise.floor();
    if promise.is_stable() && floor.is_none() {
        let what = format!("is tagged {} without a Python to count from", promise.abis.join("."));
        findings.push(Finding::new(code::ABI3_FLOOR, "", what));
    }
    let first = Release::new(3, 15);
    if let Some(floor) = floor.filter(|floor| promise.has_abi("abi3t") && *floor < first) {
        let what =
            format!("is tagged abi3t from Python {floor} on, and there is none before {first}");
        findings.push(Finding::new(code::ABI3T_FLOOR, "", what));
    }
}

/// The path up to the module's name, and the suffix after it.
fn split(path: &str) -> Option<(&str, Suffix)> {
    let (dir, file) = path.rsplit_once('/').map_or(("", path), |(dir, file)| (dir, file));
    let (stem, rest) = file.split_once('.')?;
    let stem_end = if dir.is_empty() { 0 } else { dir.len() + 1 } + stem.len();
    let suffix = match rest {
        "so" | "pyd" => Suffix::Plain,
        "abi3.so" => Suffix::Abi3,
        "abi3t.so" => Suffix::Abi3t,
        _ => specific(rest)?,
    };
    Some((path.get(..stem_end)?, suffix))
}

/// Whether a file is named as a module for one Python or for the stable ABI.
pub(super) fn is_named_as_one(path: &str) -> bool {
    // Debugging symbols that macOS keeps beside a module have its name.
    !path.contains(".dSYM/")
        && (path.ends_with(".pyd")
            || split(path).is_some_and(|(_, suffix)| suffix != Suffix::Plain))
}

fn specific(rest: &str) -> Option<Suffix> {
    let (soabi, _) =
        rest.strip_suffix(".so").or_else(|| rest.strip_suffix(".pyd")).map(|s| (s, ()))?;
    if soabi.starts_with("pypy") {
        return Some(Suffix::PyPy);
    }
    // `cpython-313t-x86_64-linux-gnu`, or `cp313t-win_amd64`.
    let rest = soabi.strip_prefix("cpython-3").or_else(|| soabi.strip_prefix("cp3"))?;
    let (version, platform) = rest.split_once('-').unwrap_or((rest, ""));
    let digits = version.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    Some(Suffix::CPython {
        minor: digits.parse().ok()?,
        threaded: version.get(digits.len()..)?.contains('t'),
        platform: platform.to_owned(),
    })
}

/// Whether the platform in a suffix is one that the Python there writes into its own.
fn fits_platform(suffix: &Suffix, member: &Member, claims: &[PlatformClaim]) -> bool {
    let Suffix::CPython { platform, .. } = suffix else {
        return true;
    };
    if platform.is_empty() || claims.is_empty() {
        return true;
    }
    let claims: Vec<_> = claims.iter().filter(|claim| claim.loads(member.format)).collect();
    claims.is_empty()
        || claims.iter().any(|claim| match claim.os.format {
            BinaryFormat::Elf => {
                claim.archs.iter().any(|arch| fits_linux(platform, arch, claim.libc()))
            }
            BinaryFormat::MachO => platform == claim.os.goos,
            BinaryFormat::Pe => claim.archs.iter().any(|arch| *platform == claim.os.bare_tag(arch)),
        })
}

fn fits_linux(platform: &str, arch: &str, libc: Option<Libc>) -> bool {
    let Some((cpu, system)) = platform.split_once("-linux-") else {
        return false;
    };
    // A processor that is not known here is not judged.
    let Some(arch) = Arch::tagged(BinaryFormat::Elf, arch) else {
        return true;
    };
    // Before 3.11 Python said `gnu` on musl as well.
    arch.triples.contains(&cpu) && (system.starts_with("gnu") || libc == Some(Libc::Musl))
}

/// An extension that imports the DLL of another Python than those that are promised. What one for
/// the stable ABI may import at all is asked elsewhere; here, whether that Python is free-threaded.
fn check_python_dll(
    member: &Member,
    is_stable: bool,
    promise: &Promise<'_>,
    findings: &mut Vec<Finding>,
) {
    let Binary::Pe(pe) = &member.binary else {
        return;
    };
    let promised: Vec<_> = promise.abis.iter().filter_map(|abi| release(abi)).collect();
    let is_debug = promise.abis.iter().any(|abi| release(abi).is_some() && abi.ends_with('d'));
    let is_promised = |dll: PythonDll| match (is_stable, dll.minor) {
        (true, None) => promise.has_abi(if dll.is_free_threaded { "abi3t" } else { "abi3" }),
        (true, Some(_)) => true,
        (false, _) if promised.is_empty() => true,
        (false, _) if dll.is_debug && !is_debug => false,
        (false, Some(minor)) => promised.contains(&(minor, dll.is_free_threaded)),
        (false, None) => promised.iter().any(|(_, threaded)| *threaded == dll.is_free_threaded),
    };
    for import in &pe.imports {
        if PythonDll::read(&import.dll).is_some_and(|dll| !is_promised(dll)) {
            let abis = promise.abis.join(" and ");
            let what = format!("imports {}, and the wheel is for {abis}", import.dll);
            findings.push(Finding::new(code::PYTHON_DLL_MISMATCH, &member.path, what));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn suffixes_are_read_as_python_reads_them() {
        let suffix = |path| split(path).map(|(stem, suffix)| (stem.to_owned(), suffix));
        let is = |stem: &str, suffix| Some((stem.to_owned(), suffix));
        assert_eq!(suffix("a/_x.so"), is("a/_x", Suffix::Plain));
        assert_eq!(suffix("_x.abi3.so"), is("_x", Suffix::Abi3));
        let cpython = |minor, threaded, platform: &str| {
            let platform = platform.to_owned();
            Suffix::CPython { minor, threaded, platform }
        };
        assert_eq!(
            suffix("a/_x.cpython-313t-x86_64-linux-gnu.so"),
            is("a/_x", cpython(13, true, "x86_64-linux-gnu"))
        );
        assert_eq!(suffix("_x.cp39-win32.pyd"), is("_x", cpython(9, false, "win32")));
        assert_eq!(suffix("libx.so.1"), None);
        assert_eq!(suffix("README"), None);
    }

    #[test]
    fn a_tag_promises_what_it_imports() {
        let imports = |abi: &str, suffix: &str| {
            let abis: Vec<String> = abi.split('.').map(str::to_owned).collect();
            let promise = Promise { pythons: &["cp312".to_owned()], abis: &abis };
            promise.imports(&split(suffix).unwrap().1)
        };
        assert!(imports("cp312", "_x.cpython-312-darwin.so"));
        assert!(!imports("cp312", "_x.cpython-311-darwin.so"));
        assert!(!imports("cp313t", "_x.abi3.so"));
        assert!(imports("abi3", "_x.abi3.so"));
        assert!(!imports("abi3", "_x.cpython-312-darwin.so"));
        assert!(imports("abi3.abi3t", "_x.abi3t.so"));
        assert!(imports("none", "_x.cpython-39-darwin.so"));
    }

    #[test]
    fn platforms_are_spelled_as_python_spells_them() {
        assert!(fits_linux("x86_64-linux-gnu", "x86_64", Some(Libc::Glibc)));
        assert!(fits_linux("x86_64-linux-gnu", "x86_64", Some(Libc::Musl)));
        assert!(!fits_linux("x86_64-linux-musl", "x86_64", Some(Libc::Glibc)));
        assert!(fits_linux("arm-linux-gnueabihf", "armv7l", Some(Libc::Glibc)));
        assert!(!fits_linux("aarch64-linux-gnu", "x86_64", Some(Libc::Glibc)));
    }
}
