//! The keys of the configuration. Their doc comments are its reference: docs/reference.md, the JSON
//! schema and the messages about keys are made from these types.
//!
//! A key is optional here; which ones a binding needs or refuses is in `kind.rs`.

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::super::names::{PROGRAM_PATTERN, library_pattern, module_pattern};
use super::super::part::PartKind;
use super::super::wheel_path;
use super::compiler::CompilerName;
use super::profile::Profile;
use crate::target::{
    DEFAULT_PROGRAM_TARGETS, DEFAULT_TARGETS, LINUX, MACOS, Os, PythonRelease, TARGETS, vocabulary,
};

/// Keys of a part: what is built, and how Python reaches it.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct PartKeys {
    /// The import name of the Python package that contains the library: `example`, `a.b`
    #[schemars(extend("pattern" = format!("{}/?$", module_pattern("./"))))]
    pub package: Option<String>,
    /// The import name of the module that cffi generates, or that Go builds with `capi`: `_example`,
    /// `example._native`
    #[schemars(extend("pattern" = format!("{}$", module_pattern("."))))]
    pub extension: Option<String>,
    /// The name of the Go library: `hello` becomes `<package>/lib/libhello.<package>.so`, with
    /// `ctypes` `<package>/lib/libhello.so`
    #[schemars(extend("pattern" = library_pattern()))]
    pub library: Option<String>,
    /// The library's path in the wheel, if Python code expects it elsewhere: `example/native.so`.
    /// Without a suffix, as in `example/native`, each system's own is added
    #[schemars(extend("x-default" = "named after `library`", "pattern" = wheel_path::PATTERN))]
    pub library_file: Option<String>,
    /// The functions of the extension, as C declarations for cffi:
    /// `char* Hello(char* message, int count);`
    #[schemars(extend("x-default" = "derived from the Go exports"))]
    pub signatures: Option<Vec<String>>,
    /// A project file with such declarations, in addition to or instead of `signatures`:
    /// `example/api.cdef`
    #[schemars(extend("x-default" = "none", "pattern" = INSIDE))]
    pub cdef: Option<String>,
    /// The kind of the part: `cffi` (a library with an extension module that cffi generates),
    /// `cffi-abi` (a library with a Python module that cffi generates), `ctypes` (a library alone),
    /// `capi` (an extension module whose own C uses Python's limited API) or `bin` (a program)
    #[schemars(extend("x-default" = "`bin` with `program`, else `cffi`", "enum" = PartKind::NAMES))]
    pub binding: Option<String>,
    /// How an extension module is linked: `shared` to a library in a file of its own, or
    /// `static`, with the library in the same file
    #[schemars(extend("x-default" = "`shared`", "enum" = ["shared", "static"]))]
    pub link: Option<String>,
    /// The name of a program, which the wheel installs as a command: `hello`. It replaces
    /// `package`, `extension`, `library` and `signatures`
    #[schemars(extend("x-default" = "none", "pattern" = PROGRAM_PATTERN))]
    pub program: Option<String>,
    /// The program's path in the wheel, for Python code that runs it: `example/bin/hello` (`.exe` is
    /// added on Windows). The program is then not installed as a command
    #[schemars(extend("x-default" = "none: it is a command", "pattern" = wheel_path::PATTERN))]
    pub program_file: Option<String>,
    /// Build the program with cgo and the C toolchain
    #[schemars(extend("x-default" = "`false`"))]
    pub cgo: Option<bool>,
    /// The directory of the Go package, relative to the project; it may be outside: `../core`
    #[schemars(extend("x-default" = "`<package>/go`, else `src/<package>/go`; for a program `.`, \
        else `cmd/<program>`", "pattern" = RELATIVE))]
    pub go_dir: Option<String>,
    /// The import path of a Go package in another module, which the go.mod in `go-dir` must
    /// require: `example.org/tool/cmd/tool`. For programs and for libraries with `ctypes`
    #[schemars(extend("x-default" = "the package in `go-dir`", "pattern" = IMPORT))]
    pub go_package: Option<String>,
    /// Go's build tags, as for `go build -tags`
    #[schemars(extend("x-default" = "none", "items" = json!({ "type": "string", "pattern": TAG })))]
    pub build_tags: Option<Vec<String>>,
    /// Flags for Go's linker, as for `go build -ldflags`; `{version}` is the version of
    /// the project: `-X main.version={version}`
    #[schemars(extend("x-default" = "none"))]
    pub ldflags: Option<Vec<String>>,
    /// Commands that run before Go for each target, in the Go directory of a copy of the project:
    /// `go generate ./...`, `make -C ../lib`. They run without a shell; for one, write `sh -c '...'`
    #[schemars(extend("x-default" = "none", "items" = json!({ "type": "string", "pattern": COMMAND })))]
    pub before: Option<Vec<String>>,
    /// Directories with headers, for the C code of Go packages and of extensions. The paths of this and
    /// the following keys may be outside the project, and `{target}` in them stands for the target's
    /// name: `c/include/{target}`
    #[schemars(extend("x-default" = "none", "items" = json!({ "type": "string", "pattern": RELATIVE })))]
    pub include_dirs: Option<Vec<String>>,
    /// Directories with static libraries, for names in `libraries` and `#cgo LDFLAGS`
    #[schemars(extend("x-default" = "none", "items" = json!({ "type": "string", "pattern": RELATIVE })))]
    pub library_dirs: Option<Vec<String>>,
    /// Static libraries to link, in order: a file, such as `c/lib/{target}/libfast.a`, or a name:
    /// `fast` is `libfast.a` in one of `library-dirs`, or else a library of the target's system
    #[schemars(extend("x-default" = "none", "items" = json!({ "type": "string", "pattern": LIBRARY })))]
    pub libraries: Option<Vec<String>>,
    /// Packages to compile and link with, whose flags pkg-config prints: `fast`
    #[schemars(extend("x-default" = "none", "items" = json!({ "type": "string", "pattern": PACKAGE })))]
    pub pkg_config: Option<Vec<String>>,
    /// The only directories in which pkg-config looks for .pc files, including for `#cgo pkg-config`
    #[schemars(extend("x-default" = "the system's for this machine's target, none for others",
        "items" = json!({ "type": "string", "pattern": RELATIVE })))]
    pub pkg_config_dirs: Option<Vec<String>>,
}

