//! `pygo signatures`: prints C declarations of what Go exports.

use std::process::ExitCode;
use std::sync::Arc;

use clap::{Args, ValueEnum};
use console::style;
use serde_json::{Value, json};

use super::build_args::NativeArgs;
use super::output::print;
use crate::error::{Failure, Result};
use crate::factory::{self, Plan, supports};
use crate::process::Environment;
use crate::project::{Derived, PartId, Project};
use crate::report::{Detail, Progress, tell};
use crate::target::TARGETS;
use crate::toolchain::{Lookup, Tools};

/// Print C declarations of the functions that Go exports
///
/// The types are those of the header that cgo writes. Paste the output into `signatures`, or write it
/// to the file that `cdef` names. Functions that Python could not call are reported with the reason.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// What to print
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t)]
    format: Format,
    #[command(flatten)]
    native: NativeArgs,
}

/// How declarations are printed.
#[derive(Debug, Clone, Copy, Default, ValueEnum)]
enum Format {
    /// C, for the file of `cdef`
    #[default]
    C,
    /// The key `signatures`, for pyproject.toml
    Toml,
    /// JSON, for programs
    Json,
}

impl Arguments {
    pub(super) fn run(mut self, environment: &Environment, detail: Detail) -> Result<ExitCode> {
        self.native.project.find(environment, detail);
        let project = Project::read(self.native.project.path(), environment.get("GOWORK"))?;
        if !project.parts.iter().any(|part| part.library().is_some()) {
            return Err(Failure::project(
                "reading the exports of the project",
                "no part has a library: a program exports nothing to Python, and with `binding` = \
                 \"capi\" the C code of the module declares what Python can call",
                "run this command in the project of a library",
            ));
        }
        // Any target will do, unless files of the package are for some systems only.
        let target = TARGETS.iter().find(|target| supports(&project, **target));
        let target = target.map_or("host", |target| target.name());
        let out_dir = self.native.project.out_dir(None);
        let options = self.native.options(environment, &project, Some(target), out_dir)?;
        let progress = Arc::new(Progress::new(environment, detail, &[]));
        let shown = Arc::clone(&progress);
        let lookup = self.native.lookup(environment);
        let lookup = Lookup { go_dirs: project.go_dirs(), ..lookup };
        let tools = Tools::new(environment, lookup, move |download| shown.downloading(&download));
        let plan = Plan::new(project, options)?;
        let found = factory::derived(&plan, &tools);
        progress.finish();
        let found = found?;
        for (_, derived) in &found {
            for left_out in &derived.left_out {
                tell(format_args!("{} {left_out}", style("note:").cyan().for_stderr()));
            }
        }
        match self.format {
            Format::C => print(found.iter().flat_map(|(_, derived)| &derived.signatures))?,
            Format::Toml => print(toml(&found))?,
            Format::Json => {
                print([json!({ "parts": found.iter().map(part).collect::<Vec<_>>() })])?
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}

/// The key `signatures` of each part.
fn toml(found: &[(PartId, Derived)]) -> Vec<String> {
    let mut lines = Vec::new();
    for (_, derived) in found {
        lines.push("signatures = [".to_owned());
        // No declaration that is derived has quotes or backslashes.
        lines.extend(derived.signatures.iter().map(|text| format!("    \"{text}\",")));
        lines.push("]".to_owned());
    }
    lines
}

fn part((id, derived): &(PartId, Derived)) -> Value {
    json!({ "id": id, "signatures": derived.signatures, "left_out": derived.left_out })
}
