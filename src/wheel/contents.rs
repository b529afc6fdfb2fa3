//! The files of a wheel in memory.
//!
//! Input: files by path, from a base wheel or a build. Output: the same, sorted by path. Bytes are
//! shared, so a copy for each target is cheap.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::error::FormatError;
use super::name::WheelName;
use super::path::MemberPath;

/// A file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    /// Its contents.
    pub bytes: Arc<[u8]>,
    /// Whether its mode is 0755, not 0644.
    pub executable: bool,
}

impl File {
    /// A file with mode 0644.
    pub fn new(bytes: impl Into<Arc<[u8]>>) -> Self {
        Self { bytes: bytes.into(), executable: false }
    }

    /// A file with mode 0755.
    pub fn executable(bytes: impl Into<Arc<[u8]>>) -> Self {
        Self { bytes: bytes.into(), executable: true }
    }
}

/// The files of a wheel, sorted by path.
pub type Contents = BTreeMap<MemberPath, File>;

/// Checks that the `.dist-info` directory is that of `name`, in any spelling, and that no file
/// is also a directory. Returns the `.dist-info` directory.
///
/// # Errors
/// The first check that fails.
pub(super) fn check<'c>(contents: &'c Contents, name: &WheelName) -> Result<&'c str, FormatError> {
    for inside in contents.keys() {
        if let Some(file) = inside.ancestors().find(|dir| contents.contains_key(*dir)) {
            let what = format!("`{file}` is both a file and the directory of `{inside}`");
            return Err(FormatError(what));
        }
    }
    let tops = contents.keys().filter_map(MemberPath::top_dir);
    let found: BTreeSet<&str> = tops.filter(|dir| dir.ends_with(".dist-info")).collect();
    let mut found = found.into_iter();
    let dir = match (found.next(), found.next()) {
        (Some(dir), None) => dir,
        (None, _) => return Err(FormatError("there is no .dist-info directory".to_owned())),
        (Some(one), Some(two)) => {
            let what = format!("there are two .dist-info directories, `{one}` and `{two}`");
            return Err(FormatError(what));
        }
    };
    if dir.strip_suffix(".dist-info").is_some_and(|stem| name.is_stem(stem)) {
        return Ok(dir);
    }
    Err(FormatError(format!("the directory `{dir}` should be `{}`", name.dist_info())))
}

/// The same files, with the `.dist-info` and `.data` directories in normalized spelling.
///
/// Installers expect that spelling, but not every build backend writes it.
///
/// # Errors
/// As [`check`], or if two spellings contain the same file.
pub(super) fn normalized(contents: &Contents, name: &WheelName) -> Result<Contents, FormatError> {
    check(contents, name)?;
    let mut files = Contents::new();
    for (path, file) in contents {
        let path = normal_path(path, name);
        if files.contains_key(&path) {
            let what = format!("`{path}` exists under two spellings of its directory");
            return Err(FormatError(what));
        }
        files.insert(path, file.clone());
    }
    Ok(files)
}

fn normal_path(path: &MemberPath, name: &WheelName) -> MemberPath {
    let normal = normal_spelling(path.as_str(), name).and_then(|path| path.parse().ok());
    normal.unwrap_or_else(|| path.clone())
}

/// `path` with the normalized name of its directory, if that is the `.dist-info` or `.data` of a
/// wheel called `name` in any spelling.
pub(super) fn normal_spelling(path: &str, name: &WheelName) -> Option<String> {
    let renamed = |suffix: &str, dir: String| {
        let (top, rest) = path.split_once('/')?;
        let stem = top.strip_suffix(suffix)?;
        name.is_stem(stem).then(|| format!("{dir}/{rest}"))
    };
    renamed(".dist-info", name.dist_info()).or_else(|| renamed(".data", name.data_dir()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn contents(paths: &[&str]) -> Contents {
        paths.iter().map(|path| (path.parse().unwrap(), File::new(path.as_bytes()))).collect()
    }

    fn name() -> WheelName {
        "my_pkg-1.0-py3-none-any.whl".parse().unwrap()
    }

    #[test]
    fn directories_get_their_normalized_name() {
        let old = contents(&["My.Pkg-1.0.0.data/data/x", "My.Pkg-1.0.0.dist-info/a/b", "q.data/x"]);
        let paths: Vec<_> =
            normalized(&old, &name()).unwrap().keys().map(MemberPath::to_string).collect();
        assert_eq!(paths, ["my_pkg-1.0.data/data/x", "my_pkg-1.0.dist-info/a/b", "q.data/x"]);
    }

    #[test]
    fn files_that_do_not_make_a_wheel_are_refused() {
        for (paths, found) in [
            (&["a-1.dist-info"][..], "there is no .dist-info directory"),
            (
                &["a-1.dist-info/x", "b-1.dist-info/x", "c/x"],
                "there are two .dist-info directories, `a-1.dist-info` and `b-1.dist-info`",
            ),
            (
                &["my_pkg-2.0.dist-info/METADATA"],
                "the directory `my_pkg-2.0.dist-info` should be `my_pkg-1.0.dist-info`",
            ),
            (
                &["My.Pkg-1.0.data/x", "my_pkg-1.0.data/x", "my_pkg-1.0.dist-info/METADATA"],
                "`my_pkg-1.0.data/x` exists under two spellings of its directory",
            ),
            (
                &["a", "a-b", "a/b", "my_pkg-1.0.dist-info/METADATA"],
                "`a` is both a file and the directory of `a/b`",
            ),
        ] {
            let refused = normalized(&contents(paths), &name()).unwrap_err();
            assert_eq!(refused.to_string(), found);
        }
    }
}
