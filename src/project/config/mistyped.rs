//! Messages about values of the wrong type: which key, what it is, and the corrected line.
//!
//! In: an entry of a table, and the schema of its key. Out: a [`Failure`] with the line to write.

use super::super::text::{pointed, shown};
use super::tree::{Entry, Node, Syntax, Value};
use crate::error::Failure;

/// The text that a table is in.
#[derive(Clone, Copy)]
pub(super) struct Source<'a> {
    pub(super) text: &'a str,
    pub(super) syntax: Syntax,
    /// What pygo is doing, for messages.
    pub(super) doing: &'a str,
}

impl Source<'_> {
    /// A failure at `start`.
    pub(super) fn failure(&self, start: usize, message: &str, help: impl Into<String>) -> Failure {
        Failure::project(self.doing, pointed(self.text, start, message), help)
    }
}

/// Types as JSON Schema and as messages name them.
const TYPES: &[(&str, &str)] = &[
    ("string", "a string"),
    ("boolean", "a boolean"),
    ("integer", "a number"),
    ("array", "an array"),
    ("object", "a table"),
];

/// The types that `schema` allows, as messages name them.
fn allowed(schema: &serde_json::Value) -> Vec<&'static str> {
    let one = |name: &serde_json::Value| {
        TYPES.iter().find(|(theirs, _)| name == *theirs).map(|(_, ours)| *ours)
    };
    let mut names: Vec<_> = match &schema["type"] {
        serde_json::Value::Array(names) => names.iter().filter_map(one).collect(),
        name => one(name).into_iter().collect(),
    };
    for schema in schema["anyOf"].as_array().into_iter().flatten() {
        names.extend(allowed(schema));
    }
    names
}

/// Explains why `entry` has not the type that `schema` asks for, if so.
pub(super) fn wrong_type(
    source: Source<'_>,
    entry: &Entry,
    schema: &serde_json::Value,
) -> Option<Failure> {
    let Entry { key, node, .. } = entry;
    if matches!(node.value, Value::Null) {
        let message = format!("{} is null", shown(key));
        let failure = source.failure(node.span.start, &message, "write a value, or remove the key");
        return Some(failure);
    }
    let allowed = allowed(schema);
    if allowed.contains(&node.value.kind()) {
        let items: Vec<&Node> = match &node.value {
            Value::Array(items) => items.iter().collect(),
            Value::Table(entries) => entries.iter().map(|entry| &entry.node).collect(),
            _ => return None,
        };
        let item = items.into_iter().find(|item| !matches!(item.value, Value::Text(_)))?;
        let message = format!("`{key}` contains a value that is not a string");
        return Some(source.failure(item.span.start, &message, "write a string"));
    }
    let message = format!("`{key}` is {}, not {}", node.value.kind(), allowed.join(" or "));
    let expected = allowed.last().copied().unwrap_or("a string");
    let help = match corrected(source.text, node, expected) {
        Some(value) => match source.syntax {
            Syntax::Json => format!("write \"{key}\": {value}"),
            Syntax::Toml => format!("write {key} = {value}"),
        },
        None if expected == "an array" => match source.syntax {
            Syntax::Json => format!("write \"{key}\": [\"...\", \"...\"]"),
            Syntax::Toml => format!("write {key} = [\"...\", \"...\"]"),
        },
        None => format!("write {expected}"),
    };
    Some(source.failure(node.span.start, &message, help))
}

/// `node` of `text` as a value of the type `expected`, if what its author meant is clear.
fn corrected(text: &str, node: &Node, expected: &str) -> Option<String> {
    let raw = text.get(node.span.clone())?.trim();
    let is_single_line = !raw.contains('\n') && !raw.contains("\"\"\"");
    match (&node.value, expected) {
        (Value::Text(_), "a string") => Some(raw.to_owned()),
        (Value::Text(_), "an array") if is_single_line => {
            let quote = raw.chars().next()?;
            // Commas separate names, but belong to a signature.
            let separator = format!("{quote}, {quote}");
            let separated =
                |text: &str| text.split(',').map(str::trim).collect::<Vec<_>>().join(&separator);
            let is_list = raw.contains(',') && !raw.contains('(');
            Some(format!("[{}]", if is_list { separated(raw) } else { raw.to_owned() }))
        }
        (Value::Text(text), "a boolean") => {
            let bare = text.to_ascii_lowercase();
            ["true", "false"].contains(&bare.as_str()).then_some(bare)
        }
        (Value::Number(_) | Value::Boolean(_), "a string") => Some(format!("\"{raw}\"")),
        (Value::Array(items), "a string") if is_single_line => match items.as_slice() {
            [only] => corrected(text, only, expected),
            _ => None,
        },
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::file::ConfigFile;

    fn toml(line: &str) -> (String, String) {
        let text = format!("[tool.pygo-tools]\n{line}\n");
        let failure = ConfigFile::from_toml(&text, "reading").unwrap_err();
        (failure.found.lines().next().unwrap().to_owned(), failure.help)
    }

    fn json(entry: &str) -> (String, String) {
        let text = format!("{{\n{entry}\n}}");
        let failure = ConfigFile::from_json(&text, "reading").unwrap_err();
        (failure.found.lines().next().unwrap().to_owned(), failure.help)
    }

    #[test]
    fn the_key_and_the_corrected_line_are_shown() {
        for (line, found, help) in [
            (
                "signatures = 'int Add(int a, int b);'",
                "column 14: `signatures` is a string, not an array",
                "write signatures = ['int Add(int a, int b);']",
            ),
            (
                "targets = \"linux-amd64,macos-arm64\"",
                "column 11: `targets` is a string, not an array",
                "write targets = [\"linux-amd64\", \"macos-arm64\"]",
            ),
            (
                "manylinux = 2.30",
                "column 13: `manylinux` is a number, not a string",
                "write manylinux = \"2.30\"",
            ),
            (
                "package = ['a']",
                "column 11: `package` is an array, not a string",
                "write package = 'a'",
            ),
            (
                "library = true",
                "column 11: `library` is a boolean, not a string",
                "write library = \"true\"",
            ),
            (
                "signatures = ['int F(void);', 5]",
                "column 31: `signatures` contains a value that is not a string",
                "write a string",
            ),
            (
                "signatures = \"\"\"\nint F(void);\"\"\"",
                "column 14: `signatures` is a string, not an array",
                "write signatures = [\"...\", \"...\"]",
            ),
            (
                "package = {a = 1}",
                "column 11: `package` is a table, not a string",
                "write a string",
            ),
        ] {
            assert_eq!(toml(line), (format!("line 2, {found}"), help.to_owned()), "{line}");
        }
    }

    #[test]
    fn json_is_corrected_as_json() {
        for (entry, found, help) in [
            (
                r#"  "signatures": "int Add(int a, int b);""#,
                "column 17: `signatures` is a string, not an array",
                r#"write "signatures": ["int Add(int a, int b);"]"#,
            ),
            (
                r#""package": "x", "manylinux": 2.17"#,
                "column 30: `manylinux` is a number, not a string",
                r#"write "manylinux": "2.17""#,
            ),
            (
                r#""build-tags": ["a", false], "library": "x""#,
                "column 21: `build-tags` contains a value that is not a string",
                "write a string",
            ),
        ] {
            assert_eq!(json(entry), (format!("line 2, {found}"), help.to_owned()), "{entry}");
        }
    }
}
