//! The keys of a configuration: one struct, and one table that says what they mean.
//!
//! `config.json` and `[tool.pygo-tools]` have the same keys; both are read into [`ConfigFile`].
//! The list of known keys in messages and the reference in the documentation come from
//! [`KEYS`], and a test holds the two together.

use serde::{Deserialize, Deserializer, Serialize};

/// A configuration as it was written; nothing has been checked but the types.
#[derive(Debug, Clone, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct ConfigFile {
    /// The Python package that holds the library.
    #[serde(deserialize_with = "present")]
    pub package: Option<String>,
    /// The extension module that cffi makes.
    #[serde(deserialize_with = "present")]
    pub extension: Option<String>,
    /// The Go library.
    #[serde(deserialize_with = "present")]
    pub library: Option<String>,
    /// What the extension offers, as C declarations.
    #[serde(deserialize_with = "present")]
    pub signatures: Option<Vec<String>>,
    /// What is built when the command line names no targets.
    #[serde(deserialize_with = "present")]
    pub targets: Option<Vec<String>>,
    /// Which C toolchain builds.
    #[serde(deserialize_with = "present")]
    pub toolchain: Option<String>,
    /// The glibc release that Linux wheels are built for.
    #[serde(deserialize_with = "present")]
    pub manylinux: Option<String>,
    /// The release that macOS wheels are built for.
    #[serde(deserialize_with = "present")]
    pub macos_deployment_target: Option<String>,
    /// Where the Go package is.
    #[serde(deserialize_with = "present")]
    pub go_dir: Option<String>,
    /// Go's build tags.
    #[serde(deserialize_with = "present")]
    pub build_tags: Option<Vec<String>>,
    // pygo-tools 0.1.8 took this key out of the table and did nothing with it.
    #[serde(skip_serializing)]
    dependencies: Option<serde::de::IgnoredAny>,
}

/// Reads a key that is there, so that JSON's `null` is a wrong type and not an absent key.
fn present<'de, T: Deserialize<'de>, D: Deserializer<'de>>(from: D) -> Result<Option<T>, D::Error> {
    T::deserialize(from).map(Some)
}

/// One key, as the reference describes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Key {
    /// As it is written.
    pub name: &'static str,
    /// What it holds: `string` or `array of strings`.
    pub holds: &'static str,
    /// What an absent key means; nothing for a required one.
    pub default: Option<&'static str>,
    /// What it is for.
    pub meaning: &'static str,
}

/// Every key, in the order of the reference.
pub const KEYS: &[Key] = &[
    Key {
        name: "package",
        holds: "string",
        default: None,
        meaning: "the import name of the Python package that holds the library: `example`, `a.b`",
    },
    Key {
        name: "extension",
        holds: "string",
        default: None,
        meaning: "the import name of the extension module: `_example`, `example._native`",
    },
    Key {
        name: "library",
        holds: "string",
        default: None,
        meaning: "the name of the Go library: `hello` becomes `<package>/lib/libhello.so`",
    },
    Key {
        name: "signatures",
        holds: "array of strings",
        default: None,
        meaning: "what the extension offers, as C declarations that cffi reads: \
                  `char* Hello(char* message, int count);`",
    },
    Key {
        name: "targets",
        holds: "array of strings",
        default: Some("linux-amd64, linux-arm64, macos-amd64, macos-arm64"),
        meaning: "what `pygo matrix` builds when `--targets` is not given",
    },
    Key {
        name: "toolchain",
        holds: "string",
        default: Some("zig"),
        meaning: "the C toolchain: `zig` or `clang`",
    },
    Key {
        name: "manylinux",
        holds: "string",
        default: Some("2_17"),
        meaning: "the glibc release that Linux wheels are built for",
    },
    Key {
        name: "macos-deployment-target",
        holds: "string",
        default: Some("the least that the Go in use allows"),
        meaning: "the macOS release that macOS wheels are built for: `13.0`",
    },
    Key {
        name: "go-dir",
        holds: "string",
        default: Some("`<package>/go`, else `src/<package>/go`"),
        meaning: "the directory of the Go package, relative to the project",
    },
    Key {
        name: "build-tags",
        holds: "array of strings",
        default: Some("none"),
        meaning: "Go's build tags, as `go build -tags` takes them",
    },
];

/// The reference of all keys as a Markdown table.
pub fn reference() -> String {
    let mut table = String::from("| key | holds | default | meaning |\n|---|---|---|---|\n");
    for key in KEYS {
        let default = key.default.unwrap_or("required");
        table += &format!("| `{}` | {} | {default} | {} |\n", key.name, key.holds, key.meaning);
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_and_the_struct_agree() {
        let value = serde_json::to_value(ConfigFile::default()).unwrap();
        let fields: Vec<_> = value.as_object().unwrap().keys().cloned().collect();
        let keys: Vec<_> = KEYS.iter().map(|key| key.name.to_owned()).collect();
        assert_eq!(fields, keys);
        for key in KEYS {
            let text = format!(
                r#"{{"{}": {}}}"#,
                key.name,
                match key.holds {
                    "string" => r#""x""#,
                    "array of strings" => r#"["x"]"#,
                    other => panic!("{other}"),
                }
            );
            serde_json::from_str::<ConfigFile>(&text).unwrap();
        }
    }

    #[test]
    fn what_0_1_8_ignored_is_ignored() {
        toml::from_str::<ConfigFile>("package = 'x'\ndependencies = ['cffi', 1]").unwrap();
    }

    #[test]
    fn the_reference_has_a_row_for_each_key() {
        assert_eq!(reference().lines().count(), KEYS.len() + 2);
    }
}
