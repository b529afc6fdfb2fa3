//! The projects that `pygo new` writes, built and tested.

use std::path::PathBuf;
use std::process::Command;

use crate::support::{Test, shared_cache};

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
