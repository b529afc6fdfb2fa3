//! C compilers other than zig: what is refused. tests/judges/test_toolchains.py builds with them.

use crate::support::Test;

const OLD: &str = "echo 9.0.1";

#[test]
fn a_compiler_that_is_too_old_or_broken_is_refused_before_anything_is_built() {
    let hello = |name: &str, script: &str| {
        Test::hello().program(name, script).args(&["matrix", "--toolchain", name])
    };
    hello("clang", OLD).fails_with(
        4,
        &[
            "looking for clang",
            "own-bin/clang is clang 9.0.1, older than 14.0.0",
            "--toolchain zig",
        ],
    );
    hello("gcc", OLD).fails_with(4, &["own-bin/gcc is gcc 9.0.1, older than 10.0.0"]);
    hello("gcc", "exit 1").fails_with(4, &["looking for gcc", "did not print a version"]);
}

#[test]
fn the_command_line_overrides_the_configured_toolchain() {
    let config = include_str!("../../example/hello/config.json")
        .replace("\"library\"", "\"toolchain\": \"clang\", \"library\"");
    let hello = || Test::config(&config).program("clang", OLD);
    hello().fails_with(4, &["looking for clang"]);
    hello()
        .script("old-zig", "echo 0.13.0")
        .args(&["matrix", "--toolchain", "zig", "--zig", "./old-zig"])
        .fails_with(4, &["looking for zig"]);
}

#[test]
fn a_sysroot_must_exist_and_is_not_for_zig() {
    let hello = |args: &[&str]| {
        let all = ["matrix", "--targets", "linux-amd64", "--sysroot", "root"];
        Test::hello().args(&[&all[..], args].concat())
    };
    hello(&[]).write("root/x", "").fails_with(
        4,
        &["setting up zig for linux-amd64", "the sysroot root is set, but zig does not use one"],
    );
    hello(&["--toolchain", "gcc"])
        .program("gcc", "echo 12.2.0")
        .write("root/x", "")
        .fails_with(4, &["gcc uses the C library of this machine and takes no sysroot"]);
    let clang = ["clang", "clang++", "llvm-ar", "llvm-ranlib", "ld.lld"];
    let test = hello(&["--toolchain", "clang"]);
    clang
        .iter()
        .fold(test, |test, name| test.program(name, "echo clang version 16.0.6"))
        .fails_with(4, &["setting up clang for linux-amd64", "there is no directory root"]);
}

#[test]
fn gcc_compiles_for_its_own_machine_only() {
    Test::hello()
        .program("gcc", "echo 12.2.0")
        .args(&["matrix", "--toolchain", "gcc", "--targets", "macos-arm64"])
        .fails_with(4, &["gcc compiles for this machine, which is not macos-arm64"]);
}
