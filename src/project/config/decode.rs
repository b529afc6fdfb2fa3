//! Text of a configuration to its struct, with the place of what is wrong.
//!
//! In: JSON or TOML. Out: a [`ConfigFile`], or a failure that shows the line with a caret and,
//! for an unknown key, the nearest known one. The messages are those of serde, which both
//! decoders share.

use serde::Deserialize;

use super::super::names::shown;
use super::super::text::pointed;
use super::keys::{ConfigFile, KEYS};
use crate::error::{Failure, Result, nearest};

/// Reads `config.json`.
///
/// # Errors
/// Malformed JSON, a key twice, an unknown key, a value of the wrong type.
pub(super) fn json(text: &str, doing: &str) -> Result<ConfigFile> {
    if text.trim().is_empty() {
        return Err(Failure::project(doing, "the file is empty", required()));
    }
    // serde would read an array as the keys in their order.
    let start = text.len() - text.trim_start().len();
    if text[start..].starts_with('[') {
        let found = pointed(text, start, "an array, where an object was expected");
        return Err(Failure::project(doing, found, "write the keys between `{` and `}`"));
    }
    serde_json::from_str(text).map_err(|error| {
        let whole = error.to_string();
        let place = format!(" at line {} column {}", error.line(), error.column());
        let message = whole.strip_suffix(&place).unwrap_or(&whole);
        let line_start: usize =
            text.split_inclusive('\n').take(error.line().saturating_sub(1)).map(str::len).sum();
        wrong(text, line_start + error.column().saturating_sub(1), message, &names(), doing)
    })
}

/// Reads the table `[tool.pygo-tools]`, if there is one.
///
/// # Errors
/// Malformed TOML anywhere in the file; in the table a key twice, an unknown key, a value of the
/// wrong type.
pub(super) fn toml_table(text: &str, doing: &str) -> Result<Option<ConfigFile>> {
    #[derive(Deserialize)]
    struct Pyproject {
        tool: Option<Tool>,
    }
    #[derive(Deserialize)]
    struct Tool {
        #[serde(rename = "pygo-tools")]
        pygo_tools: Option<ConfigFile>,
    }
    let file: Pyproject =
        toml::from_str(text).map_err(|error| toml_error(text, &error, &names(), doing))?;
    Ok(file.tool.and_then(|tool| tool.pygo_tools))
}

/// A failure of the TOML decoder at its place in `text`; `keys` are those that were expected.
pub(in crate::project) fn toml_error(
    text: &str,
    error: &toml::de::Error,
    keys: &[&str],
    doing: &str,
) -> Failure {
    let at = error.span().map_or(0, |span| span.start);
    wrong(text, at, error.message(), keys, doing)
}

fn required() -> String {
    let names: Vec<_> =
        KEYS.iter().filter(|key| key.default.is_none()).map(|key| key.name).collect();
    format!("write the keys {} into it", names.join(", "))
}

fn names() -> Vec<&'static str> {
    KEYS.iter().map(|key| key.name).collect()
}

fn wrong(text: &str, at: usize, message: &str, keys: &[&str], doing: &str) -> Failure {
    let key = |opening: &str| message.strip_prefix(opening)?.split('`').next();
    if let Some(name) = key("unknown field `") {
        let at = key_before(text, at, name);
        let near = nearest(name, keys.iter().copied());
        let found = pointed(text, at, &format!("unknown key {}", shown(name)));
        let near = near.map(|near| format!("the nearest is `{near}`; ")).unwrap_or_default();
        return Failure::project(
            doing,
            found,
            format!("{near}the known keys are {}", keys.join(", ")),
        );
    }
    if let Some(name) = key("duplicate field `") {
        let found =
            pointed(text, key_before(text, at, name), &format!("`{name}` for the second time"));
        return Failure::project(doing, found, "keep one of them");
    }
    let help = match message.starts_with("invalid type") {
        true => "write a value of the expected type",
        false => "correct the text at this place",
    };
    let message = message.lines().collect::<Vec<_>>().join("; ");
    Failure::project(doing, pointed(text, at, &message), help)
}

