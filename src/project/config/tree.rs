//! JSON and TOML as one tree, in which every key and value has its place in the text.
//!
//! Input: the text of `config.json` or `pyproject.toml`. Output: its keys and values, or a failure
//! that points at malformed text. The tree is read lazily as far as JSON is concerned: what is
//! nested deeper than any configuration is left out.

use std::fmt;
use std::ops::Range;

use serde::Deserialize;
use serde::de::{MapAccess, Visitor};
use serde_json::value::RawValue;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::super::text::pointed;
use crate::error::{Failure, Result};

/// How a file is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Syntax {
    Json,
    Toml,
}

/// A key, its place, and its value.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    pub(super) key: String,
    pub(super) start: usize,
    pub(super) node: Node,
}

/// A value and its place.
#[derive(Debug, Clone)]
pub(super) struct Node {
    pub(super) span: Range<usize>,
    pub(super) value: Value,
}

/// A value.
#[derive(Debug, Clone)]
pub(super) enum Value {
    Null,
    Boolean(bool),
    /// A number, if it is an integer of this size.
    Number(Option<i64>),
    Date,
    Text(String),
    Array(Vec<Node>),
    /// Its entries in the order of the text; in JSON a key may be repeated.
    Table(Vec<Entry>),
}

impl Value {
    /// The type, as messages name it.
    pub(super) fn kind(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Boolean(_) => "a boolean",
            Self::Number(_) => "a number",
            Self::Date => "a date",
            Self::Text(_) => "a string",
            Self::Array(_) => "an array",
            Self::Table(_) => "a table",
        }
    }

    /// The value, without places.
    pub(super) fn plain(&self) -> serde_json::Value {
        match self {
            Self::Null | Self::Date => serde_json::Value::Null,
            Self::Boolean(value) => (*value).into(),
            Self::Number(value) => (*value).into(),
            Self::Text(text) => text.clone().into(),
            Self::Array(items) => items.iter().map(|item| item.value.plain()).collect(),
            Self::Table(entries) => {
                let plain = |entry: &Entry| (entry.key.clone(), entry.node.value.plain());
                entries.iter().map(plain).collect()
            }
        }
    }
}

/// What a parser says is wrong with the text itself.
const CORRECT: &str = "correct the text at this place";

/// Deeper than any key of a configuration.
const DEEPEST: usize = 8;

/// The entries of the object in `text`.
pub(super) fn json(text: &str, doing: &str) -> Result<Vec<Entry>> {
    let failed = |error: serde_json::Error| {
        let place = format!(" at line {} column {}", error.line(), error.column());
        let message = error.to_string().replace(&place, "");
        let lines = text.split_inclusive('\n').take(error.line().saturating_sub(1));
        let start = lines.map(str::len).sum::<usize>() + error.column().saturating_sub(1);
        let help = if error.is_data() { "write an object with the keys" } else { CORRECT };
        Failure::project(doing, pointed(text, start, &message), help)
    };
    let Entries(entries) = serde_json::from_str(text).map_err(failed)?;
    Json { text, doing }.entries(entries, 0)
}

struct Json<'a> {
    text: &'a str,
    doing: &'a str,
}

