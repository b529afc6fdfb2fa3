//! Judging a finished wheel by its file alone.
//!
//! In: a file, and the name it is to have. Out: everything that is wrong with it, or the wheel in
//! memory for whoever looks into its binaries next. Installers check next to none of this: they
//! take wrong hashes, and tags that differ from the file name.

use std::collections::BTreeSet;
use std::io::Cursor;
use std::path::Path;

use super::contents::Contents;
use super::finding::Finding;
use super::layout::{self, Entry};
use super::name::WheelName;
use super::read::WheelFile;
use super::record::{Digest, Record};
use super::write::place;

/// A wheel that nothing is wrong with.
#[derive(Debug, Clone)]
pub struct Verified {
    /// The wheel.
    pub wheel: WheelFile,
    /// The size of the file.
    pub size: u64,
    /// The sum of the file.
    pub digest: Digest,
}

/// Reads the wheel at `path` again and judges it as the file `file_name` (it may not have got its
/// final name yet). It is to be as [`write`](super::write()) makes one, which is more than
/// installers ask for: most wheels of other tools do not pass.
///
/// # Errors
/// Everything that was found; what makes the rest unreadable comes alone.
pub fn verify(path: &Path, file_name: &str) -> Result<Verified, Vec<Finding>> {
    let bytes = fs_err::read(path).map_err(|error| vec![error.into()])?;
    verify_bytes(&bytes, file_name)
}

fn verify_bytes(bytes: &[u8], file_name: &str) -> Result<Verified, Vec<Finding>> {
    let name: WheelName = file_name.parse().map_err(|error| vec![Finding::FileName(error)])?;
    let entries = layout::members(bytes).map_err(|fault| vec![fault.into()])?;
    let wheel =
        WheelFile::read_from(name, Cursor::new(bytes)).map_err(|error| vec![error.into()])?;
    let mut findings = Vec::new();
    check_entries(&entries, &wheel.dist_info, &mut findings);
    check_names(&wheel, file_name, &mut findings);
    check_record(&wheel.record, &wheel.contents, &wheel.dist_info, &mut findings);
    if findings.is_empty() {
        Ok(Verified { wheel, size: bytes.len() as u64, digest: Digest::of(bytes) })
    } else {
        Err(findings)
    }
}

fn check_entries(entries: &[Entry], dist_info: &str, findings: &mut Vec<Finding>) {
    /// The name is UTF-8; the one flag that may be set.
    const UTF8: u16 = 1 << 11;
    for entry in entries {
        let path = || entry.name.clone();
        let utf8 = entry.flags & UTF8 != 0;
        if entry.flags & !UTF8 != 0 || (!utf8 && !entry.name.is_ascii()) {
            findings.push(Finding::Flags { path: path(), flags: entry.flags });
        }
        if !matches!(entry.method, 0 | 8) {
            findings.push(Finding::Method { path: path(), method: entry.method });
        }
        if !matches!(entry.mode, 0o100_644 | 0o100_755) {
            findings.push(Finding::Mode { path: path(), mode: entry.mode });
        }
    }
    for pair in entries.windows(2) {
        let [before, entry] = pair else { continue };
        if entry.modified != before.modified {
            findings.push(Finding::Time(entry.name.clone()));
        }
        if place(&entry.name, dist_info) <= place(&before.name, dist_info) {
            findings.push(Finding::Order(entry.name.clone()));
        }
    }
    if entries.last().is_none_or(|last| place(&last.name, dist_info).0 != 2) {
        findings.push(Finding::RecordNotLast);
    }
}

fn check_names(wheel: &WheelFile, file_name: &str, findings: &mut Vec<Finding>) {
    let WheelFile { name, info, metadata, dist_info, .. } = wheel;
    let normal = name.to_string();
    if normal != file_name {
        findings.push(Finding::Spelling { found: file_name.to_owned(), normal });
    }
    if *dist_info != name.dist_info() {
        let (found, normal) = (dist_info.clone(), name.dist_info());
        findings.push(Finding::DistInfo { found, normal });
    }
    let expected = name.tag.expanded();
    if info.tags != expected {
        let (found, expected) = (info.tags.join(", "), expected.join(", "));
        findings.push(Finding::Tags { found, expected });
    }
    if info.build != name.build.as_ref().map(ToString::to_string) {
        findings.push(Finding::Build);
    }
    if info.root_is_purelib && !name.tag.is_pure() {
        findings.push(Finding::Purelib);
    }
    if metadata.name() != &name.dist {
        let (found, expected) = (metadata.name().to_string(), name.dist.to_string());
        findings.push(Finding::Name { found, expected });
    }
    let [found, expected] = [metadata.version(), &name.version].map(ToString::to_string);
    if found != expected {
        findings.push(Finding::Version { found, expected });
    }
}

