//! `[build-system]` of pyproject.toml: the backend of the pure part and its requirements.
//!
//! Input: the root of a project. Output: a [`BuildSystem`]. Sources: PEP 518 (`requires`), PEP 517
//! (`build-backend`, `backend-path`, the default for an absent table).

use std::path::{Path, PathBuf};

use pep440_rs::{Version, VersionSpecifiers};
use schemars::JsonSchema;
use serde::Deserialize;

use super::super::names::is_identifier;
use super::super::text::{self, inside, shown};
use super::table::toml_table;
use crate::error::{Failure, Result};
use crate::wheel::Requirement;

/// The backend that builds the pure part of a project.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BuildSystem {
    /// The requirements of the backend (PEP 508).
    pub requires: Vec<String>,
    /// The backend object: `module` or `module:object`.
    pub backend: String,
    /// Directories of the project to search first for the backend.
    pub backend_path: Vec<PathBuf>,
    /// The backend that `pygo_tools.backend` calls for the pure part; setuptools if the project names none.
    pub wrapped: Option<String>,
}

impl Default for BuildSystem {
    /// The default of PEP 517: setuptools, run the way `setup.py` was.
    fn default() -> Self {
        Self {
            requires: vec!["setuptools".to_owned()],
            backend: "setuptools.build_meta:__legacy__".to_owned(),
            backend_path: Vec::new(),
            wrapped: None,
        }
    }
}

#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
struct Table {
    requires: Option<Vec<String>>,
    build_backend: Option<String>,
    #[serde(default)]
    backend_path: Vec<String>,
}

/// The backend that builds the native part as well.
pub const OWN_BACKEND: &str = "pygo_tools.backend";

/// The requirement that provides it.
pub const OWN_REQUIREMENT: &str = "pygo-tools>=0.2";

impl BuildSystem {
    /// The backend that builds everything but the native part.
    pub fn of_the_pure_part(&self) -> &str {
        if self.backend == OWN_BACKEND {
            self.wrapped.as_deref().unwrap_or("setuptools.build_meta")
        } else {
            &self.backend
        }
    }

    /// The differences between `pip install` of the project at `root` and pygo: pip does what this
    /// table says.
    pub fn notes(&self, root: &Path) -> Vec<String> {
        let mut notes = Vec::new();
        // A setup.py may call `pygo_tools.setup`.
        if !self.backend_path.is_empty() && self.backend != OWN_BACKEND {
            // One that requires pygo-tools can be trusted to call it.
            if !self.requires.iter().any(|line| is_own_requirement(line)) {
                notes.push(format!(
                    "`pip install` of this project calls {} alone and installs no Go library; have \
                     it call {OWN_BACKEND}, and add \"{OWN_REQUIREMENT}\" to `requires`",
                    self.backend
                ));
            }
        } else if !self.backend_path.is_empty() {
            notes.push(format!(
                "with `backend-path`, pip looks for {OWN_BACKEND} in the project alone; remove that key"
            ));
        } else if self.backend != OWN_BACKEND && !root.join("setup.py").exists() {
            let wrapped = if self.backend.starts_with("setuptools.") {
                String::new()
            } else {
                format!(" and, in [tool.pygo-tools], backend = \"{}\"", self.backend)
            };
            notes.push(format!(
                "`pip install` of this project calls {} alone and installs no Go library; write \
                 build-backend = \"{OWN_BACKEND}\"{wrapped}",
                self.backend
            ));
        } else if let (true, Some(wrapped)) = (self.backend != OWN_BACKEND, &self.wrapped) {
            notes.push(format!(
                "`backend` = \"{wrapped}\" has no effect with build-backend = \"{}\"; write \
                 build-backend = \"{OWN_BACKEND}\"",
                self.backend
            ));
        }
        if let Some(line) = self.requires.iter().find(|line| allows_the_predecessor(line)) {
            notes.push(format!(
                "\"{line}\" in `requires` of [build-system] allows pygo-tools 0.1.8, which cannot \
                 build this project; write \"{OWN_REQUIREMENT}\""
            ));
        }
        notes
    }

