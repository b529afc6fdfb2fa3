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
    let children = |dir: &Path| -> Vec<PathBuf> {
        fs::read_dir(dir).into_iter().flatten().flatten().map(|entry| entry.path()).collect()
    };
    let keys = children(&stages);
    let mut entries: Vec<Entry> = keys.iter().flat_map(|key| children(key)).map(entry).collect();
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

fn entry(place: PathBuf) -> Entry {
    let files = fs::read_dir(&place).into_iter().flatten().flatten();
    let size = files.filter_map(|file| Some(file.metadata().ok()?.len())).sum();
    let used = fs::metadata(place.join(DESCRIPTION)).and_then(|metadata| metadata.modified());
    Entry { used: used.unwrap_or(SystemTime::UNIX_EPOCH), size, place }
}
