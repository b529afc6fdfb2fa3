//! What go.mod and go.work files say, and which go.work applies.
//!
//! Input: the text of one, or a directory. Output: a [`ModFile`], or the path of a go.work. The
//! format is that of go.dev/ref/mod; what is wrong in it is Go's to report.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

/// The lines of a go.mod or go.work that concern other modules.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct ModFile {
    /// The path of the module itself.
    pub module: Option<String>,
    /// Required modules: path and version.
    pub requires: Vec<(String, String)>,
    /// Replaced modules.
    pub replaces: Vec<Replace>,
    /// The directories of a workspace, with line numbers.
    pub uses: Vec<(usize, String)>,
}

/// The path of the module with the go.mod `text`.
pub fn module_path(text: &str) -> Option<String> {
    ModFile::read(text).module
}

/// A `replace` line.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Replace {
    /// Its number, from 1.
    pub line: usize,
    /// The path of the module that is replaced.
    pub module: String,
    /// A directory or the path of another module.
    pub by: String,
}

impl Replace {
    /// The directory, if it is one.
    pub(super) fn directory(&self) -> Option<&str> {
        // A module path cannot start like this, so it is a local directory (`go help mod edit`).
        let by = self.by.as_str();
        let is_path = ["./", "../", "/"].iter().any(|start| by.starts_with(start));
        (is_path || by == "." || by == "..").then_some(by)
    }
}

impl ModFile {
    /// Reads the lines of a file.
    pub(super) fn read(text: &str) -> Self {
        let mut out = Self::default();
        let mut block: Option<String> = None;
        for (index, line) in text.lines().enumerate() {
            let mut words = words(line);
            if block.is_some() && words.first().is_some_and(|word| word == ")") {
                block = None;
                continue;
            }
            let verb = match &block {
                Some(verb) => verb.clone(),
                None if words.is_empty() => continue,
                None => words.remove(0),
            };
            if block.is_none() && words.first().is_some_and(|word| word == "(") {
                block = Some(verb);
                continue;
            }
            out.take(&verb, index + 1, &words);
        }
        out
    }

    fn take(&mut self, verb: &str, line: usize, words: &[String]) {
        match (verb, words) {
            ("module", [path, ..]) => self.module = Some(path.clone()),
            ("require", [path, version, ..]) => {
                self.requires.push((path.clone(), version.clone()));
            }
            ("use", [path, ..]) => self.uses.push((line, path.clone())),
            ("replace", [module, rest @ ..]) => {
                let by = rest.iter().skip_while(|word| *word != "=>").nth(1);
                let replace = by.map(|by| Replace { line, module: module.clone(), by: by.clone() });
                self.replaces.extend(replace);
            }
            _ => {}
        }
    }

    /// The version of `module` that it requires.
    pub(super) fn required(&self, module: &str) -> Option<&str> {
        let found = self.requires.iter().find(|(path, _)| path == module);
        found.map(|(_, version)| version.as_str())
    }
}

/// The words of a line, without its comment. A quoted word may contain blanks.
fn words(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut rest = line.trim_start();
    while let Some(first) = rest.chars().next().filter(|_| !rest.starts_with("//")) {
        let (word, after) = match first {
            '"' | '`' => rest[1..].split_once(first).unwrap_or((&rest[1..], "")),
            '(' | ')' => rest.split_at(1),
            _ => {
                let is_end = |(at, c): &(usize, char)| {
                    c.is_whitespace()
                        || matches!(c, '(' | ')' | '"' | '`')
                        || rest.get(*at..).is_some_and(|rest| rest.starts_with("//"))
                };
                let end = rest.char_indices().find(is_end).map_or(rest.len(), |(at, _)| at);
                rest.split_at(end)
            }
        };
        words.push(word.to_owned());
        rest = after.trim_start();
    }
    words
}

/// The go.work that Go uses in `dir` if GOWORK is `variable`.
pub(super) fn work_file(dir: &Path, variable: Option<&OsStr>) -> Option<PathBuf> {
    match variable.map(|value| (value, value.to_str())) {
        Some((_, Some("off"))) => None,
        None | Some((_, Some("" | "auto"))) => nearest_work_file(dir, Path::new("/")),
        Some((path, _)) => Some(PathBuf::from(path)),
    }
}

/// The nearest go.work in `dir` and the directories around it, up to `top`.
pub(super) fn nearest_work_file(dir: &Path, top: &Path) -> Option<PathBuf> {
    let dirs = dir.ancestors().take_while(|dir| dir.starts_with(top));
    dirs.map(|dir| dir.join("go.work")).find(|path| path.is_file())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_comments_and_quotes_are_read() {
        let text = "module \"example.org/a\" // main\n\nrequire (\n\texample.org/b v1.2.3 // indirect\n\
                    )\nrequire example.org/c v0.0.0\nreplace(\n\texample.org/b v1.2.3 => ../b//x\n\
                    \texample.org/c => example.org/d v1.0.0\n)\nuse (\n\t./go\n\t`./with blank`\n)\n\
                    use ./more\nexclude example.org/e v1.0.0\n";
        let read = ModFile::read(text);
        assert_eq!(read.module.as_deref(), Some("example.org/a"));
        assert_eq!(read.required("example.org/b"), Some("v1.2.3"));
        assert_eq!(read.required("example.org/c"), Some("v0.0.0"));
        assert_eq!(read.required("example.org/e"), None);
        let replaces: Vec<_> = read.replaces.iter().map(|r| (r.line, r.directory())).collect();
        assert_eq!(replaces, [(8, Some("../b")), (9, None)]);
        let uses: Vec<_> = read.uses.iter().map(|(line, path)| (*line, path.as_str())).collect();
        assert_eq!(uses, [(12, "./go"), (13, "./with blank"), (15, "./more")]);
    }

    #[test]
    fn gowork_selects_the_file() {
        let dir = tempfile::tempdir().unwrap();
        let inner = dir.path().join("a/b");
        fs_err::create_dir_all(&inner).unwrap();
        let file = dir.path().join("go.work");
        fs_err::write(&file, "").unwrap();
        for variable in [None, Some(""), Some("auto")] {
            assert_eq!(work_file(&inner, variable.map(OsStr::new)), Some(file.clone()));
        }
        assert_eq!(work_file(&inner, Some(OsStr::new("off"))), None);
        let named = Some(PathBuf::from("/x/dev.work"));
        assert_eq!(work_file(&inner, Some(OsStr::new("/x/dev.work"))), named);
        assert_eq!(nearest_work_file(&inner, &dir.path().join("a")), None);
    }
}
