//! Entries: found again, refused when damaged, written by several at once, removed by age.

use std::time::{Duration, SystemTime};

use serde_json::json;

use super::*;
use crate::process::Environment;

struct Place {
    dir: tempfile::TempDir,
    cache: Cache,
    environment: Environment,
}

impl Place {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let environment: Environment =
            [("PYGO_CACHE_DIR", dir.path().join("cache"))].into_iter().collect();
        fs::create_dir(dir.path().join("project")).unwrap();
        fs::write(dir.path().join("project/a.go"), "1").unwrap();
        Self { cache: Cache::new(&environment).unwrap(), environment, dir }
    }

    fn root(&self) -> PathBuf {
        self.dir.path().join("project")
    }

    fn store(&self) -> Store<'_> {
        Store::new(&self.cache, &self.root(), &self.environment).unwrap()
    }

    fn keep(&self, key: &str, content: &str) {
        self.keep_at(&self.root(), key, content);
    }

    fn keep_at(&self, root: &Path, key: &str, content: &str) {
        let made = tempfile::NamedTempFile::new_in(self.dir.path()).unwrap();
        fs::write(made.path(), content).unwrap();
        let mut places = Collector::new(Bases::default().project(root));
        places.sources(root);
        let reads = places.look(SystemTime::now() + Duration::from_secs(60)).unwrap();
        let files = vec![("lib.so".to_owned(), made.path().to_owned())];
        let saved = Saved { files, value: json!({"x": 1}), reads };
        let store = Store::new(&self.cache, root, &self.environment).unwrap();
        let notes = vec!["a note".to_owned()];
        let time = (SystemTime::now() + Duration::from_secs(60), Duration::from_secs(9));
        store.keep(key, Bases::default(), saved, notes, time);
    }

    fn found(&self, key: &str) -> Option<String> {
        let found = self.store().find(key, Bases::default())?;
        assert_eq!((found.value, found.notes), (json!({"x": 1}), vec!["a note".to_owned()]));
        let [FoundFile { name, bytes, .. }] = &found.files[..] else { panic!() };
        assert_eq!(name, "lib.so");
        Some(String::from_utf8(bytes.clone()).unwrap())
    }

    /// The files of the only entry of `key`.
    fn entry(&self, key: &str) -> PathBuf {
        let above = self.cache.root().join("stages").join(key);
        fs::read_dir(above).unwrap().next().unwrap().unwrap().path()
    }
}

#[test]
fn an_entry_serves_its_key_and_the_files_it_read() {
    let place = Place::new();
    assert_eq!(place.found("k"), None);
    place.keep("k", "one");
    assert_eq!(place.found("k").as_deref(), Some("one"));
    assert_eq!(place.found("other"), None);
    fs::write(place.root().join("a.go"), "2").unwrap();
    assert_eq!(place.found("k"), None);
    place.keep("k", "two");
    assert_eq!(place.found("k").as_deref(), Some("two"));
    fs::write(place.root().join("a.go"), "1").unwrap();
    assert_eq!(place.found("k").as_deref(), Some("one"), "both states are kept");
}

#[test]
fn a_copy_of_the_project_has_its_entries_unless_they_contain_its_path() {
    let place = Place::new();
    let copy = place.dir.path().join("copy");
    fs::create_dir(&copy).unwrap();
    fs::copy(place.root().join("a.go"), copy.join("a.go")).unwrap();
    place.keep_at(&copy, "k", "made");
    assert_eq!(place.found("k").as_deref(), Some("made"));
    place.keep_at(&copy, "other", &format!("made in {}/a.go", copy.display()));
    assert_eq!(place.found("other"), None);
    place.keep("other", &format!("made in {}/a.go", place.root().display()));
    assert!(place.found("other").is_some());
}

