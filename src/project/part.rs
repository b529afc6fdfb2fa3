//! The parts of a project: what ends up in a wheel besides its Python files.
//!
//! A part has an id and a kind. This file decides where each file goes in the wheel; paths use `/`
//! and are relative to the wheel's root.

use std::fmt;
use std::path::Path;

use super::binary::{Extension, GoLibrary, NativeModule, Program};
use super::go::package::GoPackage;
use super::names::ModuleName;
use crate::target::Os;

/// Names a part in events, logs, reports and SBOMs; unique within a project.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
pub struct PartId(String);

impl PartId {
    /// The id of a part of `kind`, unless another part of `others` has it: the name of the library
    /// or program, and more only where two parts have one name.
    fn among(others: &[Part], kind: &PartKind) -> Self {
        let (short, long) = match kind {
            PartKind::Cffi(library, _)
            | PartKind::CffiStatic(library, _)
            | PartKind::CffiAbi(library, _)
            | PartKind::Ctypes(library) => (library.name.to_string(), library.unique_name()),
            PartKind::Capi(native) => {
                (native.module.last().to_owned(), native.module.as_str().replace('.', "-"))
            }
            PartKind::Program(program) => {
                (program.name.to_string(), format!("{}-program", program.name))
            }
        };
        let numbered = (2..).map(|number| format!("{long}-{number}"));
        let is_free = |id: &String| !others.iter().any(|other| other.id.0 == *id);
        Self([short, long.clone()].into_iter().chain(numbered).find(is_free).unwrap_or(long))
    }
}

impl fmt::Display for PartId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// One part of a project: what Go builds from a package, and the way Python reaches it.
#[derive(Debug, Clone)]
pub struct Part {
    /// Its id.
    pub id: PartId,
    /// The Go package that it is built from.
    pub go: GoPackage,
    /// The binary to build, and the way Python reaches it.
    pub kind: PartKind,
}

impl Part {
    /// The part of a project that has `others` already.
    pub fn new(others: &[Self], go: GoPackage, kind: PartKind) -> Self {
        Self { id: PartId::among(others, &kind), go, kind }
    }

    /// Its library, if it has one.
    pub fn library(&self) -> Option<&GoLibrary> {
        match &self.kind {
            PartKind::Cffi(library, _)
            | PartKind::CffiStatic(library, _)
            | PartKind::CffiAbi(library, _)
            | PartKind::Ctypes(library) => Some(library),
            PartKind::Capi(_) | PartKind::Program(_) => None,
        }
    }

    /// The file name of its library on `os`: also its soname on Linux, behind `@rpath/` its
    /// install name on macOS, and its base name on Windows.
    ///
    /// A loader that looks for a library by name takes one of that name that another package has
    /// loaded. So a library that an extension is linked against has a name of its own in every
    /// environment: `libhello.example.so`. Its package makes it so, because an environment has
    /// one package of each name. Neither name contains `.` or `-`, so different pairs have
    /// different file names, and before the first `.` tools find a name that Python can import,
    /// as they ask of every `.so` in a package. The same goes for a library with a locator, whose
    /// module would otherwise have the library's name. A library that Python opens by its path
    /// keeps the plain name, `libhello.so`. One that is in its extension has no file.
    ///
    /// A name that the author chose counts before all that.
    pub fn library_file(&self, os: &Os) -> Option<String> {
        if let Some(file) = self.library().and_then(|library| library.file.as_ref()) {
            return Some(file.library(os));
        }
        match &self.kind {
            PartKind::Cffi(library, _) | PartKind::CffiAbi(library, _) => {
                Some(os.library_file(library.unique_name()))
            }
            PartKind::Ctypes(library) => Some(os.library_file(&library.name)),
            PartKind::Capi(_) | PartKind::CffiStatic(..) | PartKind::Program(_) => None,
        }
    }

    /// The path of its library in the wheel: `example/lib/libhello.example.so`.
    pub fn library_path(&self, os: &Os) -> Option<String> {
        let (dir, file) = (self.library()?.wheel_dir(), self.library_file(os)?);
        Some(if dir.is_empty() { file } else { format!("{dir}/{file}") })
    }

    /// The module that cffi generates, if its kind has one.
    pub fn extension(&self) -> Option<&Extension> {
        self.kind.extension()
    }

    /// The import name of the module through which Python reaches it, if that is not the author's.
    pub fn module(&self) -> Option<&ModuleName> {
        match &self.kind {
            PartKind::Capi(native) => Some(&native.module),
            kind => kind.extension().map(|extension| &extension.module),
        }
    }

    /// The package around its binaries.
    pub fn package(&self) -> Option<ModuleName> {
        match &self.kind {
            PartKind::Capi(native) => native.package(),
            _ => self.library().map(|library| library.package.clone()),
        }
    }

