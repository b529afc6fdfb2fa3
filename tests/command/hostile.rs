//! Files that somebody made to attack whoever looks at them.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::Path;

use serde_json::json;

use crate::archive::{zip, zip_with};
use crate::check::{METADATA, NAME, RECORD, WHEEL, good};
use crate::support::{Finished, Test};

/// Every file and link below `dir`, with contents or targets.
fn tree(dir: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    for entry in walkdir::WalkDir::new(dir) {
        let entry = entry.unwrap();
        let path = entry.path();
        let content = if entry.file_type().is_symlink() {
            fs_err::read_link(path).unwrap().into_os_string().into_encoded_bytes()
        } else if entry.file_type().is_file() {
            fs_err::read(path).unwrap()
        } else {
            Vec::new()
        };
        found.insert(path.strip_prefix(dir).unwrap().display().to_string(), content);
    }
    found
}

/// Runs `args` with what a runner of GitHub sets, and expects output that controls nothing.
#[track_caller]
fn harmless(test: Test, args: &[&str]) -> (Test, Finished) {
    let test = test.args(args);
    let done = test.run();
    for text in [&done.stdout, &done.stderr] {
        let control = |c: char| c.is_control() && c != '\n' && c != '\t';
        assert!(!text.contains(control), "{args:?}: {text:?}");
        assert!(!text.contains(['\u{202e}', '\u{2066}']), "{args:?}: {text:?}");
        let own = |line: &&str| {
            line.starts_with("::error file=")
                || line.starts_with("::warning file=")
                || line.starts_with("::error title=")
        };
        let commands = text.lines().filter(|line| line.trim_start().starts_with("::"));
        assert!(commands.clone().all(|line| own(&line)), "{args:?}: {text}");
        assert!(!text.contains("##["), "{args:?}: {text}");
    }
    (test, done)
}

/// Names of files that control a terminal or a runner where they are printed as they are.
const NAMES: &[&str] = &[
    "\u{1b}]0;title\u{7}-1.0-py3-none-any.whl",
    "\u{1b}[8mhidden-1.0-py3-none-any.whl",
    "x\n::set-output name=a::b-1.0-py3-none-any.whl",
    "::add-mask::x-1.0-py3-none-any.whl",
    "##[save-state name=a]x-1.0-py3-none-any.whl",
    "\r::error::x-1.0-py3-none-any.whl",
    "\u{202e}lhw.yna-enon-3yp-0.1-x.whl",
    "\u{9b}31mx-1.0-py3-none-any.whl",
];

#[test]
fn names_of_files_control_neither_terminal_nor_runner() {
    let mut test = Test::new().env("GITHUB_ACTIONS", "true");
    for name in NAMES {
        test = test.write(&format!("d/{name}"), good()).write(name, good());
    }
    for format in ["text", "github", "json", "sarif"] {
        (test, _) = harmless(test, &["check", "d", "--format", format]);
    }
    for name in NAMES {
        (test, _) = harmless(test, &["check", name]);
        (test, _) = harmless(test, &["inspect", name]);
        (test, _) = harmless(test, &["inspect", "-v", "--format", "json", name]);
        (test, _) = harmless(test, &["inspect", "--diff", name, NAMES[0]]);
        (test, _) = harmless(test, &["publish", name]);
        (test, _) = harmless(test, &["merge", name]);
    }
    let (_, done) = harmless(test, &["merge", "d", "--out-dir", "out"]);
    assert_eq!(done.code, Some(1), "{}", done.stderr);
}

