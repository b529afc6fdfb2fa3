//! The Python files that pygo writes into wheels: how they begin, and whether a file is one.
//!
//! Their contents depend on the target: stubs come with extensions, and modules name libraries.

/// The first line of a stub.
pub(super) const STUB: &str = "# Written by pygo from the signatures of the extension.\n";

/// The first line of a module that opens a library.
pub(super) const BINDING: &str =
    "\"\"\"The functions of a Go library. Written by cffi and pygo.\"\"\"\n";

/// The first line of a module that has the path of a library.
pub(super) const LOCATOR: &str = "\"\"\"The path of a Go library. Written by pygo.\"\"\"\n";

/// Whether pygo wrote the file at `path` in a wheel, which contains `bytes`.
pub fn is_generated(path: &str, bytes: &[u8]) -> bool {
    let first_lines: &[&str] = match path.rsplit_once('.') {
        Some((_, "pyi")) => &[STUB],
        Some((_, "py")) => &[BINDING, LOCATOR],
        _ => &[],
    };
    first_lines.iter().any(|line| bytes.starts_with(line.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_of_the_author_is_not_pygo_s() {
        assert!(is_generated("a/_a.pyi", format!("{STUB}x: int\n").as_bytes()));
        assert!(is_generated("a/lib/liba.py", format!("{LOCATOR}\n").as_bytes()));
        assert!(is_generated("a/_a.py", format!("{BINDING}\n").as_bytes()));
        for (path, text) in [
            ("a/_a.py", STUB),
            ("a/_a.pyi", LOCATOR),
            ("a/data.txt", LOCATOR),
            ("a/__init__.py", "\"\"\"Written by Ada, with pygo.\"\"\"\n"),
            ("a/__init__.py", "# Written by hand; see pygo.\n"),
            ("a/__init__.py", ""),
        ] {
            assert!(!is_generated(path, text.as_bytes()), "{path}: {text}");
        }
    }
}
