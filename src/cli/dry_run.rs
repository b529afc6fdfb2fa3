//! `--dry-run`: what would be built.

use std::process::ExitCode;

use super::build_args::names;
use super::output::print;
use crate::error::Result;
use crate::factory::Plan;
use crate::project::GoLibrary;

/// Prints what a build of `plan` would do, a line for each thing.
pub(super) fn dry_run(plan: &Plan) -> Result<ExitCode> {
    let project = &plan.project;
    let library = |library: &GoLibrary| {
        let exports: Vec<_> = library.exports.iter().map(|export| export.name.as_str()).collect();
        format!("library {}: exports {}", library.name, exports.join(", "))
    };
    let mut lines: Vec<String> = project.libraries.iter().map(library).collect();
    lines.extend(project.extensions.iter().map(|extension| {
        let count = extension.signatures.len();
        let plural = if count == 1 { "" } else { "s" };
        format!("extension {}: {count} signature{plural}", extension.module)
    }));
    lines.push(format!("base wheel: {}, once", project.build_system.backend));
    for slice in &plan.slices {
        let serves = names(&plan.served_by(*slice));
        let (goos, goarch) = (slice.os.goos, slice.arch.goarch);
        lines.push(format!(
            "build {}: GOOS={goos} GOARCH={goarch} CGO_ENABLED=1, for {serves}",
            slice.name()
        ));
    }
    for target in &plan.options.targets {
        lines.push(format!("wheel {target}: into {}", plan.options.out_dir.display()));
    }
    print(lines)?;
    Ok(ExitCode::SUCCESS)
}
