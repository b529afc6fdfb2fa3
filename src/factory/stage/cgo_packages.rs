//! The packages that a library is built from, as far as cgo is concerned.
//!
//! Input: what `go list -deps` prints for the target. Output: a [`CgoPackage`] for each, the
//! library's own last.

use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::go_flags::broken;
use crate::error::{Failure, Result};
use crate::target::Slice;

/// A package, with the flags of its `#cgo` lines that apply to the target: `${SRCDIR}` is replaced.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct CgoPackage {
    import_path: String,
    module: Module,
    pub(super) dir: PathBuf,
    pub(super) standard: bool,
    pub(super) go_files: Vec<String>,
    pub(super) cgo_files: Vec<String>,
    #[serde(rename = "CgoCFLAGS")]
    pub(super) cflags: Vec<String>,
    #[serde(rename = "CgoCPPFLAGS")]
    pub(super) cppflags: Vec<String>,
    #[serde(rename = "CgoCXXFLAGS")]
    cxxflags: Vec<String>,
    #[serde(rename = "CgoFFLAGS")]
    fflags: Vec<String>,
    #[serde(rename = "CgoLDFLAGS")]
    pub(super) ldflags: Vec<String>,
    #[serde(rename = "CgoPkgConfig")]
    pub(super) pkg_config: Vec<String>,
    #[serde(rename = "CXXFiles")]
    cxx_files: Vec<String>,
    #[serde(rename = "SwigCXXFiles")]
    swig_cxx_files: Vec<String>,
}

/// Its module; empty for the standard library.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Module {
    path: String,
    /// Empty for modules of a workspace and of local directories.
    version: String,
    dir: PathBuf,
}

/// Reads what `go list -deps -json` printed.
///
/// # Errors
/// If that is not understood.
pub(super) fn read(printed: &str, doing: &str) -> Result<Vec<CgoPackage>> {
    let packages = serde_json::Deserializer::from_str(printed).into_iter();
    packages.collect::<serde_json::Result<_>>().map_err(|error| {
        Failure::build(doing, format!("cannot read Go's answer: {error}"), "report this bug")
    })
}

impl CgoPackage {
    /// A package that needs nothing but the `packages` of pkg-config, linked statically.
    pub(super) fn with_pkg_config(packages: &[String]) -> Self {
        let options = ["--static".to_owned()].into_iter();
        Self { pkg_config: options.chain(packages.iter().cloned()).collect(), ..Self::default() }
    }

    /// Whether it has C++, so that Go has the C++ compiler link.
    pub(super) fn has_cxx(&self) -> bool {
        !self.cxx_files.is_empty() || !self.swig_cxx_files.is_empty()
    }

    /// What is wrong with its flags for `slice`; the paths of files are relative to `root` if they
    /// are below it.
    ///
    /// # Errors
    /// A flag that breaks a library, or makes it depend on the build machine.
    pub(super) fn check(&self, slice: Slice, root: &Path, doing: &str) -> Result<Option<String>> {
        let compile = [&self.cppflags, &self.cflags, &self.cxxflags, &self.fflags];
        for flags in compile.into_iter().chain([&self.ldflags]) {
            if let Some((flag, reason)) = broken(flags) {
                let place = self.place(slice, root, |words| words.contains(&flag));
                let whose = self.whose(root);
                return Err(Failure::build(
                    doing,
                    format!("{place}: `{flag}` in a `#cgo` line: {reason}"),
                    format!("remove that flag{whose}"),
                ));
            }
        }
        if self.standard {
            return Ok(None);
        }
        let compiled: Vec<_> = compile.into_iter().flatten().cloned().collect();
        let above = slice.above_baseline(&compiled);
        let Some(first) = above.first() else { return Ok(None) };
        Ok(Some(format!(
            "{}: {} in a `#cgo` line, for all C code of {}: processors without these instructions \
             crash there. Wheels are installed on every {} processor, so Go code has to ask the \
             processor before it calls this package",
            self.place(slice, root, |words| words.contains(first)),
            above.iter().map(|flag| format!("`{flag}`")).collect::<Vec<_>>().join(", "),
            self.import_path,
            slice.arch.name,
        )))
    }

    /// Whose package it is, as far as advice depends on that.
    fn whose(&self, root: &Path) -> String {
        if self.dir.starts_with(root) || self.module.version.is_empty() {
            return String::new();
        }
        format!(
            ": that of {} is not part of this project, so try another version of it",
            self.import_path
        )
    }

    /// The file and line of the first `#cgo` line for `slice` whose words `has` accepts, or else of
    /// the first such line, or else the package.
    pub(super) fn place(&self, slice: Slice, root: &Path, has: impl Fn(&[&str]) -> bool) -> String {
        let mut first = None;
        for name in &self.cgo_files {
            let text = fs_err::read_to_string(self.dir.join(name)).unwrap_or_default();
            for (index, line) in text.lines().enumerate() {
                let Some((condition, words)) = directive(line) else { continue };
                if has(&words) {
                    let place = format!("{}:{}", self.shown(name, root), index + 1);
                    if applies(condition, slice) {
                        return place;
                    }
                    first.get_or_insert(place);
                }
            }
        }
        first.unwrap_or_else(|| self.import_path.clone())
    }

    /// Its file `name`: relative to `root`, or with the module that has it.
    fn shown(&self, name: &str, root: &Path) -> String {
        let file = self.dir.join(name);
        if let Ok(own) = file.strip_prefix(root) {
            return own.display().to_string();
        }
        let Module { path, version, dir } = &self.module;
        match file.strip_prefix(dir) {
            Ok(rest) if !version.is_empty() => format!("{path}@{version}/{}", rest.display()),
            _ => format!("{}/{name}", self.import_path),
        }
    }
}

