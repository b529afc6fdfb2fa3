//! The exact error messages for bad input, which come before any tool runs.

use crate::support::Test;

#[test]
fn no_configuration() {
    Test::new().fails(
        3,
        "
looking for the configuration of .
  found: no setup.py with a config.json
         no pyproject.toml
   help: write package, extension and library into a config.json next to setup.py, or into the table [tool.pygo-tools] of pyproject.toml; for a program, write the key `program` there",
    );
}

#[test]
fn a_config_json_without_setup_py() {
    Test::hello().remove("setup.py").fails(
        3,
        "
looking for the configuration of .
  found: config.json, but no setup.py next to it
         no pyproject.toml
   help: write package, extension and library into a config.json next to setup.py, or into the table [tool.pygo-tools] of pyproject.toml; for a program, write the key `program` there",
    );
}

#[test]
fn a_pyproject_without_the_table() {
    Test::pyproject("[project]\nname = \"x\"\n").fails(
        3,
        "
looking for the configuration of .
  found: no setup.py with a config.json
         pyproject.toml, but no table [tool.pygo-tools] in it
   help: write package, extension and library into a config.json next to setup.py, or into the table [tool.pygo-tools] of pyproject.toml; for a program, write the key `program` there",
    );
}

#[test]
fn malformed_json() {
    Test::config("{\"package\": \"example\",\n \"extension\" \"_example\"}").fails(
        3,
        "
reading config.json
  found: line 2, column 14: expected `:`
         2 |  \"extension\" \"_example\"}
           |              ^
   help: correct the text at this place",
    );
}

#[test]
fn malformed_toml() {
    Test::pyproject("[tool.pygo-tools]\npackage = \"example\n").fails(
        3,
        "
reading pyproject.toml
  found: line 2, column 19: invalid basic string, expected `\"`
         2 | package = \"example
           |                   ^
   help: correct the text at this place",
    );
}

#[test]
fn a_missing_key() {
    Test::config(
        "{\"package\": \"example\", \"extension\": \"_example\", \"signatures\": [\"char* Hello(char*, int);\"]}",
    )
    .fails(
        3,
        "
reading config.json
  found: the key `library` is missing
   help: add
         `library` (string): The name of the Go library: `hello` becomes `<package>/lib/libhello.<package>.so`, with `ctypes` `<package>/lib/libhello.so`",
    );
}

#[test]
fn an_unknown_key() {
    Test::pyproject("[tool.pygo-tools]\npackage = \"example\"\nextension = \"_example\"\nlibary = \"hello\"\nsignatures = []\n")
        .fails_with(
            3,
            &["
  found: line 4, column 1: unknown key \"libary\"
         4 | libary = \"hello\"
           | ^
   help: the nearest is `library`; `pygo schema` describes all keys"],
        );
}

#[test]
fn a_value_of_the_wrong_type() {
    Test::config("{\"package\": \"example\", \"extension\": \"_example\",\n\"library\": 3, \"signatures\": [\"char* Hello(char*, int);\"]}")
        .fails(
            3,
            "
reading config.json
  found: line 2, column 12: `library` is a number, not a string
         2 | \"library\": 3, \"signatures\": [\"char* Hello(char*, int);\"]}
           |            ^
   help: write \"library\": \"3\"",
        );
}

#[test]
fn invalid_names() {
    let path = "part of it is empty";
    let cases = [
        (["../x", "_example", "hello"], "`package` is \"../x\"", path),
        (["/abs", "_example", "hello"], "`package` is \"/abs\"", path),
        (
            ["a\\u0000b", "_example", "hello"],
            "`package` is \"a\\0b\"",
            "an identifier cannot contain \"\\0\"",
        ),
        (
            ["a\\nb", "_example", "hello"],
            "`package` is \"a\\nb\"",
            "an identifier cannot contain \"\\n\"",
        ),
        (
            ["1a", "_example", "hello"],
            "`package` is \"1a\"",
            "an identifier cannot start with \"1\"",
        ),
        (["example", "../x", "hello"], "`extension` is \"../x\"", path),
        (
            ["example", "a b", "hello"],
            "`extension` is \"a b\"",
            "an identifier cannot contain \" \"",
        ),
        (
            ["example", "_example", "../../x"],
            "`library` is \"../../x\"",
            "an identifier cannot contain \".\"",
        ),
        (
            ["example", "_example", "a\\nb"],
            "`library` is \"a\\nb\"",
            "an identifier cannot contain \"\\n\"",
        ),
    ];
    for ([package, extension, library], what, why) in cases {
        let found = format!("  found: {what}, which is not a valid name: {why}");
        Test::config(&format!(
            "{{\"package\": \"{package}\", \"extension\": \"{extension}\", \"library\": \"{library}\", \"signatures\": [\"char* Hello(char*, int);\"]}}"
        ))
        .fails_with(3, &["reading config.json", &found, "   help: use letters, digits and underscores"]);
    }
}

#[test]
fn no_go_directory() {
    Test::hello().remove("example/go").fails(
        3,
        "
looking for the Go package of `example`
  found: there is no directory example/go
         there is no directory src/example/go
   help: put the Go package into the Python package, or set `go-dir`:

             example/__init__.py
             example/go/main.go",
    );
}

#[test]
fn no_exported_function() {
    Test::hello()
        .write(
            "example/go/main.go",
            "package main\n\nimport \"C\"\n\nfunc Hello() {}\n\nfunc main() {}\n",
        )
        .fails(
            3,
            "
reading the Go package example/go
  found: no `//export` in main.go
   help: export a function with a comment directly above it, in a file that imports \"C\":

             import \"C\"

             //export Hello
             func Hello(message *C.char) *C.char {",
        );
}

#[test]
fn a_signature_that_contradicts_go_shows_both() {
    Test::signatures(&["char* Hello(char*);"]).fails(
        3,
        "
comparing `signatures` with the functions that Go exports
  found: `char* Hello(char*);`
           takes 1 parameter, but `func Hello(message *C.char, count C.int) *C.char` (example/go/main.go:11) takes 2
   help: make the signatures match the Go exports: `*C.char` is `char*`, `unsafe.Pointer` is `void*`, `C.int` is `int`",
    );
}

#[test]
fn a_signature_without_an_export_gets_a_suggestion() {
    Test::signatures(&["char* Helo(char*, int);"]).fails(
        3,
        "
comparing `signatures` with the functions that Go exports
  found: `char* Helo(char*, int);`
           Go does not export `Helo`; the nearest is `Hello` (example/go/main.go:11)
   help: make the signatures match the Go exports: `*C.char` is `char*`, `unsafe.Pointer` is `void*`, `C.int` is `int`",
    );
}

#[test]
fn a_symlink_loop_in_the_project() {
    Test::hello().link("example/one", "two").link("example/two", "one").fails(
        3,
        "
listing the files of [ROOT]
  found: the symbolic link \"example/one\" points to \"two\", which leads back to it
   help: remove the link or change its target",
    );
    Test::hello().link("example/up", "..").fails_with(3, &["\"example/up\" points to \"..\""]);
}
