//! The Python packages around the native part, which the backend's wheel must have if the project
//! has them.
//!
//! Input: the packages, the files of the project, and the wheel. Output: each package that was left
//! out. The evidence is the file that makes a package, `__init__.py`; for a package without one,
//! that none of its modules is in the wheel. Single modules are left to the author.

use std::path::Path;

use crate::project::{Entry, EntryKind, ModuleName, Part};
use crate::wheel::Contents;

/// Directories that often contain the top-level packages of a project.
const ROOTS: &[&str] = &["", "src", "python", "lib"];

/// The packages that contain a library or an extension.
#[derive(Debug, Clone, serde::Serialize)]
pub(in crate::factory) struct Packages {
    names: Vec<String>,
    /// The directories of the project that may contain them.
    roots: Vec<String>,
}

/// A package that the wheel lacks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct LeftOut {
    /// Its import name.
    pub(super) package: String,
    /// The directory of the project that contains its top-level package: `src`, or empty.
    pub(super) root: String,
    /// A file of it, in the project.
    pub(super) file: String,
    /// Whether it contains a library or extension itself; otherwise one of its packages does.
    pub(super) is_needed: bool,
}

impl LeftOut {
    /// Whether it has an `__init__.py`.
    pub(super) fn is_regular(&self) -> bool {
        self.file.ends_with("/__init__.py")
    }
}

impl Packages {
    /// The packages of `parts`.
    pub(in crate::factory) fn of<'p>(parts: impl Iterator<Item = &'p Part>) -> Self {
        let mut names = Vec::new();
        let mut roots: Vec<String> = ROOTS.iter().map(|root| (*root).to_owned()).collect();
        for part in parts {
            let Some(package) = part.package() else { continue };
            let around = part.module().and_then(ModuleName::parent);
            names.extend([package.to_string()]);
            names.extend(around.as_ref().map(ModuleName::to_string));
            // The Go package is often in the Python package.
            let dir = part.go.go_dir.parent().unwrap_or(Path::new(""));
            let root = dir.to_str().and_then(|dir| dir.strip_suffix(&package.path()));
            roots.extend(root.map(|root| root.trim_end_matches('/').to_owned()));
        }
        names.sort();
        names.dedup();
        Self { names, roots }
    }

    /// Which of them, and of the packages around them, `sources` have and `wheel` lacks.
    pub(super) fn left_out(&self, sources: &[Entry], wheel: &Contents) -> Vec<LeftOut> {
        let mut all: Vec<&str> = Vec::new();
        for name in &self.names {
            all.extend(std::iter::successors(Some(name.as_str()), |name| {
                Some(name.rsplit_once('.')?.0)
            }));
        }
        all.sort_unstable();
        all.dedup();
        all.into_iter().filter_map(|name| self.missing(name, sources, wheel)).collect()
    }

    fn missing(&self, name: &str, sources: &[Entry], wheel: &Contents) -> Option<LeftOut> {
        let dir = name.replace('.', "/");
        let (root, file, is_regular) = self.roots.iter().find_map(|root| {
            let (file, is_regular) = evidence(&Path::new(root).join(&dir), sources)?;
            Some((root, file, is_regular))
        })?;
        let [init, compiled] = [".py", ".pyc"].map(|end| format!("{dir}/__init__{end}"));
        let is_there = has(wheel, |path| {
            if is_regular {
                path == init || path == compiled
            } else {
                let path = Path::new(path);
                is_module(path) && path.parent() == Some(Path::new(&dir))
            }
        });
        (!is_there).then(|| LeftOut {
            package: name.to_owned(),
            root: root.clone(),
            file,
            is_needed: self.names.iter().any(|needed| needed == name),
        })
    }
}

/// A file that shows that `dir` is a package, and whether it is a regular one.
fn evidence(dir: &Path, sources: &[Entry]) -> Option<(String, bool)> {
    let mut modules = sources.iter().filter(|entry| {
        entry.kind != EntryKind::Dir && entry.path.parent() == Some(dir) && is_module(&entry.path)
    });
    let init = modules.clone().find(|entry| entry.path.ends_with("__init__.py"));
    let file = init.or_else(|| modules.next())?;
    Some((file.path.display().to_string(), init.is_some()))
}

fn is_module(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "py")
}

/// Whether the wheel has such a file in site-packages: at the top, or in `purelib` or `platlib` of
/// its `.data` directory.
fn has(wheel: &Contents, is: impl Fn(&str) -> bool) -> bool {
    wheel.keys().any(|path| {
        let path = path.as_str();
        let below = path.split_once(".data/").and_then(|(_, rest)| {
            rest.strip_prefix("purelib/").or_else(|| rest.strip_prefix("platlib/"))
        });
        is(below.unwrap_or(path))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wheel::File;

    /// The packages that are missing from a wheel with `wheel`, for a project with `project`.
    fn left_out(project: &[&str], wheel: &[&str]) -> Vec<String> {
        let packages = Packages {
            names: vec!["acme.fast".to_owned(), "acme.fast.low".to_owned()],
            roots: ROOTS.iter().map(|root| (*root).to_owned()).collect(),
        };
        let entry = |path: &&str| Entry {
            path: path.into(),
            source: path.into(),
            kind: EntryKind::File { executable: false },
        };
        let sources: Vec<_> = project.iter().map(entry).collect();
        let wheel = wheel.iter().map(|path| (path.parse().unwrap(), File::new([]))).collect();
        let shown = |left: LeftOut| {
            let kind = if left.is_needed { "needed" } else { "around" };
            format!("{} {} {kind}", left.package, left.file)
        };
        packages.left_out(&sources, &wheel).into_iter().map(shown).collect()
    }

    #[test]
    fn a_package_without_its_init_is_left_out() {
        let project = ["acme/__init__.py", "acme/fast/__init__.py", "acme/fast/more.py"];
        assert_eq!(left_out(&project, &project), [""; 0]);
        assert_eq!(left_out(&project, &project[..2]), [""; 0], "a module may be left out");
        assert_eq!(
            left_out(&project, &["acme/__init__.py", "acme/fast/more.py"]),
            ["acme.fast acme/fast/__init__.py needed"]
        );
        assert_eq!(
            left_out(&project, &["acme/fast/__init__.py"]),
            ["acme acme/__init__.py around"]
        );
    }

    #[test]
    fn a_namespace_package_has_no_init() {
        let project = ["src/acme/fast/__init__.py", "src/acme/fast/low/one.py"];
        let wheel = ["acme/fast/__init__.py", "acme/fast/low/one.py"];
        assert_eq!(left_out(&project, &wheel), [""; 0]);
        assert_eq!(left_out(&project, &["acme/fast/__init__.py", "acme/fast/low/two.py"]), [""; 0]);
        assert_eq!(
            left_out(&project, &["acme/fast/__init__.py", "acme/fast/low/data.txt"]),
            ["acme.fast.low src/acme/fast/low/one.py needed"]
        );
    }

    #[test]
    fn other_directories_prove_nothing() {
        let elsewhere = ["tests/acme/fast/__init__.py", "acme/fast/go/main.go", "acme/fast/low/x"];
        assert_eq!(left_out(&elsewhere, &["acme/other.py"]), [""; 0]);
        let project = ["python/acme/fast/__init__.py"];
        assert_eq!(left_out(&project, &["x-1.data/purelib/acme/fast/__init__.py"]), [""; 0]);
        assert_eq!(left_out(&project, &["x-1.data/data/acme/fast/__init__.py"]).len(), 1);
    }
}
