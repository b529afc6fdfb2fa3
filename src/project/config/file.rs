//! The keys of the configuration, and reading them from JSON or TOML.
//!
//! Input: the text of `config.json` or `pyproject.toml`. Output: a [`ConfigFile`] with values of
//! the right types, or a failure that points at the line. The doc comments of [`ConfigFile`] are
//! the reference of the keys: help texts and docs/reference.md are made from its schema.

use std::fmt;

use schemars::JsonSchema;
use serde::Deserialize;
use serde::de::{DeserializeOwned, MapAccess, Visitor};
use serde_json::value::RawValue;
use toml::Spanned;
use toml::de::{DeTable, DeValue, ValueDeserializer};

use super::super::text::{pointed, shown};
use super::mistyped::{Syntax, Value, wrong_type};
use crate::error::{Failure, Result, nearest};
use crate::target::{DEFAULT_PROGRAM_TARGETS, DEFAULT_TARGETS};

/// A configuration as written: only the types of its values have been checked.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct ConfigFile {
    /// The import name of the Python package that contains the library: `example`, `a.b`
    pub package: Option<String>,
    /// The import name of the extension module, with the binding `cffi`: `_example`,
    /// `example._native`
    pub extension: Option<String>,
    /// The name of the Go library: `hello` becomes `<package>/lib/libhello.<package>.so`, with
    /// `ctypes` `<package>/lib/libhello.so`
    pub library: Option<String>,
    /// The functions of the extension, as C declarations for cffi:
    /// `char* Hello(char* message, int count);`
    pub signatures: Option<Vec<String>>,
    /// A file of the project with such declarations, besides those in `signatures` or in their
    /// place: `example/api.cdef`
    #[schemars(extend("x-default" = "none"))]
    pub cdef: Option<String>,
    /// What is built: `cffi` (a library with an extension module that cffi generates), `ctypes`
    /// (a library alone, for ctypes or cffi's ABI mode) or `bin` (a program)
    #[schemars(extend("x-default" = "`bin` with `program`, else `cffi`"))]
    pub binding: Option<String>,
    /// The name of a program, which the wheel installs as a command: `hello`. It replaces
    /// `package`, `extension`, `library` and `signatures`
    #[schemars(extend("x-default" = "none"))]
    pub program: Option<String>,
    /// Build the program with cgo and the C toolchain
    #[schemars(extend("x-default" = "`false`"))]
    pub cgo: Option<bool>,
    /// The targets of `pygo matrix` without `--targets`
    #[schemars(extend("x-default" = default_targets()))]
    pub targets: Option<Vec<String>>,
    /// The C toolchain: `zig` or `clang`
    #[schemars(extend("x-default" = "zig"))]
    pub toolchain: Option<String>,
    /// The minimum glibc version of Linux wheels
    #[schemars(extend("x-default" = "2_17"))]
    pub manylinux: Option<String>,
    /// The minimum macOS version of macOS wheels: `13.0`
    #[schemars(extend("x-default" = "the minimum of the Go in use"))]
    pub macos_deployment_target: Option<String>,
    /// The directory of the Go package, relative to the project
    #[schemars(extend("x-default" = "`<package>/go`, else `src/<package>/go`; for a program `.`, \
        else `cmd/<program>`"))]
    pub go_dir: Option<String>,
    /// Go's build tags, as for `go build -tags`
    #[schemars(extend("x-default" = "none"))]
    pub build_tags: Option<Vec<String>>,
    /// Flags for Go's linker, as for `go build -ldflags`; `{version}` is the version of
    /// the project: `-X main.version={version}`
    #[schemars(extend("x-default" = "none"))]
    pub ldflags: Option<Vec<String>>,
    /// `release`, or `debug` for native code with symbol tables and debug information
    #[schemars(extend("x-default" = "release"))]
    pub profile: Option<String>,
    /// The backend that builds everything else, with `build-backend = "pygo_tools.backend"`:
    /// `hatchling.build`
    #[schemars(extend("x-default" = "`setuptools.build_meta`"))]
    pub backend: Option<String>,
}

