//! A wheel with an error is never written: one project for each check that can fail.

use super::bad_build::zig;
use super::support::Test;

const LINUX: &[&str] = &["matrix", "--targets", "linux-amd64"];
const MACOS: &[&str] = &["matrix", "--targets", "macos-arm64"];

/// A build backend in the project that writes whatever wheel a test needs.
const BACKEND: &str = r#"
import zipfile

def build_wheel(directory, config_settings=None, metadata_directory=None):
    info = "example-0.1.0.dist-info/"
    files = {
        "example/__init__.py": "",
        **FILES,
        info + "METADATA": "Metadata-Version: 2.4\nName: example\nVersion: 0.1.0\n" + METADATA,
        info + "WHEEL": "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        **{info + name: text for name, text in INFO.items()},
    }
    record = "".join(f"{name},,\n" for name in [*files, info + "RECORD"])
    name = "example-0.1.0-py3-none-any.whl"
    with zipfile.ZipFile(f"{directory}/{name}", "w") as archive:
        for path, text in {**files, info + "RECORD": record}.items():
            archive.writestr(path, text)
    return name
"#;

/// Builds with that backend; `set` is Python code that changes its wheel.
fn with_backend(args: &[&str], set: &str) -> Test {
    let head = "FILES, INFO, METADATA = {}, {}, ''\n";
    Test::hello()
        .write("backend.py", format!("{head}{set}\n{BACKEND}"))
        .write(
            "pyproject.toml",
            "[build-system]\nrequires = []\nbuild-backend = 'backend'\nbackend-path = ['.']\n",
        )
        .args(args)
}

fn refused(args: &[&str], set: &str, parts: &[&str]) {
    fails(with_backend(args, set), parts);
}

fn fails(test: Test, parts: &[&str]) {
    let done = test.run();
    assert_eq!(done.code, Some(1), "{parts:?}\n{}", done.stderr);
    for part in parts {
        assert!(done.stderr.contains(part), "no `{part}` in:\n{}", done.stderr);
    }
    let left: Vec<_> = std::fs::read_dir(test.path().join("dist")).unwrap().flatten().collect();
    assert!(left.is_empty(), "{left:?}");
}

#[test]
fn the_backend_of_these_tests_builds_a_good_wheel() {
    let done = with_backend(LINUX, "").run();
    assert_eq!(done.code, Some(0), "{}", done.stderr);
    assert!(!done.stderr.contains("note: the wheel"), "{}", done.stderr);
}

#[test]
fn a_finding_of_the_index_rules_is_only_a_warning() {
    let both = &["matrix", "--targets", "linux-amd64,linux-arm64"];
    let done = with_backend(both, "METADATA = 'Classifier: Private :: No\\n'").run();
    assert_eq!(done.code, Some(0), "{}", done.stderr);
    assert_eq!(done.stdout.lines().count(), 2);
    assert_eq!(done.stderr.matches("[IDX005 index-private]").count(), 1, "{}", done.stderr);
}

#[test]
fn names_that_collide_on_the_target_system() {
    // Linux allows both.
    refused(
        MACOS,
        "FILES = {'example/data/one.txt': '1', 'example/data/One.txt': '2'}",
        &["ARC007", "only in case"],
    );
}

#[test]
fn metadata_that_the_index_or_an_installer_rejects() {
    refused(
        LINUX,
        "METADATA = 'Summary: ' + 'x' * 600 + '\\n'",
        &["MET003", "a Summary of 600 characters"],
    );
    refused(LINUX, "METADATA = 'License-Expression: as is\\n'", &["as is"]);
    refused(LINUX, "METADATA = 'License-File: LICENSE\\n'", &["LICENSE"]);
    refused(LINUX, "METADATA = 'Requires-Dist: ==1\\n'", &["==1"]);
    refused(LINUX, "METADATA = 'Description-Content-Type: text/html\\n'", &["text/html"]);
    refused(LINUX, "INFO = {'entry_points.txt': '[console_scripts]\\n../up = a:b\\n'}", &["../up"]);
}

#[test]
fn the_project_says_which_findings_stop_a_build() {
    let run = |set: &str, table: &str| {
        let test = with_backend(LINUX, set);
        let file = fs_err::read_to_string(test.path().join("pyproject.toml")).unwrap();
        let file = format!("{file}\n[tool.pygo-tools.check]\n{table}\n");
        test.write("pyproject.toml", file).run()
    };
    let long = "METADATA = 'Summary: ' + 'x' * 600 + '\\n'";
    let done = run(long, "severity = { MET003 = 'warning' }");
    assert_eq!(done.code, Some(0), "{}", done.stderr);
    assert!(done.stderr.contains("[MET003 metadata-summary]"), "{}", done.stderr);
    let done = run(long, "ignore = ['MET']");
    assert_eq!(done.code, Some(0), "{}", done.stderr);
    assert!(!done.stderr.contains("MET003"), "{}", done.stderr);
    let done = run("METADATA = 'X-Own: 1\\n'", "severity = { metadata-unknown-field = 'error' }");
    assert_eq!(done.code, Some(1), "{}", done.stderr);
    assert!(done.stderr.contains("[MET016 metadata-unknown-field]"), "{}", done.stderr);
    // Before any tool runs.
    let done = run("", "severity = { MET03 = 'off' }");
    assert_eq!(done.code, Some(3), "{}", done.stderr);
    assert!(done.stderr.contains("`severity`: `MET03` is neither"), "{}", done.stderr);
}

#[test]
fn a_library_that_needs_a_missing_library() {
    let more = "package main\n\n// #cgo LDFLAGS: -L${SRCDIR} -ldep\n// int dep(void);\nimport \"C\"\n\n\
                //export Dep\nfunc Dep() C.int { return C.dep() }\n";
    let test = Test::hello()
        .write("dep.c", "int dep(void) { return 1; }")
        .write("example/go/more.go", more);
    let dep = test.path().join("example/go/libdep.so");
    let built = std::process::Command::new(zig())
        .args(["cc", "-target", "x86_64-linux-gnu.2.17", "-O2", "-shared", "-Wl,-soname,libdep.so"])
        .args([test.path().join("dep.c")])
        .args(["-o".as_ref(), dep.as_os_str()])
        .status();
    assert!(built.unwrap().success());
    let test = test.args(LINUX);
    let done = test.run();
    assert_eq!(done.code, Some(1), "{}", done.stderr);
    for part in ["libhello.example.so", "libdep.so"] {
        assert!(done.stderr.contains(part), "no `{part}` in:\n{}", done.stderr);
    }
    let test = test.write("pyproject.toml", "[tool.pygo-tools.check]\nexclude = ['libdep.*']\n");
    let done = test.run();
    assert_eq!(done.code, Some(0), "the project says where it comes from: {}", done.stderr);
}
