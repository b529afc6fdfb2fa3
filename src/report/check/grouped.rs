//! Findings in the order in which people need them: errors first, one group per rule.

use std::collections::HashSet;

use crate::audit::{Finding, Rule, Severity, catalogue};
use crate::plural::plural;

/// How many findings of a rule are printed unless all are asked for.
const SHOWN: usize = 3;
/// How many there may be without leaving any out.
const MOST: usize = SHOWN + 1;
/// How many different help texts of one rule are printed before its general one replaces them.
const HELPS: usize = 3;
/// Rules that say the same of every file: one line serves all of them.
const FOLDED: &[&Rule] = &[catalogue::ELF_UNSTRIPPED, catalogue::MACHO_UNSTRIPPED];

/// The findings of one rule in one wheel; never empty.
#[derive(Debug, Clone)]
pub(super) struct Grouped<'a> {
    /// The rule that all of them break.
    pub(super) rule: &'static Rule,
    /// How bad they are.
    pub(super) severity: Severity,
    /// The findings, in their original order.
    pub(super) findings: Vec<&'a Finding>,
}

/// Groups `findings` by rule: errors first, and by code.
pub(super) fn grouped(findings: &[Finding]) -> Vec<Grouped<'_>> {
    let mut groups: Vec<Grouped<'_>> = Vec::new();
    for finding in findings {
        match groups.iter_mut().find(|group| group.rule == finding.rule) {
            Some(group) => group.findings.push(finding),
            None => groups.push(Grouped {
                rule: finding.rule,
                severity: finding.severity,
                findings: vec![finding],
            }),
        }
    }
    groups.sort_by_key(|group| (std::cmp::Reverse(group.severity), group.rule));
    groups
}

impl Grouped<'_> {
    /// What is printed: findings about different files first, or all of them in their order.
    pub(super) fn shown(&self, all: bool) -> Vec<&Finding> {
        let limit = match self.findings.len() {
            _ if FOLDED.contains(&self.rule) => 1,
            // "and 1 more" would take as much room as that one.
            MOST => MOST,
            _ => SHOWN,
        };
        if all {
            return self.findings.clone();
        }
        let mut seen = HashSet::new();
        let (firsts, others): (Vec<&Finding>, Vec<&Finding>) =
            self.findings.iter().partition(|finding| seen.insert(&finding.member));
        firsts.into_iter().chain(others).take(limit).collect()
    }

    /// How to fix them, each text once.
    pub(super) fn helps(&self) -> Vec<&str> {
        let mut helps: Vec<&str> = Vec::new();
        for finding in &self.findings {
            if !helps.contains(&finding.fix.as_str()) {
                helps.push(&finding.fix);
            }
        }
        if helps.len() > HELPS { vec![self.rule.fix] } else { helps }
    }
}

/// `2 errors, 1 warning`.
pub(super) fn count<'a>(findings: impl Iterator<Item = &'a Finding> + Clone) -> String {
    let of = |severity| findings.clone().filter(|f| f.severity == severity).count();
    format!(
        "{}, {}",
        plural(of(Severity::Error), "error"),
        plural(of(Severity::Warning), "warning")
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finding(rule: &'static Rule, member: usize) -> Finding {
        Finding::new(rule, &format!("{member}.so"), "is wrong")
    }

    #[test]
    fn errors_come_first_and_each_rule_once() {
        let rules = [catalogue::ELF_UNSTRIPPED, catalogue::TAG_ORDER, catalogue::PE_ARCH];
        let all: Vec<_> = (0..9).map(|at| finding(rules[at % 3], at)).collect();
        let order: Vec<_> = grouped(&all).iter().map(|group| group.rule.code).collect();
        assert_eq!(order, ["PE002", "TAG003", "ELF010"]);
        assert_eq!(count(all.iter()), "3 errors, 6 warnings");
    }

    #[test]
    fn long_groups_are_cut_and_one_line_serves_folded_rules() {
        let shown = |rule, count, all| {
            let findings: Vec<_> = (0..count).map(|at| finding(rule, at)).collect();
            grouped(&findings)[0].shown(all).len()
        };
        assert_eq!(shown(catalogue::PE_ARCH, 500, false), 3);
        assert_eq!(shown(catalogue::PE_ARCH, 500, true), 500);
        assert_eq!(shown(catalogue::PE_ARCH, 4, false), 4, "instead of: and 1 more");
        assert_eq!(shown(catalogue::PE_ARCH, 1, false), 1);
        assert_eq!(shown(catalogue::MACHO_UNSTRIPPED, 40, false), 1);
        assert_eq!(shown(catalogue::MACHO_UNSTRIPPED, 40, true), 40);
    }

    #[test]
    fn different_files_are_shown_first() {
        let of = |member, what| Finding::new(catalogue::PE_ARCH, member, what);
        let all: Vec<_> = [("a", "1"), ("a", "2"), ("a", "3"), ("b", "4"), ("c", "5")]
            .map(|(member, what)| of(member, what))
            .to_vec();
        let texts = |all_of_them| {
            let groups = grouped(&all);
            let shown = groups[0].shown(all_of_them);
            shown.iter().map(|finding| finding.what.clone()).collect::<Vec<_>>().join(", ")
        };
        assert_eq!(texts(false), "a 1, b 4, c 5");
        assert_eq!(texts(true), "a 1, a 2, a 3, b 4, c 5");
    }

    #[test]
    fn each_help_is_given_once_and_the_general_one_replaces_many() {
        let with = |helps: &[&str]| {
            let findings: Vec<_> =
                helps.iter().map(|help| finding(catalogue::PE_ARCH, 0).with_fix(*help)).collect();
            grouped(&findings)[0].helps().join("|")
        };
        assert_eq!(with(&["a", "b", "a"]), "a|b");
        assert_eq!(with(&["a", "b", "c", "d"]), catalogue::PE_ARCH.fix);
    }
}
