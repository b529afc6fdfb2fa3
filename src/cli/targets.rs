//! `pygo targets`: every target there is.

use std::process::ExitCode;

use clap::Args;

use super::print;
use crate::error::Result;
use crate::target::TARGETS;

/// List every target: name, Go's name, zig's triple, least system, wheel tag
#[derive(Debug, Args)]
pub(super) struct Arguments {}

impl Arguments {
    pub(super) fn run(self) -> Result<ExitCode> {
        let rows = TARGETS.iter().map(|target| {
            let least = target.least();
            let join = |parts: Vec<String>| parts.join(" + ");
            let go = join(
                target
                    .slices()
                    .iter()
                    .map(|s| format!("{}/{}", s.system.goos(), s.arch.goarch()))
                    .collect(),
            );
            let zig = join(target.slices().iter().map(|slice| slice.zig_triple(least)).collect());
            let system = format!("{} {least}", target.system().release_of());
            format!(
                "{:<17} {go:<27} {zig:<38} {system:<12} {}",
                target.name(),
                target.platform_tag(least)
            )
        });
        let heading =
            format!("{:<17} {:<27} {:<38} {:<12} {}", "target", "go", "zig", "least", "wheel tag");
        print(std::iter::once(heading).chain(rows))?;
        Ok(ExitCode::SUCCESS)
    }
}
