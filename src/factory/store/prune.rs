//! Keeps the kept outputs of stages below a size and an age: those used least recently go first.

use std::path::{Path, PathBuf};
use std::time::SystemTime;

use fs_err as fs;

use super::limits::Limits;
use super::{DESCRIPTION, discard};
use crate::toolchain::Cache;

struct Entry {
    used: SystemTime,
    size: u64,
    place: PathBuf,
}

/// Removes kept outputs of `cache` until they are within `limits`; returns how many bytes went.
pub fn prune(cache: &Cache, limits: Limits) -> u64 {
    let stages = cache.root().join("stages");
    let keys = if is_dir(&stages) { dirs_in(&stages) } else { Vec::new() };
    let mut entries: Vec<Entry> = keys.iter().flat_map(|key| dirs_in(key)).map(entry).collect();
    let mut total: u64 = entries.iter().map(|entry| entry.size).sum();
    let before = total;
    entries.sort_by_key(|entry| entry.used);
    for entry in entries {
        let is_unused = |age| entry.used.elapsed().is_ok_and(|since| since > age);
        if total <= limits.keep && !limits.unused.is_some_and(is_unused) {
            break;
        }
        discard(cache, &entry.place);
        total = total.saturating_sub(entry.size);
    }
    if total < before {
        for key in keys {
            // Fails for one that still has entries.
            let _ = std::fs::remove_dir(key);
        }
    }
    before - total
}

/// The directories in `dir`. What a link leads to is not the cache's to remove.
fn dirs_in(dir: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(dir).into_iter().flatten().flatten();
    entries.map(|entry| entry.path()).filter(|path| is_dir(path)).collect()
}

fn is_dir(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok_and(|about| about.is_dir())
}

fn entry(place: PathBuf) -> Entry {
    let files = fs::read_dir(&place).into_iter().flatten().flatten();
    let size = files.filter_map(|file| Some(file.metadata().ok()?.len())).sum();
    let used =
        fs::symlink_metadata(place.join(DESCRIPTION)).and_then(|metadata| metadata.modified());
    Entry { used: used.unwrap_or(SystemTime::UNIX_EPOCH), size, place }
}
