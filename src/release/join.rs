//! Joins the parts of a release, if they are complete and fit together.
//!
//! Input: what the machines of a release sent, and which wheels it must have. Output: its files and
//! one report, or everything that is wrong.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use super::agreement;
use super::expected::{Expected, ExpectedWheel, Key, Labels, missing, shard};
use super::parts::{BuiltFile, Parts};
use crate::error::{Failure, Result};
use crate::report::{JoinedReport, Report, ReportedSource, ReportedTarget, TargetResult, Tools};
use crate::wheel::WheelName;

/// A complete release.
#[derive(Debug)]
pub struct Merged {
    /// Its wheels in the order of the matrix, then its sdist.
    pub files: Vec<BuiltFile>,
    /// The number of wheels among the files.
    pub wheels: usize,
    /// The report of everything.
    pub report: Report,
    /// The distribution and the version.
    pub name: String,
    /// The wheels that several machines built, with the same bytes.
    pub verified: Vec<String>,
}

/// A wheel that a machine built.
struct Built<'p> {
    target: &'p ReportedTarget,
    name: &'p WheelName,
    file: &'p BuiltFile,
}

/// What the machines built for each target and ABI.
type AllBuilt<'p> = BTreeMap<Key<'p>, Vec<Built<'p>>>;

/// Joins `parts` to the release that `expected` describes.
///
/// # Errors
/// [`Kind::Build`](crate::error::Kind) with everything that is missing, superfluous, or different.
pub fn merge(parts: &Parts, expected: &Expected) -> Result<Merged> {
    const DOING: &str = "merging the parts of a release";
    if parts.reports.is_empty() {
        let help = "`pygo matrix --shard K/N` writes a report next to its wheels; with --targets, \
                    add `--report dist/report-1.json` and keep it with the wheels";
        return Err(Failure::build(DOING, "there is no report among the files", help));
    }
    let mut problems = Vec::new();
    let expected = expected.wheels(&parts.reports, &mut problems)?;
    let labels = Labels::of(&parts.reports, &expected);
    let built = built(parts, &labels, &mut problems);
    missing(&parts.reports, &expected, &extensions(&built), &labels, &mut problems);
    superfluous(&built, &expected, &labels, &mut problems);
    let verified = repeated(&built, &labels, &mut problems);
    unreported(parts, &built, &mut problems);
    let mut kept: Vec<&Built<'_>> = built.values().filter_map(|all| all.first()).collect();
    kept.sort_by_key(|one| expected.iter().position(|wheel| wheel.is(one.key())));
    if expected.is_empty() || (kept.is_empty() && problems.is_empty()) {
        problems.push("the release has no wheels".to_owned());
    }
    same_name(&kept, &labels, &mut problems);
    agreement::runs(&parts.reports, &mut problems);
    let sdist = sdist(parts, &mut problems);
    let name = version(&kept, sdist, &mut problems);
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
    let report = joined(&parts.reports, &kept, &expected);
    let wheels = kept.len();
    let files = kept.into_iter().map(|one| one.file).chain(sdist.map(|(_, file)| file));
    Ok(Merged { files: files.cloned().collect(), wheels, report, name, verified })
}

impl<'p> Built<'p> {
    fn key(&self) -> Key<'p> {
        (&self.target.target, &self.target.abi)
    }
}

/// The wheels that the reports name. Reports what failed, and files that are missing or changed.
fn built<'p>(parts: &'p Parts, labels: &Labels, problems: &mut Vec<String>) -> AllBuilt<'p> {
    let mut built = AllBuilt::new();
    for (path, report) in &parts.reports {
        if let Some(failure) = &report.failure {
            problems.push(format!("{}: nothing was built: {}", path.display(), failure.found));
        }
        for target in &report.targets {
            match find(target, parts, labels) {
                Ok(one) => built.entry(one.key()).or_default().push(one),
                Err(problem) => problems.push(format!("{}: {problem}", path.display())),
            }
        }
    }
    built
}

/// The file of a target, or why there is none.
fn find<'p>(
    target: &'p ReportedTarget,
    parts: &'p Parts,
    labels: &Labels,
) -> Result<Built<'p>, String> {
    let label = labels.name((&target.target, &target.abi));
    if target.result != TargetResult::Built {
        let why = target.failure.as_ref().map_or("it was not built", |failure| &failure.found);
        return Err(format!("{label} has no wheel: {why}"));
    }
    // The report was written on another machine: only the name of the file counts.
    let path = target.wheel.as_ref().and_then(|path| path.file_name());
    let (Some(file_name), Some(sha256)) = (path.and_then(|name| name.to_str()), &target.sha256)
    else {
        return Err(format!("{label} has no name or digest of its wheel"));
    };
    let named = || parts.wheels.iter().filter(|(_, file)| file.name == file_name);
    if let Some((name, file)) = named().find(|(_, file)| file.sha256 == *sha256) {
        return Ok(Built { target, name, file });
    }
    Err(match named().next() {
        Some(_) => {
            format!("{file_name} is not the file that was built for {label}: its SHA-256 differs")
        }
        None => format!("{file_name}, built for {label}, is in none of the directories"),
    })
}

