//! Flags and profiles: what the user adds to pygo's flags for Go, C and the linker.

use std::io::Read;
use std::path::Path;

use pygo::audit::{Binary, BinaryFile};

use crate::support::Test;

/// The table of a project with the binding ctypes, which has a library alone.
const TABLE: &str = "[build-system]\nrequires = ['setuptools']\n\
                     build-backend = 'setuptools.build_meta'\n\
                     [tool.setuptools]\npackages = ['p']\n\
                     [tool.pygo-tools]\npackage = 'p'\nlibrary = 'l'\nbinding = 'ctypes'\n";

/// The path of its library in a wheel for Linux.
const LIBRARY: &str = "p/lib/libl.so";

/// A project whose library has the Go code `main`, with more lines for the table.
fn library(more: &str, main: &str) -> Test {
    Test::pyproject(&format!("{TABLE}{more}"))
        .write("p/__init__.py", "")
        .write("p/go/go.mod", "module p\n\ngo 1.21\n")
        .write("p/go/main.go", main)
}

/// The member `name` of the only wheel that `test` prints.
#[track_caller]
fn built(test: &Test, name: &str) -> Vec<u8> {
    let done = test.run();
    assert_eq!(done.code, Some(0), "{}", done.stderr);
    member(&test.path().join(done.stdout.trim()), name)
}

fn member(wheel: &Path, name: &str) -> Vec<u8> {
    let mut archive = zip::ZipArchive::new(fs_err::File::open(wheel).unwrap()).unwrap();
    let mut bytes = Vec::new();
    archive.by_name(name).unwrap().read_to_end(&mut bytes).unwrap();
    bytes
}

fn has(bytes: &[u8], text: &str) -> bool {
    bytes.windows(text.len()).any(|window| window == text.as_bytes())
}

/// Whether an ELF binary has a symbol table, and debug information.
fn symbols(bytes: &[u8]) -> (bool, bool) {
    match BinaryFile::read("", bytes).unwrap().unwrap().binary {
        Binary::Elf(elf) => (elf.has_symbol_table, elf.has_debug_info),
        _ => panic!("no ELF file"),
    }
}

#[test]
fn a_debug_build_keeps_symbols_and_names_no_directory() {
    let args = ["matrix", "--debug", "--targets", "linux-amd64,macos-arm64"];
    let test = Test::hello().args(&[&args[..], &["--report", "dist/report.json"]].concat());
    let done = test.run();
    assert_eq!(done.code, Some(0), "{}", done.stderr);
    assert!(done.stderr.contains("with debug information"), "{}", done.stderr);
    assert!(!done.stderr.contains("still contains"), "{}", done.stderr);
    let wheels: Vec<_> = done.stdout.lines().map(|line| test.path().join(line)).collect();
    for name in ["_example.abi3.so", "example/lib/libhello.example.so"] {
        assert_eq!(symbols(&member(&wheels[0], name)), (true, true), "{name}");
    }
    let elsewhere = Test::hello();
    let deeper = elsewhere.path().join("a/longer/path");
    fs_err::create_dir_all(deeper.parent().unwrap()).unwrap();
    fs_err::rename(Test::hello().path(), &deeper).unwrap();
    let place = deeper.to_str().unwrap();
    let again = elsewhere.args(&[&args[..], &[place, "--out-dir", "out"]].concat());
    assert_eq!(again.run().code, Some(0));
    for wheel in &wheels {
        let other = again.path().join("out").join(wheel.file_name().unwrap());
        assert!(fs_err::read(wheel).unwrap() == fs_err::read(other).unwrap(), "{wheel:?}");
    }
    let paths: Vec<_> = wheels.iter().map(|wheel| wheel.to_str().unwrap()).collect();
    let checked = Test::new().args(&[&["check"], &paths[..]].concat()).run();
    assert!(checked.stderr.contains("0 errors, 0 warnings in 2 wheels"), "{}", checked.stdout);
    let report = fs_err::read_to_string(test.path().join("dist/report.json")).unwrap();
    assert!(report.contains("\"profile\": \"debug\""), "{report}");
}

