//! Environment markers (PEP 508): `python_version < "3.12" and extra == 'dev'`.
//!
//! Input: the text after `;`, and the variables of a Python. Output: whether the text follows the
//! grammar, whether it depends on an extra, and whether it is true for that Python.

use std::collections::BTreeMap;

use pep440_rs::Version;

use super::dist_name::DistName;
use super::specifiers::single;

/// The variables of environment markers, in today's and older spellings.
#[rustfmt::skip]
const VARIABLES: &[&str] = &[
    "python_version", "python_full_version", "os_name", "sys_platform", "platform_release",
    "platform_system", "platform_version", "platform_machine", "platform_python_implementation",
    "implementation_name", "implementation_version", "extra", "extras", "dependency_groups",
    "os.name", "sys.platform", "platform.version", "platform.machine",
    "platform.python_implementation", "python_implementation",
];

/// Those that are compared as versions.
const IS_VERSION: &[&str] = &["python_version", "python_full_version", "implementation_version"];

const OPERATORS: &[&str] = &["<=", ">=", "<", ">", "==", "!=", "~=", "===", "in"];

/// More parentheses than anybody writes; deeper ones could exhaust the stack.
const MAX_DEPTH: usize = 64;

/// Whether the marker depends on an extra.
pub(super) fn has_extra(marker: &str) -> bool {
    tokens(marker).any(|token| token == "extra")
}

/// Checks a marker by the grammar.
///
/// # Errors
/// What no installer can read.
pub(super) fn check(marker: &str) -> Result<(), String> {
    evaluate(marker, &BTreeMap::new(), "").map(drop)
}

/// Whether a marker is true for a Python with these `variables` and for `extra`, which is empty for
/// what is required without one. `None` if that is unknown.
///
/// # Errors
/// What no installer can read.
pub(super) fn evaluate(
    marker: &str,
    variables: &BTreeMap<String, String>,
    extra: &str,
) -> Result<Option<bool>, String> {
    let tokens: Vec<_> = tokens(marker).collect();
    if tokens.is_empty() {
        return Err("there is no marker after `;`".to_owned());
    }
    let mut parser = Parser { tokens: &tokens, variables, extra };
    let value = parser.alternatives(0)?;
    match parser.tokens.first() {
        None => Ok(value),
        Some(token) => Err(format!("`{token}` is in the wrong place of its marker")),
    }
}

/// The words, quoted strings, operators and other characters of a marker. A string whose quote is
/// not closed extends to the end.
fn tokens(mut rest: &str) -> impl Iterator<Item = &str> {
    std::iter::from_fn(move || {
        rest = rest.trim_start();
        let first = rest.chars().next()?;
        let in_word = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.');
        let in_operator = |c: char| matches!(c, '<' | '>' | '=' | '!' | '~');
        let length = match first {
            '"' | '\'' => rest[1..].find(first).map_or(rest.len(), |end| end + 2),
            'a'..='z' | 'A'..='Z' => rest.find(|c| !in_word(c)).unwrap_or(rest.len()),
            c if in_operator(c) => rest.find(|c| !in_operator(c)).unwrap_or(rest.len()),
            _ => first.len_utf8(),
        };
        let (token, after) = rest.split_at(length);
        rest = after;
        Some(token)
    })
}

/// One side of a comparison.
#[derive(Clone, Copy)]
enum Operand<'a> {
    Text(&'a str),
    Variable(&'a str),
}

struct Parser<'a> {
    tokens: &'a [&'a str],
    variables: &'a BTreeMap<String, String>,
    extra: &'a str,
}

