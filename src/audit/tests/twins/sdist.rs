//! Pairs for the rules about source distributions.

use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;
use tar::{Builder, EntryType, Header};

use super::{File, Twin};
use crate::audit::catalogue as c;

const PKG_INFO: &str = "Metadata-Version: 2.4\nName: my.pkg\nVersion: 1.0\n";
const BACKEND: &str = "[build-system]\nrequires = []\n";

pub(super) const TWINS: &[Twin] = &[
    (c::SDIST_UNREADABLE, |faulty| {
        let (name, mut bytes) = sdist(&[]);
        bytes.truncate(bytes.len() - if faulty { 20 } else { 0 });
        (name, bytes)
    }),
    (c::SDIST_FILE_NAME, |faulty| {
        let stem = if faulty { "my.pkg-1.0" } else { "my_pkg-1.0" };
        written(stem, stem, &[("PKG-INFO", PKG_INFO), ("pyproject.toml", BACKEND)], &[])
    }),
    (c::SDIST_TOP_DIRECTORY, |faulty| {
        sdist(&[(
            if faulty { "other/x.py" } else { "my_pkg-1.0/other/x.py" },
            EntryType::Regular,
            "",
        )])
    }),
    (c::SDIST_DIRECTORY_NAME, |faulty| {
        let root = if faulty { "my-pkg-1.0" } else { "my_pkg-1.0" };
        written("my_pkg-1.0", root, &[("PKG-INFO", PKG_INFO), ("pyproject.toml", BACKEND)], &[])
    }),
    // Links inside of the directory are allowed.
    (c::SDIST_UNSAFE_MEMBER, |faulty| {
        let target = if faulty { "../../etc/passwd" } else { "PKG-INFO" };
        sdist(&[("my_pkg-1.0/link", EntryType::Symlink, target)])
    }),
    (c::SDIST_PKG_INFO, |faulty| {
        let name = if faulty { "src/PKG-INFO" } else { "PKG-INFO" };
        written("my_pkg-1.0", "my_pkg-1.0", &[(name, PKG_INFO), ("pyproject.toml", BACKEND)], &[])
    }),
    // Without a table for the backend, setuptools is the default.
    (c::SDIST_NO_BACKEND, |faulty| {
        let text = if faulty { "[build-system" } else { "[project]\nname = 'my.pkg'\n" };
        written(
            "my_pkg-1.0",
            "my_pkg-1.0",
            &[("PKG-INFO", PKG_INFO), ("pyproject.toml", text)],
            &[],
        )
    }),
    (c::SDIST_NO_PYPROJECT, |faulty| {
        let files = [("PKG-INFO", PKG_INFO), ("setup.py", ""), ("pyproject.toml", BACKEND)];
        written("my_pkg-1.0", "my_pkg-1.0", &files[..if faulty { 2 } else { 3 }], &[])
    }),
];

type Member<'a> = (&'a str, EntryType, &'a str);

fn sdist(more: &[Member<'_>]) -> File {
    let files = [("PKG-INFO", PKG_INFO), ("pyproject.toml", BACKEND)];
    written("my_pkg-1.0", "my_pkg-1.0", &files, more)
}

fn written(stem: &str, root: &str, files: &[(&str, &str)], more: &[Member<'_>]) -> File {
    let mut builder = Builder::new(Vec::new());
    let files =
        files.iter().map(|(path, text)| (format!("{root}/{path}"), EntryType::Regular, *text));
    let more = more.iter().map(|(path, kind, text)| ((*path).to_owned(), *kind, *text));
    for (path, kind, text) in files.chain(more) {
        let mut header = Header::new_ustar();
        header.set_entry_type(kind);
        header.set_mode(0o644);
        header.set_path(path).unwrap();
        let bytes = if kind == EntryType::Symlink {
            header.set_link_name(text).unwrap();
            &b""[..]
        } else {
            text.as_bytes()
        };
        header.set_size(bytes.len() as u64);
        header.set_cksum();
        builder.append(&header, bytes).unwrap();
    }
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(&builder.into_inner().unwrap()).unwrap();
    (format!("{stem}.tar.gz"), encoder.finish().unwrap())
}