/// Keys of all native code of a target.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct NativeKeys {
    /// The C toolchain: `zig`, `clang` or, for the machine that it runs on, `gcc`
    #[schemars(extend("x-default" = "zig", "enum" = CompilerName::ALL.map(CompilerName::as_str)))]
    pub toolchain: Option<String>,
    /// The directory with the target's C library and headers, for `clang`: a path relative to the
    /// project, or an absolute one
    #[schemars(extend("x-default" = "clang's default search directories"))]
    pub sysroot: Option<String>,
    /// `release`, or `debug` for native code with symbol tables and debug information
    #[schemars(extend("x-default" = "release", "enum" = Profile::NAMES))]
    pub profile: Option<String>,
    /// The minimum glibc version of Linux wheels
    #[schemars(extend("x-default" = "2_17", "pattern" = release_pattern(LINUX)))]
    pub manylinux: Option<String>,
    /// The minimum macOS version of macOS wheels: `13.0`
    #[schemars(extend("x-default" = "the minimum of the Go in use", "pattern" = release_pattern(MACOS)))]
    pub macos_deployment_target: Option<String>,
}

/// Keys of the project, which are the same for all targets.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct ProjectKeys {
    /// The targets of `pygo matrix` without `--targets`
    #[schemars(extend("x-default" = default_targets(), "minItems" = 1, "items" = target_items()))]
    pub targets: Option<Vec<String>>,
    /// Build extension modules for Python's stable ABI: one wheel for each target serves every
    /// CPython with the GIL that the project supports
    #[schemars(extend("x-default" = "`true`"))]
    pub abi3: Option<bool>,
    /// Build a wheel for each target that serves every CPython from 3.15 on, free-threaded or not
    /// (PEP 803)
    #[schemars(extend("x-default" = "`false`"))]
    pub abi3t: Option<bool>,
    /// CPython releases that each get their own wheel per target; `t` marks a free-threaded one:
    /// `["3.13", "3.14t"]`
    #[schemars(extend("x-default" = "none", "items" = releases()))]
    pub python: Option<Vec<String>>,
    /// The backend that builds everything else, with `build-backend = "pygo_tools.backend"`:
    /// `hatchling.build`
    #[schemars(extend("x-default" = "`setuptools.build_meta`", "pattern" = "^(?!pygo_tools)"))]
    pub backend: Option<String>,
    /// The commands of `pygo test`, which run in an empty directory for each wheel that the machine
    /// can run: `pytest {project}/tests`. They run without a shell; for one, write `sh -c '...'`.
    /// `{project}` and `{wheel}` stand for paths
    #[schemars(extend("x-default" = "none", "items" = json!({ "type": "string", "pattern": COMMAND })))]
    pub test_command: Option<Vec<String>>,
    /// Requirements that `pygo test` installs besides a wheel: `pytest>=8`
    #[schemars(extend("x-default" = "none"))]
    pub test_requires: Option<Vec<String>>,
    /// The extras of the wheel that `pygo test` installs: `yaml`
    #[schemars(extend("x-default" = "none", "items" = json!({ "type": "string", "pattern": EXTRA })))]
    pub test_extras: Option<Vec<String>>,
}

