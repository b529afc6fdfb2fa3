//! A dependency specifier (PEP 508): `cffi[x]>=1.17; python_version < "3.12"`.
//!
//! Input: its text, from Requires-Dist or `[build-system]`. Output: a [`Requirement`], split into
//! its parts. [`Requirement::check`] then judges versions and marker, which callers that only ask
//! for a name leave to the installer.

use std::collections::BTreeMap;

use pep440_rs::Version;

use super::dist_name::DistName;
use super::{marker, specifiers};

/// A requirement, split into its parts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Requirement<'a> {
    /// The required distribution.
    pub name: DistName,
    /// Its extras, as written.
    pub extras: Vec<&'a str>,
    /// The URL after `@`.
    pub url: Option<&'a str>,
    /// The version specifiers, without parentheses; empty if any version will do.
    pub versions: &'a str,
    /// The environment marker after `;`.
    pub marker: Option<&'a str>,
}

impl<'a> Requirement<'a> {
    /// Splits a requirement into its parts.
    ///
    /// # Errors
    /// No valid name, malformed extras, no URL after `@`.
    pub fn parse(text: &'a str) -> Result<Self, String> {
        let text = text.trim();
        let in_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
        let (name, rest) = text.split_at(text.find(|c| !in_name(c)).unwrap_or(text.len()));
        let name = name.parse::<DistName>().map_err(|error| error.to_string())?;
        let (extras, rest) = extras(rest.trim_start())?;
        if let Some(rest) = rest.strip_prefix('@') {
            // A URL may contain `;`, so a space sets its marker off.
            let (url, marker) = split_marker(rest, " ;");
            if url.is_empty() {
                return Err("there is no URL after `@`".to_owned());
            }
            return Ok(Self { name, extras, url: Some(url), versions: "", marker });
        }
        let (versions, marker) = split_marker(rest, ";");
        let bare = versions.strip_prefix('(').and_then(|inner| inner.strip_suffix(')'));
        let versions = bare.unwrap_or(versions).trim();
        Ok(Self { name, extras, url: None, versions, marker })
    }

    /// Checks the marker and the version specifiers of a requirement without a URL.
    ///
    /// # Errors
    /// What no installer can read.
    pub fn check(&self) -> Result<(), String> {
        if self.url.is_some() {
            return Ok(());
        }
        self.marker.map_or(Ok(()), marker::check)?;
        if self.versions.is_empty() {
            return Ok(());
        }
        // The grammar allows a comma at the end, and nowhere else without a specifier.
        let list = self.versions.strip_suffix(',').unwrap_or(self.versions);
        list.split(',').try_for_each(|part| specifiers::single(part.trim()).map(|_| ()))
    }

    /// Whether the marker depends on an extra.
    pub fn is_optional(&self) -> bool {
        self.marker.is_some_and(marker::has_extra)
    }
}

impl Requirement<'_> {
    /// Whether it applies to a Python with these variables of markers when `extra` is wanted, which
    /// is empty for what is required without one. `None` if that is unknown.
    pub fn applies(&self, variables: &BTreeMap<String, String>, extra: &str) -> Option<bool> {
        match self.marker {
            Some(marker) => marker::evaluate(marker, variables, extra).ok().flatten(),
            None => Some(true),
        }
    }

    /// Whether the installed `version` satisfies it. `None` if that is unknown: from a version,
    /// nobody can see a URL.
    pub fn allows(&self, version: &Version) -> Option<bool> {
        if self.url.is_some() {
            return None;
        }
        let parts = self.versions.split(',').map(str::trim).filter(|part| !part.is_empty());
        let allows = |part| Some(specifiers::single(part).ok()??.contains(version));
        parts.map(allows).try_fold(true, |all, one| Some(all && one?))
    }
}

fn split_marker<'a>(text: &'a str, separator: &str) -> (&'a str, Option<&'a str>) {
    let (text, marker) =
        text.split_once(separator).map_or((text, None), |(text, marker)| (text, Some(marker)));
    (text.trim(), marker.map(str::trim))
}

/// The extras of `[extra, ...]`, and the text that follows.
fn extras(text: &str) -> Result<(Vec<&str>, &str), String> {
    let Some(inside) = text.strip_prefix('[') else { return Ok((Vec::new(), text)) };
    let (list, rest) = inside.split_once(']').ok_or("its `[` is not closed")?;
    if list.trim().is_empty() {
        return Ok((Vec::new(), rest.trim_start()));
    }
    let extras: Vec<_> = list.split(',').map(str::trim).collect();
    match extras.iter().find(|extra| !is_extra(extra)) {
        Some(extra) => Err(format!("`{extra}` is not a valid extra")),
        None => Ok((extras, rest.trim_start())),
    }
}

