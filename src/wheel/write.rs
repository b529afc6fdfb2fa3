//! Writing a wheel.
//!
//! In: a name, files, a time. Out: the bytes of the wheel, WHEEL and RECORD made for it; the
//! same input gives the same bytes on every machine.

use std::io::{Cursor, Write};

use zip::result::ZipError;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, System, ZipWriter};

use super::contents::{Contents, ContentsError, File};
use super::name::WheelName;
use super::path::{MemberPath, MemberPathError};
use super::record::{Digest, Record, Row};
use super::timestamp::Timestamp;
use super::wheel_info::WheelInfo;
use super::{MAX_MEMBERS, MAX_TOTAL_BYTES};

/// How hard members are deflated, 1 to 9. A Go program of 17 MB took 0.35 s and shrank to 41 % at
/// 6; to 40 % at 9, in two and a half times that; to 43 % at 2, in two thirds.
const LEVEL: i64 = 6;

/// What is made anew for every wheel, and signatures that a change makes void.
const GENERATED: [&str; 4] = ["WHEEL", "RECORD", "RECORD.jws", "RECORD.p7s"];

/// The wheel could not be written.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// The output failed: a full disk, for one.
    #[error(transparent)]
    Io(#[from] std::io::Error),
    /// The files do not make a wheel of this name.
    #[error(transparent)]
    Contents(#[from] ContentsError),
    /// There is no METADATA.
    #[error("there is no METADATA in the .dist-info directory")]
    NoMetadata,
    /// The name is too long for a directory in a zip.
    #[error(transparent)]
    Path(#[from] MemberPathError),
    /// There are too many files, or they are too large.
    #[error(
        "{members} files of {bytes} bytes are more than a wheel may hold \
         ({MAX_MEMBERS} files, {MAX_TOTAL_BYTES} bytes)"
    )]
    TooLarge {
        /// How many files there are.
        members: usize,
        /// What they hold together.
        bytes: u64,
    },
    /// The zip writer refused.
    #[error("writing the zip: {0}")]
    Zip(ZipError),
}

impl From<ZipError> for WriteError {
    fn from(error: ZipError) -> Self {
        match error {
            ZipError::Io(error) => Self::Io(error),
            other => Self::Zip(other),
        }
    }
}

/// Writes a wheel with native code called `name` to `out`; not flushed, nor synced.
///
/// `contents` has METADATA and may have an older WHEEL and RECORD: these two are made from
/// `name`, `generator` and the files. Directories `.dist-info` and `.data` get their normal
/// names. Every member is a plain file of `modified`, mode 0644 or 0755, stored when empty and
/// deflated otherwise; sorted, `.dist-info` last, as the binary distribution format recommends,
/// and RECORD the very last.
///
/// # Errors
/// When `out` fails, or when `contents` is not what a wheel of that name may hold.
pub fn write(
    mut out: impl Write,
    name: &WheelName,
    contents: &Contents,
    generator: &str,
    modified: Timestamp,
) -> Result<(), WriteError> {
    let dir = name.dist_info();
    let mut contents = contents.normalized(name)?;
    let member = |file: &str| format!("{dir}/{file}");
    for file in GENERATED {
        contents.remove(&member(file));
    }
    if contents.get(&member("METADATA")).is_none() {
        return Err(WriteError::NoMetadata);
    }
    let info = WheelInfo::file(name, generator);
    contents.insert(member("WHEEL").parse()?, File::new(info.into_bytes()));
    // RECORD itself comes on top.
    let (members, bytes) = (contents.len() + 1, contents.total_bytes());
    if members > MAX_MEMBERS || bytes > MAX_TOTAL_BYTES {
        return Err(WriteError::TooLarge { members, bytes });
    }

    // Made in memory, for the zip writer goes back to put sizes into headers, and complains on
    // stderr by itself when its output fails.
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let mut record = Record::default();
    let mut files: Vec<_> = contents.iter().collect();
    files.sort_by_key(|(path, _)| place(path.as_str(), &dir));
    for (path, file) in files {
        add(&mut zip, path, file, modified)?;
        record.rows.push(Row {
            path: path.clone(),
            hash: Some(Digest::of(&file.bytes)),
            size: Some(file.bytes.len() as u64),
        });
    }
    let path: MemberPath = member("RECORD").parse()?;
    record.rows.push(Row { path: path.clone(), hash: None, size: None });
    add(&mut zip, &path, &File::new(record.to_bytes()), modified)?;
    out.write_all(zip.finish()?.get_ref())?;
    Ok(())
}

/// What members are sorted by: `.dist-info` after all else, RECORD after that.
pub(super) fn place<'a>(path: &'a str, dist_info: &str) -> (u8, &'a str) {
    match path.strip_prefix(dist_info).and_then(|rest| rest.strip_prefix('/')) {
        Some("RECORD") => (2, path),
        Some(_) => (1, path),
        None => (0, path),
    }
}

