//! Real outputs of Go and zig, without the linker's command line, and the advice for each.

use std::path::{Path, PathBuf};

use super::GoFailure;
use super::advice::advise;
use crate::error::Kind;
use crate::project::GoPackage;
use crate::target::{AARCH64, LINUX, MACOS, Slice, X86_64};

fn library(go_mod: Option<&str>) -> GoPackage {
    GoPackage {
        name: "hello".to_owned(),
        dir: PathBuf::from("/src/example/go"),
        go_dir: PathBuf::from("example/go"),
        files: vec!["main.go".to_owned()],
        build_tags: vec![],
        ldflags: vec![],
        before: Vec::new(),
        c: crate::project::CInputs::default(),
        import: None,
        exports: vec![],
        go_mod: go_mod.map(PathBuf::from),
    }
}

fn slice(name: &str) -> Slice {
    let all = [(LINUX, X86_64), (LINUX, AARCH64), (MACOS, AARCH64)];
    let slices = all.map(|(os, arch)| Slice::new(os, arch));
    slices.into_iter().find(|slice| slice.name() == name).unwrap()
}

/// Checks the kind and a part of the help for `output` of a build for `target`.
#[track_caller]
fn advises(target: &str, output: &str, kind: Kind, help: &str) {
    let library = library(Some("/src/example/go/go.mod"));
    let cc = Path::new("/cache/cc");
    let failure = GoFailure {
        library: &library,
        slice: slice(target),
        cc: Some(cc),
        python: None,
        offline: false,
    };
    let (found, advice) = advise(&failure, output);
    assert!(advice.contains(help), "{advice}\nfor {output}");
    assert_eq!(found, kind, "{output}");
    for placeholder in ["{name}", "{target}", "{where}", "{dir}"] {
        assert!(!advice.contains(placeholder), "{advice}");
    }
}

/// The output of Go's linker after the external linker failed with `message`.
fn linker(message: &str) -> String {
    format!(
        "# example\n/go/pkg/tool/linux_amd64/link: running /cache/cc failed: exit status 1\n\
         {message}\n\n"
    )
}

#[test]
fn a_missing_library_is_built_for_the_target_or_part_of_the_sdk() {
    let missing = "error: unable to find dynamic system library 'z' using strategy 'paths_first'. \
                   searched paths: none";
    advises(
        "linux-arm64",
        &linker(missing),
        Kind::Build,
        "build z as a static library for the target (`zig cc -target ...` compiles for it) and \
         link that:\n#cgo linux,arm64 LDFLAGS: ${SRCDIR}/lib/linux-arm64/libz.a",
    );
    let missing = "error: unable to find dynamic system library 'z' using strategy 'paths_first'. \
                   searched paths:\n  /stubs/usr/lib/libz.tbd\n  /stubs/usr/lib/libz.dylib";
    advises(
        "macos-arm64",
        &linker(missing),
        Kind::Build,
        "if z is part of macOS, set SDKROOT to a macOS SDK",
    );
    advises(
        "linux-amd64",
        &linker("error: /src/example/go/libnone.a: file not found"),
        Kind::Build,
        "build it for linux-amd64, or correct the path",
    );
}

#[test]
fn a_framework_needs_an_sdk_on_macos_and_does_not_exist_elsewhere() {
    let missing = "error: unable to find framework 'Foundation'. searched paths: \n \
                   /stubs/System/Library/Frameworks/Foundation.framework/Foundation.tbd";
    advises("macos-arm64", &linker(missing), Kind::Build, "set SDKROOT to a macOS SDK");
    let missing = "error: unable to find framework 'Foundation'. searched paths:  none";
    let help = "write `#cgo darwin LDFLAGS: -framework Foundation`";
    advises("linux-amd64", &linker(missing), Kind::Build, help);
}

