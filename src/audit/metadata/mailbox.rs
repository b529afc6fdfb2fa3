//! Reads the mail address of a field such as `Ann <ann@example.org>`.
//!
//! In: the text. Out: the address that Python's `email.utils.parseaddr` finds, which the index
//! validates. It finds none if the text has no address or several, or is ambiguous; what it finds
//! need not be valid.
//!
//! Source: RFC 5322, as read by Python 3.14.

/// Characters with a meaning of their own.
const SPECIALS: &str = "()<>@,:;.\"[]";

/// Far more bytes than any list of people.
const MAX_FIELD: usize = 64 << 10;

/// The address in `field`.
pub(super) fn address(field: &str) -> Option<String> {
    if field.len() > MAX_FIELD || !has_balanced_comments(field) {
        return None;
    }
    let chars = field.chars().collect();
    let mut reader = Reader { chars, at: 0 };
    let mut found = Vec::new();
    while !reader.is_done() {
        match reader.addresses(0) {
            none if none.is_empty() => found.push(String::new()),
            some => found.extend(some),
        }
    }
    match found.as_slice() {
        [one] if !one.is_empty() && !one.contains('[') => Some(one.clone()),
        _ => None,
    }
}

/// Whether each parenthesis outside of quotes has a partner.
fn has_balanced_comments(field: &str) -> bool {
    let (mut open, mut quoted) = (0usize, false);
    let mut chars = field.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' => {
                chars.next();
            }
            '"' => quoted = !quoted,
            '(' if !quoted => open += 1,
            ')' if !quoted => match open.checked_sub(1) {
                Some(left) => open = left,
                None => return false,
            },
            _ => {}
        }
    }
    open == 0
}

/// The deepest nesting that is read: of groups, and of comments.
const MAX_DEPTH: usize = 32;

struct Reader {
    chars: Vec<char>,
    at: usize,
}

impl Reader {
    fn peek(&self) -> Option<char> {
        self.chars.get(self.at).copied()
    }

    fn is_done(&self) -> bool {
        self.at >= self.chars.len()
    }

    fn skips(&mut self, wanted: char) -> bool {
        let found = self.peek() == Some(wanted);
        self.at += usize::from(found);
        found
    }

    /// One address, or those of a group.
    fn addresses(&mut self, depth: usize) -> Vec<String> {
        self.space();
        let start = self.at;
        let first_word = self.phrase();
        self.space();
        let found = match self.peek() {
            // Words alone are taken for an address, which is then invalid.
            None => first_word.into_iter().collect(),
            Some('.' | '@') => {
                self.at = start;
                vec![self.bare_address()]
            }
            Some(':') => self.group(depth),
            Some('<') => vec![self.in_brackets()],
            Some(c) => {
                if first_word.is_none() && SPECIALS.contains(c) {
                    self.at += 1;
                }
                first_word.into_iter().collect()
            }
        };
        self.space();
        self.skips(',');
        found
    }

    fn group(&mut self, depth: usize) -> Vec<String> {
        let mut found = Vec::new();
        self.at += 1;
        while !self.is_done() {
            self.space();
            if self.skips(';') || depth >= MAX_DEPTH {
                break;
            }
            found.extend(self.addresses(depth + 1));
        }
        found
    }

    /// The words before an address. Returns the first one.
    fn phrase(&mut self) -> Option<String> {
        let mut first = None;
        while let Some(c) = self.peek() {
            let word = match c {
                ' ' | '\t' | '\r' | '\n' => {
                    self.at += 1;
                    continue;
                }
                '(' => {
                    self.comment();
                    continue;
                }
                '"' => self.delimited('"'),
                '.' => self.atom(true),
                c if is_end(c) => break,
                _ => self.atom(true),
            };
            first.get_or_insert(word);
        }
        first
    }

    /// `<ann@example.org>`.
    fn in_brackets(&mut self) -> String {
        let mut found = String::new();
        let mut is_route = false;
        self.at += 1;
        self.space();
        while let Some(c) = self.peek() {
            if is_route {
                self.domain();
                is_route = false;
            } else {
                match c {
                    '>' => {
                        self.at += 1;
                        break;
                    }
                    '@' => {
                        self.at += 1;
                        is_route = true;
                    }
                    ':' => self.at += 1,
                    _ => {
                        found = self.bare_address();
                        self.at += 1;
                        break;
                    }
                }
            }
            self.space();
        }
        found
    }

