//! `pygo new` and `pygo init`: the files they write, when they refuse, and that the result builds.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::support::{Finished, Test, shared_cache};

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

fn lines(text: &str) -> Vec<&str> {
    text.lines().collect()
}

/// Expects this failure and an unchanged directory.
#[track_caller]
fn refuses(test: Test, code: i32, message: &str) {
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

/// The path of gofmt in the tests' cache.
fn gofmt() -> PathBuf {
    let tools = fs_err::read_dir(shared_cache().join("tools")).unwrap();
    let found = tools.map(|entry| entry.unwrap().path().join("go/bin/gofmt"));
    found.filter(|path| path.is_file()).max().unwrap()
}

#[test]
fn both_layouts_build_unchanged() {
    for args in [&["new", "my-lib"][..], &["new", "my-lib", "--setup-py"]] {
        let test = Test::new().args(args);
        assert_eq!(test.run().code, Some(0));
        let test = test.args(&["matrix", "--targets", "linux-amd64", "my-lib"]);
        let done = test.run();
        assert_eq!(done.code, Some(0), "{}", done.stderr);
        assert!(!done.stderr.contains("note: "), "{}", done.stderr);
        let wheel = fs_err::File::open(test.path().join(done.stdout.trim())).unwrap();
        let archive = zip::ZipArchive::new(wheel).unwrap();
        let mut names: Vec<_> = archive.file_names().map(Result::unwrap).collect();
        names.retain(|name| !name.contains(".dist-info/"));
        names.sort_unstable();
        assert_eq!(
            names,
            [
                "my_lib/__init__.py",
                "my_lib/_my_lib.abi3.so",
                "my_lib/_my_lib.pyi",
                "my_lib/greeting.py",
                "my_lib/lib/libmy_lib_go.my_lib.so",
                "my_lib/lib/libmy_lib_go.py",
                "my_lib/py.typed",
            ]
        );
        let formatted = Command::new(gofmt()).args(["-l", "."]).current_dir(test.path()).output();
        let formatted = formatted.unwrap();
        assert!(formatted.status.success() && formatted.stdout.is_empty(), "{formatted:?}");
        let compiled = Command::new("python3")
            .args(["-W", "error", "-m", "compileall", "-q", "my-lib"])
            .current_dir(test.path())
            .output()
            .unwrap();
        assert!(compiled.status.success(), "{compiled:?}");
    }
}

#[test]
fn init_adds_go_to_an_existing_package() {
    let before = "# mine\n[build-system]\nrequires = [\"setuptools>=70.1\"]\n\
                  build-backend = \"setuptools.build_meta\"\n\n[project]\nname = \"My.Lib\"  # mine\n\
                  version = \"2.0\"\n\n[tool.setuptools]\npackages = [\"my_lib\"]\n\
                  package-dir = { \"\" = \"src\" }\n";
    let test = Test::new()
        .write("pyproject.toml", before)
        .write("src/my_lib/__init__.py", "mine = 1\n")
        .write("tests/__init__.py", "")
        .args(&["init"]);
    let done = test.run();
    assert_eq!(done.code, Some(0), "{}", done.stderr);
    assert_eq!(lines(&done.stdout), ["src/my_lib/go/go.mod", "src/my_lib/go/main.go"]);
    assert!(done.stderr.contains("pyproject.toml: added [tool.pygo-tools]\n"), "{}", done.stderr);
    assert!(done.stderr.contains("from ._my_lib import ffi, lib"), "{}", done.stderr);
    let after = fs_err::read_to_string(test.path().join("pyproject.toml")).unwrap();
    let kept = before.lines().filter(|line| after.lines().any(|other| other == *line)).count();
    assert_eq!(before.lines().count() - kept, 2, "{after}");
    let init = fs_err::read_to_string(test.path().join("src/my_lib/__init__.py")).unwrap();
    assert_eq!(init, "mine = 1\n");

    let test = test.args(&["build"]);
    let done = test.run();
    assert_eq!(done.code, Some(0), "{}", done.stderr);
    assert!(done.stdout.starts_with("dist/my_lib-2.0-cp310-abi3-"), "{}", done.stdout);

    let again = test.args(&["init"]);
    let done = again.run();
    assert_eq!(done.code, Some(3));
    assert!(done.stderr.contains("[tool.pygo-tools] in pyproject.toml: pygo builds it already"));
}

#[test]
fn init_refuses_a_package_that_it_cannot_add_to() {
    let toml = "[project]\nname = 'my-lib'\n";
    refuses(
        Test::new().write("pyproject.toml", toml).args(&["init"]),
        3,
        "
adding Go to the package in .
  found: there is no package my_lib in src or next to pyproject.toml
   help: create src/my_lib/__init__.py, or name the package: --name NAME",
    );
    let test = Test::new().write("pyproject.toml", toml).write("my_lib/__init__.py", "");
    refuses(
        test.write("my_lib/go/mine.go", "package main").args(&["init"]),
        3,
        "
adding Go to the package in .
  found: in the way:
         my_lib/go/mine.go
   help: move these files, or choose another directory; nothing was written",
    );
}

/// The directory with cffi in the tests' cache, for the Python that pygo runs.
fn cffi() -> PathBuf {
    let tools = fs_err::read_dir(shared_cache().join("tools")).unwrap();
    let found = tools.map(|entry| entry.unwrap().path());
    found.filter(|path| path.join("cffi/__init__.py").is_file()).max().unwrap()
}

#[test]
fn a_project_of_each_binding_builds_and_passes_its_tests() {
    for (binding, tag) in [
        ("cffi", "cp310-abi3"),
        ("cffi-abi", "py3-none"),
        ("ctypes", "py3-none"),
        ("capi", "cp310-abi3"),
    ] {
        let test = Test::new().args(&["new", "my-lib", "--binding", binding]);
        let done = test.run();
        assert_eq!(done.code, Some(0), "{}", done.stderr);
        let editable = done.stderr.contains("next: `pygo develop my-lib` installs it");
        assert_eq!(editable, binding != "ctypes", "{}", done.stderr);
        let test = test.args(&["matrix", "--targets", "linux-amd64", "my-lib"]);
        let done = test.run();
        assert_eq!(done.code, Some(0), "{binding}: {}", done.stderr);
        assert!(!done.stderr.contains("note: "), "{}", done.stderr);
        assert!(done.stdout.contains(&format!("my_lib-0.1.0-{tag}-manylinux")), "{}", done.stdout);
        let wheel = fs_err::File::open(test.path().join(done.stdout.trim())).unwrap();
        let installed = test.path().join("installed");
        zip::ZipArchive::new(wheel).unwrap().extract(&installed).unwrap();
        let path = std::env::join_paths([installed, cffi()]).unwrap();
        let tested = Command::new("python3")
            .args(["-m", "unittest", "tests.test_my_lib"])
            .current_dir(test.path().join("my-lib"))
            .env("PYTHONPATH", path)
            .output()
            .unwrap();
        assert!(tested.status.success(), "{binding}: {tested:?}");
    }
}

#[test]
fn init_adds_each_binding_to_an_existing_package() {
    for (binding, key, hint) in [
        ("cffi-abi", "signatures = [", "from ._my_lib import ffi, lib"),
        ("ctypes", "library = \"my_lib_go\"", "lib/libmy_lib_go.so"),
        ("capi", "extension = \"my_lib._my_lib\"", "from ._my_lib import greet"),
    ] {
        let test = Test::new()
            .write("pyproject.toml", "[project]\nname = \"my-lib\"\nversion = \"1\"\n")
            .write("my_lib/__init__.py", "")
            .args(&["init", "--binding", binding]);
        let done = test.run();
        assert_eq!(done.code, Some(0), "{}", done.stderr);
        assert!(done.stderr.contains(hint), "{}", done.stderr);
        assert_eq!(
            done.stdout.contains("my_lib/go/module.c"),
            binding == "capi",
            "{}",
            done.stdout
        );
        let toml = fs_err::read_to_string(test.path().join("pyproject.toml")).unwrap();
        assert!(
            toml.contains(&format!("binding = \"{binding}\"\n")) && toml.contains(key),
            "{toml}"
        );
        let planned = test.args(&["matrix", "--dry-run", "--targets", "linux-arm64"]).run();
        assert_eq!(planned.code, Some(0), "{}", planned.stderr);
    }
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
