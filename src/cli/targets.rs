//! `pygo targets`: lists every target.

use std::process::ExitCode;

use clap::{Args, ValueEnum};
use serde_json::{Value, json};

use super::build_args::ToolArgs;
use super::output::print;
use crate::error::Result;
use crate::factory::supported_bindings;
use crate::process::Environment;
use crate::report::{Detail, tell};
use crate::target::{Release, Slice, TARGETS, Target};
use crate::toolchain::{Tool, Version, installed_go, pinned_version};

/// List the targets with minimum OS versions and wheel tags
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Output format
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    #[command(flatten)]
    tools: ToolArgs,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// A table
    Text,
    /// An array with one object per target
    Json,
}

impl Arguments {
    pub(super) fn run(self, environment: &Environment, detail: Detail) -> Result<ExitCode> {
        let found = installed_go(environment, &self.tools.lookup(environment));
        let go = found.as_ref().map(|found| found.version).or_else(|| pinned_version(Tool::Go));
        if self.format == Format::Json {
            let targets: Value = TARGETS.iter().map(|target| object(*target, go)).collect();
            print([format!("{targets:#}")])?;
            return Ok(ExitCode::SUCCESS);
        }
        let heading =
            ["target", "bindings", "go", "zig", "minimum OS", "wheel tag"].map(str::to_owned);
        let rows = TARGETS.iter().map(|target| {
            let (go, zig, os, tag) = facts(*target, go);
            let bindings = supported_bindings(*target).join(", ");
            [target.name().to_owned(), bindings, go.join(" + "), zig.join(" + "), os, tag]
        });
        let lines =
            std::iter::once(heading).chain(rows).map(|[name, bindings, go, zig, os, tag]| {
                format!("{name:<16}  {bindings:<17}  {go:<27}  {zig:<43}  {os:<12}  {tag}")
            });
        print(lines)?;
        if let (Some(go), true) = (go, detail != Detail::Quiet) {
            let place = found.map(|found| format!(" ({})", found.path.display()));
            tell(format_args!(
                "The minimum macOS version is that of Go {go}{}. Another Go supports other \
                 versions.",
                place.unwrap_or_default()
            ));
        }
        Ok(ExitCode::SUCCESS)
    }
}

/// The minimum OS release for which `go` builds by default.
fn min_release(slice: Slice, go: Option<Version>) -> Release {
    go.map_or(slice.min_release(), |go| slice.os.min_for_go(go.minor)).max(slice.min_release())
}

/// The Go platforms, the zig triples, the minimum OS and the platform tag of a wheel. Its minimum
/// OS release is that of its slice for the oldest system.
fn facts(target: Target, go: Option<Version>) -> (Vec<String>, Vec<String>, String, String) {
    let slices = target.slices().iter().copied();
    let min =
        slices.clone().map(|slice| min_release(slice, go)).min().unwrap_or(target.min_release());
    (
        slices.clone().map(Slice::go_name).collect(),
        // Without C there is nothing for zig to do.
        slices
            .filter(|_| target.no_c().is_none())
            .map(|slice| slice.zig_triple(min_release(slice, go)))
            .collect(),
        format!("{} {min}", target.os().release_of),
        target.platform_tag(min).to_string(),
    )
}

fn object(target: Target, go: Option<Version>) -> Value {
    let (go, zig, minimum_os, platform_tag) = facts(target, go);
    json!({
        "name": target.name(),
        "bindings": supported_bindings(target),
        "go": go,
        "zig": zig,
        "minimum_os": minimum_os,
        "platform_tag": platform_tag,
        "tag_families": target.os().tag_families().collect::<Vec<_>>(),
        "machines": target.machines(),
    })
}
