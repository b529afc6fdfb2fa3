//! Reading an sdist that a build backend wrote.
//!
//! Input: the bytes of a `.tar.gz`. Output: its plain files. Links are replaced by their targets.

use std::io::Read;
use std::path::Path;

use tar::EntryType;

use super::Sdist;
use super::headers::Members;
use crate::relative_path::join_below;
use crate::wheel::{Contents, File, FormatError, MAX_TOTAL_BYTES, MemberPath};

/// The bytes are not a valid source distribution.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// It is not a complete `.tar.gz`.
    #[error("it is not a complete .tar.gz: {0}")]
    Io(#[from] std::io::Error),
    /// Something in it breaks a rule of the format.
    #[error(transparent)]
    Format(#[from] FormatError),
}

impl Sdist {
    /// Reads an sdist.
    ///
    /// # Errors
    /// If it is not an sdist, or if something in it cannot be unpacked safely.
    pub fn read(reader: impl Read) -> Result<Self, ReadError> {
        let limited = flate2::read::GzDecoder::new(reader).take(MAX_TOTAL_BYTES + 1);
        let mut archive = Members::new(limited);
        let mut root: Option<String> = None;
        let mut contents = Contents::new();
        let mut links = Vec::new();
        let mut total = 0;
        for entry in archive.iter()? {
            let mut entry = entry?;
            let kind = entry.header().entry_type();
            if kind == EntryType::XGlobalHeader {
                continue;
            }
            let name = text(&entry.path_bytes())?;
            let (top, rest) = name.split_once('/').unwrap_or((&name, ""));
            if root.get_or_insert_with(|| top.to_owned()) != top {
                return Err(outside(&name));
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
                links.push((path, to.ok_or_else(|| not_a_file(&name))?));
                continue;
            }
            if !kind.is_file() {
                return Err(not_a_file(&name));
            }
            total += entry.size();
            if total > MAX_TOTAL_BYTES {
                return Err(broken(format!("it unpacks to more than {MAX_TOTAL_BYTES} bytes")));
            }
            let executable = entry.header().mode()? & 0o111 != 0;
            let mut bytes = Vec::new();
            entry.read_to_end(&mut bytes)?;
            let file = File { bytes: bytes.into(), executable };
            if contents.insert(path, file).is_some() {
                return Err(broken(format!("`{name}` is in the sdist twice")));
            }
        }
        let root = root.ok_or_else(|| outside(""))?;
        for (path, to) in links {
            let inner = to.strip_prefix(&root).ok().and_then(Path::to_str);
            let Some(file) = inner.and_then(|inner| contents.get(inner)).cloned() else {
                return Err(not_a_file(path.as_str()));
            };
            contents.insert(path, file);
        }
        Ok(Self { root, contents })
    }
}

fn text(bytes: &[u8]) -> Result<String, ReadError> {
    match str::from_utf8(bytes) {
        Ok(name) => Ok(name.trim_end_matches('/').to_owned()),
        Err(_) => Err(broken(format!("the name `{}` is not UTF-8", bytes.escape_ascii()))),
    }
}

fn outside(name: &str) -> ReadError {
    broken(format!("`{name}` is outside the single top-level directory of an sdist"))
}

fn not_a_file(name: &str) -> ReadError {
    broken(format!("`{name}` is neither a file nor a link to a file of the sdist"))
}

fn broken(what: String) -> ReadError {
    FormatError(what).into()
}
