//! RECORD: every file of a wheel with its hash and size (PEP 376, PEP 427).
//!
//! In: the bytes of the file, or rows. Out: rows, or bytes that Python's `csv` reads back.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest as _, Sha256};

use super::path::{MemberPath, MemberPathError};

/// A SHA-256 sum; prints itself as RECORD has it: `sha256=` and URL-safe base64, unpadded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Digest([u8; 32]);

impl Digest {
    /// The sum of `bytes`.
    pub fn of(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).into())
    }

    /// The sum in hexadecimal, as `sha256sum` prints it.
    pub fn hex(&self) -> String {
        self.0.iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

impl<T: Into<[u8; 32]>> From<T> for Digest {
    fn from(sum: T) -> Self {
        Self(sum.into())
    }
}

impl std::fmt::Display for Digest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "sha256={}", URL_SAFE_NO_PAD.encode(self.0))
    }
}

impl std::str::FromStr for Digest {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let encoded = text.strip_prefix("sha256=").ok_or(())?;
        let bytes = URL_SAFE_NO_PAD.decode(encoded).map_err(|_| ())?;
        bytes.try_into().map(Self).map_err(|_| ())
    }
}

/// One line of RECORD.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// The file.
    pub path: MemberPath,
    /// The sum of what it holds; RECORD itself has none.
    pub hash: Option<Digest>,
    /// Its size in bytes; RECORD itself has none.
    pub size: Option<u64>,
}

/// The rows of a RECORD file, in their order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Record {
    /// The rows.
    pub rows: Vec<Row>,
}

/// After so many lines that are none, nothing is learned from the next.
const MOST_ERRORS: usize = 20;

/// One line of a RECORD that nobody vouches for, as it is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// The file.
    pub path: String,
    /// What it holds, as `algorithm=sum`, or nothing.
    pub hash: String,
    /// Its size, or nothing.
    pub size: String,
}

/// A line of RECORD is wrong. Lines count from 1.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("RECORD, line {line}: {fault}")]
pub struct RecordError {
    /// The line that the row begins on.
    pub line: usize,
    /// What is wrong with it.
    pub fault: RecordFault,
}

/// What can be wrong with a line of RECORD.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RecordFault {
    /// It is not UTF-8.
    #[error("not UTF-8")]
    Utf8,
    /// It has not three fields.
    #[error("{0} fields, not path,hash,size")]
    Fields(usize),
    /// A quoted field does not end, or goes on after its end.
    #[error("a quoted field is not closed where it ends")]
    Quote,
    /// The path is none that a member may have.
    #[error(transparent)]
    Path(#[from] MemberPathError),
    /// The hash is no SHA-256 sum in URL-safe base64.
    #[error("`{0}` is not sha256= and a sum in URL-safe base64")]
    Hash(String),
    /// The size is no number.
    #[error("`{0}` is not a size")]
    Size(String),
}

impl Record {
    /// Reads a RECORD file, with any line ends; empty lines do not count.
    ///
    /// # Errors
    /// The first line that is wrong, with its number.
    pub fn parse(bytes: &[u8]) -> Result<Self, RecordError> {
        let text = str::from_utf8(bytes).map_err(|error| {
            let good = &bytes[..error.valid_up_to()];
            let line = 1 + good.iter().filter(|b| **b == b'\n').count();
            RecordError { line, fault: RecordFault::Utf8 }
        })?;
        let mut rows = Vec::new();
        let (mut rest, mut line) = (text, 1);
        while !rest.is_empty() {
            let at = |fault| RecordError { line, fault };
            let (fields, after) = split_row(rest).map_err(at)?;
            if fields != [""] {
                rows.push(row(&fields).map_err(at)?);
            }
            line += rest[..rest.len() - after.len()].matches('\n').count();
            rest = after;
        }
        Ok(Self { rows })
    }

    /// Reads every line that has three fields, whatever is in them; the others are errors.
    pub fn lines(bytes: &[u8]) -> Vec<Result<Line, RecordError>> {
        let text = String::from_utf8_lossy(bytes);
        let mut lines = Vec::new();
        let (mut rest, mut number) = (&*text, 1);
        let mut errors = 0;
        while !rest.is_empty() && errors < MOST_ERRORS {
            let at = |fault| RecordError { line: number, fault };
            let (read, after) = match split_row(rest) {
                Ok((fields, after)) => (Ok(fields), after),
                // Where a quote is not closed, the next line is as good as any to go on from.
                Err(fault) => {
                    (Err(at(fault)), rest.split_once('\n').map_or("", |(_, after)| after))
                }
            };
            match read {
                Ok(fields) if fields == [""] => {}
                Ok(fields) => lines.push(match <[String; 3]>::try_from(fields) {
                    Ok([path, hash, size]) => Ok(Line { path, hash, size }),
                    Err(fields) => Err(at(RecordFault::Fields(fields.len()))),
                }),
                Err(error) => lines.push(Err(error)),
            }
            errors += usize::from(lines.last().is_some_and(Result::is_err));
            let consumed = rest.len() - after.len();
            number += rest.get(..consumed).unwrap_or_default().matches('\n').count();
            rest = after;
        }
        lines
    }

    /// The file, one row a line.
    pub fn to_bytes(&self) -> Vec<u8> {
        let line = |row: &Row| Line {
            path: row.path.as_str().to_owned(),
            hash: row.hash.map(|hash| hash.to_string()).unwrap_or_default(),
            size: row.size.map(|size| size.to_string()).unwrap_or_default(),
        };
        Self::of_lines(&self.rows.iter().map(line).collect::<Vec<_>>())
    }

