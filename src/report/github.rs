//! Failures as GitHub Actions shows them beside a run.
//!
//! Source: "Workflow commands for GitHub Actions", `::error`.

use crate::error::Failure;
use crate::printable::{uncontrolled, without_passwords};

/// The workflow command that shows `failure` under `title`; for standard error, which the
/// runner reads as well.
pub fn annotate(title: &str, failure: &Failure) -> String {
    command("error", &[("title", title)], &failure.to_string())
}

/// The workflow command `name` with these properties and this text.
pub(super) fn command(name: &str, properties: &[(&str, &str)], text: &str) -> String {
    let properties: Vec<_> =
        properties.iter().map(|(key, value)| format!("{key}={}", property(value))).collect();
    format!("::{name} {}::{}", properties.join(","), data(text))
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
            annotate("pygo: linux", &failure),
            "::error title=pygo%3A linux::reading a, b%0A  found: 100%25%0A   help: x"
        );
    }
}