    /// The path of that module in the wheel, with the `suffix` of extension modules:
    /// `_example.abi3.so`; in cffi's ABI mode it is Python code, `_example.py`.
    pub fn module_path(&self, suffix: &str) -> Option<String> {
        let suffix = match &self.kind {
            PartKind::CffiAbi(..) => ".py",
            _ => suffix,
        };
        Some(format!("{}{suffix}", self.module()?.path()))
    }

    /// Whether the binary at `path` in a wheel for `os`, maybe below another directory, is the one
    /// that Go's code is in.
    pub fn is_go_binary(&self, os: &Os, path: &Path) -> bool {
        let program = self.program().map(|program| program.path(os));
        if let Some(own) = self.library_path(os).or(program) {
            return path.ends_with(own);
        }
        let Some(module) = self.module() else { return false };
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        let stem = name.split('.').next().unwrap_or(name);
        path.with_file_name(stem).ends_with(module.path())
    }

    /// Its program, if its kind is one.
    pub fn program(&self) -> Option<&Program> {
        match &self.kind {
            PartKind::Program(program) => Some(program),
            PartKind::Cffi(..)
            | PartKind::CffiStatic(..)
            | PartKind::CffiAbi(..)
            | PartKind::Ctypes(_)
            | PartKind::Capi(_) => None,
        }
    }
}

/// The binary that Go builds, and the way Python reaches it.
#[derive(Debug, Clone)]
pub enum PartKind {
    /// A library behind an extension module that cffi generates (API mode).
    Cffi(GoLibrary, Extension),
    /// The same in one file: the library is linked into the extension module.
    CffiStatic(GoLibrary, Extension),
    /// A library behind a Python module that cffi generates and that opens it (ABI mode).
    CffiAbi(GoLibrary, Extension),
    /// A library that Python opens itself, with ctypes or cffi's ABI mode.
    Ctypes(GoLibrary),
    /// An extension module whose C, next to the Go code, uses Python's limited API.
    Capi(NativeModule),
    /// A program that the wheel installs as a command.
    Program(Program),
}

impl PartKind {
    /// Every value of the key `binding`, the default first.
    pub const NAMES: [&str; 5] = ["cffi", "cffi-abi", "ctypes", "capi", "bin"];

    /// The module that cffi generates, if it has one.
    pub fn extension(&self) -> Option<&Extension> {
        match self {
            Self::Cffi(_, extension)
            | Self::CffiStatic(_, extension)
            | Self::CffiAbi(_, extension) => Some(extension),
            Self::Ctypes(_) | Self::Capi(_) | Self::Program(_) => None,
        }
    }

    /// The same, to change it.
    pub(super) fn extension_mut(&mut self) -> Option<&mut Extension> {
        match self {
            Self::Cffi(_, extension)
            | Self::CffiStatic(_, extension)
            | Self::CffiAbi(_, extension) => Some(extension),
            Self::Ctypes(_) | Self::Capi(_) | Self::Program(_) => None,
        }
    }

    /// Whether building it needs a C compiler.
    pub fn has_c(&self) -> bool {
        !matches!(self, Self::Program(program) if !program.cgo)
    }

