//! What a project says about the checks of its wheels, for `pygo check` and for the stages that
//! judge what they built.
//!
//! In: the table `[tool.pygo-tools.check]` as written. Out: [`CheckSettings`] with rules and patterns
//! that exist.

use std::path::Path;

use super::fingerprint::Hasher;
use crate::audit::{BadPattern, Excluded, Selection};
use crate::error::{Failure, Result};
use crate::project::CheckConfig;

/// Which findings count, and how.
#[derive(Debug, Clone, Default)]
pub struct CheckSettings {
    /// The table that says so.
    config: CheckConfig,
    /// Needed libraries that are not looked for.
    pub excluded: Excluded,
    /// The rules, with their severity.
    pub selection: Selection,
}

impl CheckSettings {
    /// Checks that what `config`, the table of the project in `dir`, names exists.
    ///
    /// # Errors
    /// An unknown rule or severity, two settings for one rule, or a pattern that cannot be read.
    pub fn new(config: CheckConfig, dir: &Path) -> Result<Self> {
        let doing = || CheckConfig::reading(dir);
        let severity = config.severity.iter().map(|(word, level)| (word.as_str(), level.as_str()));
        let selection = Selection::of_project(&config.ignore, severity)
            .map_err(|error| Failure::project(doing(), error.found, error.help))?;
        let excluded = Excluded::new(&config.exclude).map_err(|error: BadPattern| {
            let found = format!("`exclude`: {error}");
            let help = "write a name or a pattern with *, ? and [...], as in \"libtorch*.so\"";
            Failure::project(doing(), found, help)
        })?;
        Ok(Self { config, excluded, selection })
    }

    /// Adds the settings to the fingerprint of a stage that judges something.
    pub(super) fn feed(&self, into: &mut Hasher) -> Result<()> {
        into.value("check", &self.config)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::factory::event::Stage;

    #[test]
    fn settings_are_part_of_fingerprints() {
        let of = |severity: &str| {
            let config = CheckConfig {
                severity: [("ELF".to_owned(), severity.to_owned())].into(),
                ..CheckConfig::default()
            };
            let mut hasher = Hasher::new(Stage::Audit).unwrap();
            CheckSettings::new(config, Path::new("")).unwrap().feed(&mut hasher).unwrap();
            hasher.finish()
        };
        assert_eq!(of("off"), of("off"));
        assert_ne!(of("off"), of("warning"));
    }

    #[test]
    fn what_does_not_exist_is_refused_by_key() {
        let config = CheckConfig { exclude: vec!["lib[a".to_owned()], ..CheckConfig::default() };
        let failure = CheckSettings::new(config, Path::new("")).unwrap_err();
        assert!(failure.found.contains("`exclude`: `lib[a` is not a shell pattern"), "{failure}");
        let config = CheckConfig { ignore: vec!["ELF99".to_owned()], ..CheckConfig::default() };
        let failure = CheckSettings::new(config, Path::new("")).unwrap_err();
        assert!(failure.found.contains("`ignore`: `ELF99` is neither"), "{failure}");
    }
}