#[test]
fn a_missing_header_is_put_into_the_project() {
    let missing = "# example\n./main.go:3:11: fatal error: 'zlib.h' file not found\n    3 |  \
                   #include <zlib.h>\n      |           ^~~~~~~~\n1 error generated.\n";
    let help = "put zlib.h into the project and name its directory";
    advises("linux-amd64", missing, Kind::Build, help);
    let missing = "# example\nx.m:1:9: fatal error: 'Foundation/Foundation.h' file not found\n    \
                   1 | #import <Foundation/Foundation.h>\n";
    let help = "If Foundation/Foundation.h is part of Apple's SDK, set SDKROOT";
    advises("macos-arm64", missing, Kind::Build, help);
    let missing = "# example\nx.cc:1:10: fatal error: 'bits/stdc++.h' file not found\n";
    advises("linux-amd64", missing, Kind::Build, "zig has LLVM's libc++");
}

#[test]
fn pkg_config_describes_this_machine() {
    let output = "# example\n# [pkg-config --cflags  -- libfoobar]\nPackage libfoobar was not found in \
                  the pkg-config search path.\nPerhaps you should add the directory containing \
                  `libfoobar.pc'\n";
    let help = "pkg-config-dirs = [\"c/lib/linux-arm64/pkgconfig\"]";
    advises("linux-arm64", output, Kind::Build, help);
    let output = "example: exec: \"pkg-config\": executable file not found in $PATH\n";
    advises("linux-arm64", output, Kind::Toolchain, "install pkg-config (Debian:");
    let output = "example: exec: \"gfortran\": executable file not found in $PATH\n";
    advises("linux-amd64", output, Kind::Toolchain, "install gfortran, which");
}

#[test]
fn symbols_that_are_missing_or_defined_twice_are_named() {
    for (target, message, help) in [
        (
            "macos-arm64",
            "error: undefined symbol: _nobody\n    note: referenced by \
             /cache/tmp/run-1/tmp/go-link-3882/000001.o:__cgo_f33_Cfunc_nobody",
            "define `nobody`: add the file or the library; if it is part of macOS, set SDKROOT",
        ),
        (
            "linux-amd64",
            "ld.lld: error: undefined symbol: nobody\n>>> referenced by main.cgo2.c:58\n",
            "define `nobody`: add the file, or link a static library",
        ),
        (
            "linux-amd64",
            "ld.lld: error: undefined symbol: __ubsan_handle_add_overflow\n>>> referenced by fast.c:1\n",
            "compile it with -O2 or -fno-sanitize=undefined",
        ),
        (
            "linux-amd64",
            "ld.lld: error: duplicate symbol: two\n>>> defined at main.go:3\n",
            "`two` is defined twice. In a Go file with `//export`",
        ),
        (
            "macos-arm64",
            "error: duplicate symbol definition: _two\n    note: defined by /tmp/go-link-2/0.o",
            "`two` is defined twice",
        ),
        (
            "linux-arm64",
            "ld.lld: error: /src/example/go/libq.a(q.o) is incompatible with aarch64linux",
            "libraries = [\"c/lib/linux-arm64/libNAME.a\"]",
        ),
        (
            "macos-arm64",
            "error: unknown cpu architecture: 65794\n    note: while parsing /src/libq.a(q.o)",
            "was built for another platform: build it for macos-arm64",
        ),
        (
            "linux-amd64",
            "ld.lld: error: relocation R_X86_64_32 cannot be used against symbol 'zz'; recompile \
             with -fPIC\n>>> defined in /src/example/go/libq.a(qn.o)",
            "with -fPIC",
        ),
        ("macos-arm64", "error: unsupported linker arg: -flat_namespace", "remove the import"),
    ] {
        advises(target, &linker(message), Kind::Build, help);
    }
}

