//! Home-page, Download-URL and the addresses of Project-URL.

/// Whether the index accepts an address; the error continues "which". It requires http or https,
/// but neither a host nor a path.
pub(super) fn check(text: &str) -> Result<(), String> {
    let (scheme, rest) = text.split_once(':').unwrap_or(("", text));
    if !["http", "https"].iter().any(|known| scheme.eq_ignore_ascii_case(known)) {
        return Err("is not an http or https address".to_owned());
    }
    let rest = rest.split('#').next().unwrap_or_default();
    let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
    let (authority, path) = match path.strip_prefix("//") {
        Some(rest) => rest.split_at(rest.find('/').unwrap_or(rest.len())),
        None => ("", path),
    };
    let brackets = ['[', ']'];
    if query.contains(brackets) || path.contains(brackets) {
        return Err("has brackets after its host".to_owned());
    }
    let port = authority.rsplit_once(':').map(|(_, port)| port);
    // The index does not look at longer numbers, nor at other text.
    let is_number =
        |port: &&str| (1..=5).contains(&port.len()) && port.bytes().all(|b| b.is_ascii_digit());
    match port.filter(is_number) {
        Some(port) if port.parse::<u16>().is_err() => Err(format!("has the invalid port {port}")),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_accepted_as_the_index_does() {
        for text in [
            "https://a.b",
            "HTTPS://a.b",
            "http:foo",
            "https://a.b/c d",
            "https://a.b:8080/\u{fc}",
            "https://a.b?x=1#[f]",
            "https://[::1]/",
            "https://a.b:/",
        ] {
            assert_eq!(check(text), Ok(()), "{text}");
        }
        for text in [
            "www.example.com",
            "UNKNOWN",
            "git://x.y",
            "mailto:a@b.c",
            "https ://a.b",
            "http//a.b",
            "https://a.b:99999/",
            "https://a.b/?q=[x]",
            "https://a.b/[x]",
        ] {
            assert!(check(text).is_err(), "{text}");
        }
    }
}
