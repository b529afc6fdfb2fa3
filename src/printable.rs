//! Text that others wrote, made safe to print.
//!
//! Input: messages with names and output of files and tools. Output: the same, unable to control a
//! terminal or a CI runner, and without the passwords of URLs.

use std::borrow::Cow;
use std::iter::Peekable;
use std::str::Chars;

/// What takes the place of a character that is not printed.
const REPLACED: char = '\u{fffd}';

/// `text` for a terminal or the log of a CI job: without passwords, without control characters but line
/// ends, tabs and our own colors, and without lines that GitHub's runner takes for commands.
pub fn printable(text: &str) -> String {
    let text = without_passwords(text);
    let mut safe = String::with_capacity(text.len());
    for line in text.split_inclusive('\n') {
        // The runner looks behind spaces, and for the old form anywhere.
        let start = line.len() - line.trim_start().len();
        let is_command = line[start..].starts_with("::");
        let mut chars = line.chars().peekable();
        let mut at = 0;
        while let Some(c) = chars.next() {
            let here = at;
            at += c.len_utf8();
            match c {
                ':' if is_command && here == start => safe.push(REPLACED),
                '#' if line[here..].starts_with("##[") => safe.push(REPLACED),
                '\n' | '\t' => safe.push(c),
                '\u{1b}' => match color(&mut chars) {
                    Some(sequence) => {
                        at += sequence.len();
                        safe.push(c);
                        safe.push_str(&sequence);
                    }
                    None => safe.push(REPLACED),
                },
                c if is_harmful(c) => safe.push(REPLACED),
                c => safe.push(c),
            }
        }
    }
    safe
}

/// The rest of an escape sequence, if it does no more than set one of the colors that pygo uses.
fn color(chars: &mut Peekable<Chars<'_>>) -> Option<String> {
    let rest: String = chars.clone().take(5).collect();
    let end = rest.find('m')?;
    let code = rest.get(..end)?.strip_prefix('[')?;
    if !matches!(code, "0" | "1" | "2" | "4" | "31" | "32" | "33" | "34" | "35" | "36") {
        return None;
    }
    chars.by_ref().take(end + 1).for_each(drop);
    Some(format!("[{code}m"))
}

/// Whether `c` controls a terminal, or changes the order in which others are shown.
fn is_harmful(c: char) -> bool {
    (c.is_control() && !matches!(c, '\n' | '\t'))
        || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// `text` without any control character but line ends and tabs, also without colors.
pub fn uncontrolled(text: &str) -> String {
    text.chars().map(|c| if is_harmful(c) { REPLACED } else { c }).collect()
}

/// `text` with `***` in place of the passwords in its URLs, and in place of names that are tokens.
pub fn without_passwords(text: &str) -> Cow<'_, str> {
    if !text.contains("://") {
        return Cow::Borrowed(text);
    }
    // Go takes what follows the colon of such an address for its port.
    const PORT: &str = "invalid port \":";
    let mut parts = text.split(PORT);
    let first = parts.next().unwrap_or_default().to_owned();
    let text = parts.fold(first, |text, part| {
        let rest = part.find('"').and_then(|end| part.get(end..)).unwrap_or_default();
        format!("{text}{PORT}***{rest}")
    });
    let mut safe = String::with_capacity(text.len());
    let mut rest = text.as_str();
    while let Some(at) = rest.find("://") {
        let (before, after) = rest.split_at(at + 3);
        safe.push_str(before);
        let scheme = before.trim_end_matches("://");
        let scheme = scheme.rsplit(|c: char| !c.is_ascii_alphabetic()).next().unwrap_or_default();
        let scheme = scheme.to_ascii_lowercase();
        let is_web = scheme.ends_with("http") || scheme.ends_with("https");
        rest = after;
        let Some(at) = credentials(after) else { continue };
        let (user, host) = (&after[..at], &after[at + 1..]);
        match user.split_once(':') {
            Some((name, _)) => safe.push_str(&format!("{name}:***@")),
            // `git@github.com` is no secret; a token as the name of a web address is one.
            None if is_web => safe.push_str("***@"),
            None => safe.push_str(&format!("{user}@")),
        }
        rest = host;
    }
    safe.push_str(rest);
    Cow::Owned(safe)
}

/// What ends an address in a text, but not one in a password.
const ENDS: [char; 5] = ['\'', '`', '<', '>', '\\'];

/// More bytes than any user and password.
const MAX_ADDRESS: usize = 4 << 10;

