//! The user's cache directory: its layout, and how entries appear in it atomically.

use std::fs::TryLockError;
use std::hash::{BuildHasher, RandomState};
use std::path::{Path, PathBuf};
use std::time::Duration;

use fs_err as fs;
use sha2::{Digest, Sha256};

use crate::error::{Failure, Kind, Result};
use crate::process::{Environment, Temporary, check_stopped, may_write_into, remove};

/// How long the logs of failed runs are kept.
const LOGS_KEPT: Duration = Duration::from_secs(14 * 24 * 60 * 60);

/// What it contains.
pub(super) const DIRECTORIES: &[&str] =
    &["tools", "files", "env", "go", "uv", "zig", "stages", "answers", "tmp", "logs", "timings"];

/// The directory that `PYGO_CACHE_DIR` names, or `pygo` in the user's cache directory. If that is
/// not writable, as for a container's user without a home, `pygo-UID` in the directory for temporary
/// files.
///
/// | directory   | content                                                     |
/// |-------------|-------------------------------------------------------------|
/// | `tools/`    | pinned tools, one directory for each version                |
/// | `files/`    | scripts, stubs and headers, one directory for each content  |
/// | `env/`      | virtual environments for build backends                     |
/// | `go/`       | Go's own caches, if it has none or may not write to them    |
/// | `uv/`       | uv's cache, if it may not write to its own                  |
/// | `zig/`      | zig's own cache, and objects of Go's own C code             |
/// | `stages/`   | outputs of stages, which later runs reuse                   |
/// | `answers/`  | what tools said about themselves, and how long stages took  |
/// | `tmp/`      | work in progress; empty when nothing runs                   |
/// | `logs/`     | the output of tools in failed runs                          |
/// | `timings/`  | pages of `--timings`, one for each name of a project        |
#[derive(Debug, Clone)]
pub struct Cache {
    root: PathBuf,
    /// The directory that should have been the cache, but is not writable.
    read_only: Option<PathBuf>,
    /// Whether answers of tools from earlier runs do not count.
    fresh: bool,
}

impl Cache {
    /// The same cache, but tools are asked again (`--no-cache`).
    pub(super) fn without_answers(self) -> Self {
        Self { fresh: true, ..self }
    }

    pub(super) fn is_fresh(&self) -> bool {
        self.fresh
    }

    /// The cache of `environment`. Creates nothing, unless it has to be in the directory for
    /// temporary files.
    pub fn new(environment: &Environment) -> Result<Self> {
        let root = match environment.get("PYGO_CACHE_DIR") {
            Some(dir) => Some(
                std::path::absolute(dir)
                    .map_err(|error| Failure::io("reading PYGO_CACHE_DIR", &error))?,
            ),
            None => environment.cache_dir().ok().map(|dir| dir.join("pygo")),
        };
        let part = |root: &PathBuf| DIRECTORIES.iter().map(|name| root.join(name)).collect();
        let is_usable = |root: &PathBuf| {
            let parts: Vec<PathBuf> = part(root);
            may_write_into(root) && parts.iter().all(|part| may_write_into(part))
        };
        match root {
            Some(root) if is_usable(&root) => Ok(Self { root, read_only: None, fresh: false }),
            read_only => Ok(Self { root: temporary_root(environment)?, read_only, fresh: false }),
        }
    }

    /// The note for users about the place of the cache.
    pub fn note(&self) -> Option<String> {
        let read_only = self.read_only.as_ref()?.display();
        let root = self.root.display();
        Some(format!(
            "pygo's cache is {root}, because {read_only} is not writable; set PYGO_CACHE_DIR to a \
             directory that is kept between runs"
        ))
    }

    /// The directory itself.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The directory of the tool `name`, whether it exists or not.
    pub(super) fn tool(&self, name: &str) -> PathBuf {
        let place = |root: &Path| root.join("tools").join(name);
        let given = self.read_only.as_deref().map(place).filter(|place| place.is_dir());
        given.unwrap_or_else(|| place(&self.root))
    }

    /// The directory `name` in it, created if necessary.
    pub fn dir(&self, name: &str) -> Result<PathBuf> {
        let dir = self.root.join(name);
        fs::create_dir_all(&dir).map_err(|error| self.failure(&error))?;
        Ok(dir)
    }

