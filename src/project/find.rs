//! Finds the project that a directory is part of.
//!
//! Input: a directory. Output: the nearest directory above it with a configuration of pygo. Other
//! Python projects, repositories and the home directory limit the search.

use std::path::{Path, PathBuf};

use toml::{Table, Value};

/// What marks the root of a repository.
const REPOSITORIES: &[&str] = &[".git", ".hg", ".svn", ".jj", ".bzr", "_darcs", ".fslckout"];

/// Whether `dir` is the root of a repository.
pub(super) fn is_repository(dir: &Path) -> bool {
    REPOSITORIES.iter().any(|name| dir.join(name).exists())
}

/// The relative path from `dir` (absolute, without links) to the project around it: `..`,
/// `../..`. `None` if `dir` is a project itself, or if there is none around it.
pub fn enclosing(dir: &Path, home: Option<&Path>) -> Option<PathBuf> {
    let mut path = PathBuf::new();
    for dir in dir.ancestors() {
        match Project::of(dir) {
            Project::Pygo => return (!path.as_os_str().is_empty()).then_some(path),
            Project::Other => return None,
            Project::None => {}
        }
        if is_repository(dir) || Some(dir) == home {
            return None;
        }
        path.push("..");
    }
    None
}

/// Whether `dir` is a project that pygo builds.
pub fn is_project(dir: &Path) -> bool {
    Project::of(dir) == Project::Pygo
}

#[derive(Debug, PartialEq)]
enum Project {
    /// One that pygo builds.
    Pygo,
    /// A Python project without a configuration of pygo.
    Other,
    None,
}

impl Project {
    /// What `dir` is. A file that cannot be read counts as one of pygo, which then says why.
    fn of(dir: &Path) -> Self {
        let has_setup = dir.join("setup.py").exists();
        if has_setup && dir.join("config.json").exists() {
            return Self::Pygo;
        }
        let toml = dir.join("pyproject.toml");
        if !toml.exists() {
            return if has_setup { Self::Other } else { Self::None };
        }
        let read = fs_err::read_to_string(&toml).ok().and_then(|text| text.parse::<Table>().ok());
        let Some(table) = read else { return Self::Pygo };
        let tool = table.get("tool").and_then(Value::as_table);
        // Misspelled names are reported with the right one.
        let is_pygo = |name: &String| name.to_lowercase().starts_with("pygo");
        if tool.is_some_and(|tool| tool.keys().any(is_pygo)) {
            Self::Pygo
        } else if has_setup || table.contains_key("project") || table.contains_key("build-system") {
            Self::Other
        } else {
            Self::None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A directory with these files, and one more below it.
    fn tree(files: &[(&str, &str)]) -> tempfile::TempDir {
        let dir = tempfile::tempdir().unwrap();
        for (path, text) in files.iter().chain(&[("p/a/b/file", "")]) {
            let path = dir.path().join(path);
            fs_err::create_dir_all(path.parent().unwrap()).unwrap();
            fs_err::write(path, text).unwrap();
        }
        dir
    }

    #[track_caller]
    fn finds(files: &[(&str, &str)], expected: Option<&str>) {
        let dir = tree(files);
        let home = dir.path().join("home");
        let found = enclosing(&dir.path().join("p/a/b"), Some(&home));
        assert_eq!(found, expected.map(PathBuf::from));
    }

    const TABLE: &str = "[tool.pygo-tools]\npackage = 'x'";

    #[test]
    fn the_nearest_configuration_above_is_found() {
        finds(&[("p/pyproject.toml", TABLE)], Some("../.."));
        finds(&[("p/config.json", "{"), ("p/setup.py", "")], Some("../.."));
        finds(&[("p/pyproject.toml", TABLE), ("p/a/pyproject.toml", TABLE)], Some(".."));
        finds(&[("p/pyproject.toml", TABLE), ("p/a/b/pyproject.toml", "[tool.x]")], Some("../.."));
        finds(&[("p/pyproject.toml", "[tool.pygo_tools]")], Some("../.."));
        finds(&[("p/pyproject.toml", TABLE), ("p/.git", "gitdir: x")], Some("../.."));
        finds(&[("p/config.json", "{}")], None);
    }

    #[test]
    fn repositories_homes_and_other_projects_limit_the_search() {
        finds(&[("p/pyproject.toml", TABLE), ("p/a/.git/HEAD", "")], None);
        finds(&[("p/pyproject.toml", TABLE), ("p/a/setup.py", "")], None);
        finds(&[("p/pyproject.toml", TABLE), ("p/a/pyproject.toml", "[project]")], None);
        finds(&[("p/pyproject.toml", TABLE), ("p/a/b/pyproject.toml", TABLE)], None);
        let dir = tree(&[("pyproject.toml", TABLE)]);
        let path = dir.path().join("p/a/b");
        assert_eq!(enclosing(&path, Some(&dir.path().join("p"))), None);
        assert_eq!(enclosing(&path, Some(dir.path())), Some("../../..".into()));
        assert_eq!(enclosing(&path, None), Some("../../..".into()));
    }
}
