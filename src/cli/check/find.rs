//! Which files the arguments of `pygo check` name.

use std::path::{Path, PathBuf};

use pep440_rs::Version;
use walkdir::{DirEntry, WalkDir};

use crate::audit::SDIST_SUFFIX;
use crate::error::{Failure, Kind, Result};
use crate::report::tell;

/// The wheels and sdists in `named`, which are files or directories.
///
/// # Errors
/// [`Kind::Usage`] for a directory without either and for what is not a path.
pub(in crate::cli) fn find(named: &[PathBuf]) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut signatures = 0;
    for path in named {
        if let Some(failure) = no_path(path) {
            return Err(failure);
        }
        if is_signature(path) {
            tell(format_args!("skipped {}, which signs another file", path.display()));
            signatures += 1;
            continue;
        }
        if !path.is_dir() {
            found.push(path.clone());
            continue;
        }
        let before = found.len();
        let mut unreadable = Vec::new();
        for entry in WalkDir::new(path).sort_by_file_name() {
            match entry {
                Ok(entry) if is_wheel(&entry) || is_sdist(&entry) => found.push(entry.into_path()),
                Ok(_) => {}
                // A directory that others own has no wheels for this user.
                Err(error) => unreadable.push(error),
            }
        }
        if let Some(first) = unreadable.first() {
            let skipped = first.path().unwrap_or(path).display();
            match unreadable.len() {
                1 => tell(format_args!("skipped {skipped}, which cannot be read")),
                more => {
                    let more = more - 1;
                    tell(format_args!("skipped {skipped} and {more} more, which cannot be read"));
                }
            }
        }
        if found.len() == before {
            return Err(Failure::new(
                Kind::Usage,
                format!("looking for wheels in {}", path.display()),
                "the directory has no file ending in .whl, and no sdist",
                "pass a wheel, an sdist, or a directory with them",
            ));
        }
    }
    if found.is_empty() && signatures > 0 {
        let help = "pass a wheel, an sdist, or a directory with them";
        let what = "only signatures are named";
        return Err(Failure::new(Kind::Usage, "looking for wheels", what, help));
    }
    Ok(found)
}

/// The wheels in `named`, which are files or directories.
///
/// # Errors
/// As [`find`], and for files that are not wheels.
pub(in crate::cli) fn wheels_in(named: &[PathBuf]) -> Result<Vec<PathBuf>> {
    let is_wheel = |path: &Path| path.extension().is_some_and(|end| end == "whl");
    let doing = "looking for wheels";
    let help = "pass wheels, or directories with wheels; `pygo matrix` builds them";
    let wrong = |found: String| Err(Failure::new(Kind::Usage, doing, found, help));
    if let Some(path) = named.iter().find(|path| !path.is_dir() && !is_wheel(path)) {
        return wrong(format!("{} does not end in .whl", path.display()));
    }
    if let Some(path) = named.iter().find(|path| !path.exists()) {
        return wrong(format!("{} does not exist", path.display()));
    }
    let found: Vec<_> = find(named)?.into_iter().filter(|path| is_wheel(path)).collect();
    if found.is_empty() {
        return wrong("there are only sdists".to_owned());
    }
    Ok(found)
}

/// Whether `path` is what tools put next to a wheel to sign it, so that `dist/*` names it.
fn is_signature(path: &Path) -> bool {
    let endings = ["asc", "attestation", "sig", "sigstore"];
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    name.strip_suffix(".json").unwrap_or(&name).rsplit_once('.').is_some_and(|(stem, end)| {
        endings.contains(&end) && (stem.contains(".whl") || stem.contains(SDIST_SUFFIX))
    })
}

fn is_wheel(entry: &DirEntry) -> bool {
    entry.path().extension().is_some_and(|end| end == "whl") && may_be_file(entry)
}

/// Whether `entry` is directly in the named directory, as in `dist`, and called `NAME-VERSION.tar.gz`:
/// other archives are none of an index's business.
fn is_sdist(entry: &DirEntry) -> bool {
    let name = entry.file_name().to_str().and_then(|name| name.strip_suffix(SDIST_SUFFIX));
    let version = name.and_then(|name| Some(name.rsplit_once('-')?.1));
    let is_named = version.is_some_and(|version| version.parse::<Version>().is_ok());
    is_named && entry.depth() == 1 && may_be_file(entry)
}

fn may_be_file(entry: &DirEntry) -> bool {
    entry.file_type().is_file() || entry.file_type().is_symlink()
}

/// The failure for standard input and for a URL: their bytes are nowhere in the file system.
fn no_path(path: &Path) -> Option<Failure> {
    let text = path.to_str()?;
    let what = match text {
        "-" => "`-` is not a file, and `pygo check` does not read standard input".to_owned(),
        _ if !text.contains("://") || path.exists() => return None,
        url => format!("{url} is a URL, and `pygo check` reads files only"),
    };
    let help = "download the wheel, then pass its path";
    Some(Failure::new(Kind::Usage, "looking for wheels", what, help))
}

#[cfg(test)]
mod tests {
    use fs_err as fs;

    use super::*;

    #[test]
    fn a_directory_has_wheels_at_any_depth_and_sdists_at_its_top() {
        let dir = tempfile::tempdir().unwrap();
        let put = |path: &str| {
            let path = dir.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "").unwrap();
        };
        let judged = ["x-1.0.tar.gz", "sub/x-1.0-py3-none-any.whl"];
        let others = ["sub/x-1.0.tar.gz", "data.tar.gz", "archive-latest.tar.gz", "x-1.0.zip"];
        judged.into_iter().chain(others).for_each(put);
        let found = find(&[dir.path().to_owned()]).unwrap();
        let names = found.iter().map(|path| path.strip_prefix(dir.path()).unwrap());
        let names: Vec<_> = names.map(|path| path.to_str().unwrap()).collect();
        assert_eq!(names, ["sub/x-1.0-py3-none-any.whl", "x-1.0.tar.gz"]);
    }
}
