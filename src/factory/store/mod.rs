//! Outputs of stages that later runs reuse.
//!
//! In: a key, which is a digest of everything that decides a stage's output but the files that its
//! tools read, and what was seen of those ([`Reads`]). Out: the stage's files and values. An entry
//! is a directory that appears atomically and is never changed; its files are compared with their
//! digests whenever they are used. An entry that is damaged is removed.

mod c_flags;
mod c_includes;
mod go_reads;
mod prune;
mod reads;

use std::path::{Path, PathBuf};
use std::time::Duration;

use fs_err as fs;
use serde::{Deserialize, Serialize};
use serde_json::Value;

pub(super) use go_reads::GoQuestion;
pub use prune::{LIMIT, prune};
pub(super) use reads::{Collector, Reads};

use crate::process::remove;
use crate::toolchain::Cache;
use crate::wheel::Digest;

/// How many entries of one key are compared: states of the files that a stage reads.
const STATES: usize = 12;

/// The description of an entry, in it.
const DESCRIPTION: &str = "entry";

/// What a stage made.
#[derive(Debug)]
pub(super) struct Saved {
    /// Files, each with its name in the work directory of the stage.
    pub(super) files: Vec<(String, PathBuf)>,
    /// Everything else.
    pub(super) value: Value,
    /// What the stage read besides its input.
    pub(super) reads: Reads,
}

/// What a stage made in an earlier run.
#[derive(Debug)]
pub(super) struct Found {
    /// Names and contents.
    pub(super) files: Vec<(String, Vec<u8>)>,
    pub(super) value: Value,
    pub(super) reads: Reads,
    /// What the stage reported.
    pub(super) notes: Vec<String>,
    /// How long it took.
    pub(super) elapsed: Duration,
}

#[derive(Serialize, Deserialize)]
struct Entry {
    /// Names and digests; the files themselves are called by their position.
    files: Vec<(String, String)>,
    value: Value,
    reads: Reads,
    notes: Vec<String>,
    elapsed: Duration,
}

/// The entries in the cache.
#[derive(Debug)]
pub(super) struct Store<'a> {
    cache: &'a Cache,
    dir: PathBuf,
    /// The project.
    root: PathBuf,
    /// The digest of this program: a development version is not told from others by its number.
    own: String,
}

impl<'a> Store<'a> {
    /// The entries in `cache` that the project at `root` may use; none if there is no place.
    pub(super) fn new(cache: &'a Cache, root: &Path) -> Option<Self> {
        let dir = cache.dir("stages").ok()?;
        let own = cache.digest_of(&std::env::current_exe().ok()?).ok()?;
        Some(Self { cache, dir, root: root.to_owned(), own })
    }

    /// What every key depends on.
    pub(super) fn identity(&self) -> (&str, &Path) {
        (&self.own, &self.root)
    }

    /// What the stage with `key` made when everything it reads was as it is now.
    pub(super) fn find(&self, key: &str) -> Option<Found> {
        let mut places: Vec<_> = fs::read_dir(self.dir.join(key))
            .ok()?
            .flatten()
            .filter_map(|place| {
                let used = fs::metadata(place.path().join(DESCRIPTION)).ok()?.modified().ok()?;
                Some((used, place.path()))
            })
            .collect();
        places.sort();
        places.iter().rev().take(STATES).find_map(|(_, place)| match self.read(place) {
            Ok(found) => found,
            Err(Damaged) => {
                self.discard(place);
                None
            }
        })
    }

    /// Reads the entry `place`, unless something that the stage read has changed.
    fn read(&self, place: &Path) -> Result<Option<Found>, Damaged> {
        let text = fs::read_to_string(place.join(DESCRIPTION))?;
        let (digest, json) = text.split_once('\n').ok_or(Damaged)?;
        if Digest::of(json.as_bytes()).hex() != digest {
            return Err(Damaged);
        }
        let Entry { files, value, reads, notes, elapsed } = serde_json::from_str(json)?;
        if !reads.are_unchanged(&self.root) {
            return Ok(None);
        }
        let mut read = Vec::new();
        for (index, (name, digest)) in files.into_iter().enumerate() {
            let bytes = fs::read(place.join(index.to_string()))?;
            if Digest::of(&bytes).hex() != digest {
                return Err(Damaged);
            }
            read.push((name, bytes));
        }
        // The time of the last use decides which entries are removed first.
        let _ = fs::File::options()
            .append(true)
            .open(place.join(DESCRIPTION))
            .and_then(|file| file.file().set_modified(std::time::SystemTime::now()));
        Ok(Some(Found { files: read, value, reads, notes, elapsed }))
    }

    /// Keeps what the stage with `key` made in `elapsed`. A cache that is not writable keeps nothing.
    pub(super) fn keep(&self, key: &str, saved: Saved, notes: Vec<String>, elapsed: Duration) {
        let above = self.dir.join(key);
        let place = above.join(saved.reads.digest());
        if fs::create_dir_all(&above).is_err() {
            return;
        }
        let _ = self.cache.publish(&place, |dir| {
            let failed = |error: std::io::Error| {
                crate::error::Failure::io("keeping the output of a stage", &error)
            };
            let mut files = Vec::new();
            for (index, (name, path)) in saved.files.iter().enumerate() {
                let bytes = fs::read(path).map_err(failed)?;
                files.push((name.clone(), Digest::of(&bytes).hex()));
                write(&dir.join(index.to_string()), &bytes).map_err(failed)?;
            }
            let Saved { value, reads, .. } = saved;
            let entry = Entry { files, value, reads, notes, elapsed };
            let json = serde_json::to_string(&entry).map_err(|error| failed(error.into()))?;
            let text = format!("{}\n{json}", Digest::of(json.as_bytes()).hex());
            write(&dir.join(DESCRIPTION), text.as_bytes()).map_err(failed)
        });
    }

    /// Removes an entry. Another process that reads it finds either all or none of it.
    fn discard(&self, place: &Path) {
        discard(self.cache, place);
    }
}

/// Removes the entry `place` of `cache`: it disappears at once, whatever happens meanwhile.
fn discard(cache: &Cache, place: &Path) {
    let Ok(away) = cache.temporary("discard") else { return };
    if fs::rename(place, away.path().join("entry")).is_err() {
        let _ = remove(place);
    }
}

fn write(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    use std::io::Write;
    let mut file = fs::File::create(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

/// An entry that is not what was written.
struct Damaged;

impl From<std::io::Error> for Damaged {
    fn from(_: std::io::Error) -> Self {
        Self
    }
}

impl From<serde_json::Error> for Damaged {
    fn from(_: serde_json::Error) -> Self {
        Self
    }
}

#[cfg(test)]
mod go_tests;
#[cfg(test)]
mod tests;
