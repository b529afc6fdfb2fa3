//! Two libraries of one name and different kinds and a program in one wheel, built with real Go and zig.

use std::collections::BTreeMap;
use std::io::Cursor;
use std::process::Command;
use std::sync::Mutex;

use pygo::factory::{self, Event, Options, Plan};
use pygo::process::Environment;
use pygo::project::{CompilerName, Profile, Project};
use pygo::target::PythonAbi;
use pygo::toolchain::{Lookup, Tool, Tools};
use pygo::wheel::Timestamp;

use crate::support::Test;

const CONFIG: &str = r#"{
    "package": "example",
    "library": "hello",
    "parts": [
        {"extension": "_example", "signatures": ["char* Hello(char* message, int count);"]},
        {"binding": "ctypes", "go-dir": "second", "library-file": "example/native/words"},
        {"program": "greet", "go-dir": "cmd", "ldflags": ["-X main.home=$HOME"]}
    ]
}"#;
const WORDS_GO: &str = "package main\n\nimport \"C\"\nimport \"strings\"\n\n//export CountWords\n\
                        func CountWords(text *C.char) C.int {\n\
                        \treturn C.int(len(strings.Fields(C.GoString(text))))\n}\n\n\
                        func main() {}\n";
const GREET_GO: &str =
    "package main\n\nvar home string\n\nfunc main() { println(\"in \" + home) }\n";
const CALLS: &str = "import ctypes, sys, _example\n\
                     lib, ffi = _example.lib, _example.ffi\n\
                     print(ffi.string(lib.Hello(b'two', 2)).decode())\n\
                     words = ctypes.CDLL(sys.argv[1] + '/example/native/words.so')\n\
                     print(words.CountWords(b'a b  c'))\n";

#[test]
fn two_libraries_and_a_program_in_one_wheel() {
    let test = Test::hello()
        .write("config.json", CONFIG)
        .write("second/main.go", WORDS_GO)
        .write("cmd/main.go", GREET_GO);
    let project = Project::read(test.path(), None).unwrap();
    let host = pygo::target::host().unwrap();
    let options = Options {
        abis: vec![PythonAbi::Abi3],
        targets: vec![host],
        out_dir: test.path().join("dist"),
        jobs: 2,
        requested: BTreeMap::new(),
        on: BTreeMap::new(),
        modified: Timestamp::default(),
        fail_fast: false,
        editable: false,
        backend_settings: BTreeMap::new(),
        isolation: true,
        offline: false,
        compiler: CompilerName::default(),
        sysroot: None,
        profile: Profile::default(),
    };
    fs_err::create_dir_all(&options.out_dir).unwrap();
    let plan = Plan::new(project, options).unwrap();
    let tools = Tools::new(&Environment::capture(), Lookup::default(), |_| {});
    let started = Mutex::new(Vec::new());
    let observe = |event: &Event<'_>| {
        if let Event::Started { work, .. } = event {
            started.lock().unwrap().push(work.to_string());
        }
    };
    let results = factory::run(&plan, &tools, &observe).unwrap();
    let wheel = results.outcomes[0].result.as_ref().unwrap();
    assert!(wheel.name.tag.to_string().starts_with("cp310-abi3-"), "{}", wheel.name.tag);

    let started = started.into_inner().unwrap();
    assert!(started.contains(&format!("program for {host}-greet")), "{started:?}");
    for part in ["hello", "hello.example"] {
        assert!(started.contains(&format!("library for {host}-{part}")), "{started:?}");
    }
    assert!(!started.contains(&format!("extension for {host}-hello.example")), "{started:?}");

    let unpacked = tempfile::tempdir().unwrap();
    let bytes = fs_err::read(&wheel.path).unwrap();
    zip::ZipArchive::new(Cursor::new(bytes)).unwrap().extract(unpacked.path()).unwrap();
    let sbom = unpacked.path().join("example-0.1.0.dist-info/sboms/pygo.cdx.json");
    let sbom: serde_json::Value = serde_json::from_slice(&fs_err::read(sbom).unwrap()).unwrap();
    let parts: Vec<_> = sbom["components"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|component| component["properties"][0]["value"].as_str())
        .collect();
    assert_eq!(parts, ["hello", "hello.example", "greet"]);

    // Neither pygo nor Go expands variables.
    let greet = unpacked.path().join("example-0.1.0.data/scripts/greet");
    fs_err::set_permissions(&greet, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    let output = Command::new(&greet).output().unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stderr), "in $HOME\n");

    let path = [unpacked.path(), &tools.located(Tool::Cffi).unwrap().path];
    let output = Command::new(&tools.located(Tool::Python).unwrap().path)
        .args(["-c", CALLS])
        .arg(unpacked.path())
        .env("PYTHONPATH", std::env::join_paths(path).unwrap())
        .output()
        .unwrap();
    let stdout = String::from_utf8_lossy(&output.stdout);
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(stdout.ends_with("\n3\n"), "{stdout}{stderr}");
}
