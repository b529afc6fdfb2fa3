//! The C preamble of a Go package, which the extension is compiled with as well.

use std::path::PathBuf;

use crate::support::Test;

const LINUX: &[&str] = &["matrix", "--targets", "linux-amd64"];

/// A package that has no library.
const FAST_PC: &str = "prefix=${pcfiledir}/..\nName: fast\nDescription: a C library\nVersion: 1.0\n\
                       Cflags: -I${prefix}/include -DFAST_SCALE=3\n";
const PREAMBLE: &str = "// #cgo pkg-config: fast\n// #include \"fast.h\"\nimport \"C\"\n";

/// A project whose package has `preamble` and exports `Scale`.
fn project(preamble: &str) -> Test {
    let config = "{\"package\": \"example\", \"extension\": \"_example\", \"library\": \"hello\", \
                  \"signatures\": [\"int Scale(int number);\"]}";
    let main = format!(
        "package main\n\n{preamble}\n//export Scale\nfunc Scale(number C.int) C.int {{\n\t\
         return number * C.FACTOR\n}}\n\nfunc main() {{}}\n"
    );
    Test::config(config).write("example/go/main.go", main).args(LINUX)
}

#[test]
fn a_header_that_only_pkg_config_leads_to() {
    let header = "#ifndef FAST_SCALE\n#error \"compiled without pkg-config's flags\"\n#endif\n\
                  #define FACTOR FAST_SCALE\n";
    let test = project(PREAMBLE)
        .write("pc/fast.pc", FAST_PC)
        .write("include/fast.h", header)
        // Where this machine has none.
        .script(
            "fake/pkg-config",
            "case \"$*\" in *--cflags*)\n\
             sed -n \"s|^Cflags: *||p\" \"$PKG_CONFIG_PATH/fast.pc\" |\n\
             sed \"s|\\${prefix}|$PKG_CONFIG_PATH/..|\";; esac",
        );
    let path = std::env::var_os("PATH").unwrap_or_default();
    let real = std::env::split_paths(&path).map(|dir| dir.join("pkg-config")).find(|p| p.exists());
    let program: PathBuf = real.unwrap_or_else(|| test.path().join("fake/pkg-config"));
    let pc = test.path().join("pc");
    let done = test.env("PKG_CONFIG", program).env("PKG_CONFIG_PATH", pc).run();
    assert_eq!(done.code, Some(0), "{}", done.stderr);
    assert_eq!(done.stdout.lines().count(), 1);
}

#[test]
fn a_header_that_only_the_extension_misses() {
    // cffi defines the macro.
    let preamble = "/*\n#define FACTOR 2\n#ifdef Py_LIMITED_API\n#include \"only_there.h\"\n#endif\n*/\n\
                    import \"C\"\n";
    project(preamble).fails_with(
        1,
        &[
            "building _example for linux-amd64\n  found: a header of the Go preamble is missing:\n",
            "only_there.h' file not found",
            "in `include-dirs`, or there: `#cgo CFLAGS: -I${SRCDIR}/include`",
        ],
    );
}
