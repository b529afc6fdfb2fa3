//! Commands that run before Go.

use std::io::Read;
use std::path::Path;

use crate::support::Test;

const TABLE: &str = "[build-system]\nrequires = ['setuptools']\n\
                     build-backend = 'setuptools.build_meta'\n\
                     [project]\nname = 'p'\nversion = '1'\n[tool.setuptools]\npackages = ['p']\n\
                     [tool.pygo-tools]\npackage = 'p'\nlibrary = 'l'\nbinding = 'ctypes'\n";

fn project(before: &str) -> Test {
    Test::pyproject(&format!("{TABLE}before = {before}\n"))
        .write("p/__init__.py", "")
        .write("p/go/go.mod", "module p\n\ngo 1.21\n")
        .write(
            "p/go/main.go",
            "package main\n\n//go:generate go run ./gen\n\n/*\n#cgo LDFLAGS: ${SRCDIR}/../clib/libanswer.a\n\
             char *answer(void);\n*/\nimport \"C\"\n\n//export Text\nfunc Text() *C.char { return C.CString(made + \
             C.GoString(C.answer())) }\n\nfunc main() {}\n",
        )
        .write(
            "p/go/gen/gen.go",
            "package main\n\nimport \"os\"\n\nfunc main() {\n\ttext := \"package main\\n\\nconst made = \\\"made-for-\"\n\
             \ttext += os.Getenv(\"PYGO_TARGET\") + \"\\\"\\n\"\n\
             \tif os.WriteFile(\"made.go\", []byte(text), 0o666) != nil {\n\t\tos.Exit(1)\n\t}\n}\n",
        )
        .write("p/clib/answer.c", "char *answer(void) { return ANSWER; }\n")
        // Of an earlier build for another system.
        .write("p/clib/answer.o", "no object file")
}

/// Whether the library in the only wheel that was printed contains each text.
#[track_caller]
fn has(test: &Test, stdout: &str, texts: &[&str]) {
    let wheel = test.path().join(stdout.trim());
    let mut archive = zip::ZipArchive::new(fs_err::File::open(wheel).unwrap()).unwrap();
    let mut bytes = Vec::new();
    archive.by_name("p/lib/libl.so").unwrap().read_to_end(&mut bytes).unwrap();
    for text in texts {
        assert!(bytes.windows(text.len()).any(|window| window == text.as_bytes()), "{text}");
    }
}

#[test]
fn commands_generate_go_and_build_c_for_the_target_in_a_copy() {
    let script = "cd ../clib && test ! -e answer.o && \
                  $CC -DANSWER=\"\\\"c-for-$GOARCH\\\"\" -c answer.c && $AR rcs libanswer.a answer.o\n";
    let test = project("['go generate ./...', 'sh ../clib/build.sh']")
        .write("p/clib/build.sh", script)
        .args(&["matrix", "--targets", "linux-arm64", "--report", "dist/report.json"]);
    let done = test.run();
    assert_eq!(done.code, Some(0), "{}", done.stderr);
    has(&test, &done.stdout, &["made-for-linux-arm64", "c-for-arm64"]);
    for written in ["p/go/made.go", "p/clib/libanswer.a"] {
        assert!(!test.path().join(written).exists(), "{written}");
    }
    let report = || fs_err::read_to_string(test.path().join("dist/report.json")).unwrap();
    let library = || {
        let report: serde_json::Value = serde_json::from_str(&report()).unwrap();
        let stages = report["targets"][0]["stages"].as_array().unwrap().clone();
        let of = |name: &str| {
            let found = stages.iter().find(|stage| stage["stage"] == name);
            found.unwrap()["fingerprint"].as_str().unwrap().to_owned()
        };
        (of("prepare"), of("library"))
    };
    let first = library();
    // The same inputs have the same fingerprints, and a changed input of a command is noticed.
    let again = test.run();
    assert_eq!(again.code, Some(0), "{}", again.stderr);
    assert_eq!(library(), first);
    let test =
        test.write("p/clib/answer.c", "char *answer(void) { return \"changed-\" ANSWER; }\n");
    let changed = test.run();
    assert_eq!(changed.code, Some(0), "{}", changed.stderr);
    has(&test, &changed.stdout, &["changed-c-for-arm64"]);
}

