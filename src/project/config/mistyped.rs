//! Messages about values of the wrong type: which key, what it is, and the corrected line.
//!
//! In: the message of a parser, and where the values are. Out: a [`Failure`] with the line to write.

use std::ops::Range;

use super::super::text::pointed;
use crate::error::Failure;

/// A key, and where its value is in the text.
pub(super) struct Value {
    pub(super) key: String,
    pub(super) span: Range<usize>,
}

/// How a key and its value are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Syntax {
    Json,
    Toml,
}

/// The types that the parsers expect, as they name them and as we do.
const EXPECTED: &[(&str, &str)] = &[
    ("expected a string", "a string"),
    ("expected a sequence", "an array"),
    ("expected a boolean", "a boolean"),
    ("expected a map", "a table"),
];

/// Explains the parser's `message` about the value at `at`; `None` if it is not about a type.
pub(super) fn wrong_type(
    text: &str,
    at: usize,
    message: &str,
    values: &[Value],
    syntax: Syntax,
    doing: &str,
) -> Option<Failure> {
    let expected = EXPECTED.iter().find(|(theirs, _)| message.ends_with(theirs))?.1;
    // JSON's parser points at the end of the value.
    let of_key =
        values.iter().filter(|value| value.span.start <= at).max_by_key(|v| v.span.start)?;
    let Value { key, span } = of_key;
    let whole = text.get(span.clone())?.trim();
    let is_element = match syntax {
        Syntax::Toml => at > span.start,
        Syntax::Json => whole.starts_with('[') && !message.contains("sequence"),
    };
    let is_map = message.contains("invalid type: map");
    let found = if is_element {
        format!("`{key}` contains a value that is not a string")
    } else {
        // A table may also be written as a header or as dotted keys.
        let kind = if is_map { "a table" } else { kind(whole) };
        format!("`{key}` is {kind}, not {expected}")
    };
    let start = if is_element { at } else { span.start };
    let correct = if is_element || is_map { None } else { corrected(whole, expected) };
    let help = match correct {
        Some(value) => match syntax {
            Syntax::Json => format!("write \"{key}\": {value}"),
            Syntax::Toml => format!("write {key} = {value}"),
        },
        None if expected == "an array" => match syntax {
            Syntax::Json => format!("write \"{key}\": [\"...\", \"...\"]"),
            Syntax::Toml => format!("write {key} = [\"...\", \"...\"]"),
        },
        None => format!("write {expected}"),
    };
    Some(Failure::project(doing, pointed(text, start, &found), help))
}

/// The type of the value `raw`, as TOML and JSON write it.
fn kind(raw: &str) -> &'static str {
    match raw.chars().next() {
        Some('"' | '\'') => "a string",
        Some('[') => "an array",
        Some('{') => "a table",
        Some('t' | 'f') => "a boolean",
        _ => "a number",
    }
}

/// `raw` as a value of the type `expected`, if what its author meant is clear.
fn corrected(raw: &str, expected: &str) -> Option<String> {
    let is_single_line = !raw.contains('\n') && !raw.contains("\"\"\"");
    match (kind(raw), expected) {
        ("a string", "an array") if is_single_line => {
            let quote = raw.chars().next()?;
            // Commas separate names, but belong to a signature.
            let separator = format!("{quote}, {quote}");
            let separated =
                |text: &str| text.split(',').map(str::trim).collect::<Vec<_>>().join(&separator);
            let is_list = raw.contains(',') && !raw.contains('(');
            Some(format!("[{}]", if is_list { separated(raw) } else { raw.to_owned() }))
        }
        ("a string", "a boolean") => {
            let bare = raw.trim_matches(['"', '\'']).to_ascii_lowercase();
            ["true", "false"].contains(&bare.as_str()).then_some(bare)
        }
        ("a number" | "a boolean", "a string") => Some(format!("\"{raw}\"")),
        ("an array", "a string") => {
            let inner = raw.strip_prefix('[')?.strip_suffix(']')?.trim();
            let is_one = is_single_line && !inner.is_empty() && !inner.contains(',');
            is_one.then(|| match kind(inner) {
                "a string" => inner.to_owned(),
                _ => format!("\"{inner}\""),
            })
        }
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
                "column 25: `build-tags` contains a value that is not a string",
                "write a string",
            ),
        ] {
            assert_eq!(json(entry), (format!("line 2, {found}"), help.to_owned()), "{entry}");
        }
    }
}
