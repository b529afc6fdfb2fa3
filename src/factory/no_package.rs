//! Projects of programs without Python code: the settings that setuptools needs for them.
//!
//! A Go module has directories such as `cmd` and `internal`. Unless told otherwise, setuptools takes
//! them for packages, and refuses a project with several. Other backends do what their own
//! configuration says.

use std::ffi::OsStr;
use std::path::Path;

use crate::error::{Failure, Result};
use crate::project::{Entry, Project, is_no_package};

/// The file with the settings of setuptools.
const FILE: &str = "pyproject.toml";

/// Tells setuptools that there are no modules.
const NO_MODULES: &str = "\n[tool.setuptools]\npy-modules = []\n";

/// If `project`, whose files are `sources`, has no Python code and leaves the search for packages to
/// setuptools, its pyproject.toml with the answer.
fn settings(project: &Project, sources: &[Entry]) -> Option<String> {
    let is_programs = project.variants().all(|part| part.program().is_some());
    let is_setuptools = project.build_system.of_the_pure_part().starts_with("setuptools");
    let is_python = |entry: &Entry| {
        let path = &entry.path;
        let is_at_top =
            path.parent().is_some_and(|dir| dir == Path::new("") || dir == Path::new("src"));
        let is_module = path.extension().is_some_and(|extension| extension == "py");
        let is_elsewhere = path
            .iter()
            .filter_map(OsStr::to_str)
            .any(|name| is_no_package(name) || name == "example");
        // setuptools adds one to every sdist, which says nothing about packages.
        let is_configuration = || {
            let text = fs_err::read_to_string(&entry.source).unwrap_or_default();
            path.as_os_str() == "setup.cfg" && text.lines().any(|line| line.starts_with("[options"))
        };
        is_configuration()
            || (is_module && is_at_top)
            || (path.ends_with("__init__.py") && !is_elsewhere)
    };
    if !is_programs || !is_setuptools || sources.iter().any(is_python) {
        return None;
    }
    let entry = sources.iter().find(|entry| entry.path.as_os_str() == FILE)?;
    let text = fs_err::read_to_string(&entry.source).ok()?;
    let before: toml::Table = text.parse().ok()?;
    let own = before.get("tool").and_then(|tool| tool.get("setuptools"));
    let is_configured = |key: &&str| own.and_then(|own| own.get(*key)).is_some();
    if ["packages", "py-modules", "package-dir", "ext-modules"].iter().any(is_configured) {
        return None;
    }
    let text = format!("{text}{NO_MODULES}");
    // A table that exists cannot be opened a second time; its author configures setuptools.
    text.parse::<toml::Table>().is_ok().then_some(text)
}

/// Whether `project` has no Python code, so that an editable install has nothing to point at.
pub(super) fn has_no_package(project: &Project, sources: &[Entry]) -> bool {
    settings(project, sources).is_some()
}

/// Writes these settings into `staged`, a copy of `project`, if they are needed. Returns whether it
/// did.
///
/// # Errors
/// If the copy cannot be written.
pub(super) fn tell(project: &Project, sources: &[Entry], staged: &Path) -> Result<bool> {
    let Some(text) = settings(project, sources) else { return Ok(false) };
    let path = staged.join(FILE);
    // A link in the copy may lead to another file of it, never to the author's.
    let written = fs_err::remove_file(&path).and_then(|()| fs_err::write(&path, text));
    written.map_err(|error| Failure::io("copying the project for its build backend", &error))?;
    Ok(true)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::project::sources;

    /// Whether setuptools is told that a project with these files has no modules.
    fn is_told(more: &str, files: &[(&str, &str)]) -> bool {
        let dir = tempfile::tempdir().unwrap();
        let toml = format!(
            "[build-system]\nrequires = ['setuptools']\nbuild-backend = 'setuptools.build_meta'\n\
             [tool.pygo-tools]\nprogram = 'x'\n{more}"
        );
        fs_err::write(dir.path().join("pyproject.toml"), toml).unwrap();
        fs_err::write(dir.path().join("main.go"), "package main\n").unwrap();
        for (file, text) in files {
            let path = dir.path().join(file);
            fs_err::create_dir_all(path.parent().unwrap()).unwrap();
            fs_err::write(path, text).unwrap();
        }
        let project = Project::read(dir.path(), None).unwrap();
        let all = sources(dir.path(), None).unwrap();
        let staged = tempfile::tempdir().unwrap();
        fs_err::write(staged.path().join(FILE), "").unwrap();
        let told = tell(&project, &all, staged.path()).unwrap();
        let text = fs_err::read_to_string(staged.path().join(FILE)).unwrap();
        assert_eq!(told, text.ends_with(NO_MODULES));
        told
    }

    #[test]
    fn setuptools_is_told_unless_there_is_python_or_a_configuration() {
        assert!(is_told(
            "",
            &[("cmd/x/x.go", ""), ("internal/y.go", ""), ("testdata/a/__init__.py", "")]
        ));
        assert!(is_told(
            "[tool.setuptools.dynamic]\nversion = {file = 'VERSION'}\n",
            &[("pkg/a.go", "")]
        ));
        for file in ["x/__init__.py", "src/x.py", "tool.py"] {
            assert!(!is_told("", &[(file, "")]), "{file}");
        }
        assert!(is_told("", &[("setup.cfg", "[egg_info]\ntag_date = 0\n")]));
        assert!(!is_told("", &[("setup.cfg", "[options]\npackages = x\n")]));
        assert!(!is_told("[tool.setuptools]\nzip-safe = false\n", &[]));
        assert!(!is_told("[tool.setuptools.packages.find]\nwhere = ['py']\n", &[]));
    }
}
