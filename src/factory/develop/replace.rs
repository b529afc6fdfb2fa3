//! Replaces the file of an installed distribution that differs in a new wheel of it.
//!
//! Input: the wheel, and the installed `.dist-info` directory. Output: whether the wheel is what is
//! installed now. If not, an installer takes over, as for everything unexpected: other files, other
//! metadata, a file that does not match RECORD, an unusual directory.
//!
//! Nobody ever sees half of an installation, whenever this run is killed. Only one file outside
//! `.dist-info` may differ, and renaming it is atomic. RECORD is written last: until then, the file
//! does not match it, so that the next run leaves the repair to the installer.

use std::collections::BTreeMap;
use std::fs::Permissions;
use std::io::{Result, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use fs_err as fs;

use super::origin;
use crate::process::Temporary;
use crate::wheel::record::{self, Row};
use crate::wheel::{Digest, File, MemberPath, WheelFile};

/// Makes `wheel` what is installed at `dist_info`, where direct_url.json must be `origin`. Returns
/// whether it is; the installation is as it was otherwise, or does not match its RECORD.
pub(super) fn replace(wheel: &WheelFile, dist_info: &Path, origin: &[u8]) -> bool {
    let Some(installation) = Installation::open(dist_info) else { return false };
    let Some(changed) = installation.changed(wheel, origin) else { return false };
    changed.is_empty() || installation.put(&changed).is_ok()
}

/// A file of a wheel that differs from the installed one.
type Changed<'w> = (&'w MemberPath, &'w File);

/// An installed distribution.
struct Installation<'a> {
    /// The directory that RECORD's paths are relative to.
    site: &'a Path,
    /// The name of the `.dist-info` directory.
    dir: &'a str,
    rows: Vec<Row>,
    /// Another run of pygo must not replace anything meanwhile.
    _lock: fs::File,
}

impl<'a> Installation<'a> {
    /// The one at `dist_info`, if its RECORD can be read.
    fn open(dist_info: &'a Path) -> Option<Self> {
        let site = dist_info.parent()?;
        let dir = dist_info.file_name()?.to_str()?;
        if !fs::symlink_metadata(dist_info).ok()?.is_dir() {
            return None;
        }
        let lock = fs::File::open(dist_info).ok()?;
        lock.file().try_lock().ok()?;
        let rows = record::read(&fs::read(dist_info.join("RECORD")).ok()?);
        let rows = rows.into_iter().collect::<std::result::Result<_, _>>().ok()?;
        Some(Self { site, dir, rows, _lock: lock })
    }

