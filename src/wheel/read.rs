//! Reading a wheel into memory.
//!
//! Input: a file that a build backend wrote, untrusted. Output: a [`WheelFile`] whose paths are
//! legal, whose members are plain files and whose metadata is parsed.

use std::path::Path;

use rayon::prelude::*;

use super::archive::{Archive, ArchiveFaultKind as Kind, Entry, Source};
use super::check_size;
use super::contents::{self, Contents, File};
use super::error::{Error, FormatError};
use super::metadata::Metadata;
use super::name::WheelName;
use super::path::MemberPath;
use super::record;
use super::wheel_info::WheelInfo;

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
    pub fn read(path: &Path) -> Result<Self, Error> {
        let name = path.file_name().unwrap_or_default().to_string_lossy().parse()?;
        Self::read_from(name, fs_err::File::open(path)?.file())
    }

    /// Reads a wheel called `name` from `source`.
    ///
    /// # Errors
    /// As [`read`](Self::read).
    pub fn read_from(name: WheelName, source: &dyn Source) -> Result<Self, Error> {
        let contents = unpack(&Archive::read(source)?)?;
        let dist_info = contents::check(&contents, &name)?.to_owned();
        let file = |file: &str| {
            let path = format!("{dist_info}/{file}");
            let found = contents.get(path.as_str()).map(|file| &*file.bytes);
            found.ok_or_else(|| FormatError(format!("there is no `{path}`")))
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

fn unpack(archive: &Archive<'_>) -> Result<Contents, Error> {
    if let Some(fault) = archive.faults.iter().find(|fault| !TOLERATED.contains(&fault.kind)) {
        return Err(FormatError(fault.to_string()).into());
    }
    check_size(archive.entries.len(), "members", archive.unpacked_size())?;
    let unpacked = |entry: &&Entry| {
        let path: MemberPath = entry.name.parse()?;
        let mut bytes = Vec::new();
        archive
            .stream(entry, &mut |piece| bytes.extend_from_slice(piece))
            .map_err(|fault| FormatError(fault.to_string()))?;
        Ok((path, File { bytes: bytes.into(), executable: entry.mode & 0o111 != 0 }))
    };
    // Installers create the directories that files need; those of the archive carry nothing.
    let entries: Vec<&Entry> = archive.files().collect();
    let files: Vec<Result<_, Error>> = entries.par_iter().map(unpacked).collect();
    let mut contents = Contents::new();
    for file in files {
        let (path, file) = file?;
        contents.insert(path, file);
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

    fn read(bytes: &[u8]) -> Result<WheelFile, Error> {
        WheelFile::read_from("My.Pkg-1.0-py3-none-any.whl".parse().unwrap(), &bytes)
    }

    fn error(bytes: &[u8]) -> String {
        read(bytes).unwrap_err().to_string()
    }

    #[test]
    fn wheel_of_a_backend_is_read() {
        let bytes = archive(|zip| {
            zip.add_directory("pkg/", options()).unwrap();
            zip.start_file("pkg/run", options().unix_permissions(0o755)).unwrap();
            zip.write_all(b"#!").unwrap();
        });
        let wheel = read(&bytes).unwrap();
        assert_eq!(wheel.dist_info, "My.Pkg-1.0.dist-info");
        assert_eq!(wheel.contents.get("pkg/run"), Some(&File::executable(*b"#!")));
        assert_eq!(wheel.contents.len(), 4);
        assert!(wheel.info.root_is_purelib);
    }

    #[test]
    fn archives_with_faults_are_refused() {
        let with = |name: &str| archive(|zip| zip.start_file(name, options()).unwrap());
        assert_eq!(
            error(b"cut off"),
            "the archive is not a zip archive: it has no end-of-archive record"
        );
        assert_eq!(error(&with("../a")), "`../a` leads outside the wheel");
        assert_eq!(error(&with("a\nb")), "`a\\nb` has the character '\\n' in its name");
        assert!(read(&with("nul")).is_ok(), "a tolerated fault");
        let link = archive(|zip| zip.add_symlink("a", "b", options()).unwrap());
        assert_eq!(error(&link), "`a` is not a plain file (a symbolic link)");
        let mut changed = archive(|zip| {
            let stored = options().compression_method(zip::CompressionMethod::Stored);
            zip.start_file("a", stored).unwrap();
            zip.write_all(b"original").unwrap();
        });
        replace(&mut changed, b"original", b"changed!");
        assert_eq!(error(&changed), "`a` does not match its checksum in the archive");
    }

    #[test]
    fn impossible_sizes_are_refused() {
        let mut bytes = archive(|zip| {
            zip.start_file("huge", options()).unwrap();
            zip.write_all(&[0; 70_000]).unwrap();
        });
        replace(&mut bytes, &70_000_u32.to_le_bytes(), &0xF000_0000_u32.to_le_bytes());
        assert!(error(&bytes).contains("exceed the limits of a wheel"));
        replace(&mut bytes, &0xF000_0000_u32.to_le_bytes(), &7_u32.to_le_bytes());
        assert_eq!(error(&bytes), "`huge` has more than the stated 7 bytes");
    }

    #[test]
    fn required_files_must_be_present() {
        assert_eq!(error(&zip([("a", "")])), "there is no .dist-info directory");
        for missing in 0..INFO.len() {
            let mut files = INFO.to_vec();
            let (name, _) = files.remove(missing);
            assert_eq!(error(&zip(files)), format!("there is no `{name}`"));
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
