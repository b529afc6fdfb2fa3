//! Outputs of earlier native builds among a project's files, which no wheel or sdist may contain.
//!
//! Input: the project's parts and the files that its backend packaged. Output: those files without
//! the leftovers. A binary is one by its content. The paths where pygo puts a library or an
//! extension, or where pygo-tools 0.1.8 put one, belong to them on every system: an empty file or a
//! Git LFS pointer there would end up in the wheels of the other systems.

use std::path::Path;

use crate::audit;
use crate::project::{ModuleName, Part};
use crate::target::OSES;
use crate::wheel::Contents;

/// The paths that only binaries have.
#[derive(Debug, Clone, serde::Serialize)]
pub(super) struct NativePaths {
    /// The libraries with their headers, as paths below the directory that contains the package.
    libraries: Vec<String>,
    /// The extensions, as such paths without a suffix.
    extensions: Vec<String>,
}

impl NativePaths {
    /// The paths of `parts`.
    pub(super) fn of<'p>(parts: impl Iterator<Item = &'p Part> + Clone) -> Self {
        let extensions = parts.clone().filter_map(Part::module);
        Self {
            libraries: parts.flat_map(libraries).collect(),
            extensions: extensions.map(ModuleName::path).collect(),
        }
    }

    /// Removes the leftovers from `contents`, unless `keep` wants the file, and lists them with
    /// what each is: `a/lib/libx.so (empty file)`.
    pub(super) fn remove_leftovers(
        &self,
        contents: &mut Contents,
        keep: impl Fn(&str) -> bool,
    ) -> Vec<String> {
        let mut removed = Vec::new();
        contents.retain(|path, file| {
            let found = self.leftover(path.as_str(), &file.bytes);
            let what = found.filter(|_| !keep(path.as_str()));
            removed.extend(what.map(|what| format!("{path} ({what})")));
            what.is_none()
        });
        removed
    }

    /// What the file is, if it is a leftover.
    fn leftover(&self, path: &str, bytes: &[u8]) -> Option<&'static str> {
        audit::build_output(bytes).or_else(|| {
            self.contains(path).then(|| match bytes {
                [] => "empty file",
                _ if bytes.starts_with(b"version https://git-lfs") => "Git LFS pointer",
                _ => "not a binary",
            })
        })
    }

    /// Whether only a binary can be at `path`. The package may be below another directory: `src`,
    /// or the `.data` directory of a wheel.
    pub(super) fn contains(&self, path: &str) -> bool {
        let path = Path::new(path);
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        let is_extension = |module: &String| {
            let module = Path::new(module);
            let end = module.file_name().and_then(|last| name.strip_prefix(last.to_str()?));
            path.parent().zip(module.parent()).is_some_and(|(dir, of)| dir.ends_with(of))
                && end.is_some_and(|end| {
                    end.starts_with('.') && (end.ends_with(".so") || end.ends_with(".pyd"))
                })
        };
        self.libraries.iter().any(|library| path.ends_with(library))
            || self.extensions.iter().any(is_extension)
    }
}

/// Where the library of `part` may be: on each system, under its own name and that of 0.1.8.
fn libraries(part: &Part) -> Vec<String> {
    let Some(library) = part.library() else { return Vec::new() };
    let (dir, local) = (library.wheel_dir(), format!("{}/go/local", library.package.path()));
    let mut paths = Vec::new();
    for os in OSES {
        let own = part.library_file(os);
        for file in own.into_iter().chain([os.library_file(&library.name)]) {
            let stem = file.trim_end_matches(os.library_suffix);
            let dir = if dir.is_empty() { String::new() } else { format!("{dir}/") };
            paths.push(format!("{dir}{stem}.h"));
            paths.push(format!("{dir}{file}"));
            // The header has a name there that a source file may have.
            paths.push(format!("{local}/{file}"));
        }
    }
    paths.sort();
    paths.dedup();
    paths
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::project::{Extension, GoLibrary, GoPackage, PartKind};
    use crate::wheel::File;

    fn part(extension: Option<&str>) -> Part {
        let library = GoLibrary {
            name: "hello".parse().unwrap(),
            package: "a.b".parse().unwrap(),
            file: None,
        };
        let go = GoPackage {
            name: "hello".to_owned(),
            dir: "".into(),
            go_dir: "".into(),
            files: vec![],
            build_tags: vec![],
            ldflags: vec![],
            before: Vec::new(),
            c: crate::project::CInputs::default(),
            import: None,
            exports: vec![],
            go_mod: None,
        };
        let kind = match extension {
            None => PartKind::Ctypes(library),
            Some(module) => {
                let module = module.parse().unwrap();
                PartKind::Cffi(library, Extension { module, signatures: vec![], cdef: None })
            }
        };
        Part::new(&[], go, kind)
    }

    /// What is removed from files with these paths and contents.
    fn removed(part: Part, files: &[(&str, &str)]) -> Vec<String> {
        let file =
            |(path, text): &(&str, &str)| (path.parse().unwrap(), File::new(text.as_bytes()));
        let mut contents = files.iter().map(file).collect();
        NativePaths::of([part].iter())
            .remove_leftovers(&mut contents, |path| path.ends_with(".keep"))
    }

    #[test]
    fn a_file_where_a_library_goes_is_a_leftover_whatever_it_contains() {
        for path in [
            "a/b/lib/libhello.so",
            "a/b/lib/libhello.dylib",
            "a/b/lib/hello.dll",
            "a/b/lib/libhello.h",
            "a/b/lib/libhello.a-b.so",
            "a/b/lib/hello.a-b.dll",
            "a/b/go/local/libhello.so",
            "src/a/b/lib/libhello.so",
            "x-1.0.data/purelib/a/b/lib/libhello.dylib",
        ] {
            for (text, what) in [
                ("", "empty file"),
                ("version https://git-lfs.github.com/spec/v1\noid", "Git LFS pointer"),
                ("text", "not a binary"),
                ("\x7fELF", "ELF binary"),
            ] {
                let expected = [format!("{path} ({what})")];
                assert_eq!(removed(part(Some("a.b._x")), &[(path, text)]), expected);
            }
        }
        assert_eq!(removed(part(None), &[("a/b/lib/libhello.so", "")]).len(), 1);
    }

    #[test]
    fn an_extension_of_any_python_is_one_too() {
        for path in ["a/_x.abi3.so", "src/a/_x.cpython-311-x86_64-linux-gnu.so", "a/_x.pyd"] {
            assert_eq!(removed(part(Some("a._x")), &[(path, "")]).len(), 1, "{path}");
        }
        assert_eq!(removed(part(Some("_x")), &[("_x.abi3.so", "")]).len(), 1);
    }

    #[test]
    fn other_files_stay() {
        let files = [
            "a/b/lib/libhello.py",
            "a/b/lib/libhello.pyi",
            "a/b/lib/libhello2.so",
            "a/b/go/libhello.h",
            "a/b/go/local/libhello.h",
            "b/lib/libhello.so",
            "xa/b/lib/libhello.so",
            "a/b/_x.py",
            "a/b/_xy.so",
            "a/b/_x/data.so",
        ];
        assert_eq!(removed(part(Some("a.b._x")), &files.map(|path| (path, ""))), [""; 0]);
        assert_eq!(removed(part(None), &[("a.keep", "\x7fELF")]), [""; 0]);
    }
}
