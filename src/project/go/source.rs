//! The Go package of a library, read file by file.
//!
//! Input: its directory. Output: [`GoSource`]: the files, the exports, the C next to them. By Go's
//! rule (`go/build`), tests and files whose names start with `_` or `.` do not count. Constraints
//! on systems and tags are ignored, so a target may lack a listed export.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::path::Path;

use super::super::c::names::CNames;
use super::super::text::{self, MAX_SIZE};
use super::exports::{self, GoExport, GoFile};
use super::packages::{Packages, Types, file_names, is_go};
use crate::error::{Failure, Result};

/// The declarations of a Go package that concern C.
#[derive(Debug, Clone, Default)]
pub struct GoSource {
    /// The names of its Go files, sorted.
    pub files: Vec<String>,
    /// The exported functions.
    pub exports: Vec<GoExport>,
    /// C functions declared in the package.
    pub c_names: CNames,
    /// Other functions: name and place.
    pub functions: Vec<(String, String)>,
    /// Packages of downloaded modules, which may export more.
    pub unread: Vec<String>,
    /// Comments that look like an `//export` and do not export anything: name and place.
    pub strays: Vec<(String, String)>,
}

const EXAMPLE: &str = "export a function with a comment directly above it, in a file that imports \"C\":\n\
                       \n    import \"C\"\n\n    //export Hello\n    func Hello(message *C.char) *C.char {";

impl GoSource {
    /// Reads the package in `dir`, of which a library is built; `at` is the same directory relative
    /// to the project. GOWORK is `gowork`.
    ///
    /// # Errors
    /// No Go file, no `package main`, no `//export`; an unreadable file.
    pub fn of_library(dir: &Path, at: &Path, gowork: Option<&OsStr>) -> Result<Self> {
        let source = Self::read(dir, at, gowork, "a shared library")?;
        if source.exports.is_empty() {
            return Err(source.no_export(at));
        }
        Ok(source)
    }

    /// Reads the package like [`of_library`](Self::of_library), for an extension with signatures:
    /// its preamble may declare what a downloaded package exports.
    ///
    /// # Errors
    /// Those of `of_library`.
    pub fn of_extension(dir: &Path, at: &Path, gowork: Option<&OsStr>) -> Result<Self> {
        let source = Self::read(dir, at, gowork, "a shared library")?;
        let is_declared = !source.unread.is_empty() && !source.c_names.is_empty();
        if source.exports.is_empty() && !is_declared {
            return Err(source.no_export(at));
        }
        Ok(source)
    }

    /// Reads a package that commands complete later: they may write files with other functions, so
    /// any function may exist.
    ///
    /// # Errors
    /// No Go file, no `package main`; an unreadable file.
    pub fn of_unfinished(dir: &Path, at: &Path, gowork: Option<&OsStr>) -> Result<Self> {
        let mut source = Self::read(dir, at, gowork, "a shared library")?;
        source.c_names.set_incomplete();
        Ok(source)
    }

    /// Reads the package in `dir`, of which a program is built. GOWORK is `gowork`.
    ///
    /// # Errors
    /// No Go file, no `package main`; an unreadable file.
    pub fn of_program(dir: &Path, at: &Path, gowork: Option<&OsStr>) -> Result<Self> {
        Self::read(dir, at, gowork, "a program")
    }

    fn read(dir: &Path, at: &Path, gowork: Option<&OsStr>, what: &str) -> Result<Self> {
        let doing = reading(at);
        let prefix = at;
        let at = if at.as_os_str().is_empty() { Path::new(".") } else { at };
        let names = file_names(dir, &doing)?;
        let headers = |name: &str| names.iter().any(|other| other == name && is_header(name));
        let mut out = Self::default();
        let mut other_package = None;
        let mut has_main = false;
        let mut types = Types::default();
        let mut imports = BTreeSet::new();
        for name in &names {
            if is_go(name) {
                let path = dir.join(name);
                let shown = prefix.join(name).display().to_string();
                let bytes = text::bytes(&path, &format!("reading {shown}"), MAX_SIZE)?;
                let file = exports::read(&String::from_utf8_lossy(&bytes), &shown);
                out.files.push(name.clone());
                if file.ignored {
                    continue;
                }
                let package = file.package.as_deref().unwrap_or_default();
                if package != "main" {
                    other_package.get_or_insert(format!("{shown} belongs to package {package:?}"));
                    continue;
                }
                has_main = true;
                out.c_names.read(&file.preamble, headers);
                types.add(&file.types);
                imports.extend(file.imports.iter().cloned());
                out.take(file, &shown);
            } else if is_c(name) || is_header(name) {
                out.read_c(&dir.join(name), headers);
            }
        }
        if out.files.is_empty() {
            let help = "put the Go package in this directory, or set `go-dir`";
            return Err(Failure::project(doing, "the directory has no .go file", help));
        }
        if !has_main {
            let found = other_package
                .unwrap_or_else(|| "a build constraint excludes every file".to_owned());
            let help = format!(
                "write `package main` and `func main() {{}}`: Go builds {what} only from package main"
            );
            return Err(Failure::project(doing, found, help));
        }
        types.apply(&mut out.exports);
        let packages = Packages::around(dir, at, gowork);
        let (exports, unread) =
            packages.map(|packages| packages.exports(imports)).unwrap_or_default();
        out.unread = unread;
        for mut export in exports {
            // The preamble may declare what cgo's header does not.
            export.package = export.package.filter(|_| !out.c_names.has(&export.name));
            out.exports.push(export);
        }
        Ok(out)
    }

