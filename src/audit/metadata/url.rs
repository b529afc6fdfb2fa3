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
    if query.contains(['[', ']']) {
        return Err("has brackets in its query".to_owned());
    }
    let authority = path.strip_prefix("//").and_then(|path| path.split('/').next());
    let port = authority.and_then(|authority| authority.rsplit_once(':')).map(|(_, port)| port);
    let is_number = |port: &&str| !port.is_empty() && port.bytes().all(|b| b.is_ascii_digit());
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
        ] {
            assert!(check(text).is_err(), "{text}");
        }
    }
}
