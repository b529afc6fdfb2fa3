//! What the C code of a part is compiled and linked with besides its own files: headers, libraries
//! and descriptions of libraries, as the configuration names them.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::path::{Component, Path, PathBuf};

use crate::target::{Slice, TARGETS};

/// The paths are relative to the project, without `.` parts; those that begin with `..` are outside.
/// `{target}` in them stands for the name of a slice.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize)]
pub struct CInputs {
    /// Directories in which C code finds headers.
    pub include_dirs: Vec<PathBuf>,
    /// Directories in which a linker finds static libraries by their names.
    pub library_dirs: Vec<PathBuf>,
    /// The libraries to link.
    pub libraries: Vec<CLibrary>,
    /// The packages whose flags pkg-config prints.
    pub pkg_config: Vec<String>,
    /// The directories in which pkg-config looks.
    pub pkg_config_dirs: Vec<PathBuf>,
}

/// What stands for the name of a slice in paths.
const TARGET: &str = "{target}";

/// A library of C code.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum CLibrary {
    /// Its name, without `lib` and a suffix.
    Name(String),
    /// The place of a static library or object file.
    File(PathBuf),
}

impl CInputs {
    /// The same for `slice`.
    pub fn on(&self, slice: Slice) -> Self {
        self.with_paths(|path| named(path, &slice.name()))
    }

    /// The same as seen from a directory around the project, which is at `inner` in it. Directories
    /// of headers that contain the project are left out: not all of its files are headers.
    pub(super) fn seen_from(&self, inner: &Path) -> Self {
        let mut seen = self.with_paths(|path| plain(&inner.join(path)));
        seen.include_dirs.retain(|dir| !inner.starts_with(dir));
        seen
    }

    fn with_paths(&self, change: impl Fn(&Path) -> PathBuf) -> Self {
        let all = |paths: &[PathBuf]| paths.iter().map(|path| change(path)).collect();
        let library = |library: &CLibrary| match library {
            CLibrary::File(path) => CLibrary::File(change(path)),
            name => name.clone(),
        };
        Self {
            include_dirs: all(&self.include_dirs),
            library_dirs: all(&self.library_dirs),
            libraries: self.libraries.iter().map(library).collect(),
            pkg_config: self.pkg_config.clone(),
            pkg_config_dirs: all(&self.pkg_config_dirs),
        }
    }

    /// Whether a build may read the file at `path`, relative to the project, because of it.
    pub fn contain(&self, path: &Path) -> bool {
        self.is_header(path)
            || self.files().any(|file| rest(file, path).is_some_and(|rest| rest.is_empty()))
            || is_directly_in(&self.library_dirs, path, LIBRARIES)
            || is_directly_in(&self.pkg_config_dirs, path, DESCRIPTIONS)
    }

    /// Whether the file at `path` is in a directory of headers. The project itself may be one: of
    /// its files, those count that C code includes.
    pub fn is_header(&self, path: &Path) -> bool {
        let mut dirs = self.include_dirs.iter().filter(|dir| !dir.as_os_str().is_empty());
        dirs.any(|dir| rest(dir, path).is_some())
    }

    /// The static libraries and object files that it names by their paths.
    fn files(&self) -> impl Iterator<Item = &Path> {
        self.libraries.iter().filter_map(|library| match library {
            CLibrary::File(path) => Some(path.as_path()),
            CLibrary::Name(_) => None,
        })
    }

    /// All directories and files that it names, on any slice.
    pub fn places(&self) -> BTreeSet<PathBuf> {
        let dirs = [&self.include_dirs, &self.library_dirs, &self.pkg_config_dirs];
        let dirs = dirs.into_iter().flatten().map(PathBuf::as_path);
        let on_all = |path: &Path| match has_target(path) {
            true => slices().map(|slice| named(path, &slice.name())).collect(),
            false => vec![path.to_owned()],
        };
        dirs.chain(self.files()).flat_map(on_all).collect()
    }
}

fn slices() -> impl Iterator<Item = Slice> {
    TARGETS.iter().flat_map(|target| target.slices()).copied()
}