/// A key that pygo-tools 0.1.8 accepted without using it.
const IGNORED: &str = "dependencies";

/// One key, as the reference describes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    /// The name.
    pub name: String,
    /// The type: `string`, `boolean`, `array of strings` or `table of strings`.
    pub type_name: &'static str,
    /// The meaning of an absent key; `None` for a required one.
    pub default: Option<String>,
    /// What it is for.
    pub meaning: String,
}

/// All keys, in the order of the reference.
pub fn keys() -> Vec<Key> {
    keys_of::<ConfigFile>()
}

/// The keys of the table that `T` describes.
pub(super) fn keys_of<T: JsonSchema>() -> Vec<Key> {
    let schema = schemars::schema_for!(T);
    let properties = schema.get("properties").and_then(|properties| properties.as_object());
    let key = |(name, schema): (&String, &serde_json::Value)| {
        let text = |field: &str| schema[field].as_str().map(|text| text.replace('\n', " "));
        Key {
            name: name.clone(),
            type_name: type_name(schema),
            default: text("x-default"),
            meaning: text("description").unwrap_or_default(),
        }
    };
    properties.into_iter().flatten().map(key).collect()
}

fn type_name(schema: &serde_json::Value) -> &'static str {
    let types = schema["type"].as_array();
    if schema["items"].is_object() {
        "array of strings"
    } else if schema["additionalProperties"].is_object() {
        "table of strings"
    } else if types.is_some_and(|types| types.contains(&"boolean".into())) {
        "boolean"
    } else {
        "string"
    }
}

fn default_targets() -> String {
    let (libraries, programs) = (DEFAULT_TARGETS.join(", "), DEFAULT_PROGRAM_TARGETS);
    let more: Vec<_> = programs.iter().filter(|name| !DEFAULT_TARGETS.contains(name)).collect();
    let more = more.into_iter().copied().collect::<Vec<_>>().join(", ");
    format!("{libraries}; for a program also {more}")
}

/// All keys as a Markdown table.
pub fn reference() -> String {
    table_of(&keys())
}

/// `keys` as a Markdown table.
pub(super) fn table_of(keys: &[Key]) -> String {
    let mut table = String::from("| key | type | default | meaning |\n|---|---|---|---|\n");
    for Key { name, type_name, default, meaning } in keys {
        let default = default.as_deref().unwrap_or("required");
        table += &format!("| `{name}` | {type_name} | {default} | {meaning} |\n");
    }
    table
}

impl ConfigFile {
    /// Reads `config.json`.
    ///
    /// # Errors
    /// Malformed JSON, a repeated or unknown key, a value of the wrong type.
    pub(super) fn from_json(text: &str, doing: &str) -> Result<Self> {
        let keys = keys();
        if text.trim().is_empty() {
            let required = keys.iter().filter(|key| key.default.is_none());
            let names: Vec<_> = required.map(|key| key.name.as_str()).collect();
            let help = format!("write the keys {} into it", names.join(", "));
            return Err(Failure::project(doing, "the file is empty", help));
        }
        let failed = |error| json_failure(text, &error, &[], doing);
        let entries: Entries = serde_json::from_str(text).map_err(failed)?;
        // Both are slices of `text`.
        let offset = |raw: &RawValue| raw.get().as_ptr() as usize - text.as_ptr() as usize;
        let mut names = Vec::new();
        let mut values = Vec::new();
        for (key, value) in &entries.0 {
            let name: String = serde_json::from_str(key.get()).map_err(failed)?;
            if value.get() == "null" && name != IGNORED {
                let found = pointed(text, offset(value), &format!("{} is null", shown(&name)));
                return Err(Failure::project(doing, found, "write a value, or remove the key"));
            }
            let start = offset(value);
            values.push(Value { key: name.clone(), span: start..start + value.get().len() });
            names.push((name, offset(key)));
        }
        check_keys(text, &names, keys.iter().map(|key| key.name.as_str()), doing)?;
        serde_json::from_str(text).map_err(|error| json_failure(text, &error, &values, doing))
    }