/// The condition and the flags of a `#cgo` line: `linux,amd64` and `-lm` of
/// `#cgo linux,amd64 LDFLAGS: -lm`.
fn directive(line: &str) -> Option<(&str, Vec<&str>)> {
    let line = line.trim_start_matches([' ', '\t', '/', '*']);
    let (before, flags) = line.strip_prefix("#cgo")?.split_once(':')?;
    let condition = before.trim_end().rsplit_once([' ', '\t']).map_or("", |(first, _)| first);
    Some((condition, flags.split_whitespace().map(|word| word.trim_matches(['"', '\''])).collect()))
}

/// Whether `condition` is for `slice`, as far as that is known without build tags.
fn applies(condition: &str, slice: Slice) -> bool {
    let is_own = |name: &str| [slice.os.goos, slice.arch.goarch, "cgo"].contains(&name);
    let holds = |term: &str| match term.strip_prefix('!') {
        Some(name) => !is_own(name),
        None => is_own(term),
    };
    let mut options = condition.split_whitespace().peekable();
    options.peek().is_none() || options.any(|option| option.split(',').all(holds))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::target::{LINUX, X86_64};

    const MAIN: &str = "package main\n\n/*\n#cgo CFLAGS: -O2 -mavx2\n#cgo linux LDFLAGS: -lm \
                        -Wl,-z,now,-r\n*/\nimport \"C\"\n";

    fn checked(flags: &str) -> Result<Option<String>, Failure> {
        let dir = tempfile::tempdir().unwrap();
        fs_err::create_dir(dir.path().join("go")).unwrap();
        fs_err::write(dir.path().join("go/main.go"), MAIN).unwrap();
        let place = dir.path().join("go");
        let printed = format!(
            "{{\"ImportPath\": \"unsafe\"}}\n{{\"ImportPath\": \"p\", \"Dir\": {place:?}, \
             \"CgoFiles\": [\"main.go\"], {flags}}}\n"
        );
        let packages = read(&printed, "listing").unwrap();
        assert_eq!(packages.len(), 2);
        packages[1].check(Slice::new(LINUX, X86_64), dir.path(), "building")
    }

    #[test]
    fn a_flag_that_breaks_the_library_is_named_with_its_line() {
        let failure = checked("\"CgoLDFLAGS\": [\"-lm\", \"-Wl,-z,now,-r\"]").unwrap_err();
        assert!(failure.found.starts_with("go/main.go:5: `-Wl,-z,now,-r` in a"), "{failure}");
        let failure = checked("\"CgoCXXFLAGS\": [\"-march=native\"]").unwrap_err();
        assert!(failure.found.starts_with("p: `-march=native` in a `#cgo` line"), "{failure}");
        assert!(checked("\"CgoLDFLAGS\": [\"-static-libgcc\", \"-Wl,-rpath,/x\"]").is_ok());
    }

    #[test]
    fn the_line_for_the_target_is_named_and_the_module_of_a_dependency() {
        let dir = tempfile::tempdir().unwrap();
        let text = "package c\n\n/*\n#cgo darwin LDFLAGS: -lz\n#cgo windows linux,amd64 LDFLAGS: -lz\n\
                    #cgo linux,!amd64 LDFLAGS: '-lx' -ly\n*/\nimport \"C\"\n";
        fs_err::create_dir(dir.path().join("c")).unwrap();
        fs_err::write(dir.path().join("c/c.go"), text).unwrap();
        let mut package = CgoPackage {
            import_path: "example.org/dep/c".to_owned(),
            dir: dir.path().join("c"),
            cgo_files: vec!["c.go".to_owned()],
            ..CgoPackage::default()
        };
        let slice = Slice::new(LINUX, X86_64);
        let place = |package: &CgoPackage, root: &Path, flag| {
            package.place(slice, root, |words| words.contains(&flag))
        };
        assert_eq!(place(&package, dir.path(), "-lz"), "c/c.go:5");
        assert_eq!(place(&package, dir.path(), "-lx"), "c/c.go:6");
        assert_eq!(place(&package, dir.path(), "-ln"), "example.org/dep/c");
        let elsewhere = Path::new("/project");
        assert_eq!(place(&package, elsewhere, "-lz"), "example.org/dep/c/c.go:5");
        assert_eq!(package.whose(elsewhere), "");
        let (path, version) = ("example.org/dep".to_owned(), "v1.2.0".to_owned());
        package.module = Module { path, version, dir: dir.path().to_owned() };
        assert_eq!(place(&package, elsewhere, "-lz"), "example.org/dep@v1.2.0/c/c.go:5");
        assert!(package.whose(elsewhere).contains("try another version of it"));
    }

    #[test]
    fn instructions_above_the_baseline_are_noted_with_their_line() {
        let note = checked("\"CgoCFLAGS\": [\"-O2\", \"-mavx2\"]").unwrap().unwrap();
        assert!(note.starts_with("go/main.go:4: `-mavx2` in a `#cgo` line"), "{note}");
        assert!(note.contains("on every x86_64 processor"), "{note}");
        assert!(!note.contains("linux"), "the same for every target: {note}");
        assert_eq!(checked("\"CgoCFLAGS\": [\"-O2\"], \"Standard\": true").unwrap(), None);
    }
}