/// Where the `@` after the user and the password of `address` is.
fn credentials(address: &str) -> Option<usize> {
    let ends_word = |(at, c): &(usize, char)| {
        *at >= MAX_ADDRESS || c.is_whitespace() || c.is_control() || *c == '"'
    };
    let end = address.char_indices().find(ends_word).map_or(address.len(), |(at, _)| at);
    let word = &address[..end];
    let whole = &word[..word.find(['/', '?', '#']).unwrap_or(word.len())];
    // Text ends an address with one of these, but a password may have one.
    let (authority, tail) = whole.split_at(whole.find(ENDS).unwrap_or(whole.len()));
    let is_plain = |c: char| c.is_alphanumeric() || "-_.~!$&*+=%:".contains(c);
    let is_secret = |text: &str| text.len() > 1 && text.chars().skip(1).all(is_plain);
    let in_tail = tail.rfind('@').filter(|at| is_secret(&tail[..*at]));
    let in_tail = in_tail.map(|at| authority.len() + at);
    // `https://a:b@one,https://c:d@two` is a list, and a comma may be part of a password.
    if let Some(at) = authority.rfind('@') {
        return in_tail.or(Some(at));
    }
    let is_port = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    match authority.split_once(':').filter(|_| !authority.starts_with('[')) {
        // It may even have a `/` that should have been escaped.
        Some((_, password)) if !is_port(password) => whole.rfind('@').or_else(|| word.find('@')),
        _ => in_tail,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn passwords_are_replaced_and_addresses_kept() {
        for (text, expected) in [
            ("https://me:s3cret@proxy.example/a", "https://me:***@proxy.example/a"),
            ("GOPROXY=https://u:p,q@a/x,direct", "GOPROXY=https://u:***@a/x,direct"),
            ("https://a:b@one,https://c:d@two", "https://a:***@one,https://c:***@two"),
            ("https://u:p@ss@host/", "https://u:***@host/"),
            ("https://u:pa/ss@host/", "https://u:***@host/"),
            ("https://pypi-token@host/", "https://***@host/"),
            ("ssh://git@github.com/a.git", "ssh://git@github.com/a.git"),
            ("https://proxy:8080/mod/@v/list", "https://proxy:8080/mod/@v/list"),
            ("https://host/a@b 'https://x:y@z'", "https://host/a@b 'https://x:***@z'"),
            (
                "parse \"http://u:p/q@h\": invalid port \":p\" after host",
                "parse \"http://u:***@h\": invalid port \":***\" after host",
            ),
            ("https://me:s3'cret@host", "https://me:***@host"),
            ("https://me:s3`c<r>e\\t@host/'", "https://me:***@host/'"),
            ("https://me:123'45@host", "https://me:***@host"),
            ("https://me:x'a/b@host", "https://me:***@host"),
            ("https://u:p@ss'x@host/", "https://u:***@host/"),
            ("http://[::1]:8080/mod/@v/list", "http://[::1]:8080/mod/@v/list"),
            ("https://tok'en@host", "https://***@host"),
            ("git+HTTPS://tok@host HtTp://me:pw@host", "git+HTTPS://***@host HtTp://me:***@host"),
            ("'https://a:b@one','https://c:d@two'", "'https://a:***@one','https://c:***@two'"),
            ("<https://host:80>,<me@x.org>", "<https://host:80>,<me@x.org>"),
            ("<https://host>, 'https://host'@ me@x", "<https://host>, 'https://host'@ me@x"),
            ("at `https://host:8080`: me@x.org", "at `https://host:8080`: me@x.org"),
            ("no address: a@b", "no address: a@b"),
            ("https://", "https://"),
        ] {
            assert_eq!(without_passwords(text), expected);
        }
    }

    #[test]
    fn names_cannot_control_a_terminal() {
        assert_eq!(printable("a\u{1b}]0;title\u{7}b\tc\n"), "a\u{fffd}]0;title\u{fffd}b\tc\n");
        assert_eq!(printable("\u{1b}[31mred\u{1b}[0m"), "\u{1b}[31mred\u{1b}[0m");
        for hidden in ["\u{1b}[8m", "\u{1b}[2J", "\u{9b}8m", "\r", "\u{202e}", "\u{1b}", "\u{1b}[3"]
        {
            let shown = printable(&format!("x{hidden}y"));
            assert!(shown.starts_with("x\u{fffd}"), "{shown:?}");
        }
    }

    #[test]
    fn names_cannot_command_a_runner() {
        for (text, expected) in [
            ("::set-output name=a::b", "\u{fffd}:set-output name=a::b"),
            ("ok\n  ::error::x\n", "ok\n  \u{fffd}:error::x\n"),
            ("x ##[add-mask]y", "x \u{fffd}#[add-mask]y"),
            ("std::vec, a::b", "std::vec, a::b"),
        ] {
            assert_eq!(printable(text), expected);
        }
    }

    proptest! {
        #[test]
        fn any_text_is_printable(text: String) {
            let shown = printable(&text);
            prop_assert!(shown.lines().all(|line| !line.trim_start().starts_with("::")));
            prop_assert_eq!(printable(&shown), shown);
        }
    }
}