    fn take(&mut self, file: GoFile, shown: &str) {
        let place = |(name, line): (String, usize)| (name, format!("{shown}:{line}"));
        self.exports.extend(file.exports);
        self.functions.extend(file.functions.into_iter().map(place));
        let reason = if file.imports_c { "" } else { ", a file that does not import \"C\"" };
        let strays =
            file.strays.into_iter().map(|(name, line)| (name, format!("{shown}:{line}{reason}")));
        self.strays.extend(strays);
    }

    fn read_c(&mut self, path: &Path, beside: impl Fn(&str) -> bool) {
        let Ok(bytes) = text::bytes(path, "", MAX_SIZE) else {
            return self.c_names.set_incomplete();
        };
        // A header from an earlier build declares the exports of that time.
        if bytes.starts_with(b"/* Code generated by cmd/cgo; DO NOT EDIT. */") {
            return;
        }
        let text = String::from_utf8_lossy(&bytes);
        if path.file_name().and_then(|name| name.to_str()).is_some_and(is_header) {
            self.c_names.read(&text, beside);
        } else {
            self.c_names.read_source(&text);
        }
    }

    fn no_export(&self, at: &Path) -> Failure {
        let mut help = EXAMPLE.to_owned();
        if let Some(package) = self.unread.first() {
            help += &format!(
                "\n\n  pygo does not read {package} and other packages that Go downloads: declare what they \
                 export above `import \"C\"` in package main, as `// extern int Name(int);`"
            );
        }
        Failure::project(reading(at), self.why_no_export(), help)
    }

    fn why_no_export(&self) -> String {
        if self.strays.is_empty() {
            return format!("no `//export` in {}", self.files.join(", "));
        }
        let strays = self
            .strays
            .iter()
            .take(5)
            .map(|(name, place)| format!("`//export {name}` exports nothing ({place})"));
        strays.collect::<Vec<_>>().join("\n")
    }
}

/// Whether `dir` has the files of a `package main`.
pub fn is_main_package(dir: &Path) -> bool {
    let names = file_names(dir, "").unwrap_or_default();
    names.iter().filter(|name| is_go(name)).any(|name| {
        let bytes = text::bytes(&dir.join(name), "", MAX_SIZE).unwrap_or_default();
        let file = exports::read(&String::from_utf8_lossy(&bytes), name);
        !file.ignored && file.package.as_deref() == Some("main")
    })
}

fn reading(at: &Path) -> String {
    let at = if at.as_os_str().is_empty() { Path::new(".") } else { at };
    format!("reading the Go package {}", at.display())
}

fn is_c(name: &str) -> bool {
    matches!(name.rsplit_once('.'), Some((_, "c" | "cc" | "cpp" | "cxx" | "m")))
}

fn is_header(name: &str) -> bool {
    matches!(name.rsplit_once('.'), Some((_, "h" | "hh" | "hpp" | "hxx")))
}

#[cfg(test)]
mod tests {
    use fs_err as fs;

    use super::*;

    fn read(files: &[(&str, &str)]) -> Result<GoSource> {
        let dir = tempfile::tempdir().unwrap();
        for (name, text) in files {
            fs::write(dir.path().join(name), text).unwrap();
        }
        GoSource::of_library(dir.path(), Path::new("example/go"), None)
    }

    const MAIN: &str = "package main\nimport \"C\"\n//export F\nfunc F() {}\nfunc main() {}\n";

    #[test]
    fn tests_and_generated_headers_are_ignored() {
        let source = read(&[
            ("main.go", MAIN),
            ("main_test.go", "package main\nimport \"C\"\n//export T\nfunc T() {}"),
            ("_old.go", "package main\nimport \"C\"\n//export O\nfunc O() {}"),
            ("gen.go", "//go:build ignore\n\npackage main\nimport \"C\"\n//export G\nfunc G() {}"),
            ("add.c", "#include <zlib.h>\nint add(int a) { return a; }"),
            ("libold.h", "/* Code generated by cmd/cgo; DO NOT EDIT. */\nextern void Old(void);"),
        ])
        .unwrap();
        assert_eq!(source.files, ["gen.go", "main.go"]);
        assert_eq!(source.exports.len(), 1);
        assert_eq!(source.exports[0].file, "example/go/main.go");
        assert!(source.c_names.may_have("add"));
        assert!(!source.c_names.may_have("Old") && !source.c_names.may_have("inflate"));
    }

    #[test]
    fn a_package_without_exports_gets_a_reason() {
        let found = |files: &[(&str, &str)]| read(files).unwrap_err().found;
        assert_eq!(found(&[("main.c", "")]), "the directory has no .go file");
        assert_eq!(
            found(&[("a.go", "package hello")]),
            "example/go/a.go belongs to package \"hello\""
        );
        assert_eq!(found(&[("a.go", "package main\nfunc main() {}")]), "no `//export` in a.go");
        assert_eq!(
            found(&[("a.go", "package main\nimport \"C\"\n//export F\n\nfunc F() {}")]),
            "`//export F` exports nothing (example/go/a.go:3)"
        );
        assert_eq!(
            found(&[("a.go", "package main\n// export F\nfunc F() {}")]),
            "`//export F` exports nothing (example/go/a.go:2, a file that does not import \"C\")"
        );
    }
}
