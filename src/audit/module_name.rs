//! The file names of Python extension modules.
//!
//! In: a path in a wheel. Out: the [`ModuleName`] that Python's import system reads from it: the
//! module's name and the [`Suffix`] that says which Pythons import the file.
//!
//! Source: PEP 3149, PEP 384, PEP 803 and `importlib.machinery.EXTENSION_SUFFIXES`; GraalPy's
//! `ImpModuleBuiltins` for its own suffix.

use crate::relative_path::file_name;

/// The part between a module's name and `.so` or `.pyd`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Suffix {
    /// Nothing: every Python imports it.
    Plain,
    /// `.abi3`: every Python 3, except free-threaded ones.
    Abi3,
    /// `.abi3t`: every Python from 3.15.
    Abi3t,
    /// `.cpython-313t-x86_64-linux-gnu`: one CPython release.
    CPython { minor: u16, threaded: bool, platform: String },
    /// `.pypy310-pp73-...`: PyPy.
    PyPy,
    /// `.graalpy250-312-native-x86_64-linux`: GraalPy.
    GraalPy,
    /// Like one of these, but spelled as no Python does: `.cp312-win_amd64.so`.
    Unknown,
}

/// The name of a module's file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ModuleName<'a> {
    /// The path without the suffix: `a/_x`.
    pub(super) stem: &'a str,
    /// Which Pythons import the file.
    pub(super) suffix: Suffix,
}

impl<'a> ModuleName<'a> {
    /// Reads a path; `None` if no Python would import it.
    pub(super) fn read(path: &'a str) -> Option<Self> {
        let (dir, file) = path.rsplit_once('/').map_or(("", path), |(dir, file)| (dir, file));
        let (name, rest) = file.split_once('.')?;
        let stem_end = if dir.is_empty() { 0 } else { dir.len() + 1 } + name.len();
        let suffix = match rest {
            "so" | "pyd" => Suffix::Plain,
            "abi3.so" => Suffix::Abi3,
            "abi3t.so" => Suffix::Abi3t,
            _ => specific(rest)?,
        };
        Some(Self { stem: path.get(..stem_end)?, suffix })
    }

    /// The name that Python imports it by, without the package. A compiled `__init__` is the
    /// package itself.
    pub(super) fn module(&self) -> &'a str {
        match self.stem.rsplit_once('/') {
            Some((package, "__init__")) => file_name(package),
            Some((_, name)) => name,
            None => self.stem,
        }
    }
}

/// Whether a file is named like a module for one Python or for the stable ABI.
pub(super) fn is_named_as_module(path: &str) -> bool {
    // Debug symbols that macOS keeps next to a module have the module's name.
    !path.contains(".dSYM/")
        && (path.ends_with(".pyd")
            || ModuleName::read(path).is_some_and(|name| name.suffix != Suffix::Plain))
}

/// The `313` and the `t` of an ABI tag `cp313t`.
pub(super) fn release(abi: &str) -> Option<(u16, bool)> {
    minor_and_threaded(abi.strip_prefix("cp3")?)
}

fn minor_and_threaded(text: &str) -> Option<(u16, bool)> {
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    Some((digits.parse().ok()?, text.get(digits.len()..)?.contains('t')))
}

fn specific(rest: &str) -> Option<Suffix> {
    let soabi = rest.strip_suffix(".so").or_else(|| rest.strip_suffix(".pyd"))?;
    if soabi.starts_with("pypy") {
        return Some(Suffix::PyPy);
    }
    if soabi.starts_with("graalpy") {
        return Some(Suffix::GraalPy);
    }
    // From 3.15 on, Python also looks for `.abi3-x86_64-linux-gnu.so`.
    if rest.ends_with(".so") {
        match soabi.split_once('-') {
            Some(("abi3", _)) => return Some(Suffix::Abi3),
            Some(("abi3t", _)) => return Some(Suffix::Abi3t),
            _ => {}
        }
    }
    // `.cpython-313t-x86_64-linux-gnu.so`, or `.cp313t-win_amd64.pyd`.
    let own = if rest.ends_with(".so") { "cpython-3" } else { "cp3" };
    let cpython = |rest: &str| {
        let (version, platform) = rest.split_once('-').unwrap_or((rest, ""));
        let (minor, threaded) = minor_and_threaded(version)?;
        Some(Suffix::CPython { minor, threaded, platform: platform.to_owned() })
    };
    let looks_like_one = ["cpython", "cp3", "abi3"].iter().any(|prefix| soabi.starts_with(prefix));
    match soabi.strip_prefix(own).and_then(cpython) {
        None => looks_like_one.then_some(Suffix::Unknown),
        known => known,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn suffixes_are_parsed_like_python_does() {
        let read = |path| ModuleName::read(path);
        let is = |stem, suffix| Some(ModuleName { stem, suffix });
        assert_eq!(read("a/_x.so"), is("a/_x", Suffix::Plain));
        assert_eq!(read("_x.abi3.so"), is("_x", Suffix::Abi3));
        let cpython = |minor, threaded, platform: &str| {
            let platform = platform.to_owned();
            Suffix::CPython { minor, threaded, platform }
        };
        assert_eq!(
            read("a/_x.cpython-313t-x86_64-linux-gnu.so"),
            is("a/_x", cpython(13, true, "x86_64-linux-gnu"))
        );
        assert_eq!(read("_x.cp39-win32.pyd"), is("_x", cpython(9, false, "win32")));
        assert_eq!(read("_x.graalpy250-312-native-x86_64-linux.so"), is("_x", Suffix::GraalPy));
        assert_eq!(read("_x.cp312-win_amd64.so"), is("_x", Suffix::Unknown));
        assert_eq!(read("_x.cpython-312-x86_64-linux-gnu.pyd"), is("_x", Suffix::Unknown));
        assert_eq!(read("_x.abi3-x86_64-linux-gnu.so"), is("_x", Suffix::Abi3));
        assert_eq!(read("_x.abi3t-riscv64-linux-gnu.so"), is("_x", Suffix::Abi3t));
        assert_eq!(read("_x.abi3.pyd"), is("_x", Suffix::Unknown));
        assert_eq!(read("_x.v2.so"), None);
        assert_eq!(read("libx.so.1"), None);
        assert_eq!(read("README"), None);
    }

    #[test]
    fn a_compiled_package_has_the_name_of_its_directory() {
        let module = |path| ModuleName::read(path).map(|name| name.module().to_owned());
        assert_eq!(module("a/b/__init__.abi3.so").as_deref(), Some("b"));
        assert_eq!(module("a/__init__.cpython-312-darwin.so").as_deref(), Some("a"));
        assert_eq!(module("a/_x.abi3.so").as_deref(), Some("_x"));
        assert_eq!(module("__init__.abi3.so").as_deref(), Some("__init__"));
    }
}
