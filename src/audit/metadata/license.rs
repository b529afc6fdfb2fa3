//! License-Expression: an SPDX expression as PEP 639 limits it, in any case.

use std::collections::HashSet;
use std::sync::LazyLock;

use crate::error::nearest;

const LIST: &str = include_str!("../../../toolchains/spdx.txt");

/// The identifiers in lower case; exceptions start with `with `.
static KNOWN: LazyLock<HashSet<String>> =
    LazyLock::new(|| identifiers().map(str::to_ascii_lowercase).collect());

fn identifiers() -> impl Iterator<Item = &'static str> {
    LIST.lines().filter(|line| !line.starts_with('#'))
}

/// What may follow.
#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    /// A license or `(`.
    Start,
    /// An operator, `)` or the end; after a license, also `WITH`.
    AfterLicense,
    /// An exception.
    AfterWith,
    /// An operator, `)` or the end.
    AfterGroup,
}

/// Checks an expression.
pub(super) fn check(text: &str) -> Result<(), String> {
    let spaced = text.replace('(', " ( ").replace(')', " ) ");
    let (mut state, mut depth) = (State::Start, 0usize);
    for token in spaced.split_whitespace() {
        let lower = token.to_ascii_lowercase();
        state = match (state, lower.as_str()) {
            (State::Start, "(") => {
                depth += 1;
                State::Start
            }
            (State::AfterLicense | State::AfterGroup, ")") if depth > 0 => {
                depth -= 1;
                State::AfterGroup
            }
            (State::AfterLicense | State::AfterGroup, "and" | "or") => State::Start,
            (State::AfterLicense, "with") => State::AfterWith,
            (_, "and" | "or" | "with" | "(" | ")") => {
                return Err(format!("`{token}` is in the wrong place"));
            }
            (State::Start, _) => {
                license(token, &lower)?;
                State::AfterLicense
            }
            (State::AfterWith, _) => {
                exception(token, &lower)?;
                State::AfterGroup
            }
            _ => return Err(format!("there is no AND or OR before `{token}`")),
        };
    }
    match state {
        _ if depth > 0 => Err("a parenthesis is not closed".to_owned()),
        State::Start | State::AfterWith => Err("it is incomplete".to_owned()),
        State::AfterLicense | State::AfterGroup => Ok(()),
    }
}

fn license(token: &str, lower: &str) -> Result<(), String> {
    if let Some(own) = lower.strip_prefix("licenseref-") {
        let legal = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-');
        return if !own.is_empty() && own.bytes().all(legal) {
            Ok(())
        } else {
            let what = "must continue with letters, digits, `.` and `-`";
            Err(format!("`{token}` {what} after `LicenseRef-`"))
        };
    }
    if KNOWN.contains(lower.strip_suffix('+').unwrap_or(lower)) {
        return Ok(());
    }
    let licenses = identifiers().filter(|id| !id.starts_with("WITH "));
    Err(unknown(&format!("`{token}` is not an SPDX license"), nearest(token, licenses)))
}

fn exception(token: &str, lower: &str) -> Result<(), String> {
    if KNOWN.contains(&format!("with {lower}")) {
        return Ok(());
    }
    let exceptions = identifiers().filter_map(|id| id.strip_prefix("WITH "));
    Err(unknown(&format!("`{token}` is not an SPDX exception"), nearest(token, exceptions)))
}

fn unknown(what: &str, similar: Option<&str>) -> String {
    similar.map_or(what.to_owned(), |similar| format!("{what}; did you mean {similar}?"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expressions_may_be_in_any_case_with_deprecated_terms() {
        for text in [
            "MIT",
            "mit",
            "mit And bsd-3-clause",
            "licenseref-foo",
            "LicenseRef-Own.2",
            "(MIT AND BSD-3-Clause)",
            "((MIT))",
            "MIT OR(Apache-2.0)",
            "GPL-2.0",
            "gpl-2.0+",
            "GPL-2.0-or-later WITH Classpath-exception-2.0",
            "Apache-2.0 with llvm-exception or MIT",
            "eCos-2.0",
        ] {
            assert_eq!(check(text), Ok(()), "{text}");
        }
    }

    #[test]
    fn other_expressions_are_rejected() {
        for text in [
            "",
            "NOASSERTION",
            "NONE",
            "LicenseRef-",
            "LicenseRef-a_b",
            "LicenseRef-a+",
            "DocumentRef-x:LicenseRef-y",
            "MIT WITH AdditionRef-foo",
            "MIT WITH MIT",
            "MIT WITH",
            "(MIT) WITH LLVM-exception",
            "Apache-2.0 WITH LLVM-exception WITH LLVM-exception",
            "MIT License",
            "MIT/Apache-2.0",
            "MIT OR",
            "AND MIT",
            "()",
            "(MIT",
            "MIT)",
            "MIT (BSD-3-Clause)",
            "LLVM-exception",
        ] {
            assert!(check(text).is_err(), "{text}");
        }
        assert!(check("Apache2.0").unwrap_err().ends_with("did you mean Apache-2.0?"));
    }
}
