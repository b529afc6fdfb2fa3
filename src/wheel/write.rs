//! Writing a wheel.
//!
//! Input: a name, files, a time. Output: the bytes of the wheel, with a new WHEEL and RECORD. The
//! same input gives the same bytes on every machine.

use std::io::{self, Cursor, Write};

use rayon::prelude::*;
use zip::result::ZipError;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, System, ZipWriter};

use super::check_size;
use super::contents::{self, Contents, File};
use super::error::{Error, FormatError};
use super::name::WheelName;
use super::packed::Packed;
use super::path::MemberPath;
use super::record::{self, Digest, Row};
use super::timestamp::Timestamp;
use super::wheel_info::WheelInfo;

/// The deflate level of zlib, 1 to 9, for the few files that [`fix`](super::fix) compresses again.
const LEVEL: i64 = 6;

/// Signatures of RECORD, which any change invalidates.
pub(super) const SIGNATURES: [&str; 2] = ["RECORD.jws", "RECORD.p7s"];

/// Writes a wheel with native code called `name` to `out`, and returns the digest of its bytes.
/// Neither flushes nor syncs.
///
/// `contents` must include METADATA. WHEEL and RECORD are made from `name`, `generator` and the
/// files; older ones are dropped. The directories `.dist-info` and `.data` get their normalized
/// names. Every member is a plain file with the time `modified` and mode 0644 or 0755, stored if
/// empty and deflated otherwise. Members are sorted, `.dist-info` last, as the binary distribution
/// format recommends, and RECORD at the very end.
///
/// # Errors
/// If `out` fails, or if `contents` does not fit a wheel of that name.
pub fn write(
    mut out: impl Write,
    name: &WheelName,
    contents: &Contents,
    generator: &str,
    modified: Timestamp,
) -> Result<Digest, Error> {
    let dir = name.dist_info();
    let member = |file: &str| format!("{dir}/{file}");
    let mut contents = contents::normalized(contents, name)?;
    for file in ["RECORD"].into_iter().chain(SIGNATURES) {
        contents.remove(member(file).as_str());
    }
    if !contents.contains_key(member("METADATA").as_str()) {
        let what = "there is no METADATA in the .dist-info directory";
        return Err(FormatError(what.to_owned()).into());
    }
    let info = WheelInfo::write("1.0", [("Generator", generator)], name, false);
    contents.insert(member("WHEEL").parse()?, File::new(info.into_bytes()));
    // RECORD is added at the end.
    let bytes = contents.values().map(|file| file.bytes.len() as u64).sum();
    check_size(contents.len() + 1, "files", bytes)?;

    let mut files: Vec<_> = contents.iter().collect();
    files.sort_by_key(|(path, _)| (path.top_dir() == Some(dir.as_str()), *path));
    // In parallel, and in order again: the bytes do not depend on the number of threads.
    let packed = files.par_iter().map(|(_, file)| Packed::new(file));
    let packed: Vec<_> = packed.collect::<io::Result<_>>()?;
    // Written to memory first: the zip writer prints to stderr if its output fails.
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let mut rows = Vec::new();
    for ((path, file), packed) in files.iter().zip(packed) {
        packed.add_to(&mut zip, path.as_str(), modified.zip()).map_err(plain)?;
        rows.push(Row::new(path.as_str(), packed.digest, file.bytes.len() as u64));
    }
    let path: MemberPath = member("RECORD").parse()?;
    rows.push(Row::of_record(path.as_str()));
    let record = Packed::new(&File::new(record::write(&rows)?))?;
    record.add_to(&mut zip, path.as_str(), modified.zip()).map_err(plain)?;
    let bytes = zip.finish().map_err(plain)?.into_inner();
    out.write_all(&bytes)?;
    Ok(Digest::of(&bytes))
}

/// The error without zip's prefix.
pub(super) fn plain(error: ZipError) -> io::Error {
    match error {
        ZipError::Io(error) => error,
        other => io::Error::other(other.to_string()),
    }
}

/// How [`fix`](super::fix) writes a new member: deflated, as a plain file of Unix.
pub(super) fn options(modified: DateTime, executable: bool) -> SimpleFileOptions {
    SimpleFileOptions::default()
        .system(System::Unix)
        .compression_method(CompressionMethod::Deflated)
        .compression_level(Some(LEVEL))
        .last_modified_time(modified)
        .unix_permissions(if executable { 0o755 } else { 0o644 })
}

#[cfg(test)]
mod tests {
    use zip::ZipArchive;

