//! Go programs as commands, built with real Go and without C.

use std::io::{Cursor, Read};
use std::process::Command;

use crate::support::Test;

/// `example/program`, whose other tools are broken.
fn program() -> Test {
    Test::new()
        .write("pyproject.toml", include_str!("../../example/program/pyproject.toml"))
        .write("README.md", include_str!("../../example/program/README.md"))
        .write("LICENSE", include_str!("../../example/program/LICENSE"))
        .write("go.mod", include_str!("../../example/program/go.mod"))
        .write("cmd/greet/main.go", include_str!("../../example/program/cmd/greet/main.go"))
        .write(
            "internal/greet/greet.go",
            include_str!("../../example/program/internal/greet/greet.go"),
        )
        .script("zig", "touch started; exit 1")
}

fn text(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).unwrap()
}

#[test]
fn a_bare_go_module_becomes_a_wheel_that_is_static_and_needs_no_c_compiler() {
    let test = program().args(&["matrix", "--zig", "./zig", "--targets", "host,windows-amd64"]);
    let done = test.run();
    assert_eq!(done.code, Some(0), "{}", done.stderr);
    assert!(!test.path().join("started").exists(), "{}", done.stderr);
    let wheels: Vec<_> = done.stdout.lines().map(str::to_owned).collect();
    let [host, windows] = &wheels.iter().map(String::as_str).collect::<Vec<_>>()[..] else {
        panic!("{wheels:?}")
    };
    let arch = std::env::consts::ARCH;
    assert_eq!(
        *host,
        format!(
            "dist/greet_program-1.0.0-py3-none-manylinux2014_{arch}.manylinux_2_17_{arch}.\
             musllinux_1_1_{arch}.whl"
        )
    );
    assert_eq!(*windows, "dist/greet_program-1.0.0-py3-none-win_amd64.whl");
    let wheel = |path: &str| {
        let bytes = fs_err::read(test.path().join(path)).unwrap();
        zip::ZipArchive::new(Cursor::new(bytes)).unwrap()
    };
    let mut archive = wheel(host);
    let names: Vec<_> = (0..archive.len())
        .map(|at| archive.by_index(at).unwrap().name().unwrap().into_owned())
        .collect();
    // The directories of a Go module are no Python packages.
    assert!(names.iter().all(|name| name.starts_with("greet_program-1.0.0.")), "{names:?}");
    let script = "greet_program-1.0.0.data/scripts/greet";
    assert_eq!(archive.by_name(script).unwrap().unix_mode().map(|mode| mode & 0o777), Some(0o755));
    let mut sbom = String::new();
    archive
        .by_name("greet_program-1.0.0.dist-info/sboms/pygo.cdx.json")
        .unwrap()
        .read_to_string(&mut sbom)
        .unwrap();
    let sbom: serde_json::Value = serde_json::from_str(&sbom).unwrap();
    assert_eq!(sbom["components"][0]["type"], "application");
    assert_eq!(sbom["components"][0]["properties"][0]["value"], "greet");
    assert!(wheel(windows).by_name(&format!("{script}.exe")).is_ok());

    let place = tempfile::tempdir().unwrap();
    archive.extract(place.path()).unwrap();
    let run = |argument: &str| {
        text(Command::new(place.path().join(script)).arg(argument).output().unwrap().stdout)
    };
    assert_eq!(run("Ada"), "Hello, Ada!\n");
    assert!(run("--version").starts_with("greet 1.0.0 linux/"));

    let checked = test.args(&["check", host, windows]).run();
    assert_eq!(checked.code, Some(0), "{}", checked.stdout);
    let printed = format!("{}{}", checked.stdout, checked.stderr);
    assert!(printed.contains("0 errors, 0 warnings in 2 wheels"), "{printed}");
}

#[test]
fn a_program_is_built_once_until_a_file_of_it_changes() {
    let args = ["matrix", "--verbose", "--targets", "linux-amd64"];
    let test = program().args(&args).env("PYGO_GREETING", "");
    let commands = || {
        let done = test.run();
        assert_eq!(done.code, Some(0), "{}", done.stderr);
        let commands = done.stderr.lines().filter(|line| line.starts_with("$ "));
        commands.map(str::to_owned).collect::<Vec<_>>()
    };
    let builds = || commands().iter().filter(|line| line.contains(" build ")).count();
    commands();
    assert_eq!(commands(), [""; 0]);
    let file = test.path().join("internal/greet/greet.go");
    let text = fs_err::read_to_string(&file).unwrap();
    fs_err::write(&file, text.clone() + "\nvar Unused = 1\n").unwrap();
    assert_eq!(builds(), 1);
    fs_err::write(test.path().join("internal/greet/other.go"), "package greet\n").unwrap();
    assert_eq!(builds(), 1);
    fs_err::write(file, "package greet\n").unwrap();
    assert_eq!(test.run().code, Some(1));
}

