//! Reading a wheel into memory.
//!
//! In: a file that some build backend wrote, trusted with nothing. Out: a [`WheelFile`] whose
//! paths are legal, whose members are plain files and whose metadata is understood.

use std::io::{BufReader, Read, Seek};
use std::path::Path;

use super::contents::{Contents, ContentsError};
use super::metadata::{Metadata, MetadataError};
use super::name::{WheelName, WheelNameError};
use super::path::{MemberPath, MemberPathError};
use super::record::{Record, RecordError};
use super::unpack::unpack;
use super::wheel_info::{WheelInfo, WheelInfoError};
use super::{MAX_MEMBERS, MAX_TOTAL_BYTES};

/// A wheel in memory.
#[derive(Debug, Clone)]
pub struct WheelFile {
    /// What it is called.
    pub name: WheelName,
    /// Every file in it, those of `.dist-info` included.
    pub contents: Contents,
    /// Its metadata directory, spelled as it is there.
    pub dist_info: String,
    /// What WHEEL says.
    pub info: WheelInfo,
    /// What METADATA says.
    pub metadata: Metadata,
    /// What RECORD says; nothing has been compared with it.
    pub record: Record,
}

/// The file is no wheel that can be read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// It could not be opened or read.
    #[error(transparent)]
    Io(#[from] std::io::Error),
    /// It is not called as a wheel is.
    #[error(transparent)]
    Name(#[from] WheelNameError),
    /// It is no zip, or a broken one.
    #[error("not a readable zip: {0}")]
    Zip(String),
    /// A member is broken.
    #[error("`{path}` cannot be read: {fault}")]
    Member {
        /// The member.
        path: MemberPath,
        /// What the zip reader says.
        fault: String,
    },
    /// The name of a member is not UTF-8; shown escaped.
    #[error("the member name `{0}` is not UTF-8")]
    Utf8(String),
    /// The name of a member is no legal path.
    #[error("a member's name is no path inside a wheel: {0}")]
    Path(#[from] MemberPathError),
    /// Two members have one name.
    #[error("two members have the same name")]
    Duplicate,
    /// A member is a symbolic link, a device or the like.
    #[error("`{0}` is not a plain file: wheels have no symbolic links")]
    NotAFile(MemberPath),
    /// A member is encrypted.
    #[error("`{0}` is encrypted")]
    Encrypted(MemberPath),
    /// There are more members than a wheel may have.
    #[error("{0} members, more than the {MAX_MEMBERS} a wheel may have")]
    TooMany(usize),
    /// The members hold more than a wheel may.
    #[error("the members hold more than {MAX_TOTAL_BYTES} bytes together")]
    TooLarge,
    /// The members do not make a wheel.
    #[error(transparent)]
    Contents(#[from] ContentsError),
    /// A file that every wheel has is not there.
    #[error("there is no `{0}`")]
    Missing(String),
    /// WHEEL cannot be understood.
    #[error(transparent)]
    Info(#[from] WheelInfoError),
    /// METADATA cannot be understood.
    #[error(transparent)]
    Metadata(#[from] MetadataError),
    /// RECORD cannot be understood.
    #[error(transparent)]
    Record(#[from] RecordError),
}

impl WheelFile {
    /// Reads the wheel at `path`, whose last segment is its name.
    ///
    /// # Errors
    /// Whatever makes it a file that no careful installer would unpack; hashes are not compared
    /// (see [`verify`](super::verify())).
    pub fn read(path: &Path) -> Result<Self, ReadError> {
        let name = path.file_name().unwrap_or_default().to_string_lossy().parse()?;
        Self::read_from(name, BufReader::new(fs_err::File::open(path)?))
    }

    /// Reads a wheel called `name` from `reader`.
    ///
    /// # Errors
    /// As [`read`](Self::read).
    pub fn read_from(name: WheelName, reader: impl Read + Seek) -> Result<Self, ReadError> {
        let contents = unpack(reader)?;
        let dist_info = contents.check(&name)?.to_owned();
        let file = |file: &str| {
            let path = format!("{dist_info}/{file}");
            contents.get(&path).map(|file| &*file.bytes).ok_or(ReadError::Missing(path))
        };
        Ok(Self {
            info: WheelInfo::parse(file("WHEEL")?)?,
            metadata: Metadata::parse(file("METADATA")?)?,
            record: Record::parse(file("RECORD")?)?,
            name,
            dist_info,
            contents,
        })
    }

    /// What `entry_points.txt` holds, where there is one.
    pub fn entry_points(&self) -> Option<&[u8]> {
        self.contents.get(&format!("{}/entry_points.txt", self.dist_info)).map(|file| &*file.bytes)
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Cursor, Write as _};

    use zip::ZipWriter;
    use zip::write::SimpleFileOptions;

    use super::super::File;
    use super::*;

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

    fn archive(
        files: &[(&str, &str)],
        more: impl FnOnce(&mut ZipWriter<Cursor<Vec<u8>>>),
    ) -> Vec<u8> {
        let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
        for (name, text) in files {
            zip.start_file(*name, options()).unwrap();
            zip.write_all(text.as_bytes()).unwrap();
        }
        more(&mut zip);
        zip.finish().unwrap().into_inner()
    }

    fn read(bytes: Vec<u8>) -> Result<WheelFile, ReadError> {
        let name = "My.Pkg-1.0-py3-none-any.whl".parse().unwrap();
        WheelFile::read_from(name, Cursor::new(bytes))
    }

    fn error(bytes: Vec<u8>) -> String {
        read(bytes).unwrap_err().to_string()
    }

    #[test]
    fn reads_what_a_backend_writes() {
        let wheel = read(archive(INFO, |zip| {
            zip.add_directory("pkg/", options()).unwrap();
            zip.start_file("pkg/run", options().unix_permissions(0o755)).unwrap();
            zip.write_all(b"#!").unwrap();
            zip.start_file("My.Pkg-1.0.dist-info/entry_points.txt", options()).unwrap();
        }))
        .unwrap();
        assert_eq!(wheel.dist_info, "My.Pkg-1.0.dist-info");
        assert_eq!(wheel.contents.get("pkg/run"), Some(&File::executable(*b"#!")));
        assert_eq!(wheel.contents.len(), 5);
        assert!(wheel.info.root_is_purelib);
        assert_eq!(wheel.metadata.name().normalized(), "my-pkg");
        assert_eq!(wheel.record.rows.len(), 1);
        assert_eq!(wheel.entry_points(), Some(&b""[..]));
    }

    #[test]
    fn refuses_what_is_no_plain_file_or_leaves_the_wheel() {
        let link = archive(INFO, |zip| zip.add_symlink("a", "b", options()).unwrap());
        assert!(matches!(read(link), Err(ReadError::NotAFile(_))));
        for name in ["../a", "/a", "a\\b", "a//b", "a\nb"] {
            let bytes = archive(INFO, |zip| zip.start_file(name, options()).unwrap());
            assert!(matches!(read(bytes), Err(ReadError::Path(_))), "{name:?}");
        }
    }

    #[test]
    fn refuses_two_members_of_one_name() {
        let mut bytes = archive(INFO, |zip| {
            zip.start_file("same1", options()).unwrap();
            zip.start_file("same2", options()).unwrap();
        });
        replace(&mut bytes, b"same2", b"same1");
        assert!(matches!(read(bytes), Err(ReadError::Duplicate)));
    }

    #[test]
    fn refuses_bytes_that_are_broken() {
        assert!(matches!(read(b"not a zip".to_vec()), Err(ReadError::Zip(_))));
        let stored = options().compression_method(zip::CompressionMethod::Stored);
        let whole = archive(INFO, |zip| {
            zip.start_file("a", stored).unwrap();
            zip.write_all(b"original").unwrap();
        });
        assert!(read(whole[..whole.len() - 10].to_vec()).is_err());
        let mut changed = whole.clone();
        replace(&mut changed, b"original", b"changed!");
        assert_eq!(error(changed), "`a` cannot be read: i/o error: Invalid checksum");
        let mut not_utf8 = whole;
        replace(&mut not_utf8, b"My.Pkg-1.0.dist-info/RECORD", b"My.Pkg-1.0.dist-info/\xffECORD");
        assert!(matches!(read(not_utf8), Err(ReadError::Utf8(_))));
    }

    #[test]
    fn refuses_sizes_that_cannot_be() {
        let mut bytes = archive(INFO, |zip| {
            zip.start_file("huge", options()).unwrap();
            zip.write_all(&[0; 70_000]).unwrap();
        });
        replace(&mut bytes, &70_000_u32.to_le_bytes(), &0xF000_0000_u32.to_le_bytes());
        assert!(matches!(read(bytes.clone()), Err(ReadError::TooLarge)));
        replace(&mut bytes, &0xF000_0000_u32.to_le_bytes(), &7_u32.to_le_bytes());
        assert!(matches!(read(bytes), Err(ReadError::Member { .. })));
    }

    #[test]
    fn what_every_wheel_has_must_be_there() {
        assert!(matches!(read(archive(&[("a", "")], |_| ())), Err(ReadError::Contents(_))));
        for missing in 0..INFO.len() {
            let mut files = INFO.to_vec();
            let (name, _) = files.remove(missing);
            assert_eq!(error(archive(&files, |_| ())), format!("there is no `{name}`"));
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
