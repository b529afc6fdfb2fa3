//! `pygo plan`, `pygo matrix --shard` and `pygo merge`: many machines build what one builds.

use std::path::Path;

use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::archive::zip;
use crate::check::{METADATA, RECORD, WHEEL, good};
use crate::support::{Finished, Test};

const TARGETS: &str = "linux-amd64,linux-arm64,macos-arm64";
const PAIR: &str = "linux-amd64,macos-arm64";

fn program() -> Test {
    Test::new()
        .write(
            "pyproject.toml",
            "[project]\nname = \"spread\"\nversion = \"1.0\"\n\
             [tool.pygo-tools]\nprogram = \"spread\"\ngo-dir = \".\"\n",
        )
        .write("go.mod", "module example.com/spread\n\ngo 1.24\n")
        .write("main.go", "package main\n\nfunc main() { println(\"spread\") }\n")
}

pub fn run(test: Test, args: &[&str]) -> (Test, Finished) {
    let test = test.args(args);
    let done = test.run();
    (test, done)
}

/// The lines of SHA256SUMS in the directory `dir` of `test`, compared with the files.
#[track_caller]
fn sums(test: &Test, dir: &str) -> Vec<String> {
    let text = fs_err::read_to_string(test.path().join(dir).join("SHA256SUMS")).unwrap();
    for line in text.lines() {
        let (digest, name) = line.split_once("  ").unwrap();
        assert_eq!(hex(&fs_err::read(test.path().join(dir).join(name)).unwrap()), digest);
    }
    text.lines().map(str::to_owned).collect()
}

