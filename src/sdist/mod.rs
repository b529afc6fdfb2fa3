//! The source distribution format: a `.tar.gz` with one directory in it.
//!
//! Follows <https://packaging.python.org/en/latest/specifications/source-distribution-format/>
//! (first PEP 625 and PEP 643). [`Sdist::read`] reads one, its files are changed in memory, and
//! [`Sdist::write`] writes it: sorted, with one time, so that the same files always make the same
//! bytes.

mod read;
mod write;

pub use read::ReadError;

use crate::wheel::Contents;

/// A source distribution in memory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sdist {
    /// Its top-level directory: `example-0.1.0`.
    pub root: String,
    /// The files in that directory.
    pub contents: Contents,
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::wheel::{File, Timestamp};

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
            let mut builder = tar::Builder::new(Vec::new());
            let mut header = tar::Header::new_ustar();
            header.set_size(2);
            header.set_mode(0o644);
            builder.append_data(&mut header, "p-1/a.go", &b"go"[..]).unwrap();
            let mut header = tar::Header::new_ustar();
            header.set_entry_type(kind);
            header.set_size(0);
            builder.append_link(&mut header, "p-1/sub/b.go", link).unwrap();
            let tar = builder.into_inner().unwrap();
            let mut gz = Vec::new();
            let mut encoder = flate2::GzBuilder::new().write(&mut gz, flate2::Compression::fast());
            std::io::Write::write_all(&mut encoder, &tar).unwrap();
            encoder.finish().unwrap();
            Sdist::read(&gz[..])
        };
        for (link, kind) in
            [("p-1/a.go", tar::EntryType::Link), ("../a.go", tar::EntryType::Symlink)]
        {
            let read = archive(link, kind).unwrap();
            assert_eq!(&*read.contents.get("sub/b.go").unwrap().bytes, b"go");
        }
        for link in ["../../../etc/passwd", "/etc/passwd", "../nothing"] {
            assert!(archive(link, tar::EntryType::Symlink).is_err(), "{link}");
        }
    }

    proptest! {
        #[test]
        fn no_bytes_panic(bytes: Vec<u8>) {
            let _ = Sdist::read(&bytes[..]);
        }
    }
}