fn has_target(path: &Path) -> bool {
    path.to_str().is_some_and(|text| text.contains(TARGET))
}

/// `path` with the name of a slice.
fn named(path: &Path, name: &str) -> PathBuf {
    match path.to_str() {
        Some(text) if text.contains(TARGET) => text.replace(TARGET, name).into(),
        _ => path.to_owned(),
    }
}

/// What follows `start` in `path`, if that begins so on a slice.
fn rest<'p>(start: &Path, path: &'p Path) -> Option<Vec<Component<'p>>> {
    let mut parts = path.components();
    for wanted in start.components() {
        let part = parts.next()?;
        let is_same = part == wanted || is_on_a_slice(wanted.as_os_str(), part.as_os_str());
        if !is_same {
            return None;
        }
    }
    Some(parts.collect())
}

/// Whether a name with [`TARGET`] in it is `name` on a slice.
fn is_on_a_slice(pattern: &OsStr, name: &OsStr) -> bool {
    let Some((pattern, name)) = pattern.to_str().zip(name.to_str()) else { return false };
    pattern.contains(TARGET) && slices().any(|slice| pattern.replace(TARGET, &slice.name()) == name)
}

/// The extensions of static libraries.
const LIBRARIES: &[&str] = &["a", "lib"];

/// Those of pkg-config's files.
const DESCRIPTIONS: &[&str] = &["pc"];

/// Whether `path` leads out of the project that it is relative to.
pub fn is_outside(path: &Path) -> bool {
    path.components().next() == Some(Component::ParentDir)
}

/// `path` without `.` and without `..` after a name.
pub(super) fn plain(path: &Path) -> PathBuf {
    let mut out = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir if out.file_name().is_some() => drop(out.pop()),
            part => out.push(part),
        }
    }
    out
}

fn is_directly_in(dirs: &[PathBuf], path: &Path, extensions: &[&str]) -> bool {
    let extension = path.extension().and_then(|extension| extension.to_str());
    extension.is_some_and(|extension| extensions.contains(&extension))
        && dirs.iter().any(|dir| rest(dir, path).is_some_and(|rest| rest.len() == 1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::target::{AARCH64, LINUX};

    fn inputs() -> CInputs {
        CInputs {
            include_dirs: vec!["c/include".into(), "".into()],
            library_dirs: vec!["lib".into(), "on/{target}/lib".into()],
            libraries: vec![
                CLibrary::File("deep/libx.a".into()),
                CLibrary::Name("m".into()),
                CLibrary::File("../y/y-{target}.o".into()),
            ],
            pkg_config: vec!["z".into()],
            pkg_config_dirs: vec!["".into()],
        }
    }

    #[test]
    fn a_build_reads_headers_libraries_and_descriptions() {
        let paths = [
            ("c/include/a/b.inc", true),
            ("c/other.h", false),
            ("lib/libz.a", true),
            ("lib/README", false),
            ("lib/deep/libz.a", false),
            ("on/linux-arm64/lib/libz.a", true),
            ("on/linux-pdp11/lib/libz.a", false),
            ("../y/y-macos-amd64.o", true),
            ("../y/y.o", false),
            ("deep/libx.a", true),
            ("deep/libw.a", false),
            ("x.pc", true),
            ("top.h", false),
        ];
        for (path, is_read) in paths {
            assert_eq!(inputs().contain(Path::new(path)), is_read, "{path}");
        }
    }

    #[test]
    fn every_slice_has_its_places() {
        let places = inputs().places();
        for place in ["deep/libx.a", "c/include", "", "../y/y-linux-arm64.o"] {
            assert!(places.contains(Path::new(place)), "{place}: {places:?}");
        }
    }

    #[test]
    fn a_slice_has_paths_with_its_name() {
        let on = inputs().on(Slice::new(LINUX, AARCH64));
        assert_eq!(on.library_dirs, ["lib", "on/linux-arm64/lib"].map(PathBuf::from));
        assert_eq!(on.libraries[2], CLibrary::File("../y/y-linux-arm64.o".into()));
    }
}
