//! `pygo check`: finds problems in wheels, whatever tool built them.

mod fetch;
mod find;
mod fix;
mod output;
mod rules;
mod settings;
mod tag;

use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;
use rayon::prelude::*;

pub(super) use find::{find, wheels_in};
use output::{Format, layout, show};
use settings::{SettingArgs, settings};

use super::output::{print, print_failure};
use crate::audit::{
    Excluded, FileKind, Finding, Group, Inspection, SDIST_SUFFIX, Selection, Severity,
    inspect_except, inspect_sdist,
};
use crate::error::{Failure, Kind, Result};
use crate::process::Environment;
use crate::report::{Detail, Layout, check_text, tell};

/// Check wheels and sdists from any build tool
///
/// Reports what is wrong with each file, and which platforms a wheel is compatible with.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Wheels and sdists (.tar.gz), directories to search for them, or releases on the index
    #[arg(value_name = "FILE|DIR|NAME==VERSION", required_unless_present_any = ["list", "explain"])]
    wheels: Vec<PathBuf>,
    /// Output format, also of --list and --explain
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    #[command(flatten)]
    settings: SettingArgs,
    /// Fail for warnings as well
    #[arg(long, conflicts_with = "errors_only")]
    strict: bool,
    /// Report errors only
    #[arg(long)]
    errors_only: bool,
    /// Explain a rule, or a tag such as manylinux_2_28_x86_64, abi3 or cp312
    #[arg(long, value_name = "RULE|TAG", conflicts_with_all = ["wheels", "list"])]
    explain: Option<String>,
    /// List every rule
    #[arg(long, conflicts_with = "wheels")]
    list: bool,
    /// Write wheels to --out-dir with a correct name, tags, RECORD, order and file modes
    #[arg(long, alias = "fix-name", requires = "out_dir")]
    fix: bool,
    /// With --fix: accept files that do not match their hashes in RECORD, and write the new hashes
    #[arg(long, requires = "fix")]
    update_hashes: bool,
    /// Output directory of --fix
    #[arg(long, value_name = "DIR", requires = "fix")]
    out_dir: Option<PathBuf>,
    #[command(flatten)]
    release: fetch::ReleaseArgs,
}

/// An inspected wheel.
pub(super) type Checked = (PathBuf, Inspection);

impl Arguments {
    pub(super) fn run(self, environment: &Environment, detail: Detail) -> Result<ExitCode> {
        if self.list {
            return rules::list(self.format);
        }
        if let Some(word) = &self.explain {
            return rules::explain(word, self.format);
        }
        let (selection, excluded) = settings(&self.settings, environment, detail)?;
        // The downloaded wheels exist until the end.
        let (named, _downloaded) = self.release.fetch(environment, self.wheels.clone())?;
        let paths = find(&named)?;
        let results: Vec<Result<Checked>> =
            paths.into_par_iter().map(|path| check(path, &excluded)).collect();
        let mut checked = Vec::new();
        let mut failure_kind = None;
        for result in results {
            match result {
                Ok(one) => checked.push(one),
                Err(failure) => {
                    print_failure(environment, "pygo check", &failure);
                    failure_kind = Some(failure.kind);
                }
            }
        }
        let mut shown = checked.clone();
        for (_, found) in &mut shown {
            self.reduce(found, &selection, detail);
        }
        let layout = layout(detail, &selection);
        show(self.format, detail, layout, environment, &shown)?;
        if let (true, Some(out_dir)) = (self.fix, &self.out_dir) {
            let inputs = checked.iter().map(|(path, _)| path.clone()).collect();
            let mut fixer = fix::Fixer {
                out_dir,
                inputs,
                update_hashes: self.update_hashes,
                detail,
                written: Vec::new(),
            };
            for ((path, found), shown) in checked.iter().zip(&mut shown) {
                if found.kind == FileKind::Sdist {
                    continue;
                }
                // --select and --ignore do not affect what is fixed.
                match fixer.fix(path, found) {
                    // The fixed wheel replaces the original: only its errors count.
                    Ok(Some(out)) => {
                        *shown = check(out, &excluded)?;
                        self.reduce(&mut shown.1, &selection, detail);
                        self.show_fixed(shown, detail, layout)?;
                    }
                    Ok(None) => {}
                    Err(failure) => {
                        print_failure(environment, "pygo check", &failure);
                        failure_kind = Some(failure.kind);
                    }
                }
            }
        }
        let fails =
            |found: &Inspection| found.has_errors() || (self.strict && !found.findings.is_empty());
        let failed = shown.iter().any(|(_, found)| fails(found));
        let kind = failure_kind.or(failed.then_some(Kind::Build));
        Ok(kind.map_or(ExitCode::SUCCESS, |kind| ExitCode::from(kind.exit_code())))
    }

