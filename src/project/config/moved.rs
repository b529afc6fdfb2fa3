//! A configuration whose paths lead elsewhere: for an archive that has the files at other places.
//!
//! Input: the text of `config.json` or `pyproject.toml`, and where each path leads. Output: the text
//! with other paths in it, and nothing else changed.

use std::path::{Path, PathBuf};

use serde_json::Value;

use super::c_inputs::is_file;
use super::keys::{PARTS, TARGET};

/// The keys whose value is a path.
const PATHS: [&str; 2] = [GO_DIR, "cdef"];

/// The key for the directory of the Go package.
const GO_DIR: &str = "go-dir";

/// The keys whose value is an array of paths, or of names without a slash.
const ARRAYS: [&str; 4] = ["include-dirs", "library-dirs", "libraries", "pkg-config-dirs"];

/// The way to a table in a configuration: keys and, in `parts`, indexes.
type Way = Vec<Step>;

#[derive(Debug, Clone, PartialEq, Eq)]
enum Step {
    Key(String),
    Index(usize),
}

/// The configuration `text` with `moved` instead of every path in it. Each part whose directory of
/// the Go package is not configured gets the one in `go_dirs`.
///
/// # Errors
/// What is wrong with `text`, as a sentence.
pub fn moved_paths(
    text: &str,
    is_json: bool,
    go_dirs: &[PathBuf],
    moved: &dyn Fn(&str, &Path) -> PathBuf,
) -> Result<String, String> {
    if is_json {
        let mut table: Value = serde_json::from_str(text).map_err(|error| error.to_string())?;
        for (way, key, value) in edits(&table, go_dirs, moved)? {
            let found = way.iter().try_fold(&mut table, |table, step| match step {
                Step::Key(key) => table.get_mut(key),
                Step::Index(index) => table.get_mut(index),
            });
            if let Some(Value::Object(table)) = found {
                table.insert(key, value);
            }
        }
        return serde_json::to_string_pretty(&table)
            .map(|text| text + "\n")
            .map_err(|error| error.to_string());
    }
    let plain: toml::Table = text.parse().map_err(|error: toml::de::Error| error.to_string())?;
    let table = plain.get("tool").and_then(|tool| tool.get("pygo-tools"));
    let table = serde_json::to_value(table).map_err(|error| error.to_string())?;
    let mut document: toml_edit::DocumentMut =
        text.parse().map_err(|error: toml_edit::TomlError| error.to_string())?;
    for (way, key, value) in edits(&table, go_dirs, moved)? {
        let top = ["tool", "pygo-tools"].map(|key| Step::Key(key.to_owned()));
        let found =
            top.iter().chain(&way).try_fold(document.as_item_mut(), |item, step| match step {
                Step::Key(key) => item.get_mut(key.as_str()),
                Step::Index(index) => item.get_mut(*index),
            });
        let value: toml_edit::Value = match value {
            Value::Array(items) => items.iter().filter_map(Value::as_str).collect(),
            other => other.as_str().unwrap_or_default().into(),
        };
        let Some(table) = found.and_then(toml_edit::Item::as_table_like_mut) else { continue };
        match table.get_mut(&key).and_then(toml_edit::Item::as_value_mut) {
            // What is around the value stays.
            Some(old) => {
                let decor = old.decor().clone();
                *old = value;
                *old.decor_mut() = decor;
            }
            None => drop(table.insert(&key, toml_edit::Item::Value(value))),
        }
    }
    Ok(document.to_string())
}

/// The values that change: where, the key, and the new one.
fn edits(
    table: &Value,
    go_dirs: &[PathBuf],
    moved: &dyn Fn(&str, &Path) -> PathBuf,
) -> Result<Vec<(Way, String, Value)>, String> {
    let mut edits = Vec::new();
    for (way, table) in tables(table) {
        for key in PATHS {
            if let Some(path) = table.get(key).and_then(Value::as_str) {
                edits.push((way.clone(), key.to_owned(), text(&moved(key, Path::new(path)))));
            }
        }
        for key in ARRAYS {
            let Some(items) = table.get(key).and_then(Value::as_array) else { continue };
            let of_item = |item: &Value| match item.as_str() {
                Some(name) if key == "libraries" && !is_file(name) => item.clone(),
                path => text(&moved(key, Path::new(path.unwrap_or_default()))),
            };
            edits.push((way.clone(), key.to_owned(), items.iter().map(of_item).collect()));
        }
    }
    edits.extend(defaults(table, go_dirs)?);
    Ok(edits)
}

