//! What earlier runs learned, mostly from tools about themselves, kept in the cache.
//!
//! In: a question, and the files that the answer depends on. Out: the answer; the tool is asked
//! again if one of those files changed. Where that cannot be told, nothing is kept.

use std::ffi::OsStr;
use std::io::Read;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use fs_err as fs;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::cache::Cache;
use crate::error::{Failure, Result};
use crate::process::{file_clock, write_atomically};

/// A file that changed this shortly before it was read could change again without another time stamp.
const UNSETTLED: Duration = Duration::from_secs(2);

/// The question for the SHA-256 of a file.
const DIGEST: &str = "digest";

#[derive(Serialize, Deserialize)]
struct Answer<T> {
    /// Each file that it depends on, with its stamp.
    about: Vec<(PathBuf, String)>,
    value: T,
}

impl Cache {
    /// The answer to `question`: that of an earlier run while all files that `about` names are
    /// unchanged, else the result of `ask`.
    ///
    /// # Errors
    /// Those of `ask`.
    pub(super) fn remembered<T: Serialize + DeserializeOwned>(
        &self,
        question: &impl Serialize,
        about: impl FnOnce(&T) -> Vec<PathBuf>,
        ask: impl FnOnce() -> Result<T>,
    ) -> Result<T> {
        if let Some(known) = self.recall(question) {
            return Ok(known);
        }
        let asked = self.clock();
        let value = ask()?;
        self.keep(question, about(&value), &value, asked);
        Ok(value)
    }

    /// The time now, by the clock of files.
    pub fn clock(&self) -> SystemTime {
        file_clock(self.root())
    }

    /// The kept answer to `question`, if nothing that it depends on has changed.
    pub fn recall<T: DeserializeOwned>(&self, question: &impl Serialize) -> Option<T> {
        let answer: Answer<T> =
            serde_json::from_slice(&fs::read(self.answer(question)?).ok()?).ok()?;
        let unchanged = answer.about.iter().all(|(path, known)| stamp(path) == *known);
        unchanged.then_some(answer.value)
    }

    /// Keeps the answer to `question`, which depends on the files `about`, unless one of them may have
    /// changed since it was `asked`: nobody knows what the answer is about then.
    pub fn keep(
        &self,
        question: &impl Serialize,
        about: Vec<PathBuf>,
        value: &impl Serialize,
        asked: SystemTime,
    ) {
        let Some(place) = self.answer(question) else { return };
        if !about.iter().all(|path| was_settled(path, asked)) {
            return;
        }
        let about = about.into_iter().map(|path| (path.clone(), stamp(&path))).collect();
        // A cache that cannot be written to makes later runs slower, not wrong.
        let _ = serde_json::to_vec(&Answer { about, value })
            .map_err(std::io::Error::from)
            .and_then(|bytes| write_atomically(&place, &bytes));
    }

    /// The file for the answer to `question`; none if nothing is kept.
    fn answer(&self, question: &impl Serialize) -> Option<PathBuf> {
        if self.is_fresh() {
            return None;
        }
        let asked = serde_json::to_vec(&(env!("CARGO_PKG_VERSION"), question)).ok()?;
        Some(self.dir("answers").ok()?.join(hex(&Sha256::digest(asked))))
    }

    /// The result of `compute`, which reads the files and directories `about`: kept while they are
    /// the same.
    pub fn computed(
        &self,
        what: &str,
        about: Vec<PathBuf>,
        compute: impl FnOnce() -> String,
    ) -> String {
        let question = (what, &about);
        if let Some(known) = self.recall(&question) {
            return known;
        }
        let asked = self.clock();
        let value = compute();
        self.keep(&question, about.clone(), &value, asked);
        value
    }

    /// The SHA-256 of the file `path`, in hexadecimal: kept while the file is the same.
    ///
    /// # Errors
    /// If it cannot be read.
    pub fn digest_of(&self, path: &Path) -> Result<String> {
        let real = fs::canonicalize(path).map_err(|error| unreadable(path, &error))?;
        let about = |_: &String| vec![real.clone()];
        self.remembered(&(DIGEST, &real), about, || {
            let mut hasher = Sha256::new();
            let mut file = fs::File::open(&real).map_err(|error| unreadable(path, &error))?;
            let mut part = vec![0; 1 << 16];
            loop {
                match file.read(&mut part).map_err(|error| unreadable(path, &error))? {
                    0 => break,
                    count => hasher.update(part.get(..count).unwrap_or_default()),
                }
            }
            Ok(hex(&hasher.finalize()))
        })
    }

    /// As [`digest_of`](Self::digest_of), if an earlier run kept it.
    pub(super) fn kept_digest_of(&self, path: &Path) -> Option<String> {
        self.recall(&(DIGEST, fs::canonicalize(path).ok()?))
    }
}

fn unreadable(path: &Path, error: &std::io::Error) -> Failure {
    Failure::io(format!("reading {}", path.display()), error)
}

/// What the file system says about `path`: it changes when the file is written to or replaced; for
/// a directory, when an entry is that a build may read.
pub fn stamp(path: &Path) -> String {
    let Ok(metadata) = fs::metadata(path) else { return "absent".to_owned() };
    let own = of(&metadata);
    if !metadata.is_dir() {
        return own;
    }
    let Ok(entries) = fs::read_dir(path) else { return "unreadable".to_owned() };
    let mut lines: Vec<String> = entries
        .flatten()
        .filter(|entry| !is_ignored(&entry.file_name()))
        .map(|entry| {
            // Through links: a replaced target counts.
            let known = fs::metadata(entry.path()).map(|metadata| {
                if metadata.is_dir() { "directory".to_owned() } else { of(&metadata) }
            });
            format!("{:?} {}", entry.file_name(), known.unwrap_or_default())
        })
        .collect();
    lines.sort_unstable();
    hex(&Sha256::digest(lines.join("\n")))
}

