//! `pygo check` on a good wheel and on wheels with one fault.

use crate::archive::zip;
use crate::support::{Finished, Test};

const NAME: &str = "x-1.0-py3-none-any.whl";
const WHEEL: &str =
    "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n";
const METADATA: &str = "Metadata-Version: 2.4\nName: x\nVersion: 1.0\n";
const RECORD: &str = "x.py,sha256=47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU,0\n\
    x-1.0.dist-info/METADATA,sha256=kDReBSqYNfcGqWvjAfWZWPtv0ttXpGNkKK0ee5mc27A,43\n\
    x-1.0.dist-info/WHEEL,sha256=GOJWfGKy_s7ZRMtmrMyJFvIHxzo0gLZVhGWWyTqB6uo,75\n\
    x-1.0.dist-info/RECORD,,\n";

fn good() -> Vec<u8> {
    zip([
        ("x.py", ""),
        ("x-1.0.dist-info/METADATA", METADATA),
        ("x-1.0.dist-info/WHEEL", WHEEL),
        ("x-1.0.dist-info/RECORD", RECORD),
    ])
}

/// The wrong tag in WHEEL: one error, and another because RECORD has the old hash.
fn bad() -> Vec<u8> {
    zip([
        ("x.py", ""),
        ("x-1.0.dist-info/METADATA", METADATA),
        ("x-1.0.dist-info/WHEEL", &WHEEL.replace("Tag: py3", "Tag: py2")),
        ("x-1.0.dist-info/RECORD", RECORD),
    ])
}

fn check(args: &[&str]) -> Finished {
    let args = [&["check"], args].concat();
    Test::new().write(&format!("good/{NAME}"), good()).write(NAME, bad()).args(&args).run()
}

fn json(args: &[&str]) -> serde_json::Value {
    serde_json::from_str(&check(&[&["--format", "json"], args].concat()).stdout).unwrap()
}

#[test]
fn a_good_wheel_passes() {
    let done = check(&[&format!("good/{NAME}")]);
    assert_eq!(done.code, Some(0), "{}{}", done.stdout, done.stderr);
    assert_eq!(done.stdout, format!("good/{NAME}: runs on any\n"));
    assert_eq!(done.stderr, "0 errors, 0 warnings in 1 wheel\n");
}

#[test]
fn findings_are_printed_and_decide_the_exit_code() {
    let done = check(&[NAME]);
    assert_eq!(done.code, Some(1));
    let lines: Vec<_> = done.stdout.lines().collect();
    assert_eq!(
        lines[1],
        "  error TAG004 tag-wheel-mismatch: x-1.0.dist-info/WHEEL has the tags py2-none-any, but \
         the file name has py3-none-any"
    );
    assert!(lines[2].starts_with("      help: write one Tag line for each tag"), "{}", lines[2]);
    assert!(lines[3].starts_with("  error REC006 record-hash: x-1.0.dist-info/WHEEL"));
    assert_eq!(done.stderr, "2 errors, 0 warnings in 1 wheel\n");
}

#[test]
fn directories_are_searched_for_wheels() {
    let done = check(&["."]);
    assert_eq!(done.code, Some(1));
    assert!(done.stdout.contains("./good/"), "{}", done.stdout);
    assert_eq!(done.stderr, "2 errors, 0 warnings in 2 wheels\n");
    Test::new().write("empty/x.txt", "").args(&["check", "empty"]).fails(
        2,
        "looking for wheels in empty\n  found: the directory has no file ending in .whl\n   help: pass \
         a wheel, or a directory with wheels",
    );
}

#[test]
fn rules_can_be_selected_by_code_name_and_group() {
    assert_eq!(check(&["--ignore", "TAG004,record-hash", NAME]).code, Some(0));
    assert_eq!(check(&["--ignore", "tag,REC", NAME]).code, Some(0));
    assert_eq!(check(&["--select", "GO", NAME]).code, Some(0));
    let only = json(&["--select", "TAG", NAME]);
    let findings = only["wheels"][0]["findings"].as_array().unwrap();
    assert_eq!(findings.len(), 1);
    assert_eq!(findings[0]["code"], "TAG004");
    let done = check(&["--select", "tag-wheel-mismach", NAME]);
    assert_eq!(done.code, Some(2));
    assert_eq!(
        done.stderr,
        "error: reading --select, --ignore or --explain\n  found: `tag-wheel-mismach` is neither a \
         rule nor a group\n   help: did you mean tag-wheel-mismatch? `pygo check --list` lists \
         them all\n"
    );
}

