//! Listing realistic projects, with leftovers and links.

use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;

use fs_err as fs;
use tempfile::TempDir;

use super::{Entry, EntryKind, sources};

fn tree(files: &[&str]) -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    for name in files {
        let path = dir.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, name).unwrap();
    }
    dir
}

fn line(entry: &Entry) -> String {
    let path = entry.path.display();
    match &entry.kind {
        EntryKind::Dir => format!("{path}/"),
        EntryKind::File { executable: false } => path.to_string(),
        EntryKind::File { executable: true } => format!("{path}*"),
        EntryKind::Link { target } => format!("{path} -> {}", target.display()),
    }
}

fn lines(dir: &TempDir, out_dir: Option<&Path>) -> Vec<String> {
    sources(dir.path(), out_dir).unwrap().iter().map(line).collect()
}

#[test]
fn a_clone_of_0_1_8_keeps_its_dangling_link() {
    let dir = tree(&["setup.py", "example/go/main.go"]);
    symlink("go/local", dir.path().join("example/lib")).unwrap();
    let clone =
        ["example/", "example/go/", "example/go/main.go", "example/lib -> go/local", "setup.py"];
    assert_eq!(lines(&dir, None), clone);
    fs::create_dir(dir.path().join("example/go/local")).unwrap();
    fs::write(dir.path().join("example/go/local/libhello.so"), "").unwrap();
    assert!(lines(&dir, None).contains(&"example/lib -> go/local".to_owned()));
}

#[test]
fn version_control_caches_and_outputs_are_left_out() {
    let dir = tree(&[
        ".git/HEAD",
        "sub/.git",
        "a/__pycache__/x.pyc",
        "env/pyvenv.cfg",
        "node_modules/x/y",
        ".tox/x",
        "dist/old.whl",
        "build/lib/x.py",
        "x.egg-info/PKG-INFO",
        "src/y.egg-info/PKG-INFO",
        "out/new.whl",
        "a/dist/kept.py",
        "a/build/kept.py",
        "a/z.egg-info/kept",
    ]);
    fs::create_dir(dir.path().join("target")).unwrap();
    let tag = "Signature: 8a477f597d28d172789f06886806bc55\n# x";
    fs::write(dir.path().join("target/CACHEDIR.TAG"), tag).unwrap();
    let out = dir.path().join("out");
    assert_eq!(
        lines(&dir, Some(&out)),
        [
            "a/",
            "a/build/",
            "a/build/kept.py",
            "a/dist/",
            "a/dist/kept.py",
            "a/z.egg-info/",
            "a/z.egg-info/kept",
            "src/",
            "sub/",
        ]
    );
}

#[test]
fn sources_with_the_names_of_leftovers_are_kept() {
    let dir = tree(&["build/tool.py", "dist/__init__.py", "c/CACHEDIR.TAG", "x.whl"]);
    let all =
        ["build/", "build/tool.py", "c/", "c/CACHEDIR.TAG", "dist/", "dist/__init__.py", "x.whl"];
    assert_eq!(lines(&dir, None), all);
    assert_eq!(lines(&dir, Some(dir.path())), all[..6]);
}

#[test]
fn links_out_of_the_project_are_replaced_by_their_targets() {
    let outside = tree(&["core/main.go", "core/run.sh", "one.txt"]);
    let run = outside.path().join("core/run.sh");
    fs::set_permissions(&run, PermissionsExt::from_mode(0o755)).unwrap();
    let dir = tree(&["p/x.py"]);
    symlink(outside.path().join("core"), dir.path().join("p/go")).unwrap();
    symlink(outside.path().join("one.txt"), dir.path().join("one.txt")).unwrap();
    symlink(dir.path().join("p/x.py"), outside.path().join("core/back.py")).unwrap();
    assert_eq!(
        lines(&dir, None),
        [
            "one.txt",
            "p/",
            "p/go/",
            "p/go/back.py -> ../x.py",
            "p/go/main.go",
            "p/go/run.sh*",
            "p/x.py",
        ]
    );
    let entries = sources(dir.path(), None).unwrap();
    let real = fs::canonicalize(outside.path()).unwrap();
    assert_eq!(entries[4].source, real.join("core/main.go"));
}

#[test]
fn links_within_the_project_have_the_same_target_in_a_copy() {
    let dir = tree(&["a/b/x.py", "y.py"]);
    let root = fs::canonicalize(dir.path()).unwrap();
    let name = root.file_name().unwrap();
    symlink(root.join("y.py"), root.join("a/b/absolute")).unwrap();
    symlink(Path::new("../../..").join(name).join("y.py"), root.join("a/b/around")).unwrap();
    symlink("../.././y.py", root.join("a/b/plain")).unwrap();
    let lines = lines(&dir, None);
    for link in
        ["a/b/absolute -> ../../y.py", "a/b/around -> ../../y.py", "a/b/plain -> ../.././y.py"]
    {
        assert!(lines.contains(&link.to_owned()), "{link}: {lines:?}");
    }
}

#[test]
fn a_link_loop_is_an_error_with_the_link_and_its_target() {
    for (link, target) in [("a/self", "self"), ("a/up", ".."), ("a/here", "."), ("a/top", "../..")]
    {
        let dir = tree(&["a/x"]);
        symlink(target, dir.path().join(link)).unwrap();
        let failure = sources(dir.path(), None).unwrap_err();
        let found =
            format!("the symbolic link {link:?} points to {target:?}, which leads back to it");
        assert_eq!(failure.found, found);
    }
    let outside = tree(&["x"]);
    let dir = tree(&["a/x"]);
    symlink(outside.path(), dir.path().join("a/out")).unwrap();
    symlink(dir.path().join("a"), outside.path().join("back")).unwrap();
    let found = sources(dir.path(), None).unwrap_err().found;
    assert!(found.starts_with("the symbolic link \"a/out/back\""), "{found}");
}

#[test]
fn pipes_and_sockets_are_skipped() {
    let dir = tree(&["x"]);
    let _socket = std::os::unix::net::UnixListener::bind(dir.path().join("socket")).unwrap();
    assert_eq!(lines(&dir, None), ["x"]);
}

#[test]
fn an_unreadable_file_is_named() {
    let dir = tree(&["a/secret"]);
    let path = dir.path().join("a/secret");
    fs::set_permissions(&path, PermissionsExt::from_mode(0o000)).unwrap();
    // Root reads everything.
    if fs::File::open(&path).is_err() {
        let failure = sources(dir.path(), None).unwrap_err();
        assert_eq!(failure.kind, crate::error::Kind::Project);
        assert!(failure.found.contains("a/secret"), "{failure}");
    }
}
