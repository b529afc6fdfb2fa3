//! The tools of a run, each located when something first asks for it.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

use super::cache::Cache;
use super::cc::{self, Cc};
use super::go::Go;
use super::lock::{pinned_version, pins};
use super::python::{Announce, Download, Host, Interpreter};
use super::tool::{Found, Lookup, Origin, Tool};
use super::version::Version;
use crate::error::{Failure, Result};
use crate::process::Environment;
use crate::project::CompilerName;

/// The oldest cffi whose C fits the limited API of every supported Python.
pub(super) const MIN_CFFI: Version = Version::new(1, 17, 0);

/// A value that is made once: of several threads that need it, one makes it and the others wait.
type Once<T> = OnceLock<Result<T>>;

/// The tools of a run. Each is located when it is first needed; a failure is kept like a tool.
pub struct Tools {
    environment: Environment,
    lookup: Lookup,
    announce: Announce,
    cache: Once<Cache>,
    host: Once<Host>,
    go: Once<Go>,
    cc: [Once<Cc>; cc::ALL.len()],
    cffi: Once<Found>,
}

impl Tools {
    /// Locates nothing yet. `announce` is called before each download.
    pub fn new(
        environment: &Environment,
        lookup: Lookup,
        announce: impl Fn(Download) + Send + Sync + 'static,
    ) -> Self {
        Self {
            environment: environment.clone(),
            lookup,
            announce: Arc::new(announce),
            cache: Once::new(),
            host: Once::new(),
            go: Once::new(),
            cc: std::array::from_fn(|_| Once::new()),
            cffi: Once::new(),
        }
    }

    /// The environment that the tools run in.
    pub fn environment(&self) -> &Environment {
        &self.environment
    }

    /// Whether outputs of earlier runs may be used.
    pub fn uses_cache(&self) -> bool {
        !self.lookup.rebuild
    }

    /// The directory where tools and their results are kept.
    pub fn cache(&self) -> Result<&Cache> {
        get(&self.cache, || {
            let cache = Cache::new(&self.environment)?;
            cache.prune_logs();
            Ok(if self.lookup.ask_again { cache.without_answers() } else { cache })
        })
    }

    /// Python, its installer and the cache.
    ///
    /// # Errors
    /// [`Kind::Toolchain`](crate::error::Kind) with what was found and what to do about it, as for
    /// every tool below.
    pub fn host(&self) -> Result<&Host> {
        get(&self.host, || {
            let Self { environment, lookup, announce, .. } = self;
            let cache = self.cache()?.clone();
            let mut python = Interpreter::locate(environment, lookup, Some(&cache))?;
            if lookup.no_isolation {
                python = python.with_inherited_packages()?;
            }
            Ok(Host::new(lookup, cache, python, Arc::clone(announce)))
        })
    }

    /// Go.
    pub fn go(&self) -> Result<&Go> {
        get(&self.go, || Go::locate(&self.lookup, self.host()?))
    }

    /// The C compiler called `name`.
    pub fn cc(&self, name: CompilerName) -> Result<&Cc> {
        let row = cc::row(name);
        get(&self.cc[row], || Cc::locate(name, &self.lookup, self.host()?))
    }

    /// cffi: the directory that contains it.
    pub fn cffi(&self) -> Result<&Found> {
        get(&self.cffi, || locate_cffi(self.host()?))
    }

    /// Checks what can fail before any work starts: of `tools`, those that the user named and those
    /// that cannot be downloaded. If downloads are forbidden, locates all of them.
    ///
    /// # Errors
    /// The first failure; if downloads are forbidden, everything that is missing, in one failure.
    pub fn check(&self, tools: &[Tool]) -> Result<()> {
        let Lookup { named, offline, .. } = &self.lookup;
        if *offline {
            // Every other tool needs it.
            self.host()?;
        }
        let mut missing = Vec::new();
        let must_exist = |tool: &Tool| named.contains_key(tool) || is_of_the_system(*tool);
        for tool in tools.iter().filter(|tool| *offline || must_exist(tool)) {
            match self.locate(*tool) {
                Err(failure) if *offline && !failure.kind.is_interruption() => {
                    missing.push(failure);
                }
                result => result?,
            }
        }
        match missing.as_slice() {
            [] => Ok(()),
            [only] => Err(only.clone()),
            several => Err(together(several)),
        }
    }

    fn locate(&self, tool: Tool) -> Result<()> {
        match tool {
            Tool::Python => self.host().map(drop),
            Tool::Go => self.go().map(drop),
            Tool::Cc(name) => self.cc(name).map(drop),
            Tool::Cffi => self.cffi().map(drop),
            Tool::Setuptools => self.host()?.provide(tool).map(drop),
        }
    }