    /// Reads the table of the project at `root`; `at` is the same directory as the user wrote it.
    ///
    /// # Errors
    /// Malformed TOML, a table that PEP 518 or PEP 517 does not allow.
    pub fn read(root: &Path, at: &Path) -> Result<Self> {
        let file = root.join("pyproject.toml");
        if !file.exists() {
            return Ok(Self::default());
        }
        let doing = format!("reading {}, [build-system]", text::shown_in(at, "pyproject.toml"));
        let text = text::read(&file, &doing)?;
        let table = toml_table(&text, &["build-system"], &doing);
        let table: Option<Table> = text::unquoted(table, root, &file)?;
        table.map_or_else(|| Ok(Self::default()), |table| table.check(&doing))
    }
}

impl Table {
    fn check(self, doing: &str) -> Result<BuildSystem> {
        let wrong = |found: String, help: &str| Err(Failure::project(doing, found, help));
        let Some(requires) = self.requires else {
            return wrong(
                "the key `requires` is missing".to_owned(),
                &format!(
                    "add the requirements of the backend: requires = [\"setuptools>=70.1\", \
                     \"{OWN_REQUIREMENT}\"]"
                ),
            );
        };
        if let Some(bad) = requires.iter().find(|line| !is_requirement(line)) {
            return wrong(
                format!("`requires` contains {}, which is not a requirement", shown(bad)),
                "write the name of a distribution and the versions of it: \"setuptools>=61\"",
            );
        }
        if let Some(bad) = self.backend_path.iter().find(|path| inside(path).is_none()) {
            return wrong(
                format!(
                    "`backend-path` contains {}, which is not a directory of the project",
                    shown(bad)
                ),
                "write a path relative to the project, inside it",
            );
        }
        let Some(backend) = self.build_backend else {
            if !self.backend_path.is_empty() {
                return wrong(
                    "`backend-path` without `build-backend`".to_owned(),
                    "set `build-backend` to the backend in that directory",
                );
            }
            return Ok(BuildSystem { requires, ..BuildSystem::default() });
        };
        if !is_backend(&backend) {
            return wrong(
                format!("`build-backend` is {}, which is not an object", shown(&backend)),
                &format!("write a module, or a module and an object: \"{OWN_BACKEND}\""),
            );
        }
        let backend_path = self.backend_path.into_iter().map(PathBuf::from).collect();
        Ok(BuildSystem { requires, backend, backend_path, wrapped: None })
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

/// Whether the requirement `line` allows pygo-tools 0.1.8.
fn allows_the_predecessor(line: &str) -> bool {
    let Ok(requirement) = Requirement::parse(line) else { return false };
    let is_allowed = || {
        let versions = requirement.versions.parse::<VersionSpecifiers>().ok()?;
        Some(versions.contains(&"0.1.8".parse::<Version>().ok()?))
    };
    is_own_requirement(line) && requirement.url.is_none() && is_allowed().unwrap_or(false)
}

/// Whether a requirement is one of pygo-tools.
fn is_own_requirement(line: &str) -> bool {
    Requirement::parse(line).is_ok_and(|line| line.name.normalized() == "pygo-tools")
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
    fn the_default_is_setuptools() {
        assert_eq!(read("[project]\nname = 'x'").unwrap(), BuildSystem::default());
        let named = read("[build-system]\nrequires = ['setuptools>=61', 'wheel']").unwrap();
        assert_eq!(named.backend, "setuptools.build_meta:__legacy__");
        assert_eq!(named.requires, ["setuptools>=61", "wheel"]);
        let dir = tempfile::tempdir().unwrap();
        assert_eq!(BuildSystem::read(dir.path(), dir.path()).unwrap(), BuildSystem::default());
    }

    #[test]
    fn reads_a_backend_in_the_project() {
        let text = "[build-system]\nrequires = []\nbuild-backend = 'my.backend:api'\n\
                    backend-path = ['.', 'tools']";
        let read = read(text).unwrap();
        assert_eq!(read.backend, "my.backend:api");
        assert_eq!(read.backend_path, [Path::new("."), Path::new("tools")]);
    }

    #[test]
    fn rejects_what_the_peps_forbid() {
        for (text, found) in [
            ("build-backend = 'x'", "the key `requires` is missing"),
            ("requires = ['../x']", "`requires` contains \"../x\", which is not a requirement"),
            (
                "requires = []\nbuild-backend = 'a b'",
                "`build-backend` is \"a b\", which is not an object",
            ),
            ("requires = []\nbackend-path = ['.']", "`backend-path` without `build-backend`"),
            (
                "requires = []\nbuild-backend = 'x'\nbackend-path = ['../x']",
                "`backend-path` contains \"../x\", which is not a directory of the project",
            ),
        ] {
            assert_eq!(read(&format!("[build-system]\n{text}")).unwrap_err().found, found);
        }
        let typed = read("[build-system]\nrequires = 'setuptools'").unwrap_err();
        let found = "line 2, column 12: `requires` is a string, not an array\n";
        assert!(typed.found.starts_with(found), "{typed}");
        assert_eq!(typed.help, "write requires = ['setuptools']");
        let unknown = read("[build-system]\nrequires = []\nbackend = 'x'").unwrap_err();
        assert!(unknown.found.contains("unknown key \"backend\""), "{unknown}");
        assert!(unknown.help.ends_with("requires, build-backend, backend-path"), "{unknown}");
    }

    #[test]
    fn the_pure_part_has_a_backend_of_its_own() {
        let system = |backend: &str, wrapped: Option<&str>| BuildSystem {
            backend: backend.into(),
            wrapped: wrapped.map(Into::into),
            ..BuildSystem::default()
        };
        assert_eq!(system("flit_core.buildapi", None).of_the_pure_part(), "flit_core.buildapi");
        assert_eq!(system(OWN_BACKEND, None).of_the_pure_part(), "setuptools.build_meta");
        let wrapped = system(OWN_BACKEND, Some("hatchling.build"));
        assert_eq!(wrapped.of_the_pure_part(), "hatchling.build");
        let unused = system("hatchling.build", Some("hatchling.build"));
        let dir = tempfile::tempdir().unwrap();
        fs_err::write(dir.path().join("setup.py"), "").unwrap();
        assert!(unused.notes(dir.path())[0].contains("has no effect"));
        assert!(wrapped.notes(dir.path()).is_empty());
    }

    #[test]
    fn a_backend_in_the_project_has_to_call_the_wrapper() {
        let dir = tempfile::tempdir().unwrap();
        let notes = |requires: &str, backend: &str| {
            let system = BuildSystem {
                requires: vec![requires.into()],
                backend: backend.into(),
                backend_path: vec![".".into()],
                wrapped: None,
            };
            system.notes(dir.path())
        };
        assert!(notes("setuptools", "own")[0].contains("have it call pygo_tools.backend"));
        assert!(notes(OWN_REQUIREMENT, "own").is_empty());
        assert!(notes(OWN_REQUIREMENT, OWN_BACKEND)[0].ends_with("remove that key"));
    }

    #[test]
    fn what_pip_will_not_build_is_noted() {
        let dir = tempfile::tempdir().unwrap();
        let notes = |requires: &str, backend: &str| {
            let requires = vec![requires.to_owned()];
            let system =
                BuildSystem { requires, backend: backend.into(), ..BuildSystem::default() };
            system.notes(dir.path()).len()
        };
        assert_eq!(notes(OWN_REQUIREMENT, OWN_BACKEND), 0);
        assert_eq!(notes("pygo-tools==0.2.0", OWN_BACKEND), 0);
        assert_eq!(notes("pygo_tools", OWN_BACKEND), 1);
        assert_eq!(notes("pygo-tools[toolchain] >= 0.1", OWN_BACKEND), 1);
        assert_eq!(notes("hatchling", "hatchling.build"), 1);
        fs_err::write(dir.path().join("setup.py"), "").unwrap();
        assert_eq!(notes("setuptools", "setuptools.build_meta"), 0);
    }

    #[test]
    fn the_requirement_allows_this_release_and_no_predecessor() {
        let module = include_str!("../../../python/pygo_tools/_version.py");
        let version = module.split('"').nth(1).unwrap();
        assert_eq!(version, env!("CARGO_PKG_VERSION"));
        let minimum = OWN_REQUIREMENT.strip_prefix("pygo-tools>=").unwrap();
        let [minimum, version]: [pep440_rs::Version; 2] =
            [minimum, version].map(|text| text.parse().unwrap());
        assert!(minimum <= version);
        assert!(!allows_the_predecessor(OWN_REQUIREMENT));
    }
}
