//! Keeps the cache small: sizes, removal of everything that can be made again, and a limit for the
//! caches that zig and Go have in it. What Go compiled, it limits itself.
//!
//! Removal takes the lock that builds share, so that nothing disappears under one.

use std::fs::TryLockError;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use fs_err as fs;

use super::cache::Cache;
use crate::error::{Failure, Kind, Result};
use crate::process::{remove, write_atomically};

/// What builds make again.
const REMADE: &[&str] = &["stages", "answers", "zig", "go", "uv", "env", "files", "logs"];

/// What marks a cache for other programs (<https://bford.info/cachedir/>), and for pygo itself if it is in
/// a project.
const TAG: (&str, &str) = ("CACHEDIR.TAG", "Signature: 8a477f597d28d172789f06886806bc55\n");

/// Caches of tools that are removed as a whole.
const WHOLE: &[&str] = &["zig", "go/path"];

/// How long an answer of a tool counts.
const ANSWERS_KEPT: Duration = Duration::from_secs(30 * 24 * 60 * 60);

impl Cache {
    /// Marks the cache as in use until the file is dropped.
    ///
    /// # Errors
    /// If the cache is not writable.
    pub fn in_use(&self) -> Result<fs::File> {
        let file = self.usage()?;
        let tag = self.root().join(TAG.0);
        if !tag.exists() {
            write_atomically(&tag, TAG.1.as_bytes()).map_err(|error| self.failure(&error))?;
        }
        // Waits for a removal that is running.
        file.file().lock_shared().map_err(|error| self.failure(&error))?;
        Ok(file)
    }

    fn usage(&self) -> Result<fs::File> {
        let path = self.dir("tools")?.join("in-use.lock");
        fs::OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .open(path)
            .map_err(|error| self.failure(&error))
    }

    /// The right to remove files, until the file is dropped.
    fn alone(&self) -> Result<fs::File> {
        let file = self.usage()?;
        match file.file().try_lock() {
            Ok(()) => Ok(file),
            Err(TryLockError::Error(error)) => Err(self.failure(&error)),
            Err(TryLockError::WouldBlock) => Err(Failure::new(
                Kind::Output,
                format!("removing files from {}", self.root().display()),
                "another pygo is building with them",
                "run the command again when no build is running",
            )),
        }
    }

    /// The directories in the cache with their sizes in bytes.
    pub fn sizes(&self) -> Vec<(&'static str, u64)> {
        super::cache::DIRECTORIES
            .iter()
            .map(|name| (*name, files(&self.root().join(name)).iter().map(|file| file.size).sum()))
            .collect()
    }

    /// Removes everything that builds make again; downloaded tools only if `all`. Returns how many
    /// bytes went.
    ///
    /// # Errors
    /// If a build is running, or something cannot be removed.
    pub fn clean(&self, all: bool) -> Result<u64> {
        let _alone = self.alone()?;
        let mut removed = 0;
        let tools = all.then_some("tools");
        for name in REMADE.iter().copied().chain(tools) {
            let dir = self.root().join(name);
            removed += files(&dir).iter().map(|file| file.size).sum::<u64>();
            if let Err(error) = make_writable(&dir).and_then(|()| remove(&dir))
                && error.kind() != std::io::ErrorKind::NotFound
            {
                return Err(self.failure(&error));
            }
        }
        Ok(removed)
    }

    /// Removes zig's cache if it has more than `keep` bytes, Go's modules if they have, and old answers
    /// of tools. Returns how many bytes went; none while a build is running.
    ///
    /// Neither notices that a file of its cache is missing, so each goes as a whole.
    ///
    /// # Errors
    /// If the cache is not writable.
    pub fn prune(&self, keep: u64) -> Result<u64> {
        let usage = self.usage()?;
        if usage.file().try_lock().is_err() {
            return Ok(0);
        }
        let mut removed = 0;
        for name in WHOLE {
            let dir = self.root().join(name);
            let size: u64 = files(&dir).iter().map(|file| file.size).sum();
            if size > keep {
                let away = self.temporary("prune")?;
                let gone = away.path().join("all");
                fs::rename(&dir, &gone)
                    .and_then(|()| make_writable(&gone))
                    .map_err(|error| self.failure(&error))?;
                removed += size;
            }
        }
        let answers = self.root().join("answers");
        let is_old = |file: &File| file.written.elapsed().is_ok_and(|age| age > ANSWERS_KEPT);
        for file in files(&answers).iter().filter(|file| is_old(file)) {
            if remove(&file.path).is_ok() {
                removed += file.size;
            }
        }
        Ok(removed)
    }
}

struct File {
    path: PathBuf,
    size: u64,
    written: SystemTime,
}

/// What is in `dir`; nothing if it is a link, which may lead to what is not the cache's.
fn entries(dir: &Path) -> impl Iterator<Item = walkdir::DirEntry> {
    let walk = walkdir::WalkDir::new(dir).follow_root_links(false);
    walk.into_iter().filter_map(std::result::Result::ok)
}

