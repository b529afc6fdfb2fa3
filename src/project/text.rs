//! Text that the author wrote: reading files, and showing text and places in messages.
//!
//! Input: a path, or a text and an offset. Output: the text without a byte order mark; or the line
//! with a caret under the place. A file that is too large, not regular or not UTF-8 is an error.

use std::io::Read;
use std::path::{Component, Path, PathBuf};

use fs_err as fs;

use super::find::is_repository;
use crate::error::{Failure, Kind, Result, nearest};
use crate::relative_path::join_below;

/// Maximum size of a configuration; a larger file is something else.
const MAX_CONFIG_SIZE: u64 = 1 << 20;

/// Maximum size of a source file; Go's limit is about 4 GiB.
pub(super) const MAX_SIZE: u64 = 256 << 20;

/// A failure to read a file of the project.
pub(super) fn unreadable(doing: impl Into<String>, error: &std::io::Error) -> Failure {
    let failure = Failure::io(doing, error);
    let help = match error.kind() {
        std::io::ErrorKind::PermissionDenied => "make it readable for the current user",
        _ => &failure.help,
    };
    Failure { kind: Kind::Project, help: help.to_owned(), ..failure }
}

/// Text in a message: quoted, escaped so that it cannot garble a terminal, and shortened.
pub fn shown(text: &str) -> String {
    const MAX_CHARS: usize = 80;
    match text.char_indices().nth(MAX_CHARS) {
        Some((cut, _)) => format!("{:?}...", &text[..cut]),
        None => format!("{text:?}"),
    }
}

/// `path` without `.` parts, if it is relative and has no `..`.
pub(super) fn inside(path: &str) -> Option<PathBuf> {
    let is_plain = !path.is_empty()
        && !path.chars().any(char::is_control)
        && !Path::new(path).components().any(|part| part == Component::ParentDir);
    if is_plain { join_below("", path) } else { None }
}

/// The path of a file of the project in a message: `config.json`, `example/hello/config.json`.
pub(super) fn shown_in(at: &Path, name: &str) -> String {
    let here = at.as_os_str().is_empty() || at == Path::new(".");
    if here { name.to_owned() } else { at.join(name).display().to_string() }
}

/// The bytes of a regular file of at most `limit` bytes.
pub(super) fn bytes(path: &Path, doing: &str, limit: u64) -> Result<Vec<u8>> {
    let failed = |error| unreadable(doing, &error);
    // Checked before opening, because opening a pipe would wait for a writer forever.
    if !fs::metadata(path).map_err(failed)?.is_file() {
        let found = format!("{} is not a regular file", path.display());
        return Err(Failure::project(doing, found, "replace it with a regular file"));
    }
    let mut bytes = Vec::new();
    let file = fs::File::open(path).map_err(failed)?;
    file.take(limit + 1).read_to_end(&mut bytes).map_err(failed)?;
    if bytes.len() as u64 > limit {
        let found = format!("the file is larger than {} KiB", limit >> 10);
        return Err(Failure::project(doing, found, "check that it is the right file"));
    }
    Ok(bytes)
}

/// The text of a configuration file, without a byte order mark.
pub(super) fn read(path: &Path, doing: &str) -> Result<String> {
    let mut bytes = bytes(path, doing, MAX_CONFIG_SIZE)?;
    if bytes.starts_with(b"\xEF\xBB\xBF") {
        bytes.drain(..3);
    }
    String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        let valid = String::from_utf8_lossy(&error.as_bytes()[..at]).into_owned();
        let (line, column) = position(&valid, at);
        let byte = error.as_bytes().get(at).copied().unwrap_or_default();
        let found =
            format!("line {line}, column {column}: the byte 0x{byte:02x} is not valid UTF-8");
        Failure::project(doing, found, "save the file as UTF-8")
    })
}

/// Whether `path` leads out of the project at `root`, and out of the repository around it.
pub(super) fn leads_out(root: &Path, path: &Path) -> bool {
    let (Ok(root), Ok(file)) = (fs::canonicalize(root), fs::canonicalize(path)) else {
        return false;
    };
    let top = root.ancestors().find(|dir| is_repository(dir)).unwrap_or(&root);
    !file.starts_with(top)
}

/// `result` of reading `path`, without the lines of the file that a failure shows if the file is no
/// part of the project: a link in a project of somebody else must not print what it leads to.
pub(super) fn unquoted<T>(result: Result<T>, root: &Path, path: &Path) -> Result<T> {
    result.map_err(|failure| {
        if !leads_out(root, path) {
            return failure;
        }
        let found = failure.found.lines().next().unwrap_or_default().to_owned();
        Failure { found, ..failure }
    })
}

