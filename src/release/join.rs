//! Whether the parts of a release are complete and fit together.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use super::agreement;
use super::parts::{BuiltFile, Parts};
use crate::error::{Failure, Result};
use crate::report::{JoinedReport, Report, ReportedTarget, TargetResult};
use crate::wheel::WheelName;

/// Which targets a release must have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Expected {
    /// These.
    Targets(Vec<String>),
    /// Those of the matrix that the reports are shards of.
    Shards,
}

/// A complete release.
#[derive(Debug)]
pub struct Merged {
    /// Its wheels in the order of the matrix, then its sdist.
    pub files: Vec<BuiltFile>,
    /// How many of the files are wheels.
    pub wheels: usize,
    /// The report of everything.
    pub report: Report,
    /// The distribution and the version.
    pub name: String,
    /// The targets that several machines built, with the same bytes.
    pub verified: Vec<String>,
}

/// A target that a machine built.
struct Built<'p> {
    target: &'p ReportedTarget,
    name: &'p WheelName,
    file: &'p BuiltFile,
}

/// Joins `parts` to the release that `expected` describes.
///
/// # Errors
/// [`Kind::Build`](crate::error::Kind) with everything that is missing, superfluous, or different.
pub fn merge(parts: &Parts, expected: &Expected) -> Result<Merged> {
    const DOING: &str = "merging the parts of a release";
    let mut problems = Vec::new();
    if parts.reports.is_empty() {
        let help = "`pygo matrix --shard K/N` writes a report beside its wheels; with --targets, \
                    add `--report dist/report-1.json` and keep it with the wheels";
        return Err(Failure::build(DOING, "there is no report among the files", help));
    }
    let expected = match expected {
        Expected::Targets(targets) => targets.clone(),
        Expected::Shards => of_shards(&parts.reports, &mut problems)?,
    };
    // A target has a wheel for each ABI of Python.
    let mut built: BTreeMap<(&str, &str), Vec<Built<'_>>> = BTreeMap::new();
    for (path, report) in &parts.reports {
        if let Some(failure) = &report.failure {
            problems.push(format!("{}: nothing was built: {}", path.display(), failure.found));
        }
        for target in &report.targets {
            match find(target, parts) {
                Ok(one) => built.entry((&target.target, &target.abi)).or_default().push(one),
                Err(problem) => problems.push(format!("{}: {problem}", path.display())),
            }
        }
    }
    for name in &expected {
        if !parts.reports.iter().any(|(_, report)| has(report, name)) {
            problems.push(format!("{name} is missing: no report has it"));
        }
    }
    let mut kept: Vec<&Built<'_>> = Vec::new();
    let mut verified = Vec::new();
    let position = |name: &str| expected.iter().position(|other| other == name);
    for ((name, _), all) in &built {
        if position(name).is_none() {
            problems.push(format!("{name} was built, but is not part of the release"));
        }
        let Some((first, others)) = all.split_first() else { continue };
        kept.push(first);
        match others.iter().find(|other| other.file.sha256 != first.file.sha256) {
            Some(other) => problems.push(format!(
                "{name} was built twice, with different bytes: {} and {}",
                first.file.path.display(),
                other.file.path.display()
            )),
            None if !others.is_empty() && !verified.iter().any(|other| other == name) => {
                verified.push((*name).to_owned());
            }
            None => {}
        }
    }
    kept.sort_by_key(|one| position(&one.target.target));
    unreported(parts, &built, &mut problems);
    let mut names = BTreeSet::new();
    for one in &kept {
        if !names.insert(&one.file.name) {
            problems.push(format!("{} was built for two targets", one.file.name));
        }
    }
    agreement::runs(&parts.reports, &mut problems);
    let sdist = sdist(parts, &mut problems);
    let names = kept.iter().map(|one| (&one.name.dist, &one.name.version));
    let names: Vec<_> = names.chain(sdist.map(|((dist, version), _)| (dist, version))).collect();
    let mut spelled: Vec<String> = Vec::new();
    for (dist, version) in names {
        let name = format!("{} {version}", dist.normalized());
        if !spelled.contains(&name) {
            spelled.push(name);
        }
    }
    if spelled.len() > 1 {
        problems.push(format!("there is more than one version: {}", spelled.join(", ")));
    }
    // Of broken parts, more problems would follow from those above.
    if problems.is_empty() {
        let files: Vec<_> = kept.iter().map(|one| (one.name, one.file)).collect();
        agreement::wheels(&files, &mut problems)?;
    }
    if !problems.is_empty() {
        problems.dedup();
        let help = "build what is missing or wrong again: every part from the same sources, with the \
                    same pygo, Go and C compiler";
        return Err(Failure::build(DOING, problems.join("\n"), help));
    }
    let report = joined(&parts.reports, &kept, expected);
    let wheels = kept.len();
    let files = kept.into_iter().map(|one| one.file).chain(sdist.map(|(_, file)| file));
    let files = files.cloned().collect();
    Ok(Merged { files, wheels, report, name: spelled.concat(), verified })
}

