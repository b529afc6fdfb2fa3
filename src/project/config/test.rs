//! The keys of `pygo test`.

use super::super::text::shown;
use super::commands::commands;
use super::keys::ProjectKeys;
use crate::error::{Failure, Result};

/// The settings for testing finished wheels.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TestSettings {
    /// The words of each command.
    pub commands: Vec<Vec<String>>,
    /// The requirements that are installed besides the wheel.
    pub requires: Vec<String>,
    /// The extras that are installed.
    pub extras: Vec<String>,
}

impl TestSettings {
    /// Checks the keys of the project.
    pub(super) fn read(keys: &ProjectKeys, doing: &str) -> Result<Self> {
        let lines = keys.test_command.as_deref().unwrap_or_default();
        let requires = keys.test_requires.clone().unwrap_or_default();
        let extras = keys.test_extras.clone().unwrap_or_default();
        let wrong = |key: &str, text: &str, what: &str, help: &str| {
            let found = format!("`{key}` contains {}, which is not {what}", shown(text));
            Failure::project(doing, found, help)
        };
        if let Some(text) = requires.iter().find(|text| !is_requirement(text)) {
            let help = "write a requirement as for pip: \"pytest>=8\"";
            return Err(wrong("test-requires", text, "a requirement", help));
        }
        if let Some(text) = extras.iter().find(|text| !is_extra(text)) {
            let help = "write the name of an extra of the project: \"yaml\"";
            return Err(wrong("test-extras", text, "the name of an extra", help));
        }
        Ok(Self { commands: commands("test-command", lines, doing)?, requires, extras })
    }

    /// The words of the command `line` of the command line.
    ///
    /// # Errors
    /// A command without words, or with a quote that is not closed.
    pub fn command(line: &str) -> Result<Vec<String>> {
        let doing = "reading the command line";
        let words = commands("--command", &[line.to_owned()], doing)?;
        Ok(words.into_iter().next().unwrap_or_default())
    }
}

/// Whether `text` begins as a requirement does, and not as an option of pip.
fn is_requirement(text: &str) -> bool {
    text.trim() == text
        && text.starts_with(|c: char| c.is_ascii_alphanumeric())
        && !text.chars().any(char::is_control)
}

fn is_extra(text: &str) -> bool {
    let is_end = |c: char| c.is_ascii_alphanumeric();
    text.starts_with(is_end)
        && text.ends_with(is_end)
        && text.chars().all(|c| is_end(c) || "._-".contains(c))
}

#[cfg(test)]
mod tests {
    use super::super::file::ConfigFile;
    use super::*;

    fn read(keys: &str) -> Result<TestSettings> {
        let text = format!("[tool.pygo-tools]\n{keys}");
        let file = ConfigFile::from_toml(&text, "reading").unwrap().unwrap();
        TestSettings::read(&file.project, "reading")
    }

    #[test]
    fn commands_requirements_and_extras_are_checked() {
        let settings = read(
            "test-command = ['pytest \"{project}/my tests\"', 'x --version']\n\
             test-requires = ['pytest>=8']\ntest-extras = ['a-b']",
        )
        .unwrap();
        assert_eq!(settings.commands[0], ["pytest", "{project}/my tests"]);
        assert_eq!((settings.requires.len(), settings.extras.len()), (1, 1));
        assert_eq!(read("").unwrap(), TestSettings::default());
        for (keys, found) in [
            ("test-command = ['']", "`test-command` contains \"\", which names no program"),
            (
                "test-requires = ['-r x.txt']",
                "`test-requires` contains \"-r x.txt\", which is not a requirement",
            ),
            (
                "test-extras = ['a]; b']",
                "`test-extras` contains \"a]; b\", which is not the name of an extra",
            ),
        ] {
            assert_eq!(read(keys).unwrap_err().found, found);
        }
    }
}
