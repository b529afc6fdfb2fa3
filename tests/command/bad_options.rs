//! The exact error messages for bad options: targets, output directories, toolchains.

use crate::support::Test;

#[test]
fn an_unknown_target_gets_a_suggestion_and_the_list() {
    Test::hello().args(&["matrix", "--targets", "linux-arm46"]).fails(
        2,
        "
reading the list of targets
  found: `linux-arm46` is not a target; the nearest is `linux-arm64`
   help: the targets are linux-amd64, linux-arm64, macos-amd64, macos-arm64, macos-universal2, windows-amd64, windows-arm64, windows-386, linux-386, linux-arm, linux-ppc64le, linux-riscv64, linux-s390x; Go platforms (linux/arm64), triples (aarch64-unknown-linux-gnu), wheel tags (manylinux_2_28_aarch64), groups (`linux`, `macos`, `arm64`, `all`) and `host` (this machine) work too",
    );
}

#[test]
fn a_target_named_twice() {
    Test::hello().args(&["matrix", "--targets", "linux-arm64,aarch64-unknown-linux-gnu"]).fails(
        2,
        "
reading the list of targets
  found: `linux-arm64` and `aarch64-unknown-linux-gnu` are the same target
   help: name each target once",
    );
}

#[test]
fn a_musllinux_target_is_refused() {
    Test::hello().args(&["matrix", "--targets", "x86_64-unknown-linux-musl"]).fails(
        2,
        "
reading the list of targets
  found: `x86_64-unknown-linux-musl` is a musl target, and musl cannot load a Go shared library
   help: a c-shared Go library uses initial-exec TLS, and musl refuses that in dlopen (golang/go#13492, golang/go#54805; a fix is proposed in golang/go#75048)
         build for glibc instead (linux-amd64, linux-arm64); wheels for linux that contain only programs without C (`binding` = \"bin\") are tagged for musl too",
    );
}

#[test]
fn targets_in_the_place_of_the_project() {
    Test::hello().args(&["matrix", "linux-amd64"]).fails(
        3,
        "
reading the project linux-amd64
  found: there is no such directory
   help: to choose targets, write `pygo matrix --targets linux-amd64`",
    );
    Test::hello()
        .args(&["matrix", "nowhere"])
        .fails_with(3, &["help: name the directory that contains setup.py or pyproject.toml"]);
}

#[test]
fn wheel_tags_and_groups_select_targets_and_versions() {
    let planned = |args: &[&str]| {
        let args = [&["matrix", "--dry-run", "--format", "json"], args].concat();
        let done = Test::hello().args(&args).run();
        assert_eq!(done.code, Some(0), "{}", done.stderr);
        done.stdout
    };
    let linux = planned(&["--targets", "linux", "--manylinux", "manylinux_2_28"]);
    assert_eq!(linux, planned(&["--targets", "linux-x86_64,linux_aarch64", "--manylinux", "2.28"]));
    let tags = ["--targets", "manylinux_2_28_x86_64,manylinux_2_28_aarch64"];
    assert_eq!(linux, planned(&tags));
    let old = planned(&["--targets", "manylinux2014_x86_64"]);
    assert_eq!(old, planned(&["--targets", "linux-amd64", "--manylinux", "2014"]));
    Test::hello()
        .args(&["matrix", "--targets", "manylinux2014_x86_64", "--manylinux", "2_28"])
        .fails_with(2, &["--targets contains a tag with glibc 2.17, but an option requests 2.28"]);
}

#[test]
fn a_manylinux_older_than_go() {
    Test::hello().args(&["matrix", "--manylinux", "2_5"]).fails_with(
        2,
        &[
            "manylinux_2_5 was requested, but Go needs a Linux with glibc 2.17 or newer",
            "choose one of 2_17, ",
        ],
    );
}

#[test]
fn a_macos_older_than_go() {
    Test::hello()
        .args(&["matrix", "--macos-deployment-target", "11.0"])
        .fails_with(2, &["macOS 11.0 was requested, but Go 1.", "   help: request "]);
}

#[test]
fn an_out_dir_that_is_a_file() {
    Test::hello().write("out", "").args(&["matrix", "--out-dir", "out"]).fails(
        6,
        "
preparing the output directory out
  found: failed to create directory `out`: File exists (os error 17)
   help: move the existing file, or choose another path",
    );
}

#[test]
fn an_out_dir_that_is_not_writable() {
    Test::hello().args(&["matrix", "--out-dir", "/proc/wheels"]).fails_with(
        6,
        &[
            "preparing the output directory /proc/wheels",
            "failed to create directory `/proc/wheels`",
        ],
    );
}

#[test]
fn an_unknown_option_is_a_usage_error() {
    let done = Test::hello().args(&["matrix", "--tagrets", "host"]).run();
    assert_eq!(done.code, Some(2));
    assert!(done.stderr.contains("a similar argument exists: '--targets'"), "{}", done.stderr);
}

#[test]
fn an_empty_variable_counts_as_unset() {
    let test = Test::hello().env("PYGO_GO", "").env("PYGO_ZIG", "").env("PYGO_PYTHON", "");
    let done = test.args(&["matrix", "--dry-run"]).run();
    assert_eq!((done.code, done.stderr.as_str()), (Some(0), ""));
    let cache = tempfile::tempdir().unwrap();
    let done = Test::new()
        .env("PYGO_CACHE_DIR", cache.path())
        .env("PYGO_PYTHON", "")
        .args(&["doctor"])
        .run();
    assert!(done.stdout.starts_with("python     * 3."), "{}", done.stdout);

    let done = Test::hello().env("PYGO_GO", "").args(&["matrix", "--go", ""]).run();
    assert_eq!(done.code, Some(2), "{}", done.stderr);
    assert!(done.stderr.contains("a value is required for '--go <FILE>'"), "{}", done.stderr);
}

#[test]
fn an_unknown_toolchain_gets_the_list() {
    let done = Test::hello().args(&["matrix", "--toolchain", "tcc"]).run();
    assert_eq!(done.code, Some(2));
    assert!(done.stderr.contains("[possible values: zig, clang, gcc]"), "{}", done.stderr);
}
