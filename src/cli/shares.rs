//! How the command line splits a plan over several machines.

use std::path::PathBuf;

use clap::Args;

use crate::error::Result;
use crate::factory::{self, Plan, Shard, Share};
use crate::process::Environment;
use crate::report::Report;
use crate::toolchain::{Lookup, Tools};

/// What decides how targets are split.
#[derive(Debug, Clone, Default, Args)]
pub(super) struct CostArgs {
    /// Report of an earlier run, whose times balance the shards; use the same report on every
    /// machine
    #[arg(long, value_name = "REPORT")]
    pub(super) costs: Option<PathBuf>,
}

/// The shares of `plan` for `count` machines. Runs no tool.
pub(super) fn shares(
    environment: &Environment,
    plan: &Plan,
    costs: &CostArgs,
    count: usize,
) -> Result<Vec<Share>> {
    let read = |path: &PathBuf| Report::read(path).map(|report| report.costs());
    let costs = costs.costs.as_ref().map(read).transpose()?.unwrap_or_default();
    let tools = Tools::new(environment, Lookup::default(), |_| {});
    let stages = factory::stages(plan, &tools)?;
    Ok(factory::shares(plan, &stages, &costs, count))
}

/// `plan`, of which this machine builds `shard` only.
pub(super) fn share(
    environment: &Environment,
    plan: Plan,
    costs: &CostArgs,
    shard: Option<Shard>,
) -> Result<Plan> {
    let Some(shard) = shard else { return Ok(plan) };
    let mut shares = shares(environment, &plan, costs, shard.count)?;
    let own = shares.iter_mut().find(|share| share.shard == shard);
    let targets = own.map(|share| std::mem::take(&mut share.targets)).unwrap_or_default();
    Ok(Plan { share: Some(targets), ..plan })
}
