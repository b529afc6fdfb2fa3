//! `pygo new` and `pygo init`: the files they write, when they refuse, and that the result builds.

use std::path::Path;
use std::process::Command;

use crate::support::{Finished, Test};

/// Every file and link below `dir`, sorted, relative to it.
fn tree(dir: &Path) -> Vec<String> {
    let mut found: Vec<_> = walkdir::WalkDir::new(dir)
        .into_iter()
        .map(Result::unwrap)
        .filter(|entry| !entry.file_type().is_dir())
        .map(|entry| entry.path().strip_prefix(dir).unwrap().to_str().unwrap().to_owned())
        .collect();
    found.sort();
    found
}

pub fn lines(text: &str) -> Vec<&str> {
    text.lines().collect()
}

/// Expects this failure and an unchanged directory.
#[track_caller]
pub fn refuses(test: Test, code: i32, message: &str) {
    let before = tree(test.path());
    let path = test.path().to_owned();
    let done = test.run();
    assert_eq!(done.stderr.trim_end(), format!("error: {}", message.trim()));
    assert_eq!((done.code, done.stdout.as_str()), (Some(code), ""));
    assert_eq!(tree(&path), before);
}

const SRC: &[&str] = &[
    ".gitignore",
    "MANIFEST.in",
    "README.md",
    "pyproject.toml",
    "src/my_lib/__init__.py",
    "src/my_lib/_my_lib.pyi",
    "src/my_lib/go/go.mod",
    "src/my_lib/go/main.go",
    "src/my_lib/greeting.py",
    "src/my_lib/py.typed",
    "tests/__init__.py",
    "tests/test_my_lib.py",
];

#[test]
fn new_makes_a_directory() {
    let test = Test::new().args(&["new", "my-lib"]);
    let done = test.run();
    assert_eq!(done.code, Some(0), "{}", done.stderr);
    let below: Vec<_> = SRC.iter().map(|path| format!("my-lib/{path}")).collect();
    assert_eq!(lines(&done.stdout), below);
    assert_eq!(tree(test.path()), below);
    assert_eq!(
        done.stderr,
        "next: `pygo develop my-lib` installs it in the active Python environment, `pygo matrix my-lib` builds its wheels\n\
         then: `pygo ci github my-lib`, or gitlab, writes a pipeline that builds, tests and publishes them\n"
    );
    let toml = fs_err::read_to_string(test.path().join("my-lib/pyproject.toml")).unwrap();
    for line in ["name = \"my-lib\"", "package = \"my_lib\"", "extension = \"my_lib._my_lib\""] {
        assert!(lines(&toml).contains(&line), "{toml}");
    }
    let done = test.args(&["matrix", "my-lib", "--dry-run", "--targets", "linux-arm64"]).run();
    assert!(done.stdout.starts_with("library my_lib_go: exports Greet, Free\n"), "{}", done.stderr);
}

#[test]
fn init_names_the_project_after_the_directory() {
    for args in [&["init"][..], &["init", "."]] {
        let test = Test::new().write("My.Lib/LICENSE", "").args(args);
        let mut command = test.command();
        let output = command.current_dir(test.path().join("My.Lib")).output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{output:?}");
        assert_eq!(lines(std::str::from_utf8(&output.stdout).unwrap()), SRC);
        let toml = fs_err::read_to_string(test.path().join("My.Lib/pyproject.toml")).unwrap();
        assert!(toml.contains("name = \"My.Lib\""), "{toml}");
    }
    let test = Test::new().args(&["init", "deep/er/my_lib/"]);
    assert_eq!(test.run().code, Some(0));
    assert_eq!(tree(&test.path().join("deep/er/my_lib")), SRC);
    let test = Test::new().args(&["init", "--name", "my-lib"]);
    assert_eq!(test.run().code, Some(0));
    assert_eq!(tree(test.path()), SRC);
}

#[test]
fn setup_py_gives_the_layout_of_0_1_8() {
    let test = Test::new().args(&["new", "--setup-py", "my-lib"]);
    let done = test.run();
    assert_eq!(done.code, Some(0), "{}", done.stderr);
    assert_eq!(
        tree(&test.path().join("my-lib")),
        [
            ".gitignore",
            "MANIFEST.in",
            "README.md",
            "config.json",
            "my_lib/__init__.py",
            "my_lib/_my_lib.pyi",
            "my_lib/go/go.mod",
            "my_lib/go/main.go",
            "my_lib/greeting.py",
            "my_lib/py.typed",
            "pyproject.toml",
            "setup.py",
            "tests/test_my_lib.py",
        ]
    );
}

