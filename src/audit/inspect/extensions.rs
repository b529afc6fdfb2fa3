//! Finds the extension modules, and checks that the tagged Python imports them.
//!
//! In: the tags and the binaries. Out: an [`Extension`] for each extension module, with the
//! minimum Python of its stable ABI. Python imports files with a few specific suffixes and ignores others.
//!
//! Source: PEP 3149, PEP 384 and PEP 803.

use std::collections::{HashMap, HashSet};

use super::linked_python;
use super::unpack::Unpacked;
use crate::audit::checks::extension::{PythonDll, creates_no_module, undefined};
use crate::audit::claim::loading;
use crate::audit::loaded::{base, needs};
use crate::audit::module_name::{ModuleName, Suffix, is_named_as_module, release};
use crate::audit::{
    Binary, BinaryFile, Extension, Finding, Format, PlatformClaim, Report, catalogue, stable_abi,
};
use crate::relative_path::file_name;
use crate::target::{Arch, BinaryFormat, FIRST_ABI3T, Libc, Release};
use crate::wheel::WheelName;

/// The Python and ABI tags of the wheel.
struct Tags<'a> {
    pythons: &'a [String],
    abis: &'a [String],
}

impl Tags<'_> {
    /// The oldest tagged CPython 3.
    fn min_python(&self) -> Option<Release> {
        let minors = self.pythons.iter().filter_map(|tag| tag.strip_prefix("cp3")?.parse().ok());
        minors.min().map(|minor| Release::new(3, minor))
    }

    /// Whether a tag without an ABI is for CPython 3.`minor`.
    fn has_python(&self, minor: u16) -> bool {
        self.pythons.iter().any(|tag| match tag.strip_prefix("cp3") {
            Some(digits) => digits.parse() == Ok(minor),
            None => tag.starts_with("py"),
        })
    }

    /// Whether a tag is for all Pythons: `py3-none`.
    fn is_generic(&self) -> bool {
        self.has_abi("none") && self.pythons.iter().any(|tag| tag == "py3")
    }

    /// The minor versions of the tagged CPythons, and whether each is free-threaded.
    fn releases(&self) -> Vec<(u16, bool)> {
        self.abis.iter().filter_map(|abi| release(abi)).collect()
    }

    fn has_abi(&self, abi: &str) -> bool {
        self.abis.iter().any(|known| known == abi)
    }

    fn is_stable(&self) -> bool {
        self.has_abi("abi3") || self.has_abi("abi3t")
    }

    /// Whether a tagged Python imports a file with `suffix`.
    fn imports(&self, suffix: &Suffix) -> bool {
        let others = ["none", "abi3"].iter().any(|abi| self.has_abi(abi));
        match suffix {
            Suffix::Plain => true,
            Suffix::Abi3 => {
                others || self.abis.iter().any(|abi| release(abi).is_some_and(|(_, t)| !t))
            }
            Suffix::Abi3t => {
                let new = |(minor, _): (u16, bool)| minor >= FIRST_ABI3T.minor;
                self.has_abi("abi3t")
                    || others
                    || self.abis.iter().any(|abi| release(abi).is_some_and(new))
            }
            Suffix::Unknown => false,
            // A wheel without an ABI may contain one module per Python.
            Suffix::CPython { minor, threaded, .. } => {
                (self.has_abi("none") && self.has_python(*minor))
                    || self.abis.iter().any(|abi| release(abi) == Some((*minor, *threaded)))
            }
            Suffix::PyPy => {
                self.has_abi("none") || self.abis.iter().any(|abi| abi.starts_with("pypy"))
            }
            Suffix::GraalPy => {
                self.has_abi("none") || self.abis.iter().any(|abi| abi.starts_with("graalpy"))
            }
        }
    }
}