#[test]
fn modules_that_go_sum_or_vendor_lack_differ_from_those_that_changed() {
    let output = "main.go:4:8: missing go.sum entry for module providing package \
                  github.com/google/uuid (imported by example.org/p); to add:\n\tgo get \
                  example.org/p\n";
    advises("linux-amd64", output, Kind::Build, "run `pygo go mod tidy` in example/go and commit");
    let output = "go: downloading github.com/google/uuid v1.6.0\nverifying \
                  github.com/google/uuid@v1.6.0: checksum mismatch\n\tdownloaded: \
                  h1:NIvaJDMOsjHA8n1jAhLSgzrAzy1Hgr+hNrb57e+94F0=\n\tgo.sum:     \
                  h1:AAAAJDMOsjHA8n1jAhLSgzrAzy1Hgr+hNrb57e+94F0=\n\nSECURITY ERROR\nThis \
                  download does NOT match an earlier download recorded in go.sum.\n";
    let help = "github.com/google/uuid@v1.6.0 is not what go.sum recorded";
    advises("linux-amd64", output, Kind::Build, help);
    for output in [
        "go: inconsistent vendoring in /src/example/go:\n\tgithub.com/google/uuid@v1.6.0: is \
         explicitly required in go.mod, but not marked as explicit in vendor/modules.txt\n",
        "main.go:4:8: cannot find module providing package github.com/google/uuid: import lookup \
         disabled by -mod=vendor\n\t(Go version in go.mod is at least 1.14 and vendor directory \
         exists.)\n",
    ] {
        advises("linux-amd64", output, Kind::Build, "run `pygo go mod vendor` in example/go");
    }
    let output = "go: errors parsing go.mod:\ngo.mod:3: invalid go version '1.21.x': must match \
                  format 1.23.0\n";
    advises("linux-amd64", output, Kind::Project, "correct that line of go.mod");
    let output = "current directory is contained in a module that is not one of the workspace \
                  modules listed in go.work. You can add the module to the workspace using:\n\tgo \
                  work use .\n";
    advises("linux-amd64", output, Kind::Project, "run `pygo go work use`");
    let output = "go: go.mod requires go >= 1.99 (running go 1.26.8; GOTOOLCHAIN=local)\n";
    advises("linux-amd64", output, Kind::Toolchain, "name a newer Go with --go");
}

#[test]
fn downloads_fail_for_different_reasons() {
    let get = "main.go:4:8: github.com/google/uuid@v1.6.0: Get \
               \"https://nowhere.invalid/github.com/google/uuid/@v/v1.6.0.zip\": dial tcp";
    let module = "main.go:4:8: example.com/team/lib@v1.0.0: reading \
                  https://proxy.golang.org/example.com/team/lib/@v/v1.0.0.zip";
    let git = "main.go:4:8: reading github.com/team/lib/go.mod at revision v1.0.0: git ls-remote -q \
               --end-of-options https://github.com/team/lib in /mod/cache/vcs/fa1e: exit status 128:";
    for (output, help) in [
        (format!("{get}: lookup nowhere.invalid on 10.0.0.1:53: no such host\n"), "the network"),
        (format!("{get} 127.0.0.1:1: connect: connection refused\n"), "GOPROXY and HTTPS_PROXY"),
        (format!("{git}\n\tfatal: Could not resolve host: github.com\n"), "check the network"),
        (format!("{module}: 403 Forbidden\n"), "GOPRIVATE=example.com/team"),
        (format!("{module}: 400 Bad Request\n"), "set GOPRIVATE"),
        (
            "main.go:4:8: reading github.com/team/lib/go.mod at revision v1.0.0: git ls-remote -q \
             --end-of-options origin in /mod/cache/vcs/fa1e: exec: \"git\": executable file not \
             found in $PATH\n"
                .to_owned(),
            "install git",
        ),
        ("main.go:4:8: module lookup disabled by GOPROXY=off\n".to_owned(), "unset it, or vendor"),
    ] {
        advises("linux-amd64", &output, Kind::Toolchain, help);
    }
    let library = library(None);
    let cc = Path::new("/cache/cc");
    let slice = slice("linux-amd64");
    let offline = GoFailure { library: &library, slice, cc: Some(cc), python: None, offline: true };
    let (_, help) = advise(&offline, "main.go:4:8: module lookup disabled by GOPROXY=off\n");
    assert!(help.contains("run once without --offline"), "{help}");
    let (_, help) = advise(
        &offline,
        "main.go:4:8: no required module provides package github.com/google/uuid; to add it:\n\tgo \
         get github.com/google/uuid\n",
    );
    assert!(help.contains("example/go has no go.mod: run `pygo go mod init NAME`"), "{help}");
}

