//! The exit code and message of every wrong use of `pygo check`: 2 for a wrong command line, 1 for
//! a wheel with errors, 6 for what cannot be read or written.

use std::os::unix::fs::PermissionsExt;
use std::process::{Command, Stdio};

use crate::archive::zip;
use crate::check::{NAME, bad, good};
use crate::support::{Finished, Test};

/// Unsorted tags, which `--fix` sorts.
const FIXABLE: &str = "x-1.0-py3.py2-none-any.whl";

/// A directory with a good wheel, and with everything that is wrong in its own way.
fn directory() -> Test {
    let inner = zip([("dist/x-1.0-py3-none-any.whl", good())]);
    let test = Test::new()
        .write(NAME, good())
        .write(FIXABLE, good())
        .write("bad/x-1.0-py3-none-any.whl", bad())
        .write("empty/notes.txt", "")
        .write("zero/x-1.0-py3-none-any.whl", "")
        .write("zero/x-1.0.tar.gz", "")
        .write("nested/x-1.0-py3-none-any.whl", inner)
        .write("page/x-1.0-py3-none-any.whl", "<!DOCTYPE html>")
        .write("notes.txt", "notes")
        .write(&format!("{NAME}.asc"), "signature")
        .write(&format!("{NAME}.publish.attestation"), "{}")
        .write("secret/x-1.0-py3-none-any.whl", good())
        .link("loop.whl", "loop.whl")
        .link("lost.whl", "nowhere.whl");
    let secret = test.path().join("secret/x-1.0-py3-none-any.whl");
    fs_err::set_permissions(secret, std::fs::Permissions::from_mode(0o000)).unwrap();
    let pipe = test.path().join("pipe.whl");
    assert!(Command::new("mkfifo").arg(pipe).status().unwrap().success());
    test
}

fn run(args: &[&str]) -> Finished {
    directory().args(&[&["check"], args].concat()).run()
}

#[test]
fn misuse_has_its_own_exit_code() {
    let rows: &[(&[&str], i32, &str)] = &[
        // Nothing to check.
        (&[], 2, "required arguments were not provided"),
        (&[""], 2, "a value is required"),
        (&["-"], 2, "does not read standard input"),
        (&["https://example.org/x-1.0-py3-none-any.whl"], 2, "is a URL"),
        (&["empty"], 2, "has no file ending in .whl"),
        (&[NAME, "empty"], 2, "has no file ending in .whl"),
        (&["x-1.0-py3-none-any.whl.asc"], 2, "only signatures are named"),
        // Files that cannot be read.
        (&["nosuch.whl"], 6, "No such file or directory"),
        (&["nosuch/"], 6, "No such file or directory"),
        (&["*.whl"], 6, "No such file or directory"),
        (&["lost.whl"], 6, "No such file or directory"),
        (&["notes.txt/x.whl"], 6, "Not a directory"),
        (&["loop.whl"], 6, "Too many levels of symbolic links"),
        (&["pipe.whl"], 2, "it is not a regular file"),
        (&["/dev/zero"], 2, "it is not a regular file"),
        (&[NAME, "nosuch.whl"], 6, "0 errors, 0 warnings in 1 wheel"),
        // Files that are something else.
        (&["notes.txt"], 1, ""),
        (&["zero/x-1.0-py3-none-any.whl"], 1, ""),
        (&["zero/x-1.0.tar.gz"], 1, ""),
        (&["page"], 1, ""),
        (&["nested"], 1, ""),
        // Rules and libraries.
        (&["--select", "", NAME], 2, "neither a rule nor a group"),
        (&["--select", NAME], 2, "required arguments were not provided"),
        (&["--ignore", "NOSUCH", NAME], 2, "neither a rule nor a group"),
        (&["--ignore", "TAG004,,MET", NAME], 2, "neither a rule nor a group"),
        (&["--exclude", "lib[a", NAME], 2, "is not a shell pattern"),
        (&["--exclude"], 2, "a value is required"),
        (&["--explain"], 2, "a value is required"),
        (&["--explain", "NOSUCH"], 2, "neither a rule nor a group"),
        // Options that do not go together.
        (&["--format", "xml", NAME], 2, "invalid value 'xml'"),
        (&["--list", NAME], 2, "cannot be used with"),
        (&["--list", "--format", "sarif"], 2, "--list prints text or JSON"),
        (&["--explain", "ELF004", "--format", "github"], 2, "--explain prints text or JSON"),
        (&["--explain", "ELF004", "--list"], 2, "cannot be used with"),
        (&["--explain", "ELF004", NAME], 2, "cannot be used with"),
        (&["--strict", "--errors-only", NAME], 2, "cannot be used with"),
        (&["--platform", "win_amd64", NAME], 2, "no release is named"),
        (&["--nosuch", NAME], 2, "unexpected argument"),
        // Fixes.
        (&["--fix", NAME], 2, "--out-dir"),
        (&["--out-dir", "fixed", NAME], 2, "--fix"),
        (&["--fix", "--out-dir", "notes.txt", FIXABLE], 6, "notes.txt"),
        (&["--fix", "--out-dir", "/proc/nowhere", FIXABLE], 6, "/proc/nowhere"),
        // Releases.
        (&["x=="], 2, "is not a version"),
        (&["==1.0"], 2, "is not a distribution name"),
    ];
    for (args, code, why) in rows {
        let done = run(args);
        assert_eq!(done.code, Some(*code), "{args:?}: {}{}", done.stdout, done.stderr);
        assert!(done.stderr.contains(why), "{args:?}: {}", done.stderr);
        let found = done.stderr.contains("error: ") || done.stdout.contains("  error ");
        assert!(found || *code == 0, "{args:?}: {}{}", done.stdout, done.stderr);
        assert!(!done.stderr.contains("panicked"), "{args:?}: {}", done.stderr);
    }
}

