//! Inspects a source distribution: archive, file name, PKG-INFO and what a build needs.
//!
//! In: the bytes of any file and its name. Out: an [`Inspection`], as for a wheel.

use std::io::Read;

use pep440_rs::Version;

use super::inspect::{Compatible, FileKind, Inspection};
use super::{Finding, Report, catalogue, metadata};
use crate::sdist::{Listing, ListingFaultKind};
use crate::wheel::{DistName, Headers};

/// The end of the file name of an sdist.
pub const SUFFIX: &str = ".tar.gz";

/// Inspects the sdist of `size` bytes whose file name is `file_name`.
pub fn inspect_sdist(reader: impl Read, size: u64, file_name: &str) -> Inspection {
    let listing = Listing::read(reader, &["PKG-INFO", "pyproject.toml"]);
    let mut findings = Vec::new();
    for fault in &listing.faults {
        let rule = match fault.kind {
            ListingFaultKind::Unreadable => catalogue::SDIST_UNREADABLE,
            ListingFaultKind::TopDirectory => catalogue::SDIST_TOP_DIRECTORY,
            ListingFaultKind::Unsafe => catalogue::SDIST_UNSAFE_MEMBER,
        };
        findings.report(rule, &fault.member, &fault.what);
    }
    let is_unreadable = |finding: &Finding| finding.rule == catalogue::SDIST_UNREADABLE;
    let stem = file_name.strip_suffix(SUFFIX).unwrap_or(file_name);
    if !findings.iter().any(is_unreadable) {
        if let Some(root) = listing.root.as_deref().filter(|root| *root != stem) {
            let what = format!("is the top-level directory, but the file is called {file_name}");
            findings.report(catalogue::SDIST_DIRECTORY_NAME, root, what);
        }
        check_metadata(&listing, file_name, &mut findings);
        check_backend(&listing, &mut findings);
    }
    super::inspect::check_size(size, &mut findings);
    findings.sort();
    findings.dedup();
    Inspection {
        is_editable: false,
        kind: FileKind::Sdist,
        file_name: file_name.to_owned(),
        name: None,
        dist_info: None,
        size,
        files: listing.files.len(),
        binaries: Vec::new(),
        compatible: Compatible::default(),
        findings,
    }
}

fn check_metadata(listing: &Listing, file_name: &str, findings: &mut Vec<Finding>) {
    let root = listing.root.as_deref().unwrap_or_default();
    let path = format!("{root}/PKG-INFO");
    let Some(bytes) = listing.documents.get("PKG-INFO") else {
        let what = format!("has no readable {path}");
        return findings.report(catalogue::SDIST_PKG_INFO, "", what);
    };
    let headers = match Headers::parse(bytes) {
        Ok(headers) => headers,
        Err(error) => {
            let what = format!("cannot be parsed: {error}");
            return findings.report(catalogue::METADATA_MALFORMED, &path, what);
        }
    };
    metadata::check(&headers, &path, findings);
    for file in metadata::license_files(&headers) {
        if !listing.files.contains(file) {
            let what = format!("names the License-File {file}, but {root}/{file} does not exist");
            findings.report(catalogue::METADATA_LICENSE_FILE, &path, what);
        }
    }
    let name = headers.get("Name").and_then(|name| name.parse::<DistName>().ok());
    let version = headers.get("Version").and_then(|version| version.parse::<Version>().ok());
    let (Some(name), Some(version)) = (name, version) else {
        return;
    };
    let expected = format!("{}-{version}{SUFFIX}", name.escaped());
    if file_name != expected {
        let what = format!("should be called {expected}, after the name and version of PKG-INFO");
        findings.report(catalogue::SDIST_FILE_NAME, "", what);
    }
    if !version.local().is_empty() {
        let what = format!("has the local version {version}");
        findings.report(catalogue::INDEX_LOCAL_VERSION, "", what);
    }
}