    /// Reads the table `[tool.pygo-tools]`, if there is one.
    ///
    /// # Errors
    /// Malformed TOML anywhere in the file; in the table a repeated or unknown key, or a value of
    /// the wrong type.
    pub(super) fn from_toml(text: &str, doing: &str) -> Result<Option<Self>> {
        let keys = keys();
        // The table `check` has keys of its own.
        let names = keys.iter().map(|key| key.name.as_str()).chain(["check"]);
        toml_table(text, &["tool", "pygo-tools"], names, doing)
    }
}

/// Reads the table at `path` in a TOML file, which may have the keys `known`.
pub(super) fn toml_table<'a, T: DeserializeOwned>(
    text: &str,
    path: &[&str],
    known: impl Iterator<Item = &'a str>,
    doing: &str,
) -> Result<Option<T>> {
    let failed = |error: &toml::de::Error, values: &[Value], help: &str| {
        let message = error.message().lines().collect::<Vec<_>>().join("; ");
        let start = error.span().map_or(0, |span| span.start);
        wrong_type(text, start, &message, values, Syntax::Toml, doing)
            .unwrap_or_else(|| Failure::project(doing, pointed(text, start, &message), help))
    };
    let document = DeTable::parse(text).map_err(|error| failed(&error, &[], CORRECT))?;
    let mut value = Spanned::new(document.span(), DeValue::Table(document.into_inner()));
    for key in path {
        let start = value.span().start;
        let DeValue::Table(mut table) = value.into_inner() else {
            let found = pointed(text, start, &format!("a table with the key `{key}` expected"));
            return Err(Failure::project(doing, found, "write a table"));
        };
        match table.remove(*key) {
            Some(inner) => value = inner,
            None => return Ok(None),
        }
    }
    let mut values = Vec::new();
    if let DeValue::Table(table) = value.get_ref() {
        let names = table.keys().map(|key| (key.get_ref().to_string(), key.span().start));
        let mut names: Vec<_> = names.collect();
        names.sort_by_key(|(_, start)| *start);
        check_keys(text, &names, known, doing)?;
        let spans = table.iter().map(|(key, value)| (key.get_ref().to_string(), value.span()));
        values.extend(spans.map(|(key, span)| Value { key, span }));
    }
    T::deserialize(ValueDeserializer::from(value))
        .map(Some)
        .map_err(|error| failed(&error, &values, TYPE))
}

const CORRECT: &str = "correct the text at this place";
const TYPE: &str = "write a value of the expected type";

/// Rejects keys that are repeated, or not `known`; `names` are the keys with their offsets.
fn check_keys<'a>(
    text: &str,
    names: &[(String, usize)],
    known: impl Iterator<Item = &'a str>,
    doing: &str,
) -> Result<()> {
    let known: Vec<_> = known.collect();
    for (index, (name, start)) in names.iter().enumerate() {
        if names[..index].iter().any(|(earlier, _)| earlier == name) {
            let found = pointed(text, *start, &format!("{} is repeated", shown(name)));
            return Err(Failure::project(doing, found, "keep one of them"));
        }
        if !known.contains(&name.as_str()) && name != IGNORED {
            let found = pointed(text, *start, &format!("unknown key {}", shown(name)));
            let near = nearest(name, known.iter().copied());
            let near = near.map(|near| format!("the nearest is `{near}`; ")).unwrap_or_default();
            let help = format!("{near}the known keys are {}", known.join(", "));
            return Err(Failure::project(doing, found, help));
        }
    }
    Ok(())
}

