//! The constraint of a Go file, as far as it excludes the file from every build.
//!
//! Input: a comment above the package clause. Output: whether no system and no tag can satisfy it,
//! because it requires the tag `ignore`, which nobody sets. The grammar is that of
//! `go/build/constraint`; Go reports what is wrong in a constraint.

/// Whether `comment` is a constraint that excludes a file from every build.
pub(super) fn excludes(comment: &str) -> bool {
    let comment = comment.trim_end();
    if comment == "// +build ignore" {
        return true;
    }
    let Some(text) =
        comment.strip_prefix("//go:build").filter(|text| text.starts_with([' ', '\t']))
    else {
        return false;
    };
    let mut rest = Rest(text);
    let value = rest.any();
    rest.take().is_empty() && value == Value::False
}

/// The value of a constraint for all systems and tags.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Value {
    False,
    /// It depends on them.
    Open,
    True,
}

/// A constraint, without what was read of it.
struct Rest<'a>(&'a str);

impl<'a> Rest<'a> {
    /// The next word or sign; nothing at the end.
    fn peek(&self) -> &'a str {
        let text = self.0.trim_start();
        let is_tag = |c: char| c.is_alphanumeric() || c == '_' || c == '.';
        let end = match text.find(|c| !is_tag(c)) {
            Some(0) if text.starts_with("&&") || text.starts_with("||") => 2,
            Some(0) => text.chars().next().map_or(0, char::len_utf8),
            end => end.unwrap_or(text.len()),
        };
        text.get(..end).unwrap_or_default()
    }

    fn take(&mut self) -> &'a str {
        let next = self.peek();
        self.0 = self.0.trim_start().get(next.len()..).unwrap_or_default();
        next
    }

    /// Constraints with `||` between them.
    fn any(&mut self) -> Value {
        let mut value = self.all();
        while self.peek() == "||" {
            self.take();
            value = match (value, self.all()) {
                (Value::True, _) | (_, Value::True) => Value::True,
                (Value::False, other) | (other, Value::False) => other,
                _ => Value::Open,
            };
        }
        value
    }

    /// Constraints with `&&` between them.
    fn all(&mut self) -> Value {
        let mut value = self.one();
        while self.peek() == "&&" {
            self.take();
            value = match (value, self.one()) {
                (Value::False, _) | (_, Value::False) => Value::False,
                (Value::True, other) | (other, Value::True) => other,
                _ => Value::Open,
            };
        }
        value
    }

    /// A tag, its opposite, or a constraint in parentheses.
    fn one(&mut self) -> Value {
        let mut is_opposite = false;
        while self.peek() == "!" {
            self.take();
            is_opposite = !is_opposite;
        }
        let value = match self.take() {
            // Deeper ones than anybody writes would take the memory of the stack.
            "(" if self.0.matches('(').count() < 100 => {
                let value = self.any();
                self.take();
                value
            }
            "ignore" => Value::False,
            _ => Value::Open,
        };
        match value {
            Value::False if is_opposite => Value::True,
            Value::True if is_opposite => Value::False,
            value => value,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_file_that_needs_the_tag_ignore_is_in_no_build() {
        for text in [
            "//go:build ignore",
            "//go:build ignore && linux",
            "//go:build (linux || darwin) && ignore \t",
            "//go:build !(!ignore || linux) && linux",
            "//go:build ignore || ignore",
            "// +build ignore",
        ] {
            assert!(excludes(text), "{text}");
        }
        for text in [
            "//go:build linux",
            "//go:build ignore || linux",
            "//go:build !ignore",
            "//go:build ignored",
            "//go:build ignore linux",
            "//go:buildignore",
            "// //go:build ignore",
            "//go:build",
        ] {
            assert!(!excludes(text), "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read(text in "[()!&| a-i\\PC]{0,60}") {
            excludes(&format!("//go:build {text}"));
            excludes(&format!("//go:build {}ignore", "(".repeat(100_000)));
        }
    }
}
