//! The table `[tool.pygo-tools.check]`: how `pygo check` judges the wheels of a project.
//!
//! Input: a directory. Output: the [`CheckConfig`] of its `pyproject.toml`, with values of the right
//! types. Whether rules and patterns exist is for the audit to say.

use std::collections::BTreeMap;
use std::path::Path;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::keys::{schema_of, table_of};
use super::table::toml_table;
use crate::error::Result;
use crate::project::text;

/// The settings for checking a project's wheels.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", default)]
pub struct CheckConfig {
    /// Needed libraries that are not looked for, as shell patterns: `libtorch*.so`
    #[schemars(extend("x-default" = "none"))]
    pub exclude: Vec<String>,
    /// Rules to skip: codes, names or code prefixes, such as `ELF010`, `elf-unstripped`
    /// or `IDX`
    #[schemars(extend("x-default" = "none"))]
    pub ignore: Vec<String>,
    /// The severity of rules, by code, name or code prefix: `error`, `warning` or `off`. A rule
    /// takes precedence over its prefix: `{ GO = "off", GO006 = "error" }`
    #[schemars(extend("x-default" = "that of each rule"))]
    pub severity: BTreeMap<String, String>,
}

impl CheckConfig {
    /// The action that a failure in the table of `dir` names.
    pub fn reading(dir: &Path) -> String {
        format!("reading {}, [tool.pygo-tools.check]", text::shown_in(dir, "pyproject.toml"))
    }

    /// Reads the table in the `pyproject.toml` of `dir`, if there is one.
    ///
    /// # Errors
    /// Malformed TOML, an unknown key, or a value of the wrong type.
    pub fn read(dir: &Path) -> Result<Self> {
        let file = dir.join("pyproject.toml");
        if !file.exists() {
            return Ok(Self::default());
        }
        let text = text::read(&file, &Self::reading(dir))?;
        let path = ["tool", "pygo-tools", "check"];
        let table = toml_table(&text, &path, &Self::reading(dir));
        Ok(text::unquoted(table, dir, &file)?.unwrap_or_default())
    }
}

/// The keys as a Markdown table.
pub fn check_reference() -> String {
    table_of([("", schema_of::<CheckConfig>())])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Failure;

    fn read(text: &str) -> Result<CheckConfig, Failure> {
        let dir = tempfile::tempdir().unwrap();
        fs_err::write(dir.path().join("pyproject.toml"), text).unwrap();
        CheckConfig::read(dir.path())
    }

    #[test]
    fn the_table_may_be_written_in_every_way_of_toml() {
        for text in [
            "[tool.pygo-tools.check]\nseverity = { ELF003 = 'off' }",
            "[tool.pygo-tools.check.severity]\nELF003 = 'off'",
            "tool.pygo-tools.check.severity.ELF003 = 'off'",
        ] {
            assert_eq!(read(text).unwrap().severity["ELF003"], "off", "{text}");
        }
        assert_eq!(read("[tool.pygo-tools]\npackage = 'x'").unwrap(), CheckConfig::default());
        assert_eq!(read("").unwrap(), CheckConfig::default());
    }

    #[test]
    fn values_of_the_wrong_type_are_shown() {
        for (line, found) in [
            ("severity = 'warning'", "`severity` is a string, not a table"),
            ("severity = ['ELF']", "`severity` is an array, not a table"),
            ("severity = { ELF003 = 1 }", "`severity` contains a value that is not a string"),
            ("severity.ELF003 = ['off']", "`severity` contains a value that is not a string"),
            ("severity = { ELF003 = { a = 1 } }", "`severity` contains a value"),
            ("[tool.pygo-tools.check.severity]\nELF003 = 1", "`severity` contains a value"),
            ("[tool.pygo-tools.check.ignore]\na = 1", "`ignore` is a table, not an array"),
            ("ignore = 'ELF003'", "`ignore` is a string, not an array"),
            ("ignor = []", "unknown key \"ignor\""),
            ("[tool.pygo-tools.check.rules]", "unknown key \"rules\""),
        ] {
            let failure = read(&format!("[tool.pygo-tools.check]\n{line}\n")).unwrap_err();
            assert!(failure.found.contains(found), "{line}: {failure}");
        }
    }

    #[test]
    fn the_reference_has_a_type_for_every_key() {
        let table = check_reference();
        for row in ["| `exclude` | array of strings |", "| `severity` | table of strings |"] {
            assert!(table.contains(row), "{table}");
        }
    }
}
