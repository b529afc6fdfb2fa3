//! What stages cost, in seconds: measured by an earlier run, or what they take as a rule.
//!
//! In: a report, or the times of a run, which the cache keeps for the next. Out: the cost of a stage.

use std::collections::BTreeMap;
use std::path::Path;

use super::event::{Stage, Work};
use super::monitor::StageTime;
use crate::toolchain::Cache;

/// Stage, part, platform and seconds, as the cache has them.
type Measurements = Vec<(Stage, String, String, f64)>;

/// The costs of stages, in seconds: measured, or typical ones.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Costs(BTreeMap<(Stage, String, String), f64>);

impl Costs {
    /// Adds a measurement of `stage` for a part and a platform.
    pub fn add(&mut self, stage: Stage, part: Option<&str>, of: &str, seconds: f64) {
        // Reports are files that anybody may have written.
        let seconds = if seconds.is_finite() { seconds.clamp(0.0, 1e6) } else { 0.0 };
        let key = (stage, part.unwrap_or_default().to_owned(), of.to_owned());
        let known = self.0.entry(key).or_default();
        *known = known.max(seconds);
    }

    /// What stages of the project in `root` cost when they last ran on this machine.
    pub(super) fn of_earlier_runs(cache: &Cache, root: &Path) -> Self {
        let known: Measurements = cache.recall(&question(root)).unwrap_or_default();
        let mut costs = Self::default();
        for (stage, part, of, seconds) in known {
            costs.add(stage, Some(&part), &of, seconds);
        }
        costs
    }

    /// Keeps what is known, with `times` in place of what they measured again, for later runs.
    pub(super) fn remember(mut self, times: &[StageTime], cache: &Cache, root: &Path) {
        let mut new = Self::default();
        for StageTime { work, cost, .. } in times {
            let part = work.scope.part().map(ToString::to_string);
            new.add(work.stage, part.as_deref(), &work.scope.platform(), cost.as_secs_f64());
        }
        self.0.extend(new.0);
        let flat = |((stage, part, of), seconds)| (stage, part, of, seconds);
        let all: Measurements = self.0.into_iter().map(flat).collect();
        cache.keep(&question(root), Vec::new(), &all, cache.clock());
    }

    /// The cost of `work`: as measured, else the mean of what was measured for that stage, else a
    /// rule of thumb.
    pub(super) fn of(&self, work: &Work) -> f64 {
        let part = work.scope.part().map(ToString::to_string).unwrap_or_default();
        if let Some(seconds) = self.0.get(&(work.stage, part, work.scope.platform())) {
            return *seconds;
        }
        let others = self.0.iter().filter(|((stage, ..), _)| *stage == work.stage);
        let others: Vec<f64> = others.map(|(_, seconds)| *seconds).collect();
        match others.len() {
            0 => usual(work.stage),
            count => others.iter().sum::<f64>() / count as f64,
        }
    }
}

fn question(root: &Path) -> (&'static str, &Path) {
    ("stage costs", root)
}

/// What a stage takes on a CI machine whose cache has tools, but no outputs of stages.
fn usual(stage: Stage) -> f64 {
    match stage {
        Stage::BaseWheel => 5.0,
        Stage::Exports | Stage::Source | Stage::Signatures => 1.0,
        Stage::Prepare => 10.0,
        Stage::Library => 60.0,
        Stage::Program => 30.0,
        Stage::Extension => 20.0,
        Stage::Fuse | Stage::Audit | Stage::Pack => 0.5,
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::factory::Scope;
    use crate::process::Environment;

    #[test]
    fn measured_costs_replace_the_usual_ones() {
        let work =
            |of: &str| Work { stage: Stage::Audit, scope: Scope::Target(of.parse().unwrap()) };
        let mut costs = Costs::default();
        assert_eq!(costs.of(&work("linux-amd64")), usual(Stage::Audit));
        costs.add(Stage::Audit, None, "linux-amd64", 8.0);
        costs.add(Stage::Audit, None, "linux-arm64", f64::INFINITY);
        costs.add(Stage::Audit, None, "macos-amd64", -7.0);
        assert_eq!(costs.of(&work("linux-amd64")), 8.0);
        assert_eq!(costs.of(&work("macos-amd64")), 0.0);
        assert_eq!(costs.of(&work("macos-arm64")), 8.0 / 3.0);
    }

    #[test]
    fn a_run_remembers_what_the_next_expects() {
        let dir = tempfile::tempdir().unwrap();
        let environment = Environment::from_iter([("PYGO_CACHE_DIR", dir.path())]);
        let cache = Cache::new(&environment).unwrap();
        let root = Path::new("/project");
        let work = |stage, of: &str| Work { stage, scope: Scope::Target(of.parse().unwrap()) };
        let time = |of: &str, seconds| StageTime {
            work: work(Stage::Pack, of),
            elapsed: Duration::ZERO,
            fingerprint: String::new(),
            cached: true,
            cost: Duration::from_secs(seconds),
        };
        let known = || Costs::of_earlier_runs(&cache, root);
        assert_eq!(known(), Costs::default());
        known().remember(&[time("linux-amd64", 3), time("linux-arm64", 5)], &cache, root);
        known().remember(&[time("linux-amd64", 1), time("linux-amd64", 2)], &cache, root);
        assert_eq!(known().of(&work(Stage::Pack, "linux-amd64")), 2.0);
        assert_eq!(known().of(&work(Stage::Pack, "linux-arm64")), 5.0);
        assert_eq!(Costs::of_earlier_runs(&cache, Path::new("/other")), Costs::default());
    }
}
