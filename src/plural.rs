//! Numbers of things, for people.

/// `1 wheel`, `2 wheels`.
pub fn plural(count: usize, word: &str) -> String {
    match count {
        1 => format!("1 {word}"),
        count => format!("{count} {word}s"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_has_no_s() {
        assert_eq!(plural(0, "wheel"), "0 wheels");
        assert_eq!(plural(1, "wheel"), "1 wheel");
        assert_eq!(plural(2, "wheel"), "2 wheels");
    }
}
