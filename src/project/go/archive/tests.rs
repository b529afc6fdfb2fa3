//! Archives of projects with files around them.

use fs_err as fs;

use super::*;
use crate::error::Failure;

const CONFIG: &str = "[tool.pygo-tools]\nprogram = 'tool'\ngo-dir = '../core/cmd'\n";
const MAIN: &str = "package main\n\nimport \"example.org/calc\"\n\nfunc main() { calc.Add() }\n";

/// The archive of the project in `app/python` with `files` around it: the paths in it, or what is
/// wrong, and the notes.
fn archived(
    config: &str,
    files: &[(&str, &str)],
    gowork: Option<&str>,
) -> Result<(Vec<String>, Vec<String>), Failure> {
    let dir = tempfile::tempdir().unwrap();
    let top = fs::canonicalize(dir.path()).unwrap();
    for (path, text) in files.iter().chain(&[("app/python/pyproject.toml", config)]) {
        let path = top.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        match text.strip_prefix("link to ") {
            Some(target) => std::os::unix::fs::symlink(target, path).unwrap(),
            None => fs::write(path, text).unwrap(),
        }
    }
    let root = top.join("app/python");
    let project = Project::read(&root, None)?;
    let own = sources(&root, None)?;
    let archive = Archive::of(&project, &own, gowork.map(OsStr::new))?;
    let needed = archive.needed()?;
    let shown = |note: &String| note.replace(&top.display().to_string(), "TOP");
    let notes = archive.notes.iter().chain(&archive.links(&needed)).map(shown).collect();
    Ok((needed.iter().map(|file| file.path.display().to_string()).collect(), notes))
}

#[test]
fn modules_and_headers_outside_are_below_one_directory() {
    let files = [
        ("app/core/go.mod", "module core\nreplace example.org/calc => ../libs/calc\n"),
        ("app/core/cmd/main.go", MAIN),
        ("app/core/cmd/c.go", "package main\n\n// #cgo CFLAGS: -I${SRCDIR}/../../c/include\n"),
        ("app/core/cmd/c.c", "#include <fast.h>\n#include \"../../../shared/deep.h\"\n"),
        ("app/core/notes.md", ""),
        ("app/c/include/fast.h", ""),
        ("app/c/include/slow.h", ""),
        ("shared/deep.h", "#include \"deeper.h\"\n#include \"../other/x.inc\"\n"),
        ("shared/deeper.h", ""),
        ("other/x.inc", ""),
        ("app/libs/calc/go.mod", "module example.org/calc\n"),
        ("app/libs/calc/calc.go", "package calc\n"),
        ("app/libs/more/more.go", "package more\n"),
        ("app/python/tool/__init__.py", ""),
    ];
    let (paths, notes) = archived(CONFIG, &files, None).unwrap();
    let wanted = [
        "pyproject.toml",
        "_pygo/app/c/include/fast.h",
        "_pygo/app/core/cmd/c.c",
        "_pygo/app/core/cmd/c.go",
        "_pygo/app/core/cmd/main.go",
        "_pygo/app/core/go.mod",
        "_pygo/app/libs/calc/calc.go",
        "_pygo/app/libs/calc/go.mod",
        "_pygo/other/x.inc",
        "_pygo/shared/deep.h",
        "_pygo/shared/deeper.h",
    ];
    assert_eq!(paths, wanted);
    let core = "the sdist contains, in _pygo/app/core, what Go reads of TOP/app/core, outside the \
                project";
    assert!(notes.iter().any(|note| note == core), "{notes:?}");
}

#[test]
fn a_project_with_all_that_go_reads_stays_as_it_is() {
    let config = "[tool.pygo-tools]\nprogram = 'tool'\ngo-dir = 'go'\n";
    let files = [
        ("app/python/go/main.go", "package main\n\nfunc main() {}\n"),
        ("app/python/go/go.mod", "module tool\n"),
        ("app/go.work", "use ./python/go\n"),
    ];
    let (paths, notes) = archived(config, &files, None).unwrap();
    assert_eq!(paths, ["go/go.mod", "go/main.go", "pyproject.toml"]);
    assert!(notes.is_empty(), "{notes:?}");
}

