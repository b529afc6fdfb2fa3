//! The files of a wheel in memory.
//!
//! In: files by their path, from a base wheel or freshly built. Out: the same, sorted by path;
//! bytes are shared, so a copy for each target costs next to nothing.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::name::WheelName;
use super::path::MemberPath;

/// One file: what it holds and whether it may be run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    /// What it holds.
    pub bytes: Arc<[u8]>,
    /// Whether it is installed with mode 0755, not 0644.
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
    /// No top directory ends in `.dist-info`.
    #[error("there is no .dist-info directory")]
    NoDistInfo,
    /// More than one does.
    #[error("there are two .dist-info directories, `{0}` and `{1}`")]
    TwoDistInfos(String, String),
    /// The one there is belongs to another distribution or version.
    #[error("the directory `{found}` is not that of the wheel, `{expected}`")]
    OtherDistInfo {
        /// The directory that is there.
        found: String,
        /// The directory that the wheel's name asks for.
        expected: String,
    },
    /// A file is where another path needs a directory.
    #[error("`{file}` is a file, and `{inside}` lies in it")]
    FileAndDirectory {
        /// The file.
        file: MemberPath,
        /// A path that has it as a directory.
        inside: MemberPath,
    },
    /// Moving a directory to its normal name would overwrite a file.
    #[error("`{0}` exists twice, under two spellings of its directory")]
    Collision(MemberPath),
}

impl Contents {
    /// No files.
    pub fn new() -> Self {
        Self::default()
    }

    /// Puts a file at `path`; gives back what was there.
    pub fn insert(&mut self, path: MemberPath, file: File) -> Option<File> {
        self.files.insert(path, file)
    }

    /// Takes the file at `path` away and gives it back.
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

    /// How many files there are.
    pub fn len(&self) -> usize {
        self.files.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.files.is_empty()
    }

    /// The bytes of all files together.
    pub fn total_bytes(&self) -> u64 {
        self.files.values().map(|file| file.bytes.len() as u64).sum()
    }

    /// The one top directory that ends in `.dist-info`.
    ///
    /// # Errors
    /// When there is none, or a second one.
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

    /// Checks that the `.dist-info` directory belongs to `name`, whatever its spelling, and that
    /// no file lies in another; gives the directory.
    ///
    /// # Errors
    /// The first thing that is not so.
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

    /// The same files, with the `.dist-info` and `.data` directories spelled as `name` has them.
    ///
    /// Installers look for the normal spelling; not every build backend writes it.
    ///
    /// # Errors
    /// As [`check`](Self::check); or when two spellings hold the same file.
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
    fn finds_the_one_dist_info_directory() {
        assert_eq!(contents(&["a.py", "a-1.dist-info/WHEEL"]).dist_info(), Ok("a-1.dist-info"));
        assert_eq!(contents(&["a-1.dist-info"]).dist_info(), Err(ContentsError::NoDistInfo));
        assert!(contents(&["a-1.dist-info/x", "b-1.dist-info/x"]).dist_info().is_err());
    }

    #[test]
    fn directories_move_to_their_normal_name() {
        let old = contents(&["My.Pkg-1.0.0.data/data/x", "My.Pkg-1.0.0.dist-info/a/b", "q.data/x"]);
        let paths: Vec<_> =
            old.normalized(&name()).unwrap().iter().map(|(path, _)| path.to_string()).collect();
        assert_eq!(paths, ["my_pkg-1.0.data/data/x", "my_pkg-1.0.dist-info/a/b", "q.data/x"]);
    }

    #[test]
    fn two_spellings_of_one_file_and_another_wheels_directory_are_refused() {
        let twice =
            contents(&["My.Pkg-1.0.data/x", "my_pkg-1.0.data/x", "my_pkg-1.0.dist-info/METADATA"]);
        assert!(matches!(twice.normalized(&name()), Err(ContentsError::Collision(_))));
        let other = contents(&["my_pkg-2.0.dist-info/METADATA"]);
        assert!(matches!(other.check(&name()), Err(ContentsError::OtherDistInfo { .. })));
    }

    #[test]
    fn a_file_that_is_a_directory_too_is_refused() {
        let both = contents(&["a", "a-b", "a/b", "my_pkg-1.0.dist-info/METADATA"]);
        assert_eq!(
            both.check(&name()).unwrap_err().to_string(),
            "`a` is a file, and `a/b` lies in it"
        );
    }
}
