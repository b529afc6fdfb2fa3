//! The table `[tool.pygo-tools.check]`: what `pygo check` leaves out in a project.
//!
//! Input: a directory. Output: the [`CheckConfig`] of its `pyproject.toml`, with values of the right
//! types. Whether rules and patterns exist is for the audit to say.

use std::path::Path;

use serde::Deserialize;

use super::file::toml_table;
use crate::error::Result;
use crate::project::text;

/// The keys of the table.
const KEYS: [&str; 2] = ["exclude", "ignore"];

/// What `pygo check` leaves out.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
pub struct CheckConfig {
    /// Needed libraries that are not looked for, as shell patterns.
    #[serde(default)]
    pub exclude: Vec<String>,
    /// Rules that are skipped.
    #[serde(default)]
    pub ignore: Vec<String>,
}

impl CheckConfig {
    /// Reads the table in the `pyproject.toml` of `dir`, if there is one.
    ///
    /// # Errors
    /// Malformed TOML, an unknown key, or a value of the wrong type.
    pub fn read(dir: &Path) -> Result<Self> {
        let file = dir.join("pyproject.toml");
        if !file.exists() {
            return Ok(Self::default());
        }
        let doing = "reading pyproject.toml, [tool.pygo-tools.check]";
        let text = text::read(&file, doing)?;
        let path = ["tool", "pygo-tools", "check"];
        Ok(toml_table(&text, &path, KEYS.into_iter(), doing)?.unwrap_or_default())
    }
}