/// What [`PythonRelease`] reads.
fn releases() -> Value {
    json!({ "type": "string", "pattern": PythonRelease::PATTERN })
}

/// A command: its first word is not empty.
const COMMAND: &str = r#"^(?!\s*(?:$|''|""))[^\x00]*$"#;

/// A path inside the project.
const INSIDE: &str = r"^(?!/)(?!(?:.*/)?\.\.(?:/|$))[^\x00-\x1f\x7f-\x9f]+$";

/// A path relative to the project.
const RELATIVE: &str = r"^(?!/)[^\x00-\x1f\x7f-\x9f]+$";

/// The name of a package of pkg-config.
const PACKAGE: &str = r"^(?!.*\.pc$)[A-Za-z0-9_][A-Za-z0-9_.+-]*$";

/// The name of a library, or the path of a static one.
const LIBRARY: &str = r"^(?!/)(?!.*(?:\.so|\.dylib|\.dll)$)(?!.*\.so\.)(?:[A-Za-z0-9_][A-Za-z0-9_.+-]*|[^\x00-\x1f\x7f-\x9f]*/[^\x00-\x1f\x7f-\x9f]*|[^\x00-\x1f\x7f-\x9f]*\.(?:a|lib|o|obj))$";

/// The import path of a package that a module has, as `module.CheckImportPath` of Go requires it.
const IMPORT: &str =
    r"^[A-Za-z0-9_~-][A-Za-z0-9._~+-]*\.[A-Za-z0-9._~+-]*(?:/[A-Za-z0-9_~-][A-Za-z0-9._~+-]*)*$";

/// The name of an extra.
const EXTRA: &str = "^[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?$";

/// A build tag.
const TAG: &str = r"^[^\x00-\x2d\x2f\x3a-\x40\x5b-\x5e\x60\x7b-\xa9]+$";

/// What [`Os::read_release`] reads.
fn release_pattern(os: &Os) -> String {
    let names = [os.tag_family, os.release_of].map(any_case).join("|");
    format!(r"^\s*(?:{names})?[-_ ]*[0-9]{{1,4}}(?:[._][0-9]{{1,4}})?\s*$")
}

/// A regular expression for `word`, whatever the case of its letters.
fn any_case(word: &str) -> String {
    let either = |c: char| format!("[{}{}]", c.to_ascii_lowercase(), c.to_ascii_uppercase());
    word.chars().map(|c| if c.is_ascii_alphabetic() { either(c) } else { c.to_string() }).collect()
}

