//! The email header format of METADATA and WHEEL (PEP 241, RFC 822).
//!
//! Input: the bytes of such a file. Output: its fields, and the same bytes plus added fields. Folded
//! lines, line ends and everything after the headers stay unchanged.

use super::error::FormatError;

/// A field as written, line ends and folds included.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Field {
    raw: String,
    colon: usize,
}

impl Field {
    fn name(&self) -> &str {
        &self.raw[..self.colon]
    }

    /// Without surrounding whitespace. Folds inside are kept, as `email.message` does.
    fn value(&self) -> &str {
        self.raw[self.colon + 1..].trim()
    }

    /// As `email.message` reads it: spaces at the end belong to the value.
    fn exact(&self) -> &str {
        self.raw[self.colon + 1..].trim_start_matches([' ', '\t']).trim_end_matches(['\r', '\n'])
    }
}

/// The fields of such a file, and the text after them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Headers {
    fields: Vec<Field>,
    /// Everything from the empty line on.
    rest: Vec<u8>,
}

impl Headers {
    /// Parses the fields up to the first empty line.
    ///
    /// # Errors
    /// The first line that is not a field.
    pub fn parse(bytes: &[u8]) -> Result<Self, FormatError> {
        let mut fields: Vec<Field> = Vec::new();
        let mut at = 0;
        for (index, line) in bytes.split_inclusive(|b| *b == b'\n').enumerate() {
            if matches!(line, b"\n" | b"\r\n") {
                break;
            }
            at += line.len();
            let number = index + 1;
            let text = str::from_utf8(line)
                .map_err(|_| FormatError(format!("line {number} is not UTF-8")))?;
            let bad = || {
                let shown = text.trim_end().escape_debug();
                FormatError(format!("line {number} is not a field: `{shown}`"))
            };
            if text.starts_with([' ', '\t']) {
                fields.last_mut().ok_or_else(bad)?.raw.push_str(text);
                continue;
            }
            let (name, _) = text.split_once(':').ok_or_else(bad)?;
            if name.is_empty() || !name.bytes().all(|b| b.is_ascii_graphic()) {
                return Err(bad());
            }
            fields.push(Field { colon: name.len(), raw: text.to_owned() });
        }
        Ok(Self { fields, rest: bytes[at..].to_vec() })
    }

    /// The values of all fields called `name`, in any case, in order.
    pub fn get_all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        let same = move |field: &&Field| field.name().eq_ignore_ascii_case(name);
        self.fields.iter().filter(same).map(Field::value)
    }

    /// The name and value of every field, in order.
    pub fn fields(&self) -> impl Iterator<Item = (&str, &str)> {
        self.fields.iter().map(|field| (field.name(), field.value()))
    }

    /// The values of all fields called `name`, with the spaces at their ends.
    pub fn exact<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        let same = move |field: &&Field| field.name().eq_ignore_ascii_case(name);
        self.fields.iter().filter(same).map(Field::exact)
    }

    /// Everything after the empty line: the description in METADATA.
    pub fn body(&self) -> &[u8] {
        let end = self.rest.iter().position(|b| *b == b'\n').map_or(0, |at| at + 1);
        &self.rest[end..]
    }

    /// The value of the first field called `name`.
    pub fn get<'a>(&'a self, name: &'a str) -> Option<&'a str> {
        self.get_all(name).next()
    }

    /// Adds a field after the last one of that name, or after all others.
    pub(super) fn add(&mut self, name: &str, value: &str) {
        let last = self.fields.iter().rposition(|field| field.name().eq_ignore_ascii_case(name));
        let at = last.map_or(self.fields.len(), |last| last + 1);
        let crlf = self.fields.first().is_some_and(|field| field.raw.ends_with("\r\n"));
        let end = if crlf { "\r\n" } else { "\n" };
        if let Some(before) = at.checked_sub(1).and_then(|before| self.fields.get_mut(before))
            && !before.raw.ends_with('\n')
        {
            before.raw.push_str(end);
        }
        self.fields.insert(at, Field { colon: name.len(), raw: format!("{name}: {value}{end}") });
    }

    /// The whole file.
    pub(super) fn to_bytes(&self) -> Vec<u8> {
        let fields: String = self.fields.iter().map(|field| field.raw.as_str()).collect();
        [fields.as_bytes(), &self.rest].concat()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_round_trip() {
        for bytes in [
            &b"A: 1\nB:  2\n   folded\n\t\nC:\n\nbody\r\n\xff\n\n"[..],
            b"A: 1\r\nB: 2\r\n\r\nbody",
            b"A: 1",
            b"",
            b"\n\n",
        ] {
            assert_eq!(Headers::parse(bytes).unwrap().to_bytes(), bytes);
        }
    }

    #[test]
    fn added_field_follows_the_last_of_its_name() {
        let mut headers = Headers::parse(b"A: 1\nB: 2\n  x\nC: 3\n\nA: body").unwrap();
        headers.add("b", "4");
        headers.add("D", "5");
        assert_eq!(headers.to_bytes(), b"A: 1\nB: 2\n  x\nb: 4\nC: 3\nD: 5\n\nA: body");
        assert_eq!(headers.get_all("B").collect::<Vec<_>>(), ["2\n  x", "4"]);
    }

    #[test]
    fn spaces_at_the_end_and_the_body_can_be_read() {
        let headers = Headers::parse(b"A:  1 \r\nB: 2\n\t3 \n\r\nbody\n").unwrap();
        assert_eq!(headers.exact("a").collect::<Vec<_>>(), ["1 "]);
        assert_eq!(headers.exact("B").collect::<Vec<_>>(), ["2\n\t3 "]);
        assert_eq!((headers.get("A"), headers.body()), (Some("1"), &b"body\n"[..]));
        assert_eq!(Headers::parse(b"A: 1\n").unwrap().body(), b"");
    }

    #[test]
    fn line_ends_match_the_file() {
        let mut headers = Headers::parse(b"A: 1\r\nB: 2").unwrap();
        headers.add("C", "3");
        assert_eq!(headers.to_bytes(), b"A: 1\r\nB: 2\r\nC: 3\r\n");
    }

    #[test]
    fn bad_line_is_reported_with_its_number() {
        let error = |bytes| Headers::parse(bytes).unwrap_err().to_string();
        assert_eq!(error(b"A: 1\nnonsense\n"), "line 2 is not a field: `nonsense`");
        assert_eq!(error(b" A: 1\n"), "line 1 is not a field: ` A: 1`");
        assert_eq!(error(b"A: 1\nB: \xff\n"), "line 2 is not UTF-8");
    }
}
