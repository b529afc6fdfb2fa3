//! Copies the project for its build backend to work in: backends write `build/` and `*.egg-info`
//! next to what they read, and pygo never writes to the author's tree.

use std::path::{Path, PathBuf};

use fs_err as fs;

use super::git::Repository;
use crate::error::{Failure, Result};
use crate::process::Environment;
use crate::project::{Entry, EntryKind};

/// Copies `sources`, files of the project at `root`, into `into`, which must not exist, and returns
/// the directory that stands for the project. If the project is in a git work tree, the copy is at
/// the same depth in a work tree of its own.
///
/// # Errors
/// If a file cannot be copied.
pub(super) fn stage(
    environment: &Environment,
    root: &Path,
    sources: &[Entry],
    into: &Path,
    log: &Path,
) -> Result<PathBuf> {
    let failed = |error| Failure::io("copying the project for its build backend", &error);
    let repository = Repository::around(root).map_err(failed)?;
    let staged = match &repository {
        Some(repository) => into.join(repository.path_to(root)),
        None => into.to_owned(),
    };
    copy(sources, &staged).map_err(failed)?;
    if let Some(repository) = repository {
        repository.stage(environment, into, log)?;
    }
    Ok(staged)
}

fn copy(sources: &[Entry], into: &Path) -> std::io::Result<()> {
    fs::create_dir_all(into)?;
    let mut links = Vec::new();
    for entry in sources {
        let to = into.join(&entry.path);
        match &entry.kind {
            EntryKind::Dir => fs::create_dir_all(&to)?,
            EntryKind::File { .. } => {
                fs::copy(&entry.source, &to)?;
            }
            EntryKind::Link { target } => {
                fs_err::os::unix::fs::symlink(target, &to)?;
                links.push(to);
            }
        }
    }
    // A dangling link has nothing for a wheel, and most backends fail on it. A pygo-tools 0.1.8
    // project has one until its first build: `example/lib`, to `go/local`.
    for link in links.iter().filter(|link| !link.exists()) {
        fs::remove_file(link)?;
    }
    Ok(())
}
