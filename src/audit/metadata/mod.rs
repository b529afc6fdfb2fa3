//! The rules for core metadata: METADATA of a wheel and PKG-INFO of an sdist.
//!
//! In: the parsed fields. Out: a finding for everything that `packaging.metadata` or PyPI rejects.
//! What a field needs from the rest of the file (license files, the file name) is checked by
//! [`inspect`](super::inspect).
//!
//! Source: the core metadata specification, and the checks that PyPI makes on upload.

mod classifiers;
mod content_type;
mod email;
mod fields;
mod import_name;
mod license;
mod license_file;
mod mailbox;
mod url;

#[cfg(test)]
mod tests;

use std::collections::HashSet;

use pep440_rs::Version;

use self::fields::FIELDS;
use super::{Finding, Report, Rule, catalogue};
use crate::wheel::{DistName, Headers, Requirement, version_specifiers};

/// Checks the fields of the file at `path`.
pub(super) fn check(headers: &Headers, path: &str, findings: &mut Vec<Finding>) {
    let mut checks = Checks { headers, path, findings };
    checks.identity();
    checks.fields();
    checks.texts();
    checks.people_and_addresses();
    checks.requirements();
    checks.names();
    checks.license();
    checks.classifiers();
}

/// The metadata version as numbers.
fn version(headers: &Headers) -> Option<(u16, u16)> {
    let (major, minor) = headers.get("Metadata-Version")?.split_once('.')?;
    Some((major.parse().ok()?, minor.parse().ok()?))
}

/// The files that License-File names, if the metadata version says where they belong.
pub(super) fn license_files(headers: &Headers) -> impl Iterator<Item = &str> {
    let files = version(headers).filter(|version| *version >= (2, 4));
    let files = files.into_iter().flat_map(|_| headers.exact("License-File"));
    files.filter(|path| license_file::check(path).is_ok())
}

/// The metadata versions that the index accepts.
const VERSIONS: &[&str] = &["1.0", "1.1", "1.2", "2.1", "2.2", "2.3", "2.4", "2.5"];

struct Checks<'a> {
    headers: &'a Headers,
    path: &'a str,
    findings: &'a mut Vec<Finding>,
}

impl<'a> Checks<'a> {
    fn found(&mut self, rule: &'static Rule, what: impl Into<String>) {
        self.findings.report(rule, self.path, what.into());
    }

