//! Pruning a store that machines share: what goes, what stays, and that nobody notices meanwhile.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, SystemTime};

use serde_json::json;

use super::directory::{Directory, Place};
use super::prune_shared::prune;
use super::*;

const DAY: Duration = Duration::from_secs(24 * 60 * 60);
const KEEP_ALL: Limits = Limits { keep: u64::MAX, unused: None };

/// A machine that shares a directory with others.
struct Machine {
    dir: tempfile::TempDir,
    environment: Environment,
}

impl Machine {
    fn new(shared: &Path) -> Self {
        let dir = tempfile::tempdir().unwrap();
        fs::create_dir(dir.path().join("project")).unwrap();
        fs::write(dir.path().join("project/a.go"), "1").unwrap();
        let cache = ("PYGO_CACHE_DIR", dir.path().join("cache"));
        let environment = [cache, ("PYGO_SHARED_CACHE", shared.to_owned())].into_iter().collect();
        Self { dir, environment }
    }

    fn store<T>(&self, run: impl FnOnce(&Store<'_>) -> T) -> T {
        let cache = Cache::new(&self.environment).unwrap();
        run(&Store::new(&cache, &self.dir.path().join("project"), &self.environment).unwrap())
    }

    /// Keeps an entry of `key` with files that contain `texts`.
    fn keep(&self, key: &str, texts: &[&str]) {
        let files: Vec<_> = texts
            .iter()
            .map(|text| {
                let path = self.dir.path().join(fingerprint::of(text.as_bytes()));
                fs::write(&path, text).unwrap();
                ((*text).chars().take(3).collect(), path)
            })
            .collect();
        self.store(|store| {
            let mut places = Collector::new(Bases::default().project(&store.root));
            places.sources(&store.root);
            let reads = places.look(SystemTime::now() + DAY).unwrap();
            let saved = Saved { files, value: json!([]), reads };
            let time = (SystemTime::now() + Duration::from_secs(60), Duration::ZERO);
            store.keep(&id(key), Bases::default(), saved, Vec::new(), time);
        });
    }

    /// Whether this machine finds the entry `key`, and what is wrong with the store.
    fn finds(&self, key: &str) -> (bool, Option<String>) {
        self.store(|store| (store.find(&id(key), Bases::default()).is_some(), store.note()))
    }

    fn prune(&self, limits: Limits) -> crate::error::Result<u64> {
        prune_shared(&self.environment, limits).map(|(_, removed)| removed)
    }
}

/// Keys are digests.
fn id(key: &str) -> String {
    fingerprint::of(key.as_bytes())
}

fn objects(dir: &Path) -> Vec<PathBuf> {
    let entries = walkdir::WalkDir::new(dir).into_iter().flatten();
    entries.filter(|entry| entry.file_type().is_file()).map(|e| e.into_path()).collect()
}

fn make_older(path: &Path, age: Duration) {
    let time = SystemTime::now() - age;
    fs::File::options().append(true).open(path).unwrap().file().set_modified(time).unwrap();
}

#[test]
fn the_entries_used_least_recently_go_with_files_that_nothing_else_needs() {
    let dir = tempfile::tempdir().unwrap();
    let (common, own) = ("c".repeat(4000), "o".repeat(4000));
    let one = Machine::new(dir.path());
    one.keep("old", &[&common, &own]);
    one.keep("new", &[&common]);
    let age = |key: &str, age| {
        for path in objects(&dir.path().join("entries").join(id(key))) {
            make_older(&path, age);
        }
    };
    age("old", 3 * DAY);
    age("new", DAY / 2);
    assert_eq!(one.prune(KEEP_ALL).unwrap(), 0);
    let removed = one.prune(Limits { keep: 8000, unused: None }).unwrap();
    assert!((4000..5000).contains(&removed), "{removed}");
    assert_eq!(Machine::new(dir.path()).finds("old"), (false, None));
    assert_eq!(Machine::new(dir.path()).finds("new"), (true, None));

    // A machine that uses an entry renews it.
    age("new", 3 * DAY);
    assert_eq!(Machine::new(dir.path()).finds("new"), (true, None));
    let unused = Limits { keep: u64::MAX, unused: Some(2 * DAY) };
    assert_eq!(one.prune(unused).unwrap(), 0);
    age("new", 3 * DAY);
    assert!(one.prune(unused).unwrap() > 0);
    assert_eq!(Machine::new(dir.path()).finds("new"), (false, None));
    // Its file is young: another machine may be about to name it.
    for path in objects(dir.path()) {
        make_older(&path, DAY);
    }
    assert_eq!(one.prune(KEEP_ALL).unwrap(), 4000);
    assert_eq!(objects(dir.path()), Vec::<PathBuf>::new());
}

#[test]
fn only_what_pygo_wrote_is_removed() {
    let dir = tempfile::tempdir().unwrap();
    let digest = id("x");
    let mine = [
        "files/notes.txt".to_owned(),
        format!("files/no/{digest}"),
        format!("files/{digest}"),
        format!("entries/{digest}/{}/{digest}", id("y")),
        "entries/list".to_owned(),
        "wheel.whl".to_owned(),
    ];
    let pygos = [
        format!("files/{}/{digest}", &digest[..2]),
        "files/00/.pygo-0123456789abcdef.part".to_owned(),
        // Damaged.
        format!("entries/{digest}/{digest}"),
    ];
    for name in mine.iter().chain(&pygos) {
        let path = dir.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        if !path.is_dir() {
            fs::write(&path, "text").unwrap();
            make_older(&path, DAY);
        }
    }
    let before = objects(dir.path()).len();
    let limits = Limits { keep: 0, unused: Some(Duration::ZERO) };
    assert_eq!(Machine::new(dir.path()).prune(limits).unwrap(), 4 * 3);
    assert_eq!(objects(dir.path()).len(), before - 3);
    assert!(pygos.iter().all(|name| !dir.path().join(name).exists()));
}

#[test]
fn machines_that_use_the_store_notice_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let done = AtomicBool::new(false);
    let (place, shared) = (Directory(dir.path().to_owned()), dir.path());
    std::thread::scope(|scope| {
        scope.spawn(|| {
            while !done.load(Ordering::SeqCst) {
                prune(&place, Limits { keep: 5000, unused: None }).unwrap();
            }
        });
        let machines: Vec<_> = (0..2)
            .map(|number| {
                scope.spawn(move || {
                    for round in 0..15 {
                        let key = format!("{}", (round + number) % 5);
                        let machine = Machine::new(shared);
                        let (found, note) = machine.finds(&key);
                        assert_eq!(note, None);
                        if !found {
                            machine.keep(&key, &[&key.repeat(2000), &"common".repeat(100)]);
                        }
                    }
                })
            })
            .collect();
        let ended: Vec<_> = machines.into_iter().map(|machine| machine.join()).collect();
        done.store(true, Ordering::SeqCst);
        assert!(ended.iter().all(Result::is_ok));
    });
    // Whatever is left is whole.
    for object in place.list_all("files").unwrap() {
        let bytes = place.get(&object.name, u64::MAX).unwrap().unwrap();
        assert!(object.name.ends_with(&fingerprint::of(&bytes)));
    }
}

