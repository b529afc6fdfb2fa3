//! `pygo doctor`: which tools were found, where, what a build would download, and a verdict.

use std::process::ExitCode;

use clap::Args;
use console::style;

use super::output::{Format, print, print_json};
use super::tool_args::ToolArgs;
use crate::error::{Kind, Result};
use crate::process::Environment;
use crate::report::{Detail, DoctorReport, bytes, width, wrap};
use crate::toolchain::{Checkup, Origin, Tool, diagnose, pinned_version};

/// Show whether this machine can build, and with which tools
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Output format; docs/doctor.schema.json describes the JSON
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    #[command(flatten)]
    tools: ToolArgs,
}

impl Arguments {
    pub(super) fn run(self, environment: &Environment, detail: Detail) -> Result<ExitCode> {
        let diagnosis = diagnose(environment, &self.tools.lookup(environment))?;
        let report = DoctorReport::new(&diagnosis, self.tools.offline);
        let code = if report.ready { 0 } else { Kind::Toolchain.exit_code() };
        if self.format == Format::Json {
            print_json("writing the report", &report)?;
            return Ok(ExitCode::from(code));
        }
        if detail == Detail::Quiet {
            print((!report.ready).then_some(&report.verdict))?;
            return Ok(ExitCode::from(code));
        }
        let checkups = diagnosis.tools.iter();
        let mut lines: Vec<_> =
            checkups.flat_map(|checkup| describe(checkup, self.tools.offline)).collect();
        if let Some(installer) = diagnosis.installer.filter(|_| !self.tools.offline) {
            let name = installer.unwrap_or("none: neither uv nor pip was found");
            lines.push(format!("{:<10} {name}", "installer"));
        }
        lines.push(format!("{:<10} {}", "cache", diagnosis.cache.display()));
        let verdict = style(report.verdict);
        let verdict = if report.ready { verdict.green() } else { verdict.red() };
        lines.push(verdict.bold().to_string());
        let width = width(&console::Term::stdout());
        // Below the version, whatever its length.
        let hang = 13;
        let mut wrapped = Vec::new();
        lines.iter().for_each(|line| wrap(&mut wrapped, width, "", hang, line));
        print(wrapped)?;
        Ok(ExitCode::from(code))
    }
}

fn describe(checkup: &Checkup, offline: bool) -> Vec<String> {
    let tool = checkup.tool.name();
    let mut lines = Vec::new();
    for (index, (exe, origin, version)) in checkup.found.iter().enumerate() {
        let used = checkup.used == Some(index);
        let mark = if used { style("*").green().to_string() } else { " ".to_owned() };
        let version = match version {
            Ok(version) => version.to_string(),
            Err(wrong) => wrong.lines().next().unwrap_or("unusable").to_owned(),
        };
        // Online, the pinned cffi would be used instead of an installed one.
        let installed_cffi = checkup.tool == Tool::Cffi && *origin == Origin::PythonEnvironment;
        let why = if used && offline && installed_cffi { ", because offline" } else { "" };
        lines.push(format!("{tool:<10} {mark} {version}  {} ({origin}{why})", exe.display()));
    }
    if offline && checkup.used.is_none() && pinned_version(checkup.tool).is_some() {
        let what = checkup.download.as_ref().map(|download| format!(": {}", download.what));
        lines.push(format!("{tool:<10}   missing (offline){}", what.unwrap_or_default()));
    } else if let Some(download) = checkup.download.as_ref().filter(|_| !offline) {
        let size = download.size.map(|size| format!(", {}", bytes(size))).unwrap_or_default();
        let into = download.into.display();
        lines.push(format!(
            "{tool:<10}   would be downloaded: {}{size}, into {into}",
            download.what
        ));
    } else if checkup.found.is_empty() {
        lines.push(format!("{tool:<10}   not found"));
    }
    lines
}
