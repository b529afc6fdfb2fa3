//! Libraries and frameworks that the linker does not find are named with what asks for them.

use crate::proxy::publish;
use crate::support::Test;

const LINUX: &[&str] = &["matrix", "--targets", "linux-amd64"];

#[test]
fn one_of_this_machine_is_built_for_the_target_instead() {
    Test::hello()
        .write("example/go/more.go", "package main\n\n// #cgo LDFLAGS: -lz\nimport \"C\"\n")
        .args(LINUX)
        .fails_with(
            1,
            &[
                "unable to find dynamic system library 'z'",
                "\n         `-lz` is requested by example/go/more.go:3\n",
                "#cgo linux,amd64 LDFLAGS: ${SRCDIR}/lib/linux-amd64/libz.a",
            ],
        );
}

#[test]
fn one_of_macos_needs_its_sdk() {
    Test::hello()
        .write(
            "example/go/more.go",
            "package main\n\n// #cgo darwin LDFLAGS: -framework Foundation\nimport \"C\"\n",
        )
        .args(&["matrix", "--targets", "macos-arm64"])
        .fails_with(
            1,
            &[
                "unable to find framework 'Foundation'",
                "\n         `-framework Foundation` is requested by example/go/more.go:3\n",
                "set SDKROOT to a macOS SDK",
            ],
        );
}

#[test]
fn one_that_a_dependency_or_a_setting_asks_for_is_named_with_it() {
    let dir = tempfile::tempdir().unwrap();
    let (proxy, modules) = (dir.path().join("proxy"), dir.path().join("modules"));
    let dep = "package window\n\n/*\n#cgo linux LDFLAGS: -lX11\n#cgo darwin LDFLAGS: -framework AppKit\n\
               */\nimport \"C\"\n";
    let sums = publish(&proxy, "example.org/dep", &[("window/window.go", dep)]);
    let test = || {
        Test::hello()
            .write(
                "example/go/go.mod",
                "module example.org/hello\n\ngo 1.21\n\nrequire example.org/dep v1.0.0\n",
            )
            .write("example/go/go.sum", &sums)
            .write("example/go/more.go", "package main\n\nimport _ \"example.org/dep/window\"\n")
            .proxy(&proxy, &modules)
    };
    test().args(&["matrix", "--targets", "macos-arm64"]).fails_with(
        1,
        &["`-framework AppKit` is requested by example.org/dep@v1.0.0/window/window.go:5\n"],
    );
    let config = include_str!("../../example/hello/config.json");
    let config = config.replacen('{', "{\"link\": \"static\", \"libraries\": [\"m\", \"X11\"],", 1);
    test().write("config.json", config).args(LINUX).fails_with(
        1,
        &["`-lX11` is requested by example.org/dep@v1.0.0/window/window.go:4, `libraries`\n"],
    );
}

#[test]
fn one_that_a_program_asks_for_is_named_too() {
    Test::config(r#"{"program": "hello", "cgo": true}"#)
        .write("main.go", "package main\n\n// #cgo LDFLAGS: -lz\nimport \"C\"\n\nfunc main() {}\n")
        .env("CGO_LDFLAGS", "-lz")
        .args(LINUX)
        .fails_with(1, &["\n         `-lz` is requested by main.go:3, CGO_LDFLAGS\n"]);
}