/// Finds the extension modules.
pub(super) fn find<'a>(
    name: Option<&WheelName>,
    claims: &[PlatformClaim],
    unpacked: &'a Unpacked,
    findings: &mut Vec<Finding>,
) -> Vec<Extension<'a>> {
    let files = &unpacked.binaries;
    let Some(name) = name else {
        return Vec::new();
    };
    missing(name, claims, unpacked, findings);
    let tags = Tags { pythons: name.tag.pythons(), abis: name.tag.abis() };
    check_floor(&tags, findings);
    // A library that others are linked with may be named like a module.
    let needed: HashSet<String> = files.iter().flat_map(needs).map(base).collect();
    let modules: Vec<_> = files
        .iter()
        .filter(|file| file.is_library())
        .filter_map(|file| Some((file, ModuleName::read(&file.path)?)))
        .filter(|(file, _)| {
            file.is_module()
                || (is_named_as_module(&file.path) && !needed.contains(&base(&file.path)))
        })
        .collect();
    // A wheel may contain a module for each of several Pythons: one that fits is enough.
    let importable = |file: &BinaryFile, suffix: &Suffix| {
        tags.imports(suffix) && fits_platform(suffix, file, claims)
    };
    let served: HashSet<&str> = modules
        .iter()
        .filter(|(file, name)| importable(file, &name.suffix))
        .map(|(_, name)| name.stem)
        .collect();
    if tags.is_generic() {
        one_python(&modules, name, findings);
    }
    let mut found = Vec::new();
    for (file, module) in &modules {
        let ModuleName { stem, suffix } = module;
        let in_name_only = match file {
            file if is_in_name_only(file) => Some("does not use Python"),
            file if creates_no_module(file) => Some("has no init function and creates no module"),
            _ => None,
        };
        if let Some(why) = in_name_only {
            let what = format!("is named like an extension module, but {why}");
            findings.report(catalogue::EXTENSION_IN_NAME, &file.path, what);
            continue;
        }
        let fits = importable(file, suffix);
        if !fits && !served.contains(stem) {
            let base = file_name(&file.path);
            let what = format!("is not importable by {}: Python ignores {base}", name.tag);
            findings.report(catalogue::EXTENSION_SUFFIX, &file.path, what);
        }
        let is_stable =
            tags.is_stable() && matches!(suffix, Suffix::Plain | Suffix::Abi3 | Suffix::Abi3t);
        if fits {
            check_python_dll(file, is_stable, &tags, findings);
            let tagged = if is_stable { Vec::new() } else { tags.releases() };
            linked_python::check(file, files, claims, &tagged, findings);
        }
        found.push(Extension {
            path: &file.path,
            module: module.module(),
            abi3: if is_stable { tags.min_python() } else { None },
        });
    }
    found
}

