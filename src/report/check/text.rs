//! The output of `pygo check` for people.
//!
//! A headline per wheel that agrees with the findings below it; then the findings by rule, with
//! one help text each. On a terminal, lines are wrapped at its width.

use std::path::{Path, PathBuf};

use console::style;

use super::grouped::{Grouped, count, grouped};
use crate::audit::{Effect, FileKind, Inspection, Severity, catalogue};
use crate::plural::plural;
use crate::report::wrap::wrap;

/// The layout of `pygo check` for people.
#[derive(Debug, Clone, Copy, Default)]
pub struct Layout {
    /// The width at which lines are wrapped, if any.
    pub width: Option<usize>,
    /// Whether every finding is listed.
    pub all: bool,
    /// Whether only some rules were checked: then a headline does not say where a wheel runs.
    pub partial: bool,
}

/// The lines about the wheel at `path`.
pub fn check_text(path: &Path, found: &Inspection, layout: Layout) -> Vec<String> {
    let mut lines = Vec::new();
    let path = path.display();
    if found.has_errors() {
        layout.wrap(&mut lines, "", 2, &format!("{path}: {}", count(found.findings.iter())));
        if let Some(advice) = tag_advice(found) {
            layout.wrap(&mut lines, "  ", 4, &advice);
        }
    } else {
        let headline = if layout.partial {
            "no errors in the selected rules".to_owned()
        } else {
            compatible(found)
        };
        layout.wrap(&mut lines, "", 2, &format!("{path}: {headline}"));
    }
    for group in grouped(&found.findings) {
        layout.group(&mut lines, &group);
    }
    lines
}

/// `2 errors, 1 warning in 3 wheels`.
pub fn check_totals(checked: &[(PathBuf, Inspection)]) -> String {
    let findings = checked.iter().flat_map(|(_, found)| &found.findings);
    let sdists = checked.iter().filter(|(_, found)| found.kind == FileKind::Sdist).count();
    let files = match (checked.len() - sdists, sdists) {
        (wheels, 0) => plural(wheels, "wheel"),
        (0, sdists) => plural(sdists, "sdist"),
        (wheels, sdists) => format!("{} and {}", plural(wheels, "wheel"), plural(sdists, "sdist")),
    };
    format!("{} in {files}", count(findings))
}

impl Layout {
    fn group(self, lines: &mut Vec<String>, group: &Grouped<'_>) {
        let first = lines.len();
        let (shown, word) = (group.shown(self.all), group.severity.name());
        let rest = group.findings.len() - shown.len();
        match &*shown {
            [one] if rest == 0 => {
                self.wrap(lines, "  ", 6, &format!("{word} {}: {}", group.rule, one.what));
            }
            [one] => {
                let text =
                    format!("{word} {}: {}, and {rest} more (-v lists all)", group.rule, one.what);
                self.wrap(lines, "  ", 6, &text);
            }
            many => {
                let count = group.findings.len();
                self.wrap(lines, "  ", 6, &format!("{word} {} ({count} times):", group.rule));
                for finding in many {
                    self.wrap(lines, "      ", 8, &finding.what);
                }
                if rest > 0 {
                    self.wrap(lines, "      ", 8, &format!("and {rest} more (-v lists all)"));
                }
            }
        }
        for help in group.helps() {
            self.wrap(lines, "      ", 12, &format!("help: {help}"));
        }
        // Colors would count as width, so they come last.
        if let Some(line) = lines.get_mut(first) {
            let styled = match group.severity {
                Severity::Error => style(word).red().bold(),
                Severity::Warning => style(word).yellow(),
            };
            *line = line.replacen(word, &styled.to_string(), 1);
        }
    }

    fn wrap(self, lines: &mut Vec<String>, start: &str, hang: usize, text: &str) {
        wrap(lines, self.width, start, hang, text);
    }
}

/// Which platform tags a wheel with a wrong one should have, and why. A bare `linux_*` only says
/// that no policy fits.
pub(super) fn tag_advice(found: &Inspection) -> Option<String> {
    let platforms = &found.compatible.platforms;
    let is_known = !platforms.iter().all(|tag| tag.starts_with("linux_"));
    // Where nothing judges the binaries, a tag that the index rejects is the only one known.
    let own = found.name.as_ref().map(|name| name.tag.platforms());
    let is_other = own.is_none_or(|own| platforms.iter().any(|tag| !own.contains(tag)));
    let advice = || format!("should be tagged {}", with_reason(found));
    (found.has(Effect::FixPlatform) && is_known && is_other).then(advice)
}

/// What the binaries of a wheel without errors run on.
fn compatible(found: &Inspection) -> String {
    if found.kind == FileKind::Sdist {
        return "source distribution".to_owned();
    }
    if found.compatible.platforms.is_empty() {
        return "no errors".to_owned();
    }
    // The tag has no minor release, so the wheel does not run on every system that takes it.
    let is_higher = found.findings.iter().any(|f| f.rule == catalogue::TAG_MINOR_RELEASE);
    format!("{} {}", if is_higher { "lowest tag" } else { "runs on" }, with_reason(found))
}

