//! `pygo plan`: what a release consists of, and how several machines share the work.

use std::process::ExitCode;

use clap::{Args, ValueEnum};
use serde_json::json;

use super::build_args::NativeArgs;
use super::dry_run::document;
use super::matrix::plan;
use super::output::{print, print_json};
use super::shares::{CostArgs, shares};
use crate::error::Result;
use crate::factory::Share;
use crate::process::Environment;
use crate::report::Detail;
use crate::toolchain::Lookup;

/// Print what would be built, and split it over machines
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Comma-separated targets, as for `pygo matrix`
    #[arg(long, value_name = "LIST", allow_hyphen_values = true)]
    targets: Option<String>,
    /// Number of machines to split the targets over [default: one for each target]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=256))]
    shards: Option<u16>,
    #[command(flatten)]
    costs: CostArgs,
    /// Output format
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t)]
    format: Format,
    #[command(flatten)]
    native: NativeArgs,
}

/// How a plan is printed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
enum Format {
    /// Lines for people.
    #[default]
    Text,
    /// JSON (docs/plan.schema.json), for `pygo merge --plan`.
    Json,
    /// `strategy.matrix` of GitHub Actions, as a line of JSON.
    Github,
    /// `parallel:matrix` of GitLab CI, in a job `.pygo` to extend.
    Gitlab,
}

impl Arguments {
    pub(super) fn run(mut self, environment: &Environment, detail: Detail) -> Result<ExitCode> {
        // Pipelines need no note about the project.
        let detail = if self.format == Format::Text { detail } else { Detail::Quiet };
        self.native.project.find(environment, detail);
        let out_dir = self.native.project.out_dir(None);
        let targets = self.targets.as_deref();
        let plan = plan(environment, &self.native, targets, &out_dir, |options| options)?;
        let lookup = self.native.lookup(environment);
        let lookup = Lookup { go_dirs: plan.project.go_dirs(), ..lookup };
        let count = self.shards.map_or(plan.options.targets.len(), usize::from);
        let shares = shares(environment, &plan, &self.costs, count)?;
        match self.format {
            Format::Text => {
                print(document(environment, lookup, &plan)?.with_shares(&shares).lines())?;
            }
            Format::Json => {
                let document = document(environment, lookup, &plan)?.with_shares(&shares);
                print_json("writing the plan", &document)?;
            }
            Format::Github => print([github(&shares)])?,
            Format::Gitlab => print(gitlab(&shares))?,
        }
        Ok(ExitCode::SUCCESS)
    }
}

/// Shares that have something to build.
fn busy(shares: &[Share]) -> impl Iterator<Item = (String, String)> {
    let busy = shares.iter().filter(|share| !share.targets.is_empty());
    busy.map(|share| {
        let names: Vec<_> = share.targets.iter().map(|target| target.name()).collect();
        (share.shard.to_string(), names.join(","))
    })
}

fn github(shares: &[Share]) -> String {
    let jobs = busy(shares).map(|(shard, targets)| json!({ "shard": shard, "targets": targets }));
    json!({ "include": jobs.collect::<Vec<_>>() }).to_string()
}

fn gitlab(shares: &[Share]) -> Vec<String> {
    let head = [".pygo:", "  parallel:", "    matrix:"].map(str::to_owned);
    let job = |(shard, targets)| {
        format!("      - {{PYGO_SHARD: \"{shard}\", PYGO_TARGETS: \"{targets}\"}}")
    };
    head.into_iter().chain(busy(shares).map(job)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::factory::Shard;

    #[test]
    fn services_get_the_shards_that_have_targets() {
        let share = |number, targets: &[&str]| Share {
            shard: Shard { number, count: 3 },
            targets: targets.iter().map(|name| name.parse().unwrap()).collect(),
            seconds: 1.0,
        };
        let shares =
            [share(1, &["linux-amd64", "macos-arm64"]), share(2, &["linux-arm64"]), share(3, &[])];
        assert_eq!(
            github(&shares),
            r#"{"include":[{"shard":"1/3","targets":"linux-amd64,macos-arm64"},{"shard":"2/3","targets":"linux-arm64"}]}"#
        );
        assert_eq!(
            gitlab(&shares).join("\n"),
            ".pygo:\n  parallel:\n    matrix:\n      \
             - {PYGO_SHARD: \"1/3\", PYGO_TARGETS: \"linux-amd64,macos-arm64\"}\n      \
             - {PYGO_SHARD: \"2/3\", PYGO_TARGETS: \"linux-arm64\"}"
        );
    }
}
