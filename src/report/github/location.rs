//! Which line of which file a failure is about.

use std::path::{Component, Path};

/// Where the files are that tools name.
#[derive(Debug, Clone, Copy, Default)]
pub struct Roots<'a> {
    /// The directory that the paths in messages are relative to.
    pub project: Option<&'a Path>,
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
    /// The first `path:line` or `path:line:column` in `text` whose file is in the repository.
    pub(super) fn location(&self, text: &str) -> Option<Location> {
        let (project, repository) = (self.project?, self.repository?.canonicalize().ok()?);
        text.split_whitespace().find_map(|word| {
            let mut parts = word.trim_start_matches(['(', '"']).split(':');
            let (path, line) = (parts.next()?, number(parts.next()?)?);
            let file = project.join(path).canonicalize().ok().filter(|file| file.is_file())?;
            let file = slashed(file.strip_prefix(&repository).ok()?)?;
            let column = parts.next().and_then(number);
            Some(Location { file, line, column })
        })
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
        let roots = Roots { project: Some(&project), repository: Some(&repository) };
        let found = |file: &str, line: &str, column: Option<&str>| {
            let column = column.map(str::to_owned);
            Some(Location { file: file.to_owned(), line: line.to_owned(), column })
        };
        let main = "python/go/main.go";
        assert_eq!(roots.location("go/main.go:6:1: expected"), found(main, "6", Some("1")));
        assert_eq!(roots.location("has no export (go/main.go:12)"), found(main, "12", None));
        assert_eq!(roots.location("a:1: none.go:2: ./go/main.go:3:"), found(main, "3", None));
        for text in ["../../secret.go:1:1: x", "go:1:1", "go/main.go", "go/main.go:x", ""] {
            assert_eq!(roots.location(text), None, "{text}");
        }
        assert_eq!(Roots { repository: None, ..roots }.location("go/main.go:6:1"), None);
    }
}