fn check_record(
    record: &Record,
    contents: &Contents,
    dist_info: &str,
    findings: &mut Vec<Finding>,
) {
    let itself = format!("{dist_info}/RECORD");
    let mut seen = BTreeSet::new();
    for row in &record.rows {
        let path = || row.path.clone();
        if !seen.insert(&row.path) {
            findings.push(Finding::RecordedTwice(path()));
        }
        let Some(file) = contents.get(row.path.as_str()) else {
            findings.push(Finding::NotThere(path()));
            continue;
        };
        if row.path.as_str() == itself {
            if row.hash.is_some() || row.size.is_some() {
                findings.push(Finding::RecordsItself);
            }
            continue;
        }
        if row.hash != Some(Digest::of(&file.bytes)) {
            findings.push(Finding::Hash(path()));
        }
        if row.size != Some(file.bytes.len() as u64) {
            findings.push(Finding::Size(path()));
        }
    }
    let unseen = contents.iter().map(|(path, _)| path).filter(|path| !seen.contains(path));
    findings.extend(unseen.cloned().map(Finding::NotRecorded));
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use zip::write::SimpleFileOptions;
    use zip::{CompressionMethod, ZipWriter};

    use super::super::{File, Timestamp, write};
    use super::*;

    const NAME: &str = "pkg-1.0-cp310-abi3-linux_x86_64.whl";
    const INFO: &str = "pkg-1.0.dist-info";
    const WHEEL: &str =
        "Wheel-Version: 1.0\nRoot-Is-Purelib: false\nTag: cp310-abi3-linux_x86_64\n";
    const METADATA: &str = "Metadata-Version: 2.4\nName: pkg\nVersion: 1.0\n";

    fn good() -> Vec<u8> {
        let files = [("pkg/a,b.py", "code"), ("pkg-1.0.dist-info/METADATA", METADATA)];
        let contents: Contents = files
            .map(|(path, text)| (path.parse().unwrap(), File::new(text.as_bytes())))
            .into_iter()
            .collect();
        let (name, mut out) = (NAME.parse().unwrap(), Vec::new());
        write(&mut out, &name, &contents, "pygo", Timestamp::default()).unwrap();
        out
    }

    /// A wheel of these members in this order; `{}` in RECORD becomes what a right one has.
    struct Broken {
        files: Vec<(String, String)>,
        options: SimpleFileOptions,
    }

    impl Broken {
        fn new() -> Self {
            let files = [
                ("pkg.py".to_owned(), "code".to_owned()),
                (format!("{INFO}/METADATA"), METADATA.to_owned()),
                (format!("{INFO}/WHEEL"), WHEEL.to_owned()),
            ];
            let mut record = String::new();
            for (path, text) in &files {
                let digest = Digest::of(text.as_bytes());
                record.push_str(&format!("{path},{digest},{}\n", text.len()));
            }
            record.push_str(&format!("{INFO}/RECORD,,\n"));
            let mut files = Vec::from(files);
            files.push((format!("{INFO}/RECORD"), record));
            Self { files, options: SimpleFileOptions::default().unix_permissions(0o644) }
        }

        fn replace(mut self, from: &str, to: &str) -> Self {
            for (_, text) in &mut self.files {
                *text = text.replace(from, to);
            }
            self
        }

        fn findings(&self, file_name: &str) -> Vec<String> {
            let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
            for (path, text) in &self.files {
                zip.start_file(path.as_str(), self.options).unwrap();
                zip.write_all(text.as_bytes()).unwrap();
            }
            findings(&zip.finish().unwrap().into_inner(), file_name)
        }
    }

    fn findings(bytes: &[u8], file_name: &str) -> Vec<String> {
        match verify_bytes(bytes, file_name) {
            Ok(_) => Vec::new(),
            Err(findings) => findings.iter().map(ToString::to_string).collect(),
        }
    }

    #[test]
    fn what_is_written_is_right() {
        let bytes = good();
        let verified = verify_bytes(&bytes, NAME).unwrap();
        assert_eq!(verified.size, bytes.len() as u64);
        assert_eq!(verified.digest, Digest::of(&bytes));
        assert_eq!(verified.wheel.contents.len(), 4);
        assert_eq!(Broken::new().findings(NAME), [""; 0]);
    }

    #[test]
    fn the_file_is_read_from_its_path_under_the_name_it_will_have() {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(&good()).unwrap();
        assert!(verify(file.path(), NAME).is_ok());
        assert!(verify(Path::new("/nowhere/at.whl"), NAME).is_err());
    }

    #[test]
    fn hashes_and_sizes_are_compared() {
        assert_eq!(
            Broken::new().replace("code", "cod3").findings(NAME),
            ["`pkg.py` has not the hash that RECORD says"]
        );
        assert_eq!(
            Broken::new().replace(",4\n", ",5\n").findings(NAME),
            ["`pkg.py` has not the size that RECORD says"]
        );
        assert_eq!(
            Broken::new().replace("RECORD,,\n", "RECORD,,0\n").findings(NAME),
            ["RECORD has a hash or a size for itself"]
        );
    }

    #[test]
    fn record_names_each_file_once() {
        assert_eq!(
            Broken::new().replace("pkg.py,", "pkg2.py,").findings(NAME),
            ["RECORD names `pkg2.py`, which is not in the wheel", "`pkg.py` is not in RECORD",]
        );
        let row = format!("{INFO}/RECORD,,\n");
        assert_eq!(
            Broken::new().replace(&row, &row.repeat(2)).findings(NAME),
            [format!("RECORD names `{INFO}/RECORD` twice")]
        );
        assert_eq!(
            Broken::new().replace(&row, "").findings(NAME),
            [format!("`{INFO}/RECORD` is not in RECORD")]
        );
    }

    #[test]
    fn tags_and_names_agree_with_the_file_name() {
        let as_other = |name: &str| Broken::new().findings(name);
        assert_eq!(
            as_other("pkg-1.0-cp310-abi3-linux_aarch64.whl"),
            ["WHEEL has the tags cp310-abi3-linux_x86_64, \
                 the file name cp310-abi3-linux_aarch64"]
        );
        assert_eq!(
            as_other("Pkg-1.0-cp310-abi3-linux_x86_64.whl"),
            [format!("the file is called `Pkg-1.0-cp310-abi3-linux_x86_64.whl`, not `{NAME}`")]
        );
        assert_eq!(
            as_other("pkg-1.0-1-cp310-abi3-linux_x86_64.whl"),
            ["WHEEL and the file name have different build numbers"]
        );
        assert!(as_other("pkg-2.0-cp310-abi3-linux_x86_64.whl")[0].contains("is not that of"));
        let told = Broken::new().replace("Name: pkg", "Name: PKG2").findings(NAME);
        assert!(told.contains(&"METADATA has the name `PKG2`, the file name `pkg`".to_owned()));
        let told = Broken::new().replace("Version: 1.0\n", "Version: 1.0.0\n").findings(NAME);
        assert!(told.iter().any(|finding| finding.contains("the version `1.0.0`")), "{told:?}");
        let told = Broken::new().replace("Purelib: false", "Purelib: true").findings(NAME);
        assert!(told.iter().any(|finding| finding.contains("Root-Is-Purelib")), "{told:?}");
    }

    #[test]
    fn members_are_plain_and_in_order() {
        let mut broken = Broken::new();
        broken.files.swap(1, 3);
        assert_eq!(
            broken.findings(NAME),
            [
                format!(
                    "`{INFO}/WHEEL` is out of order (sorted by path, .dist-info last, RECORD at \
                     the end)"
                ),
                format!(
                    "`{INFO}/METADATA` is out of order (sorted by path, .dist-info last, RECORD \
                     at the end)"
                ),
                "RECORD is not the last member".to_owned(),
            ]
        );
        let mut broken = Broken::new();
        broken.options = broken.options.unix_permissions(0o600);
        assert!(broken.findings(NAME)[0].contains("has the mode 100600"));
    }

    #[test]
    fn the_raw_zip_is_judged_too() {
        let trailing = [good(), b"x".to_vec()].concat();
        assert!(findings(&trailing, NAME)[0].contains("something follows the archive"));
        let streamed = ZipWriter::new_stream(Vec::new());
        assert!(findings(&stream(streamed), NAME)[0].contains("a data descriptor"));
    }

    #[test]
    fn every_flipped_bit_is_found() {
        let whole = good();
        // What no reader looks at: the bits that fill up the last byte of a member's data, and
        // which version of the zip format the writer knew.
        let unread = |at: usize| {
            let next = &whole[at + 1..];
            next.starts_with(b"PK\x03\x04")
                || next.starts_with(b"PK\x01\x02")
                || whole[..at].ends_with(b"PK\x01\x02")
        };
        for at in (0..whole.len()).filter(|at| !unread(*at)) {
            for bit in 0..8 {
                let mut bytes = whole.clone();
                bytes[at] ^= 1 << bit;
                assert!(verify_bytes(&bytes, NAME).is_err(), "bit {bit} of byte {at}");
            }
        }
    }

    /// What a writer that cannot seek gives: data descriptors.
    fn stream(mut zip: ZipWriter<zip::write::StreamWriter<Vec<u8>>>) -> Vec<u8> {
        let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
        for (path, text) in Broken::new().files {
            zip.start_file(path, options).unwrap();
            zip.write_all(text.as_bytes()).unwrap();
        }
        zip.finish().unwrap().into_inner()
    }
}
