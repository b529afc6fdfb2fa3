//! `pygo check --fix`: what it corrects, what it refuses, and that it never overwrites its input.

use std::io::{Cursor, Read as _, Write as _};

use zip::write::SimpleFileOptions;
use zip::{ZipArchive, ZipWriter};

use crate::archive::zip;
use crate::check::{METADATA, NAME, RECORD, WHEEL, bad, good};
use crate::support::{Finished, Test};

/// Runs `pygo check --fix` on `wheel`.
fn fix(name: &str, wheel: &[u8], more: &[&str]) -> (Test, Finished) {
    let args = [&["check", "--fix", "--out-dir", "fixed"], more, &[name]].concat();
    let test = Test::new().write(name, wheel).args(&args);
    let done = test.run();
    (test, done)
}

/// A wheel with these modes of its files, in this order.
fn with_modes(files: &[(&str, &str, u32)]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (path, text, mode) in files {
        let options = SimpleFileOptions::default().unix_permissions(*mode);
        zip.start_file(*path, options).unwrap();
        zip.write_all(text.as_bytes()).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

#[test]
fn a_fixed_wheel_is_in_another_directory_and_passes() {
    for option in ["--fix", "--fix-name"] {
        let test = Test::new().write(NAME, bad());
        let test = test.args(&["check", option, "--update-hashes", "--out-dir", "fixed", NAME]);
        let done = test.run();
        assert_eq!(done.code, Some(0), "{}", done.stderr);
        assert!(done.stdout.ends_with(&format!("\nfixed/{NAME}\n")), "{}", done.stdout);
        for line in ["  WHEEL:", "    - Tag: py2-none-any", "    + Tag: py3-none-any"] {
            assert!(done.stderr.contains(&format!("{line}\n")), "{line} in {}", done.stderr);
        }
        assert!(done.stderr.ends_with(&format!("fixed/{NAME}: runs on any\n")), "{}", done.stderr);
        let again = test.args(&["check", "--strict", "fixed"]).run();
        assert_eq!(again.code, Some(0), "{}", again.stdout);
    }
}

#[test]
fn no_wheel_is_overwritten() {
    let test = Test::new().write(NAME, bad()).write(&format!("other/{NAME}"), bad());
    for out in [".", "./other/.."] {
        let test = Test::new().write(NAME, bad()).write("other/x", "");
        let test = test.args(&["check", "--fix", "--update-hashes", "--out-dir", out, NAME]);
        let done = test.run();
        assert_eq!(done.code, Some(6), "{}", done.stderr);
        assert!(done.stderr.contains("would overwrite the wheel"), "{}", done.stderr);
        assert_eq!(fs_err::read(test.path().join(NAME)).unwrap(), bad());
    }
    let other = format!("other/{NAME}");
    let test = test.args(&["check", "--fix", "--update-hashes", "--out-dir", "out", NAME, &other]);
    let done = test.run();
    assert_eq!(done.code, Some(6), "{}", done.stderr);
    assert!(done.stderr.contains(&format!("would overwrite out/{NAME}, fixed in this run")));
    let test =
        test.args(&["check", "--fix", "--update-hashes", "--out-dir", "other", NAME, &other]);
    assert_eq!(test.run().code, Some(6), "another input of the same run");
    assert_eq!(fs_err::read(test.path().join(other)).unwrap(), bad());
}

#[test]
fn record_order_modes_and_purelib_are_corrected() {
    let wheel = WHEEL.replace("Purelib: true", "Purelib: false");
    let bytes = with_modes(&[
        ("x-1.0.dist-info/METADATA", METADATA, 0o644),
        ("x-1.0.dist-info/WHEEL", &wheel, 0o644),
        ("x-1.0.dist-info/RECORD", "x.py,sha256=wrong,7\nx.py,sha256=wrong,7\n", 0o644),
        ("x.py", "", 0o600),
        ("run.sh", "#!/bin/sh\n", 0o777),
        ("y.py", "y = 1\n", 0o664),
    ]);
    let (test, done) = fix(NAME, &bytes, &["--update-hashes"]);
    assert_eq!(done.code, Some(0), "{}{}", done.stdout, done.stderr);
    for line in [
        "    + Root-Is-Purelib: true",
        "    - x.py,sha256=wrong,7",
        "    x.py: 0600 -> 0644",
        "    run.sh: 0777 -> 0755",
        "  order: .dist-info moved to the end",
    ] {
        assert!(done.stderr.contains(&format!("{line}\n")), "{line} in {}", done.stderr);
    }
    let file = fs_err::File::open(test.path().join("fixed").join(NAME)).unwrap();
    let mut zip = ZipArchive::new(file).unwrap();
    let mut found = Vec::new();
    for at in 0..zip.len() {
        let mut file = zip.by_index(at).unwrap();
        let mut text = String::new();
        file.read_to_string(&mut text).unwrap();
        found.push((
            file.name().unwrap().into_owned(),
            file.unix_mode().unwrap() & 0o7777,
            text.len(),
        ));
    }
    let expected = [("x.py", 0o644, 0), ("run.sh", 0o755, 10), ("y.py", 0o664, 6)];
    let expected = expected.map(|(name, mode, length)| (name.to_owned(), mode, length));
    assert_eq!(found[..3], expected);
    assert_eq!(found.last().unwrap().0, "x-1.0.dist-info/RECORD");
    let again = test.args(&["check", "--fix", "--out-dir", "again", "--strict", "fixed"]).run();
    assert_eq!(again.code, Some(0), "{}{}", again.stdout, again.stderr);
    assert!(again.stderr.contains("nothing to fix"), "{}", again.stderr);
}

#[test]
fn the_spelling_of_names_and_directories_is_corrected() {
    let metadata = METADATA.replace("Name: x", "Name: My.Pkg");
    let bytes = zip([
        ("my.py", ""),
        ("My.Pkg-1.0.data/data/x", "x"),
        ("My.Pkg-1.0.dist-info/METADATA", &metadata),
        ("My.Pkg-1.0.dist-info/WHEEL", WHEEL),
        ("My.Pkg-1.0.dist-info/RECORD", ""),
    ]);
    let (test, done) = fix("My.Pkg-1.0-py3-none-any.whl", &bytes, &["--strict"]);
    assert_eq!(done.code, Some(0), "{}{}", done.stdout, done.stderr);
    let path = test.path().join("fixed/my_pkg-1.0-py3-none-any.whl");
    let zip = ZipArchive::new(fs_err::File::open(path).unwrap()).unwrap();
    let names: Vec<_> = zip.file_names().map(|name| name.unwrap().into_owned()).collect();
    assert!(names.contains(&"my_pkg-1.0.data/data/x".to_owned()), "{names:?}");
    assert!(names.contains(&"my_pkg-1.0.dist-info/RECORD".to_owned()), "{names:?}");
}

/// `files` without the one at `path`, and without any line of RECORD.
fn without<'a>(files: &[(&'a str, &'a str)], path: &str) -> Vec<(&'a str, &'a str)> {
    let kept = files.iter().filter(|(name, _)| *name != path);
    kept.map(|(name, text)| (*name, if name.ends_with("/RECORD") { "" } else { text })).collect()
}

#[test]
fn changed_files_are_only_accepted_on_request() {
    let files = |text| {
        [
            ("x.py", text),
            ("x-1.0.dist-info/METADATA", METADATA),
            ("x-1.0.dist-info/WHEEL", WHEEL),
            ("x-1.0.dist-info/RECORD", RECORD),
        ]
    };
    for (bytes, rule) in [
        (zip(files("import os\n")), "REC006 record-hash: x.py does not match its hash in RECORD"),
        (bad(), "REC006 record-hash: x-1.0.dist-info/WHEEL does not match"),
    ] {
        let (test, done) = fix(NAME, &bytes, &[]);
        assert_eq!(done.code, Some(1), "{}", done.stderr);
        assert!(done.stderr.contains(&format!("found: {rule}")), "{}", done.stderr);
        assert!(done.stderr.contains("pass --update-hashes"), "{}", done.stderr);
        assert!(!test.path().join("fixed").exists());
        // What is ignored is as uncertain as before.
        let (_, done) = fix(NAME, &bytes, &["--ignore", "REC"]);
        assert_eq!(done.code, Some(1), "{}", done.stderr);
        let (_, done) = fix(NAME, &bytes, &["--update-hashes", "--strict"]);
        assert_eq!(done.code, Some(0), "{}", done.stderr);
    }
}

#[test]
fn fixing_is_repeatable_and_needed_once() {
    let wheel = WHEEL.replace("Tag: py3-none-any", "Tag: py2.py3-none-any");
    let metadata = METADATA.replace("Name: x", "Name: My.Pkg");
    let named = |dir: &str| {
        zip([
            ("my.py".to_owned(), "".to_owned()),
            (format!("{dir}.dist-info/METADATA"), metadata.clone()),
            (format!("{dir}.dist-info/WHEEL"), wheel.clone()),
            (format!("{dir}.dist-info/RECORD"), String::new()),
        ]
        .iter()
        .map(|(path, text)| (&**path, &**text)))
    };
    for (name, dir, fixed) in [
        ("My.Pkg-1.0-py3.py2-none-any.whl", "My.Pkg-1.0", "my_pkg-1.0-py2.py3-none-any.whl"),
        ("My.Pkg-1.0.0-py2.py3-none-any.whl", "My.Pkg-1.0.0", "my_pkg-1.0.0-py2.py3-none-any.whl"),
        ("my_pkg-1.0-py2.py3-none-any.whl", "My.Pkg-1.0", "my_pkg-1.0-py2.py3-none-any.whl"),
    ] {
        let (test, done) = fix(name, &named(dir), &["--strict"]);
        assert_eq!(done.code, Some(0), "{name}: {}{}", done.stdout, done.stderr);
        let first = fs_err::read(test.path().join("fixed").join(fixed)).unwrap();
        let (other, _) = fix(name, &named(dir), &[]);
        assert!(first == fs_err::read(other.path().join("fixed").join(fixed)).unwrap(), "{name}");
        let again = test.args(&["check", "--fix", "--out-dir", "again", "--strict", "fixed"]).run();
        assert_eq!(again.code, Some(0), "{name}: {}{}", again.stdout, again.stderr);
        assert!(again.stderr.contains("nothing to fix"), "{name}: {}", again.stderr);
    }
}

#[test]
fn what_only_the_author_can_know_is_refused_by_rule() {
    let lost = RECORD.replace("x.py,", "lost.py,,\nx.py,");
    let files = [
        ("x.py", ""),
        ("x-1.0.dist-info/METADATA", METADATA),
        ("x-1.0.dist-info/WHEEL", WHEEL),
        ("x-1.0.dist-info/RECORD", &*lost),
    ];
    for (bytes, rule) in [
        (zip(files), "REC004 record-not-there"),
        ([&b"#!/bin/sh\n"[..], &bad()].concat(), "ARC002 archive-extra-bytes"),
        (b"no zip".to_vec(), "ARC001 archive-unreadable"),
        (zip(without(&files, "x-1.0.dist-info/WHEEL")), "TAG011 tag-wheel-file"),
    ] {
        let (test, done) = fix(NAME, &bytes, &[]);
        assert_eq!(done.code, Some(1), "{rule}: {}", done.stderr);
        let found = format!("error: fixing {NAME}\n  found: {rule}: ");
        assert!(done.stderr.contains(&found), "{rule}: {}", done.stderr);
        assert!(!test.path().join("fixed").exists(), "{rule}");
    }
    let wrong = METADATA.replace("Name: x\n", "Name: x\nRequires-Python: three\n");
    let hash = RECORD.replace("kDReBSqYNfcGqWvjAfWZWPtv0ttXpGNkKK0ee5mc27A,43", ",");
    let bytes = zip([
        ("x.py", ""),
        ("x-1.0.dist-info/METADATA", &*wrong),
        ("x-1.0.dist-info/WHEEL", WHEEL),
        ("x-1.0.dist-info/RECORD", &*hash),
    ]);
    let (_, done) = fix(NAME, &bytes, &["--update-hashes"]);
    assert_eq!(done.code, Some(1), "what is left decides: {}", done.stderr);
    assert!(done.stderr.contains("  error MET007 "), "{}", done.stderr);
    assert_eq!(fix(NAME, &good(), &["--format", "json"]).1.code, Some(0));
}

#[test]
fn options_of_fix_belong_together() {
    for args in [
        &["--fix", NAME][..],
        &["--out-dir", "x", NAME],
        &["--fix", "--out-dir", "x"],
        &["--update-hashes", NAME],
    ] {
        let done = Test::new().write(NAME, bad()).args(&[&["check"], args].concat()).run();
        assert_eq!(done.code, Some(2), "{args:?}: {}", done.stderr);
    }
    let test = Test::new().write(NAME, bad()).write("file", "");
    let args = ["check", "--fix", "--update-hashes", "--out-dir", "file", NAME];
    let done = test.args(&args).run();
    assert_eq!(done.code, Some(6), "{}", done.stderr);
}
