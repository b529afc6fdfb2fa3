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
    let failure = Project::read(dir.path()).unwrap_err();
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
    let project = Project::read(dir.path()).unwrap();
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
        Project::read(dir.path())
    };
    let project = put(cdef).unwrap();
    assert_eq!(project.parts[0].extension().unwrap().signatures.len(), 2);
    let entries = sources(&project.root, None).unwrap();
    let needed = GoTree::of(&project, None).unwrap().needed(&entries).unwrap();
    assert!(needed.iter().any(|entry| entry.path == Path::new("api/hello.cdef")));
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
    let project = Project::read(dir.path()).unwrap();
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
    let found = |path: &Path| Project::read(path).unwrap_err().found;
    assert_eq!(found(&dir.path().join("nowhere")), "there is no such directory");
    write(dir.path(), &[("file", "")]);
    assert_eq!(found(&dir.path().join("file")), "it is not a directory");
}

#[test]
fn a_link_to_itself_in_place_of_the_go_directory() {
    let dir = tempfile::tempdir().unwrap();
    write(dir.path(), &[("config.json", JSON), ("setup.py", ""), ("example/__init__.py", "")]);
    std::os::unix::fs::symlink("go", dir.path().join("example/go")).unwrap();
    let failure = Project::read(dir.path()).unwrap_err();
    assert_eq!(failure.kind, Kind::Project);
    assert!(failure.found.contains("example/go"), "{failure}");
}

#[test]
fn files_of_two_parts_cannot_have_one_path() {
    let dir = tempfile::tempdir().unwrap();
    write(dir.path(), &[("config.json", JSON), ("setup.py", ""), ("example/go/main.go", GO)]);
    let mut project = Project::read(dir.path()).unwrap();
    let Part { go, kind, .. } = project.parts[0].clone();
    let library = project.parts[0].library().unwrap().clone();
    let failure = project.add(go.clone(), kind).unwrap_err();
    assert_eq!(failure.doing, "naming the files of `hello.example`");
    assert_eq!(failure.found, "`hello` has example/lib/libhello.example.so too");
    // The same library a second time, for ctypes, is another file.
    project.add(go, PartKind::Ctypes(library)).unwrap();
    assert_eq!(project.parts[1].library_path(LINUX).unwrap(), "example/lib/libhello.so");
}

#[test]
fn a_library_s_file_name_has_a_maximum_length() {
    let package = ["p"; 3].map(|part| part.repeat(80)).join(".");
    let json = JSON.replace(r#""package": "example""#, &format!(r#""package": "{package}""#));
    let go = format!("{}/go/main.go", package.replace('.', "/"));
    let failure = failure(&[("config.json", &json), ("setup.py", ""), (&go, GO)]);
    assert!(failure.found.ends_with("has a name of more than 255 bytes"), "{}", failure.found);
}
