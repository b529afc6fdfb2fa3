//! A table of keys: which it may have, and of which types.
//!
//! Input: the entries of a table, and the schemas of its keys. Output: the values, or a failure that
//! points at the line.

use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use serde_json::Map;

use super::super::text::shown;
use super::keys::{IGNORED, SCHEMA, schema_of};
use super::mistyped::{Source, wrong_type};
use super::tree::{self, Entry, Syntax};
use crate::error::{Failure, Result, nearest};

/// Keys and their values.
pub(super) type Keys = Map<String, serde_json::Value>;

/// `keys` as a struct, whose types were checked before.
pub(super) fn typed<T: DeserializeOwned>(keys: Keys, doing: &str) -> Result<T> {
    serde_json::from_value(keys.into())
        .map_err(|error| Failure::project(doing, error.to_string(), "write a value of its type"))
}

/// Reads the table at `path` in a TOML file, which may have the keys of `T`.
pub(super) fn toml_table<T: DeserializeOwned + JsonSchema>(
    text: &str,
    path: &[&str],
    doing: &str,
) -> Result<Option<T>> {
    let Some((_, entries)) = tree::toml(text, path, doing)? else { return Ok(None) };
    let source = Source { text, syntax: Syntax::Toml, doing };
    typed(source.checked(&entries, &schema_of::<T>(), &[], |_| None)?, doing).map(Some)
}

/// A message about a key that belongs elsewhere, and what to do about it.
pub(super) type Elsewhere = Option<(String, String)>;

impl Source<'_> {
    /// Rejects repeated keys.
    pub(super) fn unique(self, entries: &[Entry]) -> Result<()> {
        for (index, Entry { key, start, .. }) in entries.iter().enumerate() {
            if entries.iter().take(index).any(|earlier| earlier.key == *key) {
                let message = format!("{} is repeated", shown(key));
                return Err(self.failure(*start, &message, "keep one of them"));
            }
        }
        Ok(())
    }

    /// The values of `entries`, whose keys are those of `known`, of their types, or of `tables`,
    /// which are left out. `elsewhere` explains keys that belong elsewhere.
    pub(super) fn checked(
        self,
        entries: &[Entry],
        known: &Keys,
        tables: &[&str],
        elsewhere: impl Fn(&str) -> Elsewhere,
    ) -> Result<Keys> {
        self.unique(entries)?;
        let mut values = Keys::new();
        for entry @ Entry { key, start, node } in entries {
            if tables.contains(&key.as_str()) {
                continue;
            }
            let Some(schema) = known.get(key) else {
                if let Some((message, help)) = elsewhere(key) {
                    return Err(self.failure(*start, &message, help));
                }
                let tables =
                    tables.iter().copied().filter(|table| ![IGNORED, SCHEMA].contains(table));
                let names: Vec<&str> = known.keys().map(String::as_str).chain(tables).collect();
                let near = nearest(key, names.iter().copied());
                let near = near.map(|near| format!("the nearest is `{near}`; "));
                let help = match near {
                    // More would hide the one that is meant.
                    Some(near) if names.len() > 8 => {
                        format!("{near}`pygo schema` describes all keys")
                    }
                    near => {
                        format!(
                            "{}the known keys are {}",
                            near.unwrap_or_default(),
                            names.join(", ")
                        )
                    }
                };
                let message = format!("unknown key {}", shown(key));
                return Err(self.failure(*start, &message, help));
            };
            if let Some(failure) = wrong_type(self, entry, schema) {
                return Err(failure);
            }
            values.insert(key.clone(), node.value.plain());
        }
        Ok(values)
    }
}
