//! Builds that fail in Go, zig, setuptools or cffi, or on a full disk, with the real tools.

use std::process::Command;

use crate::support::{Test, shared_cache};

const LINUX: &[&str] = &["matrix", "--targets", "linux-amd64"];

#[test]
fn a_signature_that_cffi_cannot_parse() {
    Test::signatures(&["char* Hello(char* message, int count"]).args(LINUX).fails_with(
        3,
        &[
            "reading the signatures of _example in config.json\n  found: `char* Hello(char* message, int count`\n         CDefError: parse error",
            "   help: write a C declaration that cffi understands",
        ],
    );
}

#[test]
fn a_signature_that_contradicts_cgo_shows_both() {
    Test::signatures(&["struct S { int a; }; char* Hello(struct S* message, int count);"])
        .args(LINUX)
        .fails_with(
            1,
            &[
                "building _example for linux-amd64\n  found: the signature `char* Hello(struct S* message, int count);` does not match:\n         Go exports `char* Hello(char* message, int count);`",
                "incompatible pointer types passing 'struct S *' to parameter of type 'char *'",
                "    log: [CACHE]/logs/",
            ],
        );
}

#[test]
fn a_go_error_is_shown_once_starting_with_its_position() {
    let broken = include_str!("../../example/hello/example/go/main.go")
        .replace("fmt.Sprintf", "fmt.Sprint2");
    Test::hello()
        .write("example/go/main.go", broken)
        .args(&["matrix", "--targets", "linux-amd64,linux-arm64", "--jobs", "1"])
        .fails_with(
            1,
            &["building hello for linux-amd64 (also for linux-arm64)\n  found: example/go/main.go:7:13: undefined: fmt.Sprint2\n   help: fix the Go code"],
        );
}

#[test]
fn a_function_in_a_c_file_that_cgo_does_not_compile() {
    let main = "package main\n\n// int plus_one(int);\nimport \"C\"\n\n//export Hello\nfunc Hello(text *C.char, count C.int) *C.char {\n\tC.plus_one(count)\n\treturn text\n}\n\nfunc main() {}\n";
    Test::hello()
        .write("example/go/main.go", main)
        .write("example/go/math/plus.c", "int plus_one(int a)\n{\n\treturn a + 1;\n}\n")
        .args(LINUX)
        .fails_with(
            1,
            &[
                "auditing what was built for linux-amd64\n  found: example/lib/libhello.example.so needs the symbol plus_one, which no library that it can use defines",
                "help: example/go/math/plus.c seems to define `plus_one`, but cgo compiles only the C files in the directory of the Go files",
            ],
        );
}

#[test]
fn a_flag_of_a_cgo_line_that_would_make_the_linker_write_an_archive() {
    Test::hello()
        .write("example/go/more.go", "package main\n\n// #cgo LDFLAGS: -static\nimport \"C\"\n")
        .args(LINUX)
        .fails_with(
            1,
            &[
                "building hello for linux-amd64",
                "example/go/more.go:3: `-static` in a `#cgo` line: a shared library cannot be",
                "remove that flag",
            ],
        );
}

