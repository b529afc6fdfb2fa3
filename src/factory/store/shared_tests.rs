//! The shared store: another machine finds what one made, and nothing that is wrong with the store
//! is more than a note.

use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use serde_json::json;

use super::*;

/// Keys are digests.
const KEY: &str = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

/// Several machines with one project and one shared directory.
struct Machines(tempfile::TempDir);

impl Machines {
    fn new() -> Self {
        let this = Self(tempfile::tempdir().unwrap());
        fs::create_dir(this.0.path().join("shared")).unwrap();
        this
    }

    fn shared(&self) -> PathBuf {
        self.0.path().join("shared")
    }

    /// Calls `run` with the store of the machine `name`, where `variables` are set.
    fn on<T>(
        &self,
        name: &str,
        variables: &[(&str, &str)],
        run: impl FnOnce(&Store<'_>) -> T,
    ) -> T {
        let dir = self.0.path().join(name);
        fs::create_dir_all(dir.join("project")).unwrap();
        fs::write(dir.join("project/a.go"), "1").unwrap();
        let own = [("PYGO_CACHE_DIR", dir.join("cache")), ("PYGO_SHARED_CACHE", self.shared())];
        let given = variables.iter().map(|(name, value)| (*name, PathBuf::from(value)));
        let environment: Environment = own.into_iter().chain(given).collect();
        let cache = Cache::new(&environment).unwrap();
        run(&Store::new(&cache, &dir.join("project"), &environment).unwrap())
    }

    fn keep(store: &Store<'_>) {
        let made = tempfile::NamedTempFile::new().unwrap();
        fs::write(made.path(), "made").unwrap();
        let mut places = Collector::new(Bases::default().project(&store.root));
        places.sources(&store.root);
        let reads = places.look(SystemTime::now() + Duration::from_secs(60)).unwrap();
        let files = vec![("lib.so".to_owned(), made.path().to_owned())];
        let flag = format!("-I{}", store.root.display());
        let saved = Saved { files, value: json!([flag]), reads };
        let time = (SystemTime::now() + Duration::from_secs(60), Duration::ZERO);
        store.keep(KEY, Bases::default(), saved, vec!["a note".to_owned()], time);
    }

    fn found(store: &Store<'_>) -> Option<Vec<u8>> {
        let found = store.find(KEY, Bases::default())?;
        assert_eq!(found.notes, ["a note"]);
        assert_eq!(found.value, json!([format!("-I{}", store.root.display())]));
        Some(found.files.into_iter().next().unwrap().bytes)
    }

    fn objects(&self) -> Vec<PathBuf> {
        let entries = walkdir::WalkDir::new(self.shared()).into_iter().flatten();
        entries.filter(|entry| entry.file_type().is_file()).map(|e| e.into_path()).collect()
    }
}

#[test]
fn another_machine_finds_an_entry_and_keeps_it() {
    let machines = Machines::new();
    machines.on("one", &[], Machines::keep);
    assert_eq!(machines.objects().len(), 2);
    let found = |variables: &[(&str, &str)]| machines.on("two", variables, Machines::found);
    assert_eq!(found(&[]).as_deref(), Some(&b"made"[..]));
    assert_eq!(found(&[("PYGO_SHARED_CACHE", "")]).as_deref(), Some(&b"made"[..]));
    // A machine with another state of the project has no use for it.
    machines.on("three", &[], |store| {
        fs::write(store.root.join("a.go"), "2").unwrap();
        assert_eq!(Machines::found(store), None);
        assert_eq!(store.note(), None);
    });
}

#[test]
fn a_store_to_read_gets_no_entries() {
    let machines = Machines::new();
    machines.on("one", &[("PYGO_SHARED_CACHE_MODE", "read-only")], Machines::keep);
    assert!(machines.objects().is_empty());
    machines.on("one", &[("PYGO_SHARED_CACHE_MODE", "read-write")], Machines::keep);
    assert_eq!(machines.objects().len(), 2);
    let read = [("PYGO_SHARED_CACHE_MODE", "read-only")];
    assert!(machines.on("two", &read, Machines::found).is_some());
}

#[test]
fn what_is_damaged_is_not_used_and_noted_once() {
    let damages: [fn(&Path); 3] = [
        |object| fs::write(object, "lies").unwrap(),
        |object| fs::write(object, "").unwrap(),
        |object| {
            let bytes = fs::read(object).unwrap();
            fs::write(object, &bytes[..bytes.len() - 1]).unwrap();
        },
    ];
    for damage in damages {
        for which in ["entries", "files"] {
            let machines = Machines::new();
            machines.on("one", &[], Machines::keep);
            let object =
                machines.objects().into_iter().find(|o| o.to_str().unwrap().contains(which));
            damage(&object.unwrap());
            machines.on("two", &[], |store| {
                assert_eq!((Machines::found(store), Machines::found(store)), (None, None));
                let note = store.note().unwrap();
                assert!(
                    note.contains("is not usable: ") && note.ends_with(" is damaged"),
                    "{note}"
                );
                Machines::keep(store);
            });
            assert!(machines.on("three", &[], Machines::found).is_some(), "it was replaced");
        }
    }
    let machines = Machines::new();
    machines.on("one", &[], Machines::keep);
    let file = machines.objects().into_iter().find(|o| o.to_str().unwrap().contains("/files/"));
    fs::remove_file(file.unwrap()).unwrap();
    assert_eq!(machines.on("two", &[], Machines::found), None);
}

#[test]
fn a_store_that_cannot_be_used_is_a_note_without_secrets() {
    let machines = Machines::new();
    let note = |name: &str, value: &str| {
        machines.on("one", &[(name, value)], |store| {
            Machines::keep(store);
            assert!(Machines::found(store).is_some(), "the cache of this machine works");
            store.find("other", Bases::default());
            store.note().unwrap()
        })
    };
    let missing = note("PYGO_SHARED_CACHE", "/nowhere/at/all");
    assert!(missing.starts_with("the shared cache /nowhere/at/all is not usable: "), "{missing}");
    assert!(!Path::new("/nowhere").exists());
    let unknown = note("PYGO_SHARED_CACHE", "gs://bucket");
    assert!(unknown.ends_with("gs:// is not supported: name a directory or s3://"), "{unknown}");
    let mode = note("PYGO_SHARED_CACHE_MODE", "write");
    assert!(mode.contains("PYGO_SHARED_CACHE_MODE is `write`: set read-only"), "{mode}");
    let secret = note("PYGO_SHARED_CACHE", "s3://user:hunter2@bucket/x");
    assert!(secret.starts_with("the shared cache PYGO_SHARED_CACHE"), "{secret}");
    assert!(!secret.contains("hunter2"), "{secret}");
}
