//! Outputs of earlier runs: reused while nothing that was read has changed, with the same bytes.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use pygo::report::Report;

use crate::support::{Test, path_without_toolchain, shared_cache};

/// A project with C two includes away, an embedded file and a declarative build backend.
pub fn project() -> Test {
    Test::new()
        .write(
            "pyproject.toml",
            "[build-system]\nrequires = [\"setuptools\"]\nbuild-backend = \"setuptools.build_meta\"\n\
             [project]\nname = \"kept\"\nversion = \"1\"\ndependencies = [\"cffi\"]\n\
             [tool.setuptools]\npackages = [\"kept\"]\n\
             [tool.pygo-tools]\npackage = \"kept\"\nextension = \"kept._kept\"\nlibrary = \"kept_go\"\n\
             signatures = [\"int Two(void);\"]\n",
        )
        .write("kept/__init__.py", "")
        .write("kept/go/go.mod", "module kept\n\ngo 1.21\n")
        .write("kept/go/data.txt", "data")
        .write("c/one.h", "#include \"two.h\"\n")
        .write("c/two.h", "#define TWO 2\n")
        .write(
            "kept/go/main.go",
            "package main\n\n// #cgo CFLAGS: -I${SRCDIR}/../../c\n// #include \"one.h\"\n\
             // static int two(void) { return TWO; }\nimport \"C\"\nimport _ \"embed\"\n\n\
             //go:embed data.txt\nvar data string\n\n//export Two\n\
             func Two() C.int { return C.two() + C.int(len(data)) }\n\nfunc main() {}\n",
        )
}

/// Builds; returns which stages were reused, and the digest of the wheel.
#[track_caller]
pub fn build(test: &Test, report: &Path) -> (BTreeMap<String, bool>, String) {
    let done = test.run();
    assert_eq!(done.code, Some(0), "{}", done.stderr);
    let report = Report::read(report).unwrap();
    let target = &report.targets[0];
    let stages = target.stages.iter().map(|run| (run.stage.to_string(), run.cached)).collect();
    (stages, target.sha256.clone().unwrap())
}

pub fn rebuilt(stages: &BTreeMap<String, bool>) -> Vec<&str> {
    stages.iter().filter(|(_, cached)| !**cached).map(|(stage, _)| stage.as_str()).collect()
}

/// It reads what the stages before it made, and starts nothing.
pub const ALWAYS: [&str; 1] = ["audit"];

#[test]
fn only_what_changed_is_built_again() {
    let dir = tempfile::tempdir().unwrap();
    let report = dir.path().join("report.json");
    let args = ["build", "--report", report.to_str().unwrap()];
    let test = project().args(&args);
    let (stages, first) = build(&test, &report);
    assert!(rebuilt(&stages).contains(&"library"), "{stages:?}");

    let (stages, digest) = build(&test, &report);
    assert_eq!((rebuilt(&stages), &digest), (ALWAYS.to_vec(), &first));
    let uncached = test.args(&[&args[..], &["--no-cache"]].concat());
    let (stages, digest) = build(&uncached, &report);
    assert!(stages.values().all(|cached| !cached), "{stages:?}");
    assert_eq!(digest, first, "the bytes do not depend on the cache");

    let test = uncached.args(&args).write("c/two.h", "#define TWO 3\n");
    let (stages, digest) = build(&test, &report);
    assert!(!stages["library"] && !stages["extension"], "{stages:?}");
    assert_ne!(digest, first);
    let test = test.write("c/two.h", "#define TWO 2\n");
    assert_eq!(build(&test, &report).1, first);

    let test = test.write("kept/go/data.txt", "other data");
    let (stages, digest) = build(&test, &report);
    assert!(!stages["library"] && stages["source"], "{stages:?}");
    assert_ne!(digest, first);

    let test = test.write("kept/go/data.txt", "data").write("kept/__init__.py", "x = 1\n");
    let (stages, digest) = build(&test, &report);
    assert_eq!(rebuilt(&stages), ["audit", "base-wheel", "pack"]);
    assert_ne!(digest, first);

    let test = test.write("kept/__init__.py", "").write("notes.txt", "x").remove("notes.txt");
    let (stages, digest) = build(&test, &report);
    assert_eq!((rebuilt(&stages), digest), (ALWAYS.to_vec(), first));

    let test = test.env("CGO_CFLAGS", "-O1");
    let (stages, _) = build(&test, &report);
    assert!(!stages["library"] && stages["base-wheel"], "{stages:?}");
}

