//! Author-email and Maintainer-email.
//!
//! The index reads one address and validates it. It accepts a field with several addresses, or one
//! that it cannot read, without a check, and so does this.

/// Top-level domains that nothing can be delivered to.
const RESERVED: &[&str] = &["arpa", "invalid", "local", "localhost", "onion", "test"];

/// Checks the address in a field such as `Ann <ann@example.org>`.
pub(super) fn check(field: &str) -> Result<(), String> {
    let Some(address) = address(field) else {
        return Ok(());
    };
    let Some((local, domain)) = address.split_once('@') else {
        return Err("it has no @".to_owned());
    };
    let in_local =
        |c: char| !c.is_ascii() || c.is_ascii_alphanumeric() || "!#$%&'*+-/=?^_`{|}~".contains(c);
    if !local.split('.').all(|part| !part.is_empty() && part.chars().all(in_local)) {
        return Err(format!("`{local}` cannot be before the @"));
    }
    let labels: Vec<&str> = domain.split('.').collect();
    let legal = |c: char| !c.is_ascii() || c.is_ascii_alphanumeric() || c == '-';
    let is_label = |label: &&str| {
        let edges = [label.chars().next(), label.chars().next_back()];
        (1..=63).contains(&label.len())
            && label.chars().all(legal)
            && edges.iter().all(|edge| *edge != Some('-'))
    };
    let top = labels.last().copied().unwrap_or_default();
    if labels.len() < 2
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

/// The one address of a field; none if there is none, or if it is not clear which one it is.
fn address(field: &str) -> Option<String> {
    let mut bare = String::new();
    let (mut comments, mut quoted) = (0usize, false);
    let mut chars = field.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' => {
                chars.next();
            }
            '"' if comments == 0 => quoted = !quoted,
            _ if quoted => {}
            '(' => comments += 1,
            ')' => comments = comments.checked_sub(1)?,
            _ if comments > 0 => {}
            ',' | ';' => return None,
            c => bare.push(c),
        }
    }
    if quoted || comments > 0 {
        return None;
    }
    let address = match bare.split_once('<') {
        Some((_, rest)) => {
            rest.split('>').next().unwrap_or_default().split_whitespace().collect::<String>()
        }
        None => bare.trim().to_owned(),
    };
    let is_unclear = address.matches('@').count() > 1
        || (address.contains('@') && address.contains([' ', '\t', '\n', ':', '<', '>', '[', ']']));
    // A quoted local part is gone by now.
    let is_empty = address.is_empty() || address.starts_with('@');
    (!is_unclear && !is_empty).then_some(address)
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
            "a@b..c",
            "a@b.11",
            "a@b_c.de",
            "https://x.y",
        ] {
            assert!(check(text).is_err(), "{text}");
        }
    }

    #[test]
    fn several_or_unreadable_addresses_are_accepted() {
        for text in ["a@b.c, d@e.f", "nobody, no one", "<>", "Ann <>", "a@b@c.d", "(", "a \"b"] {
            assert_eq!(check(text), Ok(()), "{text}");
        }
    }
}
