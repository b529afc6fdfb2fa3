//! The fields of core metadata: when each was introduced, and whether it may be repeated.

/// A field.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Field {
    pub(super) name: &'static str,
    /// The metadata version that introduced it.
    pub(super) since: (u16, u16),
    /// Whether it may be repeated.
    pub(super) is_list: bool,
}

const fn one(name: &'static str, since: (u16, u16)) -> Field {
    Field { name, since, is_list: false }
}

const fn list(name: &'static str, since: (u16, u16)) -> Field {
    Field { name, since, is_list: true }
}

/// Every field.
pub(super) const FIELDS: &[Field] = &[
    one("Metadata-Version", (1, 0)),
    one("Name", (1, 0)),
    one("Version", (1, 0)),
    list("Platform", (1, 0)),
    one("Summary", (1, 0)),
    one("Description", (1, 0)),
    one("Keywords", (1, 0)),
    one("Home-page", (1, 0)),
    one("Author", (1, 0)),
    one("Author-email", (1, 0)),
    one("License", (1, 0)),
    list("Supported-Platform", (1, 1)),
    one("Download-URL", (1, 1)),
    list("Classifier", (1, 1)),
    list("Requires", (1, 1)),
    list("Provides", (1, 1)),
    list("Obsoletes", (1, 1)),
    one("Maintainer", (1, 2)),
    one("Maintainer-email", (1, 2)),
    list("Requires-Dist", (1, 2)),
    list("Provides-Dist", (1, 2)),
    list("Obsoletes-Dist", (1, 2)),
    one("Requires-Python", (1, 2)),
    list("Requires-External", (1, 2)),
    list("Project-URL", (1, 2)),
    one("Description-Content-Type", (2, 1)),
    list("Provides-Extra", (2, 1)),
    list("Dynamic", (2, 2)),
    one("License-Expression", (2, 4)),
    // Standardized in 2.4, but setuptools wrote it before, and uploading tools leave it out then.
    list("License-File", (1, 0)),
    list("Import-Name", (2, 5)),
    list("Import-Namespace", (2, 5)),
];

/// The field called `name`, in any case.
pub(super) fn find(name: &str) -> Option<&'static Field> {
    FIELDS.iter().find(|field| field.name.eq_ignore_ascii_case(name))
}