pub fn hex(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn a_plan_has_the_shards_that_matrix_builds() {
    let plan = ["plan", "--shards", "2", "--targets", TARGETS, "--format"];
    let (test, done) = run(Test::hello(), &[&plan[..], &["github"]].concat());
    assert_eq!((done.code, done.stderr.as_str()), (Some(0), ""));
    let jobs: Value = serde_json::from_str(&done.stdout).unwrap();
    let mut all = Vec::new();
    let mut test = test;
    for job in jobs["include"].as_array().unwrap() {
        let shard = job["shard"].as_str().unwrap();
        let args =
            ["matrix", "--targets", TARGETS, "--shard", shard, "--dry-run", "--format", "json"];
        let (same, done) = run(test, &args);
        test = same;
        let document: Value = serde_json::from_str(&done.stdout).unwrap();
        let targets = document["targets"].as_array().unwrap().iter();
        let targets: Vec<_> = targets.map(|t| t["target"].as_str().unwrap().to_owned()).collect();
        assert_eq!(targets.join(","), job["targets"].as_str().unwrap());
        all.extend(targets);
    }
    all.sort();
    assert_eq!(all.join(","), TARGETS);

    // What took long in an earlier run has a machine of its own.
    let stage = |of: &str, seconds: u32| {
        json!({ "stage": "library", "part": "hello", "of": of, "seconds": 0.01, "cached": true,
                "cost": seconds, "fingerprint": "" })
    };
    let target = |of: &str, seconds| json!({ "target": of, "result": "built", "seconds": 1, "stages": [stage(of, seconds)] });
    let report = json!({ "format": 1, "pygo": "0", "jobs": 1, "seconds": 1, "targets":
        [target("linux-amd64", 10), target("linux-arm64", 200), target("macos-arm64", 10)] });
    let test = test.write("costs.json", report.to_string());
    let costs = ["--costs", "costs.json"];
    let (test, done) = run(test, &[&plan[..], &["gitlab"], &costs].concat());
    assert_eq!(
        done.stdout,
        ".pygo:\n  parallel:\n    matrix:\n      \
         - {PYGO_SHARD: \"1/2\", PYGO_TARGETS: \"linux-arm64\"}\n      \
         - {PYGO_SHARD: \"2/2\", PYGO_TARGETS: \"linux-amd64,macos-arm64\"}\n"
    );
    let (test, done) = run(test, &[&plan[..], &["json"], &costs].concat());
    let document: Value = serde_json::from_str(&done.stdout).unwrap();
    assert_eq!(document["shards"][0]["targets"], json!(["linux-arm64"]));
    let (test, done) = run(test, &[&plan[..], &["text"]].concat());
    assert!(done.stdout.contains("\nshard 1/2: linux-a"), "{}", done.stdout);
    test.args(&["matrix", "--shard", "3/2"]).fails_with(2, &["such as 2/4"]);
}

#[test]
fn shards_give_the_bytes_that_one_machine_gives() {
    let whole = ["matrix", "--targets", PAIR, "--out-dir", "dist/whole"];
    let (one, done) = run(program(), &whole);
    assert_eq!(done.code, Some(0), "{}", done.stderr);
    // Another project directory, for which nothing is kept. Sources do not include `dist`.
    let mut test = program();
    for (shard, dir) in
        [("1/2", "dist/a"), ("2/2", "dist/b"), ("2/2", "dist/again"), ("4/4", "dist/c")]
    {
        let args = ["matrix", "--targets", PAIR, "--shard", shard, "--out-dir", dir];
        let (same, done) = run(test, &args);
        assert_eq!(done.code, Some(0), "{}", done.stderr);
        test = same;
    }
    assert!(test.path().join("dist/c/report-4-of-4.json").is_file());
    let (test, done) = run(test, &["sdist", "--out-dir", "dist/b"]);
    assert_eq!(done.code, Some(0), "{}", done.stderr);
    let (test, done) = run(test, &["merge", "dist/a", "dist/b", "--out-dir", "dist/out"]);
    assert_eq!(done.code, Some(0), "{}", done.stderr);
    assert!(
        done.stderr.contains("spread 1.0: 2 wheels and an sdist from 2 reports"),
        "{}",
        done.stderr
    );
    assert_eq!(done.stdout.lines().count(), 3);
    let lines = sums(&test, "dist/out");
    for line in lines.iter().filter(|line| line.ends_with(".whl")) {
        let (digest, name) = line.split_once("  ").unwrap();
        let bytes = fs_err::read(one.path().join("dist/whole").join(name)).unwrap();
        assert_eq!(hex(&bytes), digest, "{name}");
    }
    let report = pygo::report::Report::read(&test.path().join("dist/out/report.json")).unwrap();
    let targets: Vec<_> = report.targets.iter().map(|target| target.target.as_str()).collect();
    assert_eq!(targets.join(","), PAIR);
    assert_eq!(report.joined.len(), 2);
    assert!(report.targets.iter().all(|t| test.path().join(t.wheel.as_ref().unwrap()).is_file()));

    // The same again, also from what two machines built and into itself.
    let (test, done) =
        run(test, &["merge", "dist/a", "dist/b", "dist/again", "--out-dir", "dist/out"]);
    assert!(done.stderr.contains("built more than once, with the same bytes: "), "{}", done.stderr);
    let (test, done) =
        run(test, &["merge", "dist/a", "dist/b", "dist/out", "--out-dir", "dist/out"]);
    assert_eq!(done.code, Some(0), "{}", done.stderr);
    assert_eq!(sums(&test, "dist/out"), lines);

    // A shard is missing; another one had other sources.
    let (test, done) = run(test, &["merge", "dist/a", "--out-dir", "dist/less"]);
    assert_eq!(done.code, Some(1), "{}", done.stderr);
    assert!(done.stderr.contains(" is missing: no report has it"), "{}", done.stderr);
    assert!(
        done.stderr.contains("the reports of some shards are missing: 2/2\n"),
        "{}",
        done.stderr
    );
    let test = test.write("main.go", "package main\n\nfunc main() { println(\"other\") }\n");
    let args = ["matrix", "--targets", PAIR, "--shard", "2/2", "--out-dir", "dist/b", "--quiet"];
    let (test, done) = run(test, &args);
    assert_eq!(done.code, Some(0), "{}", done.stderr);
    let (test, done) =
        run(test, &["merge", "dist/a", "dist/b", "dist/again", "--out-dir", "dist/less"]);
    assert_eq!(done.code, Some(1));
    for part in ["had different sources: main.go", "was built twice, with different bytes: "] {
        assert!(done.stderr.contains(part), "no {part} in {}", done.stderr);
    }
    assert!(!test.path().join("dist/less").exists(), "nothing is written");
}

/// A report of a wheel called `name` for `target`.
fn report(target: &str, name: &str, wheel: &[u8]) -> Value {
    json!({ "format": 1, "pygo": "0", "jobs": 1, "seconds": 1, "targets": [{
        "target": target, "result": "built", "seconds": 1, "stages": [], "wheel": name,
        "sha256": hex(wheel), "size": wheel.len() }] })
}

fn other() -> Vec<u8> {
    let metadata = METADATA.replace("Version: 1.0\n", "Version: 1.0\nRequires-Dist: y\n");
    let old = RECORD.lines().find(|line| line.contains("METADATA")).unwrap();
    let row = record_row("x-1.0.dist-info/METADATA", &metadata);
    zip([
        ("x.py", ""),
        ("x-1.0.dist-info/METADATA", metadata.as_str()),
        ("x-1.0.dist-info/WHEEL", &WHEEL.replace("py3-none", "py2-none")),
        ("x-1.0.dist-info/RECORD", &RECORD.replace(old, &row)),
    ])
}

/// The row of RECORD for the file `name`.
pub fn record_row(name: &str, text: &str) -> String {
    use base64::Engine as _;
    let hash = Sha256::digest(text.as_bytes());
    let hash = base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(hash);
    format!("{name},sha256={hash},{}", text.len())
}

const GOOD: &str = "x-1.0-py3-none-any.whl";
const OTHER: &str = "x-1.0-py2-none-any.whl";

#[track_caller]
fn refuses(test: Test, args: &[&str], code: i32, parts: &[&str]) -> Test {
    let args = [&["merge", "--out-dir", "out"], args].concat();
    let (test, done) = run(test, &args);
    assert_eq!(done.code, Some(code), "{}", done.stderr);
    for part in parts {
        assert!(done.stderr.contains(part), "no `{part}` in:\n{}", done.stderr);
    }
    assert!(!Path::new(&test.path().join("out")).exists());
    test
}

#[test]
fn parts_that_do_not_fit_are_refused() {
    let two = ["a", "--targets", "linux-amd64,linux-arm64"];
    let fits = || {
        Test::new()
            .write(&format!("a/{GOOD}"), good())
            .write("a/1.json", report("linux-amd64", GOOD, &good()).to_string())
    };
    refuses(fits(), &["a"], 1, &["nothing says which targets"]);
    refuses(fits(), &["b"], 2, &["it is not a directory"]);
    refuses(fits().remove("a/1.json"), &two, 1, &["there is no report"]);
    let test = refuses(fits(), &two, 1, &["linux-arm64 is missing"]);
    let test = test.write("a/2.json", report("linux-arm64", OTHER, &other()).to_string());
    let gone = format!("{OTHER}, built for linux-arm64, is in none of the directories");
    let test = refuses(test, &two, 1, &[&gone]);
    let test = test.write(&format!("a/{OTHER}"), good());
    let test = refuses(test, &two, 1, &["its SHA-256 differs", "is in no report"]);
    let test = test.write(&format!("a/{OTHER}"), other());
    let test = refuses(test, &two, 1, &["Requires-Dist in METADATA differs: nothing and y"]);
    let test =
        refuses(test, &["a", "--targets", "linux-amd64"], 1, &["is not part of the release"]);
    let mut newer = report("linux-arm64", OTHER, &other());
    newer["pygo"] = "1".into();
    let test = test.write("a/2.json", newer.to_string());
    let test = refuses(test, &two, 1, &["the pygo differs: 0 (a/1.json), 1 (a/2.json)"]);
    let test = test.write("a/x-1.1.tar.gz", "");
    refuses(test, &two, 1, &["more than one version: x 1.0, x 1.1"]);
}

#[test]
fn a_wheel_with_errors_is_not_merged() {
    let bad = crate::check::bad();
    let test = Test::new()
        .write(&format!("a/{GOOD}"), &bad)
        .write("a/1.json", report("linux-amd64", GOOD, &bad).to_string());
    refuses(test, &["a", "--targets", "linux-amd64"], 1, &["TAG004", "help: write one Tag line"]);
}

#[test]
fn reports_and_links_cannot_name_files_elsewhere() {
    let one = ["a", "--targets", "linux-amd64"];
    let secret = || Test::new().write("secret", "s3cret").write(&format!("b/{GOOD}"), good());
    for path in ["../secret", "/etc/passwd", "../b/x-1.0-py3-none-any.whl", "..", "/"] {
        let named = report("linux-amd64", path, &good()).to_string();
        refuses(secret().write("a/1.json", named), &one, 1, &["linux-amd64"]);
    }
    let named = report("linux-amd64", GOOD, &good()).to_string();
    let test = secret().write("a/1.json", named);
    refuses(
        test.link(&format!("a/{GOOD}"), "../b/x-1.0-py3-none-any.whl"),
        &one,
        1,
        &["is not a regular file"],
    );
    // What is in the way in the output directory is replaced, not followed.
    let test = Test::new()
        .write("secret", "s3cret")
        .write("out/x", "")
        .write(&format!("a/{GOOD}"), good())
        .write("a/1.json", report("linux-amd64", GOOD, &good()).to_string())
        .link("out/SHA256SUMS", "../secret")
        .link(&format!("out/{GOOD}"), "../secret");
    let (test, done) = run(test, &["merge", "a", "--targets", "linux-amd64", "--out-dir", "out"]);
    assert_eq!(done.code, Some(0), "{}", done.stderr);
    assert_eq!(fs_err::read_to_string(test.path().join("secret")).unwrap(), "s3cret");
    assert_eq!(sums(&test, "out").len(), 1);
    let (_, done) = run(
        test.write("out/y-1.0.tar.gz", ""),
        &["merge", "a", "--targets", "linux-amd64", "--out-dir", "out"],
    );
    assert_eq!(done.code, Some(6), "{}", done.stderr);
    assert!(
        done.stderr.contains("it has other wheels or sdists:\n         y-1.0.tar.gz"),
        "{}",
        done.stderr
    );
}