#[test]
fn uv_knows_the_files_of_both_layouts() {
    for args in [&["new", "my-lib"][..], &["new", "my-lib", "--setup-py"]] {
        let test = Test::new().args(args);
        assert_eq!(test.run().code, Some(0));
        let root = test.path().join("my-lib");
        let pyproject = fs_err::read_to_string(root.join("pyproject.toml")).unwrap();
        assert!(pyproject.contains("\n[dependency-groups]\ndev = ["), "{pyproject}");
        let keys = pyproject.split_once("\ncache-keys = [\n").unwrap().1;
        let keys = keys.lines().map_while(|line| line.trim().strip_prefix("{ file = \""));
        let keys: Vec<_> =
            keys.filter_map(|line| line.split_once('"')).map(|(path, _)| path).collect();
        let known: Vec<_> = keys.iter().filter(|path| root.join(path).is_file()).collect();
        let own = if args.len() == 3 { 4 } else { 2 };
        assert_eq!(known.len(), own, "{keys:?}");
        assert!(keys.iter().any(|path| path.ends_with("go/**/*.go")));
    }
}

#[test]
fn an_invalid_name_is_refused() {
    let not_distribution = |text: &str, help: &str| {
        format!(
            "reading the name {text:?}\n  found: {text:?} is not a distribution name (ASCII letters, \
             digits, `.`, `-` and `_`; a letter or digit first and last)\n   help: choose another \
             name: {help}"
        )
    };
    for (name, help) in [
        ("", "`pygo new my-lib`"),
        ("ünïcode", "`pygo new my-lib`"),
        ("my lib", "`pygo new my-lib`"),
        ("../x", "`pygo new x`; for another place, `pygo init DIR`"),
    ] {
        refuses(Test::new().args(&["new", name]), 2, &not_distribution(name, help));
    }
    for (name, found) in [
        (
            "1abc",
            "the Python package would be called \"1abc\", but an identifier cannot start with \"1\"",
        ),
        ("class", "the Python package would be called \"class\", but `class` is a Python keyword"),
        (
            "json",
            "the Python package would be called `json`, which is a module of Python's standard library",
        ),
        ("fmt", "the Python package would be called `fmt`, which is a name that Go reserves"),
    ] {
        let message = |what: &str, option: &str| {
            format!("{what}\n  found: {found}\n   help: choose another name: `{option} go-{name}`")
        };
        let reading = format!("reading the name {name:?}");
        let after = format!("naming the project after its directory, {name}");
        refuses(Test::new().args(&["new", name]), 2, &message(&reading, "pygo new"));
        refuses(Test::new().args(&["init", "--name", name]), 2, &message(&reading, "--name"));
        refuses(Test::new().args(&["init", name]), 2, &message(&after, "--name"));
    }
    Test::new().args(&["init", "/"]).fails(
        2,
        "
naming the project after its directory, /
  found: the directory has no name
   help: name the project: `--name my-lib`",
    );
}

#[test]
fn nothing_is_overwritten() {
    let test = Test::new()
        .write("pyproject.toml", "mine")
        .write("src/my_lib/__init__.py", "mine")
        .write("src/my_lib/go/other.go", "package other")
        .write("setup.py", "mine")
        .write("tests/test_mine.py", "mine")
        .link("MANIFEST.in", "nowhere")
        .args(&["init", "--name", "my-lib"]);
    refuses(
        test,
        3,
        "
writing the project my-lib into .
  found: in the way:
         MANIFEST.in
         pyproject.toml
         setup.py, which would also be read
         src/my_lib/__init__.py
         src/my_lib/go/other.go
   help: move these files, or choose another directory; nothing was written",
    );
}

#[test]
fn equivalent_existing_files_are_kept() {
    let test = Test::new()
        .write(".gitignore", "mine")
        .write("README.md", "mine")
        .write("tests/test_mine.py", "mine")
        .args(&["init", "--name", "my-lib"]);
    let done = test.run();
    assert_eq!(done.code, Some(0), "{}", done.stderr);
    let notes = "note: .gitignore already exists and was not changed\nnote: README.md already exists and was not changed\nnext: ";
    assert!(done.stderr.starts_with(notes), "{}", done.stderr);
    assert!(!done.stdout.contains(".gitignore") && !done.stdout.contains("README.md"));
    for path in [".gitignore", "README.md", "tests/test_mine.py"] {
        assert_eq!(fs_err::read_to_string(test.path().join(path)).unwrap(), "mine");
    }
    refuses(
        Test::new().link("README.md", "nowhere").args(&["init", "--name", "my-lib"]),
        3,
        "
writing the project my-lib into .
  found: in the way:
         README.md
   help: move these files, or choose another directory; nothing was written",
    );
}

#[test]
fn links_are_not_followed() {
    let outside = tempfile::tempdir().unwrap();
    let test = Test::new()
        .link("src", outside.path().to_str().unwrap())
        .write("tests", "a file")
        .args(&["init", "--name", "my-lib"]);
    refuses(
        test,
        3,
        "
writing the project my-lib into .
  found: in the way:
         src, a symbolic link
         tests, which is not a directory
   help: move these files, or choose another directory; nothing was written",
    );
    assert!(tree(outside.path()).is_empty());

    let test = Test::new().link("my-lib", outside.path().to_str().unwrap());
    new_is_refused(test, "a symbolic link has that name");
    assert!(tree(outside.path()).is_empty());
}

