//! `pygo cache`: shows the cache, and removes what is in it.

use std::process::ExitCode;

use clap::{Args, Subcommand};

use super::output::print;
use crate::error::Result;
use crate::factory::{CACHE_LIMIT, prune_stages};
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

/// Print the cache directory
#[derive(Debug, Args)]
pub(super) struct Dir {}

/// Print the size of each directory in the cache
#[derive(Debug, Args)]
pub(super) struct Size {}

/// Keep the cache below a size
///
/// Outputs of earlier builds go first that were used least recently; zig's cache goes as a whole,
/// because zig does not notice what is missing. Builds do the same. Go limits its own cache.
#[derive(Debug, Args)]
pub(super) struct Prune {
    /// Size to keep, of outputs and of zig's cache each, in MB
    #[arg(long, value_name = "MB", default_value_t = CACHE_LIMIT >> 20)]
    keep: u64,
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
            Self::Prune(Prune { keep }) => {
                let keep = keep.saturating_mul(1 << 20);
                prune_stages(&cache, keep) + cache.prune(keep)?
            }
            Self::Clean(Clean { all }) => cache.clean(all)?,
        };
        if detail != Detail::Quiet {
            tell(format_args!("removed {} from {}", bytes(removed), cache.root().display()));
        }
        Ok(ExitCode::SUCCESS)
    }
}
