//! What the options and the configuration of a project make of the findings of `pygo check`.

use crate::check::{NAME, bad, check};
use crate::support::Test;

#[test]
fn a_bad_pattern_of_a_library_is_a_usage_error() {
    let done = check(&[&format!("good/{NAME}"), "--exclude", "lib[a"]);
    assert_eq!(done.code, Some(2));
    assert!(done.stderr.contains("`lib[a` is not a shell pattern"), "{}", done.stderr);
    let done = check(&[&format!("good/{NAME}"), "--exclude", "liba*.so", "--exclude", "libb.so"]);
    assert_eq!(done.code, Some(0), "{}", done.stderr);
}

#[test]
fn the_project_says_what_is_left_out() {
    let run = |table: &str| {
        let text = format!("[tool.pygo-tools.check]\n{table}\n");
        let test = Test::new().write(NAME, bad()).write("pyproject.toml", text.into_bytes());
        test.args(&["check", NAME]).run()
    };
    assert_eq!(run("exclude = ['liba.so']").code, Some(1));
    let done = run("ignore = ['TAG', 'REC']");
    assert_eq!(done.code, Some(0), "{}", done.stdout);
    let unknown = run("ignore = ['elf-unstriped']");
    assert_eq!(unknown.code, Some(3), "{}", unknown.stderr);
    assert!(unknown.stderr.contains("did you mean elf-unstripped?"), "{}", unknown.stderr);
    assert!(run("ignor = []").stderr.contains("the nearest is `ignore`"));
}

#[test]
fn the_project_sets_severities() {
    // REC006 and TAG004, both errors.
    let run = |severity: &str, more: &[&str]| {
        let text = format!("[tool.pygo-tools.check]\nseverity = {{ {severity} }}\n");
        let test = Test::new().write(NAME, bad()).write("pyproject.toml", text);
        test.args(&[&["check", NAME], more].concat()).run()
    };
    let both = "TAG004 = 'warning', REC = 'off'";
    for (severity, more, code, counts) in [
        ("TAG004 = 'warning'", &[][..], 1, "1 error, 1 warning in 1 wheel"),
        (both, &[], 0, "0 errors, 1 warning in 1 wheel"),
        (both, &["--strict"], 1, "0 errors, 1 warning in 1 wheel"),
        (both, &["--errors-only"], 0, "0 errors, 0 warnings in 1 wheel"),
        (both, &["--ignore", "TAG004", "--strict"], 0, "0 errors, 0 warnings in 1 wheel"),
        (both, &["--select", "REC006"], 1, "1 error, 0 warnings in 1 wheel"),
        (both, &["--select", "REC"], 1, "1 error, 0 warnings in 1 wheel"),
        (both, &["--select", "all"], 0, "0 errors, 1 warning in 1 wheel"),
        ("all = 'warning', tag-wheel-mismatch = 'error'", &[], 1, "1 error, 1 warning in 1 wheel"),
    ] {
        let done = run(severity, more);
        assert_eq!(done.code, Some(code), "{severity} {more:?}: {}{}", done.stdout, done.stderr);
        assert!(done.stderr.contains(counts), "{severity} {more:?}: {}", done.stderr);
    }
    let report = run(both, &["--format", "json"]).stdout;
    let report: serde_json::Value = serde_json::from_str(&report).unwrap();
    assert_eq!(report["wheels"][0]["ok"], true);
    assert_eq!(report["wheels"][0]["findings"][0]["severity"], "warning");
    assert!(run(both, &["--format", "github"]).stdout.starts_with("::warning file="));
    let sarif = run(both, &["--format", "sarif"]).stdout;
    let sarif: serde_json::Value = serde_json::from_str(&sarif).unwrap();
    assert_eq!(sarif["runs"][0]["results"][0]["level"], "warning");
    for (severity, found) in [
        ("TAG04 = 'off'", "`severity`: `TAG04` is neither a rule nor a group"),
        ("TAG004 = 'none'", "`TAG004` in `severity` is `none`"),
        ("TAG004 = 0", "`severity` contains a value that is not a string"),
    ] {
        let done = run(severity, &[]);
        assert_eq!(done.code, Some(3), "{severity}: {}", done.stderr);
        assert!(done.stderr.contains(found), "{severity}: {}", done.stderr);
    }
}

#[test]
fn settings_are_those_of_the_project_around_the_directory() {
    let test = Test::new()
        .write("p/pyproject.toml", "[tool.pygo-tools.check]\nignore = ['TAG', 'REC']\n")
        .write(&format!("p/a/dist/{NAME}"), bad())
        .write("p/other/pyproject.toml", "[project]\nname = 'other'\n")
        .write(&format!("p/other/{NAME}"), bad());
    let test = test.args(&["check"]);
    let run = |dir: &str, path: &str, quiet: bool| {
        let mut command = test.command();
        let quiet = quiet.then_some("--quiet");
        let done = command.arg(path).args(quiet).current_dir(test.path().join(dir));
        let done = done.output().unwrap();
        (done.status.code(), String::from_utf8(done.stderr).unwrap())
    };
    let (code, told) = run("p/a", "dist", false);
    assert_eq!(code, Some(0), "{told}");
    assert!(
        told.contains("using [tool.pygo-tools.check] of ") && told.contains("/p/pyproject.toml")
    );
    assert_eq!(run("p/a", "dist", true), (Some(0), String::new()));
    let (code, told) = run("p", "a/dist", false);
    assert!(code == Some(0) && !told.contains("using"), "{told}");
    let (code, told) = run("p/other", NAME, false);
    assert!(code == Some(1) && !told.contains("using"), "another project: {told}");
    assert_eq!(run(".", "p/a/dist", false).0, Some(1), "the directory of the command counts");
    let wrong = "[tool.pygo-tools.check]\nseverity = { TAG04 = 'off' }\n";
    fs_err::write(test.path().join("p/pyproject.toml"), wrong).unwrap();
    let (code, told) = run("p/a", "dist", true);
    assert!(code == Some(3) && told.contains("reading ../pyproject.toml, [tool"), "{told}");
}

#[test]
fn a_headline_about_some_rules_says_so() {
    let done = check(&[NAME, "--select", "MET"]);
    assert_eq!(done.stdout, format!("{NAME}: no errors in the selected rules\n"));
}
