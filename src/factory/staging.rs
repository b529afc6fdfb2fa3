//! A copy of the project for its build backend to work in: backends write `build/` and
//! `*.egg-info` beside what they read, and the author's tree is never written to.

use std::path::{Path, PathBuf};

use fs_err as fs;

use super::git::Repository;
use super::plan::Plan;
use crate::error::{Failure, Result};
use crate::project::EntryKind;

/// Copies the sources of `plan` into `into`, which must not exist, and gives the directory that
/// stands for the project. Where the project is in a git work tree, the copy stands as deep in
/// a work tree of its own.
///
/// # Errors
/// If a file cannot be copied.
pub(super) fn stage(plan: &Plan, into: &Path, log: &Path) -> Result<PathBuf> {
    let failed = |error| Failure::io("copying the project for its build backend", &error);
    let root = &plan.project.root;
    let repository = Repository::around(root).map_err(failed)?;
    let staged = match &repository {
        Some(repository) => into.join(repository.way_to(root)),
        None => into.to_owned(),
    };
    copy(plan, &staged).map_err(failed)?;
    if let Some(repository) = repository {
        repository.stage(into, log)?;
    }
    Ok(staged)
}

fn copy(plan: &Plan, into: &Path) -> std::io::Result<()> {
    fs::create_dir_all(into)?;
    let mut links = Vec::new();
    for entry in &plan.sources {
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
    // One that leads nowhere has nothing to give a wheel, and most backends stumble over it. A
    // project of pygo-tools 0.1.8 has one until it is first built: `example/lib`, to `go/local`.
    for link in links.iter().filter(|link| !link.exists()) {
        fs::remove_file(link)?;
    }
    Ok(())
}
