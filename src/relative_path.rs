//! Relative paths, computed without the file system.
//!
//! Input: paths below a common root. Output: a path relative to another, or the path that a
//! relative one leads to, as long as it stays below the root; parts of a path, and what they mean.

use std::path::{Component, Path, PathBuf};

/// The path of `target` seen from the directory `from`: `../lib` for `a/lib` from `a/b`, and `.`
/// for the directory itself.
pub fn relative_path_to(from: impl AsRef<Path>, target: impl AsRef<Path>) -> PathBuf {
    let (from, target) = (from.as_ref(), target.as_ref());
    let same = from.components().zip(target.components()).take_while(|(a, b)| a == b).count();
    let up = from.components().skip(same).map(|_| Component::ParentDir);
    let path: PathBuf = up.chain(target.components().skip(same)).collect();
    if path.as_os_str().is_empty() { PathBuf::from(".") } else { path }
}

/// The path to which `path` leads from the directory `from`. `None` if it is absolute, or if `..`
/// leads above the root, even for a step.
pub fn join_below(from: impl AsRef<Path>, path: impl AsRef<Path>) -> Option<PathBuf> {
    let mut joined = PathBuf::new();
    for part in from.as_ref().components().chain(path.as_ref().components()) {
        match part {
            Component::Normal(name) => joined.push(name),
            Component::CurDir => {}
            Component::ParentDir if joined.pop() => {}
            _ => return None,
        }
    }
    Some(joined)
}

/// An absolute path without `.` and `..`, as if no directory were a link.
pub fn clean(path: &Path) -> PathBuf {
    let mut cleaned = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => {
                cleaned.pop();
            }
            _ => cleaned.push(part),
        }
    }
    cleaned
}

/// The last part of a path with `/`.
pub fn file_name(path: &str) -> &str {
    path.rsplit_once('/').map_or(path, |(_, file)| file)
}

/// Whether Windows reserves the file name `name` for a device, as `os.path.isreserved` of Python says.
pub fn is_windows_device(name: &str) -> bool {
    const DEVICES: &[&str] = &["con", "prn", "aux", "nul", "conin$", "conout$"];
    let stem = name.split('.').next().unwrap_or(name).trim_end().to_ascii_lowercase();
    let port = stem.strip_prefix("com").or_else(|| stem.strip_prefix("lpt"));
    let mut number = port.unwrap_or_default().chars();
    let is_port = matches!(number.next(), Some('1'..='9' | '\u{b9}' | '\u{b2}' | '\u{b3}'))
        && number.next().is_none();
    DEVICES.contains(&stem.as_str()) || is_port
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_part_of_a_path() {
        for (path, name) in [("a/b.so", "b.so"), ("b.so", "b.so"), ("a/", ""), ("", "")] {
            assert_eq!(file_name(path), name, "{path}");
        }
    }

    #[test]
    fn devices_of_windows_have_any_case_and_suffix() {
        for name in ["con", "NUL.txt", "Com1", "lpt9.tar.gz", "com\u{b9}", "CONIN$", "aux .c"] {
            assert!(is_windows_device(name), "{name}");
        }
        for name in ["com", "com0", "com10", "lpt", "console", "a.con", "", "xcom1"] {
            assert!(!is_windows_device(name), "{name}");
        }
    }

    #[test]
    fn paths_are_relative_to_a_directory() {
        for (from, target, path) in [
            ("", "a/lib", "a/lib"),
            ("a", "a/lib", "lib"),
            ("a/b", "a/lib", "../lib"),
            ("a/b/c", "x", "../../../x"),
            ("a", "a", "."),
            ("a/b", "a", ".."),
            ("ab", "a", "../a"),
        ] {
            assert_eq!(relative_path_to(from, target), Path::new(path), "{from} {target}");
        }
    }

    #[test]
    fn joined_paths_stay_below_the_root() {
        assert_eq!(join_below("a/b", "../c/./d//"), Some("a/c/d".into()));
        assert_eq!(join_below("a", ".."), Some("".into()));
        for path in ["../..", "../../a/b", "/a"] {
            assert_eq!(join_below("a", path), None, "{path}");
        }
    }

    #[test]
    fn a_cleaned_path_has_no_dots() {
        assert_eq!(clean(Path::new("/a/./b/../c")), Path::new("/a/c"));
        assert_eq!(clean(Path::new("/../..")), Path::new("/"));
    }
}