/// Reports a module for a single Python in a wheel for all of them.
fn one_python(
    modules: &[(&BinaryFile, ModuleName<'_>)],
    name: &WheelName,
    findings: &mut Vec<Finding>,
) {
    for (file, module) in modules {
        let Suffix::CPython { minor, .. } = &module.suffix else {
            continue;
        };
        let is_other = |other: &ModuleName<'_>| {
            other.stem == module.stem
                && !matches!(&other.suffix, Suffix::CPython { minor: own, .. } if own == minor)
        };
        if !modules.iter().any(|(_, other)| is_other(other)) {
            let what =
                format!("is only for CPython 3.{minor}, but {} is for every Python 3", name.tag);
            findings.report(catalogue::EXTENSION_ONE_PYTHON, &file.path, what);
        }
    }
}

/// Reports files that are named like modules but cannot be loaded.
fn missing(
    name: &WheelName,
    claims: &[PlatformClaim],
    unpacked: &Unpacked,
    findings: &mut Vec<Finding>,
) {
    if is_unjudged(name, claims) {
        return;
    }
    // Damaged and foreign files have findings already.
    let known: HashSet<&str> = unpacked.findings.iter().map(|each| each.member.as_str()).collect();
    let files: HashMap<&str, &BinaryFile> =
        unpacked.binaries.iter().map(|file| (file.path.as_str(), file)).collect();
    let named = unpacked.sums.keys().filter(|path| is_named_as_module(path));
    for path in named.filter(|path| !known.contains(path.as_str())) {
        let is_importable = claims.is_empty()
            || claims
                .iter()
                .any(|claim| path.ends_with(".pyd") == (claim.os.format == BinaryFormat::Pe));
        let what = match files.get(path.as_str()) {
            None => "is not a binary",
            Some(file) if file.is_library() => continue,
            // A Linux library that is also a program names an interpreter.
            Some(file) if file.is_module() && file.format == Format::Elf => continue,
            Some(_) => "is not a library",
        };
        if is_importable {
            let what = format!("is named like an extension module, but {what}");
            findings.report(catalogue::EXTENSION_MISSING, path, what);
        }
    }
}

/// Whether the wheel is only for systems whose binaries are not judged: WebAssembly.
pub(super) fn is_unjudged(name: &WheelName, claims: &[PlatformClaim]) -> bool {
    claims.is_empty() && !name.tag.platforms().iter().any(|tag| tag == "any")
}

/// Whether it is a plain library named like a module, which some packages load with cffi.
fn is_in_name_only(file: &BinaryFile) -> bool {
    let imports_python = match &file.binary {
        Binary::Pe(pe) => pe.imports.iter().any(|import| import.dll.starts_with("python")),
        _ => false,
    };
    !file.is_module() && !imports_python && !undefined(file).into_iter().any(stable_abi::is_python)
}

fn check_floor(tags: &Tags<'_>, findings: &mut Vec<Finding>) {
    let floor = tags.min_python();
    if tags.is_stable() && floor.is_none() {
        let what = format!("is tagged {} without a minimum CPython", tags.abis.join("."));
        findings.report(catalogue::ABI3_FLOOR, "", what);
    }
    let first = FIRST_ABI3T;
    if let Some(floor) = floor.filter(|floor| tags.has_abi("abi3t") && *floor < first) {
        let what = format!("is tagged abi3t from Python {floor}, but abi3t starts with {first}");
        findings.report(catalogue::ABI3T_FLOOR, "", what);
    }
}

/// Whether the platform in a suffix is the one that the platform's Python uses.
fn fits_platform(suffix: &Suffix, file: &BinaryFile, claims: &[PlatformClaim]) -> bool {
    let Suffix::CPython { platform, .. } = suffix else {
        return true;
    };
    if platform.is_empty() || claims.is_empty() {
        return true;
    }
    let claims = loading(claims, file.format);
    claims.is_empty()
        || claims.iter().any(|claim| match claim.os.format {
            BinaryFormat::Elf => {
                claim.archs.iter().any(|arch| fits_linux(platform, arch, claim.libc()))
            }
            BinaryFormat::MachO => platform == claim.os.sdk.unwrap_or(claim.os.goos),
            BinaryFormat::Pe => claim.archs.iter().any(|arch| *platform == claim.os.bare_tag(arch)),
        })
}

fn fits_linux(platform: &str, arch: &str, libc: Option<Libc>) -> bool {
    let Some((cpu, system)) = platform.split_once("-linux-") else {
        return false;
    };
    // Unknown architectures are not judged.
    let Some(arch) = Arch::tagged(BinaryFormat::Elf, arch) else {
        return true;
    };
    // Before 3.11 Python used `gnu` on musl as well.
    let own = match libc {
        Some(Libc::Bionic) => {
            let abi = arch.abi.trim_end_matches("hf").replacen("gnu", "android", 1);
            return arch.triples.contains(&cpu) && system == abi;
        }
        Some(Libc::Musl) => arch.abi.replacen("gnu", "musl", 1),
        Some(Libc::Glibc) | None => arch.abi.to_owned(),
    };
    arch.triples.contains(&cpu) && (system == arch.abi || system == own)
}

/// Reports an extension that imports the DLL of an untagged Python. For the stable ABI only the
/// free-threaded flag is compared here; `checks::extension` covers the rest.
fn check_python_dll(
    file: &BinaryFile,
    is_stable: bool,
    tags: &Tags<'_>,
    findings: &mut Vec<Finding>,
) {
    let Binary::Pe(pe) = &file.binary else {
        return;
    };
    let tagged = tags.releases();
    let is_debug = tags.abis.iter().any(|abi| release(abi).is_some() && abi.ends_with('d'));
    let is_tagged = |dll: PythonDll| match (is_stable, dll.minor) {
        (true, None) => tags.has_abi(if dll.is_free_threaded { "abi3t" } else { "abi3" }),
        (true, Some(_)) => true,
        (false, _) if tagged.is_empty() => true,
        (false, _) if dll.is_debug && !is_debug => false,
        (false, Some(minor)) => tagged.contains(&(minor, dll.is_free_threaded)),
        (false, None) => tagged.iter().any(|(_, threaded)| *threaded == dll.is_free_threaded),
    };
    for import in &pe.imports {
        if PythonDll::read(&import.dll).is_some_and(|dll| !is_tagged(dll)) {
            let abis = tags.abis.join(" and ");
            let what = format!("imports {}, but the wheel is for {abis}", import.dll);
            findings.report(catalogue::PYTHON_DLL_MISMATCH, &file.path, what);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tagged_python_imports_its_own_suffixes() {
        let imports = |abi: &str, suffix: &str| {
            let abis: Vec<String> = abi.split('.').map(str::to_owned).collect();
            let tags = Tags { pythons: &["cp312".to_owned()], abis: &abis };
            tags.imports(&ModuleName::read(suffix).unwrap().suffix)
        };
        assert!(imports("cp312", "_x.cpython-312-darwin.so"));
        assert!(!imports("cp312", "_x.cpython-311-darwin.so"));
        assert!(!imports("cp313t", "_x.abi3.so"));
        assert!(imports("abi3", "_x.abi3.so"));
        assert!(!imports("abi3", "_x.cpython-312-darwin.so"));
        assert!(imports("abi3.abi3t", "_x.abi3t.so"));
        assert!(imports("none", "_x.cpython-312-darwin.so"));
        assert!(!imports("none", "_x.cpython-39-darwin.so"), "the tag is cp312-none");
        assert!(!imports("none", "_x.cp312-darwin.so"));
    }

    #[test]
    fn platforms_are_spelled_like_python_does() {
        assert!(fits_linux("x86_64-linux-gnu", "x86_64", Some(Libc::Glibc)));
        assert!(fits_linux("x86_64-linux-gnu", "x86_64", Some(Libc::Musl)));
        assert!(!fits_linux("x86_64-linux-musl", "x86_64", Some(Libc::Glibc)));
        assert!(fits_linux("arm-linux-gnueabihf", "armv7l", Some(Libc::Glibc)));
        assert!(!fits_linux("aarch64-linux-gnu", "x86_64", Some(Libc::Glibc)));
        assert!(!fits_linux("x86_64-linux-gnux32", "x86_64", Some(Libc::Glibc)));
        assert!(!fits_linux("arm-linux-gnueabi", "armv7l", Some(Libc::Glibc)));
        assert!(fits_linux("arm-linux-musleabihf", "armv7l", Some(Libc::Musl)));
        let android = |platform, arch| fits_linux(platform, arch, Some(Libc::Bionic));
        assert!(android("aarch64-linux-android", "aarch64"));
        assert!(
            android("arm-linux-androideabi", "armv7l") && android("i686-linux-android", "i686")
        );
        assert!(
            !android("aarch64-linux-gnu", "aarch64") && !android("x86_64-linux-android", "i686")
        );
    }
}