#[test]
fn an_unreadable_file_fails_beside_readable_ones() {
    let test = directory();
    let secret = "secret/x-1.0-py3-none-any.whl";
    // root reads every file.
    let is_root = fs_err::File::open(test.path().join(secret)).is_ok();
    let done = test.args(&["check", NAME, secret]).run();
    assert_eq!(done.code, Some(if is_root { 0 } else { 6 }), "{}", done.stderr);
    assert!(is_root || done.stderr.contains("Permission denied"), "{}", done.stderr);
}

#[test]
fn signatures_beside_a_wheel_are_skipped() {
    let signatures = [format!("{NAME}.asc"), format!("{NAME}.publish.attestation")];
    let done = run(&[NAME, &signatures[0], &signatures[1]]);
    assert_eq!(done.code, Some(0), "{}{}", done.stdout, done.stderr);
    for name in signatures {
        let line = format!("skipped {name}, which signs another file\n");
        assert!(done.stderr.contains(&line), "{}", done.stderr);
    }
}

#[test]
fn a_search_skips_what_is_not_a_file() {
    let test = Test::new().write("dist/a/x-1.0-py3-none-any.whl", good()).write("dist/b.whl/c", "");
    let pipe = test.path().join("dist/pipe.whl");
    assert!(Command::new("mkfifo").arg(pipe).status().unwrap().success());
    let done = test.args(&["check", "dist"]).run();
    assert_eq!(done.code, Some(0), "{}", done.stderr);
    assert_eq!(done.stderr, "0 errors, 0 warnings in 1 wheel\n");
}

#[test]
fn a_reader_that_stops_is_no_error_and_a_full_disk_is() {
    let start = |args: &[&str], out: Stdio| {
        let mut command = directory().args(args).command();
        let test = directory();
        command.current_dir(test.path()).stdout(out).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        // The end that reads is closed before anything is written.
        drop(child.stdout.take());
        let done = child.wait_with_output().unwrap();
        (done.status.code(), String::from_utf8(done.stderr).unwrap())
    };
    for args in [&["check", "--list"][..], &["check", "bad"], &["check", "--format", "json", NAME]]
    {
        let (code, stderr) = start(args, Stdio::piped());
        let expected = i32::from(args.contains(&"bad"));
        assert_eq!(code, Some(expected), "{args:?}: {stderr}");
        assert!(!stderr.contains("Broken pipe") && !stderr.contains("panicked"), "{stderr}");
        let full = fs_err::OpenOptions::new().write(true).open("/dev/full").unwrap();
        let (code, stderr) = start(args, Stdio::from(full.into_parts().0));
        assert_eq!(code, Some(6), "{args:?}: {stderr}");
        assert!(stderr.contains("No space left on device"), "{stderr}");
    }
}
