//! The patterns of `//go:embed` lines.
//!
//! Input: a Go file of a project. Output: its patterns, each of which says whether it embeds a path
//! (`embed` in Go's standard library).

use std::path::{Path, PathBuf};

use super::super::text::{self, MAX_SIZE};
use super::super::tree::Entry;
use crate::error::Result;

/// A pattern of a `//go:embed` line.
pub(super) struct Embed {
    dir: PathBuf,
    pattern: glob::Pattern,
    parts: usize,
    all: bool,
}

impl Embed {
    /// Those of a Go file.
    ///
    /// # Errors
    /// An unreadable file.
    pub(super) fn all_in(entry: &Entry) -> Result<Vec<Self>> {
        let doing = format!("reading {}", entry.path.display());
        let bytes = text::bytes(&entry.source, &doing, MAX_SIZE)?;
        let dir = entry.path.parent().unwrap_or(Path::new(""));
        let text = String::from_utf8_lossy(&bytes);
        let lines = text.lines().filter_map(|line| line.trim().strip_prefix("//go:embed"));
        Ok(lines.flat_map(words).filter_map(|word| Self::new(dir, &word)).collect())
    }

    fn new(dir: &Path, word: &str) -> Option<Self> {
        let (all, text) = word.strip_prefix("all:").map_or((false, word), |rest| (true, rest));
        let text = text.trim_end_matches('/');
        let pattern = glob::Pattern::new(text).ok()?;
        let parts = text.split('/').filter(|part| *part != ".").count();
        Some(Self { dir: dir.to_owned(), pattern, parts, all })
    }

    /// Whether the pattern matches `path` or a directory around it. In a directory, only `all:`
    /// matches names that start with `.` or `_`.
    pub(super) fn matches(&self, path: &Path) -> bool {
        let Ok(rest) = path.strip_prefix(&self.dir) else { return false };
        let parts: Vec<_> =
            rest.components().map(|part| part.as_os_str().to_string_lossy()).collect();
        let whole = self.pattern.as_str() == ".";
        let matched = if whole { 0 } else { self.parts };
        if parts.len() < matched {
            return false;
        }
        let (head, tail) = parts.split_at(matched);
        let options =
            glob::MatchOptions { require_literal_separator: true, ..glob::MatchOptions::new() };
        (whole || self.pattern.matches_with(&head.join("/"), options))
            && (self.all || !tail.iter().any(|part| part.starts_with(['.', '_'])))
    }
}

/// The words of a `//go:embed` line; a quoted word may contain spaces.
fn words(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut rest = line.trim_start();
    while let Some(first) = rest.chars().next() {
        let (word, after) = match first {
            '"' | '`' => rest[1..].split_once(first).unwrap_or((&rest[1..], "")),
            _ => rest.split_once(char::is_whitespace).unwrap_or((rest, "")),
        };
        words.push(word.to_owned());
        rest = after.trim_start();
    }
    words
}
