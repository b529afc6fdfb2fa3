//! `pygo check NAME==VERSION` with pip and an index in a directory, `--explain TAG`, and the GitHub
//! action and pre-commit hook of this repository.

use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::Command;

use crate::archive::zip;
use crate::check::{METADATA, NAME, WHEEL, bad, good};
use crate::support::{Finished, Test};

/// Runs `pygo check` with an index that has x 1.0 for every platform, and y 1.0 for Windows.
fn check(args: &[&str]) -> Finished {
    let windows = "y-1.0-py3-none-win_amd64.whl";
    let other = zip([
        ("y.py", ""),
        ("y-1.0.dist-info/METADATA", &METADATA.replace("Name: x", "Name: y")),
        ("y-1.0.dist-info/WHEEL", &WHEEL.replace("none-any", "none-win_amd64")),
        ("y-1.0.dist-info/RECORD", "y-1.0.dist-info/RECORD,,\n"),
    ]);
    let test = Test::new()
        .write(&format!("simple/x/{NAME}"), good())
        .write("simple/x/index.html", format!("<a href=\"{NAME}\">{NAME}</a>"))
        .write(&format!("simple/y/{windows}"), other)
        .write("simple/y/index.html", format!("<a href=\"{windows}\">{windows}</a>"));
    let index = format!("file://{}/simple", test.path().display());
    let test = test.env("PIP_INDEX_URL", &*index).env("PIP_CONFIG_FILE", "/dev/null");
    // Meant for other calls of pip.
    let test = test.env("PIP_PYTHON", "/no/python").env("PIP_REQUIREMENT", "/no/list");
    test.args(&[&["check"], args].concat()).run()
}

#[test]
fn a_release_on_the_index_is_checked() {
    let done = check(&["x==1.0"]);
    assert_eq!(done.code, Some(0), "{}{}", done.stdout, done.stderr);
    assert!(done.stdout.contains(&format!("{NAME}: runs on any\n")), "{}", done.stdout);
    let path = done.stdout.split(": runs on").next().unwrap();
    assert!(!Path::new(path).exists(), "the download is removed");
    let done = check(&["X==1.0", "--platform", "manylinux_2_28_x86_64", "--python", "3.12"]);
    assert_eq!(done.code, Some(0), "{}{}", done.stdout, done.stderr);
    let done = check(&["y==1.0", "--platform", "win_amd64", "--select", "TAG012"]);
    assert!(done.stdout.contains("y-1.0-py3-none-win_amd64.whl"), "{}{}", done.stdout, done.stderr);
}

#[test]
fn a_release_that_cannot_be_had_is_a_clear_error() {
    for (args, found) in [
        (&["nosuch==1.0"][..], "the index has no project nosuch"),
        (&["x==2.0"], "the index has x, but no version 2.0"),
        (&["y==1.0"], "y 1.0 is on the index, but not as a wheel for this machine"),
        (&["y==1.0", "--platform", "macosx_11_0_arm64"], "not as a wheel for macosx_11_0_arm64"),
        (&["x==1.0", "--platform", "Linux!"], "`Linux!` is not a platform tag"),
        (&["x==1.0", "--python", "three"], "`three` is not a release of Python"),
        (&["x==one"], "`one` is not a version"),
        (&[".", "--platform", "win_amd64"], "no release is named"),
    ] {
        let done = check(args);
        assert_eq!(done.code, Some(2), "{args:?}: {}", done.stderr);
        assert!(done.stderr.contains(found), "{args:?}: {}", done.stderr);
    }
    let test = Test::new().env("PIP_INDEX_URL", "http://127.0.0.1:9/simple");
    let done = test.env("PIP_RETRIES", "0").args(&["check", "x==1.0"]).run();
    assert_eq!(done.code, Some(4), "{}", done.stderr);
    assert!(done.stderr.contains("the index cannot be reached"), "{}", done.stderr);
}

