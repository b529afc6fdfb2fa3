//! A library that a C compiler builds from source: once for each target, in minutes.
//!
//! A file next to what the compiler builds says that it is built, so that both are removed
//! together. Without that file, what earlier versions of pygo built is looked for once.

use std::path::{Path, PathBuf};

/// Such a library, for one target.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnLibrary {
    marker: PathBuf,
    /// What the compiler calls it, and the machine in its COFF objects.
    file: Option<(&'static str, u16)>,
}

impl OwnLibrary {
    /// The library that exists once the file `marker` does.
    pub fn new(marker: PathBuf) -> Self {
        Self { marker, file: None }
    }

    /// One that is also known by the name of its file in the compiler's cache, where each file has a
    /// directory of its own in `o`, and by the `machine` of its objects.
    pub(super) fn with_file(marker: PathBuf, name: &'static str, machine: u16) -> Self {
        Self { marker, file: Some((name, machine)) }
    }

    /// Whether the compiler still has to build it.
    pub fn is_missing(&self) -> bool {
        if self.marker.exists() {
            return false;
        }
        let is_there = self.is_in_cache();
        if is_there {
            self.built();
        }
        !is_there
    }

    /// Remembers that it was built.
    pub fn built(&self) {
        // Otherwise it is announced once more.
        let _ = fs_err::write(&self.marker, "");
    }

    fn is_in_cache(&self) -> bool {
        let (Some((name, machine)), Some(cache)) = (self.file, self.marker.parent()) else {
            return false;
        };
        let dirs = fs_err::read_dir(cache.join("o")).into_iter().flatten().flatten();
        dirs.map(|dir| dir.path().join(name)).any(|file| is_for(&file, machine))
    }
}

/// Whether the archive `file` has a COFF object for `machine`: its first two bytes, after the end of
/// the header of a member.
fn is_for(file: &Path, machine: u16) -> bool {
    let Ok(bytes) = fs_err::read(file) else { return false };
    let [low, high] = machine.to_le_bytes();
    bytes.windows(4).any(|window| window == [b'`', b'\n', low, high])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_library_is_missing_until_it_was_built() {
        let dir = tempfile::tempdir().unwrap();
        let library = OwnLibrary::new(dir.path().join("c++-x86_64-linux-gnu"));
        assert!(library.is_missing());
        library.built();
        assert!(!library.is_missing());
    }

    #[test]
    fn what_the_compiler_built_before_is_found_by_its_machine() {
        let dir = tempfile::tempdir().unwrap();
        let place = dir.path().join("o/abc");
        fs_err::create_dir_all(&place).unwrap();
        fs_err::create_dir_all(dir.path().join("o/other")).unwrap();
        fs_err::write(place.join("libx.lib"), b"!<arch>\nx.obj/  0 `\n\x64\x86\x05\x00").unwrap();
        let of = |name, machine| {
            OwnLibrary::with_file(dir.path().join(format!("{name}-{machine}")), name, machine)
        };
        assert!(!of("libx.lib", 0x8664).is_missing());
        assert!(
            dir.path().join(format!("libx.lib-{}", 0x8664)).exists(),
            "it is not looked for again"
        );
        assert!(of("libx.lib", 0xaa64).is_missing());
        assert!(of("liby.lib", 0x8664).is_missing());
    }
}
