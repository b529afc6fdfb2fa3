//! The command line itself: help, near misses, subdirectories, colors, tools, --clean.

use std::process::Command;

use crate::support::{Finished, Test};

/// Runs `test` in the directory `dir` of it.
fn run_in(test: &Test, dir: &str) -> Finished {
    let output = test.command().current_dir(test.path().join(dir)).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    Finished {
        code: output.status.code(),
        stdout: text(output.stdout),
        stderr: text(output.stderr),
    }
}

#[test]
fn a_project_is_found_from_a_subdirectory() {
    let test = Test::hello().write("sub/dir/file", "").args(&["matrix", "--dry-run"]);
    let done = run_in(&test, "sub/dir");
    assert_eq!(done.code, Some(0), "{}", done.stderr);
    assert!(done.stdout.contains("wheel linux-amd64: ../../dist/*"), "{}", done.stdout);
    let root = test.path().canonicalize().unwrap();
    assert_eq!(done.stderr, format!("note: using the project {}\n", root.display()));

    let test = test.args(&["build", "--quiet", "--dry-run"]);
    assert_eq!(run_in(&test, "example/go").stderr, "");

    let test = test.write("sub/.git/HEAD", "").args(&["build", "--dry-run"]);
    let done = run_in(&test, "sub/dir");
    assert_eq!(done.code, Some(3));
    assert!(done.stderr.contains("looking for the configuration of ."), "{}", done.stderr);
}

#[test]
fn a_near_miss_is_a_usage_error_with_a_tip() {
    for (args, tip) in [
        (&["build", "--targets", "linux-arm64"][..], "`pygo matrix --targets LIST`"),
        (&["upload"], "`pygo publish`"),
    ] {
        let done = Test::new().args(args).run();
        assert_eq!(done.code, Some(2));
        assert!(done.stderr.contains("  tip: ") && done.stderr.contains(tip), "{}", done.stderr);
    }
}

#[test]
fn colors_follow_the_option_and_the_variables() {
    let colored = |args: &[&str], env: (&str, &str)| {
        let test = Test::new().args(args);
        let mut command: Command = test.command();
        let output = command.env_remove("NO_COLOR").env(env.0, env.1).output().unwrap();
        [output.stdout, output.stderr].concat().contains(&b'\x1b')
    };
    // A usage error of clap, an error of pygo, and help.
    for args in [&["nonexist"][..], &["matrix", "nonexist"], &["--help"]] {
        let with = |when: &'static str| [args, &["--color", when]].concat();
        assert!(!colored(args, ("X", "")), "{args:?}");
        assert!(colored(&with("always"), ("NO_COLOR", "1")), "{args:?}");
        assert!(!colored(&with("never"), ("CLICOLOR_FORCE", "1")), "{args:?}");
        assert!(colored(args, ("CLICOLOR_FORCE", "1")), "{args:?}");
    }
}

#[test]
fn completions_and_manual_pages_know_every_command() {
    for shell in ["bash", "zsh", "fish"] {
        let done = Test::new().args(&["completions", shell]).run();
        assert_eq!((done.code, done.stderr.as_str()), (Some(0), ""));
        for word in ["matrix", "toolchain", "manylinux", "always"] {
            assert!(done.stdout.contains(word), "{shell} {word}");
        }
    }
    let done = Test::new().args(&["man"]).run();
    assert!(done.stdout.contains(".TH pygo 1"), "{}", done.stdout);
    let done = Test::new().args(&["man", "toolchain", "install"]).run();
    assert!(done.stdout.contains(".TH pygo-toolchain-install 1"), "{}", done.stdout);
    let done = Test::new().args(&["man", "matrx"]).run();
    assert_eq!(done.code, Some(2));
    assert!(done.stderr.contains("help: did you mean matrix?"), "{}", done.stderr);
}

#[test]
fn the_tools_in_use_get_all_arguments() {
    let test = Test::new().args(&["go", "version"]);
    let done = test.run();
    assert_eq!((done.code, done.stderr.as_str()), (Some(0), ""));
    assert!(done.stdout.starts_with("go version go1."), "{}", done.stdout);
    // Files, exit codes and options of pygo.
    let done = Test::new().args(&["go", "mod", "init", "example.org/x"]).run();
    assert_eq!(done.code, Some(0), "{}", done.stderr);
    let done = Test::new().args(&["-q", "go", "tool", "nonexist", "--quiet", "--help"]).run();
    assert_eq!(done.code, Some(2), "{}", done.stderr);
    assert!(done.stderr.contains("nonexist"), "{}", done.stderr);
    let done = Test::new().args(&["zig", "version"]).run();
    assert!(done.stdout.starts_with("0."), "{} {}", done.stdout, done.stderr);
    let done = Test::new().script("mygo", "echo $# $1; exit 7").env("PYGO_GO", "./mygo");
    let done = done.args(&["go", "--color", "x"]).run();
    assert_eq!(done.code, Some(4), "a program that is not Go: {}", done.stderr);
}

#[test]
fn clean_removes_earlier_wheels_of_this_project_after_a_success() {
    let test = Test::hello()
        .write("dist/Example-0.0.9-cp310-abi3-macosx_13_0_arm64.whl", "old")
        .write("dist/example-0.1.0-py3-none-any.whl", "old")
        .write("dist/example_two-0.0.9-py3-none-any.whl", "of another project")
        .write("dist/example-0.0.9.tar.gz", "an sdist");
    let names = |test: &Test| {
        let entries = fs_err::read_dir(test.path().join("dist")).unwrap();
        let name = |entry: std::io::Result<fs_err::DirEntry>| entry.unwrap().file_name();
        let mut names: Vec<_> = entries.map(name).map(|name| name.into_string().unwrap()).collect();
        names.sort();
        names
    };
    let failing = test.script("fail", "exit 1").args(&["build", "--clean", "--go", "fail"]);
    assert_ne!(failing.run().code, Some(0));
    assert_eq!(names(&failing).len(), 4);
    let test = failing.args(&["build", "--clean"]);
    let done = test.run();
    assert_eq!(done.code, Some(0), "{}", done.stderr);
    let built = done.stdout.trim().strip_prefix("dist/").unwrap();
    assert_eq!(names(&test), ["example-0.0.9.tar.gz", built, "example_two-0.0.9-py3-none-any.whl"]);
    assert!(
        done.stderr.ends_with(
            "removed Example-0.0.9-cp310-abi3-macosx_13_0_arm64.whl\n\
             removed example-0.1.0-py3-none-any.whl\n"
        ),
        "{}",
        done.stderr
    );
}

#[test]
fn targets_follow_the_go_in_use() {
    let go = "case $1 in version) echo go version go1.23.4 linux/amd64;; *) exit 1;; esac";
    let test = Test::new().script("go", go).args(&["targets", "--go", "./go"]);
    let done = test.run();
    assert!(done.stdout.contains("aarch64-macos.11.0"), "{}", done.stdout);
    assert!(done.stderr.contains("that of Go 1.23.4"), "{}", done.stderr);
}
