//! `pygo check` on a good wheel and on wheels with one fault.

use crate::archive::zip;
use crate::support::{Finished, Test};

pub const NAME: &str = "x-1.0-py3-none-any.whl";
pub const WHEEL: &str =
    "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n";
pub const METADATA: &str = "Metadata-Version: 2.4\nName: x\nVersion: 1.0\n";
pub const RECORD: &str = "x.py,sha256=47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU,0\n\
    x-1.0.dist-info/METADATA,sha256=kDReBSqYNfcGqWvjAfWZWPtv0ttXpGNkKK0ee5mc27A,43\n\
    x-1.0.dist-info/WHEEL,sha256=GOJWfGKy_s7ZRMtmrMyJFvIHxzo0gLZVhGWWyTqB6uo,75\n\
    x-1.0.dist-info/RECORD,,\n";

pub fn good() -> Vec<u8> {
    zip([
        ("x.py", ""),
        ("x-1.0.dist-info/METADATA", METADATA),
        ("x-1.0.dist-info/WHEEL", WHEEL),
        ("x-1.0.dist-info/RECORD", RECORD),
    ])
}

/// The wrong tag in WHEEL: one error, and another because RECORD has the old hash.
pub fn bad() -> Vec<u8> {
    zip([
        ("x.py", ""),
        ("x-1.0.dist-info/METADATA", METADATA),
        ("x-1.0.dist-info/WHEEL", &WHEEL.replace("Tag: py3", "Tag: py2")),
        ("x-1.0.dist-info/RECORD", RECORD),
    ])
}

pub fn check(args: &[&str]) -> Finished {
    let args = [&["check"], args].concat();
    Test::new().write(&format!("good/{NAME}"), good()).write(NAME, bad()).args(&args).run()
}

/// A wheel whose RECORD lists none of its `count` files, which is an error for each, and whose tags
/// are unsorted, which is a warning.
fn many(count: usize) -> Vec<u8> {
    let names: Vec<_> = (0..count).map(|at| format!("x/{at}.py")).collect();
    let wheel = WHEEL.replace("Tag: ", "Tag: py2-none-any\nTag: ");
    zip(names.iter().map(|name| (&**name, "")).chain([
        ("x-1.0.dist-info/METADATA", METADATA),
        ("x-1.0.dist-info/WHEEL", &wheel),
        ("x-1.0.dist-info/RECORD", "x-1.0.dist-info/RECORD,,\n"),
    ]))
}
const MANY: &str = "x-1.0-py3.py2-none-any.whl";

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
    assert_eq!(lines[0], format!("{NAME}: 2 errors, 0 warnings"));
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
        "looking for wheels in empty\n  found: the directory has no file ending in .whl, and no sdist\n   \
         help: pass a wheel, an sdist, or a directory with them",
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
fn many_findings_of_one_rule_take_few_lines() {
    let test = Test::new().write(MANY, many(500));
    let lines = |args: &[&str]| {
        let done = Test::new().write(MANY, many(500)).args(args).run();
        assert_eq!(done.code, Some(1), "{}", done.stderr);
        done.stdout.lines().map(str::to_owned).collect::<Vec<_>>()
    };
    let found = lines(&["check", MANY]);
    assert_eq!(found[0], format!("{MANY}: 502 errors, 1 warning"));
    assert_eq!(found[1], "  error REC003 record-unlisted (502 times):");
    assert_eq!(found[5], "      and 499 more (-v lists all)");
    assert!(found[7].starts_with("  warning TAG003 tag-order: "), "errors come first: {found:#?}");
    assert_eq!(found.len(), 9, "{found:#?}");
    assert_eq!(lines(&["check", "-v", MANY]).len(), 507);
    assert!(!lines(&["check", "--errors-only", MANY]).concat().contains("TAG003"));
    let github = test.args(&["check", "--format", "github", MANY]).run();
    let annotations = github.stdout.lines().filter(|line| line.starts_with("::"));
    assert_eq!(annotations.count(), 2, "{}", github.stdout);
}

#[test]
fn warnings_fail_if_asked_to() {
    let run = |args: &[&str]| {
        let sorted = many(0).clone();
        let args = [&["check", "--ignore", "REC"], args, &[MANY]].concat();
        Test::new().write(MANY, sorted).args(&args).run()
    };
    assert_eq!(run(&[]).code, Some(0));
    assert!(run(&[]).stdout.starts_with(&format!("{MANY}: runs on any\n  warning TAG003")));
    assert_eq!(run(&["--strict"]).code, Some(1));
    assert!(run(&["--strict", "--quiet"]).stdout.contains("TAG003"), "the reason is printed");
    assert_eq!(run(&["--errors-only"]).stderr, "0 errors, 0 warnings in 1 wheel\n");
    let both = run(&["--strict", "--errors-only"]);
    assert_eq!(both.code, Some(2));
    assert!(both.stderr.contains("cannot be used with"), "{}", both.stderr);
}

