//! Reads an sdist that anybody may have made, leniently: faults are recorded, and reading continues.
//!
//! Input: the bytes of a `.tar.gz`. Output: a [`Listing`] of its members, without their contents
//! except for a few documents.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Read};
use std::path::Path;

use tar::EntryType;

use super::headers::Members;
use crate::relative_path::join_below;

/// The kind of a [`ListingFault`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ListingFaultKind {
    /// The archive is incomplete or no `.tar.gz` at all.
    Unreadable,
    /// A member is outside the single top-level directory.
    TopDirectory,
    /// A member could be written outside the directory that it is unpacked to, or is not a file.
    Unsafe,
}

/// Something wrong with the archive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListingFault {
    /// Its kind.
    pub kind: ListingFaultKind,
    /// The member, or nothing if it is about the archive.
    pub member: String,
    /// The problem, as a sentence whose subject is the member.
    pub what: String,
}

/// The contents of an sdist.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Listing {
    /// The top-level directory.
    pub root: Option<String>,
    /// The paths of the files in that directory.
    pub files: BTreeSet<String>,
    /// The contents of the documents asked for.
    pub documents: BTreeMap<String, Vec<u8>>,
    /// The problems.
    pub faults: Vec<ListingFault>,
}

/// Far more than any sdist; reading stops there.
const MAX_UNPACKED: u64 = 16 << 30;
/// Far more than any document.
const MAX_DOCUMENT: u64 = 16 << 20;
/// Far more bytes than the names of any sdist's members.
const MAX_NAMES: usize = 64 << 20;
/// The bytes that a member takes besides its name.
const MEMBER: usize = 64;
/// The characters of a name or sentence in a fault.
const MAX_SHOWN: usize = 200;
/// A broken archive does not need more examples.
const MAX_FAULTS: usize = 100;

impl Listing {
    /// Reads the archive, and the contents of the files in `documents`, which are paths in its
    /// directory.
    pub fn read(reader: impl Read, documents: &[&str]) -> Self {
        let mut listing = Self::default();
        if let Err(error) = listing.scan(reader, documents) {
            let what = format!("is not a complete .tar.gz: {error}");
            listing.fault(ListingFaultKind::Unreadable, "", what);
        }
        if listing.root.is_none() && listing.faults.is_empty() {
            listing.fault(ListingFaultKind::Unreadable, "", "is an empty archive".to_owned());
        }
        listing
    }

    fn fault(&mut self, kind: ListingFaultKind, member: &str, what: String) {
        if self.faults.len() < MAX_FAULTS {
            let (member, what) = (shortened(member), shortened(&what));
            self.faults.push(ListingFault { kind, member, what });
        }
    }

    fn scan(&mut self, reader: impl Read, documents: &[&str]) -> io::Result<()> {
        let limited = flate2::read::GzDecoder::new(reader).take(MAX_UNPACKED);
        let mut archive = Members::new(limited);
        let mut links = Vec::new();
        let mut names = 0;
        for entry in archive.iter()? {
            let mut entry = entry?;
            let kind = entry.header().entry_type();
            if kind == EntryType::XGlobalHeader {
                continue;
            }
            let Ok(name) = String::from_utf8(entry.path_bytes().into_owned()) else {
                let name = entry.path_bytes().escape_ascii().to_string();
                self.fault(ListingFaultKind::Unsafe, &name, "has a name that is not UTF-8".into());
                continue;
            };
            let target = entry.link_name_bytes().map_or(0, |target| target.len());
            names += name.len() + target + MEMBER;
            if names > MAX_NAMES {
                return Err(io::Error::other("its list of members is larger than 64 MiB"));
            }
            let name = name.trim_start_matches("./").trim_end_matches('/').to_owned();
            if name.is_empty() || name == "." {
                continue;
            }
            let mut segments = name.split(['/', '\\']);
            if name.starts_with(['/', '\\']) || segments.any(|segment| segment == "..") {
                let what = "leads outside the directory that it is unpacked to".to_owned();
                self.fault(ListingFaultKind::Unsafe, &name, what);
                continue;
            }
            let (top, path) = name.split_once('/').unwrap_or((&name, ""));
            let root = self.root.get_or_insert_with(|| top.to_owned());
            if root != top || (path.is_empty() && kind != EntryType::Directory) {
                let what = if root == top {
                    "is not in a directory".to_owned()
                } else {
                    format!("is outside the top-level directory {root}")
                };
                self.fault(ListingFaultKind::TopDirectory, &name, what);
                continue;
            }
            match kind {
                EntryType::Directory => {}
                EntryType::Link | EntryType::Symlink => {
                    let target = entry.link_name_bytes().unwrap_or_default();
                    let target = String::from_utf8_lossy(&target).into_owned();
                    links.push((kind, name, target));
                }
                kind if kind.is_file() => {
                    if documents.contains(&path) && entry.size() <= MAX_DOCUMENT {
                        let mut bytes = Vec::new();
                        entry.read_to_end(&mut bytes)?;
                        self.documents.insert(path.to_owned(), bytes);
                    }
                    self.files.insert(path.to_owned());
                }
                _ => {
                    let what = "is neither a file, a directory nor a link".to_owned();
                    self.fault(ListingFaultKind::Unsafe, &name, what);
                }
            }
        }
        // What follows the last member belongs to the archive, and its checksum is at the end.
        io::copy(&mut archive.into_rest(), &mut io::sink())?;
        for (kind, name, target) in links {
            self.link(kind, &name, &target);
        }
        Ok(())
    }

