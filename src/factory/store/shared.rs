//! A store that machines share: a directory, or a bucket.
//!
//! In: the key of a stage. Out: its output, if a machine with the same inputs made it. Descriptions
//! of entries are called by key and state, files by their digest; both are compared with their
//! digests whenever they are read. A store that fails is not asked again in this run, and no build
//! fails because of it.

use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use super::directory::{Directory, MAX_DESCRIPTION, MAX_FILES, Object, Place};
use super::entry::Entry;
use super::limits::Limits;
use super::prune_shared as prune;
use crate::error::{Failure, Kind, Result};
use crate::factory::fingerprint;
use crate::process::Environment;

/// Where the store is.
const VARIABLE: &str = "PYGO_SHARED_CACHE";
/// Whether outputs are added to it.
const MODE: &str = "PYGO_SHARED_CACHE_MODE";
const READ_ONLY: &str = "read-only";
const READ_WRITE: &str = "read-write";

/// How many states of one key are looked at.
const STATES: usize = 50;

/// An entry older than this is written again when it is used: its age decides when it is removed.
const RENEWED: Duration = Duration::from_secs(24 * 60 * 60);

/// A shared store.
pub(super) struct Shared {
    /// What the user calls it.
    name: String,
    place: Option<Box<dyn Place>>,
    may_write: bool,
    /// The first thing that was wrong with it.
    trouble: Mutex<Option<String>>,
    /// Whether it is not asked again.
    failed: AtomicBool,
}

impl std::fmt::Debug for Shared {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Shared").field("name", &self.name).finish_non_exhaustive()
    }
}

impl Shared {
    /// The store that `environment` names, if it does.
    pub(super) fn of(environment: &Environment) -> Option<Self> {
        let name = environment.get(VARIABLE).filter(|name| !name.is_empty())?;
        let name = name.to_string_lossy().into_owned();
        let mode = environment.get(MODE).map(|mode| mode.to_string_lossy().into_owned());
        let opened = match mode.as_deref() {
            None | Some("" | READ_ONLY | READ_WRITE) => open(&name, environment),
            Some(other) => Err(format!("{MODE} is `{other}`: set {READ_ONLY} or {READ_WRITE}")),
        };
        // Nobody needs a user and a password in a name, and notes must not repeat them.
        let shown = if name.contains('@') { VARIABLE.to_owned() } else { name };
        let may_write = mode.as_deref() != Some(READ_ONLY);
        let (place, trouble) = match opened {
            Ok(place) => (Some(place), None),
            Err(trouble) => (None, Some(trouble)),
        };
        let failed = AtomicBool::new(trouble.is_some());
        Some(Self { name: shown, place, may_write, trouble: Mutex::new(trouble), failed })
    }

    /// What is wrong with it, if anything is.
    pub(super) fn trouble(&self) -> Option<String> {
        let trouble = self.trouble.lock().unwrap_or_else(PoisonError::into_inner).clone()?;
        Some(format!("the shared cache {} is not usable: {trouble}", self.name))
    }

    /// Whether outputs of this machine belong in it.
    pub(super) fn takes_entries(&self) -> bool {
        self.may_write && self.usable().is_some()
    }

    /// The entries of `key` for which `is_here` is true, with their files; the first that is
    /// complete.
    pub(super) fn find<T>(
        &self,
        key: &str,
        is_here: impl Fn(&Entry) -> Option<T>,
    ) -> Option<(Entry, T, Vec<Vec<u8>>)> {
        let dir = format!("entries/{key}");
        let mut objects = self.attempt(|place| place.list(&dir))?;
        objects.retain(|object| prune::is_description(&object.name));
        objects.sort_by_key(|object| std::cmp::Reverse(object.written));
        objects.iter().take(STATES).find_map(|Object { name, size, written }| {
            if *size > MAX_DESCRIPTION {
                return self.damaged(name);
            }
            let text = self.attempt(|place| place.get(name, MAX_DESCRIPTION))??;
            let Some(entry) = Entry::parse(&text) else { return self.damaged(name) };
            let here = is_here(&entry)?;
            let mut files = Vec::new();
            let mut left = MAX_FILES;
            for (_, digest) in &entry.files {
                let name = file(digest);
                let bytes = self.attempt(|place| place.get(&name, left))??;
                left = left.saturating_sub(bytes.len() as u64);
                if fingerprint::of(&bytes) != *digest {
                    return self.damaged(&name);
                }
                files.push(bytes);
            }
            if self.may_write && written.elapsed().is_ok_and(|age| age > RENEWED) {
                self.attempt(|place| place.put(name, text));
            }
            Some((entry, here, files))
        })
    }