    /// The files of `wheel` that differ from the installed ones. `None` if replacing them would not
    /// be enough, or not be safe.
    fn changed<'w>(&self, wheel: &'w WheelFile, origin: &[u8]) -> Option<Vec<Changed<'w>>> {
        if wheel.dist_info != self.dir || !self.is_intact(wheel, origin) {
            return None;
        }
        let rows: BTreeMap<_, _> = self.rows.iter().map(|row| (&*row.path, &*row.hash)).collect();
        let mut changed = Vec::new();
        for (path, file) in &wheel.contents {
            let known = rows.get(path.as_str())?;
            if !self.is_record(path.as_str()) && *known != Digest::of(&file.bytes).to_string() {
                changed.push((path, file));
            }
        }
        let outside = changed.iter().filter(|(path, _)| path.top_dir() != Some(self.dir)).count();
        let replaceable = changed.iter().all(|change| self.is_replaceable(change));
        (outside <= 1 && replaceable).then_some(changed)
    }

    /// Whether RECORD has the files of `wheel`, what installers add, and nothing else, and all of
    /// them are as it says.
    fn is_intact(&self, wheel: &WheelFile, origin: &[u8]) -> bool {
        let mut has_origin = false;
        let mut seen = std::collections::BTreeSet::new();
        self.rows.iter().all(|row| {
            let path = &*row.path;
            let in_dir = path.strip_prefix(self.dir).and_then(|path| path.strip_prefix('/'));
            if in_dir == Some(origin::FILE) {
                has_origin = row.hash == Digest::of(origin).to_string();
            }
            // Commands of entry points are elsewhere; files of packages must be in the wheel.
            let is_known = wheel.contents.contains_key(path)
                || in_dir.is_some()
                || path.starts_with("../")
                || path.starts_with('/');
            let is_compiled = path.contains("__pycache__/") && path.ends_with(".pyc");
            let is_intact = || {
                let bytes = fs::read(self.site.join(path));
                bytes.is_ok_and(|bytes| Digest::of(&bytes).to_string() == row.hash)
            };
            seen.insert(path) && (self.is_record(path) || is_compiled || (is_known && is_intact()))
        }) && has_origin
    }

    fn is_record(&self, path: &str) -> bool {
        path.strip_prefix(self.dir) == Some("/RECORD")
    }

    /// Whether nothing but the file itself depends on its contents, and it is a plain file with the
    /// same mode.
    fn is_replaceable(&self, (path, file): &Changed<'_>) -> bool {
        let text = path.as_str();
        let in_dir = text.strip_prefix(self.dir).and_then(|path| path.strip_prefix('/'));
        // Python compiles modules into other files, and installers make commands from entry points.
        let has_effects = matches!(in_dir, Some("METADATA" | "entry_points.txt"))
            || [".py", ".pth"].iter().any(|end| text.ends_with(end));
        let is_dir =
            |dir: &str| fs::symlink_metadata(self.site.join(dir)).is_ok_and(|found| found.is_dir());
        let is_same = fs::symlink_metadata(self.site.join(text)).is_ok_and(|found| {
            found.is_file() && (found.permissions().mode() & 0o111 != 0) == file.executable
        });
        !has_effects && is_same && path.ancestors().all(is_dir)
    }

    /// Puts the files into place, then RECORD.
    fn put(&self, changed: &[Changed<'_>]) -> Result<()> {
        let mut rows: BTreeMap<_, _> = BTreeMap::new();
        let mut written = Vec::new();
        // Those of `.dist-info` last, of which nothing depends on another.
        let of_own = |(path, _): &&Changed<'_>| path.top_dir() != Some(self.dir);
        let (first, last): (Vec<_>, Vec<_>) = changed.iter().partition(of_own);
        for (path, file) in first.into_iter().chain(last) {
            let digest = Digest::of(&file.bytes);
            rows.insert(path.as_str(), Row::new(path.as_str(), digest, file.bytes.len() as u64));
            written.push(beside(&self.site.join(path.as_str()), &file.bytes)?);
        }
        let row = |old: &Row| rows.get(&*old.path).unwrap_or(old).clone();
        let record = record::write(&self.rows.iter().map(row).collect::<Vec<_>>())?;
        written.push(beside(&self.site.join(self.dir).join("RECORD"), &record)?);
        written.into_iter().try_for_each(|(temporary, place)| temporary.put(&place))
    }
}

