//! The files of a wheel in memory.
//!
//! Input: files by path, from a base wheel or a build. Output: the same, sorted by path. Bytes are
//! shared, so a copy for each target is cheap.

use std::collections::BTreeMap;
use std::sync::Arc;

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
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Contents {
    files: BTreeMap<MemberPath, File>,
}

/// The files do not make a wheel.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ContentsError {
    /// No top-level directory ends in `.dist-info`.
    #[error("there is no .dist-info directory")]
    NoDistInfo,
    /// More than one top-level directory ends in `.dist-info`.
    #[error("there are two .dist-info directories, `{0}` and `{1}`")]
    TwoDistInfos(String, String),
    /// It is the directory of another distribution or version.
    #[error("the directory `{found}` should be `{expected}`")]
    OtherDistInfo {
        /// The directory found.
        found: String,
        /// The directory that the wheel's name requires.
        expected: String,
    },
    /// Two paths need a file and a directory of the same name.
    #[error("`{file}` is both a file and the directory of `{inside}`")]
    FileAndDirectory {
        /// The file.
        file: MemberPath,
        /// A path inside the directory.
        inside: MemberPath,
    },
    /// Giving a directory its normalized name would overwrite a file.
    #[error("`{0}` exists under two spellings of its directory")]
    Collision(MemberPath),
}

impl Contents {
    /// No files.
    pub fn new() -> Self {
        Self::default()
    }

    /// Puts a file at `path` and returns its predecessor.
    pub fn insert(&mut self, path: MemberPath, file: File) -> Option<File> {
        self.files.insert(path, file)
    }

    /// Removes and returns the file at `path`.
    pub fn remove(&mut self, path: &str) -> Option<File> {
        self.files.remove(path)
    }

    /// The file at `path`.
    pub fn get(&self, path: &str) -> Option<&File> {
        self.files.get(path)
    }

    /// Every file with its path, sorted by path.
    pub fn iter(&self) -> impl Iterator<Item = (&MemberPath, &File)> {
        self.files.iter()
    }

    /// The number of files.
    pub(super) fn len(&self) -> usize {
        self.files.len()
    }

    /// The total size of all files.
    pub fn total_bytes(&self) -> u64 {
        self.files.values().map(|file| file.bytes.len() as u64).sum()
    }

    /// The top-level directory that ends in `.dist-info`.
    ///
    /// # Errors
    /// If there is none, or more than one.
    pub fn dist_info(&self) -> Result<&str, ContentsError> {
        let mut found: Option<&str> = None;
        for dir in self.top_dirs().filter(|dir| dir.ends_with(".dist-info")) {
            match found {
                Some(first) if first != dir => {
                    return Err(ContentsError::TwoDistInfos(first.to_owned(), dir.to_owned()));
                }
                _ => found = Some(dir),
            }
        }
        found.ok_or(ContentsError::NoDistInfo)
    }

    /// Checks that the `.dist-info` directory is that of `name`, in any spelling, and that no file
    /// is also a directory. Returns the `.dist-info` directory.
    ///
    /// # Errors
    /// The first check that fails.
    pub fn check(&self, name: &WheelName) -> Result<&str, ContentsError> {
        for inside in self.files.keys() {
            let clash = inside.ancestors().find_map(|dir| self.files.get_key_value(dir));
            if let Some((file, _)) = clash {
                return Err(ContentsError::FileAndDirectory {
                    file: file.clone(),
                    inside: inside.clone(),
                });
            }
        }
        let dir = self.dist_info()?;
        if dir.strip_suffix(".dist-info").is_some_and(|stem| name.is_stem(stem)) {
            return Ok(dir);
        }
        Err(ContentsError::OtherDistInfo { found: dir.to_owned(), expected: name.dist_info() })
    }

    /// The same files, with the `.dist-info` and `.data` directories in normalized spelling.
    ///
    /// Installers expect that spelling, but not every build backend writes it.
    ///
    /// # Errors
    /// As [`check`](Self::check), or if two spellings contain the same file.
    pub fn normalized(&self, name: &WheelName) -> Result<Self, ContentsError> {
        self.check(name)?;
        let mut files = BTreeMap::new();
        for (path, file) in &self.files {
            let path = normal_path(path, name);
            if let Some((path, _)) = files.get_key_value(&path) {
                return Err(ContentsError::Collision(MemberPath::clone(path)));
            }
            files.insert(path, file.clone());
        }
        Ok(Self { files })
    }

    fn top_dirs(&self) -> impl Iterator<Item = &str> {
        self.files.keys().filter_map(MemberPath::top_dir)
    }
}

fn normal_path(path: &MemberPath, name: &WheelName) -> MemberPath {
    let renamed = |suffix: &str, dir: String| {
        let (top, rest) = path.as_str().split_once('/')?;
        let stem = top.strip_suffix(suffix)?;
        name.is_stem(stem).then(|| format!("{dir}/{rest}").parse().ok()).flatten()
    };
    renamed(".dist-info", name.dist_info())
        .or_else(|| renamed(".data", name.data_dir()))
        .unwrap_or_else(|| path.clone())
}

impl FromIterator<(MemberPath, File)> for Contents {
    fn from_iter<I: IntoIterator<Item = (MemberPath, File)>>(files: I) -> Self {
        Self { files: files.into_iter().collect() }
    }
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
    fn exactly_one_dist_info_directory_is_found() {
        assert_eq!(contents(&["a.py", "a-1.dist-info/WHEEL"]).dist_info(), Ok("a-1.dist-info"));
        assert_eq!(contents(&["a-1.dist-info"]).dist_info(), Err(ContentsError::NoDistInfo));
        assert!(contents(&["a-1.dist-info/x", "b-1.dist-info/x"]).dist_info().is_err());
    }

    #[test]
    fn directories_get_their_normalized_name() {
        let old = contents(&["My.Pkg-1.0.0.data/data/x", "My.Pkg-1.0.0.dist-info/a/b", "q.data/x"]);
        let paths: Vec<_> =
            old.normalized(&name()).unwrap().iter().map(|(path, _)| path.to_string()).collect();
        assert_eq!(paths, ["my_pkg-1.0.data/data/x", "my_pkg-1.0.dist-info/a/b", "q.data/x"]);
    }

    #[test]
    fn spelling_collisions_and_foreign_dist_info_are_refused() {
        let twice =
            contents(&["My.Pkg-1.0.data/x", "my_pkg-1.0.data/x", "my_pkg-1.0.dist-info/METADATA"]);
        assert!(matches!(twice.normalized(&name()), Err(ContentsError::Collision(_))));
        let other = contents(&["my_pkg-2.0.dist-info/METADATA"]);
        assert!(matches!(other.check(&name()), Err(ContentsError::OtherDistInfo { .. })));
    }

    #[test]
    fn file_that_is_also_a_directory_is_refused() {
        let both = contents(&["a", "a-b", "a/b", "my_pkg-1.0.dist-info/METADATA"]);
        assert_eq!(
            both.check(&name()).unwrap_err().to_string(),
            "`a` is both a file and the directory of `a/b`"
        );
    }
}
