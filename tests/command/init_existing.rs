//! `pygo init` in a project with a package of its own.

use crate::init::{lines, refuses};
use crate::support::Test;

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
