//! The files that `#cgo` lines name relative to their package, such as static libraries.
//!
//! Input: a Go file of a project. Output: paths, each of a file or of a directory with libraries.
//! Only `${SRCDIR}` counts (`go doc cgo`): other paths are not part of the project.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use super::super::text::{self, MAX_SIZE};
use super::super::tree::Entry;
use crate::error::Result;
use crate::relative_path::join_below;

/// What a flag names, relative to the project.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Named {
    /// A file.
    File(PathBuf),
    /// A directory in which the linker looks for libraries.
    Libraries(PathBuf),
}

impl Named {
    /// Those of a Go file.
    ///
    /// # Errors
    /// An unreadable file.
    pub(super) fn all_in(entry: &Entry) -> Result<Vec<Self>> {
        let doing = format!("reading {}", entry.path.display());
        let bytes = text::bytes(&entry.source, &doing, MAX_SIZE)?;
        let dir = entry.path.parent().unwrap_or(Path::new(""));
        Ok(named(&String::from_utf8_lossy(&bytes), dir))
    }

    /// Whether it is `path`, or a static library at `path` that it leads to.
    pub(super) fn is(&self, path: &Path) -> bool {
        match self {
            Self::File(file) => file == path,
            Self::Libraries(dir) => {
                path.parent() == Some(dir) && path.extension() == Some(OsStr::new("a"))
            }
        }
    }
}

/// What stands for the directory of a Go file in its `#cgo` lines.
const DIRECTORY: &str = "${SRCDIR}";

fn named(text: &str, dir: &Path) -> Vec<Named> {
    all_flags(text).flat_map(|flags| in_flags(flags, DIRECTORY, dir)).collect()
}

/// The flags in the `#cgo` lines of a Go file.
fn all_flags(text: &str) -> impl Iterator<Item = &str> {
    text.lines().filter_map(|line| {
        let code = line.trim_start_matches(|c: char| c.is_whitespace() || c == '/' || c == '*');
        Some(code.strip_prefix("#cgo")?.split_once(':')?.1)
    })
}

/// The paths in the `#cgo` lines of a Go file with the content `text`, relative to its directory: those
/// that begin with `${SRCDIR}`, and those that lead out of it, since cgo compiles there.
pub(super) fn relative_paths(text: &str) -> Vec<PathBuf> {
    let of_word = |word: &str| {
        let word = word.trim_matches(['"', '\'']);
        if let Some((_, path)) = word.split_once(DIRECTORY) {
            return Some(PathBuf::from(path.trim_start_matches('/')));
        }
        let path = ["-I", "-L", "-iquote", "-isystem", "-idirafter"]
            .into_iter()
            .find_map(|flag| word.strip_prefix(flag))
            .unwrap_or(word);
        path.starts_with("../").then(|| PathBuf::from(path))
    };
    all_flags(text).flat_map(str::split_whitespace).filter_map(of_word).collect()
}

/// What `flags` name, in which `variable` stands for the directory `dir`.
pub(super) fn in_flags(flags: &str, variable: &str, dir: &Path) -> Vec<Named> {
    let of_word = |word: &str| {
        let word = word.trim_matches(['"', '\'']);
        let (before, path) = word.split_once(variable)?;
        let path = join_below(dir, path.trim_start_matches('/'))?;
        Some(if before == "-L" { Named::Libraries(path) } else { Named::File(path) })
    };
    flags.split_whitespace().filter_map(of_word).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags_name_files_and_directories() {
        let text = "package a\n\n// #cgo linux LDFLAGS: -L${SRCDIR}/../lib -lfast\n\
                    /*\n#cgo CFLAGS: -include \"${SRCDIR}/pre.def\" -I/usr/include\n\
                    # cgo\n#cgo LDFLAGS: ${SRCDIR}/../../../above.a\n*/\nimport \"C\"\n";
        let wanted = [Named::Libraries("go/lib".into()), Named::File("go/cmd/pre.def".into())];
        assert_eq!(named(text, Path::new("go/cmd")), wanted);
        let paths = ["../lib", "pre.def", "../../../above.a"].map(PathBuf::from);
        assert_eq!(relative_paths(text), paths);
        let text = "// #cgo CFLAGS: -I../../c -I ../more -Iown -I/usr/include\n";
        assert_eq!(relative_paths(text), ["../../c", "../more"].map(PathBuf::from));
        assert!(wanted[0].is(Path::new("go/lib/libfast.a")));
        assert!(!wanted[0].is(Path::new("go/lib/notes.md")));
        assert!(!wanted[0].is(Path::new("go/lib/deep/libfast.a")));
        assert!(wanted[1].is(Path::new("go/cmd/pre.def")));
    }
}