#[test]
fn annotations_that_github_would_drop_are_in_the_step_summary() {
    let mut test = Test::new().write("summary.md", "before\n");
    for at in 0..12 {
        test = test.write(&format!("{at:02}/{NAME}"), bad());
    }
    let summary = test.path().join("summary.md");
    let test = test.args(&["check", "--format", "github", "."]);
    let alone = test.run();
    assert_eq!(alone.stdout.lines().filter(|line| line.starts_with("::")).count(), 10);
    assert_eq!(alone.stdout.matches("  error TAG004").count(), 12, "without a summary, as text");
    let test = test.env("GITHUB_STEP_SUMMARY", summary.to_str().unwrap());
    let done = test.run();
    assert_eq!(done.code, Some(1));
    assert_eq!(done.stdout.lines().count(), 10, "{}", done.stdout);
    assert_eq!(done.stderr, "14 more in the step summary\n24 errors, 0 warnings in 12 wheels\n");
    let page = fs_err::read_to_string(summary).unwrap();
    assert!(page.starts_with("before\n### pygo check: 24 errors, 0 warnings in 12 wheels\n"));
    assert_eq!(page.matches("| error | TAG004 tag-wheel-mismatch |").count(), 12, "{page}");
}

/// The properties that the schema of SARIF 2.1.0 requires, and the values that it allows.
#[test]
fn sarif_has_what_its_schema_requires() {
    let done = check(&["--format", "sarif", NAME]);
    assert_eq!(done.code, Some(1));
    let log: serde_json::Value = serde_json::from_str(&done.stdout).unwrap();
    assert_eq!(log["version"], "2.1.0");
    let [run] = &log["runs"].as_array().unwrap()[..] else { panic!("one run") };
    let driver = run["tool"]["driver"].as_object().unwrap();
    assert_eq!(driver["name"], "pygo check");
    let rules = driver["rules"].as_array().unwrap();
    let levels = ["none", "note", "warning", "error"];
    for rule in rules {
        assert!(rule["id"].is_string(), "{rule}");
        for text in ["shortDescription", "fullDescription", "help"] {
            assert!(rule[text]["text"].is_string(), "{rule}");
        }
        assert!(levels.contains(&rule["defaultConfiguration"]["level"].as_str().unwrap()));
    }
    let kinds = ["utf16CodeUnits", "unicodeCodePoints"];
    assert!(kinds.contains(&run["columnKind"].as_str().unwrap()));
    let results = run["results"].as_array().unwrap();
    assert_eq!(results.len(), 2);
    for result in results {
        assert!(result["message"]["text"].is_string(), "the one required property of a result");
        assert!(levels.contains(&result["level"].as_str().unwrap()));
        let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
        assert_eq!(rules[index]["id"], result["ruleId"]);
        let [location] = &result["locations"].as_array().unwrap()[..] else { panic!("{result}") };
        let place = &location["physicalLocation"];
        assert_eq!(place["artifactLocation"]["uri"], NAME);
        assert!(place["region"]["startLine"].as_u64().unwrap() >= 1);
        let member = &location["logicalLocations"][0]["fullyQualifiedName"];
        assert_eq!(member, "x-1.0.dist-info/WHEEL");
        assert!(result["partialFingerprints"].as_object().unwrap().values().all(|v| v.is_string()));
    }
    let empty = check(&["--format", "sarif", "--select", "GO", NAME]).stdout;
    let log: serde_json::Value = serde_json::from_str(&empty).unwrap();
    assert_eq!(log["runs"][0]["results"], serde_json::json!([]), "also without results");
}

#[test]
fn no_selection_hides_that_a_file_cannot_be_read() {
    for options in [["--select", "ELF"], ["--ignore", "ARC"], ["--ignore", "ARC001,TAG"]] {
        let args = [&["check"], &options[..], &[NAME]].concat();
        let done = Test::new().write(NAME, "<!DOCTYPE html>").args(&args).run();
        assert_eq!(done.code, Some(1), "{options:?}");
        assert!(done.stdout.contains("ARC001"), "{options:?} {}", done.stdout);
    }
}

#[test]
fn an_sdist_beside_a_wheel_is_checked_as_an_sdist() {
    let good = format!("good/{NAME}");
    let test = Test::new().write(&good, self::good()).write("x-1.0.tar.gz", "\x1f\u{8b}");
    let done = test.args(&["check", "--select", "SDI,TAG", &good, "x-1.0.tar.gz"]).run();
    assert_eq!(done.code, Some(1), "{}{}", done.stdout, done.stderr);
    assert!(done.stdout.contains("SDI001 sdist-unreadable"), "{}", done.stdout);
    assert!(!done.stdout.contains("TAG001"), "{}", done.stdout);
    assert!(done.stderr.contains("1 error, 0 warnings in 1 wheel and 1 sdist"), "{}", done.stderr);
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
    assert!(listed.contains(
        "  ELF004  elf-needed-outside          error    A needed library is neither in the wheel"
    ));
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
