//! `pygo cache`: what it shows and removes.

use fs_err as fs;

use crate::support::Test;

#[test]
fn the_cache_is_shown_and_emptied() {
    let dir = tempfile::tempdir().unwrap();
    let cache = dir.path().join("cache");
    let run = |args: &[&str]| {
        let done = Test::new().env("PYGO_CACHE_DIR", &cache).args(args).run();
        assert_eq!(done.code, Some(0), "{}", done.stderr);
        (done.stdout, done.stderr)
    };
    assert_eq!(run(&["cache", "dir"]).0, format!("{}\n", cache.display()));
    for (path, size) in [("zig/o/x/x.o", 2_000_000), ("tools/go/go", 1000), ("stages/k/r/0", 10)] {
        let path = cache.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, vec![0; size]).unwrap();
    }
    let (sizes, _) = run(&["cache", "size"]);
    let line = |name: &str| {
        let line = sizes.lines().find(|line| line.starts_with(name)).unwrap();
        line.split_whitespace().skip(1).collect::<Vec<_>>().join(" ")
    };
    assert_eq!((line("zig"), line("total")), ("2.00 MB".to_owned(), "2.00 MB".to_owned()));

    let (_, told) = run(&["cache", "prune", "--keep", "1"]);
    assert_eq!(told, format!("removed 2.00 MB from {}\n", cache.display()));
    assert!(!cache.join("zig").exists() && cache.join("stages/k/r/0").exists());

    run(&["cache", "clean"]);
    assert!(!cache.join("stages").exists() && cache.join("tools/go/go").exists());
    run(&["cache", "clean", "--all"]);
    assert!(!cache.join("tools/go").exists());
}

#[test]
fn a_size_that_is_no_number_is_refused() {
    Test::new()
        .args(&["cache", "prune", "--keep", "much"])
        .fails_with(2, &["invalid value 'much'"]);
}