    /// Checks where a link leads: from its directory if symbolic, else from the top of the archive.
    fn link(&mut self, kind: EntryType, name: &str, target: &str) {
        let root = self.root.clone().unwrap_or_default();
        let above = Path::new(name).parent().unwrap_or(Path::new(""));
        let base = if kind == EntryType::Symlink { above } else { Path::new("") };
        let to = join_below(base, target);
        if to.is_none_or(|to| !to.starts_with(&root)) {
            let what = format!("is a link to {target}, outside the sdist");
            return self.fault(ListingFaultKind::Unsafe, name, what);
        }
        if let Some(path) = name.strip_prefix(&root).and_then(|path| path.strip_prefix('/')) {
            self.files.insert(path.to_owned());
        }
    }
}

/// The start of a long text: what somebody reads.
fn shortened(text: &str) -> String {
    match text.char_indices().nth(MAX_SHOWN) {
        Some((end, _)) => format!("{}...", &text[..end]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::Compression;
    use flate2::write::GzEncoder;
    use proptest::prelude::*;
    use tar::{Builder, Header};

    use super::*;

    fn gz(tar: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(tar).unwrap();
        encoder.finish().unwrap()
    }

    /// A header for a name that the tar library refuses to write.
    fn header(name: &str, kind: EntryType, size: u64) -> Header {
        let mut header = Header::new_ustar();
        header.as_old_mut().name[..name.len()].copy_from_slice(name.as_bytes());
        header.set_entry_type(kind);
        header.set_size(size);
        header.set_mode(0o644);
        header.set_cksum();
        header
    }

    fn archive(members: &[(&str, EntryType, &str)]) -> Vec<u8> {
        let mut builder = Builder::new(Vec::new());
        for (name, kind, text) in members {
            let is_link = matches!(kind, EntryType::Link | EntryType::Symlink);
            let mut header = header(name, *kind, if is_link { 0 } else { text.len() as u64 });
            if is_link {
                header.as_old_mut().linkname[..text.len()].copy_from_slice(text.as_bytes());
                header.set_cksum();
            }
            builder.append(&header, if is_link { &b""[..] } else { text.as_bytes() }).unwrap();
        }
        gz(&builder.into_inner().unwrap())
    }

    fn kinds(members: &[(&str, EntryType, &str)]) -> Vec<ListingFaultKind> {
        let listing = Listing::read(&archive(members)[..], &[]);
        listing.faults.iter().map(|fault| fault.kind).collect()
    }

    #[test]
    fn files_and_documents_are_listed() {
        let bytes = archive(&[
            ("p-1", EntryType::Directory, ""),
            ("p-1/PKG-INFO", EntryType::Regular, "Name: p\n"),
            ("p-1/src/a.py", EntryType::Regular, ""),
            ("p-1/src/b.py", EntryType::Symlink, "../src/a.py"),
            ("p-1/c.py", EntryType::Link, "p-1/src/a.py"),
        ]);
        let listing = Listing::read(&bytes[..], &["PKG-INFO"]);
        assert_eq!((listing.root.as_deref(), &listing.faults[..]), (Some("p-1"), &[][..]));
        let files: Vec<_> = listing.files.iter().map(String::as_str).collect();
        assert_eq!(files, ["PKG-INFO", "c.py", "src/a.py", "src/b.py"]);
        assert_eq!(listing.documents["PKG-INFO"], b"Name: p\n");
    }

    #[test]
    fn unsafe_members_and_second_directories_are_faults() {
        use ListingFaultKind::{TopDirectory, Unsafe};
        let file = EntryType::Regular;
        for (name, kind, text, fault) in [
            ("/etc/x", file, "", Unsafe),
            ("p-1/../../x", file, "", Unsafe),
            ("p-1/x", EntryType::Symlink, "../../x", Unsafe),
            ("p-1/x", EntryType::Symlink, "/etc/passwd", Unsafe),
            ("p-1/x", EntryType::Link, "../x", Unsafe),
            ("p-1/x", EntryType::Fifo, "", Unsafe),
            ("q-1/x", file, "", TopDirectory),
            ("x", file, "", TopDirectory),
        ] {
            assert_eq!(kinds(&[("p-1/a", file, ""), (name, kind, text)]), [fault], "{name} {text}");
        }
    }

    #[test]
    fn damaged_archives_are_unreadable() {
        let bytes = archive(&[("p-1/a", EntryType::Regular, "text")]);
        let fault = |bytes: &[u8]| Listing::read(bytes, &[]).faults.first().map(|fault| fault.kind);
        let unreadable = Some(ListingFaultKind::Unreadable);
        assert_eq!(fault(&bytes), None);
        for end in [0, 2, bytes.len() / 2, bytes.len() - 1] {
            assert_eq!(fault(&bytes[..end]), unreadable, "{end}");
        }
        assert_eq!(fault(b"<!DOCTYPE html>"), unreadable);
        assert_eq!(fault(&gz(&[0; 1024])), unreadable);
        assert_eq!(fault(&gz(b"no tar")), unreadable);
    }

    /// The faults of an archive with a file after a header of `kind` with `content`.
    fn after(kind: EntryType, content: &[u8]) -> Listing {
        let mut builder = Builder::new(Vec::new());
        let mut before = header("x", kind, content.len() as u64);
        // Long names are an extension of GNU's.
        before.as_mut_bytes()[257..265].copy_from_slice(b"ustar  \0");
        before.set_cksum();
        builder.append(&before, content).unwrap();
        builder.append(&header("p-1/a", EntryType::Regular, 0), &b""[..]).unwrap();
        Listing::read(&gz(&builder.into_inner().unwrap())[..], &[])
    }

    #[test]
    fn headers_have_a_limit_and_names_are_shortened() {
        let long = format!("p-1/{}", "n".repeat(5000));
        for kind in [EntryType::GNULongName, EntryType::XHeader, EntryType::GNULongLink] {
            let content = match kind {
                EntryType::XHeader => format!("{} path={long}\n", long.len() + 11),
                _ => format!("{long}\0"),
            };
            assert_eq!(after(kind, content.as_bytes()).faults, [], "{kind:?}");
            let listing = after(kind, &vec![b'n'; 3 << 20]);
            let fault = listing.faults.first().unwrap();
            assert_eq!(fault.kind, ListingFaultKind::Unreadable);
            assert!(fault.what.ends_with("a member has more than 1 MiB of names and headers"));
        }
        let name = after(EntryType::GNULongName, b"p-1/b\0");
        assert_eq!(name.files.first().unwrap(), "b");
        let outside = after(EntryType::GNULongName, format!("/{long}\0").as_bytes());
        assert_eq!(outside.faults.first().unwrap().member.chars().count(), MAX_SHOWN + 3);
    }

    #[test]
    fn contents_do_not_count_as_headers() {
        let text = "x".repeat(3 << 20);
        let file = EntryType::Regular;
        let bytes = archive(&[("p-1/a", file, &text), ("p-1/b", file, &text), ("p-1/c", file, "")]);
        let listing = Listing::read(&bytes[..], &["b"]);
        assert_eq!((listing.faults, listing.files.len()), (Vec::new(), 3));
        assert_eq!(listing.documents["b"].len(), text.len());
        assert_eq!(kinds(&[("p-1/a", EntryType::GNUSparse, "")]), [ListingFaultKind::Unreadable]);
    }

    proptest! {
        #[test]
        fn no_bytes_panic(bytes: Vec<u8>) {
            let _ = Listing::read(&gz(&bytes)[..], &["PKG-INFO"]);
        }
    }
}
