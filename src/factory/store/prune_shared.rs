//! Keeps a store that machines share below a size and an age: entries used least recently go first.
//!
//! In: a store, and limits. Out: how many bytes were removed. Builds that use the store meanwhile
//! never see half an entry: descriptions go before their files, and a description whose file is
//! gone counts as nothing. Nothing is removed that does not have a name of the store.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::Path;
use std::time::{Duration, SystemTime};

use rayon::prelude::*;

use super::directory::{MAX_DESCRIPTION, Object, Place};
use super::entry::{Entry, is_digest};
use super::limits::Limits;

/// A file that no entry names may belong to one that is being written. This long after it was
/// written, it does not.
const UPLOAD: Duration = Duration::from_secs(60 * 60);

/// Whether `name` is that of an entry's description.
pub(super) fn is_description(name: &str) -> bool {
    let parts: Vec<_> = name.split('/').collect();
    matches!(parts[..], ["entries", key, state] if is_digest(key) && is_digest(state))
}

/// Whether `name` is that of an entry's file.
fn is_file(name: &str) -> bool {
    let parts: Vec<_> = name.split('/').collect();
    matches!(parts[..], ["files", start, digest] if is_digest(digest) && digest.starts_with(start))
}

/// Whether `name` is that of a file that a process was writing, in a directory.
fn is_unfinished(name: &str) -> bool {
    let name = Path::new(name);
    name.file_name().is_some_and(|name| name.as_encoded_bytes().starts_with(b".pygo-"))
        && name.extension().is_some_and(|extension| extension == "part")
}

/// An entry, with the digests of its files.
struct Kept {
    description: Object,
    files: BTreeSet<String>,
}

/// Removes entries of `place` until it is within `limits`, and files that no entry needs.
pub(super) fn prune(place: &dyn Place, limits: Limits) -> io::Result<u64> {
    let now = SystemTime::now();
    let is_older = |object: &Object, age: Duration| {
        now.duration_since(object.written).is_ok_and(|since| since > age)
    };
    let found = place.list_all("entries")?;
    let files: Vec<_> = place.list_all("files")?;
    let unfinished = found.iter().chain(&files).filter(|object| is_unfinished(&object.name));
    let mut going: Vec<Object> = unfinished.filter(|o| is_older(o, UPLOAD)).cloned().collect();

    let mut kept = Vec::new();
    for (description, files) in read(place, found)? {
        let is_too_old = limits.unused.is_some_and(|age| is_older(&description, age));
        match files {
            Some(files) if !is_too_old => kept.push(Kept { description, files }),
            _ => going.push(description),
        }
    }
    kept.sort_by_key(|entry| entry.description.written);

    let files: BTreeMap<&str, &Object> =
        files.iter().filter(|o| is_file(&o.name)).filter_map(|o| Some((digest(o)?, o))).collect();
    let mut users: BTreeMap<&str, usize> = BTreeMap::new();
    for digest in kept.iter().flat_map(|entry| &entry.files) {
        *users.entry(digest).or_default() += 1;
    }
    let unused = files.iter().filter(|(digest, _)| !users.contains_key(*digest));
    let mut unneeded: Vec<&Object> = unused.map(|(_, file)| *file).collect();
    unneeded.retain(|file| is_older(file, UPLOAD));

    let used = users.keys().filter_map(|digest| files.get(digest)).map(|file| file.size);
    let mut total = used.sum::<u64>() + kept.iter().map(|e| e.description.size).sum::<u64>();
    for entry in &kept {
        if total <= limits.keep {
            break;
        }
        total = total.saturating_sub(entry.description.size);
        going.push(entry.description.clone());
        for digest in &entry.files {
            let Some(count) = users.get_mut(digest.as_str()) else { continue };
            *count -= 1;
            if let (0, Some(file)) = (*count, files.get(digest.as_str())) {
                total = total.saturating_sub(file.size);
                unneeded.push(file);
            }
        }
    }
    remove(place, &going)?;
    // One that was written again meanwhile belongs to a new entry.
    let still: BTreeMap<_, _> =
        place.list_all("files")?.into_iter().map(|file| (file.name, file.written)).collect();
    unneeded.retain(|file| still.get(&file.name) == Some(&file.written));
    let unneeded: Vec<_> = unneeded.into_iter().cloned().collect();
    remove(place, &unneeded)?;
    Ok(going.iter().chain(&unneeded).map(|object| object.size).sum())
}

/// The descriptions among `objects`, with the digests of their files unless they are damaged.
/// One that disappears meanwhile is left out.
fn read(
    place: &dyn Place,
    objects: Vec<Object>,
) -> io::Result<Vec<(Object, Option<BTreeSet<String>>)>> {
    let descriptions = objects.into_par_iter().filter(|object| is_description(&object.name));
    let read = descriptions.map(|object| {
        // No description is that large, so it is damaged, and nobody has to read it.
        if object.size > MAX_DESCRIPTION {
            return Ok(Some((object, None)));
        }
        let Some(text) = place.get(&object.name, MAX_DESCRIPTION)? else { return Ok(None) };
        let files = Entry::parse(&text)
            .map(|entry| entry.files.into_iter().map(|(_, digest)| digest).collect());
        Ok(Some((object, files)))
    });
    read.filter_map(Result::transpose).collect()
}

fn remove(place: &dyn Place, objects: &[Object]) -> io::Result<()> {
    objects.par_iter().try_for_each(|object| place.remove(&object.name))
}

fn digest(file: &Object) -> Option<&str> {
    file.name.rsplit('/').next()
}