#[test]
fn a_missing_go_module() {
    Test::hello()
        .write(
            "example/go/more.go",
            "package main\n\nimport \"example.com/none\"\n\nvar _ = none.X\n",
        )
        .args(LINUX)
        .fails_with(
            1,
            &[
                "example/go/more.go:3:8: no required module provides package",
                "example/go has no go.mod: run `pygo go mod init NAME` and `pygo go mod tidy` there",
            ],
        );
    Test::config(r#"{"package": "example", "library": "x", "binding": "ctypes", "go-dir": "."}"#)
        .write(
            "main.go",
            "package main\n\nimport \"C\"\nimport _ \"example.com/none\"\n\n//export F\nfunc F() {}\n\nfunc main() {}\n",
        )
        .args(LINUX)
        .fails_with(
            1,
            &["help: the project's directory has no go.mod: run `pygo go mod init NAME`"],
        );
}

/// Broken code that only one system compiles: Go honours the file name even without a go.mod.
const BROKEN_ON_MACOS: &str = "package main\n\nfunc init() { nowhere() }\n";

#[test]
fn one_failed_target_does_not_stop_the_others() {
    let test = Test::hello().write("example/go/more_darwin.go", BROKEN_ON_MACOS).args(&[
        "matrix",
        "--targets",
        "macos-arm64,linux-amd64",
        "--report",
        "report.json",
    ]);
    let done = test.run();
    assert_eq!(done.code, Some(1), "{}", done.stderr);
    assert!(
        done.stdout.starts_with("dist/example-0.1.0-cp310-abi3-manylinux2014_x86_64."),
        "{}",
        done.stdout
    );
    assert!(
        done.stderr.contains("example/go/more_darwin.go:3:15: undefined: nowhere"),
        "{}",
        done.stderr
    );
    assert!(done.stderr.contains("1 of 2 wheels in "), "{}", done.stderr);

    let report = fs_err::read_to_string(test.path().join("report.json")).unwrap();
    let report: serde_json::Value = serde_json::from_str(&report).unwrap();
    assert_eq!(report["format"], 1);
    let (failed, built) = (&report["targets"][0], &report["targets"][1]);
    assert_eq!(
        (&failed["result"], &failed["failure"]["stage"]),
        (&"failed".into(), &"library".into())
    );
    assert_eq!(failed["wheel"], serde_json::Value::Null);
    let log = failed["failure"]["log"].as_str().unwrap();
    assert!(fs_err::read_to_string(log).unwrap().contains("undefined: nowhere"));
    assert_eq!(built["result"], "built");
    let wheel = fs_err::read(test.path().join(built["wheel"].as_str().unwrap())).unwrap();
    assert_eq!(built["size"], wheel.len());
    assert_eq!(built["sha256"], pygo::wheel::Digest::of(&wheel).hex());
}

#[test]
fn fail_fast_starts_nothing_new() {
    let done = Test::hello()
        .write("example/go/more_darwin.go", BROKEN_ON_MACOS)
        .args(&["matrix", "--targets", "macos-arm64,linux-amd64", "--jobs", "1", "--fail-fast"])
        .run();
    assert_eq!((done.code, done.stdout.as_str()), (Some(1), ""), "{}", done.stderr);
    assert!(!done.stderr.contains("linux-amd64: library"), "{}", done.stderr);
    assert!(done.stderr.contains("skipped"), "{}", done.stderr);
}

#[test]
fn an_empty_output_of_the_linker_is_an_error() {
    let test = Test::hello();
    let zig = zig();
    test.script(
        "zig",
        &format!(
            "case \"$*\" in *_example.c*) for a; do [ \"$p\" = -o ] && : > \"$a\"; p=$a; done; exit 0 ;; esac\nexec {zig} \"$@\""
        ),
    )
    .args(&["matrix", "--targets", "linux-amd64", "--zig", "./zig"])
    .fails_with(4, &["building _example for linux-amd64\n  found: zig reported success, but its output is empty"]);
}

#[test]
fn a_compiler_that_crashes_under_go_is_reported() {
    let zig = zig();
    Test::hello()
        .script(
            "zig",
            &format!(
                "case \"$*\" in *libhello.example.so*) kill -SEGV $$ ;; esac\nexec {zig} \"$@\""
            ),
        )
        .args(&["matrix", "--targets", "linux-amd64", "--zig", "./zig"])
        .fails_with(4, &["building hello for linux-amd64", "a compiler or linker crashed"]);
}

#[test]
fn a_base_wheel_that_is_not_pure() {
    Test::hello()
        .write(
            "setup.py",
            "from setuptools import setup\nfrom setuptools.dist import Distribution\n\
             class Native(Distribution):\n    has_ext_modules = lambda self: True\n\
             setup(name='example', version='1', packages=['example'], distclass=Native)\n",
        )
        .args(LINUX)
        .fails_with(
            5,
            &[
                "found: it built example-1-cp3",
                "which is not pure\n   help: leave native code and tags to pygo: remove what makes \
                 the wheel one for this machine\n         \
                 setup.py:4: has_ext_modules = lambda self: True\n",
            ],
        );
}

#[test]
fn packages_are_named_where_setuptools_reads_them() {
    let test = |toml: &str| {
        Test::pyproject(&format!(
            "[tool.pygo-tools]\nbinding = \"capi\"\nextension = \"_x\"\n\
             go-dir = \"example/go\"\n{toml}"
        ))
        .write("one/main.go", "package one\n")
        .write("two/main.go", "package two\n")
        .write("setup.cfg", "[metadata]\nname = x\nversion = 1\n")
        .args(LINUX)
    };
    test("").fails_with(
        5,
        &[
            "error: Multiple top-level packages discovered",
            "or none, in setup.cfg:\n         [options]\n         packages =\n",
        ],
    );
    test("[tool.setuptools]\npackages = []\n").fails_with(
        5,
        &["setuptools reads [tool.setuptools] only beside [project]: move its keys to [options] in setup.cfg"],
    );
}

#[test]
fn an_error_of_the_backend_is_shown() {
    Test::hello()
        .write("setup.py", "raise SystemExit('words of its own')\n")
        .args(LINUX)
        .fails_with(5, &["building the pure part with setuptools", "  found: words of its own"]);
    Test::hello().write("setup.py", "import never_heard_of\n").args(LINUX).fails_with(
        5,
        &[
            "  found: setup.py:1: import never_heard_of\n         ModuleNotFoundError",
            "add the distribution that contains `never_heard_of` to `requires` in [build-system]",
        ],
    );
    Test::hello()
        .write("example/__init__.py", "from _example import ffi, lib\n")
        .write("setup.py", "import example\n")
        .args(LINUX)
        .fails_with(
            5,
            &[
                "  found: setup.py:1: import example\n         \
                 example/__init__.py:1: from _example import ffi, lib\n         ModuleNotFoundError",
                "building imports the package `example`, whose native part does not exist yet",
            ],
        );
}

#[test]
fn an_interrupted_run_is_not_a_failed_one() {
    let test = Test::hello()
        .write(
            "setup.py",
            "import os, signal, time\nos.kill(os.getppid(), signal.SIGTERM)\ntime.sleep(60)\n",
        )
        .args(&[
            "matrix",
            "--targets",
            "linux-amd64,linux-arm64",
            "--jobs",
            "1",
            "--report",
            "report.json",
        ]);
    let done = test.run();
    assert_eq!(done.code, Some(128 + 15), "{}", done.stderr);
    let end =
        "interrupted: building for linux-amd64, linux-arm64\n  found: pygo received SIGTERM\n";
    assert_eq!(done.stderr.matches(end).count(), 1, "{}", done.stderr);
    assert_eq!(done.stderr.matches("  interrupted  ").count(), 2, "{}", done.stderr);
    for word in ["error", "failed"] {
        assert!(!done.stderr.contains(word), "{}", done.stderr);
    }
    let report = fs_err::read_to_string(test.path().join("report.json")).unwrap();
    let report: serde_json::Value = serde_json::from_str(&report).unwrap();
    for target in [&report["targets"][0], &report["targets"][1]] {
        assert_eq!(target["result"], "interrupted");
        assert_eq!(target["failure"]["kind"], "interrupted");
    }
}

/// A Go that answers like 1.26 without a home directory, and only shows what it is called with.
const OLD_GO: &str = "case $1 in
    version) echo go version go1.26.8 linux/amd64 ;;
    list) echo 'go: go.mod requires go >= 1.27 (running go 1.26.8; GOTOOLCHAIN=local)' >&2; exit 1 ;;
    build) echo \"caches: $GOCACHE $GOPATH $GOMODCACHE\" >&2; exit 1 ;;
    env) case $2 in
        GOCACHE) printf '%s\\n' /dev/null/.cache/go-build /dev/null/go /dev/null/go/pkg/mod ;;
        GOVERSION) echo go1.26.8 ;;
    esac ;;
