//! Where an editable installation comes from (PEP 610).
//!
//! Input: the directory of a project. Output: direct_url.json, written and recorded.

use std::fmt::Write as _;
use std::io::{Error, Result};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use fs_err as fs;

use crate::process::write_atomically;
use crate::wheel::Digest;
use crate::wheel::record::{self, Row};

/// The name of the file.
pub(super) const FILE: &str = "direct_url.json";

/// The text of the file for an editable installation of `project`, byte by byte as pip and uv
/// write it.
pub(super) fn direct_url(project: &Path) -> Vec<u8> {
    let mut url = "file://".to_owned();
    for byte in project.as_os_str().as_bytes() {
        match byte {
            b'/' | b'_' | b'.' | b'-' | b'~' => url.push(char::from(*byte)),
            byte if byte.is_ascii_alphanumeric() => url.push(char::from(*byte)),
            // Writing to a string cannot fail.
            byte => _ = write!(url, "%{byte:02X}"),
        }
    }
    format!("{{\"dir_info\": {{\"editable\": true}}, \"url\": \"{url}\"}}").into_bytes()
}

/// Writes `text` as the file in `dist_info`, with its row in RECORD.
///
/// The row is first: a file that is missing shows, one too many does not.
pub(super) fn record(dist_info: &Path, text: &[u8]) -> Result<()> {
    let place = dist_info.join("RECORD");
    let rows = record::read(&fs::read(&place)?).into_iter();
    let mut rows = rows.map(|row| row.map_err(Error::other)).collect::<Result<Vec<_>>>()?;
    let dir = dist_info.file_name().unwrap_or_default().to_string_lossy();
    let path = format!("{dir}/{FILE}");
    rows.retain(|row| row.path != path);
    rows.push(Row::new(&path, Digest::of(text), text.len() as u64));
    write_atomically(&place, &record::write(&rows)?)?;
    write_atomically(&dist_info.join(FILE), text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_url_is_quoted_as_python_does() {
        let text = String::from_utf8(direct_url(Path::new("/a b/ü~%/c-d_e.f")));
        assert_eq!(
            text.unwrap(),
            r#"{"dir_info": {"editable": true}, "url": "file:///a%20b/%C3%BC~%25/c-d_e.f"}"#
        );
    }

    #[test]
    fn the_file_has_one_row() {
        let dir = tempfile::tempdir().unwrap();
        let dist_info = dir.path().join("own-1.dist-info");
        fs::create_dir(&dist_info).unwrap();
        fs::write(dist_info.join("RECORD"), "own-1.dist-info/RECORD,,\r\n\"a,b\",,\r\n").unwrap();
        for text in ["old", "text"] {
            record(&dist_info, text.as_bytes()).unwrap();
            assert_eq!(fs::read_to_string(dist_info.join(FILE)).unwrap(), text);
        }
        let digest = Digest::of(b"text");
        assert_eq!(
            fs::read_to_string(dist_info.join("RECORD")).unwrap(),
            format!(
                "own-1.dist-info/RECORD,,\n\"a,b\",,\nown-1.dist-info/direct_url.json,{digest},4\n"
            )
        );
    }
}
