//! `pygo publish`: what it refuses, and how it calls uv and twine.

use crate::archive::zip;
use crate::check::{METADATA, NAME, RECORD, WHEEL, good};
use crate::support::{Finished, Test};

/// Prints its arguments and one of the variables with credentials.
const UPLOADER: &str =
    "echo \"called: $0 $*\"; echo \"token: ${UV_PUBLISH_TOKEN:-none}\"; exit ${EXIT:-0}";

fn project() -> Test {
    let test = Test::new().write(&format!("dist/{NAME}"), good()).write("dist/notes.txt", "");
    let test = test.script("bin/uv", UPLOADER).script("bin/twine", UPLOADER);
    let path = test.path().join("bin").display().to_string();
    test.env("PATH", format!("{path}:/usr/bin:/bin"))
}

fn publish(test: Test, args: &[&str]) -> Finished {
    test.args(&[&["publish"], args].concat()).run()
}

#[test]
fn files_are_checked_and_handed_to_the_tool_with_its_environment() {
    let done = publish(project().env("UV_PUBLISH_TOKEN", "pypi-s3cret"), &[]);
    assert_eq!(done.code, Some(0), "{}", done.stderr);
    assert_eq!(
        done.stdout,
        format!("called: [ROOT]/bin/uv publish -- dist/{NAME}\ntoken: pypi-s3cret\n")
    );
    assert_eq!(done.stderr, "1 file checked, uploading with uv\n");
    for (args, env, expected) in [
        (&["--with", "twine"][..], "X", "twine upload --non-interactive --"),
        (&[], "TWINE_USERNAME", "twine upload --non-interactive --"),
        (&["--with", "uv", "--repository", "here"], "TWINE_USERNAME", "uv publish --index=here --"),
        (
            &["--repository-url", "http://localhost:1/"],
            "X",
            "uv publish --publish-url=http://localhost:1/ --",
        ),
    ] {
        let done = publish(project().env(env, "x"), args);
        assert!(done.stdout.contains(expected), "{}", done.stdout);
        let done = publish(project().env(env, "x"), &[args, &["--dry-run"]].concat());
        assert_eq!(done.stdout, format!("{expected} dist/{NAME}\n"));
    }
    let done = publish(project().env("EXIT", "2"), &["--quiet"]);
    assert_eq!(done.code, Some(6));
    assert!(done.stderr.contains("uv failed with exit status: 2"), "{}", done.stderr);
    let done = publish(project().remove("bin/uv").env("PATH", "/nowhere"), &["--with", "uv"]);
    assert_eq!(done.code, Some(4), "{}", done.stderr);
    assert!(done.stderr.contains("uv is not on PATH"), "{}", done.stderr);
}

#[test]
fn what_the_index_rejects_is_not_uploaded() {
    let classifier = METADATA.replace("Name: x\n", "Name: x\nClassifier: Private :: no\n");
    let private = zip([
        ("x.py", ""),
        ("x-1.0.dist-info/METADATA", classifier.as_str()),
        ("x-1.0.dist-info/WHEEL", WHEEL),
        ("x-1.0.dist-info/RECORD", RECORD),
    ]);
    // Rules of the index count here, even if the project ignores them for its own builds.
    let ignored =
        "[project]\nname = 'x'\n[tool.pygo-tools.check]\nignore = ['IDX', 'REC', 'MET']\n";
    let test = project().write(&format!("dist/{NAME}"), private).write("pyproject.toml", ignored);
    let done = publish(test, &[]);
    assert_eq!((done.code, done.stdout.as_str()), (Some(1), ""), "{}", done.stderr);
    assert!(done.stderr.contains("IDX005"), "{}", done.stderr);

    let renamed = |name: &str| project().write(&format!("dist/{name}"), good());
    for (test, expected) in [
        (renamed("x-1.1-py3-none-any.whl"), "TAG"),
        (renamed("x-1.0-py3-none-linux_x86_64.whl"), "IDX001"),
        (project().write(&format!("dist/more/{NAME}"), good()), "have the same name"),
        (
            project().write("dist/SHA256SUMS", format!("00  {NAME}\n")),
            "changed after it was merged",
        ),
        (
            project().write("dist/SHA256SUMS", "00  ../x-1.0-py3-none-any.whl\n"),
            "which is not published",
        ),
        (project().write("dist/y-2.0.tar.gz", ""), "is not a complete .tar.gz"),
    ] {
        let done = publish(test, &[]);
        assert_eq!((done.code, done.stdout.as_str()), (Some(1), ""), "{expected}: {}", done.stderr);
        assert!(done.stderr.contains(expected), "{expected}: {}", done.stderr);
    }
}

#[test]
fn an_address_with_credentials_is_refused_and_not_repeated() {
    for url in ["https://me:s3cret@example.org/", "http://s3cret@example.org/", "s3cret"] {
        let done = publish(project(), &["--repository-url", url]);
        assert_eq!((done.code, done.stdout.as_str()), (Some(2), ""));
        assert!(done.stderr.contains("reading --repository-url"), "{}", done.stderr);
        assert!(!done.stderr.contains("s3cret"), "{}", done.stderr);
    }
    let done = publish(project(), &["--token", "s3cret"]);
    assert_eq!(done.code, Some(2), "there is no option for secrets");
}
