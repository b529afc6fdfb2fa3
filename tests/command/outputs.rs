//! Where reports and messages can go: links, pipes, devices, and files that cannot be written.

use std::os::unix::fs::{FileTypeExt, PermissionsExt};
use std::path::Path;
use std::process::{Command, Stdio};

use crate::support::Test;

/// A run that fails with exit code 3 before any tool runs, and writes a report.
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

/// Runs `sh -c script` with the command of `test` as `"$@"`.
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
fn a_report_follows_links() {
    let test = quick("report.json").write("deep/old.json", "old");
    let test = test.link("report.json", "link.json").link("link.json", "deep/old.json");
    assert_eq!(test.run().code, Some(3));
    assert!(test.path().join("report.json").is_symlink());
    assert!(test.path().join("link.json").is_symlink());
    is_report_at(&test.path().join("deep/old.json"));

    let test = quick("report.json").write("deep/x", "").link("report.json", "deep/new.json");
    assert_eq!(test.run().code, Some(3));
    assert!(test.path().join("report.json").is_symlink());
    is_report_at(&test.path().join("deep/new.json"));
    assert_eq!(fs_err::read_dir(test.path().join("deep")).unwrap().count(), 2);
}

#[test]
fn timings_of_a_failed_run_say_why_it_failed() {
    let own = Test::new();
    let page = own.path().join("timings.html");
    let cache = own.path().join("cache").into_os_string();
    for (option, path) in [
        (format!("--timings={}", page.display()), page.clone()),
        ("--timings".to_owned(), own.path().join("cache/timings/nonexist.html")),
    ] {
        let test = Test::new().args(&["matrix", "nonexist", &option]);
        let done = test.env("PYGO_CACHE_DIR", &cache).run();
        assert_eq!(done.code, Some(3), "{}", done.stderr);
        let said = format!("timings: {}", path.display());
        assert!(done.stderr.contains(&said), "{}", done.stderr);
        let text = fs_err::read_to_string(path).unwrap();
        assert!(text.contains("<h1>Timings of nonexist</h1>"), "{text}");
        assert!(text.contains("class=\"failure\"") && text.contains("nothing was built"), "{text}");
    }
    let done = Test::hello().args(&["matrix", "--timings=none/x.html"]).run();
    assert_eq!(done.code, Some(6), "{}", done.stderr);
    assert!(done.stderr.contains("writing the timings to none/x.html"), "{}", done.stderr);
}

#[test]
fn a_report_can_be_a_pipe() {
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
fn a_report_can_be_standard_output() {
    let test = quick("/dev/stdout");
    is_report(&test.run().stdout);
    let output = sh(&test, "{ echo before; \"$@\"; echo after; } > out").output().unwrap();
    assert!(output.status.success());
    let out = fs_err::read_to_string(test.path().join("out")).unwrap();
    is_report(out.strip_prefix("before\n").unwrap().strip_suffix("after\n").unwrap());
}

#[test]
fn a_report_has_default_permissions() {
    for (umask, mode) in [("022", 0o644), ("077", 0o600), ("002", 0o664)] {
        let test = quick("report.json");
        sh(&test, &format!("umask {umask}; exec \"$@\"")).output().unwrap();
        let metadata = fs_err::metadata(test.path().join("report.json")).unwrap();
        assert_eq!(metadata.permissions().mode() & 0o777, mode, "{umask}");
    }
}

#[test]
fn the_first_failure_decides_the_exit_code() {
    quick("none/report.json").fails_with(
        3,
        &[
            "found: there is no such directory",
            "error: writing the report none/report.json\n  found: cannot create a file in `none`: No such file or directory",
        ],
    );
}

#[test]
fn the_report_path_is_checked_before_tools_run() {
    let cache = tempfile::tempdir().unwrap();
    let failing = |report: &str| {
        // Offline with an empty cache, looking for tools would fail with 4.
        let args = ["matrix", "--offline", "--report", report];
        let done =
            Test::hello().write("deep/x", "").env("PYGO_CACHE_DIR", cache.path()).args(&args).run();
        assert_eq!(done.code, Some(6), "{}", done.stderr);
        assert_eq!(done.stderr.matches("error: ").count(), 1, "{}", done.stderr);
        done.stderr
    };
    let stderr = failing("none/report.json");
    assert!(stderr.contains("error: writing the report none/report.json"), "{stderr}");
    assert!(failing("deep").contains("  found: `deep` is a directory"));
}

#[test]
fn a_report_can_be_in_a_new_out_dir() {
    let args = ["matrix", "--go", "nowhere/go", "--report", "dist/report.json"];
    let test = Test::hello().args(&args);
    let done = test.run();
    assert_eq!(done.code, Some(4), "{}", done.stderr);
    is_report_at(&test.path().join("dist/report.json"));
    assert_eq!(fs_err::read_dir(test.path().join("dist")).unwrap().count(), 1);
}

#[test]
fn an_unwritable_report_does_not_hide_the_result() {
    let done = Test::hello().args(&["build", "--report", "/dev/full"]).run();
    assert_eq!(done.code, Some(6), "{}", done.stderr);
    assert!(done.stdout.starts_with("dist/example-0.1.0-"), "{}", done.stdout);
    let (table, failure) = done.stderr.split_once("1 of 1 wheels in ").unwrap();
    assert!(table.contains("  built   "), "{table}");
    assert!(failure.contains("error: writing the report /dev/full"), "{failure}");
    assert!(failure.contains("No space left on device"), "{failure}");

    Test::hello()
        .write("setup.py", "raise SystemExit('words of its own')\n")
        .args(&["build", "--report", "/dev/full"])
        .fails_with(5, &["  found: words of its own", "error: writing the report /dev/full"]);
}

#[test]
fn an_unwritable_stdout_does_not_hide_a_failure() {
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
fn a_closed_or_full_stderr_is_ignored() {
    let full = || {
        Stdio::from(fs_err::OpenOptions::new().write(true).open("/dev/full").unwrap().into_file())
    };
    let closed = || Stdio::from(std::io::pipe().unwrap().1);
    for verbosity in ["--verbose", "--fail-fast"] {
        for sink in [full(), closed()] {
            let test = Test::hello().args(&["build", verbosity]);
            let output = test.command().stderr(sink).output().unwrap();
            assert_eq!(output.status.code(), Some(0));
            let wheel = String::from_utf8(output.stdout).unwrap();
            assert!(test.path().join(wheel.trim()).is_file(), "{wheel}");
        }
    }
    for sink in [full(), closed()] {
        let test = quick("report.json").env("GITHUB_ACTIONS", "true");
        assert_eq!(test.command().stderr(sink).status().unwrap().code(), Some(3));
        is_report_at(&test.path().join("report.json"));
    }
    let targets = Test::new().args(&["targets"]).command().stderr(full()).output().unwrap();
    assert_eq!(targets.status.code(), Some(0));
    assert!(String::from_utf8(targets.stdout).unwrap().contains("linux-amd64"));
}
