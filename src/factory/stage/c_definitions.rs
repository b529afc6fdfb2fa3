//! Finds the C file that seems to define a function that nothing defines in the result.
//!
//! In: the C files of the Go modules and the names. Out: the advice to give. cgo compiles only the
//! C files next to the Go files of a package, so those of a subdirectory are left out silently.

use std::path::PathBuf;

/// Files larger than this are not searched.
const MAX_SIZE: u64 = 4 << 20;

/// The extensions of files that cgo compiles.
const EXTENSIONS: &[&str] = &["c", "cc", "cpp", "cxx", "m"];

/// A name for messages, and the place of the file.
pub(in crate::factory) type Source = (String, PathBuf);

/// Those of `sources` that cgo compiles if they are next to the Go files.
pub(in crate::factory) fn c_files(sources: &[Source]) -> Vec<Source> {
    let is_c = |(_, path): &&Source| {
        let extension = path.extension().and_then(|extension| extension.to_str());
        extension.is_some_and(|extension| EXTENSIONS.contains(&extension))
    };
    sources.iter().filter(is_c).cloned().collect()
}

/// The prefix of the functions that zig and clang call on undefined behaviour.
const CHECKS: &str = "__ubsan_handle_";

/// What to do about such calls.
pub(super) const CHECKED: &str = "a C library was compiled with checks for undefined behaviour, which zig adds without \
                                  optimization: compile it with -O2 or -fno-sanitize=undefined";

/// The advice for functions `names`, if one of `files` seems to define one of them.
pub(super) fn advice(files: &[Source], names: &[&str]) -> Option<String> {
    if names.iter().any(|name| name.starts_with(CHECKS)) {
        return Some(CHECKED.to_owned());
    }
    for (shown, path) in files {
        if fs_err::metadata(path).map_or(true, |file| file.len() > MAX_SIZE) {
            continue;
        }
        let text = String::from_utf8_lossy(&fs_err::read(path).ok()?).into_owned();
        if let Some(name) = names.iter().find(|name| defines(&text, name)) {
            return Some(format!(
                "{shown} seems to define `{name}`, but cgo compiles only the C files in the \
                 directory of the Go files: move it there, or #include it from a C file there"
            ));
        }
    }
    None
}

/// Whether `text` has a definition of the function `name`: the name, parameters and a body.
fn defines(text: &str, name: &str) -> bool {
    text.match_indices(name).any(|(at, _)| {
        let is_part = |c: char| c.is_alphanumeric() || c == '_';
        let (before, after) = text.split_at(at);
        let Some(after) = after.strip_prefix(name) else { return false };
        if before.ends_with(is_part) {
            return false;
        }
        let mut depth = 0usize;
        for (place, c) in after.char_indices() {
            match c {
                '(' => depth += 1,
                ')' if depth == 1 => {
                    let rest = after.get(place + 1..).unwrap_or_default();
                    return rest.trim_start().starts_with('{');
                }
                ')' if depth > 1 => depth -= 1,
                _ if depth > 0 || c.is_whitespace() => {}
                _ => return false,
            }
        }
        false
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_of_a_checked_library_are_recognised() {
        let found = advice(&[], &["printf", "__ubsan_handle_add_overflow"]);
        assert_eq!(found.as_deref(), Some(CHECKED));
        assert_eq!(advice(&[], &["printf"]), None);
    }

    #[test]
    fn a_definition_has_a_body_and_a_declaration_has_none() {
        assert!(defines("int calc(int a, int (*f)(int))\n{ return 1; }", "calc"));
        assert!(!defines("int calc(int a);\nint f(void) { return calc(1); }", "calc"));
        assert!(!defines("int precalc(int a) {}\nint calc2(int a) {}", "calc"));
        assert!(!defines("calc(", "calc") && !defines("", "calc"));
    }
}
