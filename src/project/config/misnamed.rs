//! A table of pyproject.toml that was probably meant to be `[tool.pygo-tools]`.
//!
//! In: the text of a pyproject.toml without that table. Out: a [`Failure`] that says what to rename.

use toml::de::{DeTable, DeValue};

use super::super::text::pointed;
use crate::error::Failure;

/// Tables in which the table may be by mistake; the first is the right one.
const PLACES: &[&str] = &["tool", "", "tools", "project"];

/// The failure, if `text` has such a table.
pub(super) fn misnamed(text: &str, doing: &str) -> Option<Failure> {
    let document = DeTable::parse(text).ok()?;
    let document = document.get_ref();
    for place in PLACES {
        let table = match (*place, document.get(*place).map(toml::Spanned::get_ref)) {
            ("", _) => document,
            (_, Some(DeValue::Table(table))) => table,
            _ => continue,
        };
        let is_meant = |name: &str| {
            let plain = name.to_ascii_lowercase().replace(['-', '_', '.'], "");
            plain == "pygo" || nearly(&plain)
        };
        let found = table.iter().find(|(name, value)| {
            matches!(value.get_ref(), DeValue::Table(_)) && is_meant(name.get_ref())
        });
        if let Some((name, _)) = found {
            let dot = if place.is_empty() { "" } else { "." };
            let message =
                format!("the table [{place}{dot}{}] is not one that pygo reads", name.get_ref());
            let found = pointed(text, name.span().start, &message);
            return Some(Failure::project(doing, found, "rename it to [tool.pygo-tools]"));
        }
    }
    None
}

/// Whether `plain` is a spelling of `pygotools`.
fn nearly(plain: &str) -> bool {
    plain.starts_with("pygo") && strsim::levenshtein(plain, "pygotools") <= 2
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn likely_misspellings_are_named() {
        for name in
            ["tool.pygo_tools", "tool.pygo", "tool.pygotool", "pygo-tools", "tools.pygo-tools"]
        {
            let text = format!("[project]\nname = 'x'\n\n[{name}]\npackage = 'x'\n");
            let failure = misnamed(&text, "reading pyproject.toml").unwrap();
            let found = format!("the table [{name}] is not one that pygo reads\n4 | [{name}]\n");
            assert!(failure.found.contains(&found), "{failure}");
            assert_eq!(failure.help, "rename it to [tool.pygo-tools]");
        }
        for other in ["[tool.pygount]\na = 1", "[tool.go]\na = 1", "pygo = 1", "tool = 1", "[["] {
            assert!(misnamed(other, "reading").is_none(), "{other}");
        }
    }
}
