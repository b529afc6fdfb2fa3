//! Splits C text into its declarations.
//!
//! Input: any text. Output: its declarations and preprocessor lines in order, each with its line. A
//! last one that is incomplete is a piece as well. Comments between declarations are left out.

use super::tokens::{CToken, nesting, placed};

/// One declaration.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Piece<'a> {
    /// Its text, with its semicolon.
    pub(super) text: &'a str,
    /// Its line in the whole text, from 1.
    pub(super) line: usize,
}

/// The declarations of `text`.
pub(super) fn split(text: &str) -> Vec<Piece<'_>> {
    let mut out = Vec::new();
    let (mut start, mut depth, mut is_block) = (None, 0i64, false);
    let (tokens, open_comment) = placed(text);
    let (mut line, mut counted) = (1, 0);
    let mut piece = |from: usize, to: usize| {
        line += text.get(counted..from).map_or(0, |gap| gap.matches('\n').count());
        counted = from;
        out.push(Piece { text: text.get(from..to).unwrap_or_default(), line });
    };
    for (at, (token, place)) in tokens.iter().enumerate() {
        let is_first = start.is_none();
        let from = *start.get_or_insert(place.start);
        if is_first {
            // `extern "Python" { ... }` ends without a semicolon.
            is_block = *token == CToken::Word("extern")
                && matches!(tokens.get(at + 1), Some((CToken::Literal, _)))
                && matches!(tokens.get(at + 2), Some((CToken::Punct('{'), _)));
        }
        depth += nesting(token);
        let ends = match token {
            CToken::Punct(';') => depth <= 0,
            CToken::Punct('}') => depth <= 0 && is_block,
            CToken::Directive(_) => is_first,
            _ => false,
        };
        if ends {
            piece(from, place.end);
            (start, depth) = (None, 0);
        }
    }
    if let Some(from) = start {
        piece(from, text.len());
    } else if open_comment && let Some((_, last)) = tokens.last() {
        // cffi reports the comment.
        piece(last.end, text.len());
    }
    out
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn each_declaration_is_a_piece_with_its_line() {
        let text = "/* api */\n#define N 4\nint F(int a,\n  int b); // f\n\nstruct s { int a; int b; };\n\
                    extern \"Python\" {\n int cb(int);\n}\nextern \"Python\" int cc(int); int G(void)\n";
        let found: Vec<_> = split(text).into_iter().map(|piece| (piece.text, piece.line)).collect();
        assert_eq!(
            found,
            [
                ("#define N 4", 2),
                ("int F(int a,\n  int b);", 3),
                ("struct s { int a; int b; };", 6),
                ("extern \"Python\" {\n int cb(int);\n}", 7),
                ("extern \"Python\" int cc(int);", 10),
                ("int G(void)\n", 10),
            ]
        );
    }

    #[test]
    fn text_without_declarations_has_no_pieces() {
        assert_eq!(split(" // nothing\n"), []);
        assert_eq!(split("int x; /* open").len(), 2);
    }

    proptest! {
        #[test]
        fn any_text_is_split(text in "[\\PC\n]{0,40}|[\"'/*\\\\\n#a{}(); ]{0,40}") {
            split(&text);
        }
    }
}