#[test]
fn a_program_is_planned_without_a_c_compiler_for_more_targets() {
    let done = program().args(&["matrix", "--dry-run"]).run();
    assert_eq!(done.code, Some(0), "{}", done.stderr);
    assert!(done.stdout.starts_with("program greet: cmd/greet\n"), "{}", done.stdout);
    assert!(!done.stdout.contains("tool zig") && !done.stdout.contains("tool cffi"));
    let wheels = done.stdout.lines().filter(|line| line.starts_with("wheel ")).count();
    assert_eq!(wheels, 6, "{}", done.stdout);
    let all = program().args(&["matrix", "--dry-run", "--targets", "all"]).run();
    let line = "wheel linux-s390x: dist/greet_program-1.0.0-py3-none-manylinux2014_s390x.\
                manylinux_2_17_s390x.musllinux_1_1_s390x.whl\n";
    assert!(all.stdout.contains(line), "{}", all.stdout);
}

#[test]
fn a_command_that_the_python_part_provides_too_is_refused() {
    let toml = include_str!("../../example/program/pyproject.toml");
    let toml = format!("{toml}\n[project.scripts]\ngreet = \"greet:main\"\n");
    program().write("pyproject.toml", toml).args(&["build"]).fails_with(
        5,
        &[
            "and the entry point `greet = greet:main` have the same name",
            "help: rename one of them",
        ],
    );
}

#[test]
fn a_program_may_be_a_file_of_a_package() {
    let toml = include_str!("../../example/program/pyproject.toml");
    let toml = toml.replace("ldflags", "program-file = \"greet/bin/greet\"\nldflags");
    let test = program()
        .write(
            "pyproject.toml",
            format!(
                "{toml}\n[project.scripts]\ngreet = \"greet:main\"\n\n\
                 [tool.setuptools]\npackages = [\"greet\"]\n"
            ),
        )
        .write("greet/__init__.py", "")
        .args(&["matrix", "--targets", "host,windows-amd64", "--out-dir", "wheels"]);
    let done = test.run();
    assert_eq!(done.code, Some(0), "{}", done.stderr);
    for (wheel, path) in done.stdout.lines().zip(["greet/bin/greet", "greet/bin/greet.exe"]) {
        let bytes = fs_err::read(test.path().join(wheel)).unwrap();
        let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
        let file = archive.by_name(path).unwrap();
        assert_eq!(file.unix_mode().map(|mode| mode & 0o777), Some(0o755), "{wheel}");
        drop(file);
        let command =
            format!("greet_program-1.0.0.data/scripts/{}", path.trim_start_matches("greet/bin/"));
        assert!(archive.by_name(&command).is_err(), "{wheel}");
    }
    test.args(&["develop"]).fails_with(3, &["the binding bin: Python code runs the program next"]);
}

#[test]
fn a_library_is_refused_where_only_programs_are_built() {
    for name in ["win32", "windows-386", "linux/arm", "linux-riscv64"] {
        Test::hello().args(&["matrix", "--targets", name]).fails_with(
            2,
            &[
                "has programs only, and `hello` is a library (cffi): ",
                "this project builds for linux-amd64, linux-arm64, macos-amd64",
            ],
        );
    }
    // A group stands for the targets that the project can have.
    let all = Test::hello().args(&["matrix", "--dry-run", "--targets", "all"]).run();
    let wheels = all.stdout.lines().filter(|line| line.starts_with("wheel ")).count();
    assert_eq!((all.code, wheels), (Some(0), 7), "{}", all.stderr);
}

#[test]
fn a_program_that_needs_c_is_told_how_to_have_it() {
    program()
        .write("cmd/greet/main.go", "package main\n\nimport \"C\"\n\nfunc main() {}\n")
        .args(&["build"])
        .fails_with(1, &["build constraints exclude all Go files", "write `cgo = true` into"]);
}

