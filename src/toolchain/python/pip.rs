//! Calls of pip and uv that do what pygo asks, whatever the variables of the user say.
//!
//! Input: a call of pip, or the environment. Output: the same call without what overrides its
//! arguments, or the uv to use.

use std::path::PathBuf;

use crate::process::{Call, Environment};

/// Variables that make pip work for another Python, elsewhere, or on more than its arguments name.
const OVERRIDING: &[&str] =
    &["PIP_TARGET", "PIP_PREFIX", "PIP_ROOT", "PIP_PYTHON", "PIP_REQUIREMENT"];

/// Settings that forbid writing into a directory; only a variable overrides `pip.conf`.
const ANYWHERE: &[(&str, &str)] = &[("PIP_REQUIRE_VIRTUALENV", "0"), ("PIP_USER", "0")];

/// `call`, which does no more than its arguments say.
pub(super) fn as_asked(call: Call) -> Call {
    call.without_envs(OVERRIDING.iter().copied())
}

/// `call`, whose arguments name a directory to write into.
pub fn into_directory(call: Call) -> Call {
    as_asked(call).envs(ANYWHERE.iter().copied())
}

/// The uv to use. uv tells the processes it starts, such as build backends, where it is; `PATH` may
/// not.
pub fn uv(environment: &Environment) -> Option<PathBuf> {
    let named = environment.get("UV").map(PathBuf::from).filter(|uv| uv.is_file());
    named.or_else(|| environment.which("uv"))
}
