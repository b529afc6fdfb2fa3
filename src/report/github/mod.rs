//! A run as GitHub Actions shows it: annotations, groups of lines, and a page.
//!
//! Source: "Workflow commands for GitHub Actions".

mod location;
mod summary;

use std::fmt::Write as _;

use crate::error::Failure;
use crate::printable::{uncontrolled, without_passwords};

pub use location::Roots;
pub use summary::build_summary;

/// The workflow command that shows `failure` under `title`, on the line of the file that it names
/// if `roots` has that file; for standard error, which the runner reads as well.
pub fn annotate(title: &str, failure: &Failure, roots: &Roots<'_>) -> String {
    let location = roots.location(failure);
    let mut properties = Vec::new();
    if let Some(location) = &location {
        properties.push(("file", location.file.as_str()));
        properties.push(("line", &location.line));
        properties.extend(location.column.as_deref().map(|column| ("col", column)));
    }
    properties.push(("title", title));
    command("error", &properties, &failure.to_string())
}

/// The workflow commands that begin and end a group of lines, which GitHub shows folded.
pub fn group(title: &str) -> [String; 2] {
    [command("group", &[], title), command("endgroup", &[], "")]
}

/// The workflow command `name` with these properties and this text.
pub(super) fn command(name: &str, properties: &[(&str, &str)], text: &str) -> String {
    let properties: Vec<_> =
        properties.iter().map(|(key, value)| format!("{key}={}", property(value))).collect();
    let space = if properties.is_empty() { "" } else { " " };
    format!("::{name}{space}{}::{}", properties.join(","), data(text))
}

/// Text as the content of a table cell in Markdown: names come from files and must not be able to add
/// anything to the page.
pub(super) fn cell(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\n' | '\r' => safe.push(' '),
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '#' | '~' | '!' | '@' | ':' => {
                let _ = write!(safe, "&#{};", u32::from(c));
            }
            c => safe.push(c),
        }
    }
    safe
}

fn data(text: &str) -> String {
    let text = without_passwords(text);
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let text = uncontrolled(&text);
    let text = text.replace("##[", "#\u{fffd}[");
    text.replace('%', "%25").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_of_several_lines_is_one_command() {
        let failure = Failure::project("reading a, b", "100%", "x");
        assert_eq!(
            annotate("pygo: linux", &failure, &Roots::default()),
            "::error title=pygo%3A linux::reading a, b%0A  found: 100%25%0A   help: x"
        );
    }

    #[test]
    fn a_group_has_a_title_of_one_line() {
        assert_eq!(group("a\nb"), ["::group::a%0Ab", "::endgroup::"]);
    }
}
