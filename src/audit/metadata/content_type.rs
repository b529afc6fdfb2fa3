//! Description-Content-Type.

const TYPES: &[&str] = &["text/plain", "text/x-rst", "text/markdown"];
const VARIANTS: &[&str] = &["GFM", "CommonMark"];

/// Checks a content type and its parameters.
pub(super) fn check(text: &str) -> Result<(), String> {
    let mut parts = text.split(';').map(str::trim);
    let kind = parts.next().unwrap_or_default().to_ascii_lowercase();
    if !TYPES.contains(&kind.as_str()) {
        return Err(format!("it is none of {}", TYPES.join(", ")));
    }
    for part in parts.filter(|part| !part.is_empty()) {
        let Some((name, value)) = part.split_once('=') else {
            return Err(format!("`{part}` is not name=value"));
        };
        let (name, value) = (name.trim(), value.trim());
        let quoted = value.strip_prefix('"').and_then(|value| value.strip_suffix('"'));
        let is_value = quoted.is_some_and(|value| !value.contains('"')) || is_token(value, "");
        if !is_token(name, "*'%") || !is_value {
            return Err(format!("`{part}` is not name=value"));
        }
        let value = quoted.unwrap_or(value);
        if name.eq_ignore_ascii_case("charset") && !value.eq_ignore_ascii_case("utf-8") {
            return Err("its charset must be UTF-8".to_owned());
        }
        let is_variant = kind == "text/markdown" && name.eq_ignore_ascii_case("variant");
        if is_variant && !VARIANTS.contains(&value) {
            return Err(format!("its variant must be one of {}", VARIANTS.join(", ")));
        }
    }
    Ok(())
}

/// Whether `text` is a token of RFC 2045 without the characters in `without`.
fn is_token(text: &str, without: &str) -> bool {
    let legal =
        |c: char| c.is_ascii_graphic() && !r#"()<>@,;:\"/[]?="#.contains(c) && !without.contains(c);
    !text.is_empty() && text.chars().all(legal)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn content_types_are_those_that_the_index_renders() {
        for text in [
            "text/plain",
            "Text/Markdown",
            "text/x-rst; charset=utf-8",
            "text/markdown; charset=\"UTF-8\"; variant=GFM",
            "text/markdown;variant=CommonMark",
            "text/plain; variant=Foo",
            "text/markdown;",
        ] {
            assert_eq!(check(text), Ok(()), "{text}");
        }
        for text in [
            "",
            "text/html",
            "markdown",
            "text/markdown; charset=latin-1",
            "text/markdown; variant=Foo",
            "text/markdown; variant=gfm",
            "text/markdown; charset",
            "text/markdown; var(iant)=GFM",
            "text/plain; variant=a=b",
            "text/plain; charset=\"UTF-8",
        ] {
            assert!(check(text).is_err(), "{text}");
        }
    }
}
