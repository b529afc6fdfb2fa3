//! What `pygo doctor` says: every tool that is there, and what would be fetched.

use std::path::PathBuf;

use super::cache::Cache;
use super::clang;
use super::find::{CFFI, LEAST_CFFI, Lookup, Origin, Program};
use super::find_python;
use super::lock::{Lock, Tool};
use super::provision::Fetching;
use super::python::Python;
use super::version::Version;
use crate::error::Result;

/// One line of what `pygo doctor` says: a tool at a place, or its absence.
#[derive(Debug, Clone)]
pub struct Survey {
    /// The tool: `go`, `zig`, `clang`, `python`, `cffi`, `setuptools`.
    pub tool: &'static str,
    /// Every one that was found, best first, with its version or what is wrong with it.
    pub found: Vec<(PathBuf, Origin, Result<Version, String>)>,
    /// The one that a build would take: an index into `found`.
    pub taken: Option<usize>,
    /// The pinned one, where a build would need it and it is not there: fetched then, or offline
    /// missing.
    pub provision: Option<Fetching>,
}

/// Looks at everything and changes nothing.
///
/// # Errors
/// Only if there is no place for a cache; what is missing is part of the answer.
pub fn survey(lookup: &Lookup) -> Result<(Cache, Vec<Survey>)> {
    let cache = Cache::from_env()?;
    let mut rows = Vec::new();
    let pythons: Vec<_> = find_python::candidates(lookup)
        .into_iter()
        .map(|(exe, origin)| match Python::probe(&exe, origin) {
            Ok(python) => ((python.exe.clone(), origin, Ok(python.version)), Some(python)),
            Err(failure) => ((exe, origin, Err(failure.found)), None),
        })
        .collect();
    let taken = pythons.iter().position(|(_, python)| python.is_some());
    let (found, mut probed): (Vec<_>, Vec<_>) = pythons.into_iter().unzip();
    let python = taken.and_then(|index| probed.swap_remove(index));
    rows.push(Survey { tool: "python", found, taken, provision: None });
    for wanted in [Program::Go, Program::Zig] {
        let found: Vec<_> = wanted
            .candidates(lookup, python.as_ref(), &cache)
            .into_iter()
            .map(|(exe, origin)| {
                let version = wanted.judge(&exe);
                (exe, origin, version.map_err(|failure| failure.found))
            })
            .collect();
        let taken = found.iter().position(|(_, _, version)| version.is_ok());
        // What is named is taken or refused; nothing is fetched in its place.
        let named = found.iter().any(|(_, origin, _)| *origin == Origin::Named);
        let python = python.as_ref().filter(|_| taken.is_none() && !named);
        let provision = python.map(|python| Fetching::of(&cache, python, &[wanted.tool()]));
        rows.push(Survey { tool: wanted.name(), found, taken, provision });
    }
    rows.push(clang::survey());
    if let Some(python) = &python {
        rows.push(of_python("cffi", &cache, python, CFFI, python.cffi.as_ref(), lookup.offline));
        let tools = [Tool::Setuptools];
        rows.push(of_python("setuptools", &cache, python, &tools, None, lookup.offline));
    }
    Ok((cache, rows))
}

/// The row of packages for `python`: the pinned one, and the `installed` one, which is taken
/// where it has the pinned version, or the pinned one cannot be had.
fn of_python(
    tool: &'static str,
    cache: &Cache,
    python: &Python,
    tools: &[Tool],
    installed: Option<&(Version, PathBuf)>,
    offline: bool,
) -> Survey {
    let pinned = Fetching::of(cache, python, tools);
    let pin = tools.first().and_then(|tool| Lock::built_in().pin(*tool).number());
    let cached = pin.filter(|_| pinned.into.is_dir());
    let mut found = Vec::new();
    found.extend(cached.map(|version| (pinned.into.clone(), Origin::Cache, Ok(version))));
    let same = installed.is_some_and(|(version, _)| Some(*version) == pin);
    found.extend(installed.map(|(version, dir)| {
        let fits = match *version < LEAST_CFFI {
            true => Err(format!("{version} is older than {LEAST_CFFI}")),
            false => Ok(*version),
        };
        (dir.clone(), Origin::PythonEnvironment, fits)
    }));
    if same {
        found.reverse();
    }
    let taken = found.iter().position(|(_, _, version)| version.is_ok());
    let taken = taken.filter(|_| cached.is_some() || same || offline);
    Survey { tool, found, taken, provision: Some(pinned).filter(|_| taken.is_none()) }
}
