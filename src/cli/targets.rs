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
        let rows: Vec<_> = TARGETS.iter().map(|target| row(*target)).collect();
        let lines = std::iter::once(&heading).chain(&rows).map(|[name, go, zig, os, tag]| {
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

/// The minimum OS release of a wheel: that of its slice for the oldest system.
fn min_of_wheel(target: Target) -> Release {
    let slices = target.slices().iter();
    slices.map(|slice| min_release(*slice)).min().unwrap_or(target.min_release())
}

fn row(target: Target) -> [String; 5] {
    let each = |part: fn(Slice) -> String| {
        target.slices().iter().map(|slice| part(*slice)).collect::<Vec<_>>().join(" + ")
    };
    let min = min_of_wheel(target);
    [
        target.name().to_owned(),
        each(Slice::go_name),
        each(|slice| slice.zig_triple(min_release(slice))),
        format!("{} {min}", target.os().release_of),
        target.platform_tag(min).to_string(),
    ]
}

fn object(target: Target) -> Value {
    let os = target.os();
    let min = min_of_wheel(target);
    let each = |part: fn(Slice) -> String| -> Value {
        target.slices().iter().map(|slice| part(*slice)).collect()
    };
    json!({
        "name": target.name(),
        "go": each(Slice::go_name),
        "zig": each(|slice| slice.zig_triple(min_release(slice))),
        "minimum_os": format!("{} {min}", os.release_of),
        "platform_tag": target.platform_tag(min).to_string(),
        "tag_families": os.tag_families().collect::<Vec<_>>(),
        "machines": target.machines(),
    })
}
