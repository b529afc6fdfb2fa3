//! What `pygo doctor` says: every tool that is there, and what would be fetched.

use std::path::PathBuf;

use super::cache::Cache;
use super::clang;
use super::find::{CFFI, LEAST_CFFI, Lookup, Origin, Program, python_candidates};
use super::lock::{Lock, Tool};
use super::provision::{Fetching, place};
use super::python::Python;
use super::version::Version;
use crate::error::Result;

/// One line of what `pygo doctor` says: a tool at a place, or its absence.
#[derive(Debug, Clone)]
pub struct Survey {
    /// The tool: `go`, `zig`, `clang`, `python`, `cffi`.
    pub tool: &'static str,
    /// Every one that was found, best first, with its version or what is wrong with it.
    pub found: Vec<(PathBuf, Origin, Result<Version, String>)>,
    /// The one that a build would take: an index into `found`.
    pub taken: Option<usize>,
    /// What would be fetched if a build ran now.
    pub provision: Option<Fetching>,
}

/// Looks at everything and changes nothing.
///
/// # Errors
/// Only if there is no place for a cache; what is missing is part of the answer.
pub fn survey(lookup: &Lookup) -> Result<(Cache, Vec<Survey>)> {
    let cache = Cache::from_env()?;
    let mut rows = Vec::new();
    let pythons: Vec<_> = python_candidates(lookup)
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
        let provision = python.as_ref().filter(|_| taken.is_none());
        let provision = provision.map(|python| would_fetch(&cache, python, &[wanted.tool()]));
        rows.push(Survey { tool: wanted.name(), found, taken, provision });
    }
    rows.push(clang::survey());
    if let Some(python) = &python {
        let pinned = place(&cache, python, CFFI);
        let mut found = Vec::new();
        let pin = Lock::built_in().pin(Tool::Cffi).number().filter(|_| pinned.is_dir());
        let provision = pin.is_none().then(|| would_fetch(&cache, python, CFFI));
        found.extend(pin.map(|version| (pinned, Origin::Cache, Ok(version))));
        if let Some(version) = python.cffi {
            let fits = if version < LEAST_CFFI {
                Err(format!("{version} is older than {LEAST_CFFI}"))
            } else {
                Ok(version)
            };
            found.push((python.exe.clone(), Origin::PythonEnvironment, fits));
        }
        let taken = provision.is_none().then_some(0);
        rows.push(Survey { tool: "cffi", found, taken, provision });
    }
    Ok((cache, rows))
}

fn would_fetch(cache: &Cache, python: &Python, tools: &[Tool]) -> Fetching {
    let pins: Vec<_> = tools.iter().map(|tool| Lock::built_in().pin(*tool)).collect();
    let names: Vec<_> =
        pins.iter().map(|pin| format!("{} {}", pin.distribution, pin.version)).collect();
    let host = crate::target::host().ok();
    Fetching {
        what: names.join(", "),
        size: host.map(|host| pins.iter().filter_map(|pin| pin.size(host, python.version)).sum()),
        into: place(cache, python, tools),
    }
}
