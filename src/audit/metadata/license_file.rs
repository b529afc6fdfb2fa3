//! License-File: a path in the form that PEP 639 requires.

/// Checks a path: relative, resolved, and with `/` between its parts.
pub(super) fn check(path: &str) -> Result<(), &'static str> {
    let is_drive = matches!(path.as_bytes(), [_, b':', b'/' | b'\\', ..]);
    if path.contains("..") {
        Err("it must not contain `..`")
    } else if path.contains('*') {
        Err("it must be a path, not a pattern")
    } else if path.starts_with(['/', '\\']) || is_drive {
        Err("it must be relative")
    } else if path.contains('\\') {
        Err("it must have `/` between its parts")
    } else if path.split('/').any(|part| matches!(part, "" | ".")) {
        Err("it must not have empty parts")
    } else {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_relative_and_resolved() {
        for path in ["LICENSE", "a/b c/LICENSE.txt", ".reuse/x", "COPYING.\u{fc}"] {
            assert_eq!(check(path), Ok(()), "{path}");
        }
        for path in ["../LICENSE", "a/..", "LICEN*", "/L", "C:/L", "a\\b", "a//b", "./L", "a/", ""]
        {
            assert!(check(path).is_err(), "{path}");
        }
    }
}