/// Whether no build reads it: the tests of a Go package, half of the files of Go itself, and what Python
/// writes whenever it imports something.
fn is_ignored(name: &OsStr) -> bool {
    name == "__pycache__" || name.as_encoded_bytes().ends_with(b"_test.go")
}

fn of(metadata: &std::fs::Metadata) -> String {
    let (written, changed) =
        ((metadata.mtime(), metadata.mtime_nsec()), (metadata.ctime(), metadata.ctime_nsec()));
    format!("{} {} {} {written:?} {changed:?}", metadata.dev(), metadata.ino(), metadata.len())
}

/// Whether `path`, and every file in it if it is a directory, has not changed since shortly before `asked`.
fn was_settled(path: &Path, asked: SystemTime) -> bool {
    let asked = asked.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    let is_old = |metadata: &std::fs::Metadata| {
        let changed = u64::try_from(metadata.ctime()).unwrap_or(u64::MAX);
        changed.saturating_add(UNSETTLED.as_secs()) < asked.as_secs()
    };
    let Ok(metadata) = fs::metadata(path) else { return true };
    let entries = if metadata.is_dir() { fs::read_dir(path).ok() } else { None };
    let mut inside = entries.into_iter().flatten().flatten();
    is_old(&metadata)
        && inside.all(|entry| fs::metadata(entry.path()).map_or(true, |inner| is_old(&inner)))
}

/// Whether the program `exe` is a binary: what a script does depends on more than its text.
pub fn is_binary(exe: &Path) -> bool {
    let mut start = [0; 4];
    let read = fs::File::open(exe).and_then(|mut file| file.read_exact(&mut start));
    read.is_ok() && (start == *b"\x7fELF" || start[..3] == [0xcf, 0xfa, 0xed])
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;
    use crate::process::Environment;

    #[test]
    fn a_tool_is_asked_again_only_after_its_file_changed() {
        let dir = tempfile::tempdir().unwrap();
        let environment: Environment =
            [("PYGO_CACHE_DIR", dir.path().join("cache"))].into_iter().collect();
        let cache = Cache::new(&environment).unwrap();
        let old = "/bin/sh";
        let asked = Cell::new(0);
        let ask = |cache: &Cache, path: &Path| {
            let about = |_: &u32| vec![path.to_owned()];
            cache
                .remembered(&"version", about, || {
                    asked.set(asked.get() + 1);
                    Ok(asked.get())
                })
                .unwrap()
        };
        assert_eq!([ask(&cache, Path::new(old)), ask(&cache, Path::new(old))], [1, 1]);
        // Without answers nothing is read and nothing is kept.
        assert_eq!(ask(&cache.clone().without_answers(), Path::new(old)), 2);
        let place = fs::read_dir(cache.root().join("answers")).unwrap().next().unwrap().unwrap();
        let text = fs::read_to_string(place.path()).unwrap();
        fs::write(place.path(), text.replace("/bin/sh", "/bin/cat")).unwrap();
        assert_eq!(ask(&cache, Path::new(old)), 3, "another stamp");
        fs::write(place.path(), &text[..text.len() / 2]).unwrap();
        assert_eq!(ask(&cache, Path::new(old)), 4, "damaged");

        // What was written just now is not kept.
        fs::write(place.path(), "").unwrap();
        let new = dir.path().join("new");
        fs::write(&new, "x").unwrap();
        assert_eq!([ask(&cache, &new), ask(&cache, &new)], [5, 6]);
    }

    #[test]
    fn an_answer_about_a_file_that_changed_while_the_tool_ran_is_not_kept() {
        let dir = tempfile::tempdir().unwrap();
        let environment: Environment =
            [("PYGO_CACHE_DIR", dir.path().join("cache"))].into_iter().collect();
        let cache = Cache::new(&environment).unwrap();
        let hour = Duration::from_secs(3600);
        let (about, inside) = (dir.path().join("module"), dir.path().join("module/go.mod"));
        fs::create_dir(&about).unwrap();
        fs::write(&inside, "x").unwrap();
        let is_kept = |path: &Path, asked: SystemTime| {
            cache.keep(&(path, asked), vec![path.to_owned()], &1, asked);
            cache.recall::<u32>(&(path, asked)).is_some()
        };
        for path in [&about, &inside] {
            assert!(!is_kept(path, SystemTime::now() - hour), "changed an hour after the question");
            assert!(is_kept(path, SystemTime::now() + hour), "changed an hour before");
        }
        // The directory itself is as old as it was.
        let old = dir.path().join("old");
        std::os::unix::fs::symlink("/bin", &old).unwrap();
        assert!(is_kept(&old, SystemTime::now()));
    }

    #[test]
    fn a_stamp_of_a_directory_follows_its_entries() {
        let dir = tempfile::tempdir().unwrap();
        let mut seen = vec![stamp(dir.path())];
        fs::write(dir.path().join("a"), "1").unwrap();
        seen.push(stamp(dir.path()));
        fs::write(dir.path().join("a"), "22").unwrap();
        seen.push(stamp(dir.path()));
        fs::rename(dir.path().join("a"), dir.path().join("b")).unwrap();
        seen.push(stamp(dir.path()));
        fs::create_dir(dir.path().join("__pycache__")).unwrap();
        fs::write(dir.path().join("a_test.go"), "package a").unwrap();
        assert_eq!(stamp(dir.path()), seen[3]);
        seen.dedup();
        assert_eq!(seen.len(), 4);
        assert_eq!(stamp(&dir.path().join("none")), "absent");
    }
}
