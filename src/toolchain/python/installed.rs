//! What is installed where an interpreter looks for modules.
//!
//! In: its directories, and the requirements of a distribution. Out: where a distribution is, as
//! `importlib.metadata` finds it, and whether everything required is installed. In doubt it is not:
//! an installer then finds out.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use fs_err as fs;

use crate::wheel::{DistName, Metadata};

/// The distributions in a list of directories.
#[derive(Debug)]
pub struct Installed {
    /// The `.dist-info` directory of each by its normalized name; `None` if there is any doubt
    /// about which one counts.
    places: BTreeMap<String, Option<PathBuf>>,
}

/// Entries that describe a distribution without METADATA and RECORD.
const LEGACY: &[&str] = &[".egg-info", ".egg-link", ".egg"];

impl Installed {
    /// The distributions in `dirs`: of two with the same name, the one in the first directory.
    pub(super) fn within<'a>(dirs: impl IntoIterator<Item = &'a PathBuf>) -> Self {
        let mut places = BTreeMap::new();
        for dir in dirs {
            let Ok(entries) = fs::read_dir(dir) else { continue };
            let mut found: BTreeMap<String, Option<PathBuf>> = BTreeMap::new();
            for entry in entries.flatten() {
                let Some((name, path)) = distribution(&entry.path()) else { continue };
                found.entry(name).and_modify(|known| *known = None).or_insert(path);
            }
            for (name, path) in found {
                places.entry(name).or_insert(path);
            }
        }
        Self { places }
    }

    /// The `.dist-info` directory of `name`.
    pub fn dist_info(&self, name: &DistName) -> Option<&Path> {
        self.places.get(name.normalized())?.as_deref()
    }

    /// Whether everything is installed that a distribution with `metadata` requires, directly or
    /// indirectly, without an extra. `variables` are those of markers.
    pub(super) fn satisfies(
        &self,
        metadata: &Metadata,
        variables: &BTreeMap<String, String>,
    ) -> bool {
        let mut seen = BTreeSet::new();
        let mut left = vec![(metadata.clone(), String::new())];
        while let Some((metadata, extra)) = left.pop() {
            for requirement in metadata.requirements() {
                let Ok(requirement) = requirement else { return false };
                match requirement.applies(variables, &extra) {
                    Some(true) => {}
                    Some(false) => continue,
                    None => return false,
                }
                let Some(installed) = self.metadata(&requirement.name) else { return false };
                if requirement.allows(&installed.version) != Some(true) {
                    return false;
                }
                for extra in [""].iter().chain(&requirement.extras).map(ToString::to_string) {
                    if seen.insert((requirement.name.normalized().to_owned(), extra.clone())) {
                        left.push((installed.clone(), extra));
                    }
                }
            }
        }
        true
    }

    fn metadata(&self, name: &DistName) -> Option<Metadata> {
        let bytes = fs::read(self.dist_info(name)?.join("METADATA")).ok()?;
        Metadata::parse(&bytes).ok()
    }
}

/// The distribution that the directory entry `path` describes: its normalized name, and `path` if
/// that is a `.dist-info` directory.
fn distribution(path: &Path) -> Option<(String, Option<PathBuf>)> {
    let file = path.file_name()?.to_str()?;
    let (stem, place) = match file.strip_suffix(".dist-info") {
        Some(stem) => (stem.rsplit_once('-')?.0, Some(path.to_owned())),
        None => (LEGACY.iter().find_map(|end| file.strip_suffix(end))?, None),
    };
    // The version is optional in old names, and a name in them has no `-`.
    let name = if place.is_some() { stem } else { stem.split('-').next()? };
    Some((name.parse::<DistName>().ok()?.normalized().to_owned(), place))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn add(dir: &Path, name: &str, version: &str, requires: &[&str]) {
        let place = dir.join(format!("{name}-{version}.dist-info"));
        fs::create_dir_all(&place).unwrap();
        fs::write(place.join("METADATA"), metadata(name, version, requires)).unwrap();
    }

    fn metadata(name: &str, version: &str, requires: &[&str]) -> String {
        let requires: String =
            requires.iter().map(|text| format!("Requires-Dist: {text}\n")).collect();
        format!("Metadata-Version: 2.4\nName: {name}\nVersion: {version}\n{requires}")
    }

    fn satisfies(dirs: &[PathBuf], requires: &[&str]) -> bool {
        let metadata = Metadata::parse(metadata("own", "1", requires).as_bytes()).unwrap();
        let variables = [("sys_platform".to_owned(), "linux".to_owned())].into();
        Installed::within(dirs).satisfies(&metadata, &variables)
    }

    #[test]
    fn requirements_are_followed_to_the_end() {
        let root = tempfile::tempdir().unwrap();
        let dirs = [root.path().to_owned()];
        add(root.path(), "Cffi_X", "2.0", &["pycparser; sys_platform != 'win32'", "cffi-x"]);
        assert!(satisfies(&dirs, &[]));
        assert!(!satisfies(&dirs, &["cffi-x"]), "pycparser is missing");
        add(root.path(), "pycparser", "3.0", &["more; extra == 'all'"]);
        assert!(satisfies(&dirs, &["cffi-x>=1", "other; sys_platform == 'win32'"]));
        assert!(!satisfies(&dirs, &["cffi-x>=3"]));
        assert!(!satisfies(&dirs, &["cffi-x", "other"]));
        assert!(!satisfies(&dirs, &["pycparser[all]"]), "more is missing");
        assert!(!satisfies(&dirs, &["pycparser @ https://host/pycparser.whl"]));
        assert!(!satisfies(&dirs, &["pycparser; os_name == 'posix'"]), "unknown here");
        assert!(!satisfies(&dirs, &["pycparser>>1"]));
    }

    #[test]
    fn what_python_would_find_counts() {
        let root = tempfile::tempdir().unwrap();
        let dirs = ["first", "second", "none"].map(|name| root.path().join(name));
        add(&dirs[1], "foo", "2.0", &[]);
        assert!(satisfies(&dirs, &["foo==2.0"]));
        add(&dirs[0], "foo", "1.0", &[]);
        assert!(!satisfies(&dirs, &["foo==2.0"]), "the first directory wins");
        add(&dirs[0], "foo", "2.0", &[]);
        assert!(!satisfies(&dirs, &["foo"]), "there are two");
        add(&dirs[1], "bar", "1.0", &[]);
        assert!(satisfies(&dirs, &["bar"]));
        fs::write(dirs[0].join("bar-1.0-py3.12.egg-info"), "").unwrap();
        assert!(!satisfies(&dirs, &["bar"]), "its version is unknown");
        let installed = Installed::within(&dirs);
        assert_eq!(installed.dist_info(&"bar".parse().unwrap()), None);
        fs::remove_file(dirs[0].join("bar-1.0-py3.12.egg-info")).unwrap();
        let found = dirs[1].join("bar-1.0.dist-info");
        assert_eq!(Installed::within(&dirs).dist_info(&"Bar".parse().unwrap()), Some(&*found));
    }
}
