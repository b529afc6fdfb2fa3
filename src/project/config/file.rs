//! A configuration as written: the table, its parts, and its tables for targets.
//!
//! Input: the text of `config.json` or `pyproject.toml`. Output: a [`ConfigFile`] whose keys exist
//! and whose values have the right types, or a failure that points at the line. It answers which
//! keys count for a part on a platform: a part precedes the table that it is in, and in each of
//! them the table of a target precedes that of a system, which precedes the keys for all.

use super::keys::{NativeKeys, ProjectKeys, keys};
use super::mistyped::Source;
use super::platform::Platform;
use super::table::{Keys, typed};
use super::tree::{self, Syntax};
use crate::error::{Failure, Result};
use crate::target::{Slice, TARGETS};

/// A configuration as written: only keys and types have been checked.
#[derive(Debug, Clone, Default)]
pub(super) struct ConfigFile {
    /// The keys that are the same for all targets.
    pub(super) project: ProjectKeys,
    table: Layer,
    parts: Vec<Layer>,
}

/// A table, and those for targets in it.
#[derive(Debug, Clone, Default)]
pub(super) struct Layer {
    /// Where it is, for messages; empty for the table itself.
    pub(super) place: String,
    pub(super) keys: Keys,
    pub(super) targets: Vec<(Platform, Keys)>,
}

impl Layer {
    /// Its keys on `slice`, or on no platform in particular.
    fn on(&self, slice: Option<Slice>) -> Keys {
        let mut tables: Vec<_> = self
            .targets
            .iter()
            .filter(|(platform, _)| slice.is_some_and(|slice| platform.includes(slice)))
            .collect();
        tables.sort_by_key(|(platform, _)| platform.is_whole_system());
        let of_targets = tables.iter().fold(Keys::new(), |all, (_, keys)| over(all, keys));
        over(of_targets, &self.keys)
    }
}

/// `first`, and those of `second` that it lacks.
fn over(mut first: Keys, second: &Keys) -> Keys {
    for (key, value) in second {
        first.entry(key).or_insert_with(|| value.clone());
    }
    first
}

/// The keys that describe a part on one platform.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct PartTable {
    /// Where they are, for messages: an addition to what pygo is doing.
    pub(super) place: String,
    /// The keys of the part itself.
    pub(super) own: Keys,
    /// The keys of the table that it is in, which count if they have a meaning for it.
    pub(super) inherited: Keys,
}

impl ConfigFile {
    /// A configuration with the keys of the project, the table itself, and its parts.
    pub(super) fn new(project: ProjectKeys, table: Layer, parts: Vec<Layer>) -> Self {
        Self { project, table, parts }
    }

    /// Reads `config.json`.
    ///
    /// # Errors
    /// Malformed JSON, a repeated or unknown key, a value of the wrong type.
    pub(super) fn from_json(text: &str, doing: &str) -> Result<Self> {
        if text.trim().is_empty() {
            let keys = keys();
            let required = keys.iter().filter(|key| key.default.is_none());
            let names: Vec<_> = required.map(|key| key.name.as_str()).collect();
            let help = format!("write the keys {} into it", names.join(", "));
            return Err(Failure::project(doing, "the file is empty", help));
        }
        Source { text, syntax: Syntax::Json, doing }.config(&tree::json(text, doing)?)
    }

    /// Reads the table `[tool.pygo-tools]`, if there is one.
    ///
    /// # Errors
    /// Malformed TOML anywhere in the file; in the table a repeated or unknown key, or a value of
    /// the wrong type.
    pub(super) fn from_toml(text: &str, doing: &str) -> Result<Option<Self>> {
        let table = tree::toml(text, &["tool", "pygo-tools"], doing)?;
        let source = Source { text, syntax: Syntax::Toml, doing };
        table.map(|(_, entries)| source.config(&entries)).transpose()
    }

