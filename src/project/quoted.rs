//! Quoted literals of C and Go, which have the same escapes.

/// The length of the literal in `quote`s at the start of `rest`. An unclosed one ends with its line,
/// which in C may continue after a backslash.
pub(super) fn quoted(rest: &str, quote: char, lines_continue: bool) -> usize {
    let mut escaped = false;
    for (at, c) in rest.char_indices().skip(1) {
        match c {
            '\n' if !(escaped && lines_continue) => return at,
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
    use super::*;

    #[test]
    fn a_literal_ends_with_its_quote_or_its_line() {
        for (text, c, go) in [
            (r#""a\"b" c"#, 6, 6),
            (r"'\\' c", 4, 4),
            ("\"a\nb\"", 2, 2),
            ("\"a\\\nb\" c", 6, 3),
            ("\"a", 2, 2),
        ] {
            let quote = text.chars().next().unwrap();
            assert_eq!((quoted(text, quote, true), quoted(text, quote, false)), (c, go), "{text}");
        }
    }
}
