//! Which wheels a release must have, and which of them no machine built.
//!
//! Input: a plan, a list of targets, or the reports of shards. Output: targets, each with an ABI of
//! Python as far as known, and a line for each wheel that is missing.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use crate::error::{Failure, Result};
use crate::factory::Shard;
use crate::report::Report;
use crate::target::{PythonAbi, Target};

/// Which wheels a release must have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Expected {
    /// These.
    Wheels(Vec<ExpectedWheel>),
    /// Those of the matrix that the reports are shards of.
    Shards,
}

/// A wheel that a release must have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExpectedWheel {
    /// Its target.
    pub target: String,
    /// The ABI of Python that it is for; `None` for every ABI that the target was built for.
    pub abi: Option<String>,
}

/// A target and an ABI of Python, as reports name them.
pub(super) type Key<'p> = (&'p str, &'p str);

/// How messages name a wheel.
pub(super) struct Labels {
    /// Whether the targets have wheels for several ABIs.
    with_abi: bool,
}

impl Expected {
    /// The wheels, in the order of the matrix.
    ///
    /// # Errors
    /// If the reports are not those of shards, and nothing else names the wheels.
    pub(super) fn wheels(
        &self,
        reports: &[(PathBuf, Report)],
        problems: &mut Vec<String>,
    ) -> Result<Vec<ExpectedWheel>> {
        match self {
            Self::Wheels(wheels) => Ok(wheels.clone()),
            Self::Shards => of_shards(reports, problems),
        }
    }
}

impl ExpectedWheel {
    /// Whether it is the wheel of `key`.
    pub(super) fn is(&self, (target, abi): Key<'_>) -> bool {
        self.target == target && self.abi.as_deref().is_none_or(|own| own == abi)
    }
}

impl Labels {
    pub(super) fn of(reports: &[(PathBuf, Report)], expected: &[ExpectedWheel]) -> Self {
        let reported = keys(reports).map(|(_, abi)| abi);
        let expected = expected.iter().filter_map(|wheel| wheel.abi.as_deref());
        Self { with_abi: reported.chain(expected).collect::<BTreeSet<_>>().len() > 1 }
    }

    /// The name of a wheel: `linux-amd64`, or `linux-amd64 (cp313)`.
    pub(super) fn name(&self, (target, abi): Key<'_>) -> String {
        if self.with_abi { format!("{target} ({abi})") } else { target.to_owned() }
    }
}

/// What the reports are about, whether it was built or failed.
fn keys(reports: &[(PathBuf, Report)]) -> impl Iterator<Item = Key<'_>> {
    let targets = reports.iter().flat_map(|(_, report)| &report.targets);
    targets.map(|target| (target.target.as_str(), target.abi.as_str()))
}

/// The wheels of the matrix whose shards the reports are.
fn of_shards(
    reports: &[(PathBuf, Report)],
    problems: &mut Vec<String>,
) -> Result<Vec<ExpectedWheel>> {
    let without = reports.iter().find(|(_, report)| report.shard.is_none());
    let first = reports.first().map(|(_, report)| report);
    let (None, Some(first)) = (without, first) else {
        let found =
            "the reports are not those of shards, so nothing says which targets the release has";
        let help = "pass --targets LIST, or --plan with the output of `pygo plan --format json`";
        return Err(Failure::build("merging the parts of a release", found, help));
    };
    let count = |report: &Report| shard(report).map(|shard| shard.count);
    if reports.iter().any(|(_, report)| count(report) != count(first)) {
        problems.push("the reports are of matrices with different numbers of shards".to_owned());
    }
    let differs = |report: &Report| report.matrix != first.matrix || report.abis != first.abis;
    if let Some((path, _)) = reports.iter().find(|(_, report)| differs(report)) {
        problems.push(format!("{} is a shard of a matrix with other wheels", path.display()));
    }
    let wheels = first.matrix.iter().flat_map(|target| {
        let abis = first.abis.get(target).filter(|abis| !abis.is_empty());
        let abis = abis.map_or(vec![None], |abis| abis.iter().cloned().map(Some).collect());
        abis.into_iter().map(|abi| ExpectedWheel { target: target.clone(), abi })
    });
    Ok(wheels.collect())
}

