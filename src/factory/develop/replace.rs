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

/// A complete file with `bytes` beside `place`, and with its mode.
fn beside(place: &Path, bytes: &[u8]) -> Result<(Temporary, PathBuf)> {
    let mode = fs::metadata(place)?.permissions().mode();
    let (temporary, mut file) = Temporary::file_in(place.parent().unwrap_or(place))?;
    file.write_all(bytes)?;
    file.set_permissions(Permissions::from_mode(mode))?;
    file.sync_all()?;
    Ok((temporary, place.to_owned()))
}