    /// The file of `lines`.
    pub fn of_lines(lines: &[Line]) -> Vec<u8> {
        let mut text = String::new();
        for Line { path, hash, size } in lines {
            if path.contains([',', '"']) {
                text.push_str(&format!("\"{}\"", path.replace('"', "\"\"")));
            } else {
                text.push_str(path);
            }
            text.push_str(&format!(",{hash},{size}\n"));
        }
        text.into_bytes()
    }
}

fn row(fields: &[String]) -> Result<Row, RecordFault> {
    let [path, hash, size] = fields else {
        return Err(RecordFault::Fields(fields.len()));
    };
    let hash = match hash.as_str() {
        "" => None,
        text => Some(text.parse().map_err(|()| RecordFault::Hash(text.to_owned()))?),
    };
    let size = match size.as_str() {
        "" => None,
        text if text.bytes().all(|b| b.is_ascii_digit()) => {
            Some(text.parse().map_err(|_| RecordFault::Size(text.to_owned()))?)
        }
        text => return Err(RecordFault::Size(text.to_owned())),
    };
    Ok(Row { path: path.parse()?, hash, size })
}

/// The fields of the first row (RFC 4180), and the text after its line end.
fn split_row(text: &str) -> Result<(Vec<String>, &str), RecordFault> {
    let mut fields = Vec::new();
    let mut rest = text;
    loop {
        let (field, after) = split_field(rest)?;
        fields.push(field);
        match after.strip_prefix(',') {
            Some(after) => rest = after,
            None => {
                let after = after.strip_prefix('\r').unwrap_or(after);
                return Ok((fields, after.strip_prefix('\n').unwrap_or(after)));
            }
        }
    }
}

/// One field, and the text from its comma or line end on.
fn split_field(text: &str) -> Result<(String, &str), RecordFault> {
    const ENDS: [char; 3] = [',', '\r', '\n'];
    let Some(mut rest) = text.strip_prefix('"') else {
        let (field, rest) = text.split_at(text.find(ENDS).unwrap_or(text.len()));
        return Ok((field.to_owned(), rest));
    };
    let mut field = String::new();
    loop {
        let (part, after) = rest.split_once('"').ok_or(RecordFault::Quote)?;
        field.push_str(part);
        match after.strip_prefix('"') {
            Some(after) => {
                field.push('"');
                rest = after;
            }
            None if after.is_empty() || after.starts_with(ENDS) => return Ok((field, after)),
            None => return Err(RecordFault::Quote),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn error(text: &str) -> String {
        Record::parse(text.as_bytes()).unwrap_err().to_string()
    }

    #[test]
    fn a_digest_is_written_as_pep_376_has_it() {
        let empty = "sha256=47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU";
        assert_eq!(Digest::of(b"").to_string(), empty);
        assert_eq!(empty.parse(), Ok(Digest::of(b"")));
        assert!(Digest::of(b"").hex().starts_with("e3b0c442"));
        assert!(format!("{empty}=").parse::<Digest>().is_err());
    }

    #[test]
    fn paths_are_quoted_where_they_must_be() {
        let row = |path: &str| Row { path: path.parse().unwrap(), hash: None, size: Some(3) };
        let record = Record { rows: vec![row("a b"), row("a,b"), row("say \"a\"")] };
        assert_eq!(
            String::from_utf8(record.to_bytes()).unwrap(),
            "a b,,3\n\"a,b\",,3\n\"say \"\"a\"\"\",,3\n"
        );
    }

    #[test]
    fn line_ends_and_empty_lines_do_not_matter() {
        for text in ["a,,\r\nb,,\r\n", "a,,\n\n\"b\",,", "a,,\nb,,\n"] {
            let paths: Vec<_> = Record::parse(text.as_bytes()).unwrap().rows;
            let paths: Vec<_> = paths.iter().map(|row| row.path.as_str()).collect();
            assert_eq!(paths, ["a", "b"], "{text:?}");
        }
    }

    #[test]
    fn what_is_wrong_is_told_with_its_line() {
        assert_eq!(error("a,,\nb,\n"), "RECORD, line 2: 2 fields, not path,hash,size");
        assert_eq!(error("a,,\n../b,,\n"), "RECORD, line 2: `../b` has the segment `..`");
        assert_eq!(error("\"x\ny\",,"), "RECORD, line 1: `x\\ny` has the character '\\n'");
        assert!(error("a,,\n\nb,md5=x,1\n").starts_with("RECORD, line 3: `md5=x`"));
        assert_eq!(error("a,,+1\n"), "RECORD, line 1: `+1` is not a size");
        assert!(error("a,,99999999999999999999999\n").contains("is not a size"));
        assert!(error("\"a,,\n").contains("not closed"));
        assert!(error("\"a\"b,,\n").contains("not closed"));
        let error = Record::parse(b"a,,\n\xff,,\n").unwrap_err();
        assert_eq!(error, RecordError { line: 2, fault: RecordFault::Utf8 });
    }

    prop_compose! {
        fn any_row()(
            segments in proptest::collection::vec("[^/\\\\\\p{Cc}]{1,9}", 1..4),
            holds in proptest::option::of(any::<[u8; 4]>()),
            size in any::<Option<u64>>(),
        ) -> Option<Row> {
            let path = segments.join("/").parse().ok()?;
            Some(Row { path, hash: holds.map(|bytes| Digest::of(&bytes)), size })
        }
    }

    proptest! {
        #[test]
        fn any_legal_path_survives(rows in proptest::collection::vec(any_row(), 0..6)) {
            let record = Record { rows: rows.into_iter().flatten().collect() };
            prop_assert_eq!(Record::parse(&record.to_bytes()), Ok(record));
        }

        #[test]
        fn any_bytes_are_answered(text in "[a\",\r\n/=0]{0,30}") {
            let _ = Record::parse(text.as_bytes());
        }
    }
}
