//! The Go that builds the libraries, and the one way to call it.
//!
//! What it builds is a function of the sources: no variable of the user's puts another Go, another
//! processor or this machine's C libraries in the place of what the wheel's tag promises. What
//! says where modules come from and how code is compiled (`GOPROXY`, `GOFLAGS`, `CGO_CFLAGS`) is
//! the user's and stays.

use std::path::{Path, PathBuf};

use super::cache::Cache;
use super::find::Found;
use super::version::Version;
use crate::error::{Kind, Result};
use crate::process::Call;

/// The Go that builds the libraries: the program, and the directories that it needs to be told.
#[derive(Debug, Clone)]
pub struct Go(pub Found, Vec<(&'static str, PathBuf)>);

impl Go {
    /// The Go that was found, or rather the one that it leads to: the `go` on `PATH` may be a
    /// script around it, which would be started thousands of times in a build.
    pub(super) fn new(mut found: Found, cache: &Cache) -> Result<Self> {
        let mut told = Vec::new();
        if let Some(root) = root(&found.exe)? {
            found.exe = root.join("bin/go");
            // Told, so that no `go env -w GOROOT` counts either.
            told.push(("GOROOT", root));
        }
        let mut this = Self(found, told);
        let said = this
            .call("asking Go for its caches")
            .args(["env", "GOCACHE", "GOPATH"])
            .envs([("GOTOOLCHAIN", "local")])
            .dir(Path::new("/"))
            .finish()?
            .stdout;
        let mut lines = said.lines();
        for (name, place) in [("GOCACHE", "go/build"), ("GOPATH", "go/path")] {
            // Without HOME Go has no place of its own, and then neither compiles nor fetches.
            if matches!(lines.next().map(str::trim), None | Some("" | "off")) {
                this.1.push((name, cache.dir(place)?));
            }
        }
        Ok(this)
    }

    /// A call of it.
    pub fn call(&self, doing: impl Into<String>) -> Call {
        call(&self.0.exe, doing).envs(self.1.iter().map(|(name, dir)| (name, dir)))
    }

    /// The version that Go uses in `dir`: a `go.mod` there may ask for a newer one than the Go
    /// that was found, which then fetches it.
    ///
    /// # Errors
    /// With Go's own message, for instance if the newer one cannot be had.
    pub fn version_in(&self, dir: &Path, offline: bool) -> Result<Version> {
        let finished = self
            .call(format!("asking Go which version it uses in {}", dir.display()))
            .args(["env", "GOVERSION"])
            .envs(offline.then_some(("GOPROXY", "off")))
            .dir(dir)
            .finish()?;
        let version = Version::find_in(&finished.stdout);
        version.filter(|_| finished.status.success()).ok_or_else(|| {
            finished.failure(
                Kind::Toolchain,
                finished.last_words(),
                "let Go fetch the version that go.mod asks for, or name one with --go or PYGO_GO",
            )
        })
    }
}

/// A call of the Go at `exe`, whichever it is.
pub(super) fn call(exe: &Path, doing: impl Into<String>) -> Call {
    Call::new("go", exe, doing).without_envs(["GOROOT", "GOTOOLDIR"]).without_host_libraries()
}

/// The directory of the distribution that the Go at `exe` belongs to, if it tells one.
fn root(exe: &Path) -> Result<Option<PathBuf>> {
    let finished = call(exe, "asking Go for its GOROOT")
        .args(["env", "GOROOT"])
        .envs([("GOTOOLCHAIN", "local"), ("GOENV", "off")])
        .dir(Path::new("/"))
        .finish()?;
    let root = PathBuf::from(finished.stdout.trim());
    let whole = finished.status.success() && root.is_absolute() && root.join("bin/go").exists();
    Ok(whole.then_some(root))
}
