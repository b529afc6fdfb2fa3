//! Splits a line into words, and writes words into one, as Go's commands do (`cmd/internal/quoted`).
//!
//! A word in quotes may contain blanks, and nothing is escaped.

/// The words of `text`.
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

/// `word` in a line, in quotes if it needs them. `None` if no quotes are left for it.
pub fn quote_word(word: &str) -> Option<String> {
    let is_quote = |c: char| c == '"' || c == '\'';
    let has_blank = word.contains(char::is_whitespace);
    if !word.is_empty() && !has_blank && !word.contains(is_quote) {
        return Some(word.to_owned());
    }
    match ['\'', '"'].into_iter().find(|quote| !word.contains(*quote)) {
        Some(quote) => Some(format!("{quote}{word}{quote}")),
        // A quote within a word is a character like others.
        None => (!has_blank && !word.starts_with(is_quote)).then(|| word.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_word_in_quotes_may_contain_blanks() {
        let words = |text| split_words(text).unwrap();
        assert_eq!(words(" make  -C ../lib "), ["make", "-C", "../lib"]);
        assert_eq!(words("sh -c 'a \"b\" && c'"), ["sh", "-c", "a \"b\" && c"]);
        assert_eq!(words("  "), [""; 0]);
        assert_eq!(split_words("sh -c 'a").unwrap_err(), "a quote that is not closed: 'a");
    }

    #[test]
    fn a_word_is_quoted_if_it_must_be() {
        for (word, quoted) in [
            ("-Ia", Some("-Ia")),
            ("", Some("''")),
            ("a b", Some("'a b'")),
            ("it's", Some("\"it's\"")),
            ("a\"b'c", Some("a\"b'c")),
            ("'\"", None),
            ("a' \"b", None),
        ] {
            assert_eq!(quote_word(word).as_deref(), quoted, "{word}");
        }
    }

    proptest! {
        #[test]
        fn quoted_words_are_split_again(words in prop::collection::vec("[-a='\" \\t\\PC]{0,6}", 0..5)) {
            if let Some(quoted) = words.iter().map(|word| quote_word(word)).collect::<Option<Vec<_>>>() {
                prop_assert_eq!(split_words(&quoted.join(" ")).unwrap(), words);
            }
        }
    }
}
