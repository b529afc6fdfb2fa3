//! `pygo test`: wheels in fresh environments.

use serde_json::Value;

use crate::archive::zip;
use crate::support::Test;

/// A wheel of the pure package `pure`, called as for `platform`.
fn wheel(platform: &str) -> Vec<u8> {
    let tag = format!("py3-none-{platform}");
    let dir = "pure-1.0.dist-info";
    let files = [
        ("pure.py".to_owned(), "answer = 42\n".to_owned()),
        (format!("{dir}/METADATA"), "Metadata-Version: 2.1\nName: pure\nVersion: 1.0\n".to_owned()),
        (
            format!("{dir}/WHEEL"),
            format!("Wheel-Version: 1.0\nGenerator: x\nRoot-Is-Purelib: true\nTag: {tag}\n"),
        ),
        (
            format!("{dir}/RECORD"),
            format!("pure.py,,\n{dir}/METADATA,,\n{dir}/WHEEL,,\n{dir}/RECORD,,\n"),
        ),
    ];
    zip(files)
}

/// A directory with a wheel that every machine can run, and one that none can.
fn wheels() -> Test {
    Test::new()
        .write("dist/pure-1.0-py3-none-any.whl", wheel("any"))
        .write("dist/pure-1.0-py3-none-win_arm64.whl", wheel("win_arm64"))
        // Tests must see what is installed.
        .write("pure.py", "answer = 0\n")
        .write("python/pure.py", "")
}

#[test]
fn a_wheel_is_tested_as_installed_and_one_for_another_system_is_not_run() {
    let test = wheels().args(&[
        "test",
        "--format",
        "json",
        "--command",
        "python -c 'import pure; assert pure.answer == 42; print(\"seen\")'",
        "--command",
        "python -c 'import os; assert not os.listdir()'",
        "-v",
    ]);
    let done = test.run();
    assert_eq!(done.code, Some(0), "{}", done.stderr);
    let report: Value = serde_json::from_str(&done.stdout).unwrap();
    let results: Vec<_> = report["tests"].as_array().unwrap().iter().collect();
    assert_eq!(results.len(), 2);
    assert_eq!(
        (&results[0]["result"], &results[1]["result"]),
        (&"passed".into(), &"not-run".into())
    );
    assert!(results[0]["version"].as_str().unwrap().starts_with("3."));
    assert!(results[1]["reason"].as_str().unwrap().contains("it runs on "));
    assert_eq!(done.stderr, "seen\n1 passed, 0 failed, 1 not run\n");
}

#[test]
fn a_command_that_fails_is_reported_with_its_output() {
    let done = wheels()
        .args(&["test", "dist/pure-1.0-py3-none-any.whl", "--command", "python -c 1/0"])
        .run();
    assert_eq!(done.code, Some(1));
    assert!(done.stdout.starts_with("failed   pure-1.0-py3-none-any.whl  Python 3."));
    for part in ["found: it exited with 1", "ZeroDivisionError", "log: ", "0 passed, 1 failed"] {
        assert!(done.stderr.contains(part), "{}", done.stderr);
    }
}

#[test]
fn what_was_not_run_is_no_success() {
    let none =
        wheels().args(&["test", "dist/pure-1.0-py3-none-win_arm64.whl", "--command", "true"]);
    let done = none.run();
    assert_eq!(done.code, Some(1));
    assert!(done.stdout.starts_with("not run  pure-1.0-py3-none-win_arm64.whl  "));
    assert!(done.stderr.contains("error: testing wheels, of which none was run"));
    let some = wheels().args(&["test", "--require-all", "--command", "python -c ''"]).run();
    assert_eq!(some.code, Some(1), "{}", some.stderr);
    assert!(some.stdout.contains("passed   pure-1.0-py3-none-any.whl"));
    assert!(some.stderr.contains("error: testing wheels, of which some were not run"));
}

/// A project whose `test-command` is a script.
fn with_script(script: &str) -> Test {
    let toml = "[tool.pygo-tools]\npackage = 'example'\nextension = '_example'\nlibrary = 'hello'\n\
                signatures = ['char* Hello(char* message, int count);']\n\
                test-command = ['python {project}/check.py \"{wheel}\"']\n";
    Test::pyproject(toml)
        .write("dist/pure-1.0-py3-none-any.whl", wheel("any"))
        .write("check.py", script)
        .args(&["test"])
}

#[test]
fn in_a_job_of_github_a_failure_is_shown_beside_its_line() {
    let test = with_script("import pure\n\nassert pure.answer == 41\n");
    let workspace = test.path().to_owned();
    let done = test.env("GITHUB_ACTIONS", "true").env("GITHUB_WORKSPACE", workspace).run();
    assert_eq!(done.code, Some(1), "{}", done.stderr);
    let place = "::error file=check.py,line=3,title=pygo test::";
    assert!(done.stderr.contains(place), "{}", done.stderr);
}

#[test]
fn the_project_says_how_its_wheels_are_tested() {
    let test = with_script("import pure, sys; assert sys.argv[1].endswith('-any.whl')");
    let done = test.run();
    assert_eq!(done.code, Some(0), "{}", done.stderr);
    assert!(done.stdout.starts_with("passed   pure-1.0-py3-none-any.whl"));
}

#[test]
fn what_cannot_be_tested_is_refused_before_anything_runs() {
    let refused = |args: &[&str], code: i32, parts: &[&str]| {
        let done = wheels().args(&[&["test"], args].concat()).run();
        assert_eq!((done.code, done.stdout.as_str()), (Some(code), ""), "{}", done.stderr);
        for part in parts {
            assert!(done.stderr.contains(part), "no `{part}` in:\n{}", done.stderr);
        }
    };
    refused(&[], 2, &["found: neither --command nor the project's `test-command` names a command"]);
    refused(
        &["--command", "python 'x"],
        3,
        &["`--command` contains \"python 'x\", which has a quote"],
    );
    refused(&["none.whl", "--command", "x"], 2, &["none.whl does not exist"]);
    refused(&["pure.py", "--command", "x"], 2, &["pure.py does not end in .whl"]);
    refused(&["--command", "x", "--root", "arm64"], 2, &["write a processor and a directory"]);
    let no_python = ["--command", "x", "--root", "arm64=dist"];
    refused(
        &no_python,
        4,
        &["looking for a Python in [ROOT]/dist", "it has none of usr/local/bin"],
    );
}

#[test]
fn a_build_is_not_started_if_its_wheels_could_not_be_tested() {
    Test::hello().args(&["matrix", "--test"]).fails_with(
        3,
        &["testing the wheels after the build", "the project has no `test-command`"],
    );
}
