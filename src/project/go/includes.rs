//! The files that C, assembler and cgo sources include, whatever their extension.
//!
//! Input: the files of a project, and which of them a compiler reads anyway. Output: the files they
//! include, directly or through others. Preprocessor conditions and include paths are unknown here,
//! so a file counts if its path ends with what an include names.

use std::collections::{BTreeSet, HashMap};
use std::ffi::OsStr;
use std::path::{Component, Path, PathBuf};

use super::super::text::{self, MAX_SIZE};
use super::super::tree::Entry;

/// What introduces the name of a file, in C, Objective-C and assembler.
const DIRECTIVES: &[&str] =
    &["#include_next", "#include", "#import", "#embed", ".incbin", ".include"];

/// The paths of the `files` that those for which `starts` holds include.
pub(super) fn included(files: &[&Entry], starts: impl Fn(&Path) -> bool) -> BTreeSet<PathBuf> {
    let mut by_name: HashMap<&OsStr, Vec<&Entry>> = HashMap::new();
    for entry in files {
        if let Some(name) = entry.path.file_name() {
            by_name.entry(name).or_default().push(entry);
        }
    }
    let mut found = BTreeSet::new();
    let mut open: Vec<&Entry> = files.iter().copied().filter(|e| starts(&e.path)).collect();
    while let Some(entry) = open.pop() {
        let doing = format!("reading {}", entry.path.display());
        // Data that is included, such as an image, may be large and includes nothing.
        let Ok(bytes) = text::bytes(&entry.source, &doing, MAX_SIZE) else { continue };
        for name in names(&String::from_utf8_lossy(&bytes)) {
            let named = name.file_name().and_then(|file| by_name.get(file));
            for other in named.into_iter().flatten().filter(|e| e.path.ends_with(&name)) {
                if found.insert(other.path.clone()) {
                    open.push(other);
                }
            }
        }
    }
    found
}

/// The paths in the include directives of `text`, without what leads out of a directory.
fn names(text: &str) -> Vec<PathBuf> {
    let inner = |name: &str| {
        let mut inner = PathBuf::new();
        for part in Path::new(name).components() {
            match part {
                Component::Normal(part) => inner.push(part),
                Component::CurDir => {}
                _ => inner.clear(),
            }
        }
        (!inner.as_os_str().is_empty()).then_some(inner)
    };
    directives(text).filter_map(inner).collect()
}

/// The paths in the include directives of `text` as they are written.
pub(super) fn written(text: &str) -> impl Iterator<Item = PathBuf> {
    directives(text).map(PathBuf::from)
}

/// What the include directives of `text` name. In Go, they are in a comment.
fn directives(text: &str) -> impl Iterator<Item = &str> {
    text.lines().filter_map(|line: &str| {
        let code = line.trim_start_matches(|c: char| c.is_whitespace() || c == '/' || c == '*');
        // `# include` is the same as `#include`.
        let (code, has_hash) = match code.strip_prefix('#') {
            Some(rest) => (rest.trim_start(), true),
            None => (line.trim_start(), false),
        };
        let after = |directive: &&str| match directive.strip_prefix('#') {
            Some(word) => code.strip_prefix(word).filter(|_| has_hash),
            None => code.strip_prefix(*directive).filter(|_| !has_hash),
        };
        let rest = DIRECTIVES.iter().find_map(after)?;
        let rest = rest.trim_start();
        let close = match rest.chars().next()? {
            '"' => '"',
            '<' => '>',
            _ => return None,
        };
        Some(rest.get(1..)?.split_once(close)?.0)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_names_in_every_kind_of_include() {
        let text = "#include \"a.h\"\n  # include <b/c.inc>\n// #include \"../x/../d.def\"\n\
                    .incbin \"e.bin\"\n#embed <f>\n#include MACRO\nint include;\n#define x \"y\"\n";
        let wanted = ["a.h", "b/c.inc", "d.def", "e.bin", "f"].map(PathBuf::from);
        assert_eq!(names(text), wanted);
        let wanted = ["a.h", "b/c.inc", "../x/../d.def", "e.bin", "f"].map(PathBuf::from);
        assert_eq!(written(text).collect::<Vec<_>>(), wanted);
    }
}