esac";

#[test]
fn caches_that_are_not_writable_are_replaced() {
    // Nothing can be created below a file, not even by root.
    let home = |test: Test| test.env("HOME", "/dev/null").env("XDG_CACHE_HOME", "");
    home(Test::hello().script("go", OLD_GO))
        .args(&["matrix", "--targets", "linux-amd64", "--go", "./go"])
        .fails_with(1, &["caches: [CACHE]/go/build [CACHE]/go/path [CACHE]/go/path/pkg/mod"]);
    let test = home(Test::new()).env("PYGO_CACHE_DIR", "").args(&["doctor", "--offline"]);
    let tmp = test.path().display().to_string();
    let done = test.env("TMPDIR", tmp).run();
    assert_eq!(done.code, Some(4), "{}", done.stderr);
    assert!(done.stdout.contains("cache      [ROOT]/pygo-"), "{}", done.stdout);
}

#[test]
fn a_go_that_may_not_download_the_version_of_go_mod_is_replaced() {
    let module = || {
        Test::hello()
            .write("example/go/go.mod", "module example.org/hello\n\ngo 1.27\n")
            .script("bin/go", OLD_GO)
            .env("GOTOOLCHAIN", "local")
    };
    module().args(&["matrix", "--targets", "linux-amd64", "--go", "bin/go"]).fails_with(
        4,
        &[
            "bin/go: go.mod requires go >= 1.27 (running go 1.26.8; GOTOOLCHAIN=local)",
            "   help: unset GOTOOLCHAIN, so that Go downloads the version that go.mod asks for",
        ],
    );
    let test = module().args(&["matrix", "--targets", "linux-amd64", "--report", "report.json"]);
    let command = test.command();
    let path = command.get_envs().find(|(name, _)| *name == "PATH").unwrap().1.unwrap();
    let path = format!("{}/bin:{}", test.path().display(), path.display());
    let test = test.env("PATH", path);
    let done = test.run();
    assert_eq!(done.code, Some(0), "{}", done.stderr);
    let report = fs_err::read_to_string(test.path().join("report.json")).unwrap();
    let report: serde_json::Value = serde_json::from_str(&report).unwrap();
    assert_eq!(report["tools"]["go"]["origin"], "cache");
}