/// Whether tools read `text` as an extra: unlike a name, it may end in `_`.
fn is_extra(text: &str) -> bool {
    text.trim_end_matches('_').parse::<DistName>().is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn splits_a_requirement_into_its_parts() {
        let parts = Requirement::parse(" Foo.Bar [a, b](>=1, <2) ; extra == 'x' ").unwrap();
        assert_eq!(parts.name.normalized(), "foo-bar");
        assert_eq!((parts.extras, parts.versions), (vec!["a", "b"], ">=1, <2"));
        assert_eq!((parts.url, parts.marker), (None, Some("extra == 'x'")));
        let parts = Requirement::parse("foo[x]@git+https://host/foo;y ; os_name == 'nt'").unwrap();
        assert_eq!((parts.url, parts.versions), (Some("git+https://host/foo;y"), ""));
        assert_eq!(parts.marker, Some("os_name == 'nt'"));
    }

    #[test]
    fn accepts_what_people_write() {
        for text in [
            "cffi",
            "Foo.Bar >=1.0",
            "foo[a,b]>=1,<2 ; extra == 'x'",
            "foo (>=1.0)",
            "foo>=1.0,",
            "foo; python_version < \"3.9\" and (os_name == 'nt' or sys_platform != 'win32')",
            "foo===1.0-odd",
            "foo ~= 1.4.2",
            "foo!=1.*; 'linux' in sys_platform",
            "foo @ https://host/foo.whl ; extra == 'x'",
            "foo[x_]",
            "foo[]",
            "foo; 'x' not in extras or ((os_name == \"nt\"))",
        ] {
            assert_eq!(Requirement::parse(text).unwrap().check(), Ok(()), "{text}");
        }
    }

    #[test]
    fn rejects_what_no_installer_reads() {
        for text in [
            "",
            ">=1",
            "foo>>1",
            "foo[",
            "foo[a b]",
            "foo; pithon_version < '3'",
            "foo; extra == 'x",
            "foo; extra == '",
            "foo;",
            "foo bar",
            "foo @",
            "foo; (extra == 'x'",
            "foo; extra",
            "foo; extra == 'x' & os_name == 'nt'",
            "foo; extra == 'x' and",
            "foo; extra = 'x'",
            "foo; extra == 'x' os_name == 'nt'",
            "foo; extra not 'x'",
            "foo; ()",
            "foo[a,]",
            "foo>=1,,<2",
            "foo,>=1",
            "foo>=1 <2",
        ] {
            let checked = Requirement::parse(text).and_then(|requirement| requirement.check());
            assert!(checked.is_err(), "{text}");
        }
    }

    #[test]
    fn an_installed_version_satisfies_or_not() {
        for (text, version, expected) in [
            ("foo", "1.0.dev1", Some(true)),
            ("foo>=1,<2", "1.4", Some(true)),
            ("foo>=1,<2", "2.0", Some(false)),
            ("foo>=1", "2.0rc1", Some(true)),
            ("foo (!=1.5)", "1.5.0", Some(false)),
            ("foo===1.0", "1.0", None),
            ("foo>=one", "1.0", None),
            ("foo @ https://host/foo.whl", "1.0", None),
        ] {
            let requirement = Requirement::parse(text).unwrap();
            assert_eq!(requirement.allows(&version.parse().unwrap()), expected, "{text}");
        }
    }

    #[test]
    fn a_requirement_applies_by_its_marker() {
        let variables = [("sys_platform".to_owned(), "linux".to_owned())].into();
        for (text, extra, expected) in [
            ("foo", "", Some(true)),
            ("foo; sys_platform == 'win32'", "", Some(false)),
            ("foo; extra == 'dev'", "dev", Some(true)),
            ("foo; os_name == 'nt'", "", None),
            ("foo; nonsense", "", None),
        ] {
            let requirement = Requirement::parse(text).unwrap();
            assert_eq!(requirement.applies(&variables, extra), expected, "{text}");
        }
    }

    #[test]
    fn only_the_variable_extra_makes_a_requirement_optional() {
        for (text, optional) in [
            ("cffi; extra == 'dev'", true),
            ("cffi>=1; python_version > \"3\" and extra=='dev'", true),
            ("cffi @ https://example.org/cffi.whl ; extra == 'dev'", true),
            ("cffi @ https://example.org/cffi.whl;extra", false),
            ("cffi; sys_platform == 'extra'", false),
            ("cffi", false),
        ] {
            assert_eq!(Requirement::parse(text).unwrap().is_optional(), optional, "{text}");
        }
    }
}