fn check_backend(listing: &Listing, findings: &mut Vec<Finding>) {
    let root = listing.root.as_deref().unwrap_or_default();
    let has_setup = listing.files.contains("setup.py");
    match listing.documents.get("pyproject.toml") {
        Some(bytes) => {
            let text = str::from_utf8(bytes).map_err(|_| "it is not UTF-8".to_owned());
            let parsed = text.and_then(|text| {
                text.parse::<toml::Table>().map_err(|error| error.message().to_owned())
            });
            if let Err(why) = parsed {
                let path = format!("{root}/pyproject.toml");
                let what = format!("cannot be parsed: {why}");
                findings.report(catalogue::SDIST_NO_BACKEND, &path, what);
            }
        }
        None if has_setup => {
            findings.report(
                catalogue::SDIST_NO_PYPROJECT,
                "",
                "has setup.py, but no pyproject.toml",
            );
        }
        None => {
            let what = "has neither pyproject.toml nor setup.py";
            findings.report(catalogue::SDIST_NO_BACKEND, "", what);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::Rule;
    use crate::sdist::Sdist;
    use crate::wheel::{File, Timestamp};

    const PKG_INFO: &str =
        "Metadata-Version: 2.4\nName: My.Pkg\nVersion: 1.0\nLicense-File: LICENSE\n";

    fn rules(file_name: &str, root: &str, files: &[(&str, &str)]) -> Vec<&'static Rule> {
        let file = |text: &str| File { bytes: text.as_bytes().into(), executable: false };
        let contents = files.iter().map(|(path, text)| (path.parse().unwrap(), file(text)));
        let sdist = Sdist { root: root.to_owned(), contents: contents.collect() };
        let mut bytes = Vec::new();
        sdist.write(&mut bytes, Timestamp::default()).unwrap();
        let found = inspect_sdist(&bytes[..], bytes.len() as u64, file_name);
        found.findings.iter().map(|finding| finding.rule).collect()
    }

    fn after(from: &str, to: &str) -> Vec<&'static Rule> {
        let pkg_info = PKG_INFO.replace(from, to);
        let files = [
            ("PKG-INFO", pkg_info.as_str()),
            ("LICENSE", ""),
            ("pyproject.toml", "[build-system]\n"),
        ];
        rules("my_pkg-1.0.tar.gz", "my_pkg-1.0", &files)
    }

    #[test]
    fn a_good_sdist_has_no_finding() {
        assert_eq!(after("", ""), [] as [&Rule; 0]);
    }

    #[test]
    fn pkg_info_follows_the_rules_of_metadata() {
        for (from, to, rule) in [
            ("License-File: LICENSE", "License-File: COPYING", catalogue::METADATA_LICENSE_FILE),
            ("License-File", "Classifier: Nonsense\nLicense-File", catalogue::INDEX_CLASSIFIER),
            ("Version: 1.0\n", "Version: 1.1\n", catalogue::SDIST_FILE_NAME),
            ("Name: My.Pkg", "Name: other", catalogue::SDIST_FILE_NAME),
            ("Name: My.Pkg", "nonsense", catalogue::METADATA_MALFORMED),
        ] {
            assert_eq!(after(from, to), [rule], "{to}");
        }
    }

    #[test]
    fn names_and_build_files_are_checked() {
        let all = [("PKG-INFO", PKG_INFO), ("LICENSE", ""), ("pyproject.toml", "")];
        let named = rules("My.Pkg-1.0.tar.gz", "My.Pkg-1.0", &all);
        assert_eq!(named, [catalogue::SDIST_FILE_NAME]);
        let other = rules("my_pkg-1.0.tar.gz", "My.Pkg-1.0", &all);
        assert_eq!(other, [catalogue::SDIST_DIRECTORY_NAME]);
        let no_info = rules("my_pkg-1.0.tar.gz", "my_pkg-1.0", &all[1..]);
        assert_eq!(no_info, [catalogue::SDIST_PKG_INFO]);
        for (file, rule) in [
            (("setup.py", ""), catalogue::SDIST_NO_PYPROJECT),
            (("other.py", ""), catalogue::SDIST_NO_BACKEND),
            (("pyproject.toml", "[build-system"), catalogue::SDIST_NO_BACKEND),
        ] {
            let files = [all[0], all[1], file];
            assert_eq!(rules("my_pkg-1.0.tar.gz", "my_pkg-1.0", &files), [rule], "{file:?}");
        }
    }
}
