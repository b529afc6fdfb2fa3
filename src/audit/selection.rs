//! Which rules are looked at: what a user selects and ignores, by code, name or group.
//!
//! In: lists of words. Out: a [`Selection`] that keeps or drops findings. A word that means nothing
//! is refused, with the nearest that does.

use super::catalogue;
use super::{Finding, Group, Rule};
use crate::error::nearest;

/// What one word means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Chosen {
    Everything,
    Group(Group),
    Rule(&'static Rule),
}

/// Which rules are looked at; all of them unless told otherwise.
#[derive(Debug, Clone, Default)]
pub struct Selection {
    select: Vec<Chosen>,
    ignore: Vec<Chosen>,
}

/// A word that names no rule and no group.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{word}` is no rule and no group of rules")]
pub struct UnknownRule {
    /// The word.
    pub word: String,
    /// The nearest that is one.
    pub nearest: Option<&'static str>,
}

impl UnknownRule {
    /// For a `word` that is looked up by itself.
    pub fn new(word: &str) -> Self {
        let groups = Group::ALL.iter().map(|group| group.prefix());
        let rules = catalogue::all().flat_map(|rule| [rule.code, rule.name]);
        Self { word: word.to_owned(), nearest: nearest(word, groups.chain(rules)) }
    }

    /// What to do about it.
    pub fn help(&self) -> String {
        match self.nearest {
            Some(nearest) => format!("did you mean {nearest}? `pygo check --list` has them all"),
            None => "`pygo check --list` has them all".to_owned(),
        }
    }
}

impl Selection {
    /// Looks at the rules of `select` (all, where it is empty) but for those of `ignore`.
    ///
    /// # Errors
    /// The first word that means nothing.
    pub fn new(select: &[String], ignore: &[String]) -> Result<Self, UnknownRule> {
        let all = |words: &[String]| -> Result<Vec<_>, UnknownRule> {
            words.iter().map(|word| chosen(word)).collect()
        };
        Ok(Self { select: all(select)?, ignore: all(ignore)? })
    }

    /// Whether `rule` is looked at. A rule that is named by itself goes before its group.
    pub fn keeps(&self, rule: &'static Rule) -> bool {
        let how_well = |words: &[Chosen]| words.iter().map(|word| word.fits(rule)).max();
        let selected = if self.select.is_empty() { 1 } else { how_well(&self.select).unwrap_or(0) };
        let ignored = how_well(&self.ignore).unwrap_or(0);
        selected > 0 && (ignored == 0 || selected > ignored)
    }

    /// Drops the findings of rules that are not looked at.
    pub fn apply(&self, findings: &mut Vec<Finding>) {
        findings.retain(|finding| self.keeps(finding.rule));
    }
}

impl Chosen {
    /// How closely this means `rule`; 0 where it does not.
    fn fits(self, rule: &Rule) -> u8 {
        match self {
            Self::Everything => 1,
            Self::Group(group) if group == rule.group => 2,
            Self::Rule(chosen) if chosen == rule => 3,
            _ => 0,
        }
    }
}

fn chosen(word: &str) -> Result<Chosen, UnknownRule> {
    let word = word.trim();
    if word.eq_ignore_ascii_case("all") {
        return Ok(Chosen::Everything);
    }
    let is_group = |group: &&Group| group.prefix().eq_ignore_ascii_case(word);
    if let Some(group) = Group::ALL.iter().find(is_group) {
        return Ok(Chosen::Group(*group));
    }
    Rule::find(word).map(Chosen::Rule).ok_or_else(|| UnknownRule::new(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn selection(select: &[&str], ignore: &[&str]) -> Selection {
        let words = |list: &[&str]| list.iter().map(ToString::to_string).collect::<Vec<_>>();
        Selection::new(&words(select), &words(ignore)).unwrap()
    }

    #[test]
    fn a_rule_by_itself_goes_before_its_group() {
        assert!(selection(&[], &[]).keeps(catalogue::ELF_ARCH));
        assert!(!selection(&["GO"], &[]).keeps(catalogue::ELF_ARCH));
        assert!(!selection(&[], &["elf"]).keeps(catalogue::ELF_ARCH));
        assert!(selection(&["elf-arch"], &["ELF"]).keeps(catalogue::ELF_ARCH));
        assert!(!selection(&["ELF"], &["ELF002"]).keeps(catalogue::ELF_ARCH));
    }

    #[test]
    fn a_word_that_means_nothing_is_told_with_the_nearest() {
        let error = Selection::new(&["elf-acrh".to_owned()], &[]).unwrap_err();
        assert_eq!(error.nearest, Some("elf-arch"));
    }
}