#[test]
fn a_damaged_entry_is_removed_and_made_again() {
    let damages: [fn(&Path); 5] = [
        |entry| fs::write(entry.join("0"), "lies").unwrap(),
        |entry| fs::remove_file(entry.join("0")).unwrap(),
        |entry| fs::write(entry.join(DESCRIPTION), "").unwrap(),
        |entry| {
            let text = fs::read_to_string(entry.join(DESCRIPTION)).unwrap();
            fs::write(entry.join(DESCRIPTION), text.replace("\"x\":1", "\"x\":2")).unwrap();
        },
        |entry| {
            let text = fs::read(entry.join(DESCRIPTION)).unwrap();
            fs::write(entry.join(DESCRIPTION), &text[..text.len() - 1]).unwrap();
        },
    ];
    for damage in damages {
        let place = Place::new();
        place.keep("k", "one");
        damage(&place.entry("k"));
        assert_eq!(place.found("k"), None);
        place.keep("k", "one");
        assert_eq!(place.found("k").as_deref(), Some("one"));
    }
}

#[test]
fn several_writers_and_readers_see_whole_entries_only() {
    let place = &Place::new();
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for _ in 0..20 {
                    place.keep("k", "same");
                    if let Some(found) = place.store().find("k", Bases::default()) {
                        assert_eq!(found.files[0].bytes, b"same");
                    }
                    place.store().discard(&place.cache.root().join("stages/k").join("none"));
                }
            });
        }
    });
    assert_eq!(place.found("k").as_deref(), Some("same"));
    let left = fs::read_dir(place.cache.root().join("tmp")).unwrap().count();
    assert_eq!(left, 0, "temporary directories");
}

fn keep(bytes: u64) -> Limits {
    Limits { keep: bytes, unused: None }
}

#[test]
fn the_entries_used_least_recently_are_removed_first() {
    let place = Place::new();
    let make_older = |age: u64, key: &str| {
        let file = fs::File::options().append(true).open(place.entry(key).join(DESCRIPTION));
        let time = SystemTime::now() - Duration::from_secs(age);
        file.unwrap().file().set_modified(time).unwrap();
    };
    for (age, key) in [(30, "old"), (20, "middle"), (10, "new")] {
        place.keep(key, &"x".repeat(4000));
        make_older(age, key);
    }
    assert_eq!(prune(&place.cache, keep(1 << 30)), 0);
    assert!(place.found("old").is_some(), "and now it is the newest");
    assert!(prune(&place.cache, keep(10_000)) > 4000);
    assert_eq!(["old", "middle", "new"].map(|key| place.found(key).is_some()), [true, false, true]);
    make_older(60, "new");
    let unused =
        |seconds| Limits { unused: Some(Duration::from_secs(seconds)), ..Limits::default() };
    assert_eq!(prune(&place.cache, unused(120)), 0);
    assert!(prune(&place.cache, unused(5)) > 4000);
    assert_eq!(["old", "new"].map(|key| place.found(key).is_some()), [true, false]);
    prune(&place.cache, keep(0));
    assert_eq!(fs::read_dir(place.cache.root().join("stages")).unwrap().count(), 0);
}

#[test]
fn links_in_the_cache_are_not_pruned() {
    let place = Place::new();
    place.keep("a", "1");
    let other = place.dir.path().join("other");
    fs::create_dir_all(other.join("key/entry")).unwrap();
    fs::write(other.join("key/entry/0"), "other").unwrap();
    let stages = place.cache.root().join("stages");
    fs_err::os::unix::fs::symlink(other.join("key"), stages.join("b")).unwrap();
    fs_err::os::unix::fs::symlink(other.join("key/entry"), stages.join("a/link")).unwrap();
    prune(&place.cache, keep(0));
    assert_eq!(place.found("a"), None);
    fs::remove_dir_all(&stages).unwrap();
    fs_err::os::unix::fs::symlink(&other, &stages).unwrap();
    assert_eq!(prune(&place.cache, keep(0)), 0);
    assert_eq!(fs::read_to_string(other.join("key/entry/0")).unwrap(), "other");
}