    /// A new directory in `tmp/`, removed when it is dropped or when this run is killed.
    pub fn temporary(&self, prefix: &str) -> Result<Temporary> {
        let random = RandomState::new().hash_one(std::process::id());
        let place = self.dir("tmp")?.join(format!("{prefix}-{random:016x}"));
        // The guard learns of it first, so that a run killed here leaves nothing.
        let temporary = Temporary::new(place);
        fs::create_dir(temporary.path()).map_err(|error| self.failure(&error))?;
        Ok(temporary)
    }

    /// The path of the Python script `name`: run by its path, a script is named in logs and not
    /// printed in full.
    pub fn script(&self, name: &str, text: &str) -> Result<PathBuf> {
        Ok(self.files("scripts", &[(name, text)], false)?.join(name))
    }

    /// A directory in `files/` that contains exactly `files` (relative path and content), named by
    /// their digest: the same files always have the same path.
    pub fn files(&self, name: &str, files: &[(&str, &str)], executable: bool) -> Result<PathBuf> {
        let mut digest = Sha256::new();
        for (path, content) in files {
            digest.update(format!("{path}\0{}\0{executable}\0{content}", content.len()));
        }
        let place = self.dir("files")?.join(format!("{name}-{}", short(&digest.finalize())));
        self.publish(&place, |dir| {
            write_all(dir, files, executable).map_err(|error| self.failure(&error))
        })?;
        Ok(place)
    }

    /// Makes the directory `place` appear atomically: `fill` writes to a temporary directory, which
    /// is then renamed. Does nothing if `place` exists; of two runs at the same time one wins, and
    /// both see the complete directory.
    ///
    /// # Errors
    /// Those of `fill`, and of writing to the cache.
    pub fn publish(&self, place: &Path, fill: impl FnOnce(&Path) -> Result<()>) -> Result<()> {
        if place.is_dir() {
            return Ok(());
        }
        let dir = self.temporary("publish")?;
        fill(dir.path())?;
        sync_dir(dir.path()).map_err(|error| self.failure(&error))?;
        match fs::rename(dir.path(), place) {
            Err(error) if !place.is_dir() => return Err(self.failure(&error)),
            _ => {}
        }
        let above = place.parent().unwrap_or(&self.root);
        sync_dir(above).map_err(|error| self.failure(&error))
    }

    /// A lock that one process holds at a time, released when the file is dropped, so that two
    /// runs do not download the same thing. Calls `wait` if another process holds it.
    ///
    /// # Errors
    /// [`Kind::Interrupted`](crate::error::Kind) if this run is stopped while it waits.
    pub(super) fn lock(&self, name: &str, doing: &str, wait: impl FnOnce()) -> Result<fs::File> {
        let path = self.dir("tools")?.join(format!("{name}.lock"));
        let file = fs::File::create(path).map_err(|error| self.failure(&error))?;
        let mut wait = Some(wait);
        loop {
            match file.file().try_lock() {
                Ok(()) => return Ok(file),
                Err(TryLockError::Error(error)) => return Err(self.failure(&error)),
                Err(TryLockError::WouldBlock) => {}
            }
            check_stopped(doing)?;
            if let Some(wait) = wait.take() {
                wait();
            }
            std::thread::sleep(Duration::from_millis(100));
        }
    }

    /// Removes old logs, if possible.
    pub(super) fn prune_logs(&self) {
        let logs = self.root.join("logs");
        // What a link leads to is not the cache's to remove.
        if !fs::symlink_metadata(&logs).is_ok_and(|about| about.is_dir()) {
            return;
        }
        let Ok(entries) = fs::read_dir(logs) else { return };
        for entry in entries.flatten() {
            let Ok(about) = entry.metadata() else { continue };
            let age = about.modified().ok().and_then(|time| time.elapsed().ok());
            if age.is_some_and(|age| age > LOGS_KEPT) {
                let _ = remove(&entry.path());
            }
        }
    }

    pub(super) fn failure(&self, error: &std::io::Error) -> Failure {
        let mut failure = Failure::io("writing to pygo's cache", error);
        failure.help.push_str("; PYGO_CACHE_DIR sets the cache directory");
        failure
    }
}

