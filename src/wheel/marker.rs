//! Environment markers (PEP 508): `python_version < "3.12" and extra == 'dev'`.
//!
//! Input: the text after `;`. Output: whether it follows the grammar, and whether it depends on an
//! extra. Nothing here evaluates a marker.

/// The variables of environment markers, in today's and older spellings.
#[rustfmt::skip]
const VARIABLES: &[&str] = &[
    "python_version", "python_full_version", "os_name", "sys_platform", "platform_release",
    "platform_system", "platform_version", "platform_machine", "platform_python_implementation",
    "implementation_name", "implementation_version", "extra", "extras", "dependency_groups",
    "os.name", "sys.platform", "platform.version", "platform.machine",
    "platform.python_implementation", "python_implementation",
];

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
    let tokens: Vec<_> = tokens(marker).collect();
    if tokens.is_empty() {
        return Err("there is no marker after `;`".to_owned());
    }
    let mut parser = Parser { tokens: &tokens };
    parser.alternatives(0)?;
    match parser.tokens.first() {
        None => Ok(()),
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

struct Parser<'a> {
    tokens: &'a [&'a str],
}

impl<'a> Parser<'a> {
    fn next(&mut self) -> Option<&'a str> {
        let (first, rest) = self.tokens.split_first()?;
        self.tokens = rest;
        Some(first)
    }

    fn take(&mut self, wanted: &[&str]) -> bool {
        let found = self.tokens.first().is_some_and(|token| wanted.contains(token));
        if found {
            self.next();
        }
        found
    }

    /// Comparisons with `and` or `or` between them.
    fn alternatives(&mut self, depth: usize) -> Result<(), String> {
        if depth > MAX_DEPTH {
            return Err("its marker has too many parentheses".to_owned());
        }
        loop {
            if self.take(&["("]) {
                self.alternatives(depth + 1)?;
                if !self.take(&[")"]) {
                    return Err("the parentheses of its marker do not match".to_owned());
                }
            } else {
                self.operand()?;
                self.operator()?;
                self.operand()?;
            }
            if !self.take(&["and", "or"]) {
                return Ok(());
            }
        }
    }

    fn operand(&mut self) -> Result<(), String> {
        let token = self.next().ok_or("its marker is incomplete")?;
        match token.as_bytes() {
            [quote @ (b'"' | b'\''), .., last] if last == quote => Ok(()),
            [b'"' | b'\'', ..] => Err("a quote in its marker is not closed".to_owned()),
            _ if VARIABLES.contains(&token) => Ok(()),
            _ => Err(format!("`{token}` is not a marker variable")),
        }
    }

    fn operator(&mut self) -> Result<(), String> {
        let token = self.next().ok_or("its marker compares nothing")?;
        if OPERATORS.contains(&token) || (token == "not" && self.take(&["in"])) {
            return Ok(());
        }
        Err(format!("`{token}` is not a marker operator"))
    }
}