impl Json<'_> {
    /// Where `raw`, a slice of the text, is.
    fn span(&self, raw: &RawValue) -> Range<usize> {
        let start = raw.get().as_ptr() as usize - self.text.as_ptr() as usize;
        start..start + raw.get().len()
    }

    fn entries(&self, entries: Vec<(&RawValue, &RawValue)>, depth: usize) -> Result<Vec<Entry>> {
        let entry = |(key, value): (&RawValue, &RawValue)| {
            let Range { start, .. } = self.span(key);
            Ok(Entry { key: self.text(key)?, start, node: self.node(value, depth + 1)? })
        };
        entries.into_iter().map(entry).collect()
    }

    fn node(&self, raw: &RawValue, depth: usize) -> Result<Node> {
        let part = raw.get();
        let value = match part.as_bytes().first() {
            Some(b'{' | b'[') if depth > DEEPEST => Value::Array(Vec::new()),
            Some(b'{') => {
                let Entries(entries) = self.read(raw)?;
                Value::Table(self.entries(entries, depth)?)
            }
            Some(b'[') => {
                let items: Vec<&RawValue> = self.read(raw)?;
                let items = items.into_iter().map(|item| self.node(item, depth + 1));
                Value::Array(items.collect::<Result<_>>()?)
            }
            Some(b'"') => Value::Text(self.text(raw)?),
            Some(b't' | b'f') => Value::Boolean(part == "true"),
            Some(b'n') => Value::Null,
            _ => Value::Number(part.parse().ok()),
        };
        Ok(Node { span: self.span(raw), value })
    }

    /// A string; half of a surrogate pair is none.
    fn text(&self, raw: &RawValue) -> Result<String> {
        self.read(raw)
    }

    fn read<'t, T: Deserialize<'t>>(&self, raw: &'t RawValue) -> Result<T> {
        serde_json::from_str(raw.get()).map_err(|error| {
            let place = format!(" at line {} column {}", error.line(), error.column());
            let message = error.to_string().replace(&place, "");
            let found = pointed(self.text, self.span(raw).start, &message);
            Failure::project(self.doing, found, CORRECT)
        })
    }
}

/// The keys and values of a JSON object, repeated keys included.
struct Entries<'a>(Vec<(&'a RawValue, &'a RawValue)>);

impl<'de> Deserialize<'de> for Entries<'de> {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Object;
        impl<'de> Visitor<'de> for Object {
            type Value = Entries<'de>;

            fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<Self::Value, M::Error> {
                let mut entries = Vec::new();
                while let Some(entry) = map.next_entry()? {
                    entries.push(entry);
                }
                Ok(Entries(entries))
            }
        }
        from.deserialize_map(Object)
    }
}

/// The entries of the table at `path` in `text`, and where it starts, if there is one.
pub(super) fn toml(text: &str, path: &[&str], doing: &str) -> Result<Option<(usize, Vec<Entry>)>> {
    let document = DeTable::parse(text).map_err(|error| {
        let message = error.message().lines().collect::<Vec<_>>().join("; ");
        let start = error.span().map_or(0, |span| span.start);
        Failure::project(doing, pointed(text, start, &message), CORRECT)
    })?;
    let mut value = Spanned::new(document.span(), DeValue::Table(document.into_inner()));
    for key in path {
        let start = value.span().start;
        let DeValue::Table(mut table) = value.into_inner() else {
            let message = format!("a table with the key `{key}` expected");
            return Err(Failure::project(doing, pointed(text, start, &message), "write a table"));
        };
        match table.remove(*key) {
            Some(inner) => value = inner,
            None => return Ok(None),
        }
    }
    let span = value.span();
    let node = toml_node(&value, 0);
    match node.value {
        Value::Table(entries) => Ok(Some((span.start, entries))),
        other => {
            let message = format!("[{}] is {}, not a table", path.join("."), other.kind());
            Err(Failure::project(doing, pointed(text, span.start, &message), "write a table"))
        }
    }
}

fn toml_node(from: &Spanned<DeValue<'_>>, depth: usize) -> Node {
    let value = match from.get_ref() {
        DeValue::Array(_) | DeValue::Table(_) if depth > DEEPEST => Value::Array(Vec::new()),
        DeValue::String(text) => Value::Text(text.to_string()),
        DeValue::Integer(number) => {
            Value::Number(i64::from_str_radix(number.as_str(), number.radix()).ok())
        }
        DeValue::Float(_) => Value::Number(None),
        DeValue::Boolean(value) => Value::Boolean(*value),
        DeValue::Datetime(_) => Value::Date,
        DeValue::Array(items) => {
            Value::Array(items.iter().map(|item| toml_node(item, depth + 1)).collect())
        }
        DeValue::Table(table) => {
            let entry =
                |(key, value): (&Spanned<std::borrow::Cow<'_, str>>, &Spanned<DeValue<'_>>)| {
                    let (key, start) = (key.get_ref().to_string(), key.span().start);
                    Entry { key, start, node: toml_node(value, depth + 1) }
                };
            let mut entries: Vec<_> = table.iter().map(entry).collect();
            entries.sort_by_key(|entry| entry.start);
            Value::Table(entries)
        }
    };
    Node { span: from.span(), value }
}
