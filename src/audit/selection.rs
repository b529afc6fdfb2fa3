//! Selects rules by code, name or group, and sets the severity of their findings: `--select`,
//! `--ignore` and the table `[tool.pygo-tools.check]`.
//!
//! In: words. Out: a [`Selection`] that filters findings, or an error with the closest match for an
//! unknown word.

use super::{Finding, Group, Rule, Severity, catalogue};
use crate::error::nearest;

/// What one word selects.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Chosen {
    Everything,
    Group(Group),
    Rule(&'static Rule),
}

/// How findings of a rule count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Level {
    Off,
    Reported(Severity),
}

impl Level {
    const ALL: [Self; 3] =
        [Self::Reported(Severity::Error), Self::Reported(Severity::Warning), Self::Off];

    fn name(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::Reported(severity) => severity.name(),
        }
    }
}

/// The selected rules; all of them by default, with their own severity.
#[derive(Debug, Clone, Default)]
pub struct Selection {
    select: Vec<Chosen>,
    ignore: Vec<Chosen>,
    levels: Vec<(Chosen, Level)>,
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

/// A project's settings contradict themselves or name what does not exist.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadSetting {
    /// The problem.
    pub found: String,
    /// How to fix it.
    pub help: String,
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
    /// The settings of a project: rules to `ignore`, and the `severity` of others, each a word and
    /// `error`, `warning` or `off`.
    ///
    /// # Errors
    /// An unknown word, two settings for one rule or group, and a severity that a rule cannot have.
    pub fn of_project<'a>(
        ignore: &'a [String],
        severity: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Result<Self, BadSetting> {
        let mut levels: Vec<(&str, Chosen, Level)> = Vec::new();
        let unknown = |key: &str| {
            let key = key.to_owned();
            move |error: UnknownRule| BadSetting {
                found: format!("`{key}`: {error}"),
                help: error.help(),
            }
        };
        for word in ignore {
            let target = chosen(word).map_err(unknown("ignore"))?;
            levels.push((word, target, Level::Off));
        }
        for (word, name) in severity {
            let target = chosen(word).map_err(unknown("severity"))?;
            let level = level(word, name)?;
            if let Some((other, ..)) = levels.iter().find(|(_, other, _)| *other == target) {
                let found = format!("`{word}` in `severity` is set again as `{other}`");
                return Err(BadSetting { found, help: "keep one of the two".to_owned() });
            }
            if let Chosen::Rule(rule) = target
                && NOTHING_READ.contains(&rule)
                && level != Level::Reported(Severity::Error)
            {
                let found = format!("{rule} in `severity` is always an error");
                let help = "remove the line: no other rule can judge a file that cannot be read";
                return Err(BadSetting { found, help: help.to_owned() });
            }
            levels.push((word, target, level));
        }
        let levels = levels.into_iter().map(|(_, target, level)| (target, level)).collect();
        Ok(Self { levels, ..Self::default() })
    }

    /// Adds the command line: selects the rules of `select`, or all if it is empty, except those of
    /// `ignore`.
    ///
    /// # Errors
    /// The first unknown word.
    pub fn with(self, select: &[String], ignore: &[String]) -> Result<Self, UnknownRule> {
        let all = |words: &[String]| -> Result<Vec<_>, UnknownRule> {
            words.iter().map(|word| chosen(word)).collect()
        };
        Ok(Self { select: all(select)?, ignore: all(ignore)?, levels: self.levels })
    }

    /// Whether only some rules were asked for.
    pub fn is_partial(&self) -> bool {
        !self.select.is_empty()
    }

    /// The severity of `rule`'s findings; none if they are left out. A rule takes precedence over
    /// its group, and `--select` over what the project turns off.
    pub fn severity(&self, rule: &'static Rule) -> Option<Severity> {
        let specificity = |words: &[Chosen]| words.iter().map(|word| word.specificity(rule)).max();
        let selected =
            if self.select.is_empty() { 1 } else { specificity(&self.select).unwrap_or(0) };
        let ignored = specificity(&self.ignore).unwrap_or(0);
        if selected == 0 || (ignored > 0 && selected <= ignored) {
            return None;
        }
        let levels = self.levels.iter().map(|(word, level)| (word.specificity(rule), *level));
        match levels.filter(|(specificity, _)| *specificity > 0).max_by_key(|(of, _)| *of) {
            None => Some(rule.severity),
            Some((_, Level::Reported(severity))) => Some(severity),
            Some((of, Level::Off)) => {
                (self.is_partial() && selected >= of).then_some(rule.severity)
            }
        }
    }

    /// Sets the severity of `findings`, and removes those of rules that are not selected. If
    /// nothing in a file could be read, that stays an error: no other rule has judged the file.
    pub fn apply(&self, findings: &mut Vec<Finding>) {
        findings.retain_mut(|finding| {
            if NOTHING_READ.contains(&finding.rule) {
                return true;
            }
            let severity = self.severity(finding.rule);
            finding.severity = severity.unwrap_or(finding.severity);
            severity.is_some()
        });
    }
}

/// The rules about files in which nothing could be read.
const NOTHING_READ: [&Rule; 3] =
    [catalogue::ARCHIVE_UNREADABLE, catalogue::ARCHIVE_BOMB, catalogue::SDIST_UNREADABLE];

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

