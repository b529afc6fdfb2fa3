//! What `pygo check --fix` changed in a wheel, as a diff.

use crate::printable::uncontrolled;
use crate::wheel::Changes;

/// How many lines of one file are printed unless all are asked for.
const SHOWN: usize = 12;

/// The lines of the diff between a wheel called `old` and the fixed one called `new`.
pub fn check_changes(old: &str, new: &str, changes: &Changes, all: bool) -> Vec<String> {
    let mut lines = Vec::new();
    let mut section = |title: &str, diff: Vec<String>| {
        if diff.is_empty() {
            return;
        }
        lines.push(format!("  {title}:"));
        let limit = if all { diff.len() } else { SHOWN };
        let rest = diff.len().saturating_sub(limit);
        lines.extend(
            diff.into_iter().take(limit).map(|line| format!("    {}", uncontrolled(&line))),
        );
        if rest > 0 {
            lines.push(format!("    and {rest} more lines (-v lists all)"));
        }
    };
    if old != new {
        section("file name", vec![format!("- {old}"), format!("+ {new}")]);
    }
    section("WHEEL", diff(&changes.wheel));
    section("RECORD", diff(&changes.record));
    let moved = changes.moved.iter();
    section(
        "paths",
        moved.flat_map(|(old, new)| [format!("- {old}"), format!("+ {new}")]).collect(),
    );
    section("removed", changes.removed.iter().map(|path| format!("- {path}")).collect());
    let modes = changes.modes.iter();
    let mode = |(path, old, new): &(String, u32, u32)| format!("{path}: {old:04o} -> {new:04o}");
    section("file modes", modes.map(mode).collect());
    if changes.reordered {
        lines.push("  order: .dist-info moved to the end".to_owned());
    }
    lines
}

/// The lines that only one text has; if there are none, the order differs or nothing does.
fn diff((old, new): &(String, String)) -> Vec<String> {
    let only = |sign: &str, own: &str, other: &str| {
        let other: std::collections::HashSet<_> = other.lines().collect();
        own.lines()
            .filter(|line| !other.contains(line))
            .map(|line| format!("{sign} {line}"))
            .collect::<Vec<_>>()
    };
    let mut lines = only("-", old, new);
    lines.extend(only("+", new, old));
    if lines.is_empty() && old.lines().ne(new.lines()) {
        lines.push("other order, or fewer copies, of the same lines".to_owned());
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_diff_has_what_changed_and_nothing_else() {
        let changes = Changes {
            wheel: ("A: 1\nTag: x\n".to_owned(), "A: 1\nTag: y\n".to_owned()),
            record: ("b,,\na,,\n".to_owned(), "a,,\nb,,\n".to_owned()),
            modes: vec![("run".to_owned(), 0o777, 0o755)],
            reordered: true,
            ..Changes::default()
        };
        let expected = "  file name:\n    - a.whl\n    + b.whl\n  WHEEL:\n    - Tag: x\n    + Tag: y\n  \
                        RECORD:\n    other order, or fewer copies, of the same lines\n  file modes:\n    \
                        run: 0777 -> 0755\n  order: .dist-info moved to the end";
        assert_eq!(check_changes("a.whl", "b.whl", &changes, false).join("\n"), expected);
        assert!(check_changes("a.whl", "a.whl", &Changes::default(), false).is_empty());
    }

    #[test]
    fn a_long_diff_is_cut() {
        let rows: String = (0..100).map(|at| format!("{at},,\n")).collect();
        let changes = Changes { record: (rows, "\u{1b}[2J".to_owned()), ..Changes::default() };
        let lines = check_changes("a", "a", &changes, false);
        assert_eq!(lines.len(), 1 + SHOWN + 1);
        assert_eq!(lines.last().unwrap(), "    and 89 more lines (-v lists all)");
        let all = check_changes("a", "a", &changes, true);
        assert_eq!(all.last().unwrap(), "    + \u{fffd}[2J");
    }
}