    /// The value of `binding` that selects this kind.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Cffi(..) | Self::CffiStatic(..) => "cffi",
            Self::CffiAbi(..) => "cffi-abi",
            Self::Ctypes(_) => "ctypes",
            Self::Capi(_) => "capi",
            Self::Program(_) => "bin",
        }
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;
    use crate::project::CInputs;
    use crate::target::{LINUX, MACOS, WINDOWS};

    fn go() -> GoPackage {
        GoPackage {
            name: "hello".to_owned(),
            dir: PathBuf::new(),
            go_dir: PathBuf::new(),
            files: vec![],
            build_tags: vec![],
            ldflags: vec![],
            before: vec![],
            c: CInputs::default(),
            import: None,
            exports: vec![],
            go_mod: None,
        }
    }

    fn library(package: &str) -> GoLibrary {
        let (name, package) = ("hello".parse().unwrap(), package.parse().unwrap());
        GoLibrary { name, package, file: None }
    }

    fn cffi(package: &str) -> Part {
        let extension = Extension { module: "_x".parse().unwrap(), signatures: vec![], cdef: None };
        Part::new(&[], go(), PartKind::Cffi(library(package), extension))
    }

    fn program(others: &[Part]) -> Part {
        let program = Program { name: "hello".parse().unwrap(), place: None, cgo: false };
        Part::new(others, go(), PartKind::Program(program))
    }

    #[test]
    fn a_library_found_by_name_has_its_package_in_its_name() {
        let part = cffi("a.b");
        assert_eq!(part.library_path(LINUX).unwrap(), "a/b/lib/libhello.a-b.so");
        assert_eq!(part.library_path(MACOS).unwrap(), "a/b/lib/libhello.a-b.dylib");
        assert_eq!(part.library_file(WINDOWS).unwrap(), "hello.a-b.dll");
        assert_ne!(part.library_file(LINUX), cffi("a_b").library_file(LINUX));
    }

    #[test]
    fn a_library_opened_by_its_path_keeps_its_name() {
        let part = Part::new(&[], go(), PartKind::Ctypes(library("a.b")));
        assert_eq!(part.library_path(LINUX).unwrap(), "a/b/lib/libhello.so");
    }

    #[test]
    fn the_author_may_choose_the_file_of_a_library() {
        let at = |file: &str| GoLibrary { file: file.parse().ok(), ..library("a.b") };
        let of = |file| Part::new(&[], go(), PartKind::Ctypes(at(file)));
        assert_eq!(of("a/native.so").library_path(MACOS).unwrap(), "a/native.so");
        assert_eq!(of("fast").library_path(WINDOWS).unwrap(), "fast.dll");
        let extension =
            Extension { module: "a.b._x".parse().unwrap(), signatures: vec![], cdef: None };
        for (file, path) in [("a/b/fast", "."), ("a/fast", ".."), ("fast", "../..")] {
            assert_eq!(extension.path_to(&at(file)), path);
        }
        let part = Part::new(&[], go(), PartKind::Cffi(at("a/b/fast"), extension));
        assert_eq!(part.library_path(LINUX).unwrap(), "a/b/fast.so");
    }

    #[test]
    fn one_file_has_go_s_code_whatever_the_kind() {
        let extension =
            || Extension { module: "a._x".parse().unwrap(), signatures: vec![], cdef: None };
        let of = |kind| {
            let part = Part::new(&[], go(), kind);
            let paths = ["a/lib/libhello.a.so", "a/lib/libhello.so", "x/a/_x.cpython-313t.so"];
            let own: Vec<_> = paths
                .into_iter()
                .filter(|path| part.is_go_binary(LINUX, Path::new(path)))
                .collect();
            (own.concat(), part.module_path(".pyd"))
        };
        let library = || library("a");
        assert_eq!(
            of(PartKind::Cffi(library(), extension())),
            ("a/lib/libhello.a.so".to_owned(), Some("a/_x.pyd".to_owned()))
        );
        assert_eq!(
            of(PartKind::CffiStatic(library(), extension())),
            ("x/a/_x.cpython-313t.so".to_owned(), Some("a/_x.pyd".to_owned()))
        );
        assert_eq!(
            of(PartKind::CffiAbi(library(), extension())),
            ("a/lib/libhello.a.so".to_owned(), Some("a/_x.py".to_owned()))
        );
        assert_eq!(of(PartKind::Ctypes(library())), ("a/lib/libhello.so".to_owned(), None));
        let native = NativeModule { module: "a._x".parse().unwrap(), package: None };
        assert_eq!(native.package(), Some("a".parse().unwrap()));
        assert_eq!(
            of(PartKind::Capi(native)),
            ("x/a/_x.cpython-313t.so".to_owned(), Some("a/_x.pyd".to_owned()))
        );
    }

    #[test]
    fn a_program_has_the_suffix_of_its_system() {
        let part = program(&[]);
        let path = |os| part.program().unwrap().path(os);
        assert_eq!(
            [LINUX, MACOS, WINDOWS].map(path),
            ["scripts/hello", "scripts/hello", "scripts/hello.exe"]
        );
        assert_eq!(part.library_path(LINUX), None);
    }

    #[test]
    fn ids_of_parts_with_one_name_differ() {
        let mut parts = vec![cffi("a")];
        parts.push(Part::new(&parts, go(), PartKind::Ctypes(library("b.c"))));
        parts.push(program(&parts));
        parts.push(program(&parts));
        let ids: Vec<_> = parts.iter().map(|part| part.id.to_string()).collect();
        assert_eq!(ids, ["hello", "hello.b-c", "hello-program", "hello-program-2"]);
    }

    #[test]
    fn the_way_from_an_extension_to_its_library() {
        for (module, package, path) in [
            ("_example", "example", "example/lib"),
            ("greet._greet", "greet", "lib"),
            ("greet._greet", "x", "../x/lib"),
            ("a.b._c", "a", "../lib"),
            ("a.b._c", "a.d", "../d/lib"),
            ("_c", "a.b", "a/b/lib"),
            ("a.lib._c", "a", "."),
        ] {
            let module = module.parse().unwrap();
            let extension = Extension { module, signatures: vec![], cdef: None };
            assert_eq!(extension.path_to(&library(package)), path);
        }
    }
}