/// The level called `name`, the value of `word`.
fn level(word: &str, name: &str) -> Result<Level, BadSetting> {
    Level::ALL.into_iter().find(|level| level.name() == name).ok_or_else(|| {
        let near = nearest(name, Level::ALL.map(Level::name));
        let near = near.map(|near| format!("did you mean {near}? ")).unwrap_or_default();
        BadSetting {
            found: format!("`{word}` in `severity` is `{name}`"),
            help: format!("{near}write error, warning or off"),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(list: &[&str]) -> Vec<String> {
        list.iter().map(ToString::to_string).collect()
    }

    fn selection(select: &[&str], ignore: &[&str]) -> Selection {
        Selection::default().with(&words(select), &words(ignore)).unwrap()
    }

    fn project(ignore: &[&str], severity: &[(&str, &str)]) -> Result<Selection, BadSetting> {
        Selection::of_project(&words(ignore), severity.iter().copied())
    }

    #[test]
    fn a_rule_takes_precedence_over_its_group() {
        let keeps = |select: &[&str], ignore: &[&str]| {
            selection(select, ignore).severity(catalogue::ELF_ARCH).is_some()
        };
        assert!(keeps(&[], &[]));
        assert!(!keeps(&["GO"], &[]));
        assert!(!keeps(&[], &["elf"]));
        assert!(keeps(&["elf-arch"], &["ELF"]));
        assert!(!keeps(&["ELF"], &["ELF002"]));
    }

    #[test]
    fn a_project_sets_the_severity_of_rules_and_groups() {
        let own = project(
            &["TAG003"],
            &[("ELF", "warning"), ("elf-arch", "error"), ("GO006", "error"), ("IDX", "off")],
        )
        .unwrap();
        for (rule, expected) in [
            (catalogue::ELF_ARCH, Some(Severity::Error)),
            (catalogue::ELF_NO_POLICY, Some(Severity::Warning)),
            (catalogue::GO_TWO_RUNTIMES, Some(Severity::Error)),
            (catalogue::GO_TRIMPATH, Some(Severity::Warning)),
            (catalogue::INDEX_PLATFORM, None),
            (catalogue::TAG_ORDER, None),
        ] {
            assert_eq!(own.severity(rule), expected, "{rule}");
        }
        let asked = own.clone().with(&words(&["IDX001", "TAG", "ELF003"]), &[]).unwrap();
        assert_eq!(asked.severity(catalogue::INDEX_PLATFORM), Some(Severity::Error));
        assert_eq!(asked.severity(catalogue::TAG_ORDER), None, "TAG is less specific");
        assert_eq!(asked.severity(catalogue::ELF_NO_POLICY), Some(Severity::Warning));
        assert_eq!(asked.severity(catalogue::GO_TRIMPATH), None);
        let ignored = own.with(&[], &words(&["elf-arch"])).unwrap();
        assert_eq!(ignored.severity(catalogue::ELF_ARCH), None);
        let all = project(&[], &[("all", "error")]).unwrap();
        assert_eq!(all.severity(catalogue::TAG_ORDER), Some(Severity::Error));
    }

    #[test]
    fn wrong_settings_are_refused() {
        for (ignore, severity, found, help) in [
            (&["ELF99"][..], &[][..], "`ignore`: `ELF99` is neither", "--list"),
            (&[], &[("elf-acrh", "off")], "`severity`: `elf-acrh` is", "did you mean elf-arch?"),
            (&[], &[("ELF", "warn")], "`ELF` in `severity` is `warn`", "write error, warning"),
            (&[], &[("ELF", "errors")], "is `errors`", "did you mean error?"),
            (&["ELF002"], &[("elf-arch", "off")], "set again as `ELF002`", "keep one"),
            (&[], &[("ELF002", "off"), ("elf-arch", "error")], "set again", "keep one"),
            (&[], &[("ARC001", "warning")], "ARC001 archive-unreadable in", "remove the line"),
        ] {
            let error = project(ignore, severity).unwrap_err();
            assert!(error.found.contains(found) && error.help.contains(help), "{error:?}");
        }
        assert!(project(&["ARC"], &[("SDI001", "error")]).is_ok());
    }

    #[test]
    fn a_file_that_cannot_be_read_is_reported_whatever_is_selected() {
        let found = [catalogue::ARCHIVE_UNREADABLE, catalogue::TAG_FILE_NAME];
        for selection in [
            selection(&["ELF"], &[]),
            selection(&[], &["ARC", "TAG"]),
            selection(&[], &["ARC001", "all"]),
            project(&[], &[("ARC", "warning"), ("TAG", "off")]).unwrap(),
        ] {
            let mut findings = found.map(|rule| Finding::new(rule, "", "x")).to_vec();
            selection.apply(&mut findings);
            assert_eq!(findings.len(), 1, "{selection:?}");
            assert_eq!(findings[0].rule, catalogue::ARCHIVE_UNREADABLE);
            assert_eq!(findings[0].severity, Severity::Error);
        }
    }

    #[test]
    fn an_unknown_word_gets_the_closest_match() {
        let error = Selection::default().with(&words(&["elf-acrh"]), &[]).unwrap_err();
        assert_eq!(error.nearest, Some("elf-arch"));
    }
}
