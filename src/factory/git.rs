//! The git repository of a project, as the copy that its build backend works in sees it.
//!
//! Backends that take the version from tags ask git, and git writes to the index that it reads.
//! So the copy gets its own git directory: HEAD and index are copied, and everything else stays in
//! the author's repository (`commondir`, as in a linked work tree). Files of the author's tree that
//! the copy lacks are marked `skip-worktree`, or git would call the copy dirty.

use std::path::{Path, PathBuf};

use fs_err as fs;

use super::fingerprint::Hasher;
use crate::error::{Failure, Kind, Result};
use crate::process::{Call, Environment};

/// The repository around a project.
#[derive(Debug)]
pub(super) struct Repository {
    /// The top of its work tree.
    top: PathBuf,
    /// Where HEAD and the index are.
    git_dir: PathBuf,
    /// Where objects and refs are.
    common_dir: PathBuf,
}

impl Repository {
    /// The repository whose work tree `root`, an absolute path, is in.
    ///
    /// # Errors
    /// If a file that points to the repository cannot be read.
    pub(super) fn around(root: &Path) -> std::io::Result<Option<Self>> {
        let Some(top) = root.ancestors().find(|dir| dir.join(".git").exists()) else {
            return Ok(None);
        };
        // A directory; or a file that names one, in linked work trees and submodules.
        let dot_git = top.join(".git");
        let git_dir = if dot_git.is_dir() {
            dot_git
        } else {
            let text = fs::read_to_string(&dot_git)?;
            let Some(named) = text.trim().strip_prefix("gitdir:") else { return Ok(None) };
            top.join(named.trim())
        };
        let common_dir = match fs::read_to_string(git_dir.join("commondir")) {
            Ok(named) => git_dir.join(named.trim()),
            Err(_) => git_dir.clone(),
        };
        let found = git_dir.join("HEAD").exists() && common_dir.join("objects").exists();
        Ok(found.then(|| Self { top: top.to_owned(), git_dir, common_dir }))
    }

    /// The top of its work tree.
    pub(super) fn top(&self) -> &Path {
        &self.top
    }

    /// `root` relative to the top of the work tree.
    pub(super) fn path_to<'r>(&self, root: &'r Path) -> &'r Path {
        root.strip_prefix(&self.top).unwrap_or(Path::new(""))
    }

    /// Gives the copy whose top is `copy` its git directory.
    ///
    /// # Errors
    /// If that cannot be written, or git refuses to read it.
    pub(super) fn stage(&self, environment: &Environment, copy: &Path, log: &Path) -> Result<()> {
        let doing = "giving the copy of the project its version history";
        self.write(&copy.join(".git")).map_err(|error| Failure::io(doing, &error))?;
        // Without git on PATH no backend can ask it either.
        let Some(git) = environment.which("git") else { return Ok(()) };
        let call = |args: &[&str]| {
            Call::new(environment, "git", &git, doing)
                .args(args)
                .without_envs(["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_COMMON_DIR"])
                .dir(copy)
                .log(log)
        };
        let help = "repair the repository, or build from a copy of the project without it";
        let listed = call(&["ls-files", "-z"]).run(Kind::Backend, help)?;
        let there = |dir: &Path, path: &str| dir.join(path).symlink_metadata().is_ok();
        let left_out: Vec<&str> = listed
            .stdout
            .split_terminator('\0')
            .filter(|path| !there(copy, path) && there(&self.top, path))
            .collect();
        if left_out.is_empty() {
            return Ok(());
        }
        call(&["update-index", "-z", "--skip-worktree", "--stdin"])
            .input(left_out.join("\0") + "\0")
            .run(Kind::Backend, "repair the repository")
            .map(drop)
    }

    /// Feeds what a backend can learn from the repository: HEAD, the index and the refs.
    pub(super) fn feed(&self, into: &mut Hasher) -> Result<()> {
        for name in ["HEAD", "index"] {
            into.file(name, &self.git_dir.join(name))?;
        }
        into.file("packed-refs", &self.common_dir.join("packed-refs"))?;
        let refs = walkdir::WalkDir::new(self.common_dir.join("refs")).sort_by_file_name();
        for entry in
            refs.into_iter().filter_map(std::result::Result::ok).filter(|e| e.file_type().is_file())
        {
            into.file(&entry.path().to_string_lossy(), entry.path())?;
        }
        Ok(())
    }

    fn write(&self, into: &Path) -> std::io::Result<()> {
        fs::create_dir_all(into)?;
        let absolute = fs::canonicalize(&self.common_dir)?;
        let mut named = absolute.into_os_string();
        named.push("\n");
        fs::write(into.join("commondir"), named.as_encoded_bytes())?;
        for entry in fs::read_dir(&self.git_dir)? {
            let entry = entry?;
            let name = entry.file_name();
            // A split index keeps most of itself in files next to it.
            let shared = name.to_string_lossy().starts_with("sharedindex.");
            if shared || name == "HEAD" || name == "index" {
                fs::copy(entry.path(), into.join(name))?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_repository_is_found_through_every_kind_of_dot_git() {
        let dir = tempfile::tempdir().unwrap();
        let at = |path: &str| dir.path().join(path);
        fs::create_dir_all(at("real/.git/objects")).unwrap();
        fs::write(at("real/.git/HEAD"), "ref: refs/heads/main\n").unwrap();
        fs::create_dir_all(at("real/.git/worktrees/w")).unwrap();
        fs::write(at("real/.git/worktrees/w/HEAD"), "ref: refs/heads/w\n").unwrap();
        fs::write(at("real/.git/worktrees/w/commondir"), "../..\n").unwrap();
        fs::create_dir_all(at("linked/deep")).unwrap();
        fs::write(at("linked/.git"), "gitdir: ../real/.git/worktrees/w\n").unwrap();
        fs::create_dir_all(at("broken")).unwrap();
        fs::write(at("broken/.git"), "gitdir: ../nowhere\n").unwrap();

        let real = Repository::around(&at("real")).unwrap().unwrap();
        assert_eq!((real.git_dir, real.common_dir), (at("real/.git"), at("real/.git")));
        let linked = Repository::around(&at("linked/deep")).unwrap().unwrap();
        assert_eq!(linked.path_to(&at("linked/deep")), Path::new("deep"));
        assert_eq!(
            fs::canonicalize(&linked.common_dir).unwrap(),
            fs::canonicalize(at("real/.git")).unwrap()
        );
        assert!(Repository::around(&at("broken")).unwrap().is_none());
    }
}