/// The wheels that have extension modules: others serve every ABI.
fn extensions<'p>(built: &AllBuilt<'p>) -> Vec<Key<'p>> {
    let has_abi = |one: &Built<'_>| one.name.tag.abis().iter().any(|abi| *abi != "none");
    let wheels = built.iter().filter(|(_, all)| all.iter().any(has_abi));
    wheels.map(|(key, _)| *key).collect()
}

/// Reports wheels that the release does not have.
fn superfluous(
    built: &AllBuilt<'_>,
    expected: &[ExpectedWheel],
    labels: &Labels,
    problems: &mut Vec<String>,
) {
    for key in built.keys().filter(|key| !expected.iter().any(|wheel| wheel.is(**key))) {
        problems.push(format!("{} was built, but is not part of the release", labels.name(*key)));
    }
}

/// The wheels that several machines built. Reports those with different bytes.
fn repeated(built: &AllBuilt<'_>, labels: &Labels, problems: &mut Vec<String>) -> Vec<String> {
    let mut verified = Vec::new();
    for (key, all) in built {
        let Some((first, others)) = all.split_first() else { continue };
        match others.iter().find(|other| other.file.sha256 != first.file.sha256) {
            Some(other) => problems.push(format!(
                "{} was built twice, with different bytes: {} and {}",
                labels.name(*key),
                first.file.path.display(),
                other.file.path.display()
            )),
            None if !others.is_empty() => verified.push(labels.name(*key)),
            None => {}
        }
    }
    verified
}

/// Reports wheels of the same name for different targets or ABIs.
fn same_name(kept: &[&Built<'_>], labels: &Labels, problems: &mut Vec<String>) {
    let mut names: BTreeMap<&str, Key<'_>> = BTreeMap::new();
    for one in kept {
        if let Some(other) = names.insert(&one.file.name, one.key()) {
            let (first, second) = (labels.name(other), labels.name(one.key()));
            problems.push(format!("{} was built for {first} and for {second}", one.file.name));
        }
    }
}

/// The distribution and the version of the release. Reports several.
fn version(kept: &[&Built<'_>], sdist: Option<Named<'_>>, problems: &mut Vec<String>) -> String {
    let wheels = kept.iter().map(|one| (&one.name.dist, &one.name.version));
    let all = wheels.chain(sdist.map(|((dist, version), _)| (dist, version)));
    let mut names: Vec<String> = Vec::new();
    for (dist, version) in all {
        let name = format!("{} {version}", dist.normalized());
        if !names.contains(&name) {
            names.push(name);
        }
    }
    if names.len() > 1 {
        problems.push(format!("there is more than one version: {}", names.join(", ")));
    }
    names.concat()
}

/// Reports wheels that no report mentions.
fn unreported(parts: &Parts, built: &AllBuilt<'_>, problems: &mut Vec<String>) {
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
fn joined(
    reports: &[(PathBuf, Report)],
    kept: &[&Built<'_>],
    expected: &[ExpectedWheel],
) -> Report {
    let base = reports.iter().map(|(_, report)| report).find(|report| report.tools.is_some());
    let base = base.or(reports.first().map(|(_, report)| report)).cloned();
    let mut runs: Vec<_> = reports.iter().map(|(_, report)| report).collect();
    let names = |report: &Report| -> Vec<String> {
        report.targets.iter().map(|target| target.target.clone()).collect()
    };
    runs.sort_by_cached_key(|report| (shard(report), names(report)));
    let run = |report: &Report| JoinedReport {
        shard: report.shard.clone(),
        targets: names(report),
        seconds: report.seconds,
        started: report.started.clone(),
        finished: report.finished.clone(),
        invocation: report.invocation.clone(),
    };
    let mut matrix: Vec<String> = expected.iter().map(|wheel| wheel.target.clone()).collect();
    matrix.dedup();
    let mut abis: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (target, abi) in kept.iter().map(|one| one.key()) {
        abis.entry(target.to_owned()).or_default().push(abi.to_owned());
    }
    let all = || reports.iter().map(|(_, report)| report);
    // Times of one form, in one zone, are in the order of their texts.
    let started = all().filter_map(|report| report.started.clone()).min();
    let finished = all().filter_map(|report| report.finished.clone()).max();
    let modules = all().flat_map(|report| report.modules.clone()).collect();
    let is_clean = all().filter_map(|report| report.source.as_ref()).all(|source| source.clean);
    let source = all().find_map(|report| report.source.clone());
    let source = source.map(|source| ReportedSource { clean: is_clean, ..source });
    let packages = all().filter_map(|report| report.tools.as_ref());
    let packages = packages.flat_map(|tools| tools.packages.clone()).collect();
    let base = base.unwrap_or_else(|| Report::empty(1, std::time::Duration::ZERO));
    let tools = base.tools.clone().map(|tools| Tools { packages, ..tools });
    Report {
        jobs: reports.iter().map(|(_, report)| report.jobs).max().unwrap_or(1),
        seconds: reports.iter().map(|(_, report)| report.seconds).fold(0.0, f64::max),
        targets: kept.iter().map(|one| one.target.clone()).collect(),
        started,
        finished,
        tools,
        shard: None,
        source,
        invocation: None,
        modules,
        matrix,
        abis,
        joined: runs.into_iter().map(run).collect(),
        ..base
    }
}