    /// `tool`, if it was located so far.
    pub fn located(&self, tool: Tool) -> Option<&Found> {
        match tool {
            Tool::Python => Some(&ready(&self.host)?.python.found),
            Tool::Go => Some(&ready(&self.go)?.found),
            Tool::Cc(name) => Some(&ready(&self.cc[cc::row(name)])?.found),
            Tool::Cffi => ready(&self.cffi),
            Tool::Setuptools => None,
        }
    }

    /// The pinned packages that the located tools are from: package URLs with the SHA-256 of the files.
    pub fn packages(&self) -> BTreeMap<String, String> {
        let compilers = CompilerName::ALL.into_iter().map(Tool::Cc);
        let located = [Tool::Go, Tool::Cffi].into_iter().chain(compilers);
        let pinned = located
            .filter(|tool| self.located(*tool).is_some_and(|found| found.origin == Origin::Cache));
        let Some(host) = ready(&self.host) else { return BTreeMap::new() };
        let packages = pinned.flat_map(|tool| {
            let dir = host.place(tool);
            pins(tool).into_iter().filter_map(move |pin| pin.installed_in(&dir))
        });
        packages.collect()
    }

    /// The SHA-256 of the program of a tool, in hexadecimal: one that an earlier run kept, or else, if
    /// there is time to `read` the program, its own.
    pub fn digest(&self, found: &Found, read: bool) -> Option<String> {
        let cache = self.cache().ok()?;
        let kept = cache.kept_digest_of(&found.path);
        if read { kept.or_else(|| cache.digest_of(&found.path).ok()) } else { kept }
    }

    /// Downloads every pinned tool, whether another version is installed or not; returns their
    /// directories.
    pub fn provide_all(&self) -> Result<Vec<PathBuf>> {
        let host = self.host()?;
        let compilers = CompilerName::ALL.into_iter().map(Tool::Cc);
        let pinned = |tool: &Tool| pinned_version(*tool).is_some();
        let tools = [Tool::Go].into_iter().chain(compilers).chain([Tool::Cffi, Tool::Setuptools]);
        tools.filter(pinned).map(|tool| host.provide(tool)).collect()
    }
}

fn get<T>(once: &Once<T>, locate: impl FnOnce() -> Result<T>) -> Result<&T> {
    once.get_or_init(locate).as_ref().map_err(Failure::clone)
}

/// Whether pygo uses only the one that is installed.
fn is_of_the_system(tool: Tool) -> bool {
    matches!(tool, Tool::Cc(_)) && pinned_version(tool).is_none()
}

fn ready<T>(once: &Once<T>) -> Option<&T> {
    once.get()?.as_ref().ok()
}

/// One failure with the text of several.
fn together(failures: &[Failure]) -> Failure {
    let found: Vec<_> =
        failures.iter().map(|failure| format!("{}: {}", failure.doing, failure.found)).collect();
    let mut help: Vec<_> = failures.iter().map(|failure| failure.help.as_str()).collect();
    help.dedup();
    Failure::toolchain("looking for tools", found.join("\n"), help.join("\n"))
}

/// Prefers the pinned cffi, because its C depends on its version and should be the same on every
/// machine. An installed one replaces it if it cannot be downloaded.
fn locate_cffi(host: &Host) -> Result<Found> {
    let pinned = pinned_version(Tool::Cffi).unwrap_or(MIN_CFFI);
    let found = |version: Version, path, origin| {
        let full_version = version.to_string();
        Found { tool: Tool::Cffi, path, version, full_version, origin }
    };
    let installed = host.python.package(Tool::Cffi);
    if let Some((version, dir)) = installed.clone().filter(|(version, _)| *version == pinned) {
        return Ok(found(version, dir, Origin::PythonEnvironment));
    }
    match (host.provide(Tool::Cffi), installed) {
        (Ok(dir), _) => Ok(found(pinned, dir, Origin::Cache)),
        (Err(failure), Some((version, dir)))
            if host.installer.offline && version >= MIN_CFFI && !failure.kind.is_interruption() =>
        {
            Ok(found(version, dir, Origin::PythonEnvironment))
        }
        (Err(failure), _) => Err(failure),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_located_before_it_is_needed_and_failures_are_kept() {
        let environment =
            [("PATH", "/nowhere"), ("PYGO_CACHE_DIR", "/nowhere")].into_iter().collect();
        let tools = Tools::new(&environment, Lookup::default(), |_| {});
        assert_eq!(tools.located(Tool::Python), None);
        for _ in 0..2 {
            assert_eq!(tools.go().unwrap_err().doing, "looking for Python");
        }
    }
}
