//! `pygo signatures`, and projects without declarations.

use super::support::Test;

const CONFIG: &str = r#"{"package": "example", "extension": "_example", "library": "hello"}"#;

#[test]
fn the_exports_are_printed_as_declarations() {
    let go = "package main\n\nimport \"C\"\n\n//export Hello\nfunc Hello(text *C.char, on bool) *C.char {\n\
              \treturn text\n}\n\n//export Name\nfunc Name() string { return \"\" }\n\nfunc main() {}\n";
    let test = || Test::config(CONFIG).write("example/go/main.go", go);
    let printed = test().args(&["signatures"]).run();
    assert_eq!(printed.code, Some(0), "{}", printed.stderr);
    assert_eq!(printed.stdout, "char* Hello(char* text, bool on);\n");
    let note = "note: `Name` (example/go/main.go:11) returns a Go string, which C must not keep";
    assert!(printed.stderr.contains(note), "{}", printed.stderr);
    let printed = test().args(&["signatures", "--format", "json"]).run();
    let json: serde_json::Value = serde_json::from_str(&printed.stdout).unwrap();
    assert_eq!(json["parts"][0]["signatures"][0], "char* Hello(char* text, bool on);");
    assert_eq!(json["parts"][0]["left_out"][0]["function"], "Name");
}

#[test]
fn a_project_whose_exports_python_cannot_call_needs_signatures() {
    let go = "package main\n\nimport \"C\"\n\n//export Name\nfunc Name() string { return \"\" }\n\nfunc main() {}\n";
    Test::config(CONFIG)
        .write("example/go/main.go", go)
        .args(&["matrix", "--targets", "linux-amd64"])
        .fails_with(
            3,
            &[
                "deriving the declarations of _example from the Go exports\n  found: `Name` (example/go/main.go:6) returns a Go string",
                "help: change these functions, or declare them in `signatures`",
            ],
        );
}

#[test]
fn nothing_is_derived_of_what_commands_may_change() {
    let config = CONFIG.replacen('{', "{\"before\": [\"go generate ./...\"], ", 1);
    for command in [&["signatures"][..], &["build"], &["matrix", "--targets", "macos-arm64"]] {
        Test::config(&config).args(command).fails_with(
            3,
            &[
                " from the Go exports\n  found: `before` runs commands first, which may change what Go exports",
                "declare the functions in `signatures` or in the file of `cdef`",
            ],
        );
    }
}

#[test]
fn go_s_own_error_is_shown() {
    let go =
        "package main\n\nimport \"C\"\n\n//export F\nfunc F(a C.nothing) {}\n\nfunc main() {}\n";
    Test::config(CONFIG)
        .write("example/go/main.go", go)
        .args(&["signatures"])
        .fails_with(1, &["reading the exports of hello", "example/go/main.go:6:10: "]);
}

#[test]
fn a_program_exports_nothing() {
    Test::config(r#"{"program": "hello"}"#)
        .write("main.go", "package main\n\nfunc main() {}\n")
        .args(&["signatures"])
        .fails_with(3, &["no part has a library: a program exports nothing to Python"]);
}
