//! A dependency specifier (PEP 508), as far as one can be wrong.
//!
//! In: the text of a Requires-Dist. Out: whether it points to a URL, or what cannot be read.

use pep440_rs::VersionSpecifiers;

use crate::wheel::DistName;

/// What a requirement asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Asks {
    /// A release of a project.
    Release,
    /// What lies at a URL.
    Url,
}

/// Reads a requirement.
///
/// # Errors
/// What cannot be read.
pub(super) fn parse(text: &str) -> Result<Asks, String> {
    let text = text.trim();
    let inner = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
    let (name, rest) = text.split_at(text.find(|c| !inner(c)).unwrap_or(text.len()));
    name.parse::<DistName>().map_err(|error| error.to_string())?;
    let rest = extras(rest.trim_start())?.trim_start();
    if let Some(url) = rest.strip_prefix('@') {
        return if url.trim().is_empty() {
            Err("no URL after @".to_owned())
        } else {
            Ok(Asks::Url)
        };
    }
    let (versions, mark) = rest.split_once(';').map_or((rest, None), |(v, m)| (v, Some(m)));
    if let Some(mark) = mark {
        marker(mark)?;
    }
    let versions = versions.trim();
    let bare = versions.strip_prefix('(').and_then(|inner| inner.strip_suffix(')'));
    let versions = bare.unwrap_or(versions).trim();
    if !versions.is_empty() {
        let trimmed = versions.trim_end_matches(',');
        // A lone `===` compares texts, and any text will do.
        if !trimmed.contains("===") {
            trimmed
                .parse::<VersionSpecifiers>()
                .map_err(|_| format!("`{versions}` is no version specifier"))?;
        }
    }
    Ok(Asks::Release)
}

/// What follows `[extra, ...]`.
fn extras(text: &str) -> Result<&str, String> {
    let Some(inside) = text.strip_prefix('[') else {
        return Ok(text);
    };
    let (list, rest) = inside.split_once(']').ok_or("a [ is not closed")?;
    for extra in list.split(',').map(str::trim).filter(|extra| !extra.is_empty()) {
        extra.parse::<DistName>().map_err(|_| format!("`{extra}` is no extra"))?;
    }
    Ok(rest)
}

/// The variables of environment markers, today's and older spellings.
const VARIABLES: &[&str] = &[
    "python_version",
    "python_full_version",
    "os_name",
    "sys_platform",
    "platform_release",
    "platform_system",
    "platform_version",
    "platform_machine",
    "platform_python_implementation",
    "implementation_name",
    "implementation_version",
    "extra",
    "extras",
    "dependency_groups",
    "os.name",
    "sys.platform",
    "platform.version",
    "platform.machine",
    "platform.python_implementation",
    "python_implementation",
];

/// Checks the words and quotes of a marker, not what it compares.
fn marker(text: &str) -> Result<(), String> {
    let mut rest = text.trim();
    let (mut depth, mut operands) = (0i32, 0u32);
    if rest.is_empty() {
        return Err("no marker after ;".to_owned());
    }
    while let Some(c) = rest.chars().next() {
        match c {
            '"' | '\'' => {
                let inside = &rest[1..];
                let end = inside.find(c).ok_or("a quote in its marker is not closed")?;
                operands += 1;
                rest = &inside[end + 1..];
            }
            '(' | ')' => {
                depth += if c == '(' { 1 } else { -1 };
                rest = &rest[1..];
            }
            '<' | '>' | '=' | '!' | '~' => {
                rest = rest.trim_start_matches(['<', '>', '=', '!', '~'])
            }
            c if c.is_whitespace() => rest = rest.trim_start(),
            c if c.is_ascii_alphabetic() => {
                let word_char = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.');
                let end = rest.find(|c| !word_char(c)).unwrap_or(rest.len());
                let (word, after) = rest.split_at(end);
                if VARIABLES.contains(&word) {
                    operands += 1;
                } else if !matches!(word, "and" | "or" | "not" | "in") {
                    return Err(format!("`{word}` is no variable of a marker"));
                }
                rest = after;
            }
            other => return Err(format!("{other:?} has no place in a marker")),
        }
    }
    if depth != 0 {
        return Err("the parentheses of its marker do not match".to_owned());
    }
    if operands == 0 || operands % 2 != 0 {
        return Err("its marker compares nothing".to_owned());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_people_write() {
        for text in [
            "cffi",
            "Foo.Bar >=1.0",
            "foo[a,b]>=1,<2 ; extra == 'x'",
            "foo (>=1.0)",
            "foo>=1.0,",
            "foo; python_version < \"3.9\" and (os_name == 'nt' or sys_platform != 'win32')",
            "foo===1.0-odd",
            "foo ~= 1.4.2",
            "foo!=1.*; 'linux' in sys_platform",
        ] {
            assert_eq!(parse(text), Ok(Asks::Release), "{text}");
        }
        assert_eq!(parse("foo @ https://host/foo.whl ; extra == 'x'"), Ok(Asks::Url));
        assert_eq!(parse("foo[x]@git+https://host/foo"), Ok(Asks::Url));
    }

    #[test]
    fn refuses_what_no_installer_reads() {
        for text in [
            "",
            ">=1",
            "foo>>1",
            "foo[",
            "foo; pithon_version < '3'",
            "foo; extra == 'x",
            "foo;",
            "foo bar",
            "foo @",
            "foo; (extra == 'x'",
        ] {
            assert!(parse(text).is_err(), "{text}");
        }
    }
}