#[test]
fn a_failed_command_is_shown_with_its_status_and_its_last_words() {
    let test = project("[\"sh -c 'echo no such model >&2; exit 7'\"]");
    test.args(&["matrix", "--targets", "linux-amd64"]).fails_with(
        1,
        &[
            "running `sh -c echo no such model >&2; exit 7` of `before` for linux-amd64",
            "exit status: 7: no such model",
            "it ran without a shell in p/go of a copy of the project",
        ],
    );
    project("['no-such-program x']").args(&["build"]).fails_with(
        4,
        &["running `no-such-program x` of `before`", "no-such-program cannot be started"],
    );
    project("['sh -c \"x']")
        .args(&["build"])
        .fails_with(3, &["`before` contains", "a quote that is not closed"]);
}

#[test]
fn an_sdist_has_what_commands_read() {
    let test = project("['make']").write("p/go/Makefile", "all:\n").args(&["sdist"]);
    let done = test.run();
    assert_eq!(done.code, Some(0), "{}", done.stderr);
    let file = fs_err::File::open(test.path().join(done.stdout.trim())).unwrap();
    let mut archive = tar::Archive::new(flate2::read::GzDecoder::new(file));
    let has = |entry: std::io::Result<tar::Entry<'_, _>>| {
        entry.unwrap().path().unwrap().ends_with(Path::new("p/go/Makefile"))
    };
    assert!(archive.entries().unwrap().any(has));
}

#[test]
fn a_command_may_write_the_functions_that_signatures_declare() {
    let config = |before: &str| {
        Test::config(&format!(
            "{{\"package\": \"example\", \"extension\": \"_example\", \"library\": \"hello\", \
             \"signatures\": [\"int Made(int n);\"]{before}}}"
        ))
        .write("example/go/main.go", "package main\n\nimport \"C\"\n\nfunc main() {}\n")
        .args(&["matrix", "--dry-run", "--format", "json", "--targets", "linux-amd64"])
    };
    config("").fails_with(3, &["no `//export` in main.go"]);
    let planned = config(", \"before\": [\"go generate\"]").run();
    assert_eq!(planned.code, Some(0), "{}", planned.stderr);
    assert!(planned.stdout.contains("prepare"), "{}", planned.stdout);
}

#[test]
fn modules_beside_the_project_are_beside_the_copy_too() {
    let table = "[build-system]\nrequires = ['pygo-tools']\nbuild-backend = 'pygo_tools.backend'\n\
                 [project]\nname = 'p'\nversion = '1'\n[tool.pygo-tools]\nprogram = 'p'\n\
                 before = ['touch done']\ntargets = ['host']\n";
    let main = "package main\n\nimport \"example.org/core\"\n\nfunc main() { print(core.Word) }\n";
    let replaced = "module p\n\ngo 1.24\n\nrequire example.org/core v0.0.0\n\n\
                    replace example.org/core => ../libs/core\n";
    let test = || {
        Test::new()
            .write("proj/pyproject.toml", table)
            .write("proj/main.go", main)
            .write("libs/core/go.mod", "module example.org/core\n\ngo 1.24\n")
            .write("libs/core/core.go", "package core\n\nconst Word = \"beside\"\n")
            .args(&["matrix", "proj"])
    };
    let done = test().write("proj/go.mod", replaced).run();
    assert_eq!(done.code, Some(0), "{}", done.stderr);
    let workspace = "go 1.24\n\nuse (\n\t./proj\n\t./libs/core\n)\n";
    let done =
        test().write("proj/go.mod", "module p\n\ngo 1.24\n").write("go.work", workspace).run();
    assert_eq!(done.code, Some(0), "{}", done.stderr);
}