impl<'a> Parser<'a> {
    fn next(&mut self) -> Option<&'a str> {
        let (first, rest) = self.tokens.split_first()?;
        self.tokens = rest;
        Some(first)
    }

    fn take(&mut self, wanted: &str) -> bool {
        let found = self.tokens.first().is_some_and(|token| *token == wanted);
        if found {
            self.next();
        }
        found
    }

    fn alternatives(&mut self, depth: usize) -> Result<Option<bool>, String> {
        let mut value = self.conjunction(depth)?;
        while self.take("or") {
            value = match (value, self.conjunction(depth)?) {
                (Some(true), _) | (_, Some(true)) => Some(true),
                (one, other) => one.and(other),
            };
        }
        Ok(value)
    }

    fn conjunction(&mut self, depth: usize) -> Result<Option<bool>, String> {
        let mut value = self.comparison(depth)?;
        while self.take("and") {
            value = match (value, self.comparison(depth)?) {
                (Some(false), _) | (_, Some(false)) => Some(false),
                (one, other) => one.and(other),
            };
        }
        Ok(value)
    }

    fn comparison(&mut self, depth: usize) -> Result<Option<bool>, String> {
        if depth > MAX_DEPTH {
            return Err("its marker has too many parentheses".to_owned());
        }
        if self.take("(") {
            let value = self.alternatives(depth + 1)?;
            if !self.take(")") {
                return Err("the parentheses of its marker do not match".to_owned());
            }
            return Ok(value);
        }
        let (left, operator, right) = (self.operand()?, self.operator()?, self.operand()?);
        Ok(self.compare(left, operator, right))
    }

    fn operand(&mut self) -> Result<Operand<'a>, String> {
        let token = self.next().ok_or("its marker is incomplete")?;
        match token.as_bytes() {
            [quote @ (b'"' | b'\''), .., last] if last == quote => {
                Ok(Operand::Text(token.get(1..token.len() - 1).unwrap_or_default()))
            }
            [b'"' | b'\'', ..] => Err("a quote in its marker is not closed".to_owned()),
            _ if VARIABLES.contains(&token) => Ok(Operand::Variable(token)),
            _ => Err(format!("`{token}` is not a marker variable")),
        }
    }

    fn operator(&mut self) -> Result<&'a str, String> {
        let token = self.next().ok_or("its marker compares nothing")?;
        if OPERATORS.contains(&token) {
            return Ok(token);
        }
        if token == "not" && self.take("in") {
            return Ok("not in");
        }
        Err(format!("`{token}` is not a marker operator"))
    }

    /// The value of a comparison, as the `packaging` library determines it.
    fn compare(&self, left: Operand<'_>, operator: &str, right: Operand<'_>) -> Option<bool> {
        use Operand::{Text, Variable};
        let (name, text) = match (left, right) {
            (Variable(name), Text(text)) | (Text(text), Variable(name)) => (name, text),
            (Text(_), Text(_)) | (Variable(_), Variable(_)) => return None,
        };
        if name == "extra" {
            let is_same = self.extra == text || {
                let name = |text: &str| text.parse::<DistName>().ok();
                name(self.extra).zip(name(text)).is_some_and(|(one, other)| one == other)
            };
            return match operator {
                "==" => Some(is_same),
                "!=" => Some(!is_same),
                _ => None,
            };
        }
        let name = name.replace('.', "_");
        let name =
            if name == "python_implementation" { "platform_python_implementation" } else { &name };
        let value = self.variables.get(name)?.as_str();
        let (left, right) = if matches!(left, Text(_)) { (text, value) } else { (value, text) };
        match operator {
            "in" => return Some(right.contains(left)),
            "not in" => return Some(!right.contains(left)),
            _ => {}
        }
        if IS_VERSION.contains(&name) {
            let specifier = single(&format!("{operator}{right}")).ok()??;
            return Some(specifier.contains(&left.parse::<Version>().ok()?));
        }
        match operator {
            "==" => Some(left == right),
            "!=" => Some(left != right),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(marker: &str, extra: &str) -> Option<bool> {
        let variables = [
            ("python_version", "3.12"),
            ("python_full_version", "3.12.3"),
            ("sys_platform", "linux"),
            ("platform_python_implementation", "CPython"),
        ];
        let variables = variables.map(|(name, value)| (name.to_owned(), value.to_owned()));
        evaluate(marker, &variables.into(), extra).unwrap()
    }

    #[test]
    fn markers_are_true_or_false_for_a_python() {
        for (marker, expected) in [
            ("python_version < '3.9'", false),
            ("python_version >= '3.9'", true),
            ("'3.13' > python_version", true),
            ("python_version in '3.11 3.12'", true),
            ("python_version not in '2.7'", true),
            ("python_full_version == '3.12.*'", true),
            ("python_version ~= '3.10'", true),
            ("sys.platform == 'linux'", true),
            ("'win' not in sys_platform", true),
            ("python_implementation != \"PyPy\"", true),
            ("sys_platform == 'win32' and python_version < '4' or python_version > '3'", true),
            ("sys_platform == 'win32' and (python_version < '4' or python_version > '3')", false),
            ("extra == 'dev'", false),
            ("extra != 'dev'", true),
        ] {
            assert_eq!(value(marker, ""), Some(expected), "{marker}");
        }
        assert_eq!(value("extra == 'Dev.Tools'", "dev-tools"), Some(true));
    }

    #[test]
    fn unknown_values_matter_only_if_they_decide() {
        for (marker, expected) in [
            ("platform_release > '5'", None),
            ("os_name == 'nt' and sys_platform == 'win32'", Some(false)),
            ("os_name == 'nt' or sys_platform == 'linux'", Some(true)),
            ("os_name == 'nt' and sys_platform == 'linux'", None),
            ("os_name == 'nt' or sys_platform == 'win32'", None),
            ("sys_platform < 'linux'", None),
            ("python_version > 'three'", None),
            ("'x' in extras", None),
        ] {
            assert_eq!(value(marker, ""), expected, "{marker}");
        }
    }
}
