//! Reading a wheel into memory.
//!
//! Input: a file that a build backend wrote, untrusted. Output: a [`WheelFile`] whose paths are
//! legal, whose members are plain files and whose metadata is parsed.

use std::path::Path;

use super::archive::{Archive, ArchiveFault, ArchiveFaultKind as Kind, Source};
use super::contents::{Contents, ContentsError, File};
use super::metadata::{Metadata, MetadataError};
use super::name::{WheelName, WheelNameError};
use super::path::{MemberPath, MemberPathError};
use super::record::{self, RecordError};
use super::wheel_info::{WheelInfo, WheelInfoError};
use super::{MAX_MEMBERS, MAX_TOTAL_BYTES};

/// A wheel in memory.
#[derive(Debug, Clone)]
pub struct WheelFile {
    /// Its name.
    pub name: WheelName,
    /// Every file in it, including those of `.dist-info`.
    pub contents: Contents,
    /// Its metadata directory, spelled as in the file.
    pub dist_info: String,
    /// Its WHEEL.
    pub info: WheelInfo,
    /// Its METADATA.
    pub metadata: Metadata,
}

/// The file is not a wheel that can be read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// It could not be opened or read.
    #[error(transparent)]
    Io(#[from] std::io::Error),
    /// Its name is not that of a wheel.
    #[error(transparent)]
    Name(#[from] WheelNameError),
    /// The archive has a fault that matters here.
    #[error(transparent)]
    Archive(#[from] ArchiveFault),
    /// A member's name is not a legal path.
    #[error(transparent)]
    Path(#[from] MemberPathError),
    /// It has too many members, or they are too large.
    #[error(
        "{members} members of {bytes} bytes exceed the limits of a wheel \
         ({MAX_MEMBERS} files, {MAX_TOTAL_BYTES} bytes)"
    )]
    TooLarge {
        /// How many members there are.
        members: usize,
        /// Their total size.
        bytes: u64,
    },
    /// The members do not make a wheel.
    #[error(transparent)]
    Contents(#[from] ContentsError),
    /// A file that every wheel has is missing.
    #[error("there is no `{0}`")]
    Missing(String),
    /// WHEEL cannot be parsed.
    #[error(transparent)]
    Info(#[from] WheelInfoError),
    /// METADATA cannot be parsed.
    #[error(transparent)]
    Metadata(#[from] MetadataError),
    /// RECORD cannot be parsed.
    #[error(transparent)]
    Record(#[from] RecordError),
}

/// Faults that leave no doubt about the files of the archive. Size has its own limit here.
const TOLERATED: &[Kind] = &[
    Kind::ExtraBytes,
    Kind::Comment,
    Kind::DataDescriptor,
    Kind::CaseCollision,
    Kind::DeviceName,
    Kind::Bomb,
];

impl WheelFile {
    /// Reads the wheel at `path`, whose last segment is its name.
    ///
    /// # Errors
    /// If a careful installer would not unpack it. Hashes are not compared.
    pub fn read(path: &Path) -> Result<Self, ReadError> {
        let name = path.file_name().unwrap_or_default().to_string_lossy().parse()?;
        Self::read_from(name, fs_err::File::open(path)?.file())
    }

    /// Reads a wheel called `name` from `source`.
    ///
    /// # Errors
    /// As [`read`](Self::read).
    pub fn read_from(name: WheelName, source: &dyn Source) -> Result<Self, ReadError> {
        let contents = unpack(&Archive::read(source)?)?;
        let dist_info = contents.check(&name)?.to_owned();
        let file = |file: &str| {
            let path = format!("{dist_info}/{file}");
            contents.get(&path).map(|file| &*file.bytes).ok_or(ReadError::Missing(path))
        };
        record::read(file("RECORD")?).into_iter().collect::<Result<Vec<_>, _>>()?;
        Ok(Self {
            info: WheelInfo::parse(file("WHEEL")?)?,
            metadata: Metadata::parse(file("METADATA")?)?,
            name,
            dist_info,
            contents,
        })
    }
}

fn unpack(archive: &Archive<'_>) -> Result<Contents, ReadError> {
    if let Some(fault) = archive.faults.iter().find(|fault| !TOLERATED.contains(&fault.kind)) {
        return Err(fault.clone().into());
    }
    let members = archive.entries.len();
    let bytes = archive.unpacked_size();
    if members > MAX_MEMBERS || bytes > MAX_TOTAL_BYTES {
        return Err(ReadError::TooLarge { members, bytes });
    }
    let mut contents = Contents::new();
    // Installers create the directories that files need; those of the archive carry nothing.
    for entry in archive.files() {
        let path: MemberPath = entry.name.parse()?;
        let mut bytes = Vec::new();
        archive.stream(entry, &mut |piece| bytes.extend_from_slice(piece))?;
        let executable = entry.mode & 0o111 != 0;
        contents.insert(path, File { bytes: bytes.into(), executable });
    }
    Ok(contents)
}

#[cfg(test)]
mod tests {
    use std::io::{Cursor, Write as _};

    use zip::ZipWriter;
    use zip::write::SimpleFileOptions;

    use super::super::File;
    use super::*;
    use crate::test_builders::{zip, zip_with};

    const INFO: &[(&str, &str)] = &[
        (
            "My.Pkg-1.0.dist-info/WHEEL",
            "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        ),
        ("My.Pkg-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: My.Pkg\nVersion: 1.0\n"),
        ("My.Pkg-1.0.dist-info/RECORD", "My.Pkg-1.0.dist-info/RECORD,,\n"),
    ];

    fn options() -> SimpleFileOptions {
        SimpleFileOptions::default()
    }

    fn archive(more: impl FnOnce(&mut ZipWriter<Cursor<Vec<u8>>>)) -> Vec<u8> {
        zip_with(INFO.iter().copied(), more)
    }

    fn read(bytes: Vec<u8>) -> Result<WheelFile, ReadError> {
        let name = "My.Pkg-1.0-py3-none-any.whl".parse().unwrap();
        WheelFile::read_from(name, &bytes.as_slice())
    }

    fn fault(bytes: Vec<u8>) -> Kind {
        match read(bytes).unwrap_err() {
            ReadError::Archive(fault) => fault.kind,
            other => panic!("{other}"),
        }
    }

    fn error(bytes: Vec<u8>) -> String {
        read(bytes).unwrap_err().to_string()
    }

    #[test]
    fn wheel_of_a_backend_is_read() {
        let wheel = read(archive(|zip| {
            zip.add_directory("pkg/", options()).unwrap();
            zip.start_file("pkg/run", options().unix_permissions(0o755)).unwrap();
            zip.write_all(b"#!").unwrap();
        }))
        .unwrap();
        assert_eq!(wheel.dist_info, "My.Pkg-1.0.dist-info");
        assert_eq!(wheel.contents.get("pkg/run"), Some(&File::executable(*b"#!")));
        assert_eq!(wheel.contents.len(), 4);
        assert!(wheel.info.root_is_purelib);
        assert_eq!(wheel.metadata.name().normalized(), "my-pkg");
    }

    #[test]
    fn links_and_unsafe_paths_are_refused() {
        let link = archive(|zip| zip.add_symlink("a", "b", options()).unwrap());
        assert_eq!(fault(link), Kind::NotAFile);
        for (name, kind) in [
            ("../a", Kind::Traversal),
            ("/a", Kind::Traversal),
            ("a\\b", Kind::Name),
            ("a//b", Kind::Name),
            ("a\nb", Kind::Name),
        ] {
            let bytes = archive(|zip| zip.start_file(name, options()).unwrap());
            assert_eq!(fault(bytes), kind, "{name:?}");
        }
    }

    #[test]
    fn duplicate_members_are_refused() {
        let mut bytes = archive(|zip| {
            zip.start_file("same1", options()).unwrap();
            zip.start_file("same2", options()).unwrap();
        });
        replace(&mut bytes, b"same2", b"same1");
        assert_eq!(fault(bytes), Kind::Duplicate);
    }

    #[test]
    fn damaged_archives_are_refused() {
        assert_eq!(fault(b"not a zip".to_vec()), Kind::Unreadable);
        let stored = options().compression_method(zip::CompressionMethod::Stored);
        let whole = archive(|zip| {
            zip.start_file("a", stored).unwrap();
            zip.write_all(b"original").unwrap();
        });
        assert!(read(whole[..whole.len() - 10].to_vec()).is_err());
        let mut changed = whole.clone();
        replace(&mut changed, b"original", b"changed!");
        assert_eq!(error(changed), "`a` does not match its checksum in the archive");
        let mut not_utf8 = whole;
        replace(&mut not_utf8, b"My.Pkg-1.0.dist-info/RECORD", b"My.Pkg-1.0.dist-info/\xffECORD");
        assert_eq!(fault(not_utf8), Kind::Name);
    }

    #[test]
    fn impossible_sizes_are_refused() {
        let mut bytes = archive(|zip| {
            zip.start_file("huge", options()).unwrap();
            zip.write_all(&[0; 70_000]).unwrap();
        });
        replace(&mut bytes, &70_000_u32.to_le_bytes(), &0xF000_0000_u32.to_le_bytes());
        assert!(matches!(read(bytes.clone()), Err(ReadError::TooLarge { .. })));
        replace(&mut bytes, &0xF000_0000_u32.to_le_bytes(), &7_u32.to_le_bytes());
        assert_eq!(fault(bytes), Kind::Corrupt);
    }

    #[test]
    fn required_files_must_be_present() {
        assert!(matches!(read(zip([("a", "")])), Err(ReadError::Contents(_))));
        for missing in 0..INFO.len() {
            let mut files = INFO.to_vec();
            let (name, _) = files.remove(missing);
            assert_eq!(error(zip(files)), format!("there is no `{name}`"));
        }
    }

    fn replace(bytes: &mut [u8], from: &[u8], to: &[u8]) {
        assert_eq!(from.len(), to.len());
        let found: Vec<_> =
            (0..=bytes.len() - from.len()).filter(|at| bytes[*at..].starts_with(from)).collect();
        assert!(!found.is_empty());
        for at in found {
            bytes[at..at + to.len()].copy_from_slice(to);
        }
    }
}