fn add(
    zip: &mut ZipWriter<Cursor<Vec<u8>>>,
    path: &MemberPath,
    file: &File,
    modified: Timestamp,
) -> Result<(), ZipError> {
    let (method, level) = match file.bytes.is_empty() {
        true => (CompressionMethod::Stored, None),
        false => (CompressionMethod::Deflated, Some(LEVEL)),
    };
    let options = SimpleFileOptions::default()
        .system(System::Unix)
        .compression_method(method)
        .compression_level(level)
        .last_modified_time(modified.zip())
        .unix_permissions(if file.executable { 0o755 } else { 0o644 });
    zip.start_file(path.as_str(), options)?;
    zip.write_all(&file.bytes)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::layout::{Entry, members};
    use super::super::read::WheelFile;
    use super::*;

    const METADATA: &str = "Metadata-Version: 2.4\nName: My.Pkg\nVersion: 1.0\n";

    fn name() -> WheelName {
        "My.Pkg-1.0-cp310-abi3-macosx_13_0_arm64.whl".parse().unwrap()
    }

    fn contents(more: &[(&str, File)]) -> Contents {
        let metadata = ("My.Pkg-1.0.dist-info/METADATA", File::new(METADATA.as_bytes()));
        let files = more.iter().chain([&metadata]);
        files.map(|(path, file)| (path.parse().unwrap(), file.clone())).collect()
    }

    fn written(contents: &Contents, modified: Timestamp) -> Vec<u8> {
        let mut out = Vec::new();
        write(&mut out, &name(), contents, "pygo 0.1.0", modified).unwrap();
        out
    }

    fn some() -> Contents {
        contents(&[
            ("my_pkg/__init__.py", File::new(*b"")),
            ("zlib.py", File::new([b'z'; 999])),
            ("my_pkg-1.0.data/scripts/run", File::executable(*b"#!")),
            ("My.Pkg-1.0.dist-info/licenses/ü,1", File::new(*b"MIT")),
            ("My.Pkg-1.0.dist-info/WHEEL", File::new(*b"old")),
            ("My.Pkg-1.0.dist-info/RECORD", File::new(*b"old")),
            ("My.Pkg-1.0.dist-info/RECORD.jws", File::new(*b"old")),
        ])
    }

    #[test]
    fn members_lie_as_the_format_recommends() {
        let entries = members(&written(&some(), Timestamp::default())).unwrap();
        let told: Vec<_> = entries
            .iter()
            .map(|Entry { name, flags, method, mode, modified }| {
                format!("{name} {flags:#x} {method} {mode:o} {modified:?}")
            })
            .collect();
        assert_eq!(
            told,
            [
                "my_pkg-1.0.data/scripts/run 0x0 8 100755 (0, 33)",
                "my_pkg/__init__.py 0x0 0 100644 (0, 33)",
                "zlib.py 0x0 8 100644 (0, 33)",
                "my_pkg-1.0.dist-info/METADATA 0x0 8 100644 (0, 33)",
                "my_pkg-1.0.dist-info/WHEEL 0x0 8 100644 (0, 33)",
                "my_pkg-1.0.dist-info/licenses/ü,1 0x800 8 100644 (0, 33)",
                "my_pkg-1.0.dist-info/RECORD 0x0 8 100644 (0, 33)",
            ]
        );
    }

    #[test]
    fn record_and_wheel_are_made_anew() {
        let bytes = written(&some(), Timestamp::default());
        let wheel = WheelFile::read_from(name(), Cursor::new(bytes)).unwrap();
        assert_eq!(wheel.info.tags, ["cp310-abi3-macosx_13_0_arm64"]);
        let record = wheel.contents.get("my_pkg-1.0.dist-info/RECORD").unwrap();
        let record = str::from_utf8(&record.bytes).unwrap();
        assert!(record.starts_with(
            "my_pkg-1.0.data/scripts/run,sha256=NhLdr0bhSaT1g_rw-s6EZYUUj1ngziZFWU34O13IB-g,2\n\
             my_pkg/__init__.py,sha256=47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU,0\n"
        ));
        assert!(record.contains("\n\"my_pkg-1.0.dist-info/licenses/ü,1\",sha256="));
        assert!(record.ends_with(",3\nmy_pkg-1.0.dist-info/RECORD,,\n"));
    }

    #[test]
    fn the_same_files_give_the_same_bytes_and_the_time_shows() {
        let bytes = written(&some(), Timestamp::default());
        assert_eq!(bytes, written(&some(), Timestamp::default()));
        let later = Timestamp::from_source_date_epoch(Some("1709210096")).unwrap();
        let entries = members(&written(&some(), later)).unwrap();
        let modified = zip::DateTime::from_date_and_time(2024, 2, 29, 12, 34, 56).unwrap();
        let expected = (modified.timepart(), modified.datepart());
        assert!(entries.iter().all(|entry| entry.modified == expected));
    }

    #[test]
    fn refuses_what_would_be_no_wheel() {
        let error = |contents: &Contents| {
            let out = std::io::sink();
            write(out, &name(), contents, "pygo", Timestamp::default()).unwrap_err().to_string()
        };
        assert_eq!(error(&Contents::new()), "there is no .dist-info directory");
        let mut no_metadata = some();
        no_metadata.remove("My.Pkg-1.0.dist-info/METADATA");
        assert_eq!(error(&no_metadata), "there is no METADATA in the .dist-info directory");
        let both = contents(&[("a", File::new(*b"")), ("a/b", File::new(*b""))]);
        assert_eq!(error(&both), "`a` is a file, and `a/b` lies in it");
    }

    #[test]
    fn an_output_that_fails_is_told_as_such() {
        let mut little = [0; 64];
        let error =
            write(&mut little[..], &name(), &some(), "pygo", Timestamp::default()).unwrap_err();
        assert!(matches!(error, WriteError::Io(_)), "{error}");
    }
}
