//! METADATA and entry_points.txt: whether tools can read them, and the index takes them.

use std::collections::HashSet;

use pep440_rs::{Version, VersionSpecifiers};

use super::super::{Finding, Rule, catalogue as code};
use super::Documents;
use crate::wheel::{Archive, DistName, Headers, Requirement};

/// Reads METADATA.
pub(super) fn headers(
    bytes: Option<Vec<u8>>,
    dist_info: Option<&str>,
    findings: &mut Vec<Finding>,
) -> Option<Headers> {
    let path = format!("{}/METADATA", dist_info?);
    let Some(bytes) = bytes else {
        let what = format!("has no readable {path}");
        findings.push(Finding::new(code::METADATA_MALFORMED, "", what));
        return None;
    };
    match Headers::parse(&bytes) {
        Ok(headers) => Some(headers),
        Err(error) => {
            let what = format!("cannot be read: {error}");
            findings.push(Finding::new(code::METADATA_MALFORMED, &path, what));
            None
        }
    }
}

pub(super) fn check(archive: &Archive<'_>, documents: &Documents, findings: &mut Vec<Finding>) {
    let Some(dist_info) = &documents.dist_info else {
        return;
    };
    if let Some(headers) = &documents.metadata {
        let path = format!("{dist_info}/METADATA");
        let mut checks = Checks { headers, path: &path, findings };
        checks.identity();
        checks.version_of_format();
        checks.texts();
        checks.requirements();
        checks.licence(archive, dist_info);
    }
    if let Some(bytes) = &documents.entry_points {
        let path = format!("{dist_info}/entry_points.txt");
        if let Err(what) = entry_points(bytes) {
            findings.push(Finding::new(code::METADATA_ENTRY_POINTS, &path, what));
        }
    }
}

struct Checks<'a> {
    headers: &'a Headers,
    path: &'a str,
    findings: &'a mut Vec<Finding>,
}

/// The versions of the format that the index takes.
const VERSIONS: &[&str] = &["1.0", "1.1", "1.2", "2.0", "2.1", "2.2", "2.3", "2.4", "2.5"];

/// Fields with the version that brought them. License-File is not among them: setuptools wrote it
/// for years before there was a version for it.
const BROUGHT: &[(&str, (u16, u16))] = &[
    ("Description-Content-Type", (2, 1)),
    ("Provides-Extra", (2, 1)),
    ("Dynamic", (2, 2)),
    ("License-Expression", (2, 4)),
    ("Import-Name", (2, 5)),
    ("Import-Namespace", (2, 5)),
];

/// Fields that may stand once.
const SINGLE: &[&str] = &[
    "Metadata-Version",
    "Name",
    "Version",
    "Summary",
    "Description",
    "Description-Content-Type",
    "Keywords",
    "Home-page",
    "Download-URL",
    "Author",
    "Author-email",
    "Maintainer",
    "Maintainer-email",
    "License",
    "License-Expression",
    "Requires-Python",
];

