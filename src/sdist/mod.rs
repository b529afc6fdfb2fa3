//! The source distribution format: a `.tar.gz` with one directory in it.
//!
//! Follows <https://packaging.python.org/en/latest/specifications/source-distribution-format/>
//! (first PEP 625 and PEP 643). [`Sdist::read`] reads one, its files are changed in memory, and
//! [`Sdist::write`] writes it: sorted, with one time, so that the same files always make the same
//! bytes.

mod headers;
mod listing;
mod read;

use std::io::{self, Write};

use flate2::{Compression, GzBuilder};
pub use listing::{Listing, ListingFault, ListingFaultKind};
use pep440_rs::Version;
pub use read::ReadError;
use tar::{Builder, EntryType, Header};

use crate::wheel::{Contents, DistName, Timestamp};

/// What the names of source distributions end with.
const SUFFIX: &str = ".tar.gz";

/// The distribution and version of the sdist called `name`; `None` for other archives.
pub fn file_name(name: &str) -> Option<(DistName, Version)> {
    let (dist, version) = name.strip_suffix(SUFFIX)?.rsplit_once('-')?;
    Some((dist.parse().ok()?, version.parse().ok()?))
}

/// A source distribution in memory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sdist {
    /// Its top-level directory: `example-0.1.0`.
    pub root: String,
    /// The files in that directory.
    pub contents: Contents,
}

impl Sdist {
    /// Writes it as a `.tar.gz` in POSIX.1-2001 format: files sorted by path, with owner 0, mode
    /// 0644 or 0755 and the time `modified`.
    ///
    /// # Errors
    /// Those of `out`.
    pub fn write(&self, out: impl Write, modified: Timestamp) -> io::Result<()> {
        // No time, name or system in the gzip header: they differ between machines.
        let gzip = GzBuilder::new().mtime(0).write(out, Compression::best());
        let mut archive = Builder::new(gzip);
        for (path, file) in self.contents.iter() {
            let path = format!("{}/{path}", self.root);
            let mut header = Header::new_ustar();
            header.set_entry_type(EntryType::Regular);
            header.set_size(file.bytes.len() as u64);
            header.set_mode(if file.executable { 0o755 } else { 0o644 });
            header.set_mtime(modified.unix());
            header.set_uid(0);
            header.set_gid(0);
            if !path.is_ascii() || header.set_path(&path).is_err() {
                // A path that ustar cannot hold goes into an extended header before it.
                archive.append_pax_extensions([("path", path.as_bytes())])?;
                let end =
                    path.char_indices().rev().map(|(at, _)| at).find(|at| path.len() - at > 60);
                let short: String = path[end.unwrap_or(0)..]
                    .chars()
                    .map(|c| if c.is_ascii() { c } else { '_' })
                    .collect();
                header.set_path(short.trim_matches('/'))?;
            }
            header.set_cksum();
            archive.append(&header, &*file.bytes)?;
        }
        archive.into_inner()?.finish()?.flush()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::wheel::File;

    fn sdist(files: &[(&str, &[u8], bool)]) -> Sdist {
        let file = |bytes: &[u8], executable| File { bytes: bytes.into(), executable };
        Sdist {
            root: "my_pkg-1.0".to_owned(),
            contents: files
                .iter()
                .map(|(path, bytes, executable)| (path.parse().unwrap(), file(bytes, *executable)))
                .collect(),
        }
    }

    fn written(sdist: &Sdist) -> Vec<u8> {
        let mut bytes = Vec::new();
        sdist.write(&mut bytes, Timestamp::default()).unwrap();
        bytes
    }

    #[test]
    fn written_sdist_reads_back() {
        let deep = format!("{}/ü.go", "directory/".repeat(30).trim_end_matches('/'));
        let sdist = sdist(&[
            ("PKG-INFO", b"Name: my-pkg\n", false),
            ("go/run.sh", b"#!/bin/sh\n", true),
            (&deep, b"package deep\n", false),
            ("empty", b"", false),
        ]);
        assert_eq!(Sdist::read(&written(&sdist)[..]).unwrap(), sdist);
        assert_eq!(written(&sdist), written(&sdist.clone()));
    }

    #[test]
    fn links_within_the_archive_are_followed_and_others_refused() {
        let archive = |link: &str, kind| {
            let mut builder = Builder::new(Vec::new());
            let mut header = Header::new_ustar();
            header.set_size(2);
            header.set_mode(0o644);
            builder.append_data(&mut header, "p-1/a.go", &b"go"[..]).unwrap();
            let mut header = Header::new_ustar();
            header.set_entry_type(kind);
            header.set_size(0);
            builder.append_link(&mut header, "p-1/sub/b.go", link).unwrap();
            let tar = builder.into_inner().unwrap();
            let mut gz = Vec::new();
            let mut encoder = GzBuilder::new().write(&mut gz, Compression::fast());
            encoder.write_all(&tar).unwrap();
            encoder.finish().unwrap();
            Sdist::read(&gz[..])
        };
        for (link, kind) in [("p-1/a.go", EntryType::Link), ("../a.go", EntryType::Symlink)] {
            let read = archive(link, kind).unwrap();
            assert_eq!(&*read.contents.get("sub/b.go").unwrap().bytes, b"go");
        }
        for link in ["../../../etc/passwd", "/etc/passwd", "../nothing"] {
            assert!(archive(link, EntryType::Symlink).is_err(), "{link}");
        }
    }

    proptest! {
        #[test]
        fn no_bytes_panic(bytes: Vec<u8>) {
            let _ = Sdist::read(&bytes[..]);
        }
    }
}
