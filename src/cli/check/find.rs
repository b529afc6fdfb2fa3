//! Which files the arguments of `pygo check` name.

use std::path::{Path, PathBuf};

use walkdir::{DirEntry, WalkDir};

use crate::audit::SDIST_SUFFIX;
use crate::error::{Failure, Kind, Result};
use crate::report::tell;

/// The wheels in `named`, which are wheels or directories.
///
/// # Errors
/// [`Kind::Usage`] for a directory without wheels and for what is not a path.
pub(super) fn find(named: &[PathBuf]) -> Result<Vec<PathBuf>> {
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
                Ok(entry) if is_wheel(&entry) => found.push(entry.into_path()),
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
                "the directory has no file ending in .whl",
                "pass a wheel, or a directory with wheels",
            ));
        }
    }
    if found.is_empty() && signatures > 0 {
        let help = "pass a wheel, an sdist, or a directory with wheels";
        let what = "only signatures are named";
        return Err(Failure::new(Kind::Usage, "looking for wheels", what, help));
    }
    Ok(found)
}

/// Whether `path` is what tools put beside a wheel to sign it, so that `dist/*` names it.
fn is_signature(path: &Path) -> bool {
    let endings = ["asc", "attestation", "sig", "sigstore"];
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    name.strip_suffix(".json").unwrap_or(&name).rsplit_once('.').is_some_and(|(stem, end)| {
        endings.contains(&end) && (stem.contains(".whl") || stem.contains(SDIST_SUFFIX))
    })
}

fn is_wheel(entry: &DirEntry) -> bool {
    let kind = entry.file_type();
    entry.path().extension().is_some_and(|end| end == "whl")
        && (kind.is_file() || kind.is_symlink())
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
