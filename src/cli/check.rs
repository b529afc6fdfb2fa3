//! `pygo check`: finds problems in wheels, whatever tool built them.

use std::io::BufReader;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, ValueEnum};
use console::style;
use rayon::prelude::*;
use serde::Serialize;
use walkdir::WalkDir;

use super::fix_name::fix_name;
use super::output::{print, print_failure};
use crate::audit::{
    FileKind, Finding, Group, Inspection, SDIST_SUFFIX, Selection, Severity, UnknownRule,
    catalogue, inspect, inspect_sdist,
};
use crate::error::{Failure, Kind, Result};
use crate::process::Environment;
use crate::report::{CheckReport, Detail, annotate_finding, tell};

/// Check wheels and sdists from any build tool
///
/// Reports what is wrong with each file, and which platforms a wheel is compatible with.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Wheels and sdists (.tar.gz), or directories to search for wheels
    #[arg(value_name = "FILE|DIR", required_unless_present_any = ["list", "explain"])]
    wheels: Vec<PathBuf>,
    /// Output format, also of --list and --explain
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// Check only these rules: codes, names or code prefixes
    #[arg(long, value_name = "RULES", value_delimiter = ',')]
    select: Vec<String>,
    /// Skip these rules
    #[arg(long, value_name = "RULES", value_delimiter = ',')]
    ignore: Vec<String>,
    /// Explain a rule
    #[arg(long, value_name = "RULE", conflicts_with_all = ["wheels", "list"])]
    explain: Option<String>,
    /// List every rule
    #[arg(long, conflicts_with = "wheels")]
    list: bool,
    /// Write wheels with wrong tags to --out-dir under a corrected name
    #[arg(long, requires = "out_dir")]
    fix_name: bool,
    /// Output directory of --fix-name
    #[arg(long, value_name = "DIR", requires = "fix_name")]
    out_dir: Option<PathBuf>,
}

/// Output formats.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people
    Text,
    /// One document (docs/check.schema.json); with --list or --explain, the rules
    Json,
    /// Annotations for GitHub Actions
    Github,
}

/// An inspected wheel.
type Checked = (PathBuf, Inspection);

impl Arguments {
    pub(super) fn run(self, environment: &Environment, detail: Detail) -> Result<ExitCode> {
        if self.list {
            return list(self.format);
        }
        if let Some(word) = &self.explain {
            return explain(word, self.format);
        }
        let selection = Selection::new(&self.select, &self.ignore).map_err(|e| unknown(&e))?;
        let paths = find(&self.wheels)?;
        let results: Vec<Result<Checked>> = paths.into_par_iter().map(check).collect();
        let mut checked = Vec::new();
        let mut unreadable = None;
        for result in results {
            match result {
                Ok(one) => checked.push(one),
                Err(failure) => {
                    print_failure(environment, "pygo check", &failure);
                    unreadable = Some(failure.kind);
                }
            }
        }
        let mut shown = checked.clone();
        for (_, found) in &mut shown {
            selection.apply(&mut found.findings);
        }
        show(self.format, detail, &shown)?;
        // --select and --ignore do not affect what is fixed.
        if let (true, Some(out_dir)) = (self.fix_name, &self.out_dir) {
            for ((path, found), shown) in checked.iter().zip(&mut shown) {
                if found.kind == FileKind::Sdist {
                    continue;
                }
                // The rewritten wheel replaces the original: only its errors count.
                if let Some(out) = fix_name(path, found, out_dir)? {
                    *shown = check(out)?;
                    selection.apply(&mut shown.1.findings);
                }
            }
        }
        let has_errors = shown.iter().any(|(_, found)| found.has_errors());
        let kind = unreadable.or(has_errors.then_some(Kind::Build));
        Ok(kind.map_or(ExitCode::SUCCESS, |kind| ExitCode::from(kind.exit_code())))
    }
}

fn unknown(error: &UnknownRule) -> Failure {
    Failure::new(
        Kind::Usage,
        "reading --select, --ignore or --explain",
        error.to_string(),
        error.help(),
    )
}

/// The wheels in `named`, which are wheels or directories.
fn find(named: &[PathBuf]) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for path in named {
        if !path.is_dir() {
            found.push(path.clone());
            continue;
        }
        let before = found.len();
        for entry in WalkDir::new(path).sort_by_file_name() {
            let entry = entry.map_err(|error| {
                let doing = format!("looking for wheels in {}", path.display());
                Failure::io(doing, &error.into())
            })?;
            let is_wheel = entry.path().extension().is_some_and(|end| end == "whl");
            if is_wheel && !entry.file_type().is_dir() {
                found.push(entry.into_path());
            }
        }
        if found.len() == before {
            return Err(Failure::new(
                Kind::Usage,
                format!("looking for wheels in {}", path.display()),
                "the directory has no file ending in .whl",
                "pass a wheel, or a directory with wheels",
            ));
        }
    }
    Ok(found)
}

fn check(path: PathBuf) -> Result<Checked> {
    let doing = || format!("reading {}", path.display());
    let file = fs_err::File::open(&path).map_err(|error| Failure::io(doing(), &error))?;
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let io = |error| Failure::io(doing(), &error);
    let found = if name.ends_with(SDIST_SUFFIX) {
        let size = file.metadata().map_err(io)?.len();
        inspect_sdist(BufReader::new(&file), size, &name)
    } else {
        inspect(file.file(), &name).map_err(io)?
    };
    Ok((path, found))
}

