//! The output of `pygo check --format sarif`, for code scanning.
//!
//! Source: OASIS, "Static Analysis Results Interchange Format (SARIF) Version 2.1.0".

use std::fmt::Write as _;
use std::path::{Component, Path, PathBuf};

use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::audit::{Finding, Inspection, Rule, Severity, catalogue};
use crate::printable::uncontrolled;

const SCHEMA: &str = "https://json.schemastore.org/sarif-2.1.0.json";
const PROJECT: &str = "https://github.com/rkhullar/python-libraries/tree/main/pygo-tools";
const RULES: &str =
    "https://github.com/rkhullar/python-libraries/blob/main/pygo-tools/docs/rules.md";

/// The log of one run.
pub fn check_sarif(checked: &[(PathBuf, Inspection)]) -> Value {
    let rules: Vec<&'static Rule> = catalogue::all().collect();
    let results: Vec<_> = checked
        .iter()
        .flat_map(|(path, found)| {
            let rules = &rules;
            found.findings.iter().map(move |finding| result(path, found, finding, rules))
        })
        .collect();
    json!({
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": {
                "name": "pygo check",
                "version": env!("CARGO_PKG_VERSION"),
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "informationUri": PROJECT,
                "rules": rules.iter().copied().map(described).collect::<Vec<_>>(),
            }},
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    })
}

fn described(rule: &Rule) -> Value {
    let anchor = format!("{}-{}", rule.code.to_ascii_lowercase(), rule.name);
    json!({
        "id": rule.code,
        "name": rule.name,
        "shortDescription": {"text": rule.summary()},
        "fullDescription": {"text": format!("{} Source: {}.", rule.why, rule.source)},
        "help": {"text": format!("Fix: {}.", rule.fix)},
        "helpUri": format!("{RULES}#{anchor}"),
        "defaultConfiguration": {"level": level(rule.severity)},
        "properties": {"tags": [rule.group.title()]},
    })
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    }
}

fn result(path: &Path, found: &Inspection, finding: &Finding, rules: &[&Rule]) -> Value {
    let mut location = json!({"physicalLocation": {
        "artifactLocation": {"uri": uri(path)},
        // A wheel has no lines, but GitHub wants one.
        "region": {"startLine": 1},
    }});
    if !finding.member.is_empty() {
        let member = on_one_line(&finding.member);
        location["logicalLocations"] = json!([{"fullyQualifiedName": member, "kind": "resource"}]);
    }
    json!({
        "ruleId": finding.rule.code,
        "ruleIndex": rules.iter().position(|rule| *rule == finding.rule),
        "level": level(finding.severity),
        "message": {"text": message(&format!("{}. Fix: {}.", finding.what, finding.fix))},
        "locations": [location],
        "partialFingerprints": {"primaryLocationLineHash": fingerprint(found, finding)},
    })
}

fn on_one_line(text: &str) -> String {
    uncontrolled(text).replace(['\n', '\t'], "\u{fffd}")
}

/// `text` as a message: brackets would make a link of what a wheel says (§3.11.6).
fn message(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in uncontrolled(text).chars() {
        if matches!(c, '\\' | '[' | ']') {
            escaped.push('\\');
        }
        escaped.push(c);
    }
    escaped
}

/// What stays the same from version to version of a project: the rule, the project, the platform
/// and the file.
fn fingerprint(found: &Inspection, finding: &Finding) -> String {
    let wheel = match &found.name {
        Some(name) => format!("{}\0{}", name.dist, name.tag),
        None => found.file_name.clone(),
    };
    let hash = Sha256::digest(format!("{}\0{wheel}\0{}", finding.rule.code, finding.member));
    let mut text = String::new();
    for byte in hash.iter().take(8) {
        let _ = write!(text, "{byte:02x}");
    }
    format!("{text}:1")
}

/// `path` as a URI: relative as it is, absolute with a scheme.
fn uri(path: &Path) -> String {
    let parts = path.components().filter_map(|part| match part {
        Component::Normal(name) => Some(encoded(&name.to_string_lossy())),
        Component::ParentDir => Some("..".to_owned()),
        _ => None,
    });
    let joined = parts.collect::<Vec<_>>().join("/");
    if path.is_absolute() { format!("file:///{joined}") } else { joined }
}

/// A segment of a path with everything escaped that RFC 3986 reserves.
fn encoded(segment: &str) -> String {
    let mut text = String::new();
    for byte in segment.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            text.push(char::from(byte));
        } else {
            let _ = write!(text, "%{byte:02X}");
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::inspect;

    #[test]
    fn paths_are_uris() {
        assert_eq!(uri(Path::new("./dist/a b+c.whl")), "dist/a%20b%2Bc.whl");
        assert_eq!(uri(Path::new("/tmp/ä.whl")), "file:///tmp/%C3%A4.whl");
        assert_eq!(uri(Path::new("../a.whl")), "../a.whl");
    }

    #[test]
    fn messages_have_neither_links_nor_control_characters() {
        assert_eq!(message("[a](https://b) \\x"), r"\[a\](https://b) \\x");
        assert_eq!(message("a\u{1b}[2Jb\u{202e}"), "a\u{fffd}\\[2Jb\u{fffd}");
        let found = inspect(&b"".as_slice(), "x-1.0-py3-none-win_amd64.whl").unwrap();
        let finding = Finding::new(catalogue::PE_ARCH, "a\u{202e}\n[b]", "is [wrong](x)");
        let result = result(Path::new("x"), &found, &finding, &[]);
        let text = result["message"]["text"].as_str().unwrap();
        assert!(text.contains(r"is \[wrong\](x). Fix: "), "{text}");
        let location = &result["locations"][0]["logicalLocations"][0];
        assert_eq!(location["fullyQualifiedName"], "a\u{fffd}\u{fffd}[b]");
    }

    #[test]
    fn fingerprints_follow_the_finding_and_not_the_version() {
        let of = |file: &str, member: &str| {
            let found = inspect(&b"".as_slice(), file).unwrap();
            fingerprint(&found, &Finding::new(catalogue::PE_ARCH, member, "is wrong"))
        };
        let first = of("x-1.0-py3-none-win_amd64.whl", "a.dll");
        assert_eq!(first, of("x-1.1-py3-none-win_amd64.whl", "a.dll"));
        assert_ne!(first, of("x-1.1-py3-none-win_arm64.whl", "a.dll"));
        assert_ne!(first, of("x-1.0-py3-none-win_amd64.whl", "b.dll"));
    }
}