/// A complete file with `bytes` next to `place`, and with its mode.
fn beside(place: &Path, bytes: &[u8]) -> Result<(Temporary, PathBuf)> {
    let mode = fs::metadata(place)?.permissions().mode();
    let (temporary, mut file) = Temporary::file_in(place.parent().unwrap_or(place))?;
    file.write_all(bytes)?;
    file.set_permissions(Permissions::from_mode(mode))?;
    file.sync_all()?;
    Ok((temporary, place.to_owned()))
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::{MetadataExt, symlink};

    use super::*;
    use crate::test_builders::zip;
    use crate::wheel::record::read;

    const ORIGIN: &str = "the origin";
    const DIR: &str = "own-1.dist-info";
    const WHEEL: &str = "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n";

    /// The files of a wheel: name and text.
    type Files = BTreeMap<String, String>;

    fn files() -> Files {
        let metadata = "Metadata-Version: 2.1\nName: own\nVersion: 1\n";
        let own = [("METADATA", metadata), ("WHEEL", WHEEL)];
        let own = own.map(|(name, text)| (format!("{DIR}/{name}"), text.to_owned()));
        let others = [("a/lib.so", "old"), ("a/ext.so", "same"), ("a/x.py", ""), ("a.pth", "")];
        let others = others.map(|(name, text)| (name.to_owned(), text.to_owned()));
        own.into_iter().chain(others).collect()
    }

    fn wheel(files: &Files) -> WheelFile {
        let record = (format!("{DIR}/RECORD"), String::new());
        let bytes = zip(files.clone().into_iter().chain([record]));
        WheelFile::read_from("own-1-py3-none-any.whl".parse().unwrap(), &&*bytes).unwrap()
    }

    /// Changes an installation.
    type Damage<'a> = &'a dyn Fn(&Site);

    /// An environment where the wheel of `files` is installed as pip does it.
    struct Site(tempfile::TempDir);

    impl Site {
        fn new() -> Self {
            let this = Self(tempfile::tempdir().unwrap());
            let mut rows = vec![Row::of_record(&format!("{DIR}/RECORD"))];
            rows.push(Row::of_record("a/__pycache__/x.cpython-312.pyc"));
            let mut all = files();
            all.insert(format!("{DIR}/INSTALLER"), "pip\n".to_owned());
            all.insert(format!("{DIR}/{}", origin::FILE), ORIGIN.to_owned());
            all.insert("../bin/own".to_owned(), "#!python".to_owned());
            for (name, text) in all {
                let path = this.at(&name);
                fs::create_dir_all(path.parent().unwrap()).unwrap();
                fs::write(path, &text).unwrap();
                rows.push(Row::new(&name, Digest::of(text.as_bytes()), text.len() as u64));
            }
            fs::write(this.at("own-1.dist-info/RECORD"), record::write(&rows).unwrap()).unwrap();
            this
        }

        fn at(&self, name: &str) -> PathBuf {
            self.0.path().join("site").join(name)
        }

        fn replace(&self, files: &Files) -> bool {
            replace(&wheel(files), &self.at(DIR), ORIGIN.as_bytes())
        }

        fn text(&self, name: &str) -> String {
            fs::read_to_string(self.at(name)).unwrap()
        }

        /// Whether every file is as RECORD says, and no other is there.
        fn is_whole(&self) -> bool {
            let rows: Vec<_> = read(self.text("own-1.dist-info/RECORD").as_bytes());
            let rows: Vec<_> = rows.into_iter().map(std::result::Result::unwrap).collect();
            let found = walkdir::WalkDir::new(self.0.path()).into_iter().flatten();
            let found = found.filter(|entry| !entry.file_type().is_dir()).count();
            let is_same = |row: &Row| {
                let digest = Digest::of(self.text(&row.path).as_bytes());
                *row == Row::new(&row.path, digest, self.text(&row.path).len() as u64)
            };
            found == rows.len() - 1 && rows.iter().filter(|row| !row.hash.is_empty()).all(is_same)
        }
    }

    fn with(changes: &[(&str, &str)]) -> Files {
        let mut files = files();
        files.extend(changes.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())));
        files
    }

    #[test]
    fn one_changed_file_is_replaced_with_its_row() {
        let site = Site::new();
        let lib = site.at("a/lib.so");
        fs::set_permissions(&lib, Permissions::from_mode(0o640)).unwrap();
        fs::hard_link(&lib, site.at("a/kept")).unwrap();
        let inode = |name| fs::metadata(site.at(name)).unwrap().ino();
        let before = (inode("a/ext.so"), inode("a.pth"));
        let info = format!("Generator: new\n{WHEEL}");
        let changes = [("a/lib.so", "new"), ("own-1.dist-info/WHEEL", &info)];
        assert!(site.replace(&with(&changes)));
        assert_eq!((site.text("a/lib.so"), site.text("a/kept")), ("new".into(), "old".into()));
        assert_eq!(fs::metadata(&lib).unwrap().permissions().mode() & 0o777, 0o640);
        fs::remove_file(site.at("a/kept")).unwrap();
        assert!(site.is_whole());
        assert_eq!((inode("a/ext.so"), inode("a.pth")), before);

        let inode_of_record = inode("own-1.dist-info/RECORD");
        assert!(site.replace(&with(&changes)), "nothing has changed");
        assert_eq!(inode("own-1.dist-info/RECORD"), inode_of_record);
    }

    #[test]
    fn other_changes_are_left_to_an_installer() {
        let site = Site::new();
        let metadata = "own-1.dist-info/METADATA";
        let more = files()[metadata].clone() + "Requires-Dist: x\n";
        for (why, changes) in [
            ("two files would not change at once", &[("a/lib.so", "1"), ("a/ext.so", "1")][..]),
            ("a module has a compiled file", &[("a/x.py", "1")]),
            ("Python reads it at the start", &[("a.pth", "1")]),
            ("it requires something else", &[(metadata, &*more)]),
            ("another file", &[("a/more.so", "")]),
            ("commands", &[("own-1.dist-info/entry_points.txt", "[console_scripts]")]),
            ("a file elsewhere", &[("own-1.data/scripts/run", "")]),
        ] {
            assert!(!site.replace(&with(changes)), "{why}");
        }
        let mut fewer = with(&[("a/lib.so", "new")]);
        fewer.remove("a/ext.so");
        assert!(!site.replace(&fewer), "a file less");
        let new = wheel(&with(&[("a/lib.so", "new")]));
        assert!(!replace(&new, &site.at(DIR), b"another project"));
        assert!(!replace(&new, &site.at("own-2.dist-info"), ORIGIN.as_bytes()));
        assert!(site.is_whole());
        assert_eq!(site.text("a/lib.so"), "old");
    }

    #[test]
    fn an_installation_with_damage_is_left_to_an_installer() {
        let record = "own-1.dist-info/RECORD";
        let append = |site: &Site, name: &str, text: &str| {
            fs::write(site.at(name), site.text(name) + text).unwrap();
        };
        let cases: [(&str, Damage<'_>); 11] = [
            ("killed before RECORD", &|site| fs::write(site.at("a/lib.so"), "new").unwrap()),
            ("edited", &|site| append(site, "a/ext.so", "edited")),
            ("an edited command", &|site| append(site, "../bin/own", "edited")),
            ("missing", &|site| fs::remove_file(site.at("a/x.py")).unwrap()),
            ("no RECORD", &|site| fs::remove_file(site.at(record)).unwrap()),
            ("a bad row", &|site| append(site, record, "a\n")),
            ("a file twice", &|site| append(site, record, "own-1.dist-info/RECORD,,\n")),
            ("a file without a hash", &|site| append(site, record, "a/y,,\n")),
            ("an unknown file", &|site| {
                fs::write(site.at("a/y"), "").unwrap();
                append(site, record, &format!("a/y,{},0\n", Digest::of(b"")));
            }),
            ("a link to a file", &|site| {
                fs::rename(site.at("a/lib.so"), site.at("elsewhere")).unwrap();
                symlink("../elsewhere", site.at("a/lib.so")).unwrap();
            }),
            ("a link to a directory", &|site| {
                fs::rename(site.at("a"), site.at("elsewhere")).unwrap();
                symlink("elsewhere", site.at("a")).unwrap();
            }),
        ];
        for (why, damage) in cases {
            let site = Site::new();
            damage(&site);
            assert!(!site.replace(&with(&[("a/lib.so", "newer")])), "{why}");
            assert_ne!(site.text("a/lib.so"), "newer", "{why}");
        }
    }

    #[test]
    fn one_run_at_a_time_replaces_files() {
        let site = Site::new();
        let other = fs::File::open(site.at(DIR)).unwrap();
        other.file().lock().unwrap();
        let new = with(&[("a/lib.so", "new")]);
        assert!(!site.replace(&new));
        drop(other);
        assert!(site.replace(&new));
    }
}
