//! Generated pages are up to date, links resolve, and commands exist.
//!
//! `PYGO_UPDATE_DOCS=1 cargo test documents` regenerates the pages.

use std::collections::BTreeSet;
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
fn config_schema_is_current() {
    assert_current("config.schema.json", &format!("{:#}\n", pygo::project::config_schema()));
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
fn inspect_schema_is_current() {
    assert_current("inspect.schema.json", &format!("{:#}\n", pygo::report::inspect_schema()));
}

#[test]
fn doctor_schema_is_current() {
    assert_current("doctor.schema.json", &format!("{:#}\n", pygo::report::doctor_schema()));
}

#[test]
fn test_schema_is_current() {
    assert_current("test.schema.json", &format!("{:#}\n", pygo::report::test_schema()));
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

#[test]
fn the_page_about_targets_lists_the_keys_that_are_the_same_for_all() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/parts.md");
    let page = fs_err::read_to_string(page).unwrap();
    let (_, list) = page.split_once("cannot differ between\ntargets:").unwrap();
    let (list, _) = list.split_once(". A ").unwrap();
    let listed: BTreeSet<_> = list.split('`').skip(1).step_by(2).collect();

    let schema = pygo::project::config_schema();
    let keys = |properties: &serde_json::Value| -> BTreeSet<String> {
        properties.as_object().unwrap().keys().cloned().collect()
    };
    let mut own = keys(&schema["properties"]);
    for (name, table) in schema["definitions"].as_object().unwrap() {
        if name.starts_with("target-") {
            own = &own - &keys(&table["properties"]);
        }
    }
    // The first has these tables, and the others are for old projects and editors.
    for name in ["target", "dependencies", "$schema"] {
        assert!(own.remove(name), "{name}");
    }
    assert_eq!(own.iter().map(String::as_str).collect::<BTreeSet<_>>(), listed);
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

/// Where this repository is published: PyPI shows README.md without its directory.
const PUBLISHED: &str = "https://github.com/rkhullar/python-libraries/blob/main/pygo-tools/";
const RAW: &str = "https://raw.githubusercontent.com/rkhullar/python-libraries/main/pygo-tools/";

fn links(text: &str) -> impl Iterator<Item = &str> {
    text.split("](").skip(1).filter_map(|rest| rest.split_once(')')).map(|(link, _)| link)
}

#[test]
fn links_resolve() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut broken = Vec::new();
    for page in pages() {
        let text = fs_err::read_to_string(&page).unwrap();
        for link in links(&text) {
            let published = link.strip_prefix(PUBLISHED).or_else(|| link.strip_prefix(RAW));
            let (link, from) = match published {
                Some(link) => (link, root.join("README.md")),
                None if link.starts_with("http") => continue,
                None => (link, page.clone()),
            };
            let (path, fragment) = link.split_once('#').unwrap_or((link, ""));
            let target = if path.is_empty() { from } else { from.with_file_name(path) };
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
fn the_readme_has_only_absolute_links() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let readme = fs_err::read_to_string(root.join("README.md")).unwrap();
    let relative: Vec<_> = links(&readme).filter(|link| !link.starts_with("https://")).collect();
    assert!(relative.is_empty(), "PyPI cannot resolve {relative:?}");
    let project = fs_err::read_to_string(root.join("pyproject.toml")).unwrap();
    assert!(project.contains(&format!("{PUBLISHED}CHANGELOG.md")), "[project.urls] is different");
}

#[test]
fn every_page_is_in_the_index_and_the_navigation() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let index = fs_err::read_to_string(root.join("docs/index.md")).unwrap();
    let navigation = fs_err::read_to_string(root.join("mkdocs.yml")).unwrap();
    for page in fs_err::read_dir(root.join("docs")).unwrap() {
        let name = page.unwrap().file_name().into_string().unwrap();
        if name.ends_with(".md") && name != "index.md" {
            assert!(index.contains(&format!("]({name})")), "docs/index.md has no link to {name}");
            assert!(navigation.contains(&format!("- {name}\n")), "mkdocs.yml has no {name}");
        }
    }
}

/// The `pygo` commands in the indented, `console` and `shell` blocks of a page.
fn commands(text: &str) -> impl Iterator<Item = Vec<&str>> {
    let mut in_shell = false;
    let code = text.lines().filter(move |line| {
        in_shell = if line.starts_with("```") { *line == "```shell" } else { in_shell };
        in_shell || line.starts_with("    ") || line.starts_with("$ ")
    });
    code.filter_map(|line| {
        let line = line.trim_start().trim_start_matches("$ ").trim_start_matches("- run: ");
        let line = line.trim_start_matches("- ");
        let line = line.split(&['#', '>', '|', ';'][..]).next().unwrap_or_default();
        let words: Vec<_> = line.split_whitespace().collect();
        let program = words.iter().position(|word| !word.contains('='))?;
        (words[program] == "pygo").then(|| words[program + 1..].to_vec())
    })
}

#[test]
fn commands_in_the_documentation_are_valid() {
    let mut checked = 0;
    for page in pages().into_iter().filter(|page| !page.ends_with("CHANGELOG.md")) {
        let text = fs_err::read_to_string(&page).unwrap();
        let own = |arguments: &Vec<&str>| !matches!(arguments.first(), Some(&("go" | "zig")));
        for arguments in commands(&text).filter(own) {
            let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_pygo"));
            // With --help, the command checks the words before it and does nothing.
            let done = command.args(&arguments).arg("--help").output().unwrap();
            let error = String::from_utf8_lossy(&done.stderr);
            assert!(done.status.success(), "{}: {arguments:?}\n{error}", page.display());
            checked += 1;
        }
    }
    assert!(checked > 20, "{checked}");
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
