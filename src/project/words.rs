//! Splits a line into words, as Go's commands do.

/// The words of `text` by the rules of `cmd/internal/quoted`: a word in quotes may contain blanks,
/// and nothing is escaped.
///
/// # Errors
/// A quote that is not closed; the text continues a sentence.
pub fn split_words(text: &str) -> Result<Vec<String>, String> {
    let mut words = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let (word, after) = match first {
            '"' | '\'' => rest[1..]
                .split_once(first)
                .ok_or_else(|| format!("a quote that is not closed: {rest}"))?,
            _ => rest.split_once(char::is_whitespace).unwrap_or((rest, "")),
        };
        words.push(word.to_owned());
        rest = after.trim_start();
    }
    Ok(words)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_in_quotes_may_contain_blanks() {
        let words = |text| split_words(text).unwrap();
        assert_eq!(words(" make  -C ../lib "), ["make", "-C", "../lib"]);
        assert_eq!(words("sh -c 'a \"b\" && c'"), ["sh", "-c", "a \"b\" && c"]);
        assert_eq!(words("  "), [""; 0]);
        assert_eq!(split_words("sh -c 'a").unwrap_err(), "a quote that is not closed: 'a");
    }
}
