//! Checks that tools can read METADATA and entry_points.txt, and that the index accepts them.

use std::collections::HashSet;

use pep440_rs::{Version, VersionSpecifiers};

use super::documents::Documents;
use crate::audit::{Finding, Report, Rule, catalogue};
use crate::wheel::{Archive, DistName, Headers, Requirement};

pub(super) fn check(archive: &Archive<'_>, documents: &Documents, findings: &mut Vec<Finding>) {
    let Some(dist_info) = &documents.dist_info else {
        return;
    };
    if let Some(headers) = &documents.metadata {
        let path = format!("{dist_info}/METADATA");
        let mut checks = Checks { headers, path: &path, findings };
        checks.identity();
        checks.version_and_fields();
        checks.texts();
        checks.requirements();
        checks.license(archive, dist_info);
    }
    if let Some(bytes) = &documents.entry_points {
        let path = format!("{dist_info}/entry_points.txt");
        if let Err(what) = entry_points(bytes) {
            findings.report(catalogue::METADATA_ENTRY_POINTS, &path, what);
        }
    }
}

struct Checks<'a> {
    headers: &'a Headers,
    path: &'a str,
    findings: &'a mut Vec<Finding>,
}

/// The metadata versions that the index accepts.
const VERSIONS: &[&str] = &["1.0", "1.1", "1.2", "2.0", "2.1", "2.2", "2.3", "2.4", "2.5"];

/// Fields and the version that introduced them. License-File is missing because setuptools wrote it
/// years before it was standardized.
const INTRODUCED: &[(&str, (u16, u16))] = &[
    ("Description-Content-Type", (2, 1)),
    ("Provides-Extra", (2, 1)),
    ("Dynamic", (2, 2)),
    ("License-Expression", (2, 4)),
    ("Import-Name", (2, 5)),
    ("Import-Namespace", (2, 5)),
];

/// Fields that may appear once.
const SINGLE: &str = "Metadata-Version Name Version Summary Description Description-Content-Type \
    Keywords Home-page Download-URL Author Author-email Maintainer Maintainer-email License \
    License-Expression Requires-Python";

impl Checks<'_> {
    fn found(&mut self, rule: &'static Rule, what: impl Into<String>) {
        self.findings.report(rule, self.path, what.into());
    }

    fn identity(&mut self) {
        for field in ["Metadata-Version", "Name", "Version"] {
            if self.headers.get(field).is_none() {
                self.found(catalogue::METADATA_MALFORMED, format!("has no {field}"));
            }
        }
        if let Some(name) = self.headers.get("Name")
            && let Err(error) = name.parse::<DistName>()
        {
            self.found(catalogue::METADATA_MALFORMED, format!("has an invalid Name: {error}"));
        }
        if let Some(version) = self.headers.get("Version")
            && version.parse::<Version>().is_err()
        {
            let what = format!("has the invalid Version `{version}` (PEP 440)");
            self.found(catalogue::METADATA_MALFORMED, what);
        }
        if let Some(text) = self.headers.get("Requires-Python")
            && text.parse::<VersionSpecifiers>().is_err()
        {
            let what = format!("has the invalid Requires-Python `{text}`");
            self.found(catalogue::METADATA_REQUIRES_PYTHON, what);
        }
        let mut seen = HashSet::new();
        let mut repeated = Vec::new();
        for name in self.headers.fields().map(|(name, _)| name.to_ascii_lowercase()) {
            let single = SINGLE.split(' ').find(|single| single.eq_ignore_ascii_case(&name));
            if let Some(single) = single.filter(|_| !seen.insert(name)) {
                repeated.push(single);
            }
        }
        repeated.dedup();
        for field in repeated {
            self.found(catalogue::METADATA_REPEATED, format!("has more than one {field}"));
        }
    }

    /// The metadata version as numbers.
    fn metadata_version(&self) -> Option<(u16, u16)> {
        let (major, minor) = self.headers.get("Metadata-Version")?.split_once('.')?;
        Some((major.parse().ok()?, minor.parse().ok()?))
    }

    fn version_and_fields(&mut self) {
        if let Some(version) = self.headers.get("Metadata-Version")
            && !VERSIONS.contains(&version)
        {
            let what = format!("has Metadata-Version {version}, which the index does not accept");
            self.found(catalogue::METADATA_VERSION, what);
        }
        let Some(version) = self.metadata_version() else {
            return;
        };
        for (field, introduced) in INTRODUCED {
            if version < *introduced && self.headers.get(field).is_some() {
                let ((major, minor), (own_major, own_minor)) = (introduced, version);
                let what = format!(
                    "has {field}, which needs Metadata-Version {major}.{minor}, but declares \
                     {own_major}.{own_minor}"
                );
                self.found(catalogue::METADATA_FIELD_TOO_NEW, what);
            }
        }
    }

    fn texts(&mut self) {
        if let Some(summary) = self.headers.get("Summary") {
            let length = summary.chars().count();
            if length > 512 {
                let what = format!("has a Summary of {length} characters");
                self.found(catalogue::METADATA_SUMMARY, what);
            } else if summary.contains('\n') {
                self.found(catalogue::METADATA_SUMMARY, "has a Summary of more than one line");
            }
        }
        if let Some(text) = self.headers.get("Description-Content-Type") {
            let mut parts = text.split(';').map(|part| part.trim().to_ascii_lowercase());
            let kind = parts.next().unwrap_or_default();
            let is_known = ["text/plain", "text/x-rst", "text/markdown"].contains(&kind.as_str());
            let is_other = |part: String| {
                let charset = part.strip_prefix("charset=").map(|value| value.trim_matches('"'));
                charset.is_some_and(|charset| charset != "utf-8")
            };
            if !is_known || parts.any(is_other) {
                let what = format!("has the unsupported Description-Content-Type `{text}`");
                self.found(catalogue::METADATA_DESCRIPTION_TYPE, what);
            }
        }
        for text in self.headers.get_all("Project-URL") {
            let (label, url) = text.split_once(',').unwrap_or((text, ""));
            let (label, url) = (label.trim(), url.trim());
            let is_url = ["http://", "https://"].iter().any(|scheme| {
                url.to_ascii_lowercase().strip_prefix(scheme).is_some_and(|rest| !rest.is_empty())
            });
            if label.is_empty() || label.chars().count() > 32 || !is_url {
                let what = format!("has the invalid Project-URL `{text}`");
                self.found(catalogue::METADATA_PROJECT_URL, what);
            }
        }
        let private = |text: &&str| text.to_ascii_lowercase().starts_with("private ::");
        if let Some(classifier) = self.headers.get_all("Classifier").find(private) {
            let what = format!("has the classifier `{classifier}`");
            self.found(catalogue::INDEX_PRIVATE, what);
        }
    }

    fn requirements(&mut self) {
        for text in self.headers.get_all("Requires-Dist") {
            let parsed = Requirement::parse(text);
            match parsed.and_then(|requirement| requirement.check().map(|()| requirement)) {
                Ok(requirement) if requirement.url.is_none() => {}
                Ok(_) => {
                    self.found(catalogue::INDEX_DIRECT_URL, format!("requires a URL: `{text}`"))
                }
                Err(why) => {
                    let what = format!("has the invalid requirement `{text}`: {why}");
                    self.found(catalogue::METADATA_REQUIREMENT, what);
                }
            }
        }
    }

    fn license(&mut self, archive: &Archive<'_>, dist_info: &str) {
        if let Some(text) = self.headers.get("License-Expression")
            && let Err(error) = spdx::Expression::parse_mode(text, SPDX)
        {
            let what = format!("has the invalid License-Expression `{text}`: {}", error.reason);
            self.found(catalogue::METADATA_LICENSE_EXPRESSION, what);
        }
        // Older versions do not say where the files belong.
        if self.metadata_version().is_none_or(|version| version < (2, 4)) {
            return;
        }
        let members: HashSet<&str> =
            archive.entries.iter().map(|entry| entry.name.as_str()).collect();
        for file in self.headers.get_all("License-File") {
            let path = format!("{dist_info}/licenses/{file}");
            if !members.contains(path.as_str()) {
                let what = format!("names the License-File {file}, but {path} does not exist");
                self.found(catalogue::METADATA_LICENSE_FILE, what);
            }
        }
    }
}

