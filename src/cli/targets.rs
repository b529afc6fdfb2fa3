//! `pygo targets`: every target there is.

use std::process::ExitCode;

use clap::Args;

use super::output::print;
use crate::error::Result;
use crate::report::tell;
use crate::target::{Release, Slice, TARGETS, Target};
use crate::toolchain::{Lock, Tool};

/// List the targets with their Go platforms, zig triples, minimum OS versions and wheel tags
#[derive(Debug, Args)]
pub(super) struct Arguments {}

impl Arguments {
    pub(super) fn run(self) -> Result<ExitCode> {
        let pin = Lock::built_in().pin(Tool::Go);
        let heading = ["target", "go", "zig", "least", "wheel tag"].map(str::to_owned);
        let rows: Vec<_> = TARGETS.iter().map(|target| row(*target)).collect();
        let lines = std::iter::once(&heading).chain(&rows).map(|[name, go, zig, least, tag]| {
            format!("{name:<16}  {go:<27}  {zig:<43}  {least:<10}  {tag}")
        });
        print(lines)?;
        tell(format_args!(
            "The least macOS is that of Go {}, the pinned one; an older Go allows an older macOS.",
            pin.version
        ));
        Ok(ExitCode::SUCCESS)
    }
}

/// The system release that the pinned Go builds for when nobody asks for another.
fn min_release(slice: Slice) -> Release {
    let go = Lock::built_in().pin(Tool::Go).number();
    go.map_or(slice.min_release(), |go| slice.os.min_for_go(go.minor)).max(slice.min_release())
}

fn row(target: Target) -> [String; 5] {
    let each = |part: fn(Slice) -> String| {
        target.slices().iter().map(|slice| part(*slice)).collect::<Vec<_>>().join(" + ")
    };
    let slices = target.slices().iter();
    let oldest = slices.map(|slice| min_release(*slice)).min().unwrap_or(target.min_release());
    [
        target.name().to_owned(),
        each(Slice::go_name),
        each(|slice| slice.zig_triple(min_release(slice))),
        format!("{} {oldest}", target.os().release_of),
        target.platform_tag(oldest).to_string(),
    ]
}
