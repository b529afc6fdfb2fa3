//! Puts the files of a release into one directory.

use std::io::Write;
use std::path::{Path, PathBuf};

use fs_err as fs;

use super::parts::{BuiltFile, copy};
use crate::audit::SDIST_SUFFIX;
use crate::error::{Failure, Kind, Result};
use crate::process::{Temporary, check_stopped};

/// The list of digests, in the format of `sha256sum`.
pub const SUMS: &str = "SHA256SUMS";

/// Copies `files` into `dir`, which exists, and lists their digests there. Either every file is
/// complete, or none is replaced. Returns their paths.
///
/// # Errors
/// If `dir` has other wheels or sdists, or cannot be written; if a file changed since it was read.
pub fn place(files: &[BuiltFile], dir: &Path) -> Result<Vec<PathBuf>> {
    let doing = format!("writing the release to {}", dir.display());
    let failed = |error: std::io::Error| Failure::io(&doing, &error);
    let others = others(files, dir).map_err(failed)?;
    if !others.is_empty() {
        let found = format!("it has other wheels or sdists:\n{}", others.join("\n"));
        let help = "remove them, or choose another directory: everything in it would be published";
        return Err(Failure::new(Kind::Output, &doing, found, help));
    }
    let mut copies = Vec::new();
    for file in files {
        check_stopped(&doing)?;
        let place = dir.join(&file.name);
        let is_there = fs::symlink_metadata(&place).is_ok_and(|there| there.is_file())
            && copy(&place, &mut std::io::sink()).is_ok_and(|(_, digest)| digest == file.sha256);
        if is_there {
            continue;
        }
        let (made, mut out) = Temporary::file_in(dir).map_err(failed)?;
        let (_, digest) = copy(&file.path, &mut out).map_err(failed)?;
        out.sync_all().map_err(failed)?;
        if digest != file.sha256 {
            let found = format!("{} changed while it was read", file.path.display());
            return Err(Failure::new(Kind::Output, &doing, found, "run the command again"));
        }
        copies.push((made, place));
    }
    let mut lines: Vec<_> =
        files.iter().map(|file| format!("{}  {}\n", file.sha256, file.name)).collect();
    lines.sort_by(|one, other| one.get(64..).cmp(&other.get(64..)));
    // A link in its place is replaced: it might lead anywhere.
    let (sums, mut out) = Temporary::file_in(dir).map_err(failed)?;
    out.write_all(lines.concat().as_bytes()).and_then(|()| out.sync_all()).map_err(failed)?;
    copies.push((sums, dir.join(SUMS)));
    for (made, place) in copies {
        made.put(&place).map_err(failed)?;
    }
    Ok(files.iter().map(|file| dir.join(&file.name)).collect())
}

/// The wheels and sdists in `dir` that are not among `files`.
fn others(files: &[BuiltFile], dir: &Path) -> std::io::Result<Vec<String>> {
    let mut others = Vec::new();
    for entry in fs::read_dir(dir)? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        let is_dist = name.ends_with(".whl") || name.ends_with(SDIST_SUFFIX);
        if is_dist && !files.iter().any(|file| file.name == name) {
            others.push(name);
        }
    }
    others.sort();
    Ok(others)
}
