//! `[build-system]` of pyproject.toml: what builds the pure part, and what that needs.
//!
//! In: the root of a project. Out: a [`BuildSystem`]. Sources: PEP 518 (`requires`), PEP 517
//! (`build-backend`, `backend-path`, and what stands in for an absent table).

use std::path::{Component, Path, PathBuf};

use serde::Deserialize;

use super::config::decode::toml_error;
use super::names::{is_identifier, shown};
use super::text;
use crate::error::{Failure, Result};
use crate::wheel::Requirement;

/// What a project names to build its pure part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BuildSystem {
    /// What has to be installed before, as PEP 508 requirements.
    pub requires: Vec<String>,
    /// The backend object: `module` or `module:object`.
    pub backend: String,
    /// Directories of the project where the backend is looked for first.
    pub backend_path: Vec<PathBuf>,
}

impl Default for BuildSystem {
    /// What PEP 517 sets for a project that names nothing: setuptools, run as `setup.py` was.
    fn default() -> Self {
        Self {
            requires: vec!["setuptools".to_owned()],
            backend: "setuptools.build_meta:__legacy__".to_owned(),
            backend_path: Vec::new(),
        }
    }
}

const KEYS: [&str; 3] = ["requires", "build-backend", "backend-path"];

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Pyproject {
    build_system: Option<Table>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct Table {
    requires: Option<Vec<String>>,
    build_backend: Option<String>,
    #[serde(default)]
    backend_path: Vec<String>,
}

impl BuildSystem {
    /// Reads the table of the project at `root`; `at` is that place as the user wrote it.
    ///
    /// # Errors
    /// Malformed TOML, a table that PEP 518 or 517 does not allow.
    pub fn read(root: &Path, at: &Path) -> Result<Self> {
        let file = root.join("pyproject.toml");
        if !file.exists() {
            return Ok(Self::default());
        }
        let doing = format!("reading {}, [build-system]", text::shown_in(at, "pyproject.toml"));
        let text = text::read(&file, &doing)?;
        let whole: Pyproject =
            toml::from_str(&text).map_err(|error| toml_error(&text, &error, &KEYS, &doing))?;
        whole.build_system.map_or_else(|| Ok(Self::default()), |table| table.check(&doing))
    }
}

impl Table {
    fn check(self, doing: &str) -> Result<BuildSystem> {
        let wrong = |found: String, help: &str| Err(Failure::project(doing, found, help));
        let Some(requires) = self.requires else {
            return wrong(
                "the key `requires` is missing".to_owned(),
                "add what the backend needs: requires = [\"setuptools\", \"pygo-tools\"]",
            );
        };
        if let Some(bad) = requires.iter().find(|line| !is_requirement(line)) {
            return wrong(
                format!("`requires` has {}, which is not a requirement", shown(bad)),
                "write a project's name, and after it which versions: \"setuptools>=61\"",
            );
        }
        if let Some(bad) = self.backend_path.iter().find(|path| !stays(path)) {
            return wrong(
                format!("`backend-path` has {}, which leads out of the project", shown(bad)),
                "name a directory of the project, relative to it",
            );
        }
        let Some(backend) = self.build_backend else {
            if !self.backend_path.is_empty() {
                return wrong(
                    "`backend-path` without `build-backend`".to_owned(),
                    "name the backend that is to be found there",
                );
            }
            return Ok(BuildSystem { requires, ..BuildSystem::default() });
        };
        if !is_backend(&backend) {
            return wrong(
                format!("`build-backend` is {}, which is no object", shown(&backend)),
                "write a module, or a module and an object in it: \"pygo_tools.backend\"",
            );
        }
        let backend_path = self.backend_path.into_iter().map(PathBuf::from).collect();
        Ok(BuildSystem { requires, backend, backend_path })
    }
}

/// `module.path` or `module.path:object.path`, by PEP 517.
fn is_backend(text: &str) -> bool {
    let (module, object) = text.split_once(':').unwrap_or((text, "object"));
    [module, object].iter().all(|path| path.split('.').all(is_identifier))
}

/// Whether `text` has the form of a requirement, on one line; the installer judges the versions.
fn is_requirement(text: &str) -> bool {
    Requirement::parse(text).is_ok() && !text.chars().any(|c| c.is_control() && c != '\t')
}

fn stays(path: &str) -> bool {
    let plain = |part: Component| matches!(part, Component::Normal(_) | Component::CurDir);
    !path.is_empty() && !path.contains('\0') && Path::new(path).components().all(plain)
}

#[cfg(test)]
mod tests {
    use fs_err as fs;

    use super::*;

    fn read(text: &str) -> Result<BuildSystem> {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("pyproject.toml"), text).unwrap();
        BuildSystem::read(dir.path(), Path::new("."))
    }

    #[test]
    fn what_is_not_said_is_setuptools_of_old() {
        assert_eq!(read("[project]\nname = 'x'").unwrap(), BuildSystem::default());
        let named = read("[build-system]\nrequires = ['setuptools>=61', 'wheel']").unwrap();
        assert_eq!(named.backend, "setuptools.build_meta:__legacy__");
        assert_eq!(named.requires, ["setuptools>=61", "wheel"]);
        let dir = tempfile::tempdir().unwrap();
        assert_eq!(BuildSystem::read(dir.path(), dir.path()).unwrap(), BuildSystem::default());
    }

    #[test]
    fn reads_a_backend_of_the_project_itself() {
        let text = "[build-system]\nrequires = []\nbuild-backend = 'my.backend:api'\n\
                    backend-path = ['.', 'tools']";
        let read = read(text).unwrap();
        assert_eq!(read.backend, "my.backend:api");
        assert_eq!(read.backend_path, [Path::new("."), Path::new("tools")]);
    }

    #[test]
    fn refuses_what_the_peps_refuse() {
        for (text, found) in [
            ("build-backend = 'x'", "the key `requires` is missing"),
            ("requires = ['../x']", "`requires` has \"../x\", which is not a requirement"),
            (
                "requires = []\nbuild-backend = 'a b'",
                "`build-backend` is \"a b\", which is no object",
            ),
            ("requires = []\nbackend-path = ['.']", "`backend-path` without `build-backend`"),
            (
                "requires = []\nbuild-backend = 'x'\nbackend-path = ['../x']",
                "`backend-path` has \"../x\", which leads out of the project",
            ),
        ] {
            assert_eq!(read(&format!("[build-system]\n{text}")).unwrap_err().found, found);
        }
        let typed = read("[build-system]\nrequires = 'setuptools'").unwrap_err().found;
        assert!(typed.starts_with("line 2, column 12: invalid type: string"), "{typed}");
        let unknown = read("[build-system]\nrequires = []\nbackend = 'x'").unwrap_err();
        assert!(unknown.found.contains("unknown key \"backend\""), "{unknown}");
        assert!(unknown.help.ends_with("requires, build-backend, backend-path"), "{unknown}");
    }
}