#[test]
fn a_project_with_a_plain_setup_py_starts_no_tool_when_nothing_changed() {
    let dir = tempfile::tempdir().unwrap();
    let report = dir.path().join("report.json");
    let args = ["build", "--verbose", "--report", report.to_str().unwrap()];
    let test = Test::hello().args(&args);
    let (_, first) = build(&test, &report);
    let done = test.run();
    let commands: Vec<_> = done.stderr.lines().filter(|line| line.starts_with("$ ")).collect();
    assert_eq!((done.code, commands), (Some(0), vec![]), "{}", done.stderr);

    let wheel = done.stdout.trim().to_owned();
    let bytes = fs_err::read(test.path().join(&wheel)).unwrap();
    for damage in [None, Some("not a wheel")] {
        match damage {
            Some(text) => fs_err::write(test.path().join(&wheel), text).unwrap(),
            None => fs_err::remove_file(test.path().join(&wheel)).unwrap(),
        }
        let (stages, digest) = build(&test, &report);
        assert_eq!((rebuilt(&stages), &digest), (ALWAYS.to_vec(), &first));
        assert!(fs_err::read(test.path().join(&wheel)).unwrap() == bytes);
    }

    let setup = fs_err::read_to_string(test.path().join("setup.py")).unwrap();
    let test = test.write("setup.py", format!("import time\n{setup}"));
    build(&test, &report);
    let (stages, _) = build(&test, &report);
    assert!(!stages["base-wheel"], "a program that may read the clock runs each time: {stages:?}");
}

#[test]
fn a_setup_py_that_reads_a_file_of_go_runs_again_when_that_changes() {
    let dir = tempfile::tempdir().unwrap();
    let report = dir.path().join("report.json");
    let version = |number: &str| format!("package main\n\nconst version = \"{number}\"\n");
    let test = Test::hello()
        .args(&["build", "--report", report.to_str().unwrap()])
        .write("example/go/version.go", version("1.2"))
        .write(
            "setup.py",
            "import re\nfrom pygo_tools import setup\nfrom setuptools import find_packages\n\
             with open('example/go/version.go') as file:\n    \
             version = re.search(r'\"(.+)\"', file.read())[1]\n\
             setup(name='example', version=version, packages=find_packages())\n",
        );
    let name = || Report::read(&report).unwrap().targets[0].wheel.clone().unwrap();
    build(&test, &report);
    assert!(build(&test, &report).0["base-wheel"], "nothing changed");
    assert!(name().to_string_lossy().contains("example-1.2-"), "{}", name().display());
    let test = test.write("example/go/version.go", version("1.3"));
    let (stages, _) = build(&test, &report);
    assert!(!stages["base-wheel"], "{stages:?}");
    assert!(name().to_string_lossy().contains("example-1.3-"), "{}", name().display());
}

/// An empty cache with the tools, and what Go and zig have compiled, of the one that tests share.
pub fn own_cache() -> (tempfile::TempDir, PathBuf) {
    let shared = shared_cache();
    // Beside it: entries are moved into place.
    let dir = tempfile::tempdir_in(&shared).unwrap();
    let cache = dir.path().join("cache");
    fs_err::create_dir(&cache).unwrap();
    for name in ["tools", "files", "env", "go", "zig"] {
        fs_err::create_dir_all(shared.join(name)).unwrap();
        fs_err::os::unix::fs::symlink(shared.join(name), cache.join(name)).unwrap();
    }
    (dir, cache)
}

