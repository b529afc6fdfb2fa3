//! The summary table of a run.

use console::style;

use super::{bytes, seconds};
use crate::factory::Outcome;
use crate::target::MUSL;

/// The cells of a line.
type Row = [String; 5];

/// One line per target below a heading: target, result, time, size and tag, or the stage that
/// failed. Fits 80 columns; the paths printed below it have the full names.
pub fn table(outcomes: &[Outcome]) -> String {
    let heading = ["target", "result", "time", "size", "tag"].map(str::to_owned);
    let rows: Vec<Row> = std::iter::once(heading).chain(outcomes.iter().map(row)).collect();
    layout(&rows)
}

fn layout(rows: &[Row]) -> String {
    let mut widths = [0; 5];
    for row in rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.chars().count());
        }
    }
    let mut text = String::new();
    for row in rows {
        let cells = row.iter().zip(widths).enumerate().map(|(column, (cell, width))| {
            let cell = format!("{cell:width$}");
            if column == 1 { colored(&cell) } else { cell }
        });
        text.push_str(cells.collect::<Vec<_>>().join("  ").trim_end());
        text.push('\n');
    }
    text
}

/// A result, in color on a terminal.
fn colored(cell: &str) -> String {
    let styled = style(cell).for_stderr();
    let styled = match cell.trim() {
        "built" => styled.green(),
        "failed" => styled.red(),
        "interrupted" => styled.yellow(),
        "skipped" => styled.dim(),
        _ => styled,
    };
    styled.to_string()
}

fn row(outcome: &Outcome) -> Row {
    let (result, size, tag) = match &outcome.result {
        Ok(wheel) => ("built", size(wheel.size), short(&wheel.name.tag.to_string())),
        Err(broken) => {
            let stage = format!("in {}", broken.work.stage);
            if broken.failure.kind.is_interruption() {
                ("interrupted", "-".to_owned(), "-".to_owned())
            } else if broken.started {
                ("failed", "-".to_owned(), stage)
            } else {
                ("skipped", "-".to_owned(), "-".to_owned())
            }
        }
    };
    [outcome.target.to_string(), result.to_owned(), seconds(outcome.elapsed), size, tag]
}

/// A size in at most seven characters: `1.61 MB`, `12.3 MB`.
fn size(count: u64) -> String {
    let decimals = match count {
        ..10_000_000 => return bytes(count),
        10_000_000..100_000_000 => 1,
        _ => 0,
    };
    format!("{:.decimals$} MB", count as f64 / 1e6)
}

/// `tag` without the aliases of its platform, and without musl, for which a wheel has a second tag:
/// `cp310-abi3-manylinux_2_17_x86_64`.
fn short(tag: &str) -> String {
    match tag.rsplit_once('-') {
        Some((python, platforms)) => {
            let is_first = |tag: &&str| !tag.starts_with(MUSL.tag_family);
            let mut tags = platforms.rsplit('.');
            format!("{python}-{}", tags.find(is_first).unwrap_or(platforms))
        }
        None => tag.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_is_shown_without_its_aliases() {
        let tags = "py3-none-manylinux2014_x86_64.manylinux_2_17_x86_64.musllinux_1_1_x86_64";
        assert_eq!(short(tags), "py3-none-manylinux_2_17_x86_64");
        assert_eq!(short("py3-none-win32"), "py3-none-win32");
    }

    #[test]
    fn the_table_fits_80_columns() {
        let long = "cp310-abi3-manylinux2014_aarch64.manylinux_2_17_aarch64";
        let cells = |cells: [&str; 5]| cells.map(str::to_owned);
        let rows = [
            cells(["target", "result", "time", "size", "tag"]),
            cells(["linux-arm64", "built", "12.3s", "1.61 MB", &short(long)]),
            cells(["macos-universal2", "interrupted", "83s", "-", "-"]),
            cells([
                "macos-arm64",
                "built",
                "83s",
                &size(12_340_000),
                "cp310-abi3-macosx_13_0_universal2",
            ]),
        ];
        let text = layout(&rows);
        assert!(text.contains("  cp310-abi3-manylinux_2_17_aarch64\n"), "{text}");
        assert!(text.lines().all(|line| line.len() <= 80), "{text}");
    }
}
