//! The summary table of a run.

use super::{bytes, seconds};
use crate::factory::Outcome;

/// One line per target below a heading: target, wheel, size, tag, time, result.
pub fn table(outcomes: &[Outcome]) -> String {
    let heading = ["target", "wheel", "size", "tag", "time", "result"].map(str::to_owned);
    let rows = outcomes.iter().map(row);
    let rows: Vec<[String; 6]> = std::iter::once(heading).chain(rows).collect();
    let mut widths = [0; 6];
    for row in &rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.chars().count());
        }
    }
    let mut text = String::new();
    for row in &rows {
        let cells: Vec<_> =
            row.iter().zip(widths).map(|(cell, width)| format!("{cell:width$}")).collect();
        text.push_str(cells.join("  ").trim_end());
        text.push('\n');
    }
    text
}

fn row(outcome: &Outcome) -> [String; 6] {
    let target = outcome.target.to_string();
    let time = seconds(outcome.elapsed);
    match &outcome.result {
        Ok(wheel) => [
            target,
            format!("{}-{}", wheel.name.dist.escaped(), wheel.name.version),
            bytes(wheel.size),
            wheel.name.tag.to_string(),
            time,
            "built".to_owned(),
        ],
        Err(broken) => {
            let nothing = || "-".to_owned();
            let result = if broken.failure.kind.is_interruption() {
                "interrupted".to_owned()
            } else if broken.started {
                format!("failed: {}", broken.work.stage)
            } else {
                "skipped".to_owned()
            };
            [target, nothing(), nothing(), nothing(), time, result]
        }
    }
}
