//! `pygo check`: wheels made here, with one thing wrong or nothing.

use std::io::{Cursor, Write};

use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use crate::support::{Said, Test};

const NAME: &str = "x-1.0-py3-none-any.whl";
const WHEEL: &str =
    "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n";
const METADATA: &str = "Metadata-Version: 2.4\nName: x\nVersion: 1.0\n";
const RECORD: &str = "x.py,sha256=47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU,0\n\
    x-1.0.dist-info/METADATA,sha256=kDReBSqYNfcGqWvjAfWZWPtv0ttXpGNkKK0ee5mc27A,43\n\
    x-1.0.dist-info/WHEEL,sha256=GOJWfGKy_s7ZRMtmrMyJFvIHxzo0gLZVhGWWyTqB6uo,75\n\
    x-1.0.dist-info/RECORD,,\n";

fn zipped(files: &[(&str, &str)]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in files {
        zip.start_file(*name, SimpleFileOptions::default()).unwrap();
        zip.write_all(text.as_bytes()).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

fn good() -> Vec<u8> {
    zipped(&[
        ("x.py", ""),
        ("x-1.0.dist-info/METADATA", METADATA),
        ("x-1.0.dist-info/WHEEL", WHEEL),
        ("x-1.0.dist-info/RECORD", RECORD),
    ])
}

/// Another tag in WHEEL: one error, and one more for the hash that RECORD has of it.
fn bad() -> Vec<u8> {
    zipped(&[
        ("x.py", ""),
        ("x-1.0.dist-info/METADATA", METADATA),
        ("x-1.0.dist-info/WHEEL", &WHEEL.replace("Tag: py3", "Tag: py2")),
        ("x-1.0.dist-info/RECORD", RECORD),
    ])
}

fn check(args: &[&str]) -> Said {
    let args = [&["check"], args].concat();
    Test::new().write(&format!("good/{NAME}"), good()).write(NAME, bad()).args(&args).run()
}

fn json(args: &[&str]) -> serde_json::Value {
    serde_json::from_str(&check(&[&["--format", "json"], args].concat()).stdout).unwrap()
}

#[test]
fn a_good_wheel_passes() {
    let said = check(&[&format!("good/{NAME}")]);
    assert_eq!(said.code, Some(0), "{}{}", said.stdout, said.stderr);
    assert_eq!(said.stdout, format!("good/{NAME}: runs on any\n"));
    assert_eq!(said.stderr, "0 errors, 0 warnings in 1 wheel\n");
}

#[test]
fn what_is_wrong_is_told_and_decides_the_exit_code() {
    let said = check(&[NAME]);
    assert_eq!(said.code, Some(1));
    let lines: Vec<_> = said.stdout.lines().collect();
    assert_eq!(
        lines[1],
        "  error TAG004 tag-wheel-mismatch: x-1.0.dist-info/WHEEL has the tags py2-none-any, and \
         the file name has py3-none-any"
    );
    assert!(lines[2].starts_with("      help: write one Tag line for each tag"), "{}", lines[2]);
    assert!(lines[3].starts_with("  error REC006 record-hash: x-1.0.dist-info/WHEEL"));
    assert_eq!(said.stderr, "2 errors, 0 warnings in 1 wheel\n");
}

#[test]
fn directories_are_looked_through() {
    let said = check(&["."]);
    assert_eq!(said.code, Some(1));
    assert!(said.stdout.contains("./good/"), "{}", said.stdout);
    assert_eq!(said.stderr, "2 errors, 0 warnings in 2 wheels\n");
    Test::new().write("empty/x.txt", "").args(&["check", "empty"]).fails(
        2,
        "looking for wheels in empty\n  found: no file there ends in .whl\n   help: name a wheel, \
         or a directory with wheels in it",
    );
}

#[test]
fn rules_are_chosen_by_code_name_and_group() {
    assert_eq!(check(&["--ignore", "TAG004,record-hash", NAME]).code, Some(0));
    assert_eq!(check(&["--ignore", "tag,REC", NAME]).code, Some(0));
    assert_eq!(check(&["--select", "GO", NAME]).code, Some(0));
    let only = json(&["--select", "TAG", NAME]);
    let findings = only["wheels"][0]["findings"].as_array().unwrap();
    assert_eq!(findings.len(), 1);
    assert_eq!(findings[0]["code"], "TAG004");
    let said = check(&["--select", "tag-wheel-mismach", NAME]);
    assert_eq!(said.code, Some(2));
    assert_eq!(
        said.stderr,
        "error: reading the list of rules\n  found: `tag-wheel-mismach` is no rule and no group of \
         rules\n   help: did you mean tag-wheel-mismatch? `pygo check --list` has them all\n"
    );
}

#[test]
fn pipelines_read_json_and_annotations() {
    let report = json(&[NAME, &format!("good/{NAME}")]);
    assert_eq!(report["format"], 1);
    let [bad, good] = [&report["wheels"][0], &report["wheels"][1]];
    assert_eq!((&bad["ok"], &good["ok"]), (&false.into(), &true.into()));
    assert_eq!(bad["findings"][0]["severity"], "error");
    assert_eq!(bad["findings"][0]["group"], "tags");
    assert_eq!(good["lowest"], serde_json::json!(["any"]));
    let said = check(&["--format", "github", NAME]);
    assert_eq!(said.code, Some(1));
    assert!(
        said.stdout.starts_with(&format!(
            "::error file={NAME},title=TAG004 tag-wheel-mismatch::{NAME}: x-1.0.dist-info/WHEEL"
        )),
        "{}",
        said.stdout
    );
}

#[test]
fn what_cannot_be_read_hides_nothing_of_the_rest() {
    let said = check(&["none.whl", NAME]);
    assert_eq!(said.code, Some(6));
    assert!(said.stderr.starts_with("error: reading none.whl\n"), "{}", said.stderr);
    assert!(said.stdout.contains("TAG004"));
    let said = Test::new().write(NAME, "no zip").args(&["check", NAME]).run();
    assert_eq!(said.code, Some(1), "{}", said.stderr);
    assert!(said.stdout.contains("ARC001 archive-unreadable"), "{}", said.stdout);
}

#[test]
fn rules_are_listed_and_explained() {
    let listed = check(&["--list"]).stdout;
    assert!(listed.contains("  ELF004  elf-needed-outside          error    A needed library"));
    let explained = check(&["--explain", "elf004"]).stdout;
    assert!(explained.starts_with("ELF004 elf-needed-outside (error, ELF)\n"), "{explained}");
    assert!(explained.contains("  source: PEP 600; ld.so(8)\n"));
    assert_eq!(check(&["--explain", "ELF999"]).code, Some(2));
    assert_eq!(check(&[]).code, Some(2), "neither a wheel nor a question");
}

#[test]
fn pipelines_read_the_rules_too() {
    let rules = json(&["--list"]);
    assert!(rules.as_array().unwrap().len() > 100);
    assert_eq!(rules[0]["code"], "ARC001");
    let rule = json(&["--explain", "elf-isa-level"]);
    assert_eq!((&rule["group"], &rule["severity"]), (&"elf".into(), &"error".into()));
}

#[test]
fn a_name_is_mended_into_another_directory() {
    let test = Test::new().write(NAME, bad());
    let test = test.args(&["check", "--fix-name", "--out-dir", "fixed", NAME]);
    let said = test.run();
    assert_eq!(said.code, Some(0), "{}", said.stderr);
    assert!(said.stdout.ends_with(&format!("fixed/{NAME}\n")), "{}", said.stdout);
    let test = test.args(&["check", "fixed"]);
    assert_eq!(test.run().code, Some(0), "{}", test.run().stdout);
    let test = test.args(&["check", "--fix-name", "--out-dir", ".", NAME]);
    let said = test.run();
    assert_eq!(said.code, Some(6), "never over the input: {}", said.stderr);
    assert_eq!(fs_err::read(test.path().join(NAME)).unwrap(), bad());
}

#[test]
fn a_large_binary_without_room_for_a_temporary_file_is_told() {
    let program = format!("\x7fELF{}", "\0".repeat(17 << 20));
    let wheel = zipped(&[("x", &program), ("x-1.0.dist-info/WHEEL", WHEEL)]);
    let said =
        Test::new().write(NAME, wheel).env("TMPDIR", "/nowhere").args(&["check", NAME]).run();
    assert_eq!(said.code, Some(6), "{}{}", said.stdout, said.stderr);
    assert!(
        said.stderr.contains("found: a temporary file in /nowhere (TMPDIR):"),
        "{}",
        said.stderr
    );
}
