//! `pygo targets`: lists every target.

use std::process::ExitCode;

use clap::{Args, ValueEnum};
use serde_json::{Value, json};

use super::output::print;
use super::tool_args::ToolArgs;
use crate::error::Result;
use crate::factory::supported_bindings;
use crate::process::Environment;
use crate::report::{Detail, tell, width};
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
        print(table(go, width(&console::Term::stdout())))?;
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

/// The lines of the table. Without room for all of it in `width`, wheel tags are short, and columns
/// are left out: the names of Go and zig, then the minimum OS, which the tag contains.
fn table(go: Option<Version>, width: Option<usize>) -> Vec<String> {
    let heading = ["target", "bindings", "go", "zig", "minimum OS", "wheel tag"].map(str::to_owned);
    let rows = TARGETS.iter().map(|target| {
        let (go, zig, os, tag) = facts(*target, go);
        let bindings = supported_bindings(*target).join(", ");
        [target.name().to_owned(), bindings, go.join(" + "), zig.join(" + "), os, tag]
    });
    let rows: Vec<_> = std::iter::once(heading).chain(rows).collect();
    let short: Vec<_> = rows.iter().cloned().map(with_short_tag).collect();
    let full = aligned(&rows, &[0, 1, 2, 3, 4, 5]);
    let fits = |lines: &[String]| {
        width.is_none_or(|width| lines.iter().all(|line| line.chars().count() <= width))
    };
    if fits(&full) {
        return full;
    }
    let without_names = aligned(&short, &[0, 1, 4, 5]);
    if fits(&without_names) { without_names } else { aligned(&short, &[0, 1, 5]) }
}

/// The last of several platform tags, such as `manylinux_2_17_x86_64`.
fn with_short_tag(mut row: [String; 6]) -> [String; 6] {
    let [.., tag] = &mut row;
    if let Some((_, last)) = tag.rsplit_once('.') {
        *tag = last.to_owned();
    }
    row
}

/// Lines with these `columns` of the rows, each as wide as its longest cell.
fn aligned(rows: &[[String; 6]], columns: &[usize]) -> Vec<String> {
    let cells = |row: &[String; 6]| -> Vec<String> {
        columns.iter().filter_map(|column| row.get(*column).cloned()).collect()
    };
    let rows: Vec<_> = rows.iter().map(cells).collect();
    let width = |index: usize| {
        rows.iter().filter_map(|row| row.get(index)).map(String::len).max().unwrap_or(0)
    };
    let widths: Vec<_> = (0..columns.len()).map(width).collect();
    let line = |row: &Vec<String>| {
        let padded = row.iter().zip(&widths).map(|(cell, width)| format!("{cell:<width$}"));
        padded.collect::<Vec<_>>().join("  ").trim_end().to_owned()
    };
    rows.iter().map(line).collect()
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_fits_the_terminal() {
        let all = table(None, None);
        assert_eq!(table(None, Some(1000)), all);
        assert!(all[0].contains("zig") && all[0].contains("go"), "{}", all[0]);
        let narrow = table(None, Some(80));
        assert_eq!(narrow.len(), all.len());
        for (line, full) in narrow.iter().zip(&all) {
            assert!(line.chars().count() <= 80, "{line}");
            assert_eq!(line.split("  ").next(), full.split("  ").next());
            assert!(full.ends_with(line.rsplit(' ').next().unwrap()), "{line}");
        }
    }
}
