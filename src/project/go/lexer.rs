//! The tokens of a Go file, as far as finding declarations needs them.
//!
//! In: any text. Out: [`Tokens`], each token with its line and the comment group that documents
//! it. Nothing is an error here: Go's own message about a broken file is better than ours.
//! Source: "Lexical elements" of the Go specification, and for which comments document what,
//! `go/parser` (a group directly above, on lines of its own).

/// What a token is; its text is in [`Token::text`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sort {
    /// An identifier, a keyword or a number.
    Word,
    /// A string or rune literal, with its quotes.
    Literal,
    /// One character of punctuation.
    Punct,
}

/// One token that is no comment.
#[derive(Debug, Clone)]
pub(super) struct Token<'a> {
    pub sort: Sort,
    pub text: &'a str,
    /// Byte offset in the file.
    pub start: usize,
    /// Line of the first character, from 1.
    pub line: usize,
    /// The comments directly above: their range in [`Tokens::comments`].
    pub doc: std::ops::Range<usize>,
}

impl Token<'_> {
    pub(super) fn is(&self, punct: char) -> bool {
        self.sort == Sort::Punct && self.text.starts_with(punct)
    }

    pub(super) fn is_word(&self, word: &str) -> bool {
        self.sort == Sort::Word && self.text == word
    }

    /// Whether a line end before `next` ends a statement, by the rule of inserted semicolons.
    pub(super) fn ends_before(&self, next: &Token) -> bool {
        let can_end = self.sort != Sort::Punct || self.is(')') || self.is(']') || self.is('}');
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
    /// What it says, without the marks around it.
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

/// A Go file taken apart.
#[derive(Debug, Default)]
pub(super) struct Tokens<'a> {
    pub tokens: Vec<Token<'a>>,
    pub comments: Vec<Comment<'a>>,
}

/// Takes `text` apart.
pub(super) fn lex(text: &str) -> Tokens<'_> {
    let mut out = Tokens::default();
    let (mut at, mut line) = (0, 1);
    // The line on which the token before ended, and the comment group that is being read.
    let mut last_line = 0;
    let mut group = Group { first: 0, end_line: 0 };
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
            // A comment beside a token belongs to that token and documents nothing.
            let beside = line == last_line;
            if beside {
                last_line = end_line;
            }
            out.comments.push(Comment { text: part.trim_end_matches('\r'), line });
            let here = out.comments.len();
            if beside {
                group = Group { first: here, end_line: 0 };
            } else {
                if line > group.end_line + 1 || group.end_line == 0 {
                    group.first = here - 1;
                }
                group.end_line = end_line;
            }
        } else {
            let documented = group.end_line > 0 && group.end_line + 1 == line;
            let first = if documented { group.first } else { out.comments.len() };
            let sort = match c {
                '"' | '`' | '\'' => Sort::Literal,
                _ if is_word(c) => Sort::Word,
                _ => Sort::Punct,
            };
            let doc = first..out.comments.len();
            out.tokens.push(Token { sort, text: part, start: at, line, doc });
            last_line = end_line;
            group.end_line = 0;
        }
        at += length;
        line = end_line;
    }
    out
}

struct Group {
    first: usize,
    end_line: usize,
}

fn is_word(c: char) -> bool {
    c == '_' || c.is_alphanumeric()
}

/// How many bytes the token or comment takes that `rest` begins with.
fn length(rest: &str, first: char) -> usize {
    if rest.starts_with("//") {
        return rest.find('\n').unwrap_or(rest.len());
    }
    if let Some(comment) = rest.strip_prefix("/*") {
        return comment.find("*/").map_or(rest.len(), |end| end + 4);
    }
    match first {
        '`' => rest[1..].find('`').map_or(rest.len(), |end| end + 2),
        '"' | '\'' => quoted(rest, first),
        _ if is_word(first) => rest.find(|c| !is_word(c)).unwrap_or(rest.len()),
        _ => first.len_utf8(),
    }
}

/// A literal between `quote`s; one that is not closed ends with its line.
fn quoted(rest: &str, quote: char) -> usize {
    let mut escaped = false;
    for (at, c) in rest.char_indices().skip(1) {
        match c {
            '\n' => return at,
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            _ if c == quote => return at + 1,
            _ => {}
        }
    }
    rest.len()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn texts(text: &str) -> Vec<&str> {
        lex(text).tokens.iter().map(|token| token.text).collect()
    }

    #[test]
    fn literals_hide_what_is_in_them() {
        assert_eq!(texts("a `//x\n\"`b"), ["a", "`//x\n\"`", "b"]);
        assert_eq!(texts(r#""\"//" 'x' '\'' '"' c"#), [r#""\"//""#, "'x'", r"'\''", "'\"'", "c"]);
        assert_eq!(texts("\"open\nb"), ["\"open", "b"]);
        assert_eq!(texts("a /* { */ b // }\nc"), ["a", "b", "c"]);
    }

    #[test]
    fn only_a_group_directly_above_documents() {
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
        fn any_text_is_taken_apart_without_loss(text in "[\\PC\n\t]{0,40}|[`\"'/*\\\\\na ]{0,40}") {
            let parts = lex(&text);
            let mut pieces: Vec<&str> = parts.tokens.iter().map(|t| t.text).collect();
            pieces.extend(parts.comments.iter().map(|c| c.text));
            let kept: usize = pieces.iter().map(|p| p.chars().filter(|c| !c.is_whitespace()).count()).sum();
            prop_assert_eq!(kept, text.chars().filter(|c| !c.is_whitespace() && *c != '\u{feff}').count());
        }
    }
}
