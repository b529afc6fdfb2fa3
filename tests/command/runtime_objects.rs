//! Objects of Go's own C code, which Go compiles for each build of a library: kept between runs.

use std::path::Path;

use pygo::report::Report;

use crate::kept::{own_cache, project, walk};
use crate::support::{Test, shared_cache};

/// Builds for two systems; returns the digests of the wheels.
#[track_caller]
fn build(test: &Test, report: &Path) -> Vec<String> {
    let done = test.run();
    assert_eq!(done.code, Some(0), "{}", done.stderr);
    let targets = Report::read(report).unwrap().targets;
    targets.iter().map(|target| target.sha256.clone().unwrap()).collect()
}

#[test]
fn a_changed_line_compiles_nothing_of_go_and_makes_the_same_bytes() {
    let (_dir, cache) = own_cache();
    // Only what pygo keeps there is this test's own.
    fs_err::remove_file(cache.join("zig")).unwrap();
    let objects = cache.join("zig/pygo-objects");
    let dir = tempfile::tempdir().unwrap();
    let report = dir.path().join("report.json");
    let args = ["matrix", "--targets", "linux-amd64,macos-arm64", "--report"];
    let args = [&args[..], &[report.to_str().unwrap()]].concat();
    let test = project()
        .args(&args)
        .env("PYGO_CACHE_DIR", &cache)
        .env("ZIG_GLOBAL_CACHE_DIR", shared_cache().join("zig"));
    let first = build(&test, &report);
    let kept = walk(&objects);
    assert!(kept.len() > 20, "{kept:?}");

    let test = test.write("kept/go/more.go", "package main\n\nconst more = 1\n");
    build(&test, &report);
    let test = test.write("kept/go/data.txt", "other");
    let changed = build(&test, &report);
    assert_ne!(changed, first);
    assert_eq!(walk(&objects).len(), kept.len(), "all of them are used again");
    let uncached = test.args(&[&args[..], &["--no-cache"]].concat());
    assert_eq!(build(&uncached, &report), changed, "the bytes do not depend on them");

    for object in &kept {
        fs_err::write(object, "damaged").unwrap();
    }
    let test = uncached.args(&args).write("kept/go/data.txt", "data").remove("kept/go/more.go");
    fs_err::remove_dir_all(cache.join("stages")).unwrap();
    assert_eq!(build(&test, &report), first);
    assert!(kept.iter().all(|object| fs_err::read(object).unwrap() != b"damaged"));
}