#[test]
fn what_a_wheel_or_report_says_controls_neither_terminal_nor_runner() {
    let evil = "\u{1b}[2J\u{202e}::error::x ##[error]y";
    let wheel = zip([
        ("::set-output name=a::b.py", ""),
        ("\u{1b}[31mx.py", ""),
        ("x-1.0.dist-info/METADATA", &format!("{METADATA}Summary: {evil}\n\n::error::a\n{evil}\n")),
        ("x-1.0.dist-info/WHEEL", &WHEEL.replace("test", evil)),
        ("x-1.0.dist-info/RECORD", RECORD),
        ("x-1.0.dist-info/entry_points.txt", "[console_scripts]\n::error::x = x:y\n"),
        (
            "x-1.0.dist-info/sboms/::x.cdx.json",
            "{\"components\": [{\"name\": \"::error::\\u001b[2J\"}]}",
        ),
    ]);
    let report = json!({ "format": 1, "pygo": evil, "jobs": 1, "seconds": 1e300, "targets": [{
        "target": evil, "result": "failed", "seconds": 1, "stages": [], "wheel": evil,
        "sha256": evil, "failure": { "kind": "build", "exit_code": 1, "doing": evil, "found": evil,
        "help": evil } }] });
    let mut test = Test::new()
        .env("GITHUB_ACTIONS", "true")
        .write(NAME, &wheel)
        .write(&format!("d/{NAME}"), good())
        .write("d/report.json", report.to_string())
        .write(
            "e/::error::x.json",
            r#"{"format": 9, "pygo": 1, "jobs": 1, "seconds": 1, "targets": []}"#,
        );
    for args in [
        &["check", NAME][..],
        &["check", NAME, "--format", "github"],
        &["inspect", NAME],
        &["inspect", "-v", NAME],
        &["inspect", "--diff", NAME, "d/x-1.0-py3-none-any.whl"],
        &["publish", NAME],
        &["merge", "d", "--targets", "linux-amd64"],
        &["merge", "e"],
        &["plan", "--costs", "d/report.json"],
    ] {
        (test, _) = harmless(test, args);
    }
}

#[test]
fn members_of_archives_lead_nowhere() {
    let options = zip::write::SimpleFileOptions::default();
    let base = [("x-1.0.dist-info/METADATA", METADATA), ("x-1.0.dist-info/WHEEL", WHEEL)];
    let with = |name: &str| {
        zip(base.into_iter().chain([("x-1.0.dist-info/RECORD", RECORD), (name, "evil")]))
    };
    let link = zip_with(base, |zip| {
        zip.add_symlink("x.py", "../../secret", options).unwrap();
        zip.add_symlink("x-1.0.dist-info/RECORD", "/etc/passwd", options).unwrap();
    });
    let bomb = zip_with(base, |zip| {
        zip.start_file("zeros", options).unwrap();
        let zeros = vec![0; 1 << 20];
        (0..200).for_each(|_| zip.write_all(&zeros).unwrap());
    });
    for wheel in [
        with("../escaped"),
        with("/tmp/pygo-escaped"),
        with("a/../../escaped"),
        with("C:\\x"),
        link,
        bomb,
    ] {
        let report = json!({ "format": 1, "pygo": "0", "jobs": 1, "seconds": 1, "targets": [{
            "target": "linux-amd64", "result": "built", "seconds": 1, "stages": [], "wheel": NAME,
            "sha256": sha256(&wheel) }] });
        let mut test = Test::new()
            .write("secret", "s3cret")
            .write(&format!("d/{NAME}"), &wheel)
            .write("d/report.json", report.to_string());
        let before = tree(test.path());
        for args in [
            &["check", "d"][..],
            &["inspect", "d/x-1.0-py3-none-any.whl"],
            &["publish", "d"],
            &["merge", "d", "--targets", "linux-amd64", "--out-dir", "out"],
        ] {
            let done;
            (test, done) = harmless(test, args);
            let may_pass = args[0] == "inspect";
            assert!(may_pass || done.code == Some(1), "{args:?}: {}", done.stderr);
            assert!(!done.stdout.contains("s3cret") && !done.stderr.contains("s3cret"));
            assert_eq!(tree(test.path()), before, "{args:?}");
        }
        assert!(!Path::new("/tmp/pygo-escaped").exists());
        assert!(!test.path().parent().unwrap().join("escaped").exists());
    }
}

