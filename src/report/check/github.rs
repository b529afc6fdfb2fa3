//! The output of `pygo check --format github`: annotations, and a page for the step summary.
//!
//! GitHub shows ten annotations of a step and drops the rest, so there is one per rule and wheel,
//! errors first, and the summary has everything.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use super::grouped::{Grouped, count, grouped};
use super::text::{check_totals, tag_advice};
use crate::audit::Inspection;
use crate::report::github::{cell, command};

/// How many annotations GitHub shows for a step.
const ANNOTATIONS: usize = 10;
/// GitHub drops a summary of more than 1 MiB; this leaves room for what other commands of the step
/// write.
const SUMMARY: usize = 900 << 10;

/// The workflow commands for what was found, at most ten, and how many groups of findings are left.
pub fn check_annotations(checked: &[(PathBuf, Inspection)]) -> (Vec<String>, usize) {
    let mut groups: Vec<_> = checked
        .iter()
        .flat_map(|(path, found)| grouped(&found.findings).into_iter().map(move |g| (path, g)))
        .collect();
    // The sort is stable: wheels stay in their order.
    groups.sort_by_key(|(_, group)| std::cmp::Reverse(group.severity));
    let rest = groups.len().saturating_sub(ANNOTATIONS);
    let shown = groups.iter().take(ANNOTATIONS);
    (shown.map(|(path, group)| annotation(path, group)).collect(), rest)
}

fn annotation(path: &Path, group: &Grouped<'_>) -> String {
    let path = path.display().to_string();
    let mut text = format!("{path}: {}", lines(group).join("\n"));
    for help in group.helps() {
        let _ = write!(text, "\nhelp: {help}");
    }
    let rule = group.rule;
    command(group.severity.name(), &[("file", &path), ("title", &rule.to_string())], &text)
}

/// The findings that are shown, and how many are not.
fn lines(group: &Grouped<'_>) -> Vec<String> {
    let shown = group.shown(false);
    let mut lines: Vec<_> = shown.iter().map(|finding| finding.what.clone()).collect();
    match group.findings.len() - shown.len() {
        0 => {}
        rest => lines.push(format!("and {rest} more")),
    }
    lines
}

/// The step summary, in Markdown: a table for each wheel with findings.
pub fn check_summary(checked: &[(PathBuf, Inspection)]) -> String {
    let mut page = format!("### pygo check: {}\n\n", check_totals(checked));
    for (path, found) in checked.iter().filter(|(_, found)| !found.findings.is_empty()) {
        let mut table = format!(
            "**{}**: {}{}\n\n| | rule | found | help |\n|---|---|---|---|\n",
            cell(&path.display().to_string()),
            count(found.findings.iter()),
            tag_advice(found).map(|advice| format!("; {}", cell(&advice))).unwrap_or_default()
        );
        for group in grouped(&found.findings) {
            let join = |lines: &[String]| {
                lines.iter().map(|line| cell(line)).collect::<Vec<_>>().join("<br>")
            };
            let helps: Vec<_> = group.helps().into_iter().map(str::to_owned).collect();
            let _ = writeln!(
                table,
                "| {} | {} | {} | {} |",
                group.severity.name(),
                group.rule,
                join(&lines(&group)),
                join(&helps)
            );
        }
        table.push('\n');
        if page.len() + table.len() > SUMMARY {
            page.push_str(
                "The summary is full: `pygo check` prints the findings of other wheels.\n",
            );
            break;
        }
        page.push_str(&table);
    }
    page
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::{Finding, catalogue, inspect};

    fn wheels(count: usize, findings: &[Finding]) -> Vec<(PathBuf, Inspection)> {
        let mut found = inspect(&b"".as_slice(), "x-1.0-py3-none-any.whl").unwrap();
        found.findings = findings.to_vec();
        (0..count).map(|at| (PathBuf::from(format!("{at}.whl")), found.clone())).collect()
    }

    #[test]
    fn at_most_ten_annotations_errors_first() {
        let warning = Finding::new(catalogue::TAG_ORDER, "", "is unsorted");
        let error = Finding::new(catalogue::PE_ARCH, "a.dll", "is for 100%\nof arm64");
        let checked = wheels(7, &[warning.clone(), error.clone(), error]);
        let (shown, rest) = check_annotations(&checked);
        assert_eq!((shown.len(), rest), (10, 4));
        let errors = shown.iter().filter(|line| line.starts_with("::error ")).count();
        assert_eq!(errors, 7, "{shown:#?}");
        assert!(shown[0].starts_with("::error file=0.whl,title=PE002 pe-arch::0.whl: a.dll is"));
        assert!(shown[0].contains("100%25\u{fffd}of"), "{}", shown[0]);
        assert_eq!(check_annotations(&wheels(3, &[warning])).1, 0);
    }

    #[test]
    fn the_summary_has_every_wheel_and_no_markup_of_names() {
        let evil = Finding::new(catalogue::PE_ARCH, "a|b<img src=x>`[x](y)`.dll", "is wrong");
        let page = check_summary(&wheels(12, std::slice::from_ref(&evil)));
        assert!(page.starts_with("### pygo check: 12 errors, 0 warnings in 12 wheels\n"), "{page}");
        assert_eq!(page.matches("| error | PE002 pe-arch | a&#124;b&lt;img src=x&gt;").count(), 12);
        assert!(!page.contains("[x]"), "{page}");
        let large = Finding::new(catalogue::PE_ARCH, &"x".repeat(1000), "is wrong");
        let page = check_summary(&wheels(2000, &[large]));
        assert!(page.len() < 1 << 20 && page.contains("The summary is full"), "{}", page.len());
    }
}