/// The directories of Go packages that the configuration leaves to pygo.
fn defaults(table: &Value, go_dirs: &[PathBuf]) -> Result<Vec<(Way, String, Value)>, String> {
    let has = |table: &Value| table.get(GO_DIR).is_some();
    let edit = |way: Way, dir: &Path| (way, GO_DIR.to_owned(), text(dir));
    let all: Vec<_> = match table.get(PARTS).and_then(Value::as_array) {
        _ if has(table) => Vec::new(),
        None => go_dirs.first().map(|dir| (Way::new(), dir)).into_iter().collect(),
        Some(parts) => {
            let all = parts.iter().zip(go_dirs).enumerate().filter(|(_, (part, _))| !has(part));
            all.map(|(index, (_, dir))| (way_to(index), dir)).collect()
        }
    };
    // A part's own directory would precede that of a target in the table around it.
    let targets = table.get(TARGET).and_then(Value::as_object);
    if !all.is_empty() && targets.into_iter().flatten().any(|(_, table)| has(table)) {
        let Some((_, first)) =
            all.first().filter(|(_, first)| all.iter().all(|(_, dir)| dir == first))
        else {
            return Err(
                "only a target has `go-dir`, and the parts have different ones without it: \
                        write `go-dir` into every part"
                    .to_owned(),
            );
        };
        return Ok(vec![edit(Way::new(), first)]);
    }
    Ok(all.into_iter().map(|(way, dir)| edit(way, dir)).collect())
}

fn way_to(part: usize) -> Way {
    vec![Step::Key(PARTS.to_owned()), Step::Index(part)]
}

/// The configuration, its parts, and the tables for targets in them.
fn tables(table: &Value) -> Vec<(Way, &Value)> {
    let mut all = vec![(Way::new(), table)];
    let parts = table.get(PARTS).and_then(Value::as_array);
    all.extend(parts.into_iter().flatten().enumerate().map(|(index, part)| (way_to(index), part)));
    for (way, table) in all.clone() {
        for (name, table) in table.get(TARGET).and_then(Value::as_object).into_iter().flatten() {
            let rest = [Step::Key(TARGET.to_owned()), Step::Key(name.clone())];
            all.push((way.iter().cloned().chain(rest).collect(), table));
        }
    }
    all
}

fn text(path: &Path) -> Value {
    path.to_string_lossy().into_owned().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn moved(text: &str, is_json: bool) -> Result<String, String> {
        let dirs = ["_pygo/a/go", "_pygo/b/go"].map(PathBuf::from);
        moved_paths(text, is_json, &dirs, &|_, path| Path::new("_pygo").join(path))
    }

    #[test]
    fn every_path_and_nothing_else_changes() {
        let text = "# mine\n[project]\nname = 'x' # keep\n\n[tool.pygo-tools]\npackage = 'p'\n\
                    go-dir = 'core' # Go\ninclude-dirs = ['c', 'd']\nlibraries = ['m', 'c/libx.a']\n\n\
                    [tool.pygo-tools.target.linux-arm64]\nlibrary-dirs = ['arm']\n\n[tool.ruff]\nx=1\n";
        let wanted = text
            .replace("'core'", "\"_pygo/core\"")
            .replace("['c', 'd']", "[\"_pygo/c\", \"_pygo/d\"]")
            .replace("['m', 'c/libx.a']", "[\"m\", \"_pygo/c/libx.a\"]")
            .replace("['arm']", "[\"_pygo/arm\"]");
        assert_eq!(moved(text, false).unwrap(), wanted);
        let json = r#"{"package": "p", "cdef": "p.cdef", "target": {"linux": {"go-dir": "l"}}}"#;
        let read: Value = serde_json::from_str(&moved(json, true).unwrap()).unwrap();
        let wanted = serde_json::json!({
            "package": "p", "cdef": "_pygo/p.cdef",
            "target": {"linux": {"go-dir": "_pygo/l"}}, "go-dir": "_pygo/a/go",
        });
        assert_eq!(read, wanted);
    }

    #[test]
    fn each_part_gets_its_directory() {
        let parts = "[[tool.pygo-tools.parts]]\npackage = 'a'\n\n[[tool.pygo-tools.parts]]\npackage = 'b'\n";
        let text = moved(parts, false).unwrap();
        assert_eq!(
            text,
            parts
                .replace("'a'\n", "'a'\ngo-dir = \"_pygo/a/go\"\n")
                .replace("'b'\n", "'b'\ngo-dir = \"_pygo/b/go\"\n")
        );
        let own = format!("[tool.pygo-tools]\ngo-dir = 'x'\n{parts}");
        assert_eq!(moved(&own, false).unwrap(), own.replace("'x'", "\"_pygo/x\""));
        let target = format!("[tool.pygo-tools.target.linux]\ngo-dir = 'x'\n{parts}");
        assert!(moved(&target, false).unwrap_err().ends_with("write `go-dir` into every part"));
    }
}
