//! What was found wrong with a wheel: a [`Rule`] that is broken, where, and how.

use std::fmt;

use super::rule::{Rule, Severity};

/// The rules, under the word by which findings name them.
pub use super::catalogue as code;

/// One thing that is wrong, in the words of the house: what was found, what to do.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Finding {
    /// The file in the wheel; empty where it is the wheel itself.
    pub member: String,
    /// The rule that is broken.
    pub rule: &'static Rule,
    /// What was found, as a sentence about the member: `example/lib/libhello.so needs ...`.
    pub what: String,
    /// What to do about it.
    pub fix: String,
}

impl Finding {
    /// A breach of `rule` by `member`; `what` goes on from its name: `needs libz.so.1, ...`.
    pub fn new(rule: &'static Rule, member: &str, what: impl fmt::Display) -> Self {
        let told = if member.is_empty() { what.to_string() } else { format!("{member} {what}") };
        Self {
            member: member.to_owned(),
            rule,
            // What a file calls itself must not be able to move the cursor of a terminal.
            what: told.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect(),
            fix: rule.fix.to_owned(),
        }
    }

    /// The same finding, with advice that fits it better than the rule's.
    pub fn with_fix(self, fix: impl Into<String>) -> Self {
        Self { fix: fix.into(), ..self }
    }

    /// How bad it is.
    pub fn severity(&self) -> Severity {
        self.rule.severity
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} [{} {}]", self.what, self.rule.code, self.rule.name)
    }
}
