//! Functions that other packages than main export.

use crate::support::Test;

const CONFIG: &str = "{\"package\": \"example\", \"extension\": \"_example\", \"library\": \"hello\", \
                      \"signatures\": [\"int Twice(int n);\", \"int64_t Half(int64_t n);\"]}";

#[test]
fn exports_of_vendored_and_replaced_modules_are_called() {
    let exporting = |package: &str, name: &str, number: &str, result: &str| {
        format!(
            "package {package}\n\n// #include <stdint.h>\nimport \"C\"\n\n//export {name}\n\
             func {name}(n C.{number}) C.{number} {{ return {result} }}\n"
        )
    };
    let main = "package main\n\nimport (\n\t_ \"example.net/half/deep\"\n\t_ \"example.org/twice\"\n)\n\n\
                func main() {}\n";
    let test = Test::config(CONFIG)
        .write("example/go/main.go", main)
        .write(
            "example/go/go.mod",
            "module example.org/main\n\ngo 1.21\n\nrequire (\n\texample.net/half v1.0.0\n\t\
             example.org/twice v0.0.0\n)\n\nreplace example.org/twice => ../../twice\n",
        )
        .write("twice/go.mod", "module example.org/twice\n\ngo 1.21\n")
        .write("twice/twice.go", exporting("twice", "Twice", "int", "2 * n"))
        .write(
            "example/go/vendor/modules.txt",
            "# example.net/half v1.0.0\n## explicit; go 1.21\nexample.net/half/deep\n\
             # example.org/twice v0.0.0 => ../../twice\n## explicit; go 1.21\nexample.org/twice\n\
             # example.org/twice => ../../twice\n",
        )
        .write(
            "example/go/vendor/example.org/twice/twice.go",
            exporting("twice", "Twice", "int", "2 * n"),
        )
        .write(
            "example/go/vendor/example.net/half/deep/half.go",
            exporting("deep", "Half", "int64_t", "n / 2"),
        )
        .args(&["matrix", "--targets", "linux-amd64"]);
    let done = test.run();
    assert_eq!(done.code, Some(0), "{}", done.stderr);
}

#[test]
fn an_export_of_a_downloaded_module_has_to_be_declared() {
    let main = "package main\n\nimport \"C\"\nimport _ \"example.net/half\"\n\n//export Twice\n\
                func Twice(n C.int) C.int { return 2 * n }\n\nfunc main() {}\n";
    let test = Test::config(CONFIG)
        .write("example/go/main.go", main)
        .write("example/go/go.mod", "module example.org/main\n\ngo 1.21\n")
        .args(&["matrix", "--dry-run", "--targets", "linux-amd64"]);
    test.fails_with(
        3,
        &[
            "Go does not export `Half`; it exports Twice",
            "if example.net/half or another downloaded package does, declare it above `import \"C\"`",
        ],
    );
    let declared =
        main.replace("import \"C\"\n", "// extern long long Half(long long n);\nimport \"C\"\n");
    let done = Test::config(CONFIG)
        .write("example/go/main.go", declared)
        .write("example/go/go.mod", "module example.org/main\n\ngo 1.21\n")
        .args(&["matrix", "--dry-run", "--targets", "linux-amd64"])
        .run();
    assert_eq!(done.code, Some(0), "{}", done.stderr);
}

#[test]
fn package_main_may_declare_all_that_downloaded_modules_export() {
    let main = |preamble: &str| {
        format!(
            "package main\n\n{preamble}import \"C\"\nimport _ \"example.net/half\"\n\nfunc main() {{}}\n"
        )
    };
    let test = |preamble: &str| {
        Test::config(CONFIG)
            .write("example/go/main.go", main(preamble))
            .write("example/go/go.mod", "module example.org/main\n\ngo 1.21\n")
            .args(&["matrix", "--dry-run", "--targets", "linux-amd64"])
    };
    test("").fails_with(
        3,
        &[
            "no `//export` in main.go",
            "pygo does not read example.net/half and other packages that Go downloads: declare what",
        ],
    );
    test("// extern int Twice(int n);\n")
        .fails_with(3, &["Go does not export `Half`\n", "if example.net/half or another"]);
    let both = "// extern int Twice(int n);\n// extern long long Half(long long n);\n";
    let done = test(both).run();
    assert_eq!(done.code, Some(0), "{}", done.stderr);
}

#[test]
fn exports_are_those_of_the_workspace_that_gowork_names() {
    let package = "package half\n\n// #include <stdint.h>\nimport \"C\"\n\n//export Half\n\
                   func Half(n C.int64_t) C.int64_t { return n / 2 }\n";
    let main = "package main\n\nimport \"C\"\nimport _ \"example.net/half\"\n\n//export Twice\n\
                func Twice(n C.int) C.int { return 2 * n }\n\nfunc main() {}\n";
    let commands: &[&[&str]] = &[
        &["matrix", "--dry-run", "--targets", "linux-amd64"],
        &["signatures"],
        &["ci", "github", "--print"],
    ];
    for command in commands {
        let test = Test::config(CONFIG)
            .write("example/go/main.go", main)
            .write("example/go/go.mod", "module example.org/main\n\ngo 1.21\n")
            .write("half/go.mod", "module example.net/half\n\ngo 1.21\n")
            .write("half/half.go", package)
            .write("dev.work", "go 1.21\n\nuse (\n\t./example/go\n\t./half\n)\n");
        let work = test.path().join("dev.work").display().to_string();
        let test = test.args(command);
        let without = test.run();
        assert_eq!(without.code, Some(3), "{}", without.stderr);
        assert!(without.stderr.contains("Go does not export `Half`"), "{}", without.stderr);
        let done = test.env("GOWORK", &work).run();
        assert_eq!(done.code, Some(0), "{}", done.stderr);
    }
}