#[test]
fn a_store_that_may_not_be_changed_is_not_pruned() {
    let dir = tempfile::tempdir().unwrap();
    let prune = |variables: &[(&str, &Path)]| {
        let environment: Environment = variables.iter().copied().collect();
        prune_shared(&environment, KEEP_ALL).unwrap_err()
    };
    let shared = ("PYGO_SHARED_CACHE", dir.path());
    let failure = prune(&[shared, ("PYGO_SHARED_CACHE_MODE", Path::new("read-only"))]);
    assert_eq!(failure.found, "PYGO_SHARED_CACHE_MODE is read-only");
    let failure = prune(&[]);
    assert_eq!((failure.kind.exit_code(), &*failure.found), (2, "PYGO_SHARED_CACHE is not set"));
    let failure = prune(&[("PYGO_SHARED_CACHE", &dir.path().join("missing"))]);
    assert_eq!(failure.kind.exit_code(), 6);
    assert!(failure.found.contains("missing"), "{failure}");
}

#[test]
fn what_is_no_description_is_removed_unread_and_links_lead_nowhere() {
    let dir = tempfile::tempdir().unwrap();
    let (shared, other) = (dir.path().join("shared"), dir.path().join("other"));
    fs::create_dir_all(shared.join("entries").join(id("huge"))).unwrap();
    let machine = Machine::new(&shared);
    machine.keep("good", &["good"]);
    // A file with a hole: it takes no space, but reading it would.
    let huge = shared.join("entries").join(id("huge")).join(id("state"));
    fs::File::create(&huge).unwrap().set_len(64 << 30).unwrap();
    let there = other.join(id("state"));
    fs::create_dir(&other).unwrap();
    fs::write(&there, "other").unwrap();
    make_older(&there, 9 * DAY);
    fs_err::os::unix::fs::symlink(&other, shared.join("entries").join(id("link"))).unwrap();
    let file = huge.with_file_name(id("link"));
    fs_err::os::unix::fs::symlink(&there, &file).unwrap();
    assert!(!machine.finds("huge").0);
    assert_eq!(machine.prune(KEEP_ALL).unwrap(), 64 << 30);
    assert!(!huge.exists() && file.is_symlink());
    assert_eq!(machine.finds("good"), (true, None));
    let unused = Limits { keep: 0, unused: Some(DAY) };
    machine.prune(unused).unwrap();
    assert_eq!(fs::read_to_string(there).unwrap(), "other");
}