/// The files below `dir`, behind no symbolic link.
fn files(dir: &Path) -> Vec<File> {
    let entries = entries(dir);
    entries
        .filter(|entry| entry.file_type().is_file())
        .filter_map(|entry| {
            let metadata = entry.metadata().ok()?;
            let written = metadata.modified().unwrap_or(SystemTime::UNIX_EPOCH);
            Some(File { path: entry.into_path(), size: metadata.len(), written })
        })
        .collect()
}

/// Go writes downloaded modules without the permission to remove them.
fn make_writable(dir: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    let entries = entries(dir);
    for entry in entries.filter(|entry| entry.file_type().is_dir()) {
        let mut permissions = entry.metadata().map_err(std::io::Error::from)?.permissions();
        if permissions.mode() & 0o200 == 0 {
            permissions.set_mode(permissions.mode() | 0o700);
            fs::set_permissions(entry.path(), permissions)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::process::Environment;

    fn cache() -> (tempfile::TempDir, Cache) {
        let dir = tempfile::tempdir().unwrap();
        let environment: Environment = [("PYGO_CACHE_DIR", dir.path())].into_iter().collect();
        let cache = Cache::new(&environment).unwrap();
        for (path, size) in [("zig/o/a/a.o", 3000), ("stages/k/r/0", 200), ("tools/go/bin", 10)] {
            let path = cache.root().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, vec![b'x'; size]).unwrap();
        }
        (dir, cache)
    }

    fn size(cache: &Cache, name: &str) -> u64 {
        cache.sizes().into_iter().find(|(dir, _)| *dir == name).unwrap().1
    }

    #[test]
    fn a_cache_of_zig_above_the_limit_goes_as_a_whole() {
        let (_dir, cache) = cache();
        assert_eq!(cache.prune(3000).unwrap(), 0);
        assert_eq!(size(&cache, "zig"), 3000);
        assert_eq!(cache.prune(2999).unwrap(), 3000);
        assert_eq!((size(&cache, "zig"), size(&cache, "stages")), (0, 200));
    }

    #[test]
    fn modules_above_the_limit_go_as_a_whole() {
        use std::os::unix::fs::PermissionsExt;
        let (_dir, cache) = cache();
        let module = cache.root().join("go/path/pkg/mod/m");
        fs::create_dir_all(&module).unwrap();
        fs::write(module.join("m.go"), vec![b'x'; 4000]).unwrap();
        fs::set_permissions(&module, std::fs::Permissions::from_mode(0o555)).unwrap();
        assert_eq!(cache.prune(3500).unwrap(), 4000);
        assert_eq!((size(&cache, "zig"), size(&cache, "go")), (3000, 0));
    }

    #[test]
    fn links_in_the_cache_lead_to_nothing_that_is_removed_or_changed() {
        use std::os::unix::fs::PermissionsExt;
        let (dir, cache) = cache();
        let other = tempfile::tempdir().unwrap();
        let old = SystemTime::now() - 2 * ANSWERS_KEPT;
        fs::create_dir(other.path().join("sub")).unwrap();
        for name in ["x", "sub/y"] {
            fs::write(other.path().join(name), "other").unwrap();
            let file = fs::File::options().append(true).open(other.path().join(name)).unwrap();
            file.file().set_modified(old).unwrap();
        }
        fs::set_permissions(other.path().join("sub"), PermissionsExt::from_mode(0o555)).unwrap();
        for name in ["answers", "go", "logs"] {
            fs_err::os::unix::fs::symlink(other.path(), dir.path().join(name)).unwrap();
        }
        assert_eq!(size(&cache, "go"), 0);
        assert_eq!(cache.prune(u64::MAX).unwrap(), 0);
        cache.prune_logs();
        assert_eq!(cache.clean(true).unwrap(), 3210);
        assert!(!dir.path().join("go").is_symlink());
        let sub = fs::metadata(other.path().join("sub")).unwrap();
        assert_eq!(sub.permissions().mode() & 0o777, 0o555);
        for name in ["x", "sub/y"] {
            assert_eq!(fs::read_to_string(other.path().join(name)).unwrap(), "other");
        }
    }

    #[test]
    fn nothing_disappears_under_a_build() {
        let (_dir, cache) = cache();
        let build = cache.in_use().unwrap();
        assert!(cache.root().join(TAG.0).is_file());
        let other = cache.in_use().unwrap();
        drop(other);
        assert_eq!(cache.prune(0).unwrap(), 0);
        let failure = cache.clean(false).unwrap_err();
        assert_eq!(failure.found, "another pygo is building with them");
        drop(build);
        assert_eq!(cache.clean(false).unwrap(), 3200);
    }

    #[test]
    fn downloaded_tools_stay_unless_all_goes() {
        use std::os::unix::fs::PermissionsExt;
        let (_dir, cache) = cache();
        // As Go leaves downloaded modules.
        let module = cache.root().join("go/mod/m");
        fs::create_dir_all(&module).unwrap();
        fs::write(module.join("m.go"), "package m").unwrap();
        fs::set_permissions(&module, std::fs::Permissions::from_mode(0o555)).unwrap();
        cache.clean(false).unwrap();
        assert!(!module.exists());
        assert_eq!(size(&cache, "tools"), 10);
        assert_eq!(cache.clean(true).unwrap(), 10);
        assert_eq!(cache.sizes().iter().map(|(_, size)| size).sum::<u64>(), 0);
    }
}