#[test]
fn a_full_disk_leaves_no_wheel() {
    let test = Test::hello();
    fs_err::create_dir(test.path().join("small")).unwrap();
    // Mounting needs a user namespace, or root.
    let script = "mount -t tmpfs -o size=300k none small || exit 99\n\
                  \"$0\" matrix --targets linux-amd64 --out-dir small; code=$?\n\
                  [ -z \"$(ls -A small)\" ] || exit 98\nexit $code";
    let pygo = test.command();
    let output = Command::new("unshare")
        .args(["--map-root-user", "--mount", "sh", "-c", script])
        .arg(pygo.get_program())
        .current_dir(test.path())
        .envs(pygo.get_envs().filter_map(|(name, value)| Some((name, value?))))
        .output()
        .unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(6), "{stderr}");
    assert!(
        stderr.contains(
            "error: packing the wheel for linux-amd64 into small\n  found: No space left on device"
        ),
        "{stderr}"
    );
}

#[test]
fn c_files_beside_go_are_compiled_even_without_go_mod() {
    let test = Test::signatures(&["int Quad(int x);"])
        .write(
            "example/go/main.go",
            "package main\n\n// int twice(int x);\nimport \"C\"\n\n//export Quad\nfunc Quad(x C.int) C.int { return C.twice(C.twice(x)) }\n\nfunc main() {}\n",
        )
        .write("example/go/twice.c", "int twice(int x) { return 2 * x; }\n")
        .args(LINUX);
    let done = test.run();
    assert_eq!(done.code, Some(0), "{}", done.stderr);
}

/// The path of the real zig in the tests' cache, installed if missing.
pub(super) fn zig() -> String {
    let test = Test::hello().args(&["toolchain", "install"]);
    let done = test.run();
    assert_eq!(done.code, Some(0), "{}", done.stderr);
    let tools = shared_cache().join("tools");
    let named = fs_err::read_dir(tools).unwrap().map(|entry| entry.unwrap().path());
    let zig = named.map(|dir| dir.join("ziglang/zig")).find(|zig| zig.exists()).unwrap();
    zig.display().to_string()
}
