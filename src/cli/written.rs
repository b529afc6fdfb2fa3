//! Writes the files of a new project: nothing is replaced, and a failure removes what was written.

use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use fs_err as fs;

use crate::error::{Failure, Result};
use crate::process::check_stopped;
use crate::template::File;

/// Fails if files are in the way.
pub(super) fn refuse(mut in_the_way: Vec<String>, doing: &str) -> Result<()> {
    if in_the_way.is_empty() {
        return Ok(());
    }
    in_the_way.sort();
    in_the_way.dedup();
    let help = "move these files, or choose another directory; nothing was written";
    let found = format!("in the way:\n{}", in_the_way.join("\n"));
    Err(Failure::project(doing, found, help))
}

/// An existing file at `path`, or in place of a directory above it.
pub(super) fn in_the_way_of(dir: &Path, path: &str, doing: &str) -> Result<Option<String>> {
    for (end, _) in path.match_indices('/') {
        let above = &path[..end];
        match exists(&dir.join(above), doing)? {
            None => return Ok(None),
            Some(there) if there.is_symlink() => {
                return Ok(Some(format!("{above}, a symbolic link")));
            }
            Some(there) if !there.is_dir() => {
                return Ok(Some(format!("{above}, which is not a directory")));
            }
            Some(_) => {}
        }
    }
    Ok(exists(&dir.join(path), doing)?.map(|_| path.to_owned()))
}

/// The metadata of `path` itself, even if it is a dangling link.
pub(super) fn exists(path: &Path, doing: &str) -> Result<Option<std::fs::Metadata>> {
    match fs::symlink_metadata(path) {
        Ok(there) => Ok(Some(there)),
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
            Ok(None)
        }
        Err(error) => Err(Failure::io(doing, &error)),
    }
}

/// Fails if a signal stopped the run.
fn not_stopped(doing: &str) -> Result<()> {
    let help = "run it again; the files it wrote are removed".to_owned();
    check_stopped(doing).map_err(|failure| Failure { help, ..failure })
}

/// The files and directories created so far, in order.
#[derive(Debug, Default)]
pub(super) struct Written(pub(super) Vec<PathBuf>);

impl Written {
    /// The files, without the directories.
    pub(super) fn files(&self) -> impl Iterator<Item = &Path> {
        self.0.iter().map(PathBuf::as_path).filter(|path| !path.is_dir())
    }

    /// `failure`, after these files were removed.
    pub(super) fn undone(self, mut failure: Failure) -> Failure {
        for left in self.remove() {
            failure.found = format!("{}\nnot removed: {left}", failure.found);
        }
        failure
    }

    pub(super) fn write(&mut self, dir: &Path, files: &[File], doing: &str) -> Result<()> {
        let failed = |error| Failure::io(doing, &error);
        self.make_dir(dir).map_err(failed)?;
        for file in files {
            not_stopped(doing)?;
            let in_place = dir == Path::new(".");
            let path = if in_place { PathBuf::from(&file.path) } else { dir.join(&file.path) };
            self.make_dir(path.parent().unwrap_or(dir)).map_err(failed)?;
            self.make_file(path, &file.text).map_err(failed)?;
        }
        not_stopped(doing)
    }

    /// Creates `dir` and its missing parents.
    fn make_dir(&mut self, dir: &Path) -> std::io::Result<()> {
        let missing = |dir: &&Path| !dir.as_os_str().is_empty() && !dir.is_dir();
        let missing: Vec<_> = dir.ancestors().take_while(missing).collect();
        for dir in missing.into_iter().rev() {
            fs::create_dir(dir)?;
            self.0.push(dir.to_owned());
        }
        Ok(())
    }

    /// Creates a file where nothing exists, not even a link.
    fn make_file(&mut self, path: PathBuf, text: &str) -> std::io::Result<()> {
        let mut file = fs::OpenOptions::new().write(true).create_new(true).open(&path)?;
        self.0.push(path);
        file.write_all(text.as_bytes())?;
        file.sync_all()
    }

    /// Removes the created files, and directories that are still empty; returns the paths that
    /// could not be removed.
    pub(super) fn remove(self) -> Vec<String> {
        let mut left = Vec::new();
        for path in self.0.iter().rev() {
            let removed = if path.is_dir() { fs::remove_dir(path) } else { fs::remove_file(path) };
            if removed.is_err_and(|error| error.kind() != ErrorKind::NotFound) {
                left.push(path.display().to_string());
            }
        }
        left
    }
}