    /// Prints what is left to say about a fixed wheel, and its path for programs. Formats of one
    /// document are about the original.
    fn show_fixed(&self, (out, found): &Checked, detail: Detail, layout: Layout) -> Result<()> {
        if self.format != Format::Text {
            return Ok(());
        }
        if detail != Detail::Quiet {
            check_text(out, found, layout).into_iter().for_each(tell);
        }
        print([out.display()])
    }

    /// Removes the findings that were not asked for. What makes the command fail always stays.
    fn reduce(&self, found: &mut Inspection, selection: &Selection, detail: Detail) {
        selection.apply(&mut found.findings);
        let quiet = self.format == Format::Text && detail == Detail::Quiet && !self.strict;
        if self.errors_only || quiet {
            found.findings.retain(|finding| finding.severity == Severity::Error);
        }
    }
}

/// Which errors stop a command that hands on what it checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Set {
    /// Those that make a wheel unusable.
    Defects,
    /// These, and what the index would reject, even if the project ignores such rules.
    All,
}

/// Checks the wheels and sdists at `paths` with the settings of the project around the current
/// directory.
///
/// # Errors
/// [`Kind::Build`] with the errors in `set` that were found.
pub(super) fn checked(
    environment: &Environment,
    detail: Detail,
    paths: &[PathBuf],
    doing: &str,
    set: Set,
) -> Result<Vec<Checked>> {
    let (selection, excluded) = settings(&SettingArgs::default(), environment, detail)?;
    let checks = paths.par_iter().map(|path| check(path.clone(), &excluded));
    let mut all = checks.collect::<Result<Vec<Checked>>>()?;
    for (_, found) in &mut all {
        set.select(&mut found.findings, &selection);
    }
    let mut errors = Vec::new();
    let mut helps: Vec<&str> = Vec::new();
    for (path, found) in &all {
        for error in found.findings.iter().filter(|one| one.severity == Severity::Error) {
            errors.push(format!("{}: {error}", path.display()));
            if !helps.contains(&error.fix.as_str()) {
                helps.push(&error.fix);
            }
        }
    }
    if errors.is_empty() {
        return Ok(all);
    }
    Err(Failure::build(doing, errors.join("\n"), helps.join("\n")))
}

impl Set {
    /// Leaves those of `findings` that count for the command: by `selection`, except for the rules
    /// of the index, on which the project has no influence.
    fn select(self, findings: &mut Vec<Finding>, selection: &Selection) {
        let is_of_index = |finding: &mut Finding| finding.rule.group == Group::Index;
        let of_index: Vec<_> = findings.extract_if(.., is_of_index).collect();
        selection.apply(findings);
        if self == Self::All {
            findings.extend(of_index);
        }
    }
}

/// Opens a regular file; `help` says what to pass instead of another.
pub(super) fn open(path: &Path, help: &str) -> Result<File> {
    let doing = || format!("reading {}", path.display());
    // Opening a pipe would wait for a writer, and a device may have no end.
    if fs_err::metadata(path).is_ok_and(|metadata| !metadata.is_file()) {
        return Err(Failure::new(Kind::Usage, doing(), "it is not a regular file", help));
    }
    let file = fs_err::File::open(path).map_err(|error| Failure::io(doing(), &error))?;
    Ok(file.into_file())
}

fn check(path: PathBuf, excluded: &Excluded) -> Result<Checked> {
    let io = |error| Failure::io(format!("reading {}", path.display()), &error);
    let file = open(&path, "pass a wheel, an sdist, or a directory with them")?;
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let found = if name.ends_with(SDIST_SUFFIX) {
        let size = file.metadata().map_err(io)?.len();
        inspect_sdist(BufReader::new(&file), size, &name)
    } else {
        inspect_except(&file, &name, excluded).map_err(io)?
    };
    Ok((path, found))
}
