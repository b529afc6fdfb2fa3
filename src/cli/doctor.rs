//! `pygo doctor`: which tools were found, where, and what would be provisioned.

use std::process::ExitCode;

use clap::Args;
use console::style;

use super::build_args::ToolArgs;
use super::output::print;
use crate::error::Result;
use crate::report::bytes;
use crate::toolchain::{CKind, Installer, Origin, Python, Survey, survey};

/// Show which tools were found and which would be downloaded
#[derive(Debug, Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    tools: ToolArgs,
}

impl Arguments {
    pub(super) fn run(self) -> Result<ExitCode> {
        let (cache, rows) = survey(&self.tools.lookup(CKind::default()))?;
        let mut lines = Vec::new();
        for row in &rows {
            lines.extend(describe(row, self.tools.offline));
        }
        if let Some(installer) = installer(&rows).filter(|_| !self.tools.offline) {
            lines.push(format!("{:<10} {installer}", "fetch by"));
        }
        lines.push(format!("{:<10} {}", "cache", cache.root().display()));
        print(lines)?;
        Ok(ExitCode::SUCCESS)
    }
}

/// What pygo fetches where it is missing, unless it is told not to.
const PROVISIONED: &[&str] = &["go", "zig", "cffi", "setuptools"];

fn describe(row: &Survey, offline: bool) -> Vec<String> {
    // The pinned cffi goes before an installed one, unless it cannot be fetched.
    let stands_in =
        |origin: &Origin| offline && row.tool == "cffi" && *origin == Origin::PythonEnvironment;
    let mut lines: Vec<String> = row
        .found
        .iter()
        .enumerate()
        .map(|(index, (exe, origin, version))| {
            let taken = if row.taken == Some(index) {
                style("*").green().to_string()
            } else {
                " ".to_owned()
            };
            let what = match version {
                Ok(version) => version.to_string(),
                Err(wrong) => wrong.lines().next().unwrap_or("unusable").to_owned(),
            };
            let why = match row.taken == Some(index) && stands_in(origin) {
                true => ", because offline",
                false => "",
            };
            format!("{:<10} {taken} {what}  {} ({origin}{why})", row.tool, exe.display())
        })
        .collect();
    if offline && row.taken.is_none() && PROVISIONED.contains(&row.tool) {
        let what = row.provision.as_ref().map(|fetching| format!(": {}", fetching.what));
        let what = what.unwrap_or_default();
        lines.push(format!("{:<10}   missing (offline){what}", row.tool));
    } else if let Some(fetching) = row.provision.as_ref().filter(|_| !offline) {
        let size = fetching.size.map(|size| format!(", {}", bytes(size))).unwrap_or_default();
        let into = fetching.into.display();
        lines.push(format!(
            "{:<10}   would be provisioned: {}{size}, into {into}",
            row.tool, fetching.what
        ));
    } else if row.found.is_empty() {
        lines.push(format!("{:<10}   not found", row.tool));
    }
    lines
}

/// What would fetch: `uv` or `pip`.
fn installer(rows: &[Survey]) -> Option<&'static str> {
    let row = rows.iter().find(|row| row.tool == "python")?;
    let (exe, origin, _) = row.found.get(row.taken?)?;
    let python = Python::probe(exe, *origin).ok()?;
    Some(Installer::new(&python, false).name().unwrap_or("nothing: neither uv nor pip is there"))
}