    /// The first value of a field, if it is not empty.
    fn value(&self, field: &'a str) -> Option<&'a str> {
        self.headers.exact(field).next().filter(|value| !value.trim().is_empty())
    }

    fn identity(&mut self) {
        for field in ["Metadata-Version", "Name", "Version"] {
            if self.headers.get(field).is_none() {
                self.found(catalogue::METADATA_MALFORMED, format!("has no {field}"));
            }
        }
        if let Some(name) = self.headers.exact("Name").next()
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
            && version_specifiers(text).is_err()
        {
            let what = format!("has the invalid Requires-Python `{text}`");
            self.found(catalogue::METADATA_REQUIRES_PYTHON, what);
        }
        if str::from_utf8(self.headers.body()).is_err() {
            self.found(catalogue::METADATA_MALFORMED, "has a description that is not UTF-8");
        }
    }

    fn fields(&mut self) {
        if let Some(version) = self.headers.exact("Metadata-Version").next()
            && !VERSIONS.contains(&version)
        {
            let what = format!("has Metadata-Version {version}, which the index does not accept");
            self.found(catalogue::METADATA_VERSION, what);
        }
        let mut seen: HashSet<&str> = HashSet::new();
        let mut reported: HashSet<String> = HashSet::new();
        for (name, _) in self.headers.fields() {
            let Some(field) = fields::find(name) else {
                if reported.insert(name.to_ascii_lowercase()) {
                    let what = format!("has the unknown field {name}");
                    self.found(catalogue::METADATA_UNKNOWN_FIELD, what);
                }
                continue;
            };
            let is_first = seen.insert(field.name);
            if !is_first && !field.is_list && reported.insert(field.name.to_ascii_lowercase()) {
                let what = format!("has more than one {}", field.name);
                self.found(catalogue::METADATA_REPEATED, what);
            }
        }
        if seen.contains("Description") && !self.headers.body().is_empty() {
            let what = "has a Description both as a field and after the fields";
            self.found(catalogue::METADATA_REPEATED, what);
        }
        self.too_new(&seen);
        self.dynamic();
    }

    /// Fields that the stated metadata version does not have.
    fn too_new(&mut self, seen: &HashSet<&str>) {
        let is_known = |version: &&str| VERSIONS.contains(version);
        let known = self.headers.get("Metadata-Version").filter(is_known).is_some();
        let Some(own) = version(self.headers).filter(|_| known) else {
            return;
        };
        let too_new = |field: &&fields::Field| seen.contains(field.name) && own < field.since;
        for field in FIELDS.iter().filter(too_new) {
            let ((major, minor), (own_major, own_minor)) = (field.since, own);
            let what = format!(
                "has {}, which needs Metadata-Version {major}.{minor}, but declares \
                 {own_major}.{own_minor}",
                field.name
            );
            self.found(catalogue::METADATA_FIELD_TOO_NEW, what);
        }
    }

    fn dynamic(&mut self) {
        const NEVER: &[&str] = &["Metadata-Version", "Name", "Version", "Dynamic"];
        for value in self.headers.exact("Dynamic") {
            let what = match fields::find(value) {
                None => format!("says that the unknown field `{value}` is Dynamic"),
                Some(field) if NEVER.contains(&field.name) => {
                    format!("says that {} is Dynamic, which it cannot be", field.name)
                }
                Some(_) => continue,
            };
            self.found(catalogue::METADATA_DYNAMIC, what);
        }
    }

    fn texts(&mut self) {
        if let Some(summary) = self.headers.exact("Summary").next() {
            let length = summary.chars().count();
            let is_break =
                |c| matches!(c, '\n'..='\r' | '\x1c'..='\x1e' | '\u{85}' | '\u{2028}' | '\u{2029}');
            if length > 512 {
                let what = format!("has a Summary of {length} characters; the index takes 512");
                self.found(catalogue::METADATA_SUMMARY, what);
            } else if summary.contains(is_break) {
                self.found(catalogue::METADATA_SUMMARY, "has a Summary of more than one line");
            }
        }
        if let Some(text) = self.headers.exact("Description-Content-Type").next()
            && let Err(why) = content_type::check(text)
        {
            let what = format!("has the unsupported Description-Content-Type `{text}`: {why}");
            self.found(catalogue::METADATA_DESCRIPTION_TYPE, what);
        }
    }

    fn people_and_addresses(&mut self) {
        for field in ["Author-email", "Maintainer-email"] {
            if let Some(text) = self.value(field)
                && let Err(why) = email::check(text)
            {
                let what = format!("has the invalid {field} `{text}`: {why}");
                self.found(catalogue::INDEX_EMAIL, what);
            }
        }
        for field in ["Home-page", "Download-URL"] {
            if let Some(text) = self.value(field)
                && let Err(why) = url::check(text)
            {
                self.found(catalogue::INDEX_URL, format!("has the {field} `{text}`, which {why}"));
            }
        }
        let mut labels = HashSet::new();
        for text in self.headers.get_all("Project-URL") {
            let (label, address) = text.split_once(',').unwrap_or((text, ""));
            let (label, address) = (label.trim(), address.trim());
            let length = label.chars().count();
            let why = if label.is_empty() {
                Err("it has no label".to_owned())
            } else if length > 32 {
                Err(format!("its label has {length} characters"))
            } else if !labels.insert(label) {
                Err("another one has the same label".to_owned())
            } else if address.is_empty() {
                Err("it has no address".to_owned())
            } else {
                url::check(address).map_err(|why| format!("its address {why}"))
            };
            if let Err(why) = why {
                let what = format!("has the invalid Project-URL `{text}`: {why}");
                self.found(catalogue::METADATA_PROJECT_URL, what);
            }
        }
    }

    fn requirements(&mut self) {
        for field in ["Requires-Dist", "Provides-Dist", "Obsoletes-Dist"] {
            for text in self.headers.get_all(field) {
                let parsed = Requirement::parse(text);
                match parsed.and_then(|requirement| requirement.check().map(|()| requirement)) {
                    Ok(requirement) if requirement.url.is_none() => {}
                    Ok(_) => {
                        let what = format!("has a URL in {field}: `{text}`");
                        self.found(catalogue::INDEX_DIRECT_URL, what);
                    }
                    Err(why) => {
                        let what = format!("has the invalid {field} `{text}`: {why}");
                        self.found(catalogue::METADATA_REQUIREMENT, what);
                    }
                }
            }
        }
    }

    fn names(&mut self) {
        for text in self.headers.exact("Provides-Extra") {
            if text.parse::<DistName>().is_err() {
                let what = format!("has the invalid Provides-Extra `{text}`");
                self.found(catalogue::METADATA_EXTRA, what);
            }
        }
        // One empty Import-Name says that there is nothing to import.
        let imports: Vec<_> = self.headers.exact("Import-Name").collect();
        let nothing = imports == [""];
        let named = imports.into_iter().filter(|_| !nothing).map(|text| ("Import-Name", text));
        let spaces = self.headers.exact("Import-Namespace").map(|text| ("Import-Namespace", text));
        for (field, text) in named.chain(spaces).collect::<Vec<_>>() {
            if let Err(why) = import_name::check(text) {
                let what = format!("has the invalid {field} `{text}`: {why}");
                self.found(catalogue::METADATA_IMPORT_NAME, what);
            }
        }
    }

    fn license(&mut self) {
        let expression = self.headers.exact("License-Expression").next();
        if let Some(text) = expression
            && let Err(why) = license::check(text)
        {
            let what = format!("has the invalid License-Expression `{text}`: {why}");
            self.found(catalogue::METADATA_LICENSE_EXPRESSION, what);
        }
        if expression.is_some() && self.value("License").is_some() {
            let what = "has both License and License-Expression";
            self.found(catalogue::INDEX_LICENSE, what);
        }
        // setuptools wrote License-File years before it was standardized.
        if version(self.headers).is_some_and(|version| version >= (2, 4)) {
            for text in self.headers.exact("License-File") {
                if let Err(why) = license_file::check(text) {
                    let what = format!("has the invalid License-File `{text}`: {why}");
                    self.found(catalogue::METADATA_LICENSE_FILE, what);
                }
            }
        }
    }

    fn classifiers(&mut self) {
        let mut seen = HashSet::new();
        for text in self.headers.exact("Classifier").filter(|text| !text.is_empty()) {
            if !seen.insert(text) {
                continue;
            }
            if text.to_ascii_lowercase().starts_with("private ::") {
                self.found(catalogue::INDEX_PRIVATE, format!("has the classifier `{text}`"));
            } else if let Err(fault) = classifiers::check(text) {
                let what = format!("has the {} classifier `{text}`", fault.adjective);
                let finding = Finding::new(catalogue::INDEX_CLASSIFIER, self.path, what);
                self.findings.push(match fault.fix {
                    Some(fix) => finding.with_fix(fix),
                    None => finding,
                });
            }
        }
    }
}
