//! Plans and reports read back, and fingerprints follow what a stage reads.

use std::collections::BTreeMap;
use std::path::Path;

use pygo::report::{PlanDocument, Report, TargetResult};

use crate::support::Test;

#[test]
fn a_plan_reads_back() {
    let dry_run = ["matrix", "--dry-run", "--format", "json", "--targets"];
    let targets = ["linux-amd64,macos-universal2"];
    let done = Test::hello().args(&[&dry_run[..], &targets].concat()).run();
    assert_eq!((done.code, done.stderr.as_str()), (Some(0), ""));
    let plan: PlanDocument = serde_json::from_str(&done.stdout).unwrap();
    assert_eq!(serde_json::to_string_pretty(&plan).unwrap(), done.stdout.trim_end());
    assert_eq!(plan.parts[0].id, "hello");
    assert_eq!(plan.parts[0].binding, "cffi");
    assert_eq!(plan.targets[1].slices, ["macos-amd64", "macos-arm64"]);
    let steps: Vec<_> = plan
        .steps
        .iter()
        .map(|step| format!("{} {} {}", step.stage, step.part.as_deref().unwrap_or("-"), step.of))
        .collect();
    assert_eq!(
        steps,
        [
            "base-wheel - all",
            "source hello all",
            "library hello linux-amd64",
            "extension hello linux-amd64",
            "library hello macos-amd64",
            "extension hello macos-amd64",
            "library hello macos-arm64",
            "extension hello macos-arm64",
            "audit - linux-amd64",
            "pack - linux-amd64",
            "fuse - macos-universal2",
            "audit - macos-universal2",
            "pack - macos-universal2",
        ]
    );
}

#[test]
fn windows_is_a_default_target_without_c_only() {
    let targets = |test: Test| {
        let done = test.args(&["matrix", "--dry-run", "--format", "json"]).run();
        let plan: PlanDocument = serde_json::from_str(&done.stdout).expect(&done.stderr);
        plan.targets.into_iter().map(|target| target.target).collect::<Vec<_>>()
    };
    let program = |cgo: &str| {
        let table = format!(
            "[project]\nname = \"x\"\nversion = \"1\"\n[tool.pygo-tools]\nprogram = \"x\"\n{cgo}"
        );
        Test::pyproject(&table)
            .write("go.mod", "module x\n")
            .write("main.go", "package main\n\nfunc main() {}\n")
    };
    let with_c = ["linux-amd64", "linux-arm64", "macos-amd64", "macos-arm64"];
    assert_eq!(targets(Test::hello()), with_c);
    assert_eq!(targets(program("cgo = true")), with_c);
    assert_eq!(targets(program("")), [&with_c[..], &["windows-amd64", "windows-arm64"]].concat());
}

#[test]
fn a_plan_of_another_format_is_refused() {
    let test = Test::new().write("plan.json", r#"{"format": 99}"#);
    let failure = PlanDocument::read(&test.path().join("plan.json")).unwrap_err();
    assert_eq!(failure.found, "its format is 99, not 1");
}

#[test]
fn the_format_of_a_plan_needs_a_dry_run() {
    Test::hello().args(&["matrix", "--format", "json"]).fails_with(2, &["--dry-run"]);
}

/// Builds for this machine and returns the fingerprint of each stage.
#[track_caller]
fn fingerprints(test: &Test, path: &Path) -> BTreeMap<String, String> {
    let done = test.run();
    assert_eq!(done.code, Some(0), "{}", done.stderr);
    let report = Report::read(path).unwrap();
    let text = serde_json::to_string_pretty(&report).unwrap();
    assert_eq!(text, fs_err::read_to_string(path).unwrap().trim_end());
    assert_eq!(report.targets[0].result, TargetResult::Built);
    let stages = &report.targets[0].stages;
    stages.iter().map(|run| (run.stage.to_string(), run.fingerprint.clone())).collect()
}

/// The stages whose fingerprints differ.
fn changed(before: &BTreeMap<String, String>, after: &BTreeMap<String, String>) -> Vec<String> {
    before.iter().filter(|(stage, digest)| after[*stage] != **digest).map(|s| s.0.clone()).collect()
}

#[test]
fn fingerprints_follow_what_a_stage_reads() {
    // Outside of the project, where the build backend would see it.
    let dir = tempfile::tempdir().unwrap();
    let report = dir.path().join("report.json");
    let test = Test::hello().args(&["build", "--report", report.to_str().unwrap()]);
    let first = fingerprints(&test, &report);
    assert_eq!(first.len(), 6, "{first:?}");
    assert_eq!(changed(&first, &fingerprints(&test, &report)), [] as [&str; 0]);

    let test = test.write("example/extra.py", "x = 1\n");
    let python = fingerprints(&test, &report);
    assert_eq!(changed(&first, &python), ["base-wheel", "pack"]);

    let test = test.write("example/go/extra.go", "package main\n\nvar extra = 1\n");
    let go = fingerprints(&test, &report);
    let stages = changed(&python, &go);
    assert!(stages.contains(&"library".to_owned()), "{stages:?}");
    assert!(!stages.contains(&"source".to_owned()), "{stages:?}");

    let test = test.write("pyproject.toml", "[tool.pygo-tools.check]\nignore = ['GO004']\n");
    let judged = fingerprints(&test, &report);
    let stages = changed(&go, &judged);
    assert!(stages.contains(&"audit".to_owned()), "{stages:?}");

    let test = test.env("CGO_CFLAGS", "-O1");
    let stages = changed(&judged, &fingerprints(&test, &report));
    assert!(stages.contains(&"library".to_owned()), "{stages:?}");
    assert!(!stages.contains(&"base-wheel".to_owned()), "{stages:?}");
}
