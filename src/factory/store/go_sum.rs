//! The checksums of Go modules, as in go.sum.
//!
//! In: a module's directory among the downloaded modules, or the text of a go.sum. Out: `h1:` and
//! the digest of all names and digests in the module, which is what `go mod verify` compares.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use base64::Engine as _;
use fs_err as fs;

use crate::wheel::Digest;

/// The directory of the module around `path` among the downloaded modules:
/// `example.org/x@v1.0.0`.
pub(super) fn module_of(path: &Path) -> Option<PathBuf> {
    let is_top = |dir: &&Path| dir.file_name().is_some_and(|n| n.to_string_lossy().contains('@'));
    path.ancestors().filter(is_top).last().map(Path::to_owned)
}

/// The module in the directory `dir`, as go.sum names it: capital letters have no `!` before them.
fn name_of(dir: &Path) -> Option<String> {
    let mut name = String::new();
    let mut chars = dir.to_str()?.chars();
    while let Some(c) = chars.next() {
        match c {
            '!' => name.extend(chars.next()?.to_uppercase()),
            c => name.push(c),
        }
    }
    Some(name)
}

/// The checksums in the text of a go.sum: `example.org/X@v1.0.0`, and what is said about it.
pub(super) fn sums(text: &str) -> BTreeMap<String, String> {
    let read = |line: &str| {
        let mut words = line.split_whitespace();
        let (path, version, sum) = (words.next()?, words.next()?, words.next()?);
        let is_whole = !version.ends_with("/go.mod") && sum.starts_with("h1:");
        is_whole.then(|| (format!("{path}@{version}"), sum.to_owned()))
    };
    text.lines().filter_map(read).collect()
}

/// What the checksums `known` say about the module in the directory `dir`.
pub(super) fn sum<'a>(known: &'a BTreeMap<String, String>, dir: &Path) -> Option<&'a String> {
    known.get(&name_of(dir)?)
}

/// The checksum of the module in the directory `place`, called `dir` among the downloaded modules.
///
/// # Errors
/// If a file cannot be read.
pub(super) fn checksum(place: &Path, dir: &Path) -> std::io::Result<String> {
    let name = name_of(dir).unwrap_or_default();
    let mut lines = BTreeMap::new();
    for entry in walkdir::WalkDir::new(place) {
        let entry = entry.map_err(std::io::Error::from)?;
        if !entry.file_type().is_dir() {
            let rest = entry.path().strip_prefix(place).unwrap_or(entry.path());
            let file = format!("{name}/{}", rest.display());
            let digest = Digest::of(&fs::read(entry.path())?).hex();
            lines.insert(file.clone(), format!("{digest}  {file}\n"));
        }
    }
    let text: String = lines.into_values().collect();
    Ok(written(Digest::of(text.as_bytes())))
}

/// A digest as go.sum writes it.
pub(super) fn written(digest: Digest) -> String {
    let hex = digest.hex();
    let byte = |at: usize| hex.get(at..at + 2).and_then(|two| u8::from_str_radix(two, 16).ok());
    let bytes: Vec<u8> = (0..hex.len()).step_by(2).filter_map(byte).collect();
    format!("h1:{}", base64::engine::general_purpose::STANDARD.encode(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_checksum_is_that_of_go() {
        // As `go mod download -json` prints it for a module of these files.
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("go.mod"), "module example.org/X\n").unwrap();
        fs::create_dir(dir.path().join("sub")).unwrap();
        fs::write(dir.path().join("sub/x.go"), "package sub\n").unwrap();
        let found = checksum(dir.path(), Path::new("example.org/!x@v1.0.0")).unwrap();
        assert_eq!(found, "h1:NuWF3x893+K28Z+Lm8X6CgXEy8loCJNo+yCb3MXhJoE=");
    }

    #[test]
    fn a_module_is_named_by_the_directory_around_a_file() {
        let of = |path: &str| module_of(Path::new(path)).and_then(|dir| name_of(&dir));
        assert_eq!(
            of("github.com/!data!dog/z@v1.5.7/c/z.h").as_deref(),
            Some("github.com/DataDog/z@v1.5.7")
        );
        assert_eq!(of("example.org/x@v1.0.0").as_deref(), Some("example.org/x@v1.0.0"));
        assert_eq!(of("cache/download"), None);
        let text = "a.org/b v1.0.0 h1:AA=\na.org/b v1.0.0/go.mod h1:BB=\nbad line\n";
        let known = sums(text);
        assert_eq!(known.len(), 1);
        assert_eq!(sum(&known, Path::new("a.org/b@v1.0.0")), Some(&"h1:AA=".to_owned()));
    }
}
