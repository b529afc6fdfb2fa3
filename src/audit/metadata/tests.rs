//! Checks fields together.

use super::*;

fn rules(fields: &str) -> Vec<&'static Rule> {
    let headers = Headers::parse(fields.as_bytes()).unwrap();
    let mut findings = Vec::new();
    check(&headers, "METADATA", &mut findings);
    findings.iter().map(|finding| finding.rule).collect()
}

fn with(version: &str, fields: &str) -> Vec<&'static Rule> {
    rules(&format!("Metadata-Version: {version}\nName: demo\nVersion: 1.0\n{fields}\n"))
}

#[test]
fn ordinary_metadata_has_no_finding() {
    for (version, fields) in [
        ("1.0", "Platform: any\nAuthor-email: a@b.org"),
        ("2.1", "Provides-Extra: x\nRequires-Dist: y[z_]>=1,; extra == 'x'\nLicense-File: LICENSE"),
        ("2.1", "License: MIT\nHome-page: https://example.org\nRequires-Python: >=3.6,"),
        ("2.2", "Dynamic: License\nDynamic: requires-dist\nDescription: text"),
        ("2.4", "License-Expression: mit\nLicense: \nLicense-File: a/LICENSE"),
        ("2.4", "Classifier: Programming Language :: Python :: 3\nClassifier:"),
        ("2.4", "Project-URL: A, https://a.b\nProject-URL: B, https://a.b\n\nbody"),
        ("2.5", "Import-Name: a.b\nImport-Namespace: a ; private"),
        ("2.5", "Import-Name:"),
        ("2.1", "Home-page: \nMaintainer-email:"),
    ] {
        assert_eq!(with(version, fields), [] as [&Rule; 0], "{fields}");
    }
}

#[test]
fn each_fault_is_reported_by_its_rule() {
    for (version, fields, rule) in [
        ("2.0", "", catalogue::METADATA_VERSION),
        ("2.4 ", "", catalogue::METADATA_VERSION),
        ("1.0", "Classifier: Programming Language :: Go", catalogue::METADATA_FIELD_TOO_NEW),
        ("2.4", "Import-Name: a", catalogue::METADATA_FIELD_TOO_NEW),
        ("2.1", "X-Foo: bar", catalogue::METADATA_UNKNOWN_FIELD),
        ("2.1", "Keywords: a\nKeywords: b", catalogue::METADATA_REPEATED),
        ("2.1", "Description: a\n\nb", catalogue::METADATA_REPEATED),
        ("2.2", "Dynamic: Name", catalogue::METADATA_DYNAMIC),
        ("2.2", "Dynamic: Foo", catalogue::METADATA_DYNAMIC),
        ("2.1", "Provides-Extra: a b", catalogue::METADATA_EXTRA),
        ("2.5", "Import-Name: a-b", catalogue::METADATA_IMPORT_NAME),
        ("2.5", "Import-Namespace:", catalogue::METADATA_IMPORT_NAME),
        ("2.1", "Summary: a\n b", catalogue::METADATA_SUMMARY),
        ("2.1", "Provides-Dist: a b", catalogue::METADATA_REQUIREMENT),
        ("2.1", "Obsoletes-Dist: a @ https://x.y", catalogue::INDEX_DIRECT_URL),
        ("2.1", "Author-email: nobody", catalogue::INDEX_EMAIL),
        ("2.1", "Home-page: www.example.com", catalogue::INDEX_URL),
        (
            "2.1",
            "Project-URL: A, https://a.b\nProject-URL: A, https://c.d",
            catalogue::METADATA_PROJECT_URL,
        ),
        ("2.1", "Classifier: Natural Language :: Ukranian", catalogue::INDEX_CLASSIFIER),
        ("2.1", "Classifier: Private :: X", catalogue::INDEX_PRIVATE),
        ("2.4", "License: MIT\nLicense-Expression: MIT", catalogue::INDEX_LICENSE),
        ("2.4", "License-File: ../LICENSE", catalogue::METADATA_LICENSE_FILE),
        ("2.4", "License-Expression: ", catalogue::METADATA_LICENSE_EXPRESSION),
    ] {
        assert_eq!(with(version, fields), [rule], "{version} {fields}");
    }
}

#[test]
fn identity_is_required() {
    assert_eq!(rules("Name: a\nVersion: 1\n"), [catalogue::METADATA_MALFORMED]);
    assert_eq!(
        rules("Metadata-Version: 2.1\nName: a \nVersion: 1\n"),
        [catalogue::METADATA_MALFORMED]
    );
    let mut findings = Vec::new();
    let bytes = b"Metadata-Version: 2.1\nName: a\nVersion: 1\n\n\xff";
    check(&Headers::parse(bytes).unwrap(), "METADATA", &mut findings);
    assert_eq!(findings[0].what, "METADATA has a description that is not UTF-8");
}
