//! Directories that may be elsewhere in the next run or on the next machine: the project, Go, its
//! modules, a compiler.
//!
//! In: paths and texts with such paths. Out: the same relative to the directories, and back.

use std::path::{Path, PathBuf};

use serde_json::Value;

/// Stands around the name of a directory in a text. No flag has it.
const MARK: char = '\u{1}';

/// The name of the project's directory.
pub(in crate::factory) const PROJECT: &str = "project";

/// How a text with the directory `name` contains it, as JSON.
pub(super) fn marked(name: &str) -> String {
    format!("\\u0001{name}\\u0001")
}

/// What a directory or file belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Base {
    name: &'static str,
    place: PathBuf,
    is_tool: bool,
}

/// The directories, each with a name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(in crate::factory) struct Bases(Vec<Base>);

impl Bases {
    /// Adds a directory or file of a tool, whose users do not edit it.
    pub(in crate::factory) fn tool(self, name: &'static str, place: &Path) -> Self {
        self.with(name, place, true)
    }

    /// Adds a file that users edit.
    pub(in crate::factory) fn file(self, name: &'static str, place: &Path) -> Self {
        self.with(name, place, false)
    }

    /// Adds the project.
    pub(in crate::factory) fn project(self, root: &Path) -> Self {
        self.with(PROJECT, root, false)
    }

    fn with(mut self, name: &'static str, place: &Path, is_tool: bool) -> Self {
        self.0.retain(|base| base.name != name);
        self.0.push(Base { name, place: place.to_owned(), is_tool });
        self
    }

    /// The directory `name`.
    pub(in crate::factory) fn get(&self, name: &str) -> Option<&Path> {
        self.0.iter().find(|base| base.name == name).map(|base| &*base.place)
    }

    /// The innermost directory around `path`, and the rest of `path`. Directories directly above the
    /// project count too: tools look for configuration there.
    pub(super) fn split(&self, path: &Path) -> Option<(&'static str, PathBuf)> {
        let around = |base: &&Base| path.starts_with(&base.place);
        let innermost =
            self.0.iter().filter(around).max_by_key(|base| base.place.as_os_str().len());
        if let Some(base) = innermost {
            return Some((base.name, path.strip_prefix(&base.place).ok()?.to_owned()));
        }
        let dir = path.parent()?;
        let up = self.get(PROJECT)?.ancestors().position(|above| above == dir)?;
        let above: PathBuf = std::iter::repeat_n("..", up).collect();
        Some((PROJECT, above.join(path.file_name()?)))
    }

    /// The inverse of [`split`](Self::split).
    pub(super) fn join(&self, name: &str, rest: &Path) -> Option<PathBuf> {
        let place = self.get(name)?;
        Some(if rest.as_os_str().is_empty() { place.to_owned() } else { place.join(rest) })
    }

    /// Whether the directory `name` is of a tool.
    pub(super) fn is_tool(&self, name: &str) -> bool {
        self.0.iter().any(|base| base.name == name && base.is_tool)
    }

    /// Whether `path` is of a tool.
    pub(super) fn is_of_tool(&self, path: &Path) -> bool {
        self.split(path).is_some_and(|(name, _)| self.is_tool(name))
    }

    /// `text` with names instead of the directories that it begins with, perhaps after a flag.
    pub(in crate::factory) fn without_places(&self, text: &str) -> String {
        // Within a longer path, the same characters are no directory.
        let is_before = |before: &str| {
            let mut chars = before.chars();
            match (chars.next(), chars.next(), chars.next()) {
                (None, ..) => true,
                (Some('-'), Some(letter), None) => letter.is_ascii_alphabetic(),
                _ => before.ends_with(['=', ',']),
            }
        };
        let mut bases: Vec<&Base> = self.0.iter().collect();
        bases.sort_by_key(|base| std::cmp::Reverse(base.place.as_os_str().len()));
        for Base { name, place, .. } in bases {
            let Some(place) = place.to_str() else { continue };
            let found = text.match_indices(place).find(|(at, _)| {
                let after = text[at + place.len()..].chars().next();
                is_before(&text[..*at]) && matches!(after, None | Some('/'))
            });
            if let Some((at, _)) = found {
                let (before, after) = (&text[..at], &text[at + place.len()..]);
                return format!("{before}{MARK}{name}{MARK}{after}");
            }
        }
        text.to_owned()
    }

    /// The inverse of [`without_places`](Self::without_places).
    fn with_places(&self, text: &str) -> Option<String> {
        let mut parts = text.split(MARK);
        let (before, name) = (parts.next()?, parts.next());
        let Some(name) = name else { return Some(text.to_owned()) };
        Some(format!("{before}{}{}", self.get(name)?.to_str()?, parts.next()?))
    }

