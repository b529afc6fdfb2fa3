//! What `pygo doctor` reports: every tool that is installed, and what a build would download.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::cache::Cache;
use super::cc;
use super::go::GO;
use super::lock::pinned_version;
use super::python::{Download, Host, Interpreter};
use super::tool::{Candidates, Found, Lookup, Origin, Tool};
use super::tools::MIN_CFFI;
use super::version::Version;
use crate::error::Result;
use crate::process::Environment;

/// Every tool on this machine.
#[derive(Debug)]
pub struct Diagnosis {
    /// One entry for each tool.
    pub tools: Vec<Checkup>,
    /// The program that would download tools, `uv` or `pip`, if there is a Python for it; `None` in
    /// it if there is neither.
    pub installer: Option<Option<&'static str>>,
    /// The directory of the cache.
    pub cache: PathBuf,
}

/// The state of one tool.
#[derive(Debug)]
pub struct Checkup {
    /// The tool.
    pub tool: Tool,
    /// Each installed one, best first, with its version or what is wrong with it.
    pub found: Vec<(PathBuf, Origin, Result<Version, String>)>,
    /// The one that a build would use: an index into `found`.
    pub used: Option<usize>,
    /// The pinned one, if a build would need it and it is not in the cache.
    pub download: Option<Download>,
}

/// Looks at every tool and changes nothing.
///
/// # Errors
/// Only if there is no directory for the cache; missing tools are part of the answer.
pub fn diagnose(environment: &Environment, lookup: &Lookup) -> Result<Diagnosis> {
    let cache = Cache::new(environment)?;
    let root = cache.root().to_owned();
    let python = Interpreter::locate(environment, lookup, None).ok();
    let host = python.map(|python| Host::new(lookup, cache, python, Arc::new(|_| {})));
    let mut tools =
        vec![examine(Tool::Python, Interpreter::candidates(environment, lookup), |exe, origin| {
            Ok(Interpreter::probe(environment, exe, origin)?.found)
        })];
    let compilers = cc::ALL.iter().map(|cc| cc.program());
    for program in [&GO].into_iter().chain(compilers) {
        let tool = program.tool;
        let candidates = program.candidates(environment, lookup, host.as_ref());
        let mut checkup =
            examine(tool, candidates, |exe, origin| program.check(environment, exe, origin));
        // A named program is used or refused; nothing replaces it.
        let replaceable = !lookup.named.contains_key(&tool) && pinned_version(tool).is_some();
        checkup.download = host
            .as_ref()
            .filter(|_| replaceable && checkup.used.is_none())
            .map(|host| host.download(tool));
        tools.push(checkup);
    }
    if let Some(host) = &host {
        tools.push(examine_package(Tool::Cffi, host, host.python.package(Tool::Cffi)));
        tools.push(examine_package(Tool::Setuptools, host, None));
    }
    let installer = host.map(|host| host.installer.name());
    Ok(Diagnosis { tools, installer, cache: root })
}

/// The Go that a build would use, unless it would have to download one.
pub fn installed_go(environment: &Environment, lookup: &Lookup) -> Option<Found> {
    let python = Interpreter::locate(environment, lookup, None).ok();
    let host = python.zip(Cache::new(environment).ok());
    let host = host.map(|(python, cache)| Host::new(lookup, cache, python, Arc::new(|_| {})));
    let candidates = GO.candidates(environment, lookup, host.as_ref());
    candidates.into_iter().find_map(|(exe, origin)| GO.check(environment, &exe, origin).ok())
}

fn examine(
    tool: Tool,
    candidates: Candidates,
    check: impl Fn(&Path, Origin) -> Result<Found>,
) -> Checkup {
    let found = candidates.into_iter().map(|(path, origin)| match check(&path, origin) {
        Ok(found) => (found.path, origin, Ok(found.version)),
        Err(failure) => (path, origin, Err(failure.found)),
    });
    let found: Vec<_> = found.collect();
    let used = found.iter().position(|(_, _, version)| version.is_ok());
    Checkup { tool, found, used, download: None }
}

/// The pinned package, and the `installed` one, which is used if it has the pinned version or if
/// the pinned one cannot be downloaded.
fn examine_package(tool: Tool, host: &Host, installed: Option<(Version, PathBuf)>) -> Checkup {
    let pinned = host.download(tool);
    let pin = pinned_version(tool);
    let cached = pin.filter(|_| pinned.into.is_dir());
    let mut found = Vec::new();
    found.extend(cached.map(|version| (pinned.into.clone(), Origin::Cache, Ok(version))));
    let same = installed.as_ref().is_some_and(|(version, _)| Some(*version) == pin);
    found.extend(installed.map(|(version, dir)| {
        let old = version < MIN_CFFI;
        let fits =
            if old { Err(format!("{version} is older than {MIN_CFFI}")) } else { Ok(version) };
        (dir, Origin::PythonEnvironment, fits)
    }));
    if same {
        found.reverse();
    }
    let used = found.iter().position(|(_, _, version)| version.is_ok());
    let used = used.filter(|_| cached.is_some() || same || host.installer.offline);
    Checkup { tool, found, used, download: Some(pinned).filter(|_| used.is_none()) }
}
