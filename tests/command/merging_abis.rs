//! `pygo merge` of a release whose targets have a wheel for each ABI of Python.

use serde_json::{Value, json};

use crate::archive::zip;
use crate::check::{METADATA, RECORD, WHEEL};
use crate::merging::{hex, record_row, run};
use crate::support::{Finished, Test};

const PLATFORMS: [(&str, &str); 2] =
    [("linux-amd64", "manylinux_2_17_x86_64"), ("linux-arm64", "manylinux_2_17_aarch64")];
const ABIS: [&str; 2] = ["cp312", "cp313"];

/// The name and the bytes of the wheel of `x` for `target` and `abi`, with the module `x.py`.
fn wheel(target: &str, abi: &str, module: &str) -> (String, Vec<u8>) {
    let (_, platform) = PLATFORMS.into_iter().find(|(name, _)| *name == target).unwrap();
    let tag = format!("{abi}-{abi}-{platform}");
    let about = WHEEL.replace("py3-none-any", &tag).replace("Purelib: true", "Purelib: false");
    let mut record = RECORD.to_owned();
    for (name, text) in [("x.py", module), ("x-1.0.dist-info/WHEEL", about.as_str())] {
        let old = record.lines().find(|line| line.starts_with(name)).unwrap().to_owned();
        record = record.replace(&old, &record_row(name, text));
    }
    let bytes = zip([
        ("x.py", module),
        ("x-1.0.dist-info/METADATA", METADATA),
        ("x-1.0.dist-info/WHEEL", &about),
        ("x-1.0.dist-info/RECORD", &record),
    ]);
    (format!("x-1.0-{tag}.whl"), bytes)
}

/// `test` with what a machine sent that built `wheels`: into `dir`, with a report.
fn sent(mut test: Test, dir: &str, wheels: &[(&str, &str)], shard: Option<&str>) -> Test {
    let mut targets = Vec::new();
    for (target, abi) in wheels {
        let (name, bytes) = wheel(target, abi, "");
        targets.push(json!({ "target": target, "abi": abi, "result": "built", "seconds": 1,
            "stages": [], "wheel": name, "sha256": hex(&bytes), "size": bytes.len() }));
        test = test.write(&format!("{dir}/{name}"), bytes);
    }
    let names: Vec<_> = PLATFORMS.iter().map(|(name, _)| name).collect();
    let abis: Value = PLATFORMS.iter().map(|(name, _)| ((*name).to_owned(), json!(ABIS))).collect();
    let report = json!({ "format": 1, "pygo": "0", "jobs": 1, "seconds": 1, "targets": targets,
        "shard": shard, "matrix": names, "abis": abis });
    test.write(&format!("{dir}/report.json"), report.to_string())
}

const ALL: [(&str, &str); 4] = [
    ("linux-amd64", "cp312"),
    ("linux-amd64", "cp313"),
    ("linux-arm64", "cp312"),
    ("linux-arm64", "cp313"),
];

#[track_caller]
fn merged(test: Test, args: &[&str]) -> (Test, Finished) {
    run(test, &[&["merge", "--out-dir", "out"], args].concat())
}

#[track_caller]
fn refused(test: Test, args: &[&str], parts: &[&str]) -> Test {
    let (test, done) = merged(test, args);
    assert_eq!(done.code, Some(1), "{}", done.stderr);
    for part in parts {
        assert!(done.stderr.contains(part), "no `{part}` in:\n{}", done.stderr);
    }
    assert!(!test.path().join("out").exists());
    test
}

/// A project with these ABIs, and the plan of its release.
fn planned() -> Test {
    let test = Test::pyproject(
        "[project]\nname = \"x\"\nversion = \"1.0\"\n\
         [tool.pygo-tools]\npackage = \"example\"\nextension = \"_example\"\nlibrary = \"hello\"\n\
         signatures = [\"char* Hello(char* message, int count);\"]\n\
         abi3 = false\npython = [\"3.12\", \"3.13\"]\n",
    );
    let targets = "linux-amd64,linux-arm64";
    let (test, done) = run(test, &["plan", "--targets", targets, "--format", "json"]);
    assert_eq!(done.code, Some(0), "{}", done.stderr);
    test.write("plan.json", done.stdout)
}