    /// The tables that describe a part each, on `slice` or on no platform in particular.
    pub(super) fn parts(&self, slice: Option<Slice>) -> Vec<PartTable> {
        let table = self.table.on(slice);
        if self.parts.is_empty() {
            let place = self.table.place.clone();
            return vec![PartTable { place, own: table, inherited: Keys::new() }];
        }
        let part = |part: &Layer| PartTable {
            place: part.place.clone(),
            own: part.on(slice),
            inherited: table.clone(),
        };
        self.parts.iter().map(part).collect()
    }

    /// The keys of all native code, on `slice` or on no platform in particular.
    ///
    /// # Errors
    /// None that a configuration could cause.
    pub(super) fn native(&self, slice: Option<Slice>, doing: &str) -> Result<NativeKeys> {
        typed(self.table.on(slice), doing)
    }

    /// The slices that a table for a target is about.
    pub(super) fn slices(&self) -> Vec<Slice> {
        let layers = || std::iter::once(&self.table).chain(&self.parts);
        let is_named = |slice: &Slice| {
            let mut platforms = layers().flat_map(|layer| &layer.targets);
            platforms.any(|(platform, _)| platform.includes(*slice))
        };
        let mut slices: Vec<_> =
            TARGETS.iter().flat_map(|target| target.slices()).copied().filter(is_named).collect();
        slices.sort_unstable();
        slices.dedup();
        slices
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
    fn an_unknown_key_is_shown_with_its_place_and_the_nearest() {
        let failure =
            ConfigFile::from_json("{\n  \"libary\": \"x\"\n}", "reading config.json").unwrap_err();
        assert_eq!(
            failure.to_string(),
            "reading config.json\n  \
             found: line 2, column 3: unknown key \"libary\"\n         \
             2 |   \"libary\": \"x\"\n           \
             |   ^\n   \
             help: the nearest is `library`; `pygo schema` describes all keys"
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
        assert!(toml_found("tool.pygo-tools = 1").contains("[tool.pygo-tools] is a number, not"));
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

    fn toml(text: &str) -> ConfigFile {
        ConfigFile::from_toml(text, "reading").unwrap().unwrap()
    }

    fn slice(name: &str) -> Option<Slice> {
        TARGETS
            .iter()
            .flat_map(|target| target.slices())
            .copied()
            .find(|slice| slice.name() == name)
    }

    const PARTS: &str = "[tool.pygo-tools]\nldflags = ['-a']\nbuild-tags = ['all']\n\
                         [tool.pygo-tools.target.linux]\nldflags = ['-linux']\n\
                         [tool.pygo-tools.target.linux-arm64]\nldflags = ['-arm64']\n\
                         [[tool.pygo-tools.parts]]\nprogram = 'one'\n\
                         [tool.pygo-tools.parts.target.windows]\nldflags = ['-windows']\n\
                         [[tool.pygo-tools.parts]]\nprogram = 'two'\nldflags = ['-own']\n";

    #[test]
    fn a_part_precedes_its_table_and_a_target_precedes_its_system() {
        let file = toml(PARTS);
        let ldflags = |on: Option<Slice>| {
            let flags = |part: PartTable| over(part.own, &part.inherited)["ldflags"][0].to_string();
            file.parts(on).into_iter().map(flags).collect::<Vec<_>>()
        };
        for (on, expected) in [
            (None, ["-a", "-own"]),
            (slice("macos-arm64"), ["-a", "-own"]),
            (slice("linux-amd64"), ["-linux", "-own"]),
            (slice("linux-arm64"), ["-arm64", "-own"]),
            (slice("windows-386"), ["-windows", "-own"]),
        ] {
            assert_eq!(ldflags(on), expected.map(|flag| format!("{flag:?}")), "{on:?}");
        }
        let named: Vec<_> = file.slices().into_iter().map(Slice::name).collect();
        assert!(
            named.contains(&"windows-arm64".to_owned()) && !named.contains(&"macos-arm64".into())
        );
    }

    #[test]
    fn json_has_the_same_parts_and_targets() {
        let json = r#"{
            "ldflags": ["-a"], "build-tags": ["all"],
            "target": {"linux": {"ldflags": ["-linux"]}, "linux-arm64": {"ldflags": ["-arm64"]}},
            "parts": [
                {"program": "one", "target": {"windows": {"ldflags": ["-windows"]}}},
                {"program": "two", "ldflags": ["-own"]}
            ]
        }"#;
        let (json, toml) = (ConfigFile::from_json(json, "reading").unwrap(), toml(PARTS));
        let keys = |part: PartTable| (part.own, part.inherited);
        for on in [None, slice("linux-arm64"), slice("windows-386"), slice("macos-amd64")] {
            let [json, toml] = [&json, &toml].map(|file| file.parts(on).into_iter().map(keys));
            assert!(json.eq(toml), "{on:?}");
        }
    }

    #[test]
    fn a_part_is_named_with_its_line() {
        let places: Vec<_> = toml(PARTS).parts(None).into_iter().map(|part| part.place).collect();
        assert_eq!(places, [", part 1 of `parts` (line 8)", ", part 2 of `parts` (line 12)"]);
        let json = "{\n\"parts\": [\n  {\"program\": \"x\"}\n]}";
        let json = ConfigFile::from_json(json, "reading").unwrap();
        assert_eq!(json.parts(None)[0].place, ", part 1 of `parts` (line 3)");
    }

    #[test]
    fn parts_and_targets_of_the_wrong_shape() {
        for (text, line, message, help) in [
            ("parts = []", 2, "`parts` is empty", "begin each part with the line [[tool.pygo"),
            ("parts = ['x']", 2, "`parts` contains a string, not a table", "begin each part"),
            ("[tool.pygo-tools.parts]\nlibrary = 'x'", 2, "`parts` is a table, not an array", ""),
            ("target = 'linux'", 2, "`target` is a string, not a table", "write a table"),
            ("target.linux = 1", 2, "`linux` is a number, not a table", "write a table"),
            (
                "[tool.pygo-tools.target.macos-arm46]\ncgo = true",
                2,
                "\"macos-arm46\" is neither a target nor a system",
                "the nearest is `macos-arm64`",
            ),
            (
                "[tool.pygo-tools.target.linux]\nmacos-deployment-target = '13.0'",
                3,
                "`macos-deployment-target` has no effect for linux",
                "remove the key",
            ),
            (
                "[tool.pygo-tools.target.linux]\nbackend = 'x'",
                3,
                "`backend` is the same for all targets",
                "write it into [tool.pygo-tools]",
            ),
            (
                "[[tool.pygo-tools.parts]]\ntoolchain = 'zig'",
                3,
                "`toolchain` is a key of the project, not of a part",
                "write it above the parts, into [tool.pygo-tools]",
            ),
            (
                "[[tool.pygo-tools.parts]]\ntarget.linux.profile = 'debug'",
                3,
                "`profile` is a key of all parts",
                "write it into [tool.pygo-tools.target.linux]",
            ),
            ("[[tool.pygo-tools.parts]]\nlibrary = 1", 3, "`library` is a number, not a", "write"),
            (
                "[tool.pygo-tools.target.linux]\nldflag = []",
                3,
                "unknown key \"ldflag\"",
                "the nearest is `ldflags`",
            ),
            ("[tool.pygo-tools.check]\nrules = []", 3, "unknown key \"rules\"", "the known keys"),
        ] {
            let text = format!("[tool.pygo-tools]\n{text}\n");
            let failure = ConfigFile::from_toml(&text, "reading").unwrap_err();
            assert!(failure.found.starts_with(&format!("line {line}, ")), "{failure}");
            assert!(failure.found.contains(message), "{failure}");
            assert!(failure.help.starts_with(help), "{failure}");
        }
    }
}