    /// `ann@example.org`, with the spaces that should not be there.
    fn bare_address(&mut self) -> String {
        let mut parts: Vec<String> = Vec::new();
        let drop_space = |parts: &mut Vec<String>| {
            if parts.last().is_some_and(|part| part.trim().is_empty()) {
                parts.pop();
            }
        };
        self.space();
        while let Some(c) = self.peek() {
            let mut keeps_space = true;
            match c {
                '.' => {
                    drop_space(&mut parts);
                    parts.push(".".to_owned());
                    self.at += 1;
                    keeps_space = false;
                }
                '"' => {
                    let text = self.delimited('"');
                    parts.push(format!("\"{text}\""));
                }
                c if is_end(c) => {
                    drop_space(&mut parts);
                    break;
                }
                _ => parts.push(self.atom(false)),
            }
            let space = self.space();
            if keeps_space && !space.is_empty() {
                parts.push(space);
            }
        }
        let local = parts.concat();
        if !self.skips('@') {
            return local;
        }
        self.space();
        match self.domain() {
            domain if domain.is_empty() => String::new(),
            domain => format!("{local}@{domain}"),
        }
    }

    fn domain(&mut self) -> String {
        let mut found = String::new();
        while let Some(c) = self.peek() {
            match c {
                ' ' | '\t' | '\r' | '\n' => self.at += 1,
                '(' => self.comment(),
                '[' => {
                    found.push('[');
                    found.push_str(&self.delimited(']'));
                    found.push(']');
                }
                '.' => {
                    found.push('.');
                    self.at += 1;
                }
                '@' => return String::new(),
                c if is_end(c) => break,
                _ => found.push_str(&self.atom(false)),
            }
        }
        found
    }

    /// Characters without a meaning, and in words, dots.
    fn atom(&mut self, in_word: bool) -> String {
        let start = self.at;
        while self.peek().is_some_and(|c| !is_end(c) || (in_word && c == '.')) {
            self.at += 1;
        }
        self.chars.get(start..self.at).unwrap_or_default().iter().collect()
    }

    /// Skips white space and comments. Returns the spaces and tabs.
    fn space(&mut self) -> String {
        let mut found = String::new();
        while let Some(c) = self.peek() {
            match c {
                ' ' | '\t' => {
                    found.push(c);
                    self.at += 1;
                }
                '\r' | '\n' => self.at += 1,
                '(' => self.comment(),
                _ => break,
            }
        }
        found
    }

    fn comment(&mut self) {
        let mut depth = 0usize;
        while let Some(c) = self.peek() {
            self.at += 1;
            match c {
                '\\' => self.at += 1,
                '(' => depth += 1,
                ')' | '\r' => {
                    depth = depth.saturating_sub(1);
                    if depth == 0 {
                        return;
                    }
                }
                _ => {}
            }
        }
    }

    /// The text up to `end`.
    fn delimited(&mut self, end: char) -> String {
        let mut found = String::new();
        self.at += 1;
        while let Some(c) = self.peek() {
            self.at += 1;
            match c {
                '\\' => {
                    found.extend(self.peek());
                    self.at += 1;
                }
                c if c == end || c == '\r' => break,
                c => found.push(c),
            }
        }
        found
    }
}

/// Whether an atom ends before `c`.
fn is_end(c: char) -> bool {
    SPECIALS.contains(c) || matches!(c, ' ' | '\t' | '\r' | '\n')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_one_address_is_found() {
        for (text, address) in [
            ("a@b.org", "a@b.org"),
            ("Ann <a@b.org>", "a@b.org"),
            ("\"Cee, Ann\" <a@b.org>", "a@b.org"),
            ("a@b.org (Ann)", "a@b.org"),
            ("A. N. Other < a @ b.org >", "a@b.org"),
            ("Team: a@b.org;", "a@b.org"),
            ("<@relay.org:a@b.org>", "a@b.org"),
            // Mistakes, which the index then rejects.
            ("Ann Lee a@b.org", "Ann Lee a@b.org"),
            ("nobody", "nobody"),
            ("\"a b\"@c.de", "\"a b\"@c.de"),
        ] {
            assert_eq!(self::address(text).as_deref(), Some(address), "{text}");
        }
    }

    #[test]
    fn several_or_ambiguous_addresses_are_none() {
        for text in [
            "",
            "<>",
            "Ann <>",
            "a@b.org, c@d.org",
            "Lee, Ann <a@b.org>",
            "Ann@Home <a@b.org>",
            "Ann (Lee <a@b.org>",
            "a@b@c.org",
            "a@[127.0.0.1]",
            "Ann <mailto:a@b.org>",
            &"a:".repeat(10_000),
            &"(".repeat(10_000),
            &format!("a@{}", "[b]".repeat(20_000)),
            &format!("{}@b.org", "a".repeat(MAX_FIELD)),
        ] {
            assert_eq!(self::address(text), None, "{text}");
        }
    }
}
