//! Reading whole projects, in common layouts.

use std::path::Path;

use fs_err as fs;

use super::*;
use crate::error::{Failure, Kind};
use crate::target::LINUX;

const JSON: &str = r#"{"package": "example", "extension": "_example", "library": "hello",
                       "signatures": ["char* Hello(char* message, int count);"]}"#;
const GO: &str = "package main\n\nimport \"C\"\n\n//export Hello\n\
                  func Hello(message *C.char, count C.int) *C.char {\n\treturn message\n}\n\n\
                  func main() {}\n";

fn write(root: &Path, files: &[(&str, &str)]) {
    for (name, text) in files {
        let path = root.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
}

fn failure(files: &[(&str, &str)]) -> Failure {
    let dir = tempfile::tempdir().unwrap();
    write(dir.path(), files);
    let failure = Project::read(dir.path(), None).unwrap_err();
    assert_eq!(failure.kind, Kind::Project);
    assert!(!failure.help.is_empty());
    failure
}

#[test]
fn a_project_of_0_1_8_with_leftovers_can_be_read() {
    let dir = tempfile::tempdir().unwrap();
    write(
        dir.path(),
        &[
            ("config.json", JSON),
            ("setup.py", "from pygo_tools import setup"),
            ("example/__init__.py", ""),
            ("example/go/main.go", GO),
            ("example/go/Makefile", "all:"),
            ("example/go/local/libhello.h", "extern char* Old(void);"),
        ],
    );
    let project = Project::read(dir.path(), None).unwrap();
    assert_eq!(project.root, fs::canonicalize(dir.path()).unwrap());
    assert_eq!(project.config_file, project.root.join("config.json"));
    assert_eq!(project.build_system, BuildSystem::default());
    let [part @ Part { go, kind: PartKind::Cffi(library, extension), .. }] =
        project.parts.as_slice()
    else {
        panic!("{:?}", project.parts);
    };
    assert_eq!(go.dir, project.root.join("example/go"));
    assert_eq!(go.files, ["main.go"]);
    assert_eq!(go.go_mod, None);
    assert_eq!(part.library_path(LINUX).unwrap(), "example/lib/libhello.example.so");
    assert_eq!(extension.path_to(library), "example/lib");
}

#[test]
fn a_file_of_declarations_is_read_and_belongs_to_an_archive() {
    let dir = tempfile::tempdir().unwrap();
    let toml = "[tool.pygo-tools]\npackage = 'example'\nextension = '_example'\n\
                library = 'hello'\ncdef = 'api/hello.cdef'\n";
    let cdef = "#define LIMIT 5\nchar* Hello(char* message, int count);\n";
    let put = |text| {
        let files =
            [("pyproject.toml", toml), ("example/go/main.go", GO), ("api/hello.cdef", text)];
        write(dir.path(), &files);
        Project::read(dir.path(), None)
    };
    let project = put(cdef).unwrap();
    assert_eq!(project.parts[0].extension().unwrap().signatures.len(), 2);
    let entries = sources(&project.root, None).unwrap();
    let needed = Archive::of(&project, &entries, None).unwrap().needed().unwrap();
    assert!(needed.iter().any(|file| file.path == Path::new("api/hello.cdef")));
    let found = put("\nchar* Helo(char* message, int count);\n").unwrap_err().found;
    assert!(
        found.starts_with("`char* Helo(char* message, int count);` (api/hello.cdef:2)\n"),
        "{found}"
    );
}

#[test]
fn a_src_layout_with_a_linked_go_directory() {
    let outside = tempfile::tempdir().unwrap();
    write(outside.path(), &[("core/main.go", GO), ("go.mod", "module x\n")]);
    let dir = tempfile::tempdir().unwrap();
    write(
        dir.path(),
        &[
            (
                "pyproject.toml",
                "[build-system]\nrequires = ['pygo-tools']\nbuild-backend = 'pygo_tools.backend'\n\
             [tool.pygo-tools]\npackage = 'greet'\nextension = 'greet._greet'\nlibrary = 'greet'\n\
             signatures = ['char* Hello(char*, int);']\ntargets = ['linux-amd64']\n",
            ),
            ("src/greet/__init__.py", ""),
        ],
    );
    std::os::unix::fs::symlink(outside.path().join("core"), dir.path().join("src/greet/go"))
        .unwrap();
    let project = Project::read(dir.path(), None).unwrap();
    let library = &project.parts[0].go;
    assert_eq!(library.go_dir, Path::new("src/greet/go"));
    let real = fs::canonicalize(outside.path()).unwrap();
    assert_eq!(library.dir, real.join("core"));
    assert_eq!(library.go_mod, Some(real.join("go.mod")));
    assert_eq!(library.exports[0].file, "src/greet/go/main.go");
    assert_eq!(project.build_system.backend, "pygo_tools.backend");
    assert_eq!(project.settings.targets.as_ref().unwrap().targets.len(), 1);
}

#[test]
fn missing_files_are_named() {
    let setup = ("setup.py", "");
    let none = failure(&[("config.json", JSON), setup]);
    assert_eq!(
        none.found,
        "there is no directory example/go\nthere is no directory src/example/go"
    );
    let file = failure(&[("config.json", JSON), setup, ("example/go", "")]);
    assert!(file.found.starts_with("example/go is not a directory"), "{file}");
    let hidden = JSON.replace("_example", "example");
    let hidden = failure(&[
        ("config.json", &hidden),
        setup,
        ("example/__init__.py", ""),
        ("example/go/main.go", GO),
    ]);
    assert_eq!(hidden.help, "call the extension `_example`");
    let wrong = JSON.replace(", int count", "");
    let wrong = failure(&[("config.json", &wrong), setup, ("example/go/main.go", GO)]);
    assert_eq!(
        wrong.found,
        "`char* Hello(char* message);`\n  takes 1 parameter, but \
         `func Hello(message *C.char, count C.int) *C.char` (example/go/main.go:6) takes 2"
    );
}

#[test]
fn the_root_has_to_be_a_directory() {
    let dir = tempfile::tempdir().unwrap();
    let found = |path: &Path| Project::read(path, None).unwrap_err().found;
    assert_eq!(found(&dir.path().join("nowhere")), "there is no such directory");
    write(dir.path(), &[("file", "")]);
    assert_eq!(found(&dir.path().join("file")), "it is not a directory");
}

#[test]
fn a_link_to_itself_in_place_of_the_go_directory() {
    let dir = tempfile::tempdir().unwrap();
    write(dir.path(), &[("config.json", JSON), ("setup.py", ""), ("example/__init__.py", "")]);
    std::os::unix::fs::symlink("go", dir.path().join("example/go")).unwrap();
    let failure = Project::read(dir.path(), None).unwrap_err();
    assert_eq!(failure.kind, Kind::Project);
    assert!(failure.found.contains("example/go"), "{failure}");
}

/// A project with `parts` in its configuration and the Go of a library and of a program.
fn with_parts(parts: &str) -> Result<Project, Failure> {
    let dir = tempfile::tempdir().unwrap();
    let json = format!("{}, \"parts\": [{parts}]}}", JSON.trim_end_matches('}'));
    let files = [
        ("config.json", json.as_str()),
        ("setup.py", ""),
        ("example/go/main.go", GO),
        ("other/go/main.go", GO),
        ("cmd/tool/main.go", "package main\n\nfunc main() {}\n"),
    ];
    write(dir.path(), &files);
    Project::read(dir.path(), None)
}

#[test]
fn parts_of_every_kind_share_the_keys_of_the_table() {
    let project = with_parts(
        r#"{"build-tags": ["x"]}, {"binding": "ctypes"}, {"program": "tool"},
           {"package": "other", "extension": "other._o"}"#,
    )
    .unwrap();
    let shown = |part: &Part| format!("{} {}", part.id, part.kind.name());
    let parts: Vec<_> = project.parts.iter().map(shown).collect();
    assert_eq!(parts, ["hello cffi", "hello.example ctypes", "tool bin", "hello.other cffi"]);
    assert_eq!(project.parts[1].library_path(LINUX).unwrap(), "example/lib/libhello.so");
    assert_eq!(project.parts[0].go.build_tags, ["x"]);
    assert_eq!(project.parts[3].go.go_dir, Path::new("other/go"));
}

#[test]
fn files_of_two_parts_cannot_have_one_path() {
    for (parts, found, help) in [
        ("{}, {}", "`hello` has example/lib/libhello.example.so too", "`library`, `package` or"),
        (
            r#"{"program": "tool"}, {"program": "tool", "cgo": true}"#,
            "`tool` has scripts/tool too",
            "another `program`",
        ),
        (
            r#"{}, {"package": "other"}"#,
            "`hello` has _example.abi3.so too",
            "`library`, `package` or `extension`",
        ),
    ] {
        let failure = with_parts(parts).unwrap_err();
        assert_eq!(failure.found, found);
        assert!(failure.help.contains(help), "{failure}");
    }
}

#[test]
fn a_mistake_in_a_part_is_shown_with_its_number_and_line() {
    for (parts, doing, found) in [
        ("\n{},\n{\"program\": \"a b\"}", "part 2 of `parts` (line 4)", "`program` is \"a b\""),
        (
            "{\"program\": \"tool\", \"signatures\": []}",
            "part 1 of `parts` (line 2)",
            "`signatures` has no effect with `binding` = \"bin\"",
        ),
        (
            "{\"target\": {\"windows-386\": {\"build-tags\": [\"a b\"]}}}",
            "part 1 of `parts` (line 2), for windows-386",
            "`build-tags` contains \"a b\"",
        ),
        ("{\"go-dir\": \"none\"}", "looking for the Go package", "there is no directory none"),
        (
            "{\"target\": {\"macos\": {\"go-dir\": \"none\"}}}",
            "looking for the Go package of `example`, for macos-arm64",
            "there is no directory none",
        ),
    ] {
        let failure = with_parts(parts).unwrap_err();
        assert!(failure.doing.contains(doing), "{failure}");
        assert!(failure.found.starts_with(found), "{failure}");
    }
}

#[test]
fn keys_of_a_target_count_there_alone() {
    let project = with_parts(
        r#"{"target": {"windows": {"program": "tool", "binding": "bin", "extension": "x"}}}"#,
    );
    assert!(project.unwrap_err().found.starts_with("`extension` has no effect"));
    let project = with_parts(
        r#"{"ldflags": ["-X main.home=$HOME"], "target": {
            "linux-arm64": {"build-tags": ["arm"], "ldflags": []},
            "linux": {"build-tags": ["linux"], "go-dir": "other/go"}
        }}"#,
    )
    .unwrap();
    let on = |name: &str| {
        let target: crate::target::Target = name.parse().unwrap();
        let part = &project.parts_for(target)[0];
        let id = part.id.to_string();
        (
            part.go.go_dir.display().to_string(),
            part.go.build_tags.concat(),
            part.go.ldflags.concat(),
            id,
        )
    };
    let row = |dir: &str, tags: &str, flags: &str| {
        (dir.to_owned(), tags.to_owned(), flags.to_owned(), "hello".to_owned())
    };
    let home = "-X main.home=$HOME";
    assert_eq!(on("macos-arm64"), row("example/go", "", home));
    assert_eq!(on("linux-amd64"), row("other/go", "linux", home));
    assert_eq!(on("linux-arm64"), row("other/go", "arm", ""));
    assert_eq!(project.go_dirs(), Vec::<std::path::PathBuf>::new());
}

#[test]
fn a_library_s_file_name_has_a_maximum_length() {
    let package = ["p"; 3].map(|part| part.repeat(80)).join(".");
    let json = JSON.replace(r#""package": "example""#, &format!(r#""package": "{package}""#));
    let go = format!("{}/go/main.go", package.replace('.', "/"));
    let failure = failure(&[("config.json", &json), ("setup.py", ""), (&go, GO)]);
    assert!(failure.found.ends_with("has a name of more than 255 bytes"), "{}", failure.found);
}