    /// Adds an entry of `key`, whose files contain `bytes`. The description is written last, so that
    /// its files exist whenever it does.
    pub(super) fn keep(&self, key: &str, entry: &Entry, bytes: Vec<Vec<u8>>) {
        let Some(text) = entry.write() else { return };
        for ((_, digest), bytes) in entry.files.iter().zip(bytes) {
            if self.attempt(|place| place.put(&file(digest), bytes)).is_none() {
                return;
            }
        }
        let name = format!("entries/{key}/{}", entry.reads.digest());
        self.attempt(|place| place.put(&name, text.into_bytes()));
    }

    /// Removes what exceeds `limits`; returns the name of the store and how many bytes went.
    fn prune(self, limits: Limits) -> Result<(String, u64)> {
        let doing = format!("pruning the shared cache {}", self.name);
        let failed = |found| {
            let help = "check the name, the network and the credentials; nothing else was changed";
            Failure::new(Kind::Output, &doing, found, help)
        };
        if !self.may_write {
            let found = format!("{MODE} is {READ_ONLY}");
            let help = format!("set {MODE} to {READ_WRITE}");
            return Err(Failure::new(Kind::Usage, doing, found, help));
        }
        let trouble = self.trouble.into_inner().unwrap_or_else(PoisonError::into_inner);
        match (self.place, trouble) {
            (Some(place), None) => match prune::prune(&*place, limits) {
                Ok(removed) => Ok((self.name, removed)),
                Err(error) => Err(failed(error.to_string())),
            },
            (_, trouble) => Err(failed(trouble.unwrap_or_default())),
        }
    }

    fn usable(&self) -> Option<&dyn Place> {
        self.place.as_deref().filter(|_| !self.failed.load(Ordering::SeqCst))
    }

    fn attempt<T>(&self, ask: impl FnOnce(&dyn Place) -> io::Result<T>) -> Option<T> {
        match ask(self.usable()?) {
            Ok(answer) => Some(answer),
            Err(error) => {
                self.failed.store(true, Ordering::SeqCst);
                self.remember(error.to_string())
            }
        }
    }

    /// Reports damage; the next build replaces the entry.
    fn damaged<T>(&self, name: &str) -> Option<T> {
        self.remember(format!("{name} is damaged"))
    }

    fn remember<T>(&self, trouble: String) -> Option<T> {
        self.trouble.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(trouble);
        None
    }
}

/// Removes what exceeds `limits` from the store that `environment` names; returns what the user
/// calls it, and how many bytes went.
///
/// # Errors
/// If it names none, or one that cannot be read or may not be changed.
pub fn prune_shared(environment: &Environment, limits: Limits) -> Result<(String, u64)> {
    let Some(shared) = Shared::of(environment) else {
        let help = "set it to the directory or bucket that machines share";
        let found = format!("{VARIABLE} is not set");
        return Err(Failure::new(Kind::Usage, "pruning the shared cache", found, help));
    };
    shared.prune(limits)
}

/// The name of the file with `digest`.
fn file(digest: &str) -> String {
    format!("files/{}/{digest}", digest.get(..2).unwrap_or_default())
}

fn open(name: &str, environment: &Environment) -> Result<Box<dyn Place>, String> {
    match name.split_once("://") {
        Some(("s3", rest)) => super::bucket::open(rest, environment),
        Some((scheme, _)) => {
            Err(format!("{scheme}:// is not supported: name a directory or s3://"))
        }
        None => Ok(Box::new(Directory(environment.current_dir().join(name)))),
    }
}
