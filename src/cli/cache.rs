//! `pygo cache`: shows the cache, and removes what is in it.

use std::fmt::Display;
use std::process::ExitCode;
use std::time::Duration;

use clap::{Args, Subcommand};

use super::output::print;
use crate::error::Result;
use crate::factory::{CACHE_LIMIT, Limits, prune_shared, prune_stages};
use crate::process::Environment;
use crate::report::{Detail, bytes, tell};
use crate::toolchain::Cache;

/// Show or empty pygo's cache
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    Dir(Dir),
    Size(Size),
    Prune(Prune),
    Clean(Clean),
}

/// The bytes of one, in options and output.
const MEGABYTE: u64 = 1_000_000;

/// Print the cache directory
#[derive(Debug, Args)]
pub(super) struct Dir {}

/// Print the size of each directory in the cache
#[derive(Debug, Args)]
pub(super) struct Size {}

/// Keep the cache below a size
///
/// Removes the least recently used outputs first. zig's cache is removed as a whole, because zig
/// does not notice missing files. Builds prune in the same way. Go limits its own cache.
///
/// With --shared, prunes the cache that `PYGO_SHARED_CACHE` names, which builds never do. Other
/// machines may keep using it.
#[derive(Debug, Args)]
pub(super) struct Prune {
    /// Maximum size in MB, of the outputs and of zig's cache separately
    #[arg(long, value_name = "MB", default_value_t = CACHE_LIMIT / MEGABYTE)]
    keep: u64,

    /// Also remove outputs not used for this many days
    #[arg(long, value_name = "DAYS")]
    unused_for: Option<u32>,

    /// Prune the cache that machines share, which `PYGO_SHARED_CACHE` names
    #[arg(long)]
    shared: bool,
}

impl Prune {
    fn limits(&self) -> Limits {
        let days = |days| Duration::from_secs(u64::from(days) * 24 * 60 * 60);
        Limits { keep: self.keep.saturating_mul(MEGABYTE), unused: self.unused_for.map(days) }
    }
}

/// Remove outputs of earlier builds, and the caches of zig and Go in pygo's cache
///
/// Downloaded tools stay.
#[derive(Debug, Args)]
pub(super) struct Clean {
    /// Remove downloaded tools as well
    #[arg(long)]
    all: bool,
}

impl Command {
    pub(super) fn run(self, environment: &Environment, detail: Detail) -> Result<ExitCode> {
        let report = |removed: u64, place: &dyn Display| {
            if detail != Detail::Quiet {
                tell(format_args!("removed {} from {place}", bytes(removed)));
            }
            Ok(ExitCode::SUCCESS)
        };
        let cache = Cache::new(environment)?;
        let removed = match self {
            Self::Dir(Dir {}) => {
                print([cache.root().display()])?;
                return Ok(ExitCode::SUCCESS);
            }
            Self::Size(Size {}) => {
                let sizes = cache.sizes();
                let total: u64 = sizes.iter().map(|(_, size)| size).sum();
                let all = sizes.iter().copied().chain([("total", total)]);
                print(all.map(|(name, size)| format!("{name:<8} {:>10}", bytes(size))))?;
                return Ok(ExitCode::SUCCESS);
            }
            Self::Prune(prune) if prune.shared => {
                let (name, removed) = prune_shared(environment, prune.limits())?;
                return report(removed, &name);
            }
            Self::Prune(prune) => {
                let limits = prune.limits();
                prune_stages(&cache, limits) + cache.prune(limits.keep)?
            }
            Self::Clean(Clean { all }) => cache.clean(all)?,
        };
        report(removed, &cache.root().display())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_decimal_as_those_that_are_shown() {
        let prune = Prune { keep: 500, unused_for: None, shared: false };
        assert_eq!(bytes(prune.limits().keep), "500.00 MB");
        assert_eq!(bytes(Limits::default().keep), "2.00 GB");
    }
}