#[test]
fn errors_in_code_are_told_apart() {
    for (output, help) in [
        (
            "# p\n./main.go:6:35: cannot use 1 (untyped int constant) as string value in variable \
          declaration\n",
            "fix the Go code",
        ),
        ("# p\n../../mod/d@v1.2.0/d.go:3:13: undefined: x\n", "the error is in a module that"),
        ("# p\nx.c:1:22: error: use of undeclared identifier 'g'\n", "fix the C code"),
        ("# p\n./main.go:3:23: error: use of undeclared identifier 'g'\n", "fix the C code"),
        (
            "# p\n./main.go:6:20: could not determine what C.nobody refers to\n",
            "declare `nobody` in the comment",
        ),
        (
            "# p\nruntime.main_main·f: function main is undeclared in the main package\n",
            "add `func main() {}`",
        ),
        (
            "package p: build constraints exclude all Go files in /src/example/go\n",
            "no Go file is for linux-amd64",
        ),
        (
            "./main.go:6:35: cannot range over 3 (untyped int constant): requires go1.22 or later \
             (-lang was set to go1.21; check go.mod)\n",
            "`pygo go mod edit -go=1.22` in example/go",
        ),
        (
            "main.go:4:8: package math/rand/v9 is not in std (/usr/local/go/src/math/rand/v9)\n",
            "correct the import of `math/rand/v9`",
        ),
        (
            "p: invalid flag in #cgo LDFLAGS: -Wl,--dynamic-list=x (see \
             https://go.dev/s/invalidflag)\n",
            "CGO_LDFLAGS_ALLOW",
        ),
    ] {
        advises("linux-amd64", output, Kind::Build, help);
    }
    let output = "# p\nclang: signal: killed\n";
    advises("linux-amd64", output, Kind::Toolchain, "try --jobs 1");
    let output = "package hello: cannot find package\n/usr/local/go/src/internal/reflectlite/type.go:10:2: \
                  package internal/abi is not in std (/usr/local/go/src/internal/abi)\n";
    advises("linux-amd64", output, Kind::Toolchain, "is full or damaged");
    let output = "cgo: C compiler \"/x/cc\" not found: exec: \"/x/cc\": permission denied\n";
    advises("linux-amd64", output, Kind::Toolchain, "may not allow programs (`noexec`)");
    let output = "go: parsing $GOFLAGS: unknown flag -mdo\n";
    advises("linux-amd64", output, Kind::Usage, "correct that environment variable");
}

#[test]
fn what_go_found_is_shown_without_noise() {
    let library = library(None);
    let cc = Path::new("/cache/cc");
    let failure = GoFailure {
        library: &library,
        slice: slice("linux-amd64"),
        cc: Some(cc),
        python: None,
        offline: false,
    };
    let output = linker(
        "/cache/cc -m64 -o a.out\nld.lld: error: duplicate symbol: two\n>>> defined at main.go:3\n\
         >>>            /cache/tmp/run-4/tmp/go-link-19/000000.o:(two)\n\
         >>> defined in /src/example/go/libq.a(qn.o)",
    );
    assert_eq!(
        failure.found(&("go: downloading x v1\n".to_owned() + &output)).trim_end(),
        "linking failed: exit status 1\nld.lld: error: duplicate symbol: two\n\
         >>> defined at main.go:3\n>>> defined in example/go/libq.a(qn.o)"
    );
}
