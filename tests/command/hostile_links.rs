//! Links and names that somebody made so that pygo reads or writes files elsewhere.

use std::path::Path;

use serde_json::{Value, json};

use crate::check::good;
use crate::kept::{build, own_cache, project, walk};
use crate::merging::{hex, run};
use crate::support::Test;

const GOOD: &str = "x-1.0-py3-none-any.whl";

/// A file that no message may repeat, and that nothing may change.
fn secret() -> (tempfile::TempDir, String) {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("secret");
    fs_err::write(&file, "s3cret = [\n").unwrap();
    (dir, file.display().to_string())
}

#[track_caller]
fn untouched(secret: &str) {
    assert_eq!(fs_err::read_to_string(secret).unwrap(), "s3cret = [\n");
    assert!(!Path::new(secret).is_symlink());
}

#[test]
fn messages_show_no_line_of_a_file_that_a_link_leads_to() {
    let (_dir, file) = secret();
    for config in ["config.json", "pyproject.toml"] {
        let mut test = Test::new().write("setup.py", "").link(config, &file);
        for args in [&["plan"][..], &["matrix", "--dry-run"], &["check", "."]] {
            let done;
            (test, done) = run(test, args);
            let is_read = config == "pyproject.toml" || args[0] != "check";
            assert!(!is_read || done.stderr.contains("line 1, column "), "{}", done.stderr);
            assert!(!done.stderr.contains("s3cret"), "{}", done.stderr);
        }
    }
    // The same link within a repository.
    let test = Test::new()
        .write(".git/HEAD", "")
        .write("shared.toml", "shared = [\n")
        .write("p/x", "")
        .link("p/pyproject.toml", "../shared.toml");
    test.args(&["plan", "p"]).fails_with(3, &["line 1, column ", "1 | shared = ["]);
}

#[test]
fn init_changes_no_file_that_a_link_leads_to() {
    let (_dir, file) = secret();
    let text = "[project]\nname = \"mine\"\nversion = \"1\"\n";
    let test = Test::new()
        .write("other.toml", text)
        .write("mine/__init__.py", "")
        .link("pyproject.toml", "other.toml")
        .args(&["init"]);
    let done = test.run();
    assert_eq!(done.code, Some(3), "{}", done.stderr);
    assert!(done.stderr.contains("in the way:\n         pyproject.toml, a symbolic link"));
    assert_eq!(fs_err::read_to_string(test.path().join("other.toml")).unwrap(), text);
    assert!(!test.path().join("mine/go").exists());
    let test = Test::new().link("pyproject.toml", &file).args(&["init", "--name", "mine"]);
    let done = test.run();
    assert!(done.code != Some(0) && !done.stderr.contains("s3cret"), "{}", done.stderr);
    untouched(&file);
}

fn report(targets: Value, shard: Option<&str>) -> String {
    json!({ "format": 1, "pygo": "0", "jobs": 1, "seconds": 1, "targets": targets, "shard": shard })
        .to_string()
}

#[test]
fn merge_replaces_a_link_in_place_of_its_report() {
    let (_dir, file) = secret();
    let target = json!({ "target": "linux-amd64", "result": "built", "seconds": 1, "stages": [],
        "wheel": GOOD, "sha256": hex(&good()) });
    let test = Test::new()
        .write(&format!("a/{GOOD}"), good())
        .write("a/1.json", report(json!([target]), None))
        .write("out/x", "")
        .link("out/report.json", &file);
    let args = ["merge", "a", "--targets", "linux-amd64", "--out-dir", "out"];
    let (test, done) = run(test, &args);
    assert_eq!(done.code, Some(0), "{}", done.stderr);
    untouched(&file);
    let own = test.path().join("out/report.json");
    assert!(!own.is_symlink());
    pygo::report::Report::read(&own).unwrap();
    // Where the user names it, it is written.
    let test = test.write("named.json", "").link("link.json", "named.json");
    let (test, done) = run(test, &[&args[..], &["--report", "link.json"]].concat());
    assert_eq!(done.code, Some(0), "{}", done.stderr);
    pygo::report::Report::read(&test.path().join("named.json")).unwrap();
}

#[test]
fn a_release_without_wheels_is_refused() {
    let test = Test::new().write("a/1.json", report(json!([]), Some("1/2")));
    let (test, done) = run(test, &["merge", "a", "--out-dir", "out"]);
    assert_eq!(done.code, Some(1), "{}", done.stderr);
    assert!(done.stderr.contains("found: the release has no wheels\n"), "{}", done.stderr);
    let test = test.write("a/x-1.0.tar.gz", "");
    let (test, done) = run(test, &["merge", "a", "--out-dir", "out"]);
    assert_eq!(done.code, Some(1), "{}", done.stderr);
    assert!(!test.path().join("out").exists());
}

#[test]
fn an_entry_of_a_shared_cache_names_no_file_elsewhere() {
    let dir = tempfile::tempdir().unwrap();
    let (shared, report) = (dir.path().join("shared"), dir.path().join("report.json"));
    let evil = dir.path().join("evil.whl");
    fs_err::create_dir(&shared).unwrap();
    let caches = [own_cache(), own_cache(), own_cache()];
    let machine = |number: usize| -> Test {
        project()
            .args(&["build", "--report", report.to_str().unwrap()])
            .env("PYGO_CACHE_DIR", &caches[number].1)
            .env("PYGO_SHARED_CACHE", &shared)
    };
    let (_, first) = build(&machine(0), &report);
    for (number, name) in [(1, evil.to_str().unwrap()), (2, "evil")] {
        let mut changed = 0;
        for path in walk(&shared) {
            let Ok(text) = fs_err::read_to_string(&path) else { continue };
            let Some((_, json)) = text.split_once('\n') else { continue };
            let Ok(mut entry) = serde_json::from_str::<Value>(json) else { continue };
            for file in entry["files"].as_array_mut().into_iter().flatten() {
                let old = file[0].as_str().unwrap();
                if old.ends_with("-none-any.whl") || old.starts_with(dir.path().to_str().unwrap()) {
                    file[0] = name.into();
                    changed += 1;
                }
            }
            let json = entry.to_string();
            let digest = blake3::hash(json.as_bytes()).to_hex();
            fs_err::write(&path, format!("{digest}\n{json}")).unwrap();
        }
        assert!(changed > 0);
        let (stages, digest) = build(&machine(number), &report);
        assert_eq!(digest.len(), first.len());
        assert!(!stages["base-wheel"], "{stages:?}");
        assert!(!evil.exists());
    }
}