#[track_caller]
fn new_is_refused(test: Test, found: &str) {
    refuses(
        test.args(&["new", "my-lib"]),
        3,
        &format!(
            "creating the directory my-lib\n  found: {found}\n   help: choose another name, or set \
             the project up in the existing directory: `pygo init my-lib`"
        ),
    );
}

#[test]
fn new_needs_an_empty_directory() {
    new_is_refused(Test::new().write("my-lib/LICENSE", ""), "it already exists and is not empty");
    new_is_refused(Test::new().write("my-lib", ""), "a file has that name");
    let test = Test::new().args(&["new", "my-lib"]);
    fs_err::create_dir(test.path().join("my-lib")).unwrap();
    assert_eq!(test.run().code, Some(0));
}

#[test]
fn a_directory_that_is_not_writable() {
    Test::new().args(&["init", "/proc/deep/my-lib"]).fails_with(
        6,
        &[
            "writing the project my-lib into /proc/deep/my-lib",
            "failed to create directory `/proc/deep`",
        ],
    );
    Test::new().write("file", "").args(&["init", "file/my-lib"]).fails_with(6, &["file/my-lib"]);
}

/// Runs `test` with a limit of 512 bytes for each file.
fn with_a_file_size_limit(test: &Test) -> Finished {
    let pygo = test.command();
    let output = Command::new("sh")
        .args(["-c", "trap '' XFSZ; ulimit -f 1; exec \"$@\"", "sh"])
        .arg(pygo.get_program())
        .args(pygo.get_args())
        .current_dir(test.path())
        .output()
        .unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    Finished {
        code: output.status.code(),
        stdout: text(output.stdout),
        stderr: text(output.stderr),
    }
}

#[test]
fn a_failed_init_leaves_nothing() {
    let test = Test::new().args(&["new", "my-lib"]);
    let done = with_a_file_size_limit(&test);
    assert_eq!((done.code, done.stdout.as_str()), (Some(6), ""), "{}", done.stderr);
    assert!(done.stderr.contains("File too large"), "{}", done.stderr);
    assert_eq!(fs_err::read_dir(test.path()).unwrap().count(), 0);

    let test = Test::new().write("src/mine", "mine").args(&["init", "--name", "my-lib"]);
    let done = with_a_file_size_limit(&test);
    assert_eq!(done.code, Some(6), "{}", done.stderr);
    assert_eq!(tree(test.path()), ["src/mine"]);
    assert_eq!(fs_err::read_dir(test.path()).unwrap().count(), 1, "an empty directory is left");
}

#[test]
fn a_binding_is_for_the_layout_that_can_have_it() {
    for other in ["--setup-py", "--bin"] {
        let done = Test::new().args(&["new", "my-lib", "--binding", "capi", other]).run();
        assert_eq!(done.code, Some(2));
        assert!(done.stderr.contains("cannot be used with"), "{}", done.stderr);
    }
}

#[test]
fn a_new_project_can_have_a_pipeline() {
    let test = Test::new().args(&["new", "my-lib", "--ci", "github"]);
    let done = test.run();
    assert_eq!(done.code, Some(0), "{}", done.stderr);
    assert!(done.stdout.ends_with("my-lib/.github/workflows/wheels.yml\n"), "{}", done.stdout);
    assert!(done.stderr.contains("then: add this repository as a trusted publisher"));
    let file = test.path().join("my-lib/.github/workflows/wheels.yml");
    let written = fs_err::read_to_string(&file).unwrap();
    let printed = test.args(&["ci", "github", "my-lib", "--print"]).run();
    assert_eq!(printed.stdout, written);

    let program = Test::new().args(&["new", "tool", "--bin", "--ci", "gitlab"]);
    let done = program.run();
    assert!(done.stdout.ends_with("tool/.gitlab-ci.yml\n"), "{}", done.stderr);

    let existing = Test::new()
        .write("pyproject.toml", "[project]\nname = \"my-lib\"\nversion = \"1\"\n")
        .write("my_lib/__init__.py", "")
        .args(&["init", "--ci", "gitlab"]);
    let done = existing.run();
    assert!(done.stdout.ends_with(".gitlab-ci.yml\n"), "{}", done.stderr);

    let occupied = Test::new().write(".gitlab-ci.yml", "mine\n");
    refuses(
        occupied.args(&["init", "--name", "my-lib", "--ci", "gitlab"]),
        3,
        "
writing the project my-lib into .
  found: in the way:
         .gitlab-ci.yml
   help: move these files, or choose another directory; nothing was written",
    );
}
