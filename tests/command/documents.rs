//! The pages that are made from the program's types are those that it would make now.
//!
//! `PYGO_UPDATE_DOCS=1 cargo test documents` writes them.

use std::path::Path;

#[track_caller]
fn is_current(name: &str, now: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs").join(name);
    if std::env::var_os("PYGO_UPDATE_DOCS").is_some() {
        fs_err::write(&path, now).unwrap();
    }
    let there = fs_err::read_to_string(&path).unwrap_or_default();
    assert!(
        there == now,
        "docs/{name} is not current: run PYGO_UPDATE_DOCS=1 cargo test documents"
    );
}

#[test]
fn the_reference() {
    is_current("reference.md", &pygo::cli::reference());
}

#[test]
fn the_schema_of_reports() {
    is_current("report.schema.json", &format!("{:#}\n", pygo::report::schema()));
}

#[test]
fn the_schema_of_checks() {
    is_current("check.schema.json", &format!("{:#}\n", pygo::report::check_schema()));
}

#[test]
fn the_rules() {
    is_current("rules.md", &pygo::report::rules_page());
}

#[test]
fn the_keys_in_the_readme() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md");
    let readme = fs_err::read_to_string(path).unwrap();
    assert!(
        readme.contains(pygo::project::reference().trim_end()),
        "the table of keys in README.md is not that of docs/reference.md"
    );
}
