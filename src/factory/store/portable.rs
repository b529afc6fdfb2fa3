//! What a stage read, in a form that other machines can compare: contents instead of time stamps, and
//! the checksums of go.sum instead of modules that may not be downloaded there.
//!
//! Converts the reads of this machine into that form, and back.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use fs_err as fs;

use super::bases::Bases;
use super::go_sum::{module_of, sum, sums};
use super::reads::{How, Reads, Seen, content, listing};
use crate::toolchain::Cache;

/// The name of the directory of downloaded Go modules.
pub(in crate::factory) const MODULES: &str = "modules";

impl Reads {
    /// The same for all machines; nothing if something has changed meanwhile.
    pub(super) fn portable(&self, bases: &Bases, cache: &Cache) -> Option<Self> {
        let known = self.sums(bases);
        let mut seen = BTreeSet::new();
        for place in &self.seen {
            let module = (place.base == MODULES).then(|| module_of(&place.path)).flatten();
            let named = module.and_then(|dir| Some((sum(&known, &dir)?.to_owned(), dir)));
            seen.insert(match named {
                Some((expected, path)) => {
                    let how = How::Module;
                    let made = Seen { how, base: place.base.clone(), path, known: expected };
                    // Somebody may have edited the module.
                    if !seen.contains(&made) && !made.is_here(bases, cache, &known)? {
                        return None;
                    }
                    made
                }
                None if place.how == How::Stamp => {
                    let path = place.place(bases)?;
                    Seen { how: How::Files, known: contents(&path, cache), ..place.clone() }
                }
                None => place.clone(),
            });
        }
        let portable = Self { seen: seen.into_iter().collect(), tied: self.tied.clone() };
        self.are_unchanged(bases).then_some(portable)
    }

    /// A portable list for this machine only, whose places are compared faster; nothing if this
    /// machine has something else.
    pub(super) fn of_here(&self, bases: &Bases, cache: &Cache) -> Option<Self> {
        let known = self.sums(bases);
        let mut here = Self { seen: Vec::new(), tied: self.tied.clone() };
        for place in &self.seen {
            let path = place.place(bases)?;
            let how = match place.how {
                How::Files => How::Stamp,
                How::Module if path.exists() => How::Tree,
                // It counts again as soon as it is there.
                How::Module => How::Names,
                other => other,
            };
            let seen = if how == place.how { place.known.clone() } else { how.look(&path) };
            if !place.is_here(bases, cache, &known)? {
                return None;
            }
            here.seen.push(Seen { how, known: seen, ..place.clone() });
        }
        here.are_unchanged(bases).then_some(here)
    }

    /// Whether a module that was read is not on this machine.
    pub(super) fn lack_modules(&self, bases: &Bases) -> bool {
        let is_missing = |seen: &Seen| {
            seen.how == How::Module && seen.place(bases).is_none_or(|path| !path.exists())
        };
        self.seen.iter().any(is_missing)
    }

    /// The checksums of modules in the project's go.sum files.
    fn sums(&self, bases: &Bases) -> BTreeMap<String, String> {
        let files = self.seen.iter().filter(|seen| seen.path.ends_with("go.sum"));
        let texts = files.filter_map(|seen| fs::read_to_string(seen.place(bases)?).ok());
        texts.flat_map(|text| sums(&text)).collect()
    }
}

impl Seen {
    /// Whether the file is the same on this machine; `None` if this machine has no such place.
    fn is_here(
        &self,
        bases: &Bases,
        cache: &Cache,
        known: &BTreeMap<String, String>,
    ) -> Option<bool> {
        let path = self.place(bases)?;
        Some(match self.how {
            How::Files => contents(&path, cache) == self.known,
            How::Module if path.exists() => module(&path, &self.path, cache) == self.known,
            How::Module => sum(known, &self.path) == Some(&self.known),
            How::Stamp | How::Tree => return None,
            How::Content | How::Names | How::Sources => self.how.look(&path) == self.known,
        })
    }
}

/// A digest of a file, or of the files in a directory; kept while their time stamps are the same.
fn contents(path: &Path, cache: &Cache) -> String {
    cache.computed("contents", vec![path.to_owned()], || {
        if !path.is_dir() {
            return content(path);
        }
        // Python writes it whenever it imports something.
        let counts = |path: &Path| path.file_name().is_none_or(|name| name != "__pycache__");
        listing(path, counts, content)
    })
}

