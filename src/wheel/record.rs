//! RECORD: every file of a wheel with its hash and size (PEP 376, PEP 427).
//!
//! Input: the bytes of the file, or rows. Output: rows as they are written, or the bytes.

use std::io;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use csv::{ReaderBuilder, WriterBuilder};
use sha2::{Digest as _, Sha256};

use super::error::FormatError;

/// A SHA-256 digest. Displays in RECORD's form: `sha256=` and URL-safe base64 without padding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Digest([u8; 32]);

impl Digest {
    /// The digest of `bytes`.
    pub fn of(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).into())
    }

    /// The digest in hexadecimal, as `sha256sum` prints it.
    pub fn hex(&self) -> String {
        self.0.iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

impl<T: Into<[u8; 32]>> From<T> for Digest {
    fn from(digest: T) -> Self {
        Self(digest.into())
    }
}

impl std::fmt::Display for Digest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "sha256={}", URL_SAFE_NO_PAD.encode(self.0))
    }
}

/// One row of RECORD, unchecked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// The file.
    pub path: String,
    /// Its hash as `algorithm=digest`, or empty.
    pub hash: String,
    /// Its size in bytes, or empty.
    pub size: String,
}

impl Row {
    /// The row of a file.
    pub fn new(path: &str, digest: Digest, size: u64) -> Self {
        Self { path: path.to_owned(), hash: digest.to_string(), size: size.to_string() }
    }

    /// The row of RECORD itself, which cannot contain its own hash.
    pub fn of_record(path: &str) -> Self {
        Self { path: path.to_owned(), hash: String::new(), size: String::new() }
    }
}

/// Reading stops after this many bad rows: more of them tell nothing new.
const MAX_ERRORS: usize = 20;

/// Reads a RECORD file as leniently as Python's `csv` does.
pub fn read(bytes: &[u8]) -> Vec<Result<Row, FormatError>> {
    // Behind an empty line, which does not count, the csv crate drops no byte order mark.
    let input = [&b"\n"[..], bytes].concat();
    let mut reader = ReaderBuilder::new().has_headers(false).flexible(true).from_reader(&*input);
    let mut rows = Vec::new();
    let mut errors = 0;
    let mut record = csv::ByteRecord::new();
    while errors < MAX_ERRORS && reader.read_byte_record(&mut record).unwrap_or(false) {
        let fields: Vec<_> =
            record.iter().map(|field| String::from_utf8_lossy(field).into_owned()).collect();
        rows.push(match <[String; 3]>::try_from(fields) {
            Ok([path, hash, size]) => Ok(Row { path, hash, size }),
            Err(fields) => {
                errors += 1;
                let end = usize::try_from(reader.position().byte()).unwrap_or(input.len());
                let before = input.get(..end).unwrap_or(&input).trim_ascii_end();
                let line = before.iter().filter(|byte| **byte == b'\n').count();
                let count = fields.len();
                Err(FormatError(format!("RECORD, line {line}: {count} fields, not path,hash,size")))
            }
        });
    }
    rows
}

/// The RECORD file of `rows`.
///
/// # Errors
/// None in practice: it is written to memory.
pub fn write(rows: &[Row]) -> io::Result<Vec<u8>> {
    let mut writer = WriterBuilder::new().from_writer(Vec::new());
    for Row { path, hash, size } in rows {
        writer.write_record([path, hash, size])?;
    }
    writer.into_inner().map_err(|error| error.into_error())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn row(path: &str, hash: &str, size: &str) -> Row {
        Row { path: path.to_owned(), hash: hash.to_owned(), size: size.to_owned() }
    }

    fn good(bytes: &[u8]) -> Vec<Row> {
        read(bytes).into_iter().flatten().collect()
    }

    #[test]
    fn digest_display_follows_pep_376() {
        let empty = "sha256=47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU";
        assert_eq!(Digest::of(b"").to_string(), empty);
        assert!(Digest::of(b"").hex().starts_with("e3b0c442"));
    }

    #[test]
    fn fields_are_quoted_only_where_necessary() {
        let rows = [row("a b", "", "3"), row("a,b", "", "3"), row("say \"a\"", "x,y", "3")];
        let text = "a b,,3\n\"a,b\",,3\n\"say \"\"a\"\"\",\"x,y\",3\n";
        assert_eq!(write(&rows).unwrap(), text.as_bytes());
        assert_eq!(
            write(&[row("", "x", ""), row("#ü", "", "")]).unwrap(),
            ",x,\n#ü,,\n".as_bytes()
        );
    }

    #[test]
    fn line_ends_and_empty_lines_do_not_matter() {
        for text in ["a,,\r\nb,,\r\n", "a,,\n\n\"b\",,", "a,,\nb,,\n"] {
            assert_eq!(good(text.as_bytes()), [row("a", "", ""), row("b", "", "")], "{text:?}");
        }
    }

    #[test]
    fn bad_rows_are_reported_with_their_line_and_skipped() {
        let rows = read(b"a,,\n\nb,\nc,,\nd,,,\n");
        let errors: Vec<_> = rows.iter().filter_map(|row| row.as_ref().err()).collect();
        assert_eq!(errors[0].to_string(), "RECORD, line 3: 2 fields, not path,hash,size");
        assert_eq!(errors[1].to_string(), "RECORD, line 5: 4 fields, not path,hash,size");
        assert_eq!(rows.len(), 4);
        assert_eq!(good(b"\xff,,\n\"x\ny\",,\n").len(), 2);
        assert_eq!(good("\u{feff}a,,".as_bytes()), [row("\u{feff}a", "", "")]);
        assert_eq!(read(&b"a\n".repeat(50)).len(), MAX_ERRORS);
    }

    proptest! {
        // A fuzzer found: a comma in a hash was written as the end of the field.
        #[test]
        fn rows_read_back_as_written(text in "[ab\",\r\n/=0]{0,40}") {
            let rows = good(text.as_bytes());
            prop_assert_eq!(good(&write(&rows).unwrap()), rows);
        }

        #[test]
        fn any_path_survives(paths in proptest::collection::vec("[^\0]{1,20}", 1..5)) {
            let rows: Vec<_> = paths.iter().map(|path| row(path, "sha256=x", "1")).collect();
            prop_assert_eq!(good(&write(&rows).unwrap()), rows);
        }
    }
}
