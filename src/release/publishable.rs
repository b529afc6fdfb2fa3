//! Whether files can be published together: what no file says alone.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::parts::copy;
use super::place::SUMS;
use crate::audit::{FileKind, Inspection};
use crate::sdist::file_name;
use crate::wheel::WheelName;

/// A list of digests is never larger.
const MAX_SUMS: u64 = 1 << 20;

/// The problems that keep `files`, each checked by itself, from being published together.
pub fn unpublishable(files: &[(PathBuf, Inspection)]) -> Vec<String> {
    let mut problems = Vec::new();
    let mut versions: BTreeSet<String> = BTreeSet::new();
    let mut names: BTreeMap<&str, &Path> = BTreeMap::new();
    let mut sdists = Vec::new();
    for (path, found) in files {
        if let Some(other) = names.insert(&found.file_name, path) {
            problems.push(format!("{} and {} have the same name", other.display(), path.display()));
        }
        let name = match found.kind {
            FileKind::Wheel => found
                .name
                .as_ref()
                .map(|WheelName { dist, version, .. }| (dist.clone(), version.clone())),
            FileKind::Sdist => {
                sdists.push(path);
                file_name(&found.file_name)
            }
        };
        if let Some((dist, version)) = name {
            versions.insert(format!("{} {version}", dist.normalized()));
        }
        if found.is_editable {
            problems.push(format!(
                "{} is an editable wheel, which works on this machine only",
                path.display()
            ));
        }
    }
    if versions.len() > 1 {
        let all: Vec<_> = versions.into_iter().collect();
        problems.push(format!("there is more than one version: {}", all.join(", ")));
    }
    if let [one, two, ..] = &sdists[..] {
        problems.push(format!("there are two sdists: {} and {}", one.display(), two.display()));
    }
    problems.extend(changed(files));
    problems
}

/// The differences from the SHA256SUMS next to the files, as `pygo merge` writes it.
fn changed(files: &[(PathBuf, Inspection)]) -> Vec<String> {
    let mut problems = Vec::new();
    let dirs: BTreeSet<&Path> = files.iter().filter_map(|(path, _)| path.parent()).collect();
    for dir in dirs {
        let list = dir.join(SUMS);
        let is_list = fs_err::symlink_metadata(&list)
            .is_ok_and(|file| file.is_file() && file.len() < MAX_SUMS);
        let Some(text) = is_list.then(|| fs_err::read_to_string(&list).ok()).flatten() else {
            continue;
        };
        let digests = text.lines().filter_map(|line| line.split_once("  "));
        for (digest, name) in digests {
            // Only what is published is opened, whatever the list names.
            let own = files
                .iter()
                .find(|(path, found)| found.file_name == name && path.parent() == Some(dir));
            match own {
                None => problems
                    .push(format!("{} lists {name}, which is not published", list.display())),
                Some((path, _)) => {
                    let now = copy(path, &mut std::io::sink()).map(|(_, digest)| digest);
                    if now.ok().as_deref() != Some(digest) {
                        problems.push(format!("{} changed after it was merged", path.display()));
                    }
                }
            }
        }
    }
    problems
}
