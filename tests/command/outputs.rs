//! Where reports and messages may go: links, pipes, devices, places that take nothing.

use std::os::unix::fs::{FileTypeExt, PermissionsExt};
use std::path::Path;
use std::process::{Command, Stdio};

use crate::support::Test;

/// A run that ends with exit code 3 before any tool has run, and leaves a report of that.
const QUICK: &[&str] = &["matrix", "nonexist", "--report"];

fn quick(report: &str) -> Test {
    Test::new().args(&[QUICK, &[report]].concat())
}

#[track_caller]
fn is_report(text: &str) {
    let report: serde_json::Value = serde_json::from_str(text).unwrap();
    assert_eq!(report["format"], 1, "{text}");
}

#[track_caller]
fn is_report_at(path: &Path) {
    is_report(&fs_err::read_to_string(path).unwrap());
}

/// The command of `test` below `sh -c script`, as its `"$@"`.
fn sh(test: &Test, script: &str) -> Command {
    let pygo = test.command();
    let mut sh = Command::new("sh");
    sh.args(["-c", script, "sh"])
        .arg(pygo.get_program())
        .args(pygo.get_args())
        .current_dir(test.path())
        .envs(pygo.get_envs().filter_map(|(name, value)| Some((name, value?))));
    sh
}

#[test]
fn a_report_goes_where_links_lead() {
    let test =
        quick("report.json").write("deep/old.json", "old").link("report.json", "deep/old.json");
    assert_eq!(test.run().code, Some(3));
    assert!(test.path().join("report.json").is_symlink());
    is_report_at(&test.path().join("deep/old.json"));

    let test = quick("report.json").write("deep/x", "").link("report.json", "deep/new.json");
    assert_eq!(test.run().code, Some(3));
    assert!(test.path().join("report.json").is_symlink());
    is_report_at(&test.path().join("deep/new.json"));
    assert_eq!(fs_err::read_dir(test.path().join("deep")).unwrap().count(), 2);
}

#[test]
fn a_report_goes_into_a_pipe() {
    let test = quick("pipe");
    let pipe = test.path().join("pipe");
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let text = std::thread::scope(|scope| {
        let reader = scope.spawn(|| fs_err::read_to_string(&pipe).unwrap());
        assert_eq!(test.run().code, Some(3));
        assert!(fs_err::symlink_metadata(&pipe).unwrap().file_type().is_fifo());
        reader.join().unwrap()
    });
    is_report(&text);
}

#[test]
fn a_report_goes_to_standard_output_whatever_that_is() {
    let test = quick("/dev/stdout");
    is_report(&test.run().stdout);
    let output = sh(&test, "{ echo before; \"$@\"; echo after; } > out").output().unwrap();
    assert!(output.status.success());
    let out = fs_err::read_to_string(test.path().join("out")).unwrap();
    is_report(out.strip_prefix("before\n").unwrap().strip_suffix("after\n").unwrap());
}

#[test]
fn a_report_has_the_permissions_of_any_new_file() {
    for (umask, mode) in [("022", 0o644), ("077", 0o600), ("002", 0o664)] {
        let test = quick("report.json");
        sh(&test, &format!("umask {umask}; exec \"$@\"")).output().unwrap();
        let metadata = fs_err::metadata(test.path().join("report.json")).unwrap();
        assert_eq!(metadata.permissions().mode() & 0o777, mode, "{umask}");
    }
}

#[test]
fn what_failed_first_decides_where_the_report_cannot_be_written_either() {
    quick("none/report.json").fails_with(
        3,
        &[
            "found: there is no such directory",
            "error: writing the report none/report.json\n  found: cannot create a file in `none`: No such file or directory",
        ],
    );
}