fn json_failure(text: &str, error: &serde_json::Error, values: &[Value], doing: &str) -> Failure {
    let place = format!(" at line {} column {}", error.line(), error.column());
    let message = error.to_string().replace(&place, "");
    let lines = text.split_inclusive('\n').take(error.line().saturating_sub(1));
    let start = lines.map(str::len).sum::<usize>() + error.column().saturating_sub(1);
    let help = if error.is_data() { TYPE } else { CORRECT };
    wrong_type(text, start, &message, values, Syntax::Json, doing)
        .unwrap_or_else(|| Failure::project(doing, pointed(text, start, &message), help))
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

#[cfg(test)]
mod tests {
    use super::*;

    fn json_found(text: &str) -> String {
        ConfigFile::from_json(text, "reading").unwrap_err().found
    }

    fn toml_found(text: &str) -> String {
        ConfigFile::from_toml(text, "reading").unwrap_err().found
    }

    #[test]
    fn every_key_of_the_reference_can_be_read() {
        let keys = keys();
        assert_eq!(reference().lines().count(), keys.len() + 2);
        assert_eq!(keys.iter().filter(|key| key.default.is_none()).count(), 4);
        for key in keys {
            let value = match key.type_name {
                "string" => r#""x""#,
                "boolean" => "true",
                _ => r#"["x"]"#,
            };
            ConfigFile::from_json(&format!(r#"{{"{}": {value}}}"#, key.name), "reading").unwrap();
            assert!(!key.meaning.is_empty());
        }
    }

    #[test]
    fn an_unknown_key_is_shown_with_its_place_and_the_nearest() {
        let failure =
            ConfigFile::from_json("{\n  \"libary\": \"x\"\n}", "reading config.json").unwrap_err();
        assert_eq!(
            failure.to_string(),
            "reading config.json\n  \
             found: line 2, column 3: unknown key \"libary\"\n         \
             2 |   \"libary\": \"x\"\n           \
             |   ^\n   \
             help: the nearest is `library`; the known keys are package, extension, library, \
             signatures, cdef, binding, program, cgo, targets, toolchain, manylinux, macos-deployment-target, go-dir, build-tags, ldflags, profile, backend"
        );
        assert_eq!(
            toml_found("[tool.pygo-tools]\nlibary = 'x'"),
            "line 2, column 1: unknown key \"libary\"\n2 | libary = 'x'\n  | ^"
        );
    }

    #[test]
    fn a_key_that_0_1_8_ignored_is_ignored() {
        let text = "[tool.pygo-tools]\npackage = 'x'\ndependencies = ['cffi', 1]";
        ConfigFile::from_toml(text, "reading").unwrap();
        ConfigFile::from_json("{\"dependencies\": null}", "reading").unwrap();
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
    fn wrong_types_and_repeated_keys() {
        assert_eq!(
            json_found("{\"package\": 5}"),
            "line 1, column 13: `package` is a number, not a string\n1 | {\"package\": 5}\n  |             ^"
        );
        assert_eq!(
            json_found("{\"package\": null}"),
            "line 1, column 13: \"package\" is null\n1 | {\"package\": null}\n  |             ^"
        );
        assert_eq!(
            json_found("{\"package\": \"a\", \"p\\u0061ckage\": \"b\"}"),
            "line 1, column 18: \"package\" is repeated\n\
             1 | {\"package\": \"a\", \"p\\u0061ckage\": \"b\"}\n  |                  ^"
        );
        assert!(toml_found("[tool.pygo-tools]\npackage='a'\npackage='b'").starts_with("line 3"));
    }

    #[test]
    fn empty_files_and_other_values() {
        assert_eq!(json_found(" \n"), "the file is empty");
        assert!(json_found("[1]").contains("invalid type: sequence, expected an object"));
        assert!(json_found("5").contains("invalid type: integer `5`, expected an object"));
        assert!(toml_found("tool = 1").starts_with("line 1, column 8: a table"));
        assert!(toml_found("tool.pygo-tools = 1").contains("invalid type"));
        assert!(ConfigFile::from_toml("", "reading").unwrap().is_none());
    }

    #[test]
    fn deep_nesting_does_not_overflow_the_stack() {
        assert!(json_found(&"[".repeat(100_000)).contains("expected an object"));
        json_found(&format!("{{\"dependencies\": {}", "[".repeat(100_000)));
        json_found(&format!("{{\"package\": {}", "[".repeat(100_000)));
        let dotted = vec!["a"; 100_000].join(".");
        let _ = ConfigFile::from_toml(&format!("{dotted} = 1"), "reading");
        let _ = ConfigFile::from_toml(&format!("[tool.pygo-tools.{dotted}]"), "reading");
        toml_found(&format!("a = {}", "[".repeat(100_000)));
    }
}