    use super::super::archive::Archive;
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
        let digest = write(&mut out, &name(), contents, "pygo 0.1.0", modified).unwrap();
        assert_eq!(digest, Digest::of(&out));
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

    /// Each member with its method, mode and time. No member may have an extra field or a comment.
    fn members(bytes: &[u8]) -> Vec<String> {
        let mut archive = ZipArchive::new(Cursor::new(bytes)).unwrap();
        let mut members = Vec::new();
        for index in 0..archive.len() {
            let file = archive.by_index(index).unwrap();
            assert_eq!((file.extra_data(), file.comment()), (None, ""));
            let (mode, time) = (file.unix_mode().unwrap(), file.last_modified().unwrap());
            members.push(format!(
                "{} {} {mode:o} {time}",
                file.name().unwrap(),
                file.compression()
            ));
        }
        members
    }

    #[test]
    fn members_are_ordered_as_the_format_recommends() {
        let bytes = written(&some(), Timestamp::default());
        assert_eq!(
            members(&bytes),
            [
                "my_pkg-1.0.data/scripts/run Deflated 100755 1980-01-01 00:00:00",
                "my_pkg/__init__.py Stored 100644 1980-01-01 00:00:00",
                "zlib.py Deflated 100644 1980-01-01 00:00:00",
                "my_pkg-1.0.dist-info/METADATA Deflated 100644 1980-01-01 00:00:00",
                "my_pkg-1.0.dist-info/WHEEL Deflated 100644 1980-01-01 00:00:00",
                "my_pkg-1.0.dist-info/licenses/ü,1 Deflated 100644 1980-01-01 00:00:00",
                "my_pkg-1.0.dist-info/RECORD Deflated 100644 1980-01-01 00:00:00",
            ]
        );
        assert_eq!(Archive::read(&bytes.as_slice()).unwrap().faults, []);
    }

    #[test]
    fn record_and_wheel_are_regenerated() {
        let bytes = written(&some(), Timestamp::default());
        let wheel = WheelFile::read_from(name(), &bytes.as_slice()).unwrap();
        assert_eq!(wheel.info.tags, ["cp310-abi3-macosx_13_0_arm64"]);
        assert_eq!(wheel.info.generator.as_deref(), Some("pygo 0.1.0"));
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
    fn same_files_give_same_bytes_with_the_requested_time() {
        let bytes = written(&some(), Timestamp::default());
        assert_eq!(bytes, written(&some(), Timestamp::default()));
        let later = Timestamp::from_source_date_epoch(Some("1709210096")).unwrap();
        let members = members(&written(&some(), later));
        assert!(members.iter().all(|member| member.ends_with(" 2024-02-29 12:34:56")));
    }

    #[test]
    fn the_number_of_threads_does_not_change_the_bytes() {
        let mut files = some();
        for number in 0..40_u32 {
            // Text that compresses, several parts long.
            let line = |at: u32| format!("{} {}\n", at % 977, at.wrapping_mul(number + 7919));
            let text: String = (0..number * 500).map(line).collect();
            files.insert(
                format!("my_pkg/{number}.txt").parse().unwrap(),
                File::new(text.into_bytes()),
            );
        }
        let with = |threads| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(|| written(&files, Timestamp::default()))
        };
        let one = with(1);
        assert!(one == with(8) && one == with(3));
        assert_eq!(Archive::read(&one.as_slice()).unwrap().faults, []);
        let read = WheelFile::read_from(name(), &one.as_slice()).unwrap();
        for (path, file) in files.iter().filter(|(path, _)| path.as_str().ends_with(".txt")) {
            assert_eq!(read.contents.get(path.as_str()), Some(file));
        }
    }

    #[test]
    fn contents_that_do_not_make_a_wheel_are_refused() {
        let error = |contents: &Contents| {
            let out = std::io::sink();
            write(out, &name(), contents, "pygo", Timestamp::default()).unwrap_err().to_string()
        };
        assert_eq!(error(&Contents::new()), "there is no .dist-info directory");
        let mut no_metadata = some();
        no_metadata.remove("My.Pkg-1.0.dist-info/METADATA");
        assert_eq!(error(&no_metadata), "there is no METADATA in the .dist-info directory");
        let both = contents(&[("a", File::new(*b"")), ("a/b", File::new(*b""))]);
        assert_eq!(error(&both), "`a` is both a file and the directory of `a/b`");
    }

    #[test]
    fn failing_output_is_an_io_error() {
        let mut little = [0; 64];
        let error =
            write(&mut little[..], &name(), &some(), "pygo", Timestamp::default()).unwrap_err();
        assert!(matches!(error, Error::Io(_)), "{error}");
    }
}
