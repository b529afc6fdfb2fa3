//! `pygo targets`: lists every target.

use std::process::ExitCode;

use clap::{Args, ValueEnum};
use serde_json::{Value, json};

use super::output::print;
use crate::error::Result;
use crate::report::tell;
use crate::target::{Release, Slice, TARGETS, Target};
use crate::toolchain::{Tool, pinned_version};

/// List the targets with their Go platforms, zig triples, minimum OS versions and wheel tags
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Output format
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// A table
    Text,
    /// An array with one object per target
    Json,
}

impl Arguments {
    pub(super) fn run(self) -> Result<ExitCode> {
        if self.format == Format::Json {
            let targets: Value = TARGETS.iter().map(|target| object(*target)).collect();
            print([format!("{targets:#}")])?;
            return Ok(ExitCode::SUCCESS);
        }
        let heading = ["target", "go", "zig", "minimum OS", "wheel tag"].map(str::to_owned);
        let rows = TARGETS.iter().map(|target| {
            let (go, zig, os, tag) = facts(*target);
            [target.name().to_owned(), go.join(" + "), zig.join(" + "), os, tag]
        });
        let lines = std::iter::once(heading).chain(rows).map(|[name, go, zig, os, tag]| {
            format!("{name:<16}  {go:<27}  {zig:<43}  {os:<10}  {tag}")
        });
        print(lines)?;
        if let Some(go) = pinned_version(Tool::Go) {
            tell(format_args!(
                "The minimum macOS version is that of the pinned Go, {go}; an older Go supports \
                 older versions."
            ));
        }
        Ok(ExitCode::SUCCESS)
    }
}

/// The minimum OS release for which the pinned Go builds by default.
fn min_release(slice: Slice) -> Release {
    let go = pinned_version(Tool::Go);
    go.map_or(slice.min_release(), |go| slice.os.min_for_go(go.minor)).max(slice.min_release())
}

/// The Go platforms, the zig triples, the minimum OS and the platform tag of a wheel. Its minimum
/// OS release is that of its slice for the oldest system.
fn facts(target: Target) -> (Vec<String>, Vec<String>, String, String) {
    let slices = target.slices().iter().copied();
    let min = slices.clone().map(min_release).min().unwrap_or(target.min_release());
    (
        slices.clone().map(Slice::go_name).collect(),
        slices.map(|slice| slice.zig_triple(min_release(slice))).collect(),
        format!("{} {min}", target.os().release_of),
        target.platform_tag(min).to_string(),
    )
}

fn object(target: Target) -> Value {
    let (go, zig, minimum_os, platform_tag) = facts(target);
    json!({
        "name": target.name(),
        "go": go,
        "zig": zig,
        "minimum_os": minimum_os,
        "platform_tag": platform_tag,
        "tag_families": target.os().tag_families().collect::<Vec<_>>(),
        "machines": target.machines(),
    })
}
