//! A copy of the project for its build backend to work in: backends write `build/` and
//! `*.egg-info` beside what they read, and the author's tree is never written to.

use std::path::{Path, PathBuf};

use fs_err as fs;

use crate::error::{Failure, Result};
use crate::project::{EntryKind, Project, sources};

/// Copies the project's sources into `into`, which must not exist.
///
/// Where the project is the top of a git work tree, the copy gets a `.git` file that points to
/// the same repository, for backends that take the version from its tags.
///
/// # Errors
/// What [`sources`] finds wrong with the tree, or a file that cannot be copied.
pub(super) fn stage(project: &Project, out_dir: &Path, into: &Path) -> Result<PathBuf> {
    let doing = "copying the project for its build backend";
    let out_dir = std::path::absolute(out_dir).map_err(|error| Failure::io(doing, &error))?;
    let entries = sources(&project.root, Some(&out_dir))?;
    let copy = || -> std::io::Result<()> {
        fs::create_dir_all(into)?;
        for entry in &entries {
            let (from, to) = (&entry.source, into.join(&entry.path));
            match &entry.kind {
                EntryKind::Dir => fs::create_dir_all(&to)?,
                EntryKind::File { .. } => {
                    fs::copy(from, &to)?;
                }
                EntryKind::Link { target } => fs_err::os::unix::fs::symlink(target, &to)?,
            }
        }
        let git = project.root.join(".git");
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