/// The checksum of the module in the directory `path`; kept as above.
fn module(path: &Path, name: &Path, cache: &Cache) -> String {
    let entries = walkdir::WalkDir::new(path).into_iter().filter_map(Result::ok);
    let dirs = entries.filter(|entry| entry.file_type().is_dir());
    let dirs: Vec<PathBuf> = dirs.map(walkdir::DirEntry::into_path).collect();
    cache.computed("module", dirs, || {
        super::go_sum::checksum(path, name).unwrap_or_else(|error| error.to_string())
    })
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, SystemTime};

    use super::super::reads::Collector;
    use super::*;
    use crate::process::Environment;

    /// A machine with a project, Go and perhaps a module.
    struct Machine(tempfile::TempDir);

    impl Machine {
        fn new(files: &[(&str, &str)]) -> Self {
            let this = Self(tempfile::tempdir().unwrap());
            this.write(files);
            this
        }

        fn write(&self, files: &[(&str, &str)]) {
            for (path, text) in files {
                let path = self.0.path().join(path);
                fs::create_dir_all(path.parent().unwrap()).unwrap();
                fs::write(path, text).unwrap();
            }
        }

        fn bases(&self) -> Bases {
            let at = |name: &str| self.0.path().join(name);
            Bases::default().project(&at("p")).tool("go", &at("go")).tool(MODULES, &at("mod"))
        }

        fn cache(&self) -> Cache {
            let dir = self.0.path().join("cache");
            let environment: Environment = [("PYGO_CACHE_DIR", dir)].into_iter().collect();
            Cache::new(&environment).unwrap()
        }

        fn reads(&self) -> Reads {
            let at = |name: &str| self.0.path().join(name);
            let mut places = Collector::new(self.bases());
            places.sources(&at("p/go"));
            places.content(&at("p/go.sum"));
            places.stamp(&at("go/src/fmt"));
            places.stamp(&at("mod/example.org/!x@v1.0.0/sub"));
            places.content(&at("mod/example.org/!x@v1.0.0/data/a.txt"));
            places.look(SystemTime::now() + Duration::from_secs(60)).unwrap()
        }
    }

    const MODULE: [(&str, &str); 3] = [
        ("mod/example.org/!x@v1.0.0/go.mod", "module example.org/X\n"),
        ("mod/example.org/!x@v1.0.0/sub/x.go", "package sub\n"),
        ("mod/example.org/!x@v1.0.0/data/a.txt", "a"),
    ];

    fn project() -> [(&'static str, String); 3] {
        let lines = MODULE.map(|(path, text)| {
            let name = path.replace("mod/example.org/!x", "example.org/X");
            (name.clone(), format!("{}  {name}\n", crate::wheel::Digest::of(text.as_bytes()).hex()))
        });
        let mut lines = lines.to_vec();
        lines.sort();
        let text: String = lines.into_iter().map(|(_, line)| line).collect();
        let sum = crate::wheel::Digest::of(text.as_bytes());
        let sum = super::super::go_sum::written(sum);
        [
            ("p/go/main.go", "package main".to_owned()),
            (
                "p/go.sum",
                format!("example.org/X v1.0.0 {sum}\nexample.org/X v1.0.0/go.mod h1:x=\n"),
            ),
            ("go/src/fmt/print.go", "package fmt".to_owned()),
        ]
    }

    fn machine(with_module: bool) -> Machine {
        let own = project();
        let own: Vec<_> = own.iter().map(|(path, text)| (*path, text.as_str())).collect();
        let machine = Machine::new(&own);
        machine.write(if with_module { &MODULE } else { &[] });
        machine
    }

    #[test]
    fn another_machine_recognizes_the_same_files_with_or_without_the_module() {
        let first = machine(true);
        let portable = first.reads().portable(&first.bases(), &first.cache()).unwrap();
        for with_module in [true, false] {
            let second = machine(with_module);
            assert!(!first.reads().are_unchanged(&second.bases()), "other time stamps");
            let here = portable.of_here(&second.bases(), &second.cache()).unwrap();
            assert!(here.are_unchanged(&second.bases()));
            assert_eq!(portable.lack_modules(&second.bases()), !with_module);
            let changes = [
                ("p/go/main.go", "package other"),
                ("p/go/x_linux.go", "package main"),
                ("go/src/fmt/print.go", "package fmt // edited"),
                ("go/src/fmt/more.go", "package fmt"),
                ("mod/example.org/!x@v1.0.0/sub/x.go", "package sub // edited"),
                ("p/go.sum", ""),
            ];
            for change in changes {
                let second = machine(with_module);
                let here = portable.of_here(&second.bases(), &second.cache()).unwrap();
                second.write(&[change]);
                assert!(!here.are_unchanged(&second.bases()), "{change:?}");
                let again = portable.of_here(&second.bases(), &second.cache());
                assert_eq!(again, None, "{change:?}");
            }
        }
    }

    #[test]
    fn what_an_edited_module_made_is_for_this_machine_only() {
        let first = machine(true);
        first.write(&[("mod/example.org/!x@v1.0.0/data/b.txt", "mine")]);
        assert_eq!(first.reads().portable(&first.bases(), &first.cache()), None);
    }
}
