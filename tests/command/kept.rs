//! Outputs of earlier runs: reused while nothing that was read has changed, with the same bytes.

use std::collections::BTreeMap;
use std::path::Path;

use pygo::report::Report;

use crate::support::Test;

/// A project with C two includes away, an embedded file and a declarative build backend.
fn project() -> Test {
    Test::new()
        .write(
            "pyproject.toml",
            "[build-system]\nrequires = [\"setuptools\"]\nbuild-backend = \"setuptools.build_meta\"\n\
             [project]\nname = \"kept\"\nversion = \"1\"\ndependencies = [\"cffi\"]\n\
             [tool.setuptools]\npackages = [\"kept\"]\n\
             [tool.pygo-tools]\npackage = \"kept\"\nextension = \"kept._kept\"\nlibrary = \"kept_go\"\n\
             signatures = [\"int Two(void);\"]\n",
        )
        .write("kept/__init__.py", "")
        .write("kept/go/go.mod", "module kept\n\ngo 1.21\n")
        .write("kept/go/data.txt", "data")
        .write("c/one.h", "#include \"two.h\"\n")
        .write("c/two.h", "#define TWO 2\n")
        .write(
            "kept/go/main.go",
            "package main\n\n// #cgo CFLAGS: -I${SRCDIR}/../../c\n// #include \"one.h\"\n\
             // static int two(void) { return TWO; }\nimport \"C\"\nimport _ \"embed\"\n\n\
             //go:embed data.txt\nvar data string\n\n//export Two\n\
             func Two() C.int { return C.two() + C.int(len(data)) }\n\nfunc main() {}\n",
        )
}

/// Builds; returns which stages were reused, and the digest of the wheel.
#[track_caller]
fn build(test: &Test, report: &Path) -> (BTreeMap<String, bool>, String) {
    let done = test.run();
    assert_eq!(done.code, Some(0), "{}", done.stderr);
    let report = Report::read(report).unwrap();
    let target = &report.targets[0];
    let stages = target.stages.iter().map(|run| (run.stage.to_string(), run.cached)).collect();
    (stages, target.sha256.clone().unwrap())
}

fn rebuilt(stages: &BTreeMap<String, bool>) -> Vec<&str> {
    stages.iter().filter(|(_, cached)| !**cached).map(|(stage, _)| stage.as_str()).collect()
}

/// It reads what the stages before it made, and starts nothing.
const ALWAYS: [&str; 1] = ["audit"];

#[test]
fn only_what_changed_is_built_again() {
    let dir = tempfile::tempdir().unwrap();
    let report = dir.path().join("report.json");
    let args = ["build", "--report", report.to_str().unwrap()];
    let test = project().args(&args);
    let (stages, first) = build(&test, &report);
    assert!(rebuilt(&stages).contains(&"library"), "{stages:?}");

    let (stages, digest) = build(&test, &report);
    assert_eq!((rebuilt(&stages), &digest), (ALWAYS.to_vec(), &first));
    let uncached = test.args(&[&args[..], &["--no-cache"]].concat());
    let (stages, digest) = build(&uncached, &report);
    assert!(stages.values().all(|cached| !cached), "{stages:?}");
    assert_eq!(digest, first, "the bytes do not depend on the cache");

    let test = uncached.args(&args).write("c/two.h", "#define TWO 3\n");
    let (stages, digest) = build(&test, &report);
    assert!(!stages["library"] && !stages["extension"], "{stages:?}");
    assert_ne!(digest, first);
    let test = test.write("c/two.h", "#define TWO 2\n");
    assert_eq!(build(&test, &report).1, first);

    let test = test.write("kept/go/data.txt", "other data");
    let (stages, digest) = build(&test, &report);
    assert!(!stages["library"] && stages["source"], "{stages:?}");
    assert_ne!(digest, first);

    let test = test.write("kept/go/data.txt", "data").write("kept/__init__.py", "x = 1\n");
    let (stages, digest) = build(&test, &report);
    assert_eq!(rebuilt(&stages), ["audit", "base-wheel", "pack"]);
    assert_ne!(digest, first);

    let test = test.write("kept/__init__.py", "").write("notes.txt", "x").remove("notes.txt");
    let (stages, digest) = build(&test, &report);
    assert_eq!((rebuilt(&stages), digest), (ALWAYS.to_vec(), first));

    let test = test.env("CGO_CFLAGS", "-O1");
    let (stages, _) = build(&test, &report);
    assert!(!stages["library"] && stages["base-wheel"], "{stages:?}");
}

#[test]
fn a_project_with_a_plain_setup_py_starts_no_tool_when_nothing_changed() {
    let dir = tempfile::tempdir().unwrap();
    let report = dir.path().join("report.json");
    let args = ["build", "--verbose", "--report", report.to_str().unwrap()];
    let test = Test::hello().args(&args);
    let (_, first) = build(&test, &report);
    let done = test.run();
    let commands: Vec<_> = done.stderr.lines().filter(|line| line.starts_with("$ ")).collect();
    assert_eq!((done.code, commands), (Some(0), vec![]), "{}", done.stderr);

    let wheel = done.stdout.trim().to_owned();
    let bytes = fs_err::read(test.path().join(&wheel)).unwrap();
    for damage in [None, Some("not a wheel")] {
        match damage {
            Some(text) => fs_err::write(test.path().join(&wheel), text).unwrap(),
            None => fs_err::remove_file(test.path().join(&wheel)).unwrap(),
        }
        let (stages, digest) = build(&test, &report);
        assert_eq!((rebuilt(&stages), &digest), (ALWAYS.to_vec(), &first));
        assert!(fs_err::read(test.path().join(&wheel)).unwrap() == bytes);
    }

    let setup = fs_err::read_to_string(test.path().join("setup.py")).unwrap();
    let test = test.write("setup.py", format!("import time\n{setup}"));
    build(&test, &report);
    let (stages, _) = build(&test, &report);
    assert!(!stages["base-wheel"], "a program that may read the clock runs each time: {stages:?}");
}
