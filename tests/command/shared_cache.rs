//! `PYGO_SHARED_CACHE`: what one machine built, others need not build.

use std::path::Path;

use crate::kept::{ALWAYS, build, own_cache, project, rebuilt, walk};
use crate::proxy::publish;
use crate::support::Test;

#[test]
fn a_second_machine_builds_nothing_that_the_first_built() {
    let dir = tempfile::tempdir().unwrap();
    let at = |name: &str| dir.path().join(name);
    let (shared, report) = (at("shared"), at("report.json"));
    fs_err::create_dir(&shared).unwrap();
    let dep = ("dep.go", "package dep\n\nconst X = 1\n");
    let sums = publish(&at("proxy"), "example.org/dep", &[dep]);
    let caches: Vec<_> = (0..5).map(|_| own_cache()).collect();
    // With an empty directory of Go modules.
    let machine = |number: usize| -> Test {
        project()
            .write("kept/go/go.mod", "module kept\n\ngo 1.21\n\nrequire example.org/dep v1.0.0\n")
            .write("kept/go/go.sum", &sums)
            .write(
                "kept/go/more.go",
                "package main\n\nimport \"example.org/dep\"\n\nvar x = dep.X\n",
            )
            .args(&["build", "--report", report.to_str().unwrap()])
            .env("PYGO_CACHE_DIR", &caches[number].1)
            .env("PYGO_SHARED_CACHE", &shared)
            .proxy(&at("proxy"), &at(&format!("modules-{number}")))
    };
    let (stages, first) = build(&machine(0), &report);
    assert!(!stages["library"], "{stages:?}");
    let objects = walk(&shared);
    assert!(at("modules-0").exists());

    let second = machine(1);
    let (stages, digest) = build(&second, &report);
    assert_eq!((rebuilt(&stages), &digest), (ALWAYS.to_vec(), &first));
    assert_eq!(walk(&shared), objects);
    assert!(!at("modules-1/example.org").exists(), "no module was needed");

    // One that only reads adds nothing; what it needs is damaged, and made again.
    for object in &objects {
        fs_err::write(object, "damaged").unwrap();
    }
    let third = machine(2).env("PYGO_SHARED_CACHE_MODE", "read-only");
    assert_eq!(notes_of_damage(&third), 1);
    assert!(objects.iter().all(|object| fs_err::read(object).unwrap() == b"damaged"));
    let (stages, digest) = build(&third, &report);
    assert_eq!((rebuilt(&stages), &digest), (ALWAYS.to_vec(), &first));

    // One that may write replaces all of it, so the next machine finds everything again. setuptools
    // writes the time of files into a base wheel, so that is another file.
    assert_eq!(notes_of_damage(&machine(3)), 1);
    let entries: Vec<_> = objects.iter().filter(|path| is_entry(path)).collect();
    assert!(entries.iter().all(|entry| fs_err::read(entry).unwrap() != b"damaged"));
    let fifth = machine(4);
    assert_eq!(notes_of_damage(&fifth), 0);
    let (stages, digest) = build(&fifth, &report);
    assert_eq!((rebuilt(&stages), &digest), (ALWAYS.to_vec(), &first));

    let prune = |keep: &str| {
        let args = ["cache", "prune", "--shared", "--unused-for", "1", "--keep", keep];
        let done = Test::new().env("PYGO_SHARED_CACHE", &shared).args(&args).run();
        assert_eq!(done.code, Some(0), "{}", done.stderr);
        done.stderr
    };
    let objects = walk(&shared);
    assert_eq!(prune("1000"), format!("removed 0 B from {}\n", shared.display()));
    assert_eq!(walk(&shared), objects);
    assert!(prune("0").ends_with(&format!("MB from {}\n", shared.display())));
    assert!(!walk(&shared).iter().any(|path| is_entry(path)));
}

fn is_entry(path: &Path) -> bool {
    path.components().any(|part| part.as_os_str() == "entries")
}

/// Builds; returns how many notes say that the shared cache is damaged.
#[track_caller]
fn notes_of_damage(test: &Test) -> usize {
    let done = test.run();
    assert_eq!(done.code, Some(0), "{}", done.stderr);
    done.stderr.lines().filter(|line| line.contains(" is not usable: ")).count()
}

#[test]
fn a_shared_cache_that_no_variable_names_is_not_pruned() {
    Test::new()
        .args(&["cache", "prune", "--shared"])
        .fails_with(2, &["PYGO_SHARED_CACHE is not set", "directory or bucket"]);
}
