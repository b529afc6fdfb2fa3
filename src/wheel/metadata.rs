//! METADATA: the core metadata of a distribution.
//!
//! Input: the bytes of the file. Output: the required Python, parsed, and the same bytes plus
//! added requirements. A malformed name or version is an error.
//! <https://packaging.python.org/en/latest/specifications/core-metadata/>

use pep440_rs::{Version, VersionSpecifiers};

use super::dist_name::DistName;
use super::error::FormatError;
use super::headers::Headers;
use super::requirement::Requirement;
use super::specifiers::version_specifiers;

/// The core metadata of a distribution.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Metadata {
    headers: Headers,
    /// The version of the distribution.
    pub version: Version,
    /// The Pythons it supports, if stated.
    pub requires_python: Option<VersionSpecifiers>,
}

const REQUIRES_DIST: &str = "Requires-Dist";

impl Metadata {
    /// Parses a METADATA file.
    ///
    /// # Errors
    /// If a line is not a header, if `Metadata-Version`, `Name` or `Version` is missing, or if
    /// `Name`, `Version` or `Requires-Python` is malformed.
    pub fn parse(bytes: &[u8]) -> Result<Self, FormatError> {
        let bad = |what: String| FormatError(format!("METADATA{what}"));
        let headers = Headers::parse(bytes).map_err(|error| bad(format!(": {error}")))?;
        let field = |name| headers.get(name).ok_or_else(|| bad(format!(" has no {name}")));
        field("Metadata-Version")?;
        field("Name")?.parse::<DistName>().map_err(|error| bad(format!(", Name: {error}")))?;
        let version = field("Version")?;
        let version = version
            .parse()
            .map_err(|_| bad(format!(", Version: `{version}` is not a version (PEP 440)")))?;
        let specifiers = |text: &str| {
            let what = format!(", Requires-Python: `{text}` is not a version specifier (PEP 440)");
            version_specifiers(text).map_err(|_| bad(what))
        };
        let requires_python = headers.get("Requires-Python").map(specifiers).transpose()?;
        Ok(Self { headers, version, requires_python })
    }

    /// Its requirements, also those of extras; an error for what no installer can read.
    pub fn requirements(&self) -> impl Iterator<Item = Result<Requirement<'_>, String>> {
        self.headers.get_all(REQUIRES_DIST).map(Requirement::parse)
    }

    /// Whether `dist` is required without an extra.
    pub fn requires(&self, dist: &str) -> bool {
        let Ok(dist) = dist.parse::<DistName>() else { return false };
        let mut requirements = self.requirements().flatten();
        requirements.any(|requirement| requirement.name == dist && !requirement.is_optional())
    }

    /// Requires `dist`, unless a requirement without an extra exists. One with another marker
    /// counts, because its author has decided.
    ///
    /// Returns whether a line was added.
    pub fn require(&mut self, dist: &DistName) -> bool {
        let known = self.requires(dist.normalized());
        if !known {
            self.headers.add(REQUIRES_DIST, &dist.to_string());
        }
        !known
    }

    /// The whole file, with its body unchanged.
    pub fn to_bytes(&self) -> Vec<u8> {
        self.headers.to_bytes()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const HEAD: &str = "Metadata-Version: 2.4\nName: My.Pkg\nVersion: 1.0-1\n";

    fn metadata(more: &str) -> Metadata {
        Metadata::parse(format!("{HEAD}{more}").as_bytes()).unwrap()
    }

    fn cffi() -> DistName {
        "cffi".parse().unwrap()
    }

    #[test]
    fn fields_are_parsed() {
        let metadata =
            metadata("requires-python: >=3.10, <4\nRequires-Dist: a\nRequires-Dist: b\n");
        assert!(metadata.requires_python.as_ref().unwrap().contains(&"3.12".parse().unwrap()));
        assert!(metadata.requires("A") && metadata.requires("b") && !metadata.requires("c"));
    }

    #[test]
    fn added_requirement_follows_the_others() {
        let mut metadata = metadata(
            "Requires-Dist: a\nLicense: MIT\n        folded\n\nRequires-Dist: cffi is text here\n",
        );
        assert!(metadata.require(&cffi()));
        assert!(!metadata.require(&cffi()));
        assert_eq!(
            String::from_utf8(metadata.to_bytes()).unwrap(),
            format!(
                "{HEAD}Requires-Dist: a\nRequires-Dist: cffi\nLicense: MIT\n        folded\n\n\
                 Requires-Dist: cffi is text here\n"
            )
        );
    }

    #[test]
    fn only_a_requirement_without_an_extra_is_kept() {
        for (there, kept) in [
            ("CFFI>=1.17", true),
            ("cffi (>=1.0)", true),
            ("cffi[x] ; python_version < '3.12'", true),
            ("cffi; sys_platform == 'extra'", true),
            ("cffi>=1; python_version > \"3\" and extra=='dev'", false),
            ("cffi-stubs", false),
            ("pycffi", false),
        ] {
            let mut metadata = metadata(&format!("Requires-Dist: {there}\n"));
            assert_eq!(metadata.require(&cffi()), !kept, "{there}");
        }
    }

    #[test]
    fn missing_and_malformed_fields_are_named() {
        let error = |text: &str| Metadata::parse(text.as_bytes()).unwrap_err().to_string();
        assert_eq!(error("Name: a\nVersion: 1\n"), "METADATA has no Metadata-Version");
        assert_eq!(error("Metadata-Version: 2.4\nVersion: 1\n"), "METADATA has no Name");
        assert_eq!(
            error("Metadata-Version: 2.4\nName: a\n\nVersion: 1"),
            "METADATA has no Version"
        );
        assert!(error("Metadata-Version: 2.4\nName: a\nVersion: x\n").contains("`x`"));
        assert!(error(&format!("{HEAD}Requires-Python: three\n")).contains("`three`"));
    }

    proptest! {
        #[test]
        fn body_is_unchanged(body in proptest::collection::vec(any::<u8>(), 0..99)) {
            let bytes = [HEAD.as_bytes(), b"\n", &body].concat();
            let mut metadata = Metadata::parse(&bytes).unwrap();
            prop_assert_eq!(metadata.to_bytes(), bytes);
            metadata.require(&cffi());
            let more = [HEAD.as_bytes(), b"Requires-Dist: cffi\n\n", &body].concat();
            prop_assert_eq!(metadata.to_bytes(), more);
        }
    }
}