impl Checks<'_> {
    fn found(&mut self, rule: &'static Rule, what: impl Into<String>) {
        self.findings.push(Finding::new(rule, self.path, what.into()));
    }

    fn identity(&mut self) {
        for field in ["Metadata-Version", "Name", "Version"] {
            if self.headers.get(field).is_none() {
                self.found(code::METADATA_MALFORMED, format!("has no {field}"));
            }
        }
        if let Some(name) = self.headers.get("Name")
            && let Err(error) = name.parse::<DistName>()
        {
            self.found(code::METADATA_MALFORMED, format!("has a bad Name: {error}"));
        }
        if let Some(version) = self.headers.get("Version")
            && version.parse::<Version>().is_err()
        {
            let what = format!("has the Version `{version}`, which is none (PEP 440)");
            self.found(code::METADATA_MALFORMED, what);
        }
        if let Some(text) = self.headers.get("Requires-Python")
            && text.parse::<VersionSpecifiers>().is_err()
        {
            let what = format!("has the Requires-Python `{text}`, which is no version specifier");
            self.found(code::METADATA_REQUIRES_PYTHON, what);
        }
        let mut seen = HashSet::new();
        let mut repeated: Vec<String> = Vec::new();
        for name in self.headers.fields().map(|(name, _)| name.to_ascii_lowercase()) {
            let single = SINGLE.iter().find(|single| single.eq_ignore_ascii_case(&name));
            if let Some(single) = single.filter(|_| !seen.insert(name)) {
                repeated.push((*single).to_owned());
            }
        }
        repeated.dedup();
        for field in repeated {
            self.found(code::METADATA_REPEATED, format!("has {field} twice"));
        }
    }

    /// The version of the format, as numbers.
    fn number(&self) -> Option<(u16, u16)> {
        let (major, minor) = self.headers.get("Metadata-Version")?.split_once('.')?;
        Some((major.parse().ok()?, minor.parse().ok()?))
    }

    fn version_of_format(&mut self) {
        if let Some(version) = self.headers.get("Metadata-Version")
            && !VERSIONS.contains(&version)
        {
            let what = format!("has Metadata-Version {version}, which the index does not take");
            self.found(code::METADATA_VERSION, what);
        }
        let Some(number) = self.number() else {
            return;
        };
        for (field, brought) in BROUGHT {
            if number < *brought && self.headers.get(field).is_some() {
                let what = format!(
                    "has {field}, which came with Metadata-Version {}.{}, and says {}.{}",
                    brought.0, brought.1, number.0, number.1
                );
                self.found(code::METADATA_FIELD_TOO_NEW, what);
            }
        }
    }

    fn texts(&mut self) {
        if let Some(summary) = self.headers.get("Summary") {
            let length = summary.chars().count();
            if length > 512 {
                self.found(code::METADATA_SUMMARY, format!("has a Summary of {length} characters"));
            } else if summary.contains('\n') {
                self.found(code::METADATA_SUMMARY, "has a Summary of several lines");
            }
        }
        if let Some(text) = self.headers.get("Description-Content-Type") {
            let mut parts = text.split(';').map(|part| part.trim().to_ascii_lowercase());
            let kind = parts.next().unwrap_or_default();
            let is_known = ["text/plain", "text/x-rst", "text/markdown"].contains(&kind.as_str());
            let charset = parts.filter_map(|part| {
                part.strip_prefix("charset=").map(|charset| charset.trim_matches('"').to_owned())
            });
            let mut charset = charset.into_iter();
            if !is_known || charset.any(|charset| charset != "utf-8") {
                let what = format!("has the Description-Content-Type `{text}`");
                self.found(code::METADATA_DESCRIPTION_TYPE, what);
            }
        }
        for text in self.headers.get_all("Project-URL") {
            let (label, url) = text.split_once(',').unwrap_or((text, ""));
            let (label, url) = (label.trim(), url.trim());
            let is_url = ["http://", "https://"].iter().any(|scheme| {
                url.to_ascii_lowercase().strip_prefix(scheme).is_some_and(|rest| !rest.is_empty())
            });
            if label.is_empty() || label.chars().count() > 32 || !is_url {
                let what = format!("has the Project-URL `{text}`");
                self.findings.push(Finding::new(code::METADATA_PROJECT_URL, self.path, what));
            }
        }
        let private = |text: &&str| text.to_ascii_lowercase().starts_with("private ::");
        if let Some(classifier) = self.headers.get_all("Classifier").find(private) {
            let what = format!("has the classifier `{classifier}`");
            self.found(code::INDEX_PRIVATE, what);
        }
    }

    fn requirements(&mut self) {
        for text in self.headers.get_all("Requires-Dist") {
            let parsed = Requirement::parse(text);
            let found =
                match parsed.and_then(|requirement| requirement.check().map(|()| requirement)) {
                    Ok(requirement) if requirement.url.is_none() => continue,
                    Ok(_) => {
                        let what = format!("requires a URL: `{text}`");
                        Finding::new(code::INDEX_DIRECT_URL, self.path, what)
                    }
                    Err(why) => {
                        let what = format!("has the requirement `{text}`: {why}");
                        Finding::new(code::METADATA_REQUIREMENT, self.path, what)
                    }
                };
            self.findings.push(found);
        }
    }

    fn licence(&mut self, archive: &Archive<'_>, dist_info: &str) {
        if let Some(text) = self.headers.get("License-Expression")
            && let Err(error) = spdx::Expression::parse_mode(text, SPDX)
        {
            let what = format!("has the License-Expression `{text}`: {}", error.reason);
            self.found(code::METADATA_LICENSE_EXPRESSION, what);
        }
        // Where the files are to lie was left open before.
        if self.number().is_none_or(|number| number < (2, 4)) {
            return;
        }
        let there: HashSet<&str> =
            archive.entries.iter().map(|entry| entry.name.as_str()).collect();
        for file in self.headers.get_all("License-File") {
            let path = format!("{dist_info}/licenses/{file}");
            if !there.contains(path.as_str()) {
                let what = format!("names the License-File {file}, and {path} is not there");
                self.findings.push(Finding::new(code::METADATA_LICENSE_FILE, self.path, what));
            }
        }
    }
}

