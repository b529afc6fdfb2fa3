//! Where Python is looked for: the flag or environment variable that names it, the active
//! environment, `PATH`. There is no pinned one: what provisions the other tools is Python's.

use std::path::{Path, PathBuf};

use super::find::{Lookup, Origin};
use super::python::Python;
use crate::error::{Failure, Result};

/// Every Python that may be meant, best first.
pub(super) fn candidates(lookup: &Lookup) -> Vec<(PathBuf, Origin)> {
    if let Some(named) = &lookup.python {
        return vec![(named.clone(), Origin::Named)];
    }
    let environments = ["VIRTUAL_ENV", "CONDA_PREFIX"].into_iter().filter_map(std::env::var_os);
    let mut candidates: Vec<_> = environments
        .map(|prefix| (Path::new(&prefix).join("bin/python"), Origin::PythonEnvironment))
        .filter(|(exe, _)| exe.exists())
        .collect();
    let on_path = ["python3", "python"].into_iter().filter_map(|name| which::which(name).ok());
    candidates.extend(on_path.map(|exe| (exe, Origin::Path)));
    candidates
}

/// The first of the candidates that can drive a build.
pub(super) fn find(lookup: &Lookup) -> Result<Python> {
    let mut passed_over = Vec::new();
    for (exe, origin) in candidates(lookup) {
        match Python::probe(&exe, origin) {
            Ok(python) => return Ok(python),
            Err(failure) if origin == Origin::Named || failure.kind.is_interruption() => {
                return Err(failure);
            }
            Err(failure) => passed_over.push(failure.found),
        }
    }
    let found = if passed_over.is_empty() {
        "there is no python3 on PATH, and no virtual environment is active".to_owned()
    } else {
        passed_over.join("\n")
    };
    let help = "install Python 3.10 or newer, or name one with --python or PYGO_PYTHON";
    Err(Failure::toolchain("looking for Python", found, help))
}
