//! The tokens of C text, as far as names and prototypes need them.
//!
//! Input: any text. Output: its tokens without comments, and whether it ends inside a comment.

use std::ops::Range;

use super::super::quoted::quoted;

/// One token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum CToken<'a> {
    /// An identifier, a keyword or a number.
    Word(&'a str),
    /// A string or character literal.
    Literal,
    /// One character of punctuation; `#` only where it does not begin a directive.
    Punct(char),
    /// A preprocessor line, `#` and continuation lines included.
    Directive(&'a str),
}

/// The tokens of `text`, and whether it ends inside a comment.
pub(super) fn lex(text: &str) -> (Vec<CToken<'_>>, bool) {
    let (placed, open_comment) = placed(text);
    (placed.into_iter().map(|(token, _)| token).collect(), open_comment)
}

/// The same tokens with the places where they are in `text`.
pub(super) fn placed(text: &str) -> (Vec<(CToken<'_>, Range<usize>)>, bool) {
    let mut out = Vec::new();
    let mut at = 0;
    let mut at_line_start = true;
    while let Some(c) = text.get(at..).and_then(|rest| rest.chars().next()) {
        let rest = &text[at..];
        if c.is_whitespace() {
            at_line_start |= c == '\n';
            at += c.len_utf8();
            continue;
        }
        if rest.starts_with("//") {
            at += rest.find('\n').unwrap_or(rest.len());
            continue;
        }
        if let Some(comment) = rest.strip_prefix("/*") {
            match comment.find("*/") {
                Some(end) => at += end + 4,
                None => return (out, true),
            }
            continue;
        }
        let length = match c {
            '#' if at_line_start => directive(rest),
            '"' | '\'' => quoted(rest, c, true),
            _ if is_word(c) => rest.find(|c| !is_word(c)).unwrap_or(rest.len()),
            _ => c.len_utf8(),
        };
        let part = &rest[..length];
        let token = match c {
            '#' if at_line_start => CToken::Directive(part),
            '"' | '\'' => CToken::Literal,
            _ if is_word(c) => CToken::Word(part),
            _ => CToken::Punct(c),
        };
        out.push((token, at..at + length));
        at_line_start = false;
        at += length;
    }
    (out, false)
}

/// How much deeper the tokens after `token` are nested in brackets.
pub(super) fn nesting(token: &CToken) -> i64 {
    match token {
        CToken::Punct('{' | '(' | '[') => 1,
        CToken::Punct('}' | ')' | ']') => -1,
        _ => 0,
    }
}

fn is_word(c: char) -> bool {
    c == '_' || c == '$' || c.is_alphanumeric()
}

fn directive(rest: &str) -> usize {
    let mut from = 0;
    while let Some(end) = rest[from..].find('\n').map(|end| from + end) {
        if !rest[..end].trim_end_matches('\r').ends_with('\\') {
            return end;
        }
        from = end + 1;
    }
    rest.len()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn comments_and_literals_hide_their_content() {
        use CToken::*;
        assert_eq!(
            lex("a /* b( */ \"c(\" '\\'' // d\n #define X \\\n  y\ne#").0,
            [Word("a"), Literal, Literal, Directive("#define X \\\n  y"), Word("e"), Punct('#')]
        );
        assert!(lex("a /* b").1);
    }

    proptest! {
        #[test]
        fn any_text_has_tokens(text in "[\\PC\n]{0,40}|[\"'/*\\\\\n#a ]{0,40}") {
            lex(&text);
        }
    }
}