#[test]
fn a_place_for_the_report_is_tried_before_tools_run() {
    let cache = tempfile::tempdir().unwrap();
    let failing = |report: &str| {
        // Without a network and with an empty cache, looking for tools would fail with 4.
        let args = ["matrix", "--offline", "--report", report];
        let said =
            Test::hello().write("deep/x", "").env("PYGO_CACHE_DIR", cache.path()).args(&args).run();
        assert_eq!(said.code, Some(6), "{}", said.stderr);
        assert_eq!(said.stderr.matches("error: ").count(), 1, "{}", said.stderr);
        said.stderr
    };
    let said = failing("none/report.json");
    assert!(said.contains("error: writing the report none/report.json"), "{said}");
    assert!(failing("deep").contains("  found: `deep` is a directory"));
}

#[test]
fn a_report_may_lie_in_an_out_dir_that_is_new() {
    let args = ["matrix", "--toolchain", "clang", "--report", "dist/report.json"];
    let test = Test::hello().args(&args);
    let said = test.run();
    assert_eq!(said.code, Some(4), "{}", said.stderr);
    is_report_at(&test.path().join("dist/report.json"));
    assert_eq!(fs_err::read_dir(test.path().join("dist")).unwrap().count(), 1);
}

#[test]
fn an_unwritable_report_hides_nothing_of_a_build() {
    let said = Test::hello().args(&["build", "--report", "/dev/full"]).run();
    assert_eq!(said.code, Some(6), "{}", said.stderr);
    assert!(said.stdout.starts_with("dist/example-0.1.0-"), "{}", said.stdout);
    let (table, failure) = said.stderr.split_once("1 of 1 wheels in ").unwrap();
    assert!(table.contains("  built\n"), "{table}");
    assert!(failure.contains("error: writing the report /dev/full"), "{failure}");
    assert!(failure.contains("No space left on device"), "{failure}");

    Test::hello()
        .write("setup.py", "raise SystemExit('words of its own')\n")
        .args(&["build", "--report", "/dev/full"])
        .fails_with(5, &["  found: words of its own", "error: writing the report /dev/full"]);
}

#[test]
fn paths_that_cannot_be_printed_hide_no_failure() {
    let test = Test::hello()
        .write("example/go/more_darwin.go", "package main\n\nfunc init() { nowhere() }\n")
        .args(&["matrix", "--targets", "macos-arm64,linux-amd64", "--report", "report.json"]);
    let full = fs_err::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let output = test.command().stdout(Stdio::from(full.into_file())).output().unwrap();
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{stderr}");
    assert!(stderr.contains("undefined: nowhere"), "{stderr}");
    assert!(stderr.contains("error: writing to standard output"), "{stderr}");
    let report = fs_err::read_to_string(test.path().join("report.json")).unwrap();
    let report: serde_json::Value = serde_json::from_str(&report).unwrap();
    assert_eq!(report["targets"][1]["result"], "built");
}

#[test]
fn nobody_has_to_listen() {
    let full = || {
        Stdio::from(fs_err::OpenOptions::new().write(true).open("/dev/full").unwrap().into_file())
    };
    let gone = || Stdio::from(std::io::pipe().unwrap().1);
    for verbosity in ["--verbose", "--fail-fast"] {
        for deaf in [full(), gone()] {
            let test = Test::hello().args(&["build", verbosity]);
            let output = test.command().stderr(deaf).output().unwrap();
            assert_eq!(output.status.code(), Some(0));
            let wheel = String::from_utf8(output.stdout).unwrap();
            assert!(test.path().join(wheel.trim()).is_file(), "{wheel}");
        }
    }
    for deaf in [full(), gone()] {
        let test = quick("report.json").env("GITHUB_ACTIONS", "true");
        assert_eq!(test.command().stderr(deaf).status().unwrap().code(), Some(3));
        is_report_at(&test.path().join("report.json"));
    }
    let targets = Test::new().args(&["targets"]).command().stderr(full()).output().unwrap();
    assert_eq!(targets.status.code(), Some(0));
    assert!(String::from_utf8(targets.stdout).unwrap().contains("linux-amd64"));
}
