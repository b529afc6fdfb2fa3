//! Reads the tables of a configuration: which keys each may have, and of which types.
//!
//! Input: the entries of a file. Output: a [`ConfigFile`], or a failure that points at the line.

use super::super::text::position;
use super::check::CheckConfig;
use super::file::{ConfigFile, Layer};
use super::keys::{
    CHECK, IGNORED, PARTS, ProjectKeys, SCHEMA, TARGET, part_keys, schema_of, table_keys,
    target_keys,
};
use super::mistyped::Source;
use super::platform::Platform;
use super::table::{Keys, typed};
use super::tree::{Entry, Node, Syntax, Value};
use crate::error::Result;

impl Source<'_> {
    pub(super) fn config(self, entries: &[Entry]) -> Result<ConfigFile> {
        let tables = match self.syntax {
            Syntax::Json => &[PARTS, TARGET, IGNORED, SCHEMA] as &[_],
            Syntax::Toml => &[PARTS, TARGET, CHECK, IGNORED, SCHEMA],
        };
        let keys = self.checked(entries, &table_keys(), tables, |_| None)?;
        let of = |name: &str| entries.iter().find(|entry| entry.key == name);
        if let (Some(entry), Syntax::Toml) = (of(CHECK), self.syntax) {
            let entries = self.table(entry)?;
            self.checked(entries, &schema_of::<CheckConfig>(), &[], |_| None)?;
        }
        let targets = of(TARGET).map(|entry| self.targets(entry, &target_keys()));
        let table = Layer {
            place: String::new(),
            keys: keys.clone(),
            targets: targets.transpose()?.unwrap_or_default(),
        };
        let parts = of(PARTS).map(|entry| self.parts(entry)).transpose()?.unwrap_or_default();
        Ok(ConfigFile::new(typed(keys, self.doing)?, table, parts))
    }

    /// The entries of the table `entry`.
    fn table(self, entry: &Entry) -> Result<&[Entry]> {
        match &entry.node.value {
            Value::Table(entries) => Ok(entries),
            other => {
                let message = format!("`{}` is {}, not a table", entry.key, other.kind());
                let help = match self.syntax {
                    Syntax::Toml => format!(
                        "write a table, with a header of its own: [tool.pygo-tools.{}]",
                        entry.key
                    ),
                    Syntax::Json => format!("write \"{}\": {{...}}", entry.key),
                };
                Err(self.failure(entry.node.span.start, &message, help))
            }
        }
    }

    fn parts(self, entry: &Entry) -> Result<Vec<Layer>> {
        let wrong = |start: usize, what: &str| {
            let help = match self.syntax {
                Syntax::Toml => "begin each part with the line [[tool.pygo-tools.parts]]",
                Syntax::Json => "write \"parts\": [{...}, {...}]",
            };
            self.failure(start, what, help)
        };
        let node = &entry.node;
        let Value::Array(items) = &node.value else {
            let what = format!("`parts` is {}, not an array of tables", node.value.kind());
            return Err(wrong(node.span.start, &what));
        };
        if items.is_empty() {
            return Err(wrong(node.span.start, "`parts` is empty"));
        }
        let part = |(index, item): (usize, &Node)| match &item.value {
            Value::Table(entries) => self.part(index + 1, item, entries),
            other => {
                let what = format!("`parts` contains {}, not a table", other.kind());
                Err(wrong(item.span.start, &what))
            }
        };
        items.iter().enumerate().map(part).collect()
    }

    fn part(self, number: usize, item: &Node, entries: &[Entry]) -> Result<Layer> {
        let start = entries.first().map_or(item.span.start, |entry| entry.start);
        let start = start.min(item.span.start);
        let (line, _) = position(self.text, start);
        let elsewhere = |key: &str| {
            table_keys().contains_key(key).then(|| {
                let message = format!("`{key}` is a key of the project, not of a part");
                (message, format!("write it above the parts, into {}", self.name("")))
            })
        };
        let keys = self.checked(entries, &part_keys(), &[TARGET], elsewhere)?;
        let targets = entries.iter().find(|entry| entry.key == TARGET);
        let targets = targets.map(|entry| self.targets(entry, &part_keys())).transpose()?;
        let place = format!(", part {number} of `{PARTS}` (line {line})");
        Ok(Layer { place, keys, targets: targets.unwrap_or_default() })
    }

    /// The tables in `entry`, each for some platforms; they may have the keys `known`.
    fn targets(self, entry: &Entry, known: &Keys) -> Result<Vec<(Platform, Keys)>> {
        let one = |entry: &Entry| {
            let platform: Platform =
                entry.key.parse().map_err(|(message, help): (String, String)| {
                    self.failure(entry.start, &message, help)
                })?;
            let elsewhere = |key: &str| {
                let project = schema_of::<ProjectKeys>();
                if project.contains_key(key) {
                    let message = format!("`{key}` is the same for all targets");
                    return Some((message, format!("write it into {}", self.name(""))));
                }
                table_keys().contains_key(key).then(|| {
                    let message = format!("`{key}` is a key of all parts");
                    (message, format!("write it into {}", self.name(&format!("target.{platform}"))))
                })
            };
            let entries = self.table(entry)?;
            let keys = self.checked(entries, known, &[], elsewhere)?;
            for entry in entries {
                if let Some(os) = platform.has_no(&entry.key) {
                    let message = format!("`{}` has no effect for {}", entry.key, os);
                    return Err(self.failure(entry.start, &message, "remove the key"));
                }
            }
            Ok((platform, keys))
        };
        self.unique(self.table(entry)?)?;
        self.table(entry)?.iter().map(one).collect()
    }

    /// How a file names the table `inner` of the configuration.
    fn name(self, inner: &str) -> String {
        match (self.syntax, inner) {
            (Syntax::Toml, "") => "[tool.pygo-tools]".to_owned(),
            (Syntax::Toml, inner) => format!("[tool.pygo-tools.{inner}]"),
            (Syntax::Json, "") => "the outermost object".to_owned(),
            (Syntax::Json, inner) => format!("`{inner}`"),
        }
    }
}