/// The lowest tags that fit, and what decides them.
fn with_reason(found: &Inspection) -> String {
    let tags = found.compatible.platforms.join(".");
    match &found.compatible.reason {
        Some(why) => format!("{tags} (decided by {})", relative_clause(why)),
        None => tags,
    }
}

/// `libhello.so needs GLIBC_2.34` as `libhello.so, which needs GLIBC_2.34`.
fn relative_clause(sentence: &str) -> String {
    let verb = [" needs ", " was "].iter().filter_map(|verb| sentence.find(verb)).min();
    verb.map_or_else(
        || sentence.to_owned(),
        |at| format!("{}, which{}", &sentence[..at], &sentence[at..]),
    )
}

#[cfg(test)]
mod tests {
    use console::measure_text_width;

    use super::*;
    use crate::audit::{Finding, inspect};

    /// What `pygo check` finds in an empty file, with `findings` instead.
    fn inspection(findings: Vec<Finding>, platforms: &[&str], why: &str) -> Inspection {
        let mut found = inspect(&b"".as_slice(), "x-1.0-py3-none-any.whl").unwrap();
        found.findings = findings;
        found.compatible.platforms = platforms.iter().map(|tag| (*tag).to_owned()).collect();
        found.compatible.reason = Some(why.to_owned()).filter(|why| !why.is_empty());
        found
    }

    fn text(found: &Inspection, width: Option<usize>) -> Vec<String> {
        check_text(Path::new("x.whl"), found, Layout { width, ..Layout::default() })
    }

    #[test]
    fn what_decides_a_tag_is_told_as_a_fact() {
        for (sentence, clause) in [
            ("x.so needs GLIBC_2.34 (f)", "x.so, which needs GLIBC_2.34 (f)"),
            (
                "x.so was built by a Go that needs macOS 13.0",
                "x.so, which was built by a Go that needs macOS 13.0",
            ),
        ] {
            assert_eq!(relative_clause(sentence), clause);
        }
    }

    #[test]
    fn a_headline_agrees_with_the_findings() {
        let headline = |findings: &[Finding], platforms: &[&str]| {
            let found = inspection(findings.to_vec(), platforms, "a.so needs GLIBC_2.34");
            text(&found, None)[..2].join("\n")
        };
        let low = Finding::new(catalogue::TAG_TOO_LOW, "a.so", "is newer");
        let fits = headline(std::slice::from_ref(&low), &["manylinux_2_34_x86_64"]);
        let expected = "x.whl: 1 error, 0 warnings\n  should be tagged manylinux_2_34_x86_64 \
                        (decided by a.so, which needs GLIBC_2.34)";
        assert_eq!(fits, expected);
        let lost = Finding::new(catalogue::ELF_NEEDED_OUTSIDE, "a.so", "needs libx.so");
        for (findings, platforms) in
            [(vec![lost.clone()], ["win_amd64"]), (vec![lost, low], ["linux_x86_64"])]
        {
            let lines = headline(&findings, &platforms);
            assert!(!lines.contains("runs on") && !lines.contains("should"), "{lines}");
        }
        let warned = vec![Finding::new(catalogue::TAG_ORDER, "", "is unsorted")];
        let lines = text(&inspection(warned.clone(), &["any"], ""), None);
        assert_eq!(lines[0], "x.whl: runs on any");
        assert_eq!(text(&inspection(warned, &[], ""), None)[0], "x.whl: no errors");
        let minor = vec![Finding::new(catalogue::TAG_MINOR_RELEASE, "a.so", "needs macOS 14.7")];
        let lines = text(&inspection(minor, &["macosx_14_0_arm64"], "a.so needs macOS 14.7"), None);
        let expected =
            "x.whl: lowest tag macosx_14_0_arm64 (decided by a.so, which needs macOS 14.7)";
        assert_eq!(lines[0], expected);
    }

    #[test]
    fn lines_fit_the_terminal() {
        let long = "loads only where another library was loaded before ".repeat(5);
        let files = ["a.so", "b.so", "c.so", "d.so", "e.so"];
        let findings = files.map(|file| Finding::new(catalogue::PE_ARCH, file, &long)).to_vec();
        let lines = text(&inspection(findings, &[], ""), Some(40));
        assert!(lines.iter().all(|line| measure_text_width(line) <= 40), "{lines:#?}");
        assert_eq!(lines[1], "  error PE002 pe-arch (5 times):");
        assert!(lines.contains(&"      and 2 more (-v lists all)".to_owned()), "{lines:#?}");
        assert_eq!(lines.iter().filter(|line| line.contains("help:")).count(), 1);
        let path = format!("{}.so", "x/".repeat(40));
        let found = inspection(vec![Finding::new(catalogue::PE_ARCH, &path, "is")], &[], "");
        assert!(text(&found, Some(40)).concat().contains(&path), "paths stay in one piece");
    }
}
