//! SDKROOT: headers, libraries and frameworks of macOS that pygo does not have itself.

use std::io::Read;

use pygo::audit::{Binary, BinaryFile};

use crate::support::Test;

const TABLE: &str = "[build-system]\nrequires = ['setuptools']\n\
                     build-backend = 'setuptools.build_meta'\n\
                     [project]\nname = 'p'\nversion = '1'\n[tool.setuptools]\npackages = ['p']\n\
                     [tool.pygo-tools]\npackage = 'p'\nlibrary = 'l'\nbinding = 'ctypes'\n";

/// The stub of a library that exports one function.
fn stub(install_name: &str, symbol: &str) -> String {
    format!(
        "--- !tapi-tbd\ntbd-version: 4\ntargets: [ x86_64-macos, arm64-macos ]\n\
         install-name: '{install_name}'\ncurrent-version: 3.1\nexports:\n  \
         - targets: [ x86_64-macos, arm64-macos ]\n    symbols: [ _{symbol} ]\n...\n"
    )
}

#[test]
fn a_library_links_to_what_only_the_sdk_has() {
    const LIBRARY: &str = "/usr/lib/libfancy.3.dylib";
    const FRAMEWORK: &str = "/System/Library/Frameworks/Drawing.framework/Versions/A/Drawing";
    let project = || {
        Test::pyproject(TABLE)
            .write("p/__init__.py", "")
            .write("p/go/go.mod", "module p\n\ngo 1.21\n")
            .write(
                "p/go/main.go",
                "package main\n\n/*\n#cgo LDFLAGS: -lfancy -framework Drawing\n#include <fancy.h>\n\
                 #include <Drawing/Drawing.h>\n*/\nimport \"C\"\n\n\
                 //export Sum\nfunc Sum() C.int { return C.fancy() + C.drawing() }\n\nfunc main() {}\n",
            )
            .args(&["matrix", "--targets", "macos-arm64"])
    };
    let frameworks = "sdk/System/Library/Frameworks/Drawing.framework";
    let test = project()
        .write("sdk/usr/include/fancy.h", "int fancy(void);\n")
        .write("sdk/usr/lib/libfancy.tbd", stub(LIBRARY, "fancy"))
        .write(&format!("{frameworks}/Headers/Drawing.h"), "int drawing(void);\n")
        .write(&format!("{frameworks}/Drawing.tbd"), stub(FRAMEWORK, "drawing"));
    let sdk = test.path().join("sdk");
    let test = test.env("SDKROOT", sdk);
    let done = test.run();
    assert_eq!(done.code, Some(0), "{}", done.stderr);

    let wheel = fs_err::File::open(test.path().join(done.stdout.trim())).unwrap();
    let mut bytes = Vec::new();
    let mut archive = zip::ZipArchive::new(wheel).unwrap();
    archive.by_name("p/lib/libl.dylib").unwrap().read_to_end(&mut bytes).unwrap();
    let Binary::MachO(slices) = BinaryFile::read("", bytes.as_slice()).unwrap().unwrap().binary
    else {
        panic!("no Mach-O file");
    };
    let needed: Vec<_> = slices[0].dylibs.iter().map(|dylib| dylib.name.as_str()).collect();
    for name in [LIBRARY, FRAMEWORK, "/usr/lib/libSystem.B.dylib"] {
        assert!(needed.contains(&name), "no {name} in {needed:?}");
    }
    let from = |symbol: &str| slices[0].undefined.iter().any(|unbound| unbound.name == symbol);
    assert!(from("fancy") && from("drawing"), "{:?}", slices[0].undefined);

    project().fails_with(1, &["'fancy.h' file not found", "set SDKROOT to a macOS SDK"]);
}