/// PEP 639 allows identifiers in any case, including deprecated ones, and no unknown ones.
const SPDX: spdx::ParseMode = spdx::ParseMode {
    allow_deprecated: true,
    allow_imprecise_license_names: false,
    allow_postfix_plus_on_gpl: true,
    allow_slash_as_or_operator: false,
    allow_unknown: false,
};

/// Validates an INI file of entry points.
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
        // An indented line continues the value above it.
        if line.starts_with([' ', '\t']) && has_key {
            continue;
        }
        if let Some(inside) = bare.strip_prefix('[') {
            let name = inside.split(']').next().unwrap_or_default();
            if !inside.contains(']') || !seen.insert((name, "")) {
                return Err(format!("has an invalid section in line {number}: `{bare}`"));
            }
            (section, has_key) = (Some(name), false);
            continue;
        }
        let Some((key, _)) = bare.split_once('=') else {
            return Err(format!("has no = in line {number}: `{bare}`"));
        };
        let (Some(section), key) = (section, key.trim()) else {
            return Err(format!("has an entry before the first section, in line {number}"));
        };
        if !seen.insert((section, key)) {
            return Err(format!("has {key} twice in [{section}]"));
        }
        let is_word = |c: char| c.is_alphanumeric() || matches!(c, '_' | '.' | '-');
        let is_script = matches!(section, "console_scripts" | "gui_scripts");
        if key.is_empty() || (is_script && !key.chars().all(is_word)) {
            return Err(format!("defines a command with the invalid name `{key}`"));
        }
        has_key = true;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entry_points_are_parsed_like_installers_do() {
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
    fn license_expressions_are_spdx() {
        let is_one = |text: &str| spdx::Expression::parse_mode(text, SPDX).is_ok();
        let valid = "MIT, MIT OR Apache-2.0, LicenseRef-Own, (MIT AND BSD-3-Clause), \
            GPL-2.0-or-later WITH Classpath-exception-2.0, Apache-2.0 WITH LLVM-exception";
        for text in valid.split(", ") {
            assert!(is_one(text), "{text}");
        }
        for text in ["MIT License", "Apache 2.0", "MIT/Apache-2.0", "Proprietary", "MIT OR"] {
            assert!(!is_one(text), "{text}");
        }
    }
}
