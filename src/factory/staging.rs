//! A copy of the project for its build backend to work in: backends write `build/` and
//! `*.egg-info` beside what they read, and the author's tree is never written to.

use std::path::{Path, PathBuf};

use fs_err as fs;

use super::plan::Plan;
use crate::error::{Failure, Result};
use crate::project::EntryKind;

/// Copies the sources of `plan` into `into`, which must not exist.
///
/// Where the project is the top of a git work tree, the copy gets a `.git` file that points to
/// the same repository, for backends that take the version from its tags.
///
/// # Errors
/// If a file cannot be copied.
pub(super) fn stage(plan: &Plan, into: &Path) -> Result<PathBuf> {
    let doing = "copying the project for its build backend";
    let copy = || -> std::io::Result<()> {
        fs::create_dir_all(into)?;
        for entry in &plan.sources {
            let (from, to) = (&entry.source, into.join(&entry.path));
            match &entry.kind {
                EntryKind::Dir => fs::create_dir_all(&to)?,
                EntryKind::File { .. } => {
                    fs::copy(from, &to)?;
                }
                EntryKind::Link { target } => fs_err::os::unix::fs::symlink(target, &to)?,
            }
        }
        let git = plan.project.root.join(".git");
        if git.exists() {
            let gitfile = match git.is_dir() {
                true => format!("gitdir: {}\n", git.display()),
                false => fs::read_to_string(&git)?,
            };
            fs::write(into.join(".git"), gitfile)?;
        }
        Ok(())
    };
    copy().map_err(|error| Failure::io(doing, &error))?;
    Ok(into.to_owned())
}
