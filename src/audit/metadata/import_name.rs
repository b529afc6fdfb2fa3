//! Import-Name and Import-Namespace (PEP 794): a dotted name, and perhaps `; private`.

use crate::wheel::is_keyword;

/// Checks the value of one field.
pub(super) fn check(text: &str) -> Result<(), String> {
    let (name, option) = match text.split_once(';') {
        Some((name, option)) => (name.trim_end(), Some(option.trim_start())),
        None => (text.trim_end(), None),
    };
    for part in name.split('.') {
        if !is_identifier(part) {
            return Err(format!("`{part}` is not a Python identifier"));
        }
        if is_keyword(part) {
            return Err(format!("`{part}` is a Python keyword"));
        }
    }
    match option {
        None | Some("private") => Ok(()),
        Some(other) => Err(format!("`{other}` is not `private`, the only option")),
    }
}

fn is_identifier(text: &str) -> bool {
    text.starts_with(|c: char| c.is_alphabetic() || c == '_')
        && text.chars().all(|c| c.is_alphanumeric() || c == '_')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn import_names_are_dotted_identifiers() {
        for text in ["a", "_a.b1", "\u{e4}", "a ; private", "a;private", "match.type"] {
            assert_eq!(check(text), Ok(()), "{text}");
        }
        for text in ["", "a-b", "1a", "a..b", "a.", "class", "a.None", "a; public", "a;", "a b"] {
            assert!(check(text).is_err(), "{text}");
        }
    }
}