/// [`project`] with a vendored module, a linked source and a pattern of embedded files.
fn vendored() -> Test {
    project()
        .write("kept/go/go.mod", "module kept\n\ngo 1.21\n\nrequire example.org/dep v1.0.0\n")
        .write("kept/go/vendor/modules.txt", "# example.org/dep v1.0.0\n## explicit\nexample.org/dep\n")
        .write("kept/go/vendor/example.org/dep/dep.go", "package dep\n\nconst X = 1\n")
        .write("kept/go/files/a.txt", "a")
        .write(
            "kept/go/more.go",
            "package main\n\nimport (\n\t\"embed\"\n\n\t\"example.org/dep\"\n)\n\n//go:embed files/*\n\
             var files embed.FS\n\nvar x = dep.X + y + z\n",
        )
        .write("kept/go/y.go", "package main\n\nconst y = 1\n")
        .write("elsewhere/z.go.txt", "package main\n\nconst z = 1\n")
        .link("kept/go/z.go", "../../elsewhere/z.go.txt")
}

#[test]
fn a_change_that_cannot_be_compiled_is_never_hidden_by_a_kept_library() {
    let dir = tempfile::tempdir().unwrap();
    let report = dir.path().join("report.json");
    let args = ["build", "--report", report.to_str().unwrap()];
    let mut test = vendored().args(&args);
    let (_, first) = build(&test, &report);
    type Change = fn(Test) -> Test;
    let changes: &[(&str, Change, Change)] = &[
        (
            "a vendored module",
            |test| test.write("kept/go/vendor/example.org/dep/dep.go", "package dep\n\nwrong\n"),
            |test| {
                test.write("kept/go/vendor/example.org/dep/dep.go", "package dep\n\nconst X = 1\n")
            },
        ),
        (
            "a header two includes away",
            |test| test.write("c/two.h", "#error wrong\n"),
            |test| test.write("c/two.h", "#define TWO 2\n"),
        ),
        (
            "a header that hides another",
            |test| test.write("kept/go/one.h", "#error wrong\n"),
            |test| test.remove("kept/go/one.h"),
        ),
        (
            "a deleted file",
            |test| test.remove("kept/go/y.go"),
            |test| test.write("kept/go/y.go", "package main\n\nconst y = 1\n"),
        ),
        (
            "a file for this platform",
            |test| test.write("kept/go/x_linux.go", "package main\n\nwrong\n"),
            |test| test.remove("kept/go/x_linux.go"),
        ),
        (
            "a file that a pattern matches",
            // Go embeds no file with such a name.
            |test| test.write("kept/go/files/it's", ""),
            |test| test.remove("kept/go/files/it's"),
        ),
        (
            "a link to another file",
            |test| {
                test.write("elsewhere/other", "package main\n\nwrong\n")
                    .remove("kept/go/z.go")
                    .link("kept/go/z.go", "../../elsewhere/other")
            },
            |test| {
                test.remove("elsewhere/other")
                    .remove("kept/go/z.go")
                    .link("kept/go/z.go", "../../elsewhere/z.go.txt")
            },
        ),
        (
            "an environment variable",
            |test| test.env("CGO_CFLAGS", "-Dint=wrong"),
            |test| test.env("CGO_CFLAGS", ""),
        ),
    ];
    for (what, change, undo) in changes {
        test = change(test);
        let done = test.run();
        assert_ne!(done.code, Some(0), "{what} was not noticed");
        test = undo(test);
        if *what != "an environment variable" {
            let (stages, digest) = build(&test, &report);
            assert_eq!((rebuilt(&stages), &digest), (ALWAYS.to_vec(), &first), "{what}, undone");
        }
    }
}

