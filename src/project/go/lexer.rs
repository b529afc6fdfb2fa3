//! The tokens of a Go file, as far as its declarations need them.
//!
//! Input: any text. Output: [`Tokens`], each with its line and its doc comment. Nothing is an
//! error: Go has a better message for a malformed file. Source: "Lexical elements" of the Go
//! specification; and for doc comments `go/parser` (a group of comments directly above, on lines
//! of its own).

use super::super::quoted::quoted;

/// The kind of a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TokenKind {
    /// An identifier, a keyword or a number.
    Word,
    /// A string or rune literal, with its quotes.
    Literal,
    /// One character of punctuation.
    Punct,
}

/// One token other than a comment.
#[derive(Debug, Clone)]
pub(super) struct Token<'a> {
    pub kind: TokenKind,
    pub text: &'a str,
    /// Byte offset in the file.
    pub start: usize,
    /// Line of the first character, from 1.
    pub line: usize,
    /// The doc comment: its range in [`Tokens::comments`].
    pub doc: std::ops::Range<usize>,
}

impl Token<'_> {
    pub(super) fn is(&self, punct: char) -> bool {
        self.kind == TokenKind::Punct && self.text.starts_with(punct)
    }

    pub(super) fn is_word(&self, word: &str) -> bool {
        self.kind == TokenKind::Word && self.text == word
    }

    /// How much deeper the tokens after this one are nested in brackets.
    pub(super) fn nesting(&self) -> i32 {
        match (self.kind, self.text) {
            (TokenKind::Punct, "{" | "(" | "[") => 1,
            (TokenKind::Punct, "}" | ")" | "]") => -1,
            _ => 0,
        }
    }

    /// Whether Go inserts a semicolon between this token and `next`.
    pub(super) fn ends_before(&self, next: &Token) -> bool {
        let can_end = self.kind != TokenKind::Punct || self.is(')') || self.is(']') || self.is('}');
        can_end && self.line + self.text.matches('\n').count() < next.line
    }

    pub(super) fn end(&self) -> usize {
        self.start + self.text.len()
    }
}

/// A comment with its `//` or `/* */`.
#[derive(Debug, Clone, Copy)]
pub(super) struct Comment<'a> {
    pub text: &'a str,
    pub line: usize,
}

impl<'a> Comment<'a> {
    /// The text without the comment signs.
    pub(super) fn body(self) -> &'a str {
        match self.text.strip_prefix("//") {
            Some(body) => body,
            None => {
                let body = self.text.strip_prefix("/*").unwrap_or(self.text);
                body.strip_suffix("*/").unwrap_or(body)
            }
        }
    }
}

/// The tokens and comments of a Go file.
#[derive(Debug, Default)]
pub(super) struct Tokens<'a> {
    pub tokens: Vec<Token<'a>>,
    pub comments: Vec<Comment<'a>>,
}

/// The tokens of `text`.
pub(super) fn lex(text: &str) -> Tokens<'_> {
    let mut out = Tokens::default();
    let (mut at, mut line) = (0, 1);
    // The last line of the previous token.
    let mut last_line = 0;
    // The current group of comments: its first one, and its last line or 0.
    let (mut group, mut group_end) = (0, 0);
    while let Some(c) = text[at..].chars().next() {
        let rest = &text[at..];
        if c.is_whitespace() || c == '\u{feff}' {
            line += usize::from(c == '\n');
            at += c.len_utf8();
            continue;
        }
        let length = length(rest, c);
        let part = &rest[..length];
        let end_line = line + part.matches('\n').count();
        if part.starts_with("//") || part.starts_with("/*") {
            // A comment after a token on the same line is not a doc comment.
            let beside = line == last_line;
            if beside {
                last_line = end_line;
            }
            out.comments.push(Comment { text: part.trim_end_matches('\r'), line });
            let here = out.comments.len();
            if beside {
                (group, group_end) = (here, 0);
            } else {
                if line > group_end + 1 || group_end == 0 {
                    group = here - 1;
                }
                group_end = end_line;
            }
        } else {
            let documented = group_end > 0 && group_end + 1 == line;
            let first = if documented { group } else { out.comments.len() };
            let kind = match c {
                '"' | '`' | '\'' => TokenKind::Literal,
                _ if is_word(c) => TokenKind::Word,
                _ => TokenKind::Punct,
            };
            let doc = first..out.comments.len();
            out.tokens.push(Token { kind, text: part, start: at, line, doc });
            last_line = end_line;
            group_end = 0;
        }
        at += length;
        line = end_line;
    }
    out
}

fn is_word(c: char) -> bool {
    c == '_' || c.is_alphanumeric()
}

/// The length of the token or comment at the start of `rest`.
fn length(rest: &str, first: char) -> usize {
    if rest.starts_with("//") {
        return rest.find('\n').unwrap_or(rest.len());
    }
    if let Some(comment) = rest.strip_prefix("/*") {
        return comment.find("*/").map_or(rest.len(), |end| end + 4);
    }
    match first {
        '`' => rest[1..].find('`').map_or(rest.len(), |end| end + 2),
        '"' | '\'' => quoted(rest, first, false),
        _ if is_word(first) => rest.find(|c| !is_word(c)).unwrap_or(rest.len()),
        _ => first.len_utf8(),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn texts(text: &str) -> Vec<&str> {
        lex(text).tokens.iter().map(|token| token.text).collect()
    }

    #[test]
    fn literals_and_comments_hide_their_content() {
        assert_eq!(texts("a `//x\n\"`b"), ["a", "`//x\n\"`", "b"]);
        assert_eq!(texts(r#""\"//" 'x' '\'' '"' c"#), [r#""\"//""#, "'x'", r"'\''", "'\"'", "c"]);
        assert_eq!(texts("\"open\nb"), ["\"open", "b"]);
        assert_eq!(texts("a /* { */ b // }\nc"), ["a", "b", "c"]);
    }

    #[test]
    fn a_doc_comment_is_a_group_directly_above() {
        let docs = |text: &str| {
            let tokens = lex(text);
            let last = tokens.tokens.last().unwrap();
            tokens.comments[last.doc.clone()].iter().map(|c| c.text.to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(docs("x\n// a\n// b\nfunc"), ["// a", "// b"]);
        assert_eq!(docs("// a\n\n// b\nfunc"), ["// b"]);
        assert_eq!(docs("// a\n\nfunc"), [""; 0]);
        assert_eq!(docs("x // a\nfunc"), [""; 0]);
        assert_eq!(docs("x // a\n// b\nfunc"), ["// b"]);
        assert_eq!(docs("/* a\n*/\nfunc"), ["/* a\n*/"]);
        assert_eq!(docs("/* a */ func"), [""; 0]);
    }

    #[test]
    fn lines_count_from_one() {
        let lines: Vec<_> = lex("a\n`\n\n`b\n\nc").tokens.iter().map(|t| t.line).collect();
        assert_eq!(lines, [1, 2, 4, 6]);
    }

    proptest! {
        #[test]
        fn no_character_is_lost(text in "[\\PC\n\t]{0,40}|[`\"'/*\\\\\na ]{0,40}") {
            let parts = lex(&text);
            let mut pieces: Vec<&str> = parts.tokens.iter().map(|t| t.text).collect();
            pieces.extend(parts.comments.iter().map(|c| c.text));
            let kept: usize = pieces.iter().map(|p| p.chars().filter(|c| !c.is_whitespace()).count()).sum();
            prop_assert_eq!(kept, text.chars().filter(|c| !c.is_whitespace() && *c != '\u{feff}').count());
        }
    }
}
