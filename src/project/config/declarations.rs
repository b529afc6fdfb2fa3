//! The C declarations of an extension: the keys `signatures` and `cdef`.
//!
//! Input: both keys and the root of the project. Output: [`Signature`]s, those of the file first.

use std::path::{Path, PathBuf};

use super::super::c::signature::Signature;
use super::super::text::{self, inside, shown};
use crate::error::{Failure, Result};

/// What an extension declares, and the file that has a part of it.
#[derive(Debug, Default)]
pub(super) struct Declarations {
    pub(super) signatures: Vec<Signature>,
    /// Relative to the project.
    pub(super) file: Option<PathBuf>,
}

/// Reads both keys in the project at `root`; `None` if neither is given.
///
/// # Errors
/// No declaration at all; a file that is outside the project or cannot be read.
pub(super) fn read(
    signatures: Option<&[String]>,
    cdef: Option<&str>,
    root: &Path,
    doing: &str,
) -> Result<Option<Declarations>> {
    if signatures.is_none() && cdef.is_none() {
        return Ok(None);
    }
    let mut out = Declarations::default();
    if let Some(name) = cdef {
        let file = inside(name).ok_or_else(|| {
            Failure::project(
                doing,
                format!("`cdef` is {}, which is not a file of the project", shown(name)),
                "write the path of a file inside the project, relative to it: \"example/api.cdef\"",
            )
        })?;
        let path = root.join(&file);
        if !path.exists() {
            return Err(Failure::project(
                doing,
                format!("`cdef` is {}, and there is no such file", shown(name)),
                "create the file, or correct the key: its path is relative to the project",
            ));
        }
        // Messages repeat declarations, also those of cffi.
        if text::leads_out(root, &path) {
            return Err(Failure::project(
                doing,
                format!("`cdef` is {}, which leads out of the project", shown(name)),
                "copy the file into the project: an sdist contains nothing else",
            ));
        }
        let text = text::read(&path, &format!("{doing}, `cdef`"))?;
        out.signatures = Signature::read_file(&text, &file.display().to_string());
        out.file = Some(file);
    }
    out.signatures.extend(Signature::read_all(signatures.unwrap_or_default()));
    if out.signatures.iter().all(|signature| signature.text.trim().is_empty()) {
        let key = if cdef.is_some() { "the file of `cdef`" } else { "`signatures`" };
        return Err(Failure::project(
            doing,
            format!("{key} is empty"),
            "declare the functions of the extension: \
             \"char* Hello(char* message, int count);\"; without the key, pygo derives the \
             declarations from the Go exports",
        ));
    }
    Ok(Some(out))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_comes_before_the_signatures() {
        let dir = tempfile::tempdir().unwrap();
        fs_err::write(dir.path().join("api.cdef"), "typedef int id;\n\nint A(id);\n").unwrap();
        fs_err::write(dir.path().join("empty"), "// nothing\n").unwrap();
        fs_err::os::unix::fs::symlink("/etc/passwd", dir.path().join("out")).unwrap();
        let read =
            |signatures: Option<&[String]>, cdef| read(signatures, cdef, dir.path(), "reading");
        let both = read(Some(&["int B(id);".to_owned()]), Some("./api.cdef")).unwrap().unwrap();
        assert_eq!(both.file.as_deref(), Some(Path::new("api.cdef")));
        let places: Vec<_> = both.signatures.iter().map(|s| s.place.as_deref()).collect();
        assert_eq!(places, [Some("api.cdef:1"), Some("api.cdef:3"), None]);
        assert!(read(None, None).unwrap().is_none());
        for (cdef, found) in [
            ("../api.cdef", "`cdef` is \"../api.cdef\", which is not a file of the project"),
            ("empty", "the file of `cdef` is empty"),
            (".", " is not a regular file"),
            ("out", "`cdef` is \"out\", which leads out of the project"),
            ("absent", "`cdef` is \"absent\", and there is no such file"),
        ] {
            let failure = read(None, Some(cdef)).unwrap_err();
            assert!(failure.found.contains(found), "{failure}");
        }
        assert_eq!(read(Some(&[]), None).unwrap_err().found, "`signatures` is empty");
    }
}