#[test]
fn a_release_has_every_abi_of_its_plan() {
    let complete = sent(planned(), "a", &ALL[..1], None);
    let complete = sent(complete, "b", &ALL[1..], None);
    let (test, done) = merged(complete, &["a", "b", "--plan", "plan.json"]);
    assert_eq!(done.code, Some(0), "{}", done.stderr);
    assert!(done.stderr.starts_with("x 1.0: 4 wheels from 2 reports; "), "{}", done.stderr);
    let order: Vec<_> = ALL.iter().map(|(target, abi)| wheel(target, abi, "").0).collect();
    let order: Vec<_> = order.iter().map(|name| format!("out/{name}")).collect();
    assert_eq!(done.stdout.lines().collect::<Vec<_>>(), order);
    let report = pygo::report::Report::read(&test.path().join("out/report.json")).unwrap();
    assert_eq!(report.matrix, ["linux-amd64", "linux-arm64"]);
    assert_eq!(report.abis["linux-arm64"], ABIS);

    let lacks = sent(planned(), "a", &ALL[..3], None);
    refused(
        lacks,
        &["a", "--plan", "plan.json"],
        &["found: linux-arm64 (cp313) is missing: no report has it\n"],
    );
    // Nothing says so, but the other target has both.
    let lacks = sent(Test::new(), "a", &ALL[1..], None);
    refused(
        lacks,
        &["a", "--targets", "linux-amd64,linux-arm64"],
        &["found: linux-amd64 (cp312) is missing: no report has it, but linux-arm64 has one\n"],
    );
}

#[test]
fn shards_have_every_abi_of_their_matrix() {
    let both = |second| {
        let test = sent(Test::new(), "a", &ALL[..2], Some("1/2"));
        sent(test, "b", second, Some("2/2"))
    };
    let (_, done) = merged(both(&ALL[2..]), &["a", "b"]);
    assert_eq!(done.code, Some(0), "{}", done.stderr);
    let test = refused(both(&ALL[3..]), &["a", "b"], &["linux-arm64 (cp312) is missing"]);
    // The report has the wheel, and the file was lost.
    let name = wheel("linux-arm64", "cp313", "").0;
    let gone = format!("{name}, built for linux-arm64 (cp313), is in none of the directories");
    refused(test.remove(&format!("b/{name}")), &["a", "b"], &[&gone]);
}

#[test]
fn an_abi_that_was_built_twice_has_the_same_bytes() {
    let targets = ["a", "b", "--targets", "linux-amd64,linux-arm64"];
    let test = sent(sent(Test::new(), "a", &ALL, None), "b", &ALL[1..2], None);
    let (test, done) = merged(test, &targets);
    assert_eq!(done.code, Some(0), "{}", done.stderr);
    let note = "built more than once, with the same bytes: linux-amd64 (cp313)\n";
    assert!(done.stderr.contains(note), "{}", done.stderr);
    let (name, other) = wheel("linux-amd64", "cp313", "# other\n");
    let report = fs_err::read_to_string(test.path().join("b/report.json")).unwrap();
    let report = report.replace(&hex(&wheel("linux-amd64", "cp313", "").1), &hex(&other));
    let test = sent(Test::new(), "a", &ALL, None);
    let test = test.write(&format!("b/{name}"), other).write("b/report.json", report);
    let twice = "found: linux-amd64 (cp313) was built twice, with different bytes: a/";
    refused(test, &targets, &[twice]);
}

#[test]
fn an_abi_that_the_release_does_not_have_is_refused() {
    let test = sent(planned(), "a", &ALL, None);
    let plan = fs_err::read_to_string(test.path().join("plan.json")).unwrap();
    let mut plan: Value = serde_json::from_str(&plan).unwrap();
    plan["targets"].as_array_mut().unwrap().retain(|planned| planned["abi"] == "cp312");
    refused(
        test.write("plan.json", plan.to_string()),
        &["a", "--plan", "plan.json"],
        &[
            "found: linux-amd64 (cp313) was built, but is not part of the release\n",
            "linux-arm64 (cp313) was built, but is not part of the release\n",
        ],
    );
}