#[test]
fn tags_are_explained_beside_rules() {
    let done = Test::new().args(&["check", "--explain", "manylinux_2_28_x86_64"]).run();
    assert_eq!(done.code, Some(0), "{}", done.stderr);
    assert!(done.stdout.contains("  runs on: glibc 2.28 and later: RHEL 8"), "{}", done.stdout);
    let json = Test::new().args(&["check", "--explain", "abi3", "--format", "json"]).run().stdout;
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert!(json["promises"].as_str().unwrap().contains("stable ABI"));
    assert_eq!(Test::new().args(&["check", "--explain", "manylinux_x"]).run().code, Some(2));
}

/// The scripts of the action's steps.
fn scripts(action: &str) -> Vec<String> {
    action
        .split("      run: |\n")
        .skip(1)
        .map(|rest| {
            let lines = rest.lines().take_while(|line| line.starts_with("        "));
            lines.map(|line| format!("{}\n", line.trim_start())).collect()
        })
        .collect()
}

#[test]
fn the_action_installs_and_checks() {
    let scripts = scripts(include_str!("../../action.yml"));
    let [install, run] = &scripts[..] else { panic!("{scripts:?}") };
    let pip = "#!/bin/sh\\necho \"$@\" > \"$RUNNER_TEMP/pip.txt\"\\n";
    let make = format!(
        "[ \"$1 $2\" = '-m venv' ] && mkdir -p \"$3/bin\" && printf '{pip}' > \"$3/bin/pip\" && chmod \
         +x \"$3/bin/pip\""
    );
    let test = Test::new()
        .script("fake/python3", &make)
        .write(&format!("good/{NAME}"), good())
        .write(&format!("dist/{NAME}"), bad());
    let temp = test.path().join("temp");
    let path = format!("{}/fake:{}", test.path().display(), std::env::var("PATH").unwrap());
    let bash = |script: &str, files: &str, options: &str| {
        Command::new("bash")
            .args(["--noprofile", "--norc", "-eo", "pipefail", "-c", script])
            .current_dir(test.path())
            .env("PATH", &path)
            .env("RUNNER_TEMP", &temp)
            .env("GITHUB_STEP_SUMMARY", test.path().join("summary.md"))
            .envs([("VERSION", "==0.2.0"), ("FILES", files), ("OPTIONS", options)])
            .output()
            .unwrap()
    };
    let installed = bash(install, "", "");
    assert!(installed.status.success(), "{installed:?}");
    let asked = fs_err::read_to_string(temp.join("pip.txt")).unwrap();
    assert!(asked.starts_with("install ") && asked.ends_with(" pygo-tools==0.2.0\n"), "{asked}");
    symlink(env!("CARGO_BIN_EXE_pygo"), temp.join("pygo-tools/bin/pygo")).unwrap();
    let checked = bash(run, "dist good", "");
    assert_eq!(checked.status.code(), Some(1), "{checked:?}");
    assert!(String::from_utf8_lossy(&checked.stdout).starts_with("::error file=dist/"));
    let summary = fs_err::read_to_string(test.path().join("summary.md")).unwrap();
    assert!(summary.starts_with("### pygo check: 2 errors, 0 warnings in 2 wheels\n"), "{summary}");
    assert_eq!(bash(run, "good", "--strict").status.code(), Some(0));
    assert_eq!(bash(run, "dist", "--ignore TAG004,REC006").status.code(), Some(0));
}

#[test]
fn the_pre_commit_hook_runs_a_command_that_exists() {
    let hook = include_str!("../../.pre-commit-hooks.yaml");
    let entry = hook.lines().find_map(|line| line.trim().strip_prefix("entry: pygo ")).unwrap();
    let args: Vec<_> = entry.split(' ').chain([NAME]).collect();
    assert_eq!(Test::new().write(NAME, good()).args(&args).run().code, Some(0));
    assert_eq!(Test::new().write(NAME, bad()).args(&args).run().code, Some(1));
    assert!(hook.contains("files: \\.whl$\n"), "pre-commit passes the files that match");
}
