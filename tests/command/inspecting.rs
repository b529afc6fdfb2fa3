//! `pygo inspect`: what a wheel says, and how two wheels differ.

use serde_json::Value;

use crate::archive::zip;
use crate::check::{METADATA, NAME, RECORD, WHEEL, good};
use crate::support::{Finished, Test};

fn inspect(test: Test, args: &[&str]) -> Finished {
    test.args(&[&["inspect"], args].concat()).run()
}

#[test]
fn a_wheel_of_pygo_is_described_and_compared_with_another() {
    let test = Test::new()
        .write(
            "pyproject.toml",
            "[project]\nname = \"said\"\nversion = \"1.0\"\n[tool.pygo-tools]\n\
             program = \"said\"\ngo-dir = \".\"\n",
        )
        .write("go.mod", "module example.com/said\n\ngo 1.24\n")
        .write("main.go", "package main\n\nfunc main() { println(\"one\") }\n");
    let build = |test: Test, dir: &str| {
        let args = ["matrix", "--targets", "linux-arm64", "--quiet", "--out-dir", dir];
        let test = test.args(&args);
        let done = test.run();
        assert_eq!(done.code, Some(0), "{}", done.stderr);
        (test, done.stdout.trim().to_owned())
    };
    let (test, one) = build(test, "dist/one");
    let test = test.write("main.go", "package main\n\nfunc main() { println(\"other\") }\n");
    let (test, two) = build(test, "dist/two");

    let test = test.args(&["inspect", &one]);
    let said = test.run();
    assert_eq!(said.code, Some(0), "{}", said.stderr);
    for part in [
        "  name:        said 1.0\n",
        "-manylinux_2_17_aarch64\n",
        "  generator:   pygo 0",
        "    Name: said\n",
        "scripts/said:\n",
        "program for aarch64\n",
        "built by go1.",
        "module example.com/said ",
        "build GOARCH=arm64\n",
        "sboms/pygo.cdx.json:\n    CycloneDX 1.6, ",
        "pkg:golang/std@",
    ] {
        assert!(said.stdout.contains(part), "no `{part}` in {}", said.stdout);
    }
    let test = test.args(&["inspect", "--format", "json", &one]);
    let document: Value = serde_json::from_str(&test.run().stdout).unwrap();
    let wheel = &document["wheels"][0];
    assert_eq!(wheel["binaries"][0]["images"][0]["go"]["path"], "example.com/said");
    assert_eq!(wheel["files"][0]["modified"], "1980-01-01 00:00:00");

    let test = test.args(&["inspect", "--diff", &one, &two]);
    let differ = test.run();
    assert_eq!((differ.code, differ.stderr.as_str()), (Some(1), ""));
    let lines: Vec<_> = differ.stdout.lines().collect();
    assert!(lines.iter().any(|line| line.contains("scripts/said: ")), "{lines:#?}");
    assert!(lines.iter().all(|line| !line.contains("metadata")), "{lines:#?}");
    let same = test.args(&["inspect", "--diff", &one, &one]).run();
    assert_eq!((same.code, same.stdout.as_str()), (Some(0), "the wheels have the same bytes\n"));
}

#[test]
fn differences_are_explained() {
    let metadata = METADATA.replace("Version: 1.0\n", "Version: 1.0\nRequires-Dist: y\n");
    let other = zip([
        ("more.py", ""),
        ("x.py", "import y\n"),
        ("x-1.0.dist-info/WHEEL", &WHEEL.replace("Generator: test", "Generator: new")),
        ("x-1.0.dist-info/METADATA", &metadata),
        ("x-1.0.dist-info/RECORD", RECORD),
    ]);
    let test =
        Test::new().write(&format!("a/{NAME}"), good()).write("b/x-1.0-py2-none-any.whl", &other);
    let done = inspect(test, &["--diff", &format!("a/{NAME}"), "b/x-1.0-py2-none-any.whl"]);
    assert_eq!(done.code, Some(1), "{}", done.stderr);
    assert_eq!(
        done.stdout,
        "tags: py3-none-any / py2-none-any\n\
         WHEEL Generator: test / new\n\
         metadata Requires-Dist: in the second only: y\n\
         x-1.0.dist-info/METADATA: line 4: 0 lines / 1 lines, starting with nothing / `Requires-Dist: y`\n\
         x-1.0.dist-info/WHEEL: line 2: 1 lines / 1 lines, starting with `Generator: test` / `Generator: new`\n\
         x.py: line 1: 0 lines / 1 lines, starting with nothing / `import y`\n\
         more.py: is in the second only (0 bytes)\n\
         archive: the files are in another order\n"
    );
}

#[test]
fn what_is_no_wheel_is_refused() {
    let done = inspect(Test::new().write("x.whl", "no zip"), &["x.whl"]);
    assert_eq!(done.code, Some(1), "{}", done.stderr);
    assert!(done.stderr.contains("it is not a zip archive"), "{}", done.stderr);
    assert_eq!(inspect(Test::new(), &["."]).code, Some(2));
    assert_eq!(inspect(Test::new(), &["gone.whl"]).code, Some(6));
    assert_eq!(inspect(Test::new().write("x.whl", ""), &["--diff", "x.whl"]).code, Some(2));
}
