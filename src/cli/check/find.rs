//! Which files the arguments of `pygo check` name.

use std::path::{Path, PathBuf};

use walkdir::{DirEntry, WalkDir};

use crate::error::{Failure, Kind, Result};
use crate::report::tell;

/// The wheels in `named`, which are wheels or directories.
///
/// # Errors
/// [`Kind::Usage`] for a directory without wheels and for what is not a path.
pub(super) fn find(named: &[PathBuf]) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for path in named {
        if let Some(failure) = no_path(path) {
            return Err(failure);
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
    Ok(found)
}

fn is_wheel(entry: &DirEntry) -> bool {
    entry.path().extension().is_some_and(|end| end == "whl") && !entry.file_type().is_dir()
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