#[test]
fn json_and_github_annotations() {
    let report = json(&[NAME, &format!("good/{NAME}")]);
    assert_eq!(report["format"], 1);
    let [bad, good] = [&report["wheels"][0], &report["wheels"][1]];
    assert_eq!((&bad["ok"], &good["ok"]), (&false.into(), &true.into()));
    assert_eq!(bad["findings"][0]["severity"], "error");
    assert_eq!(bad["findings"][0]["group"], "tags");
    assert_eq!(good["lowest"], serde_json::json!(["any"]));
    let done = check(&["--format", "github", NAME]);
    assert_eq!(done.code, Some(1));
    assert!(
        done.stdout.starts_with(&format!(
            "::error file={NAME},title=TAG004 tag-wheel-mismatch::{NAME}: x-1.0.dist-info/WHEEL"
        )),
        "{}",
        done.stdout
    );
}

#[test]
fn an_unreadable_wheel_does_not_hide_the_others() {
    let done = check(&["none.whl", NAME]);
    assert_eq!(done.code, Some(6));
    assert!(done.stderr.starts_with("error: reading none.whl\n"), "{}", done.stderr);
    assert!(done.stdout.contains("TAG004"));
    let done = Test::new().write(NAME, "no zip").args(&["check", NAME]).run();
    assert_eq!(done.code, Some(1), "{}", done.stderr);
    assert!(done.stdout.contains("ARC001 archive-unreadable"), "{}", done.stdout);
}

#[test]
fn rules_are_listed_and_explained() {
    let listed = check(&["--list"]).stdout;
    assert!(listed.contains("  ELF004  elf-needed-outside          error    The import fails"));
    let explained = check(&["--explain", "elf004"]).stdout;
    assert!(explained.starts_with("ELF004 elf-needed-outside (error, ELF)\n"), "{explained}");
    assert!(explained.contains("  source: PEP 600; ld.so(8)\n"));
    assert_eq!(check(&["--explain", "ELF999"]).code, Some(2));
    assert_eq!(check(&[]).code, Some(2), "neither a wheel nor a question");
}

#[test]
fn rules_as_json() {
    let rules = json(&["--list"]);
    assert!(rules.as_array().unwrap().len() > 100);
    assert_eq!(rules[0]["code"], "ARC001");
    let rule = json(&["--explain", "elf-isa-level"]);
    assert_eq!((&rule["group"], &rule["severity"]), (&"elf".into(), &"error".into()));
}

#[test]
fn fix_name_writes_to_another_directory() {
    let test = Test::new().write(NAME, bad());
    let test = test.args(&["check", "--fix-name", "--out-dir", "fixed", NAME]);
    let done = test.run();
    assert_eq!(done.code, Some(0), "{}", done.stderr);
    assert!(done.stdout.ends_with(&format!("fixed/{NAME}\n")), "{}", done.stdout);
    let test = test.args(&["check", "fixed"]);
    assert_eq!(test.run().code, Some(0), "{}", test.run().stdout);
    let test = test.args(&["check", "--fix-name", "--out-dir", ".", NAME]);
    let done = test.run();
    assert_eq!(done.code, Some(6), "never over the input: {}", done.stderr);
    assert_eq!(fs_err::read(test.path().join(NAME)).unwrap(), bad());
}

#[test]
fn no_space_for_a_temporary_file_is_reported() {
    let program = format!("\x7fELF{}", "\0".repeat(17 << 20));
    let wheel = zip([("x", &*program), ("x-1.0.dist-info/WHEEL", WHEEL)]);
    let done =
        Test::new().write(NAME, wheel).env("TMPDIR", "/nowhere").args(&["check", NAME]).run();
    assert_eq!(done.code, Some(6), "{}{}", done.stdout, done.stderr);
    assert!(
        done.stderr.contains("found: a temporary file in /nowhere (TMPDIR):"),
        "{}",
        done.stderr
    );
}

#[test]
fn a_wheel_that_does_not_exist() {
    Test::new().args(&["check", "nosuch.whl"]).fails(
        6,
        "reading nosuch.whl\n  found: failed to open file `nosuch.whl`: No such file or directory (os error 2)\n   help: check that the path exists",
    );
}