/// The line and column of a byte offset, both counted from 1, the column in characters.
pub(super) fn position(text: &str, offset: usize) -> (usize, usize) {
    let mut end = offset.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let before = &text[..end];
    let start = before.rfind('\n').map_or(0, |newline| newline + 1);
    (before.matches('\n').count() + 1, before[start..].chars().count() + 1)
}

/// `line 3, column 5: message`, and that line with a caret below.
pub(super) fn pointed(text: &str, offset: usize, message: &str) -> String {
    // The number of characters of a long line shown on either side of the place.
    const AROUND: usize = 60;
    let (line, column) = position(text, offset);
    let content = text.split('\n').nth(line - 1).unwrap_or_default();
    let skip = (column - 1).saturating_sub(AROUND);
    let visible: String = content.chars().skip(skip).take(2 * AROUND).map(printable).collect();
    let margin = " ".repeat(line.to_string().len());
    let indent = " ".repeat(column - 1 - skip);
    format!(
        "line {line}, column {column}: {message}\n{line} | {}\n{margin} | {indent}^",
        visible.trim_end()
    )
}

/// The character, or a replacement of one column if it would move the cursor or be invisible.
fn printable(c: char) -> char {
    match c {
        '\t' | '\r' => ' ',
        '\'' | '"' | '\\' => c,
        _ if c.escape_debug().len() > 1 => char::REPLACEMENT_CHARACTER,
        _ => c,
    }
}

/// The end of a sentence about an unknown name: the nearest of `names`, if one is near.
pub(in crate::project) fn nearest_of<const N: usize>(
    name: &str,
    names: [&'static str; N],
) -> String {
    nearest(name, names).map(|near| format!("; the nearest is `{near}`")).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn points_at_a_character() {
        assert_eq!(
            pointed("a\nbö\tx = 1\n", 6, "no"),
            "line 2, column 4: no\n2 | bö x = 1\n  |    ^"
        );
    }

    #[test]
    fn a_long_line_is_cut_on_both_sides() {
        let text = "x".repeat(5000);
        let shown = pointed(&text, 2500, "no");
        assert!(shown.lines().all(|line| line.len() < 130), "{shown}");
    }

    #[test]
    fn rejects_invalid_utf8_other_files_and_large_files() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("x");
        fs::write(&path, b"a\nb\xFF").unwrap();
        let failure = read(&path, "reading x").unwrap_err();
        assert_eq!(failure.found, "line 2, column 2: the byte 0xff is not valid UTF-8");
        assert_eq!(failure.kind, Kind::Project);
        assert!(read(dir.path(), "reading x").unwrap_err().found.contains("not a regular file"));
        fs::write(&path, vec![b' '; MAX_CONFIG_SIZE as usize + 1]).unwrap();
        assert_eq!(read(&path, "reading x").unwrap_err().found, "the file is larger than 1024 KiB");
        fs::write(&path, b"\xEF\xBB\xBFtext").unwrap();
        assert_eq!(read(&path, "reading x").unwrap(), "text");
    }

    #[test]
    fn lines_of_files_elsewhere_are_not_shown() {
        use fs_err::os::unix::fs::symlink;
        let dir = tempfile::tempdir().unwrap();
        let at = |path: &str| dir.path().join(path);
        fs::create_dir_all(at("mono/p")).unwrap();
        for path in ["secret", "mono/shared", "mono/p/own"] {
            fs::write(at(path), "").unwrap();
        }
        symlink(at("secret"), at("mono/p/out")).unwrap();
        symlink("../shared", at("mono/p/up")).unwrap();
        let shown = |path: &str| {
            let failed = Err(Failure::project("reading", pointed("s3cret", 0, "no"), ""));
            let failure = unquoted::<()>(failed, &at("mono/p"), &at("mono/p").join(path));
            failure.unwrap_err().found
        };
        assert_eq!(shown("out"), "line 1, column 1: no");
        assert_eq!(shown("up"), "line 1, column 1: no");
        assert!(shown("own").contains("s3cret") && shown("absent").contains("s3cret"));
        fs::create_dir(at("mono/.git")).unwrap();
        assert!(shown("up").contains("s3cret"));
        assert_eq!(shown("out"), "line 1, column 1: no");
    }

    proptest! {
        #[test]
        fn messages_never_garble_the_terminal(text in any::<String>(), offset in 0usize..64) {
            prop_assert!(!shown(&text).chars().any(char::is_control));
            let shown = pointed(&text, offset.min(text.len()), "m");
            prop_assert!(shown.chars().all(|c| c == '\n' || !c.is_control()));
        }
    }
}