/// What PEP 639 allows: identifiers in any case, deprecated ones included, and no others.
const SPDX: spdx::ParseMode = spdx::ParseMode {
    allow_deprecated: true,
    allow_imprecise_license_names: false,
    allow_postfix_plus_on_gpl: true,
    allow_slash_as_or_operator: false,
    allow_unknown: false,
};

/// Reads an INI file of entry points.
fn entry_points(bytes: &[u8]) -> Result<(), String> {
    let text = str::from_utf8(bytes).map_err(|_| "is not UTF-8".to_owned())?;
    let mut section: Option<&str> = None;
    let mut seen = HashSet::new();
    let mut has_key = false;
    for (index, line) in text.lines().enumerate() {
        let number = index + 1;
        let bare = line.trim();
        if bare.is_empty() || bare.starts_with(['#', ';']) {
            continue;
        }
        // An indented line goes on with the value above it.
        if line.starts_with([' ', '\t']) && has_key {
            continue;
        }
        if let Some(inside) = bare.strip_prefix('[') {
            let name = inside.split(']').next().unwrap_or_default();
            if !inside.contains(']') || !seen.insert((name, "")) {
                return Err(format!("has a bad section in line {number}: `{bare}`"));
            }
            (section, has_key) = (Some(name), false);
            continue;
        }
        let Some((key, _)) = bare.split_once('=') else {
            return Err(format!("has no = in line {number}: `{bare}`"));
        };
        let (Some(section), key) = (section, key.trim()) else {
            return Err(format!("has an entry before any section, in line {number}"));
        };
        if !seen.insert((section, key)) {
            return Err(format!("has {key} twice in [{section}]"));
        }
        let is_word = |c: char| c.is_alphanumeric() || matches!(c, '_' | '.' | '-');
        let is_script = matches!(section, "console_scripts" | "gui_scripts");
        if key.is_empty() || (is_script && !key.chars().all(is_word)) {
            return Err(format!("makes a command called `{key}`"));
        }
        has_key = true;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entry_points_are_read_as_installers_read_them() {
        assert_eq!(entry_points(b"[console_scripts]\nrun = a:b\n\n[x.y]\nz=w\n"), Ok(()));
        assert_eq!(entry_points(b"# nothing\n"), Ok(()));
        for text in [
            &b"run = a:b\n"[..],
            b"[console_scripts]\n../run = a:b\n",
            b"[console_scripts]\nrun\n",
            b"[a]\nx=1\nx=2\n",
            b"\xff",
        ] {
            assert!(entry_points(text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn licence_expressions_are_spdx() {
        let is_one = |text: &str| spdx::Expression::parse_mode(text, SPDX).is_ok();
        for text in [
            "MIT",
            "MIT OR Apache-2.0",
            "LicenseRef-Own",
            "(MIT AND BSD-3-Clause)",
            "GPL-2.0-or-later WITH Classpath-exception-2.0",
            "Apache-2.0 WITH LLVM-exception",
        ] {
            assert!(is_one(text), "{text}");
        }
        for text in ["MIT License", "Apache 2.0", "MIT/Apache-2.0", "Proprietary", "MIT OR"] {
            assert!(!is_one(text), "{text}");
        }
    }
}