#[test]
fn an_edited_include_and_linker_values_reach_the_library() {
    let tagged = |name: &str| {
        format!("//go:build {name}\n\npackage main\n\nfunc init() {{ all += \"tag-{name}\" }}\n")
    };
    let test = library(
        "build-tags = ['second']\nldflags = ['-X main.own=own-{version}']\n\
         [project]\nname = 'p'\nversion = '1'\n",
        "package main\n\n// #include \"include/text.inc\"\nimport \"C\"\n\n\
         var own, theirs = \"unset\", \"unset\"\nvar all string\n\n\
         //export Text\nfunc Text() *C.char { return C.CString(own + theirs + all + \
         C.GoString(C.text())) }\n\nfunc main() {}\n",
    )
    .write("p/go/first.go", tagged("first"))
    .write("p/go/second.go", tagged("second"))
    .write("p/go/include/text.inc", "static char *text(void) { return \"text-one\"; }\n")
    .env("GOFLAGS", "-ldflags=-X=main.theirs=of-goflags -tags=first")
    .args(&["build"]);
    let first = built(&test, LIBRARY);
    for text in ["own-1", "of-goflags", "tag-first", "tag-second", "text-one"] {
        assert!(has(&first, text), "{text}");
    }
    assert!(!has(&first, "PYGO_C_SOURCES"));
    assert_eq!(symbols(&first), (false, false));
    let test =
        test.write("p/go/include/text.inc", "static char *text(void) { return \"text-two\"; }\n");
    let second = built(&test, LIBRARY);
    assert!(has(&second, "text-two") && !has(&second, "text-one"));
}

#[test]
fn a_level_of_processors_that_no_tag_has_is_ignored_with_a_note() {
    for (name, level, target, processor) in
        [("GOAMD64", "v3", "linux-amd64", "x86_64"), ("GOARM64", "v9.0", "linux-arm64", "aarch64")]
    {
        let build = || {
            let flags = "[project]\nname = 'p'\nversion = '1'\n";
            library(flags, STAMPED).args(&["matrix", "--no-cache", "--targets", target])
        };
        let plain = build();
        let bytes = built(&plain, LIBRARY);
        let test = build().env(name, level);
        let done = test.run();
        let note = format!(
            "note: {name}={level} is ignored: wheels are installed on every {processor} processor"
        );
        assert!(done.code == Some(0) && done.stderr.contains(&note), "{}", done.stderr);
        assert!(member(&test.path().join(done.stdout.trim()), LIBRARY) == bytes, "{name}");
    }
}

/// Go code that returns a linker value.
const STAMPED: &str = "package main\n\nimport \"C\"\n\nvar version = \"unset\"\n\n\
                       //export Version\nfunc Version() *C.char { return C.CString(version) }\n\n\
                       func main() {}\n";

#[test]
fn a_version_that_only_the_backend_knows_reaches_the_library() {
    let attribute = library(
        "ldflags = ['-X main.version=own-{version}']\n\
         [project]\nname = 'p'\ndynamic = ['version']\n\
         [tool.setuptools.dynamic]\nversion = {attr = 'p.__version__'}\n",
        STAMPED,
    )
    .write("p/__init__.py", "__version__ = '7.5rc1'\n")
    .args(&["build"]);
    assert!(has(&built(&attribute, LIBRARY), "own-7.5rc1"));
    let file = library(
        "ldflags = ['-X main.version=own-{version}']\n\
         [project]\nname = 'p'\ndynamic = ['version']\n\
         [tool.setuptools.dynamic]\nversion = {file = 'VERSION'}\n",
        STAMPED,
    )
    .write("VERSION", "7.6.post2\n")
    .args(&["build"]);
    assert!(has(&built(&file, LIBRARY), "own-7.6.post2"));
    let script = Test::new()
        .write(
            "setup.py",
            "import setuptools\n\nsetuptools.setup(name='p', version='8.1', packages=['p'])\n",
        )
        .write(
            "config.json",
            r#"{"package": "p", "library": "l", "binding": "ctypes",
                "ldflags": ["-X main.version=own-{version}"]}"#,
        )
        .write("p/__init__.py", "")
        .write("p/go/main.go", STAMPED)
        .args(&["build"]);
    assert!(has(&built(&script, LIBRARY), "own-8.1"));
}
