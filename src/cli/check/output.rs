//! What `pygo check` prints, in each format.

use std::path::PathBuf;

use clap::ValueEnum;
use console::Term;

use crate::audit::{Inspection, Selection};
use crate::cli::github::write_summary;
use crate::cli::output::{print, print_json, print_raw};
use crate::error::Result;
use crate::process::Environment;
use crate::report::{
    CheckReport, Detail, Layout, check_annotations, check_sarif, check_summary, check_text,
    check_totals, tell, width,
};

/// Output formats.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// For people
    Text,
    /// One document (docs/check.schema.json); with --list or --explain, the rules
    Json,
    /// At most ten annotations for GitHub Actions, and everything in the step summary
    Github,
    /// SARIF 2.1.0, for code scanning
    Sarif,
}

/// Prints what was found in each wheel.
pub(super) fn show(
    format: Format,
    detail: Detail,
    layout: Layout,
    environment: &Environment,
    checked: &[(PathBuf, Inspection)],
) -> Result<()> {
    match format {
        Format::Json => print_json("writing the findings", &CheckReport::new(checked)),
        Format::Sarif => print_json("writing the findings", &check_sarif(checked)),
        Format::Github => github(layout, environment, checked),
        Format::Text => {
            // With --quiet, a wheel without errors is not mentioned.
            let shown = checked
                .iter()
                .filter(|(_, found)| detail != Detail::Quiet || !found.findings.is_empty());
            print(shown.flat_map(|(path, found)| check_text(path, found, layout)))?;
            // Without a readable wheel, "0 errors" would contradict the failure above it.
            if detail != Detail::Quiet && !checked.is_empty() {
                tell(check_totals(checked));
            }
            Ok(())
        }
    }
}

/// Lines are wrapped for people only: programs that read the output get one line per fact.
pub(super) fn layout(detail: Detail, selection: &Selection) -> Layout {
    Layout {
        width: width(&Term::stdout()),
        all: detail == Detail::Verbose,
        partial: selection.is_partial(),
    }
}

fn github(
    layout: Layout,
    environment: &Environment,
    checked: &[(PathBuf, Inspection)],
) -> Result<()> {
    let (annotations, rest) = check_annotations(checked);
    print_raw(annotations)?;
    let has_summary = write_summary(environment, &check_summary(checked))?;
    match (rest, has_summary) {
        (0, _) => {}
        (rest, true) => tell(format_args!("{rest} more in the step summary")),
        // Nobody else would show them.
        (_, false) => {
            let layout = Layout { width: None, ..layout };
            print(checked.iter().flat_map(|(path, found)| check_text(path, found, layout)))?;
        }
    }
    tell(check_totals(checked));
    Ok(())
}