fn show(format: Format, detail: Detail, checked: &[Checked]) -> Result<()> {
    match format {
        Format::Json => print_json("writing the findings", &CheckReport::new(checked)).map(|_| ()),
        Format::Github => print(checked.iter().flat_map(|(path, found)| {
            found.findings.iter().map(|finding| annotate_finding(path, finding))
        })),
        Format::Text if detail == Detail::Quiet => {
            let mut broken = checked.to_vec();
            broken.retain(|(_, found)| found.has_errors());
            for (_, found) in &mut broken {
                found.findings.retain(|finding| finding.rule.severity == Severity::Error);
            }
            print(broken.iter().flat_map(|(path, found)| text(path, found)))
        }
        Format::Text => {
            print(checked.iter().flat_map(|(path, found)| text(path, found)))?;
            // Without a readable wheel, "0 errors" would contradict the failure above it.
            if !checked.is_empty() {
                tell(summary(checked));
            }
            Ok(())
        }
    }
}

fn print_json(doing: &str, value: &impl Serialize) -> Result<ExitCode> {
    let text = serde_json::to_string_pretty(value)
        .map_err(|error| Failure::io(doing, &std::io::Error::other(error)))?;
    print([text])?;
    Ok(ExitCode::SUCCESS)
}

fn text(path: &Path, found: &Inspection) -> Vec<String> {
    let mut lines = vec![format!("{}: {}", path.display(), compatible(found))];
    for finding in &found.findings {
        lines.push(format!("  {} {}: {}", severity(finding), finding.rule, finding.what));
        lines.push(format!("      help: {}", finding.fix));
    }
    lines
}

fn severity(finding: &Finding) -> String {
    let word = finding.rule.severity.name();
    let styled = match finding.rule.severity {
        Severity::Error => style(word).red().bold(),
        Severity::Warning => style(word).yellow(),
    };
    styled.to_string()
}

/// The lowest tags that fit, and why.
fn compatible(found: &Inspection) -> String {
    if found.kind == FileKind::Sdist {
        return "source distribution".to_owned();
    }
    let tags = match found.compatible.platforms.join(".") {
        none if none.is_empty() => "no platform tag fits".to_owned(),
        tags => format!("runs on {tags}"),
    };
    match &found.compatible.reason {
        // What decides the tag is a fact, not a fault.
        Some(why) if !found.compatible.platforms.is_empty() => {
            format!("{tags} (decided by {})", relative_clause(why))
        }
        Some(why) => format!("{tags} ({why})"),
        None => tags,
    }
}

/// `libhello.so needs GLIBC_2.34` as `libhello.so, which needs GLIBC_2.34`.
fn relative_clause(sentence: &str) -> String {
    let verb = [" needs ", " was "].iter().filter_map(|verb| sentence.find(verb)).min();
    verb.map_or_else(
        || sentence.to_owned(),
        |at| format!("{}, which{}", &sentence[..at], &sentence[at..]),
    )
}

fn summary(checked: &[Checked]) -> String {
    let count = |severity| {
        let findings = checked.iter().flat_map(|(_, found)| &found.findings);
        findings.filter(|finding| finding.rule.severity == severity).count()
    };
    let plural = |count: usize, word: &str| match count {
        1 => format!("1 {word}"),
        count => format!("{count} {word}s"),
    };
    let sdists = checked.iter().filter(|(_, found)| found.kind == FileKind::Sdist).count();
    let files = match (checked.len() - sdists, sdists) {
        (wheels, 0) => plural(wheels, "wheel"),
        (0, sdists) => plural(sdists, "sdist"),
        (wheels, sdists) => format!("{} and {}", plural(wheels, "wheel"), plural(sdists, "sdist")),
    };
    format!(
        "{}, {} in {files}",
        plural(count(Severity::Error), "error"),
        plural(count(Severity::Warning), "warning"),
    )
}

fn list(format: Format) -> Result<ExitCode> {
    if format == Format::Json {
        return print_json("listing the rules", &catalogue::all().collect::<Vec<_>>());
    }
    let mut lines = Vec::new();
    for group in Group::ALL {
        lines.push(format!("{} ({})", group.title(), group.prefix()));
        let rules = catalogue::all().filter(|rule| rule.group == *group);
        lines.extend(rules.map(|rule| {
            format!("  {}  {:<26}  {:<7}  {}", rule.code, rule.name, rule.severity.name(), rule.why)
        }));
    }
    print(lines)?;
    Ok(ExitCode::SUCCESS)
}

fn explain(word: &str, format: Format) -> Result<ExitCode> {
    let rule = catalogue::find(word).ok_or_else(|| unknown(&UnknownRule::new(word)))?;
    if format == Format::Json {
        return print_json("explaining a rule", rule);
    }
    print([
        format!("{rule} ({}, {})", rule.severity.name(), rule.group.title()),
        String::new(),
        format!("  {}", rule.why),
        String::new(),
        format!("  source: {}", rule.source),
        format!("  fix:    {}", rule.fix),
    ])?;
    Ok(ExitCode::SUCCESS)
}

#[cfg(test)]
mod tests {
    use super::relative_clause;

    #[test]
    fn what_decides_a_tag_is_told_as_a_fact() {
        for (sentence, clause) in [
            ("x.so needs GLIBC_2.34 (f)", "x.so, which needs GLIBC_2.34 (f)"),
            (
                "x.so was built by a Go that needs macOS 13.0",
                "x.so, which was built by a Go that needs macOS 13.0",
            ),
        ] {
            assert_eq!(relative_clause(sentence), clause);
        }
    }
}
