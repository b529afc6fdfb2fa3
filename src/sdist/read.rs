//! Reading an sdist that a build backend wrote.
//!
//! Input: the bytes of a `.tar.gz`. Output: its plain files. Links are replaced by their targets.

use std::io::Read;
use std::path::Path;

use tar::EntryType;

use super::Sdist;
use crate::relative_path::join_below;
use crate::wheel::{Contents, File, MAX_TOTAL_BYTES, MemberPath, MemberPathError};

/// The bytes are not a valid source distribution.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// It is not a complete `.tar.gz`.
    #[error("it is not a complete .tar.gz: {0}")]
    Io(#[from] std::io::Error),
    /// A member has an illegal path.
    #[error(transparent)]
    Path(#[from] MemberPathError),
    /// A name is not UTF-8, which the format requires.
    #[error("the name `{0}` is not UTF-8")]
    Utf8(String),
    /// The files are not all in one directory.
    #[error("`{0}` is outside the single top-level directory of an sdist")]
    Outside(String),
    /// A link leads outside the archive, or a member is neither a file nor a link.
    #[error("`{0}` is neither a file nor a link to a file of the sdist")]
    NotAFile(String),
    /// Two members have the same name.
    #[error("`{0}` is in the sdist twice")]
    Duplicate(String),
    /// It does not fit into memory.
    #[error("it unpacks to more than {MAX_TOTAL_BYTES} bytes")]
    TooLarge,
}

impl Sdist {
    /// Reads an sdist.
    ///
    /// # Errors
    /// If it is not an sdist, or if something in it cannot be unpacked safely.
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
                    EntryType::Link => Some(link.into()),
                    EntryType::Symlink => {
                        join_below(Path::new(&name).parent().unwrap_or(Path::new("")), &link)
                    }
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
                return Err(ReadError::Duplicate(name));
            }
        }
        let root = root.ok_or(ReadError::Outside(String::new()))?;
        for (path, to) in links {
            let inner = to.strip_prefix(&root).ok().and_then(Path::to_str);
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
