//! The Go that builds, and the one way to call it.
//!
//! The output is a function of the sources: no variable of the user may substitute another Go,
//! another processor or this machine's C libraries for what the wheel's tag promises. Variables
//! that say where modules come from and how code is compiled (`GOPROXY`, `GOFLAGS`, `CGO_CFLAGS`)
//! do apply.

use std::path::{Path, PathBuf};

use super::locate::Program;
use super::python::Host;
use super::tool::{Found, Lookup, Tool};
use super::version::Version;
use crate::error::{Kind, Result};
use crate::process::{Call, Environment};

/// How Go is located. Shared libraries of an older Go cannot be built for every target.
pub(super) const GO: Program = Program {
    tool: Tool::Go,
    min: Version::new(1, 21, 0),
    in_package: "go/bin/go",
    // Otherwise it follows the go.mod around the current directory.
    version: |environment, exe, doing| call(environment, exe, doing).args(["version"]).envs(LOCAL),
};

/// Makes Go answer for itself, and not for a version that it could download.
const LOCAL: [(&str, &str); 2] = [("GOTOOLCHAIN", "local"), ("GOENV", "off")];

/// The Go that builds.
#[derive(Debug, Clone)]
pub struct Go {
    /// The program and its version.
    pub found: Found,
    dirs: Vec<(&'static str, PathBuf)>,
    environment: Environment,
}

impl Go {
    /// Locates Go, and the program in its GOROOT: the `go` on `PATH` may be a script around that,
    /// which a build would start thousands of times.
    pub(super) fn locate(lookup: &Lookup, host: &Host) -> Result<Self> {
        let mut found = GO.locate(lookup, host)?;
        let environment = host.environment.clone();
        let mut dirs = Vec::new();
        if let Some(root) = root(&environment, &found.path)? {
            found.path = root.join("bin/go");
            // Overrides a GOROOT set with `go env -w`.
            dirs.push(("GOROOT", root));
        }
        let mut this = Self { found, dirs, environment };
        let printed = this
            .call("asking Go for its caches")
            .args(["env", "GOCACHE", "GOPATH"])
            .envs([("GOTOOLCHAIN", "local")])
            .dir(Path::new("/"))
            .finish()?
            .stdout;
        let mut lines = printed.lines();
        for (name, place) in [("GOCACHE", "go/build"), ("GOPATH", "go/path")] {
            // Without HOME, Go has no directories of its own and can neither compile nor download.
            if matches!(lines.next().map(str::trim), None | Some("" | "off")) {
                this.dirs.push((name, host.cache.dir(place)?));
            }
        }
        Ok(this)
    }

    /// A call of it.
    pub fn call(&self, doing: impl Into<String>) -> Call {
        let dirs = self.dirs.iter().map(|(name, dir)| (name, dir));
        call(&self.environment, &self.found.path, doing).envs(dirs)
    }

    /// The version that Go uses in `dir`, where a `go.mod` may ask for a newer one, which Go then
    /// downloads.
    ///
    /// # Errors
    /// Go's own message, for instance if it cannot download the newer version.
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
                "let Go download the version that go.mod asks for, or name one with --go or \
                 PYGO_GO",
            )
        })
    }
}

/// A call of the Go `exe`, whichever it is.
fn call(environment: &Environment, exe: &Path, doing: impl Into<String>) -> Call {
    Call::new(environment, "go", exe, doing)
        .without_envs(["GOROOT", "GOTOOLDIR"])
        .without_host_libraries()
}

/// The root of the distribution that the Go `exe` belongs to, if it has one.
fn root(environment: &Environment, exe: &Path) -> Result<Option<PathBuf>> {
    let finished = call(environment, exe, "asking Go for its GOROOT")
        .args(["env", "GOROOT"])
        .envs(LOCAL)
        .dir(Path::new("/"))
        .finish()?;
    let root = PathBuf::from(finished.stdout.trim());
    let complete = finished.status.success() && root.is_absolute() && root.join("bin/go").exists();
    Ok(complete.then_some(root))
}
