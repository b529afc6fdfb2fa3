//! Outputs of stages that later runs reuse.
//!
//! In: a key, which is a digest of everything that decides a stage's output but the files that its
//! tools read, and what was seen of those ([`Reads`]). Out: the stage's files and values. An entry
//! is a directory that appears atomically and is never changed; its files are compared with their
//! digests whenever they are used. An entry that is damaged is removed.

mod bases;
mod bucket;
mod c_flags;
mod c_includes;
mod directory;
mod entry;
mod go_reads;
mod go_sum;
mod limits;
mod portable;
mod prune;
mod prune_shared;
mod reads;
mod shared;
mod stamps;

use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use fs_err as fs;
use serde_json::Value;

pub(super) use bases::{Bases, PROJECT};
use entry::Entry;
pub(super) use go_reads::{FIELDS, GoQuestion};
pub use limits::{LIMIT, Limits};
pub(super) use portable::MODULES;
pub use prune::prune;
pub(super) use reads::{Collector, Reads, changed_since};
use shared::Shared;
pub use shared::prune_shared;
use stamps::Stamps;

use super::fingerprint;
use crate::process::{Environment, remove};
use crate::toolchain::Cache;

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
    pub(super) files: Vec<FoundFile>,
    pub(super) value: Value,
    pub(super) reads: Reads,
    /// What the stage reported.
    pub(super) notes: Vec<String>,
    /// How long it took.
    pub(super) elapsed: Duration,
}

/// A file that a stage made in an earlier run.
#[derive(Debug)]
pub(super) struct FoundFile {
    pub(super) name: String,
    pub(super) bytes: Vec<u8>,
    /// Of its bytes, as [`fingerprint::of`] has it.
    pub(super) digest: String,
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
    /// A store that other machines use too.
    shared: Option<Shared>,
    stamps: Stamps,
}

impl<'a> Store<'a> {
    /// The entries in `cache` that the project at `root` may use, and those in the shared store
    /// that `environment` names; `None` without a cache directory.
    pub(super) fn new(cache: &'a Cache, root: &Path, environment: &Environment) -> Option<Self> {
        let dir = cache.dir("stages").ok()?;
        let own = cache.digest_of(&std::env::current_exe().ok()?).ok()?;
        let shared = Shared::of(environment);
        Some(Self { cache, dir, root: root.to_owned(), own, shared, stamps: Stamps::default() })
    }

    /// What users should know about the shared store.
    pub(super) fn note(&self) -> Option<String> {
        self.shared.as_ref()?.trouble()
    }

    /// The time now, by the clock of files.
    pub(super) fn clock(&self) -> SystemTime {
        self.cache.clock()
    }

    /// What every key depends on.
    pub(super) fn identity(&self) -> &str {
        &self.own
    }

    /// `tools` with the other directories whose paths may be in an output.
    fn bases(&self, tools: Bases) -> Bases {
        tools.project(&self.root).tool("cache", self.cache.root())
    }

    /// What the stage with `key` made when everything it reads was as it is now, with its `tools`
    /// where they are now.
    pub(super) fn find(&self, key: &str, tools: Bases) -> Option<Found> {
        let bases = &self.bases(tools);
        let mut places: Vec<_> = fs::read_dir(self.dir.join(key))
            .into_iter()
            .flatten()
            .flatten()
            .filter_map(|place| {
                let used = fs::metadata(place.path().join(DESCRIPTION)).ok()?.modified().ok()?;
                Some((used, place.path()))
            })
            .collect();
        places.sort();
        let own = places.iter().rev().take(STATES).find_map(|(_, place)| {
            self.read(place, bases).unwrap_or_else(|Damaged| {
                self.discard(place);
                None
            })
        });
        own.or_else(|| self.find_shared(key, bases))
    }

