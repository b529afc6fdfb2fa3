//! Author-email and Maintainer-email.
//!
//! The index reads one address and validates it. It accepts a field with several addresses, or one
//! that it cannot read, without a check, and so does this.

use super::mailbox;

/// Top-level domains that nothing can be delivered to.
const RESERVED: &[&str] = &["arpa", "invalid", "local", "localhost", "onion", "test"];

/// What internationalized names take for a dot.
const DOTS: [char; 4] = ['.', '\u{3002}', '\u{ff0e}', '\u{ff61}'];

/// Checks the address in a field such as `Ann <ann@example.org>`.
pub(super) fn check(field: &str) -> Result<(), String> {
    let Some(address) = mailbox::address(field) else {
        return Ok(());
    };
    let Some((local, domain)) = address.split_once('@') else {
        return Err("it has no @".to_owned());
    };
    if local.contains(' ') {
        return Err("the name must come before <, and the address between < and >".to_owned());
    }
    let in_local =
        |c: char| !c.is_ascii() || c.is_ascii_alphanumeric() || "!#$%&'*+-/=?^_`{|}~".contains(c);
    if !local.split('.').all(|part| !part.is_empty() && part.chars().all(in_local)) {
        return Err(format!("`{local}` cannot be before the @"));
    }
    let labels: Vec<&str> = domain.split(DOTS).collect();
    let legal = |c: char| c.is_alphanumeric() || c == '-';
    let is_encoded = |start: &str| start.eq_ignore_ascii_case("xn--");
    let is_label = |label: &&str| {
        let edges = [label.chars().next(), label.chars().next_back()];
        (1..=63).contains(&label.len())
            && label.chars().all(legal)
            // Reserved for encoded names.
            && (label.get(2..4) != Some("--") || label.get(..4).is_some_and(is_encoded))
            && edges.iter().all(|edge| *edge != Some('-'))
    };
    let top = labels.last().copied().unwrap_or_default();
    if labels.len() < 2
        || domain.len() > 253
        || !labels.iter().all(is_label)
        || top.ends_with(|c: char| c.is_ascii_digit())
    {
        return Err(format!("`{domain}` is not the name of a host"));
    }
    if RESERVED.iter().any(|reserved| top.eq_ignore_ascii_case(reserved)) {
        return Err(format!("`{domain}` is reserved"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_address_is_validated() {
        for text in [
            "a@b.c",
            "Ann B. <first.last+tag@x-y.org>",
            "\"B, Ann\" <a@example.com>",
            "a@b.c (Ann)",
            "\u{fc}@\u{fc}.de",
            "a'b@c.de",
        ] {
            assert_eq!(check(text), Ok(()), "{text}");
        }
        for text in [
            "nobody",
            "a b c",
            "UNKNOWN",
            "a at b dot c",
            "Ann <nobody>",
            "a@b",
            "a@localhost",
            "a@host.local",
            "a..b@c.de",
            ".a@b.c",
            "a@-b.c",
            "a@bc--d.org",
            "a@b..c",
            "a@b.11",
            "a@b_c.de",
            "https://x.y",
            "Ann Lee a@b.org",
            "a@b.org\u{200b}",
        ] {
            assert!(check(text).is_err(), "{text}");
        }
    }

    #[test]
    fn several_or_unreadable_addresses_are_accepted() {
        for text in ["a@b.c, d@e.f", "nobody, no one", "<>", "Ann <>", "a@b@c.d", "("] {
            assert_eq!(check(text), Ok(()), "{text}");
        }
    }
}