fn sha256(bytes: &[u8]) -> String {
    use sha2::{Digest as _, Sha256};
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn planning_runs_no_code_of_the_project() {
    let pwned = "open('pwned', 'w')\n";
    let config = include_str!("../../example/hello/config.json");
    let mut config: serde_json::Value = serde_json::from_str(config).unwrap();
    for key in ["before", "test-command"] {
        config[key] = json!(["touch pwned", "{project}/pwn"]);
    }
    let mut test = Test::config(&config.to_string())
        .script("pwn", "touch \"$(dirname \"$0\")/pwned\"")
        .write("setup.py", format!("{pwned}{}", include_str!("../../example/hello/setup.py")))
        .write("conftest.py", pwned)
        .write("sitecustomize.py", pwned)
        .write("example/__init__.py", pwned)
        .write("backend.py", pwned)
        .write("go.mod", "module x\n\ngo 1.24\n\ntoolchain go1.99.9\n")
        .write("example/go/gen.go", "package main\n\n//go:generate touch pwned\n")
        .write(
            "pyproject.toml",
            "[build-system]\nrequires = []\nbuild-backend = 'backend'\nbackend-path = ['.']\n\
             [tool.pygo-tools.check]\nignore = []\n",
        );
    let before = tree(test.path());
    for args in [
        &["plan", "--format", "github"][..],
        &["plan", "--format", "gitlab", "--shards", "2"],
        &["plan"],
        &["matrix", "--dry-run"],
        &["check", "."],
        &["publish", "."],
        &["merge", "."],
        &["schema"],
    ] {
        test = test.args(args);
        test.run();
        assert_eq!(tree(test.path()), before, "{args:?}");
    }
}

/// Variables of other tools with secrets, all of which begin alike.
const SECRETS: &[(&str, &str)] = &[
    ("TWINE_PASSWORD", "s3cr-twine"),
    ("UV_PUBLISH_TOKEN", "s3cr-uv"),
    ("AWS_SECRET_ACCESS_KEY", "s3cr-aws"),
    ("PYPI_TOKEN", "s3cr-pypi"),
];

#[test]
fn secrets_reach_neither_messages_nor_logs_nor_reports() {
    let test = SECRETS.iter().fold(Test::new(), |test, (name, value)| test.env(name, *value));
    let test = test
        .write(
            "pyproject.toml",
            "[project]\nname = \"said\"\nversion = \"1.0\"\n[tool.pygo-tools]\n\
             program = \"said\"\ngo-dir = \".\"\n",
        )
        .write("go.mod", "module example.com/said\n\ngo 1.24\n\nrequire example.com/other v1.0.0\n")
        .write("main.go", "package main\n\nimport _ \"example.com/other\"\n\nfunc main() {}\n")
        // The slash should have been escaped: Go repeats such addresses.
        .env("GOPROXY", "http://me:s3cr/et@127.0.0.1:1")
        .env("GOFLAGS", "-mod=mod")
        .env("GONOSUMDB", "*")
        .args(&["build", "-v", "--report", "report.json"]);
    let done = test.run();
    assert_eq!(done.code, Some(1), "{}", done.stderr);
    let mut said = done.stderr.clone() + &done.stdout;
    said += &fs_err::read_to_string(test.path().join("report.json")).unwrap();
    let log = done.stderr.lines().find_map(|line| line.trim().strip_prefix("log: ")).unwrap();
    let log = log.replace("[CACHE]", &crate::support::shared_cache().display().to_string());
    said += &fs_err::read_to_string(log).unwrap();
    assert!(said.contains("http://me:***@127.0.0.1"), "{said}");
    assert!(!said.contains("s3cr"), "{said}");

    // A run that succeeds, with an address among its arguments.
    let page = "--timings=timings.html";
    let setting = "index=http://me:s3cret@127.0.0.1/simple";
    let test = test
        .write("go.mod", "module example.com/said\n\ngo 1.24\n")
        .write("main.go", "package main\n\nfunc main() {}\n")
        .args(&["build", "-v", "--report", "report.json", page, "-C", setting]);
    let done = test.run();
    assert_eq!(done.code, Some(0), "{}", done.stderr);
    let mut said = done.stderr + &done.stdout;
    for file in ["report.json", "timings.html"] {
        said += &fs_err::read_to_string(test.path().join(file)).unwrap();
    }
    assert!(said.contains("\"index=***\""), "{said}");
    assert!(!said.contains("s3cr"), "{said}");
}