#[test]
fn init_makes_a_go_module_a_project_whose_wheels_are_for_every_platform() {
    for command in [&["init", "--bin"][..], &["new", "--bin", "."]] {
        let test = Test::new()
            .write("go.mod", "module example.org/tools/greet/v2\n\ngo 1.21\n")
            .write("cmd/greet/main.go", "package main\n\nfunc main() {}\n")
            .args(command);
        let done = test.run();
        let expected = (Some(0), "pyproject.toml\n");
        assert_eq!((done.code, done.stdout.as_str()), expected, "{}", done.stderr);
        let test = test.args(&["matrix", "--dry-run"]);
        let planned = test.run();
        for tag in ["manylinux", "macosx", "win_amd64", "win_arm64"] {
            let wheel = format!("greet-0.1.0-py3-none-{tag}");
            assert!(planned.stdout.contains(&wheel), "{}{}", planned.stdout, planned.stderr);
        }
        test.args(command).fails_with(3, &["there is a pyproject.toml", "program = "]);
    }
}

#[test]
fn new_writes_a_module_of_a_program() {
    let test = Test::new().args(&["new", "--bin", "my-tool"]);
    let done = test.run();
    assert_eq!(done.stdout, "my-tool/go.mod\nmy-tool/main.go\nmy-tool/pyproject.toml\n");
    let planned = test.args(&["matrix", "my-tool", "--dry-run", "--targets", "host"]).run();
    assert!(planned.stdout.contains("my_tool-0.1.0-py3-none-"), "{}", planned.stderr);
    Test::new().args(&["new", "--bin", "a b"]).fails_with(2, &["\"a b\" is not the name"]);
}

#[test]
fn a_program_without_a_module_may_have_a_name_of_the_standard_library() {
    let test = Test::new();
    let listed = test.args(&["go", "list", "std"]).run();
    assert_eq!(listed.code, Some(0), "{}", listed.stderr);
    let mut names: Vec<_> =
        listed.stdout.lines().filter_map(|path| path.split('/').next()).collect();
    names.extend(["all", "std", "cmd", "tool", "work"]);
    names.dedup();
    let mut table = "[project]\nname = 'names'\nversion = '1.0'\n".to_owned();
    for name in &names {
        table
            .push_str(&format!("[[tool.pygo-tools.parts]]\nprogram = '{name}'\ngo-dir = 'main'\n"));
    }
    let test = Test::new()
        .write("pyproject.toml", &table)
        .write("main/main.go", "package main\n\nfunc main() {}\n")
        .args(&["matrix", "--targets", "host"]);
    let done = test.run();
    assert_eq!(done.code, Some(0), "{}", done.stderr);
}

#[test]
fn a_program_of_another_module_is_built_in_the_version_that_go_mod_selects() {
    let table = "[project]\nname = \"greet-bin\"\nversion = \"1.2.0\"\n\n[tool.pygo-tools]\n\
                 program = \"greet\"\ngo-package = \"example.org/greet/v2/cmd/greet\"\n\
                 ldflags = [\"-X main.version={version}\"]\ntargets = [\"host\"]\n\n\
                 [build-system]\nrequires = [\"pygo-tools\"]\n\
                 build-backend = \"pygo_tools.backend\"\n";
    let main = "package main\n\nvar version string\n\nfunc main() { print(\"greet \", version) }\n";
    let test = Test::new()
        .write("pyproject.toml", table)
        .write("upstream/go.mod", "module example.org/greet/v2\n\ngo 1.24\n")
        .write("upstream/cmd/greet/main.go", main)
        .args(&["matrix"]);
    let no_module = test.run();
    assert_eq!(no_module.code, Some(3), "{}", no_module.stderr);
    for part in [
        "looking for the go.mod that requires example.org/greet/v2/cmd/greet",
        "`pygo go get -tool example.org/greet/v2/cmd/greet`",
    ] {
        assert!(no_module.stderr.contains(part), "{}", no_module.stderr);
    }
    let test = test.write(
        "go.mod",
        "module greet-bin\n\ngo 1.24\n\nrequire example.org/greet/v2 v2.1.0\n\n\
         replace example.org/greet/v2 => ./upstream\n\n\
         tool example.org/greet/v2/cmd/greet\n",
    );
    let done = test.run();
    assert_eq!(done.code, Some(0), "{}", done.stderr);
    let wheel = fs_err::read(test.path().join(done.stdout.trim())).unwrap();
    let place = tempfile::tempdir().unwrap();
    zip::ZipArchive::new(Cursor::new(wheel)).unwrap().extract(place.path()).unwrap();
    let program = place.path().join("greet_bin-1.2.0.data/scripts/greet");
    let output = Command::new(program).output().unwrap();
    assert_eq!(text(output.stderr), "greet 1.2.0");
}