    /// What another machine made; kept here as well.
    fn find_shared(&self, key: &str, bases: &Bases) -> Option<Found> {
        let is_here = |entry: &Entry| {
            let reads = entry.reads.of_here(bases, self.cache)?;
            // A flag that names a directory of a module is of use with the module alone.
            let mark = bases::marked(portable::MODULES);
            let needs = entry.reads.lack_modules(bases) && entry.value.to_string().contains(&mark);
            (!needs).then_some(reads)
        };
        let (Entry { files, value, notes, elapsed, .. }, reads, bytes) =
            self.shared.as_ref()?.find(key, is_here)?;
        let entry = Entry { files, value, reads, notes, elapsed };
        self.put(key, &entry, &bytes);
        let Entry { files, value, reads, notes, elapsed } = entry;
        let value = bases.concrete(&value)?;
        let file = |((name, digest), bytes)| FoundFile { name, bytes, digest };
        let files = files.into_iter().zip(bytes).map(file).collect();
        Some(Found { files, value, reads, notes, elapsed })
    }

    /// Reads the entry `place`, unless something that the stage read has changed.
    fn read(&self, place: &Path, bases: &Bases) -> Result<Option<Found>, Damaged> {
        let text = fs::read(place.join(DESCRIPTION))?;
        let Entry { files, value, reads, notes, elapsed } = Entry::parse(&text).ok_or(Damaged)?;
        if !reads.are_unchanged_by(bases, &self.stamps) {
            return Ok(None);
        }
        let Some(value) = bases.concrete(&value) else { return Ok(None) };
        let mut read = Vec::new();
        for (index, (name, digest)) in files.into_iter().enumerate() {
            let bytes = fs::read(place.join(index.to_string()))?;
            if fingerprint::of(&bytes) != digest {
                return Err(Damaged);
            }
            read.push(FoundFile { name, bytes, digest });
        }
        // The time of the last use decides which entries are removed first.
        let _ = fs::File::options()
            .append(true)
            .open(place.join(DESCRIPTION))
            .and_then(|file| file.file().set_modified(SystemTime::now()));
        Ok(Some(Found { files: read, value, reads, notes, elapsed }))
    }

    /// Keeps what the stage with `key` made with `tools` in `elapsed`, from `start` on, unless what it read
    /// may have changed since then. A cache that is not writable keeps nothing.
    pub(super) fn keep(
        &self,
        key: &str,
        tools: Bases,
        saved: Saved,
        notes: Vec<String>,
        (start, elapsed): (SystemTime, Duration),
    ) {
        let bases = self.bases(tools);
        if !saved.reads.hold_since(start, &bases) {
            return;
        }
        let Some(value) = bases.abstracted(&saved.value) else { return };
        let Saved { files: made, mut reads, .. } = saved;
        reads.tie(bases.named_in(value.to_string().as_bytes()));
        let (mut files, mut contents) = (Vec::new(), Vec::new());
        for (name, path) in made {
            let Ok(bytes) = fs::read(path) else { return };
            // Made in another place, it would be another file.
            reads.tie(bases.named_in(&bytes));
            files.push((name, fingerprint::of(&bytes)));
            contents.push(bytes);
        }
        let mut entry = Entry { files, value, reads, notes, elapsed };
        self.put(key, &entry, &contents);
        let Some(shared) = self.shared.as_ref().filter(|shared| shared.takes_entries()) else {
            return;
        };
        if let Some(portable) = entry.reads.portable(&bases, self.cache) {
            entry.reads = portable;
            shared.keep(key, &entry, contents);
        }
    }

    /// Writes `entry` to the cache, with its files' `contents`.
    fn put(&self, key: &str, entry: &Entry, contents: &[Vec<u8>]) {
        let above = self.dir.join(key);
        let place = above.join(entry.reads.digest());
        let Some(text) = entry.write().filter(|_| fs::create_dir_all(&above).is_ok()) else {
            return;
        };
        let _ = self.cache.publish(&place, |dir| {
            let failed = |error: std::io::Error| {
                crate::error::Failure::io("keeping the output of a stage", &error)
            };
            for (index, bytes) in contents.iter().enumerate() {
                write(&dir.join(index.to_string()), bytes).map_err(failed)?;
            }
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

#[cfg(test)]
mod go_tests;
#[cfg(test)]
mod prune_shared_tests;
#[cfg(test)]
mod shared_tests;
#[cfg(test)]
mod tests;
