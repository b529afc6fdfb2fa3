//! Selects rules by code, name or group, for `--select` and `--ignore`.
//!
//! In: lists of words. Out: a [`Selection`] that filters findings, or an error with the closest
//! match for an unknown word.

use super::{Finding, Group, Rule, catalogue};
use crate::error::nearest;

/// What one word selects.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Chosen {
    Everything,
    Group(Group),
    Rule(&'static Rule),
}

/// The selected rules; all of them by default.
#[derive(Debug, Clone, Default)]
pub struct Selection {
    select: Vec<Chosen>,
    ignore: Vec<Chosen>,
}

/// A word that is neither a rule nor a group.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{word}` is neither a rule nor a group")]
pub struct UnknownRule {
    /// The word.
    pub word: String,
    /// The closest match.
    pub nearest: Option<&'static str>,
}

impl UnknownRule {
    /// The error for `word`.
    pub fn new(word: &str) -> Self {
        let groups = Group::ALL.iter().map(|group| group.prefix());
        let rules = catalogue::all().flat_map(|rule| [rule.code, rule.name]);
        Self { word: word.to_owned(), nearest: nearest(word, groups.chain(rules)) }
    }

    /// How to fix it.
    pub fn help(&self) -> String {
        match self.nearest {
            Some(nearest) => format!("did you mean {nearest}? `pygo check --list` lists them all"),
            None => "`pygo check --list` lists them all".to_owned(),
        }
    }
}

impl Selection {
    /// Selects the rules of `select`, or all if it is empty, except those of `ignore`.
    ///
    /// # Errors
    /// The first unknown word.
    pub fn new(select: &[String], ignore: &[String]) -> Result<Self, UnknownRule> {
        let all = |words: &[String]| -> Result<Vec<_>, UnknownRule> {
            words.iter().map(|word| chosen(word)).collect()
        };
        Ok(Self { select: all(select)?, ignore: all(ignore)? })
    }

    /// Ignores the rules of `ignore` as well.
    ///
    /// # Errors
    /// The first unknown word.
    pub fn and_ignore(mut self, ignore: &[String]) -> Result<Self, UnknownRule> {
        for word in ignore {
            self.ignore.push(chosen(word)?);
        }
        Ok(self)
    }

    /// Whether `rule` is selected. A rule takes precedence over its group.
    pub fn keeps(&self, rule: &'static Rule) -> bool {
        let specificity = |words: &[Chosen]| words.iter().map(|word| word.specificity(rule)).max();
        let selected =
            if self.select.is_empty() { 1 } else { specificity(&self.select).unwrap_or(0) };
        let ignored = specificity(&self.ignore).unwrap_or(0);
        selected > 0 && (ignored == 0 || selected > ignored)
    }

    /// Removes the findings of rules that are not selected. If nothing in a file could be read, that
    /// stays: no other rule has judged the file.
    pub fn apply(&self, findings: &mut Vec<Finding>) {
        let nothing_read =
            [catalogue::ARCHIVE_UNREADABLE, catalogue::ARCHIVE_BOMB, catalogue::SDIST_UNREADABLE];
        findings.retain(|finding| nothing_read.contains(&finding.rule) || self.keeps(finding.rule));
    }
}

impl Chosen {
    /// How specifically this selects `rule`; 0 if it does not.
    fn specificity(self, rule: &Rule) -> u8 {
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
    catalogue::find(word).map(Chosen::Rule).ok_or_else(|| UnknownRule::new(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn selection(select: &[&str], ignore: &[&str]) -> Selection {
        let words = |list: &[&str]| list.iter().map(ToString::to_string).collect::<Vec<_>>();
        Selection::new(&words(select), &words(ignore)).unwrap()
    }

    #[test]
    fn a_rule_takes_precedence_over_its_group() {
        assert!(selection(&[], &[]).keeps(catalogue::ELF_ARCH));
        assert!(!selection(&["GO"], &[]).keeps(catalogue::ELF_ARCH));
        assert!(!selection(&[], &["elf"]).keeps(catalogue::ELF_ARCH));
        assert!(selection(&["elf-arch"], &["ELF"]).keeps(catalogue::ELF_ARCH));
        assert!(!selection(&["ELF"], &["ELF002"]).keeps(catalogue::ELF_ARCH));
    }

    #[test]
    fn a_file_that_cannot_be_read_is_reported_whatever_is_selected() {
        let found = [catalogue::ARCHIVE_UNREADABLE, catalogue::TAG_FILE_NAME];
        for (select, ignore) in
            [(&["ELF"][..], &[][..]), (&[], &["ARC", "TAG"]), (&[], &["ARC001", "all"])]
        {
            let mut findings = found.map(|rule| Finding::new(rule, "", "x")).to_vec();
            selection(select, ignore).apply(&mut findings);
            assert_eq!(findings.len(), 1, "{select:?} {ignore:?}");
            assert_eq!(findings[0].rule, catalogue::ARCHIVE_UNREADABLE);
        }
    }

    #[test]
    fn an_unknown_word_gets_the_closest_match() {
        let error = Selection::new(&["elf-acrh".to_owned()], &[]).unwrap_err();
        assert_eq!(error.nearest, Some("elf-arch"));
    }
}
