//! What is wrong with a wheel: the [`Rule`] it breaks, where, and how.

use std::fmt;

use super::catalogue;
use super::rule::{Rule, Severity};
use crate::printable::uncontrolled;

/// One problem: what is wrong and how to fix it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Finding {
    /// The file in the wheel; empty if the finding is about the wheel itself.
    pub member: String,
    /// The broken rule.
    pub rule: &'static Rule,
    /// The problem, as a sentence about the member: `example/lib/libhello.so needs ...`.
    pub what: String,
    /// How to fix it.
    pub fix: String,
    /// Its severity: the rule's, unless the project set another one.
    pub severity: Severity,
}

impl Finding {
    /// `member` breaks `rule`; `what` continues the sentence after its name: `needs libz.so.1, ...`.
    pub fn new(rule: &'static Rule, member: &str, what: impl fmt::Display) -> Self {
        let what = if member.is_empty() { what.to_string() } else { format!("{member} {what}") };
        Self {
            member: member.to_owned(),
            rule,
            // Names come from the wheel: they must not control a terminal or reorder text, in no
            // format.
            what: uncontrolled(&what).replace(['\n', '\t'], "\u{fffd}"),
            fix: rule.fix.to_owned(),
            severity: rule.severity,
        }
    }

    /// The same finding with more specific help than the rule's.
    pub fn with_fix(self, fix: impl Into<String>) -> Self {
        Self { fix: fix.into(), ..self }
    }

    /// Whether it is about a symbol table or debug information, which a wheel for debugging has.
    pub fn is_about_debug_information(&self) -> bool {
        [catalogue::ELF_UNSTRIPPED, catalogue::MACHO_UNSTRIPPED].contains(&self.rule)
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} [{} {}]", self.what, self.rule.code, self.rule.name)
    }
}

/// Adds findings to a list.
pub(super) trait Report {
    /// Adds [`Finding::new`] with these arguments.
    fn report(&mut self, rule: &'static Rule, member: &str, what: impl fmt::Display);
}

impl Report for Vec<Finding> {
    fn report(&mut self, rule: &'static Rule, member: &str, what: impl fmt::Display) {
        self.push(Finding::new(rule, member, what));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_from_the_wheel_stays_text_in_every_format() {
        let finding = Finding::new(catalogue::ELF_UNSTRIPPED, "a\u{202e}fdp.so", "\x1b[31m\n\tis");
        assert_eq!(finding.what, "a\u{fffd}fdp.so \u{fffd}[31m\u{fffd}\u{fffd}is");
    }
}