#[test]
fn a_workspace_above_belongs_to_it_if_only_that_has_a_module() {
    let config = "[tool.pygo-tools]\nprogram = 'tool'\ngo-dir = 'go'\n";
    let mut files = vec![
        ("app/python/go/main.go", MAIN),
        ("app/python/go/go.mod", "module tool\n"),
        ("app/go.work", "use ./python/go\nuse ./calc\n"),
        ("app/go.work.sum", ""),
        ("app/calc/go.mod", "module example.org/calc\n"),
        ("app/calc/calc.go", "package calc\n"),
        ("app/secret.txt", ""),
    ];
    let wanted = [
        "pyproject.toml",
        "_pygo/calc/calc.go",
        "_pygo/calc/go.mod",
        "_pygo/go.work",
        "_pygo/go.work.sum",
        "_pygo/python/go/go.mod",
        "_pygo/python/go/main.go",
    ];
    assert_eq!(archived(config, &files, None).unwrap().0, wanted);
    assert_eq!(archived(config, &files, Some("off")).unwrap().0.len(), 3);
    files[1].1 = "module tool\nrequire example.org/calc v1.0.0\n";
    let (paths, notes) = archived(config, &files, None).unwrap();
    assert_eq!(paths.len(), 3);
    assert!(notes[0].ends_with("wheels built from it use example.org/calc v1.0.0"), "{notes:?}");
}

#[test]
fn a_module_around_the_project_is_archived_without_the_rest() {
    let files = [
        ("app/go.mod", "module app\n"),
        ("app/core/cmd/main.go", "package main\n\nfunc main() {}\n"),
        ("app/setup.py", ""),
        ("app/README.md", ""),
        ("app/python/tool/x.go", "package x\n"),
    ];
    let (paths, _) = archived(CONFIG, &files, None).unwrap();
    let wanted =
        ["pyproject.toml", "_pygo/core/cmd/main.go", "_pygo/go.mod", "_pygo/python/tool/x.go"];
    assert_eq!(paths, wanted);
}

#[test]
fn of_a_directory_around_the_project_only_included_files_are_archived() {
    let config =
        "[tool.pygo-tools]\nprogram = 'tool'\ncgo = true\ngo-dir = 'go'\ninclude-dirs = ['..']\n";
    let files = [
        ("app/python/go/main.go", "package main\n\nfunc main() {}\n"),
        (
            "app/python/go/a.c",
            "#include <c/fast.h>\n#include \"../../../far.h\"\n#include \"top.h\"\n",
        ),
        ("far.h", ""),
        ("app/python/README.md", ""),
        ("app/c/fast.h", ""),
        ("app/c/other.h", ""),
        ("app/other/top.h", ""),
        ("app/top.h", ""),
    ];
    let (paths, _) = archived(config, &files, None).unwrap();
    let wanted = [
        "pyproject.toml",
        "_pygo/app/c/fast.h",
        "_pygo/app/python/go/a.c",
        "_pygo/app/python/go/main.go",
        "_pygo/app/top.h",
        "_pygo/far.h",
    ];
    assert_eq!(paths, wanted);
}

#[test]
fn an_absolute_path_cannot_be_archived() {
    let files = [
        ("app/core/go.mod", "module core\nreplace example.org/calc => /opt/calc\n"),
        ("app/core/cmd/main.go", MAIN),
    ];
    let failure = archived(CONFIG, &files, None).unwrap_err();
    let found = "core/go.mod:2 replaces a module with /opt/calc, an absolute path, which an \
                 sdist cannot contain";
    assert_eq!(failure.found, found);
}

#[test]
fn a_link_to_a_file_elsewhere_is_a_note() {
    let config = "[tool.pygo-tools]\nprogram = 'tool'\ngo-dir = 'go'\n";
    let files = [
        ("app/python/go/main.go", "package main\n\nfunc main() {}\n"),
        ("app/python/go/x.h", "link to ../../x.h"),
        ("app/x.h", ""),
    ];
    let (paths, notes) = archived(config, &files, None).unwrap();
    assert_eq!(paths, ["go/main.go", "go/x.h", "pyproject.toml"]);
    let note = "the sdist contains TOP/app/x.h, outside the project, which go/x.h is a link to";
    assert_eq!(notes, [note]);
}