/// The offset of `"name"` that ends at or shortly before `at`, where a decoder points behind it.
fn key_before(text: &str, at: usize, name: &str) -> usize {
    let quoted = format!("\"{name}\"");
    let end = (at + 1).min(text.len());
    match text.get(..end).and_then(|before| before.rfind(&quoted)) {
        Some(start) => start,
        None => at,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn json_found(text: &str) -> String {
        json(text, "reading").unwrap_err().found
    }

    fn toml_found(text: &str) -> String {
        toml_table(text, "reading").unwrap_err().found
    }

    #[test]
    fn an_unknown_key_is_told_with_its_place_and_the_nearest() {
        let failure = json("{\n  \"libary\": \"x\"\n}", "reading config.json").unwrap_err();
        assert_eq!(
            failure.to_string(),
            "reading config.json\n  \
             found: line 2, column 3: unknown key \"libary\"\n         \
             2 |   \"libary\": \"x\"\n           \
             |   ^\n   \
             help: the nearest is `library`; the known keys are package, extension, library, \
             signatures, targets, toolchain, manylinux, macos-deployment-target, go-dir, build-tags"
        );
        assert_eq!(
            toml_found("[tool.pygo-tools]\nlibary = 'x'"),
            "line 2, column 1: unknown key \"libary\"\n2 | libary = 'x'\n  | ^"
        );
    }

    #[test]
    fn malformed_text_is_shown_with_a_caret() {
        assert_eq!(
            json_found("{\n  \"package\": \"x\",\n}"),
            "line 3, column 1: trailing comma\n3 | }\n  | ^"
        );
        assert_eq!(
            toml_found("[tool.pygo-tools]\npackage = \n"),
            "line 2, column 11: string values must be quoted, expected literal string\n2 | package =\n  |           ^"
        );
    }

    #[test]
    fn wrong_types_and_duplicates() {
        assert_eq!(
            json_found("{\"package\": 5}"),
            "line 1, column 13: invalid type: integer `5`, expected a string\n1 | {\"package\": 5}\n  |             ^"
        );
        assert!(
            json_found("{\"package\": null}").contains("invalid type: null, expected a string")
        );
        assert!(json_found("{\"signatures\": \"x\"}").contains("expected a sequence"));
        assert!(
            toml_found("[tool.pygo-tools]\nmanylinux = 2.17").contains("floating point `2.17`")
        );
        assert_eq!(
            json_found("{\"package\": \"a\", \"package\": \"b\"}"),
            "line 1, column 18: `package` for the second time\n\
             1 | {\"package\": \"a\", \"package\": \"b\"}\n  |                  ^"
        );
        assert!(toml_found("[tool.pygo-tools]\npackage='a'\npackage='b'").starts_with("line 3"));
    }

    #[test]
    fn empty_and_otherwise_shaped_files() {
        assert_eq!(json_found(" \n"), "the file is empty");
        assert!(json_found("[1]").contains("an array"));
        assert!(json_found("5").contains("invalid type"));
        assert!(toml_found("tool = 1").contains("invalid type"));
        assert!(toml_table("", "reading").unwrap().is_none());
    }

    #[test]
    fn depth_does_not_overflow_the_stack() {
        assert!(json_found(&"[".repeat(100_000)).contains("an array"));
        json_found(&format!("{{\"dependencies\": {}", "[".repeat(100_000)));
        json_found(&format!("{{\"package\": {}", "[".repeat(100_000)));
        let _ = toml_table(&format!("{} = 1", vec!["a"; 100_000].join(".")), "reading");
        let _ =
            toml_table(&format!("[tool.pygo-tools.{}]", vec!["a"; 100_000].join(".")), "reading");
        toml_found(&format!("a = {}", "[".repeat(100_000)));
    }
}
