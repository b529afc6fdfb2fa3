//! `pygo toolchain warm`: afterwards a first build compiles the project, and neither C's runtime nor Go's
//! standard library.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::kept::walk;
use crate::support::{Test, shared_cache};

/// The names of the files in zig's cache, each with the directory that is named by its inputs.
fn objects(zig: &Path) -> BTreeSet<PathBuf> {
    walk(&zig.join("o")).into_iter().collect()
}

/// The files in Go's cache that it wrote for compiled packages and more.
fn outputs(go: &Path) -> BTreeSet<PathBuf> {
    let is_output = |path: &PathBuf| path.to_str().is_some_and(|path| path.ends_with("-d"));
    walk(go).into_iter().filter(is_output).collect()
}

/// Whether it is a part of C's runtime, as zig names them.
fn is_runtime(path: &Path) -> bool {
    let name = path.file_name().unwrap().to_str().unwrap();
    name.starts_with("lib") || name.contains("crt")
}

#[test]
fn after_warming_a_first_build_compiles_the_project_alone() {
    let shared = shared_cache();
    let dir = tempfile::tempdir_in(&shared).unwrap();
    let (cache, go) = (dir.path().join("cache"), dir.path().join("go-build"));
    fs_err::create_dir(&cache).unwrap();
    for name in ["tools", "files", "env"] {
        fs_err::create_dir_all(shared.join(name)).unwrap();
        fs_err::os::unix::fs::symlink(shared.join(name), cache.join(name)).unwrap();
    }
    let run = |test: Test, args: &[&str]| {
        let test = test.env("PYGO_CACHE_DIR", &cache).env("GOCACHE", &go).args(args);
        let done = test.run();
        assert_eq!(done.code, Some(0), "{}", done.stderr);
        done
    };
    let done = run(Test::new(), &["toolchain", "warm", "--targets", "linux-amd64"]);
    assert_eq!(done.stdout, "");
    assert!(done.stderr.contains("ready to build for linux-amd64"), "{}", done.stderr);
    let (c, packages) = (objects(&cache.join("zig")), outputs(&go));
    assert!(c.iter().filter(|path| is_runtime(path)).count() > 3, "{c:?}");
    assert!(packages.len() > 500, "{}", packages.len());
    assert!(!cache.join("stages").exists(), "what it built is of no use to anybody");
    let left = walk(&cache.join("tmp"));
    assert!(left.is_empty(), "{left:?}");

    run(Test::hello(), &["matrix", "--targets", "linux-amd64"]);
    let all = objects(&cache.join("zig"));
    let new: Vec<_> = all.difference(&c).collect();
    assert!(!new.iter().any(|path| is_runtime(path)), "{new:?}");
    let is_of_zig = |path: &&PathBuf| path.to_string_lossy().contains("compiler_rt");
    assert_eq!(all.iter().find(is_of_zig), None, "nothing in it needs zig's own functions");
    // The project, cgo's files for it, and questions that were answered.
    let new: Vec<_> = outputs(&go).difference(&packages).cloned().collect();
    assert!(new.len() < 15, "{new:?}");
}