/// The shard of which `report` is, if of one.
pub(super) fn shard(report: &Report) -> Option<Shard> {
    report.shard.as_ref()?.parse().ok()
}

/// The shards that no report is of. One that had nothing to build may be among them.
fn absent(reports: &[(PathBuf, Report)]) -> Vec<String> {
    let known: Vec<_> = reports.iter().filter_map(|(_, report)| shard(report)).collect();
    let count = known.iter().map(|shard| shard.count).max().unwrap_or(0);
    let is_known = |number| known.iter().any(|shard| shard.number == number);
    let absent = (1..=count).filter(|number| !is_known(*number));
    absent.map(|number| Shard { number, count }.to_string()).collect()
}

/// Reports the wheels of `expected` that no machine built, and those of `extensions` that one target
/// has and another lacks, if nothing says which each must have. `extensions` are the wheels that
/// depend on the ABI.
pub(super) fn missing(
    reports: &[(PathBuf, Report)],
    expected: &[ExpectedWheel],
    extensions: &[Key<'_>],
    labels: &Labels,
    problems: &mut Vec<String>,
) {
    let known: BTreeSet<Key<'_>> = keys(reports).collect();
    let mut is_complete = true;
    for wheel in expected {
        if known.iter().any(|key| wheel.is(*key)) {
            continue;
        }
        let name = match &wheel.abi {
            Some(abi) => labels.name((&wheel.target, abi)),
            None => wheel.target.clone(),
        };
        problems.push(format!("{name} is missing: no report has it"));
        is_complete = false;
    }
    let absent = if is_complete { Vec::new() } else { absent(reports) };
    if !absent.is_empty() {
        problems.push(format!("the reports of some shards are missing: {}", absent.join(", ")));
    }
    let mut examples: BTreeMap<&str, &str> = BTreeMap::new();
    for (target, abi) in extensions {
        examples.entry(abi).or_insert(target);
    }
    for wheel in expected.iter().filter(|wheel| wheel.abi.is_none()) {
        let target = wheel.target.as_str();
        if !extensions.iter().any(|(other, _)| *other == target) {
            continue;
        }
        for (abi, other) in &examples {
            if !known.contains(&(target, *abi)) && !has_no(target, abi) {
                let name = labels.name((target, abi));
                problems.push(format!("{name} is missing: no report has it, but {other} has one"));
            }
        }
    }
}

/// Whether `target` never has a wheel for `abi`.
fn has_no(target: &str, abi: &str) -> bool {
    let (Ok(target), Ok(abi)) = (target.parse::<Target>(), abi.parse::<PythonAbi>()) else {
        return false;
    };
    target.slices().first().is_some_and(|slice| abi.refusal(*slice).is_some())
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use serde_json::json;

    use super::*;

    /// The reports of machines, each with the wheels that it built.
    fn reports(built: &[&[Key<'_>]]) -> Vec<(PathBuf, Report)> {
        let report = |keys: &&[Key<'_>]| {
            let target = |(target, abi): &Key<'_>| json!({ "target": target, "abi": abi, "result": "built", "seconds": 1, "stages": [] });
            let targets = keys.iter().map(target).collect::<serde_json::Value>();
            let targets = serde_json::from_value(targets).unwrap();
            (PathBuf::from("r.json"), Report { targets, ..Report::empty(1, Duration::ZERO) })
        };
        built.iter().map(report).collect()
    }

    fn wheel(target: &str, abi: Option<&str>) -> ExpectedWheel {
        ExpectedWheel { target: target.to_owned(), abi: abi.map(str::to_owned) }
    }

    /// What is missing if every wheel has an extension module.
    fn found(expected: &[ExpectedWheel], built: &[&[Key<'_>]]) -> Vec<String> {
        let reports = reports(built);
        let labels = Labels::of(&reports, expected);
        let extensions: Vec<_> = built.concat();
        let mut problems = Vec::new();
        missing(&reports, expected, &extensions, &labels, &mut problems);
        problems
    }

    #[test]
    fn a_plan_names_every_abi_of_every_target() {
        let plan = [
            wheel("linux-amd64", Some("cp312")),
            wheel("linux-amd64", Some("cp313")),
            wheel("linux-arm64", Some("cp312")),
        ];
        let all: &[Key<'_>] = &[("linux-amd64", "cp312"), ("linux-amd64", "cp313")];
        assert_eq!(found(&plan, &[all, &[("linux-arm64", "cp312")]]), [""; 0]);
        assert_eq!(
            found(&plan, &[&all[..1]]),
            [
                "linux-amd64 (cp313) is missing: no report has it",
                "linux-arm64 (cp312) is missing: no report has it",
            ]
        );
        let only = [wheel("linux-amd64", Some("abi3")), wheel("linux-arm64", Some("abi3"))];
        assert_eq!(
            found(&only, &[&[("linux-amd64", "abi3")]]),
            ["linux-arm64 is missing: no report has it"]
        );
    }

    #[test]
    fn without_a_plan_targets_have_the_same_abis_unless_their_system_lacks_one() {
        let targets =
            ["linux-amd64", "linux-arm64", "windows-amd64"].map(|target| wheel(target, None));
        let built: &[Key<'_>] = &[
            ("linux-amd64", "cp313"),
            ("linux-amd64", "cp314t"),
            ("linux-arm64", "cp314t"),
            ("windows-amd64", "cp313"),
        ];
        assert_eq!(
            found(&targets, &[built]),
            ["linux-arm64 (cp313) is missing: no report has it, but linux-amd64 has one"]
        );
        assert_eq!(found(&targets, &[built, &[("linux-arm64", "cp313")]]), [""; 0]);
        // Programs have one wheel for all.
        let reports = reports(&[&[("linux-amd64", "abi3"), ("linux-arm64", "cp313")]]);
        let labels = Labels::of(&reports, &targets[..2]);
        let mut problems = Vec::new();
        missing(&reports, &targets[..2], &[("linux-arm64", "cp313")], &labels, &mut problems);
        assert_eq!(problems, [""; 0]);
    }

    #[test]
    fn shards_agree_on_the_abis_of_their_matrix() {
        let shard = |shard: &str, abis: &[&str]| {
            let (mut report, abis) = (Report::empty(1, Duration::ZERO), abis.iter());
            report.shard = Some(shard.to_owned());
            report.matrix = vec!["linux-amd64".to_owned()];
            let abis = abis.map(|abi| (*abi).to_owned()).collect();
            report.abis = [("linux-amd64".to_owned(), abis)].into();
            (PathBuf::from(format!("{}.json", shard.replace('/', "-"))), report)
        };
        let mut problems = Vec::new();
        let of = |reports: &[_], problems: &mut Vec<String>| {
            Expected::Shards.wheels(reports, problems).unwrap()
        };
        let both = [shard("1/2", &["abi3", "cp314t"]), shard("2/2", &["abi3", "cp314t"])];
        let expected = of(&both, &mut problems);
        let abis: Vec<_> = expected.iter().filter_map(|wheel| wheel.abi.as_deref()).collect();
        assert_eq!((abis, problems.len()), (vec!["abi3", "cp314t"], 0));
        of(&[shard("1/2", &["abi3"]), shard("2/2", &["cp312"])], &mut problems);
        assert_eq!(problems, ["2-2.json is a shard of a matrix with other wheels"]);
        problems.clear();
        of(&[shard("1/2", &["abi3"]), shard("2/3", &["abi3"])], &mut problems);
        assert_eq!(problems, ["the reports are of matrices with different numbers of shards"]);
    }
}
