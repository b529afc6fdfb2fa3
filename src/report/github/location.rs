//! Which line of which file a failure is about.

use std::path::{Component, Path};

use crate::error::Failure;

/// The directories of the files that messages name.
#[derive(Debug, Clone, Copy, Default)]
pub struct Roots<'a> {
    /// The directory that the paths of tools are relative to.
    pub project: Option<&'a Path>,
    /// The directory that the user is in: pygo names files as seen from there.
    pub here: Option<&'a Path>,
    /// The checkout of the repository, `GITHUB_WORKSPACE`: GitHub knows files by their paths in it.
    pub repository: Option<&'a Path>,
}

/// A place in a file of the repository.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Location {
    /// The path in the repository, with slashes.
    pub(super) file: String,
    pub(super) line: String,
    pub(super) column: Option<String>,
}

impl Roots<'_> {
    /// The place that `failure` is about, if its file is in the repository: the first that a compiler
    /// names, the last of a traceback, or the one in a configuration.
    pub(super) fn location(&self, failure: &Failure) -> Option<Location> {
        let found = &failure.found;
        self.compiler(found)
            .or_else(|| self.traceback(found))
            .or_else(|| self.configuration(failure))
    }

    /// `path:line` or `path:line:column`.
    fn compiler(&self, text: &str) -> Option<Location> {
        text.split_whitespace().find_map(|word| {
            let mut parts = word.trim_start_matches(['(', '"']).split(':');
            let (path, line) = (parts.next()?, number(parts.next()?)?);
            let file = self.file(&self.project?.join(path))?;
            Some(Location { file, line, column: parts.next().and_then(number) })
        })
    }

    /// `File "path", line 3, in f`: the calls before the last lead there.
    fn traceback(&self, text: &str) -> Option<Location> {
        text.lines().rev().find_map(|line| {
            let (path, rest) =
                line.trim_start().strip_prefix("File \"")?.split_once("\", line ")?;
            let line = number(rest.split_whitespace().next()?)?;
            Some(Location { file: self.file(&self.project?.join(path))?, line, column: None })
        })
    }

    /// `line 3, column 5: …`, found while `reading path`.
    fn configuration(&self, failure: &Failure) -> Option<Location> {
        let file = self.file(&self.here?.join(failure.doing.strip_prefix("reading ")?))?;
        let (line, rest) = failure.found.strip_prefix("line ")?.split_once(", column ")?;
        let column = number(rest.split_whitespace().next()?);
        Some(Location { file, line: number(line)?, column })
    }

    /// The path in the repository of an existing file.
    fn file(&self, path: &Path) -> Option<String> {
        let repository = self.repository?.canonicalize().ok()?;
        let file = path.canonicalize().ok().filter(|file| file.is_file())?;
        slashed(file.strip_prefix(&repository).ok()?)
    }
}

/// The digits that `text` begins with, if nothing but punctuation follows them.
fn number(text: &str) -> Option<String> {
    let digits = text.trim_end_matches(|c: char| c.is_ascii_punctuation());
    let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| digits.to_owned())
}

fn slashed(path: &Path) -> Option<String> {
    let name = |part| match part {
        Component::Normal(name) => name.to_str(),
        _ => None,
    };
    Some(path.components().map(name).collect::<Option<Vec<_>>>()?.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_of_the_repository_have_a_location() {
        let dir = tempfile::tempdir().unwrap();
        let (repository, project) = (dir.path().join("clone"), dir.path().join("clone/python"));
        fs_err::create_dir_all(project.join("go")).unwrap();
        fs_err::write(project.join("go/main.go"), "").unwrap();
        fs_err::write(dir.path().join("secret.go"), "").unwrap();
        fs_err::write(project.join("pyproject.toml"), "").unwrap();
        let roots = Roots {
            project: Some(&project),
            here: Some(dir.path()),
            repository: Some(&repository),
        };
        let location = |roots: Roots<'_>, doing: &str, found: &str| {
            let place = roots.location(&Failure::build(doing, found, ""))?;
            Some((place.file, place.line, place.column.unwrap_or_default()))
        };
        let place = |file: &str, line: &str, column: &str| {
            Some((format!("python/{file}"), line.to_owned(), column.to_owned()))
        };
        for (found, line, column) in [
            ("go/main.go:6:1: expected", "6", "1"),
            ("has no export (go/main.go:12)", "12", ""),
            ("a:1: none.go:2: ./go/main.go:3:", "3", ""),
            (
                "File \"go/main.go\", line 1\n  File \"go/main.go\", line 2, in f\n  File \"/x\", line 3",
                "2",
                "",
            ),
        ] {
            assert_eq!(location(roots, "x", found), place("go/main.go", line, column), "{found}");
        }
        for found in ["../../secret.go:1:1: x", "go:1:1", "go/main.go", "go/main.go:x", ""] {
            assert_eq!(location(roots, "x", found), None, "{found}");
        }
        let (doing, found) =
            ("reading clone/python/pyproject.toml", "line 5, column 1: unknown key");
        assert_eq!(location(roots, doing, found), place("pyproject.toml", "5", "1"));
        assert_eq!(location(roots, "reading secret.go", found), None);
        let nowhere = Roots { repository: None, ..roots };
        assert_eq!(location(nowhere, "x", "go/main.go:6:1"), None);
    }
}