/// A cache in the directory for temporary files, where others may write as well: so it must be
/// this user's alone.
fn temporary_root(environment: &Environment) -> Result<PathBuf> {
    use std::os::unix::fs::{DirBuilderExt, MetadataExt};
    let user = nix::unistd::geteuid().as_raw();
    let above = PathBuf::from(environment.get("TMPDIR").unwrap_or("/tmp".as_ref()));
    let root = above.join(format!("pygo-{user}"));
    let failed = |found: String| {
        let help = "set PYGO_CACHE_DIR to a directory that is writable";
        Failure::new(Kind::Output, "looking for a cache directory", found, help)
    };
    match std::fs::DirBuilder::new().mode(0o700).create(&root) {
        Err(error) if error.kind() != std::io::ErrorKind::AlreadyExists => {
            return Err(failed(format!("cannot create {}: {error}", root.display())));
        }
        _ => {}
    }
    let found = fs::symlink_metadata(&root).map_err(|error| failed(error.to_string()))?;
    if found.is_dir() && found.uid() == user && found.mode() & 0o022 == 0 {
        return Ok(root);
    }
    Err(failed(format!("{} exists, but is not a directory of this user alone", root.display())))
}

/// Makes the names in `dir` survive a power cut.
fn sync_dir(dir: &Path) -> std::io::Result<()> {
    fs::File::open(dir)?.sync_all()
}

fn write_all(dir: &Path, files: &[(&str, &str)], executable: bool) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    for (path, content) in files {
        let path = dir.join(path);
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent)?;
        }
        fs::write(&path, content)?;
        if executable {
            fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755))?;
        }
    }
    Ok(())
}

/// The first 16 hexadecimal digits of a digest: enough for a name.
pub(super) fn short(digest: &[u8]) -> String {
    digest.iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cache() -> (tempfile::TempDir, Cache) {
        let dir = tempfile::tempdir().unwrap();
        let cache = Cache { root: dir.path().to_owned(), read_only: None, fresh: false };
        (dir, cache)
    }

    #[test]
    fn only_old_logs_are_pruned() {
        let (_dir, cache) = cache();
        let logs = cache.dir("logs").unwrap();
        let old = std::time::SystemTime::now() - LOGS_KEPT - Duration::from_secs(60);
        for name in ["old-run", "new-run"] {
            fs::create_dir(logs.join(name)).unwrap();
            fs::write(logs.join(name).join("all.log"), "output").unwrap();
        }
        fs::write(logs.join("old.log"), "output").unwrap();
        for name in ["old-run", "old.log"] {
            fs::File::open(logs.join(name)).unwrap().file().set_modified(old).unwrap();
        }
        cache.prune_logs();
        let left: Vec<_> =
            fs::read_dir(&logs).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        assert_eq!(left, ["new-run"]);
    }

    #[test]
    fn a_cache_that_is_not_writable_is_replaced_and_its_tools_are_used() {
        use std::os::unix::fs::PermissionsExt;
        let dir = tempfile::tempdir().unwrap();
        let (named, tmp) = (dir.path().join("named"), dir.path().join("tmp"));
        fs::create_dir_all(named.join("tools/go-1")).unwrap();
        fs::create_dir(&tmp).unwrap();
        // A file in the place of a directory is not writable even for root.
        fs::write(named.join("tmp"), "").unwrap();
        let environment: Environment =
            [("PYGO_CACHE_DIR", named.as_os_str()), ("TMPDIR", tmp.as_os_str())]
                .into_iter()
                .collect();
        let cache = Cache::new(&environment).unwrap();
        let own = tmp.join(format!("pygo-{}", nix::unistd::geteuid()));
        assert_eq!(cache.root(), own);
        assert_eq!(fs::metadata(&own).unwrap().permissions().mode() & 0o777, 0o700);
        assert!(cache.note().unwrap().contains("/named is not writable; set PYGO_CACHE_DIR"));
        assert_eq!(cache.tool("go-1"), named.join("tools/go-1"));
        assert_eq!(cache.tool("go-2"), own.join("tools/go-2"));

        fs::set_permissions(&own, std::fs::Permissions::from_mode(0o777)).unwrap();
        let failure = Cache::new(&environment).unwrap_err();
        assert!(failure.found.ends_with("is not a directory of this user alone"), "{failure}");

        fs::remove_file(named.join("tmp")).unwrap();
        let cache = Cache::new(&environment).unwrap();
        assert_eq!((cache.root(), cache.note()), (named.as_path(), None));
    }

    #[test]
    fn waiting_for_a_lock_is_announced_once() {
        let (_dir, cache) = cache();
        let held = cache.lock("go", "testing", || panic!("no other process holds it")).unwrap();
        let mut waits = 0;
        std::thread::scope(|scope| {
            scope.spawn(|| {
                std::thread::sleep(Duration::from_millis(250));
                drop(held);
            });
            cache.lock("go", "testing", || waits += 1).unwrap();
        });
        assert_eq!(waits, 1);
    }
}