#[test]
fn entries_survive_a_move_a_killed_run_two_runs_at_once_and_damage() {
    let (_dir, cache) = own_cache();
    let reports = tempfile::tempdir().unwrap();
    let report = reports.path().join("report.json");
    let args = ["build", "--report", report.to_str().unwrap()];
    let here = |test: Test, settings: &str| {
        let settings = reports.path().join(settings);
        test.args(&args).env("PYGO_CACHE_DIR", &cache).env("GOENV", settings)
    };
    let test = here(project(), "none");
    let quiet = || {
        let mut command = test.command();
        command.stdout(Stdio::null()).stderr(Stdio::null());
        command
    };
    // Killed in the middle, by a signal that it cannot handle.
    for delay in [300, 1500] {
        let mut run = quiet().spawn().unwrap();
        std::thread::sleep(Duration::from_millis(delay));
        run.kill().unwrap();
        run.wait().unwrap();
    }
    let mut runs: Vec<_> = (0..2).map(|_| quiet().spawn().unwrap()).collect();
    assert!(runs.iter_mut().all(|run| run.wait().unwrap().success()));
    let (stages, first) = build(&test, &report);
    assert_eq!(rebuilt(&stages), ALWAYS);

    // Another checkout, by a user with another home and PATH.
    let bin = reports.path().join("bin");
    let path = format!("{}:{}", bin.display(), path_without_toolchain().display());
    let copy = here(project(), "other/none").env("PATH", path);
    let (stages, digest) = build(&copy, &report);
    assert_eq!(digest, first);
    assert!(stages["library"] && stages["extension"] && stages["pack"], "{stages:?}");
    let copy = copy.write("c/two.h", "#define TWO 4\n");
    let (stages, digest) = build(&copy, &report);
    assert!(!stages["library"] && digest != first, "{stages:?}");

    for entry in walk(&cache.join("stages")) {
        fs_err::write(entry, "damaged").unwrap();
    }
    let (stages, digest) = build(&test, &report);
    assert!(stages.values().all(|cached| !cached), "{stages:?}");
    assert_eq!(digest, first);
    assert_eq!(rebuilt(&build(&test, &report).0), ALWAYS);
    assert_eq!(fs_err::read_dir(cache.join("tmp")).unwrap().count(), 0);
}

#[test]
fn a_wheel_does_not_depend_on_where_its_project_is() {
    let dir = tempfile::tempdir().unwrap();
    let report = dir.path().join("report.json");
    let args = ["build", "--report", report.to_str().unwrap()];
    let header = "static const char *where(void) { return __FILE__; }\n\
                  #define TWO ((int)sizeof(__FILE__) + where()[1])\n";
    let test = project().args(&args).write("c/two.h", header);
    let (_, first) = build(&test, &report);
    // Another length of the path.
    let other = dir.path().join("another/checkout");
    fs_err::create_dir(dir.path().join("another")).unwrap();
    fs_err::rename(test.path(), &other).unwrap();
    for (more, is_cached) in [(&["--no-cache"][..], false), (&[], true)] {
        fs_err::remove_dir_all(other.join("dist")).unwrap();
        let args = [&args[..], &[other.to_str().unwrap()], more].concat();
        let (stages, digest) = build(&Test::new().args(&args), &report);
        assert_eq!((stages["library"], &digest), (is_cached, &first));
    }
    fs_err::create_dir(test.path()).unwrap();
}

#[test]
fn another_zig_of_the_same_version_builds_again() {
    let (_dir, cache) = own_cache();
    let reports = tempfile::tempdir().unwrap();
    let report = reports.path().join("report.json");
    let args = ["build", "--report", report.to_str().unwrap()];
    let test = project().args(&args).env("PYGO_CACHE_DIR", &cache);
    let (_, first) = build(&test, &report);
    let tools = fs_err::read_dir(shared_cache().join("tools")).unwrap();
    let zig =
        tools.map(|entry| entry.unwrap().path().join("ziglang/zig")).find(|zig| zig.is_file());
    let zig = zig.unwrap();
    let own = reports.path().join("zig");
    fs_err::copy(&zig, &own).unwrap();
    fs_err::os::unix::fs::symlink(zig.with_file_name("lib"), reports.path().join("lib")).unwrap();
    let named = test.env("PYGO_ZIG", &own);
    let (stages, digest) = build(&named, &report);
    assert!(stages["library"], "the same zig elsewhere: {stages:?}");
    assert_eq!(digest, first);
    use std::io::Write;
    let mut file = fs_err::OpenOptions::new().append(true).open(&own).unwrap();
    file.write_all(b"\0").unwrap();
    drop(file);
    let (stages, digest) = build(&named, &report);
    assert!(!stages["library"] && !stages["extension"], "{stages:?}");
    assert_eq!(digest, first);
}

/// The files below `dir`.
pub fn walk(dir: &Path) -> Vec<PathBuf> {
    let entries = fs_err::read_dir(dir).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { walk(&path) } else { vec![path] }).collect()
}