    /// `value` with names instead of directories, unless a text in it cannot be restored then.
    pub(super) fn abstracted(&self, value: &Value) -> Option<Value> {
        each_text(value, &|text| (!text.contains(MARK)).then(|| self.without_places(text)))
    }

    /// The inverse of [`abstracted`](Self::abstracted).
    pub(super) fn concrete(&self, value: &Value) -> Option<Value> {
        each_text(value, &|text| self.with_places(text))
    }

    /// The directories whose paths are in `bytes`.
    pub(super) fn named_in(&self, bytes: &[u8]) -> Vec<(&'static str, PathBuf)> {
        let spellings = |base: &Base| {
            let real = std::fs::canonicalize(&base.place).unwrap_or_default();
            [base.place.clone(), real].map(|path| (base.name, path))
        };
        let mut missing: Vec<_> = self.0.iter().flat_map(spellings).collect();
        missing.retain(|(_, path)| path.is_absolute());
        let mut found = Vec::new();
        // One pass over a large binary: every path begins with a slash.
        for (at, _) in bytes.iter().enumerate().filter(|(_, byte)| **byte == b'/') {
            let rest = bytes.get(at..).unwrap_or_default();
            let is_here = |path: &Path| rest.starts_with(path.as_os_str().as_encoded_bytes());
            if let Some(index) = missing.iter().position(|(_, path)| is_here(path)) {
                found.push(missing.swap_remove(index).0);
            }
        }
        found.sort_unstable();
        found.dedup();
        found.iter().filter_map(|name| Some((*name, self.get(name)?.to_owned()))).collect()
    }
}

/// `value` with `change` applied to every text in it.
fn each_text(value: &Value, change: &dyn Fn(&str) -> Option<String>) -> Option<Value> {
    Some(match value {
        Value::String(text) => Value::String(change(text)?),
        Value::Array(items) => {
            Value::Array(items.iter().map(|item| each_text(item, change)).collect::<Option<_>>()?)
        }
        Value::Object(map) => {
            let changed =
                |(key, value): (&String, &Value)| Some((key.clone(), each_text(value, change)?));
            Value::Object(map.iter().map(changed).collect::<Option<_>>()?)
        }
        other => other.clone(),
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn bases(root: &str) -> Bases {
        Bases::default()
            .project(Path::new(root))
            .tool("go", Path::new("/usr/lib/go"))
            .tool("modules", &Path::new(root).join("cache/mod"))
    }

    #[test]
    fn a_place_is_relative_to_the_innermost_directory_around_it() {
        let bases = bases("/home/p");
        let split = |path: &str| {
            let (name, rest) = bases.split(Path::new(path))?;
            assert_eq!(bases.join(name, &rest), Some(PathBuf::from(path)));
            Some(format!("{name}:{}", rest.display()))
        };
        assert_eq!(split("/home/p/go/main.go").unwrap(), "project:go/main.go");
        assert_eq!(split("/home/p/cache/mod/x@v1/x.go").unwrap(), "modules:x@v1/x.go");
        assert_eq!(split("/home/p").unwrap(), "project:");
        assert_eq!(split("/home/other/x.h"), None);
        let above = bases.split(Path::new("/home/go.work")).unwrap();
        assert_eq!(above, (PROJECT, PathBuf::from("../go.work")));
        assert!(bases.is_of_tool(Path::new("/usr/lib/go/src/fmt")));
        assert!(!bases.is_of_tool(Path::new("/home/p/x")));
    }

    #[test]
    fn flags_follow_the_project_to_another_place() {
        let flags = ["-I", "/home/p/go/../c", "-L/home/p/lib", "-DP=/home/p", "-I/home/pp/c"];
        let kept = bases("/home/p").abstracted(&json!([flags, {"x": 1}])).unwrap();
        assert!(kept.to_string().contains(&marked(PROJECT)));
        let there = bases("/srv/q").concrete(&kept).unwrap();
        let moved = ["-I", "/srv/q/go/../c", "-L/srv/q/lib", "-DP=/srv/q", "-I/home/pp/c"];
        assert_eq!(there, json!([moved, {"x": 1}]));
        assert_eq!(bases("/home/p").concrete(&kept).unwrap(), json!([flags, {"x": 1}]));
        // `/p` in a longer path is not the project.
        assert_eq!(bases("/p").without_places("/home/p/x"), "/home/p/x");
        assert_eq!(bases("/p").abstracted(&json!("\u{1}go\u{1}")), None);
    }

    #[test]
    fn a_path_in_a_binary_is_found() {
        let bases = bases("/home/p");
        let named = |bytes: &[u8]| -> Vec<&str> {
            bases.named_in(bytes).into_iter().map(|(name, _)| name).collect()
        };
        assert_eq!(named(b"\0/usr/lib\0/home/"), [""; 0]);
        assert_eq!(named(b"\x7fELF\0//home/p/c/one.h\0/usr/lib/go/src"), ["go", PROJECT]);
    }
}
