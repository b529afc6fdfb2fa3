//! Generated pages are up to date, and links resolve.
//!
//! `PYGO_UPDATE_DOCS=1 cargo test documents` regenerates the pages.

use std::path::{Path, PathBuf};

#[track_caller]
fn assert_current(name: &str, now: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs").join(name);
    if std::env::var_os("PYGO_UPDATE_DOCS").is_some() {
        fs_err::write(&path, now).unwrap();
    }
    let old = fs_err::read_to_string(&path).unwrap_or_default();
    assert!(old == now, "docs/{name} is out of date: run PYGO_UPDATE_DOCS=1 cargo test documents");
}

#[test]
fn reference_is_current() {
    assert_current("reference.md", &pygo::cli::reference());
}

#[test]
fn report_schema_is_current() {
    assert_current("report.schema.json", &format!("{:#}\n", pygo::report::schema()));
}

#[test]
fn check_schema_is_current() {
    assert_current("check.schema.json", &format!("{:#}\n", pygo::report::check_schema()));
}

#[test]
fn rules_are_current() {
    assert_current("rules.md", &pygo::report::rules_page());
}

#[test]
fn readme_has_the_table_of_keys() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md");
    let readme = fs_err::read_to_string(path).unwrap();
    assert!(
        readme.contains(pygo::project::reference().trim_end()),
        "the table of keys in README.md differs from docs/reference.md"
    );
}

/// The pages whose links must resolve.
fn pages() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let pages = ["README.md", "CHANGELOG.md", "toolchains/README.md"].map(|page| root.join(page));
    let docs = fs_err::read_dir(root.join("docs")).unwrap().map(|entry| entry.unwrap().path());
    pages
        .into_iter()
        .chain(docs.filter(|page| page.extension().is_some_and(|e| e == "md")))
        .collect()
}

/// The anchor that GitHub gives to a heading.
fn anchor(heading: &str) -> String {
    let heading = heading.trim_start_matches('#').trim().to_lowercase();
    let kept = |c: &char| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_');
    heading.chars().filter(kept).collect::<String>().replace(' ', "-")
}

#[test]
fn links_resolve() {
    let mut broken = Vec::new();
    for page in pages() {
        let text = fs_err::read_to_string(&page).unwrap();
        let links = text.split("](").skip(1).filter_map(|rest| rest.split_once(')'));
        for (link, _) in links.filter(|(link, _)| !link.starts_with("http")) {
            let (path, fragment) = link.split_once('#').unwrap_or((link, ""));
            let target = if path.is_empty() { page.clone() } else { page.with_file_name(path) };
            let has_anchor = |text: String| {
                let mut headings = text.lines().filter(|line| line.starts_with('#'));
                headings.any(|heading| anchor(heading) == fragment)
            };
            let resolves = target.exists()
                && (fragment.is_empty() || fs_err::read_to_string(&target).is_ok_and(has_anchor));
            if !resolves {
                broken.push(format!("{}: {link}", page.display()));
            }
        }
    }
    assert!(broken.is_empty(), "{broken:#?}");
}

#[test]
fn the_schema_of_plans() {
    assert_current("plan.schema.json", &format!("{:#}\n", pygo::report::plan_schema()));
}

#[test]
fn the_architecture_names_existing_files_and_tests() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let page = fs_err::read_to_string(root.join("docs/architecture.md")).unwrap();
    let homes = ["", "src", "tests", "python/pygo_tools"].map(|home| root.join(home));
    let is_path =
        |word: &str| [".rs", ".py", ".md", ".json", "/"].iter().any(|end| word.ends_with(end));
    let is_test = |word: &str| word.matches('_').count() > 2;
    let code: String = ["src", "tests"]
        .iter()
        .flat_map(|dir| walkdir::WalkDir::new(root.join(dir)))
        .filter_map(|entry| fs_err::read_to_string(entry.unwrap().path()).ok())
        .collect();
    let exists = |word: &&str| {
        if is_path(word) {
            homes.iter().any(|home| home.join(word).exists())
        } else {
            !is_test(word)
                || ["fn", "def"].iter().any(|key| code.contains(&format!("{key} {word}(")))
        }
    };
    let quoted = page.split('`').skip(1).step_by(2);
    let missing: Vec<_> = quoted.filter(|word| !exists(word)).collect();
    assert!(missing.is_empty(), "{missing:#?}");
}
