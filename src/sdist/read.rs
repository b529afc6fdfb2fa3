//! Reading an sdist that a build backend wrote.
//!
//! In: the bytes of a `.tar.gz`. Out: its plain files, those that links in it lead to among them.

use std::io::Read;

use tar::EntryType;

use super::Sdist;
use crate::wheel::{Contents, File, MAX_TOTAL_BYTES, MemberPath, MemberPathError};

/// The bytes are no source distribution.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// It is no `.tar.gz`, or a broken one.
    #[error("it is no whole .tar.gz: {0}")]
    Io(#[from] std::io::Error),
    /// A name that no member may have.
    #[error("{0}")]
    Path(#[from] MemberPathError),
    /// A name that is no UTF-8, as the format asks.
    #[error("the name `{0}` is no UTF-8")]
    Utf8(String),
    /// Files that are not all in one directory.
    #[error("`{0}` does not lie in the one directory that an sdist has")]
    Outside(String),
    /// A link to what is not in the archive, or something that is no file at all.
    #[error("`{0}` is no file, and no link to a file of the sdist")]
    NotAFile(String),
    /// Two members of one name.
    #[error("`{0}` is there twice")]
    Twice(String),
    /// More than fits into memory.
    #[error("it holds more than {MAX_TOTAL_BYTES} bytes")]
    TooLarge,
}

impl Sdist {
    /// Reads an sdist.
    ///
    /// # Errors
    /// When it is none, or when something in it could not be unpacked safely.
    pub fn read(reader: impl Read) -> Result<Self, ReadError> {
        let limited = flate2::read::GzDecoder::new(reader).take(MAX_TOTAL_BYTES + 1);
        let mut archive = tar::Archive::new(limited);
        let mut root: Option<String> = None;
        let mut contents = Contents::new();
        let mut links = Vec::new();
        let mut total = 0;
        for entry in archive.entries()? {
            let mut entry = entry?;
            let kind = entry.header().entry_type();
            if kind == EntryType::XGlobalHeader {
                continue;
            }
            let name = text(&entry.path_bytes())?;
            let (top, rest) = name.split_once('/').unwrap_or((&name, ""));
            if root.get_or_insert_with(|| top.to_owned()) != top {
                return Err(ReadError::Outside(name));
            }
            if kind == EntryType::Directory {
                continue;
            }
            let path: MemberPath = rest.parse()?;
            if let Some(link) = entry.link_name_bytes() {
                let link = text(&link)?;
                let to = match kind {
                    EntryType::Link => Some(link.clone()),
                    EntryType::Symlink => beside(&name, &link),
                    _ => None,
                };
                links.push((path, to.ok_or(ReadError::NotAFile(name))?));
                continue;
            }
            if !kind.is_file() {
                return Err(ReadError::NotAFile(name));
            }
            total += entry.size();
            if total > MAX_TOTAL_BYTES {
                return Err(ReadError::TooLarge);
            }
            let executable = entry.header().mode()? & 0o111 != 0;
            let mut bytes = Vec::new();
            entry.read_to_end(&mut bytes)?;
            let file = File { bytes: bytes.into(), executable };
            if contents.insert(path, file).is_some() {
                return Err(ReadError::Twice(name));
            }
        }
        let root = root.ok_or(ReadError::Outside(String::new()))?;
        for (path, to) in links {
            let inner = to.strip_prefix(&root).and_then(|rest| rest.strip_prefix('/'));
            let Some(file) = inner.and_then(|inner| contents.get(inner)).cloned() else {
                return Err(ReadError::NotAFile(path.to_string()));
            };
            contents.insert(path, file);
        }
        Ok(Self { root, contents })
    }
}

fn text(bytes: &[u8]) -> Result<String, ReadError> {
    match str::from_utf8(bytes) {
        Ok(name) => Ok(name.trim_end_matches('/').to_owned()),
        Err(_) => Err(ReadError::Utf8(bytes.escape_ascii().to_string())),
    }
}

/// The path that the link `target` of `name` leads to; nothing if that is above the archive.
fn beside(name: &str, target: &str) -> Option<String> {
    let mut parts: Vec<&str> = name.split('/').collect();
    parts.pop();
    if target.starts_with('/') {
        return None;
    }
    for part in target.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()?),
            other => parts.push(other),
        }
    }
    Some(parts.join("/"))
}
