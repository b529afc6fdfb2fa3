//! The user's cache directory: where in it things lie, and how they get there whole.

use std::path::{Path, PathBuf};

use etcetera::BaseStrategy;
use fs_err as fs;
use sha2::{Digest, Sha256};

use super::children::Temporary;
use crate::error::{Failure, Result};

/// The directory that `PYGO_CACHE_DIR` names, or the platform's cache directory for `pygo`.
///
/// | below it    | what                                                        |
/// |-------------|-------------------------------------------------------------|
/// | `tools/`    | provisioned tools, one directory for each version           |
/// | `files/`    | wrappers, stubs and headers, one directory for each content |
/// | `env/`      | environments that the projects' build backends ran in       |
/// | `zig/`      | zig's own cache, unless `ZIG_GLOBAL_CACHE_DIR` is set       |
/// | `tmp/`      | work in progress; empty when nothing runs                   |
/// | `logs/`     | what tools said in runs that failed                         |
#[derive(Debug, Clone)]
pub struct Cache {
    root: PathBuf,
}

impl Cache {
    /// The cache that the environment asks for; nothing is created yet.
    ///
    /// # Errors
    /// If there is no home directory to put it in.
    pub fn from_env() -> Result<Self> {
        if let Some(dir) = std::env::var_os("PYGO_CACHE_DIR").filter(|dir| !dir.is_empty()) {
            let root = std::path::absolute(&dir)
                .map_err(|error| Failure::io("reading PYGO_CACHE_DIR", &error))?;
            return Ok(Self { root });
        }
        let strategy = etcetera::base_strategy::choose_native_strategy().map_err(|error| {
            Failure::toolchain(
                "looking for the cache directory",
                error.to_string(),
                "set PYGO_CACHE_DIR to a directory for it",
            )
        })?;
        Ok(Self { root: strategy.cache_dir().join("pygo") })
    }

    /// The directory itself.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// One of the directories below it, created.
    pub fn dir(&self, name: &str) -> Result<PathBuf> {
        let dir = self.root.join(name);
        fs::create_dir_all(&dir).map_err(|error| self.failure(&error))?;
        Ok(dir)
    }

    /// A new directory below `tmp/` that goes when it is dropped, or when this run is killed.
    pub fn temporary(&self, prefix: &str) -> Result<Temporary> {
        let dir = tempfile::Builder::new()
            .prefix(&format!("{prefix}-"))
            .tempdir_in(self.dir("tmp")?)
            .map_err(|error| self.failure(&error))?;
        Ok(Temporary::new(dir.keep()))
    }

    /// A directory below `files/` that holds exactly `files` (relative path, content,
    /// executable), named by a digest of them: the same files are always at the same place.
    pub fn files(&self, name: &str, files: &[(&str, &str, bool)]) -> Result<PathBuf> {
        let mut digest = Sha256::new();
        for (path, content, executable) in files {
            digest.update(format!("{path}\0{}\0{executable}\0{content}", content.len()));
        }
        let place = self.dir("files")?.join(format!("{name}-{}", short(&digest.finalize())));
        self.publish(&place, |dir| write_all(dir, files).map_err(|error| self.failure(&error)))?;
        Ok(place)
    }

    /// Makes the directory `place` appear with all its content at once: `fill` works in a
    /// temporary one, which is renamed. Does nothing if `place` is there; of two at the same
    /// time, one wins and both see the whole directory.
    pub(super) fn publish(
        &self,
        place: &Path,
        fill: impl FnOnce(&Path) -> Result<()>,
    ) -> Result<()> {
        if place.is_dir() {
            return Ok(());
        }
        let dir = self.temporary("publish")?;
        fill(dir.path())?;
        match fs::rename(dir.path(), place) {
            Err(error) if !place.is_dir() => Err(self.failure(&error)),
            _ => Ok(()),
        }
    }

    /// A lock that one process holds at a time, let go when the file is dropped. It keeps two
    /// runs from fetching the same thing.
    pub(super) fn lock(&self, name: &str) -> Result<fs::File> {
        let path = self.dir("tools")?.join(format!("{name}.lock"));
        let file = fs::File::create(path).map_err(|error| self.failure(&error))?;
        file.file().lock().map_err(|error| self.failure(&error))?;
        Ok(file)
    }

    fn failure(&self, error: &std::io::Error) -> Failure {
        let mut failure = Failure::io("writing to pygo's cache", error);
        failure.help.push_str("; PYGO_CACHE_DIR says where the cache is");
        failure
    }
}

fn write_all(dir: &Path, files: &[(&str, &str, bool)]) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    for (path, content, executable) in files {
        let path = dir.join(path);
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent)?;
        }
        fs::write(&path, content)?;
        if *executable {
            fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755))?;
        }
    }
    Ok(())
}

/// The first 16 hexadecimal digits of a digest: enough for a name.
pub(super) fn short(digest: &[u8]) -> String {
    digest.iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}