/// The names of targets, for completion, and whatever else consists of the same words.
fn target_items() -> Value {
    let names: Vec<_> = TARGETS.iter().map(|target| target.name()).collect();
    let words: Vec<_> = vocabulary().into_iter().chain(["all", "host"]).map(any_case).collect();
    let word = format!(r"(?:{}|[0-9]+)(?![A-Za-z0-9])", words.join("|"));
    let list = format!("^[^A-Za-z0-9]*{word}(?:[^A-Za-z0-9]+{word})*[^A-Za-z0-9]*$");
    json!({ "type": "string", "anyOf": [{ "enum": names }, { "pattern": list }] })
}

/// A key that pygo-tools 0.1.8 accepted without using it.
pub(super) const IGNORED: &str = "dependencies";

/// The key that names a schema, for editors.
pub(super) const SCHEMA: &str = "$schema";

/// The array of tables that describe a part each.
pub(super) const PARTS: &str = "parts";

/// The table with keys for some targets.
pub(super) const TARGET: &str = "target";

/// The table of `pygo check`.
pub(super) const CHECK: &str = "check";

/// One key, as the reference describes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    /// The name.
    pub name: String,
    /// The type: `string`, `boolean`, `array of strings` or `table of strings`.
    pub type_name: &'static str,
    /// The meaning of an absent key; `None` for a required one.
    pub default: Option<String>,
    /// Its meaning.
    pub meaning: String,
}

/// The keys of `T`, each with its schema.
pub(super) fn schema_of<T: JsonSchema>() -> Map<String, Value> {
    let mut schema = schemars::schema_for!(T).to_value();
    match schema.get_mut("properties").map(Value::take) {
        Some(Value::Object(properties)) => properties,
        _ => Map::new(),
    }
}

/// The keys of parts, with their schemas.
pub(super) fn part_keys() -> Map<String, Value> {
    schema_of::<PartKeys>()
}

/// The keys that have a value for each target, with their schemas.
pub(super) fn target_keys() -> Map<String, Value> {
    part_keys().into_iter().chain(schema_of::<NativeKeys>()).collect()
}

/// The keys of the table itself that are no tables, with their schemas.
pub(super) fn table_keys() -> Map<String, Value> {
    target_keys().into_iter().chain(schema_of::<ProjectKeys>()).collect()
}

/// All keys, in the order of the reference.
pub fn keys() -> Vec<Key> {
    table_keys().iter().map(|(name, schema)| key(name, schema)).collect()
}

fn key(name: &str, schema: &Value) -> Key {
    let text = |field: &str| schema[field].as_str().map(|text| text.replace('\n', " "));
    Key {
        name: name.to_owned(),
        type_name: type_name(schema),
        default: text("x-default"),
        meaning: text("description").unwrap_or_default(),
    }
}

fn type_name(schema: &Value) -> &'static str {
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
    format!("{libraries}; for programs without cgo also {more}")
}

/// The tables of the reference: heading and keys.
fn groups() -> [(&'static str, Map<String, Value>); 3] {
    [
        ("A part: a library or a program", part_keys()),
        ("Its native code", schema_of::<NativeKeys>()),
        ("The project", schema_of::<ProjectKeys>()),
    ]
}

/// All keys as one Markdown table, grouped.
pub fn reference() -> String {
    table_of(groups())
}

/// `groups` of keys, each with a heading, as a Markdown table.
pub(super) fn table_of(
    groups: impl IntoIterator<Item = (&'static str, Map<String, Value>)>,
) -> String {
    let mut table = String::from("| key | type | default | meaning |\n|---|---|---|---|\n");
    for (heading, keys) in groups {
        if !heading.is_empty() {
            table += &format!("| **{heading}** | | | |\n");
        }
        for (name, schema) in &keys {
            let Key { name, type_name, default, meaning } = key(name, schema);
            let default = default.as_deref().unwrap_or("required");
            table += &format!("| `{name}` | {type_name} | {default} | {meaning} |\n");
        }
    }
    table
}

#[cfg(test)]
mod tests {
    use super::super::file::ConfigFile;
    use super::*;

    #[test]
    fn every_key_of_the_reference_can_be_read() {
        let keys = keys();
        assert_eq!(reference().lines().count(), keys.len() + 2 + groups().len());
        assert_eq!(keys.iter().filter(|key| key.default.is_none()).count(), 3);
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
}
