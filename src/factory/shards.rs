//! Splits the targets of a plan over several machines.
//!
//! Input: a plan, its stages, what each costs, and the number of shards. Output: the targets of each
//! shard. The same input gives the same shares on every machine, so that each can compute its own.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use super::costs::Costs;
use super::event::Work;
use super::plan::Plan;
use crate::target::Target;

/// More machines than any CI service starts for one job.
const MAX_SHARDS: usize = 256;

/// One of several parts of a matrix: `2/4`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Shard {
    /// Its number, from 1.
    pub number: usize,
    /// The number of shards.
    pub count: usize,
}

impl FromStr for Shard {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let numbers = text.split_once('/').and_then(|(number, count)| {
            Some(Self { number: number.trim().parse().ok()?, count: count.trim().parse().ok()? })
        });
        match numbers {
            Some(shard) if (1..=shard.count).contains(&shard.number) => match shard.count {
                ..=MAX_SHARDS => Ok(shard),
                _ => Err(format!("there can be no more than {MAX_SHARDS} shards")),
            },
            _ => {
                Err("write the number of the shard and how many there are, such as 2/4".to_owned())
            }
        }
    }
}

impl fmt::Display for Shard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.number, self.count)
    }
}

/// The targets that one machine builds.
#[derive(Debug, Clone, PartialEq)]
pub struct Share {
    /// Which of the shards it is.
    pub shard: Shard,
    /// Its targets, in the order of the plan; none if there are more shards than targets.
    pub targets: Vec<Target>,
    /// The cost of its stages together, in seconds of one job.
    pub seconds: f64,
}

/// The shares of `plan`, whose stages are `stages`, for `count` machines.
pub fn shares(plan: &Plan, stages: &[Work], costs: &Costs, count: usize) -> Vec<Share> {
    let targets = &plan.options.targets;
    let seconds: Vec<f64> = stages.iter().map(|work| costs.of(work)).collect();
    let needs = |target: &Target| {
        (0..stages.len()).filter(|at| stages[*at].scope.serves(*target)).collect::<BTreeSet<_>>()
    };
    let needs: Vec<_> = targets.iter().map(needs).collect();
    let share = |(at, own): (usize, Load)| Share {
        shard: Shard { number: at + 1, count },
        targets: own.targets.iter().filter_map(|at| targets.get(*at).copied()).collect(),
        seconds: cost(&own.stages, &seconds),
    };
    balanced(&needs, &seconds, count).into_iter().enumerate().map(share).collect()
}

/// What a machine has to do so far, by position.
#[derive(Debug, Clone, Default)]
struct Load {
    targets: BTreeSet<usize>,
    stages: BTreeSet<usize>,
}

fn cost(stages: &BTreeSet<usize>, seconds: &[f64]) -> f64 {
    stages.iter().filter_map(|at| seconds.get(*at)).sum()
}

/// Gives each target to the machine that is then finished first, expensive targets first. Targets
/// that share stages with those of a machine cost it only the others.
fn balanced(needs: &[BTreeSet<usize>], seconds: &[f64], count: usize) -> Vec<Load> {
    let mut loads = vec![Load::default(); count];
    let mut order: Vec<_> = (0..needs.len()).collect();
    order.sort_by(|one, other| {
        let alone = |at: &usize| cost(&needs[*at], seconds);
        alone(other).total_cmp(&alone(one)).then(one.cmp(other))
    });
    for at in order {
        let with = |load: &Load| cost(&load.stages.union(&needs[at]).copied().collect(), seconds);
        let chosen = loads.iter_mut().min_by(|one, other| {
            let count = |load: &Load| load.targets.len();
            with(one).total_cmp(&with(other)).then(count(one).cmp(&count(other)))
        });
        if let Some(load) = chosen {
            load.targets.insert(at);
            load.stages.extend(&needs[at]);
        }
    }
    loads
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The targets of each share, where target `at` needs the stages in `needs[at]`.
    fn split(needs: &[&[usize]], seconds: &[f64], count: usize) -> Vec<Vec<usize>> {
        let needs: Vec<BTreeSet<usize>> =
            needs.iter().map(|n| n.iter().copied().collect()).collect();
        let loads = balanced(&needs, seconds, count);
        loads.into_iter().map(|load| load.targets.into_iter().collect()).collect()
    }

    #[test]
    fn shares_are_balanced_by_cost_and_complete() {
        // Stage 0 is the base wheel, which every share builds.
        let needs: &[&[usize]] = &[&[0, 1], &[0, 2], &[0, 3], &[0, 4]];
        assert_eq!(split(needs, &[1.0, 90.0, 30.0, 30.0, 30.0], 2), [vec![0], vec![1, 2, 3]]);
        assert_eq!(split(needs, &[1.0, 5.0, 5.0, 5.0, 5.0], 2), [vec![0, 2], vec![1, 3]]);
        for count in 1..8 {
            let shares = split(needs, &[0.0; 5], count);
            let mut all: Vec<_> = shares.concat();
            all.sort_unstable();
            assert_eq!(all, [0, 1, 2, 3]);
            assert_eq!(shares.len(), count);
            let empty = shares.iter().filter(|share| share.is_empty()).count();
            assert_eq!(empty, count.saturating_sub(4), "no machine is idle while another has two");
        }
    }

    #[test]
    fn shared_stages_count_once() {
        // Target 0 is universal2, which has the slices of 1 and 2; target 3 is as expensive as both.
        let needs: &[&[usize]] = &[&[0, 1], &[0], &[1], &[2]];
        assert_eq!(split(needs, &[50.0, 50.0, 100.0], 2), [vec![0, 1, 2], vec![3]]);
    }

    #[test]
    fn a_shard_is_one_of_several() {
        let read = |text: &str| text.parse::<Shard>();
        assert_eq!(read("2/4").unwrap().to_string(), "2/4");
        for text in ["0/4", "5/4", "4", "a/b", "", "1/", "-1/2", "1/0"] {
            assert!(read(text).unwrap_err().contains("such as 2/4"), "{text}");
        }
        assert!(read("1/257").unwrap_err().contains("256"));
    }
}