fn has(report: &Report, target: &str) -> bool {
    report.targets.iter().any(|own| own.target == target)
}

/// The targets of the matrix whose shards the reports are.
fn of_shards(reports: &[(PathBuf, Report)], problems: &mut Vec<String>) -> Result<Vec<String>> {
    let without = reports.iter().find(|(_, report)| report.shard.is_none());
    let first = reports.first().map(|(_, report)| report);
    let (None, Some(first)) = (without, first) else {
        let found =
            "the reports are not those of shards, so nothing says which targets the release has";
        let help = "pass --targets LIST, or --plan with the output of `pygo plan --format json`";
        return Err(Failure::build("merging the parts of a release", found, help));
    };
    let count = |report: &Report| {
        report
            .shard
            .as_ref()
            .and_then(|shard| shard.split_once('/'))
            .map(|(_, count)| count.to_owned())
    };
    if reports.iter().any(|(_, report)| count(report) != count(first)) {
        problems.push("the reports are of matrices with different numbers of shards".to_owned());
    }
    if let Some((path, _)) = reports.iter().find(|(_, report)| report.matrix != first.matrix) {
        problems.push(format!("{} is a shard of a matrix with other targets", path.display()));
    }
    Ok(first.matrix.clone())
}

/// The file of a target, or why there is none.
fn find<'p>(target: &'p ReportedTarget, parts: &'p Parts) -> Result<Built<'p>, String> {
    let name = &target.target;
    if target.result != TargetResult::Built {
        let why = target.failure.as_ref().map_or("it was not built", |failure| &failure.found);
        return Err(format!("{name} has no wheel: {why}"));
    }
    // The report was written on another machine: only the name of the file counts.
    let path = target.wheel.as_ref().and_then(|path| path.file_name());
    let (Some(file_name), Some(sha256)) = (path.and_then(|name| name.to_str()), &target.sha256)
    else {
        return Err(format!("{name} has no name or digest of its wheel"));
    };
    let named = || parts.wheels.iter().filter(|(_, file)| file.name == file_name);
    if let Some((name, file)) = named().find(|(_, file)| file.sha256 == *sha256) {
        return Ok(Built { target, name, file });
    }
    Err(match named().next() {
        Some(_) => {
            format!("{file_name} is not the file that was built for {name}: its SHA-256 differs")
        }
        None => format!("{file_name}, built for {name}, is in none of the directories"),
    })
}

/// Reports wheels that no report mentions.
fn unreported(
    parts: &Parts,
    built: &BTreeMap<(&str, &str), Vec<Built<'_>>>,
    problems: &mut Vec<String>,
) {
    let known: BTreeSet<_> =
        built.values().flatten().map(|one| (&one.file.name, &one.file.sha256)).collect();
    for (_, file) in &parts.wheels {
        if !known.contains(&(&file.name, &file.sha256)) {
            problems.push(format!("{} is in no report", file.path.display()));
        }
    }
}

type Named<'p> = &'p ((crate::wheel::DistName, pep440_rs::Version), BuiltFile);

/// The only sdist, if there is one.
fn sdist<'p>(parts: &'p Parts, problems: &mut Vec<String>) -> Option<Named<'p>> {
    let (first, others) = parts.sdists.split_first()?;
    if let Some((_, other)) = others
        .iter()
        .find(|(_, other)| (&other.name, &other.sha256) != (&first.1.name, &first.1.sha256))
    {
        problems.push(format!(
            "there are two sdists: {} and {}",
            first.1.path.display(),
            other.path.display()
        ));
    }
    Some(first)
}

/// One report in place of all.
fn joined(reports: &[(PathBuf, Report)], kept: &[&Built<'_>], matrix: Vec<String>) -> Report {
    let base = reports.iter().map(|(_, report)| report).find(|report| report.tools.is_some());
    let base = base.or(reports.first().map(|(_, report)| report)).cloned();
    let mut of_runs: Vec<_> = reports
        .iter()
        .map(|(_, report)| JoinedReport {
            shard: report.shard.clone(),
            targets: report.targets.iter().map(|target| target.target.clone()).collect(),
            seconds: report.seconds,
        })
        .collect();
    let number = |run: &JoinedReport| {
        run.shard.as_ref().and_then(|shard| shard.split_once('/')?.0.parse::<usize>().ok())
    };
    of_runs.sort_by(|one, other| (number(one), &one.targets).cmp(&(number(other), &other.targets)));
    let empty = || Report::empty(1, std::time::Duration::ZERO);
    Report {
        jobs: reports.iter().map(|(_, report)| report.jobs).max().unwrap_or(1),
        seconds: reports.iter().map(|(_, report)| report.seconds).fold(0.0, f64::max),
        targets: kept.iter().map(|one| one.target.clone()).collect(),
        shard: None,
        matrix,
        joined: of_runs,
        ..base.unwrap_or_else(empty)
    }
}
