//! What the judge calls an error is never written: a project made to fail each gate.

use super::bad_build::zig;
use super::support::Test;

const LINUX: &[&str] = &["matrix", "--targets", "linux-amd64"];
const MACOS: &[&str] = &["matrix", "--targets", "macos-arm64"];

/// A build backend of the project itself, whose wheel is what a test makes of it.
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

/// Builds with that backend after `set`, which fills in the tables of its wheel.
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
    let said = test.run();
    assert_eq!(said.code, Some(1), "{parts:?}\n{}", said.stderr);
    for part in parts {
        assert!(said.stderr.contains(part), "not said: {part}\n{}", said.stderr);
    }
    let left: Vec<_> = std::fs::read_dir(test.path().join("dist")).unwrap().flatten().collect();
    assert!(left.is_empty(), "{left:?}");
}

#[test]
fn the_backend_of_these_tests_makes_wheels_when_nothing_is_wrong() {
    let said = with_backend(LINUX, "").run();
    assert_eq!(said.code, Some(0), "{}", said.stderr);
    assert!(!said.stderr.contains("note: the wheel"), "{}", said.stderr);
}

#[test]
fn what_the_index_alone_refuses_is_written_and_told_once() {
    let both = &["matrix", "--targets", "linux-amd64,linux-arm64"];
    let said = with_backend(both, "METADATA = 'Classifier: Private :: No\\n'").run();
    assert_eq!(said.code, Some(0), "{}", said.stderr);
    assert_eq!(said.stdout.lines().count(), 2);
    assert_eq!(said.stderr.matches("[IDX005 index-private]").count(), 1, "{}", said.stderr);
}

#[test]
fn names_that_the_system_cannot_have_both_of() {
    // On Linux both can be.
    refused(
        MACOS,
        "FILES = {'example/data/one.txt': '1', 'example/data/One.txt': '2'}",
        &["ARC007", "only in case"],
    );
}

#[test]
fn metadata_that_the_index_or_an_installer_refuses() {
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
fn a_library_that_needs_one_which_is_nowhere() {
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
    fails(test.args(LINUX), &["libhello.so", "libdep.so"]);
}
