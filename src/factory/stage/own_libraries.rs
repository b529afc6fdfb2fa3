//! The libraries that a C compiler builds from source: once for each target, in minutes.
//!
//! Input: whether Go links C++, and the compiler. Output: those that are still to come, so that
//! nobody takes the run for a broken one.

use crate::target::Slice;
use crate::toolchain::{Driver, OwnLibrary};

/// Libraries that have not been built yet.
#[derive(Debug, Default)]
pub(super) struct OwnLibraries<'d> {
    c: Option<&'d OwnLibrary>,
    cxx: Option<&'d OwnLibrary>,
}

impl<'d> OwnLibraries<'d> {
    /// Those that linking C, and C++ if there is some, builds first.
    pub(super) fn missing(driver: &'d Driver, has_cxx: bool) -> Self {
        let missing = |library: &'d Option<OwnLibrary>| {
            library.as_ref().filter(|library| library.is_missing())
        };
        let cxx = if has_cxx { missing(&driver.cxx_library) } else { None };
        Self { c: missing(&driver.c_library), cxx }
    }

    /// What to say before they are built for `slice`.
    pub(super) fn announcements(&self, slice: Slice) -> Vec<String> {
        let text = |first: &str, library: &str| {
            format!(
                "{}: first build of {first} for this target: the C compiler builds its {library}, \
                 which takes a few minutes and is then cached",
                slice.name()
            )
        };
        let c = self.c.map(|_| text("C", "C runtime"));
        c.into_iter().chain(self.cxx.map(|_| text("C++", "C++ library"))).collect()
    }

    /// Remembers that they were built.
    pub(super) fn built(&self) {
        self.c.into_iter().chain(self.cxx).for_each(OwnLibrary::built);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::target::{LINUX, WINDOWS, X86_64};

    #[test]
    fn only_the_first_cpp_for_a_target_is_announced() {
        let dir = tempfile::tempdir().unwrap();
        let cxx = OwnLibrary::new(dir.path().join("c++-x86_64-linux-gnu"));
        let driver = Driver { cxx_library: Some(cxx), ..Driver::default() };
        let announced = |driver: &Driver, has_cxx| {
            OwnLibraries::missing(driver, has_cxx).announcements(Slice::new(LINUX, X86_64))
        };
        assert!(announced(&driver, false).is_empty());
        assert!(announced(&Driver::default(), true).is_empty());
        let texts = announced(&driver, true);
        assert!(
            texts.len() == 1
                && texts[0].starts_with("linux-amd64: first build of C++ for this target"),
            "{texts:?}"
        );
        OwnLibraries::missing(&driver, true).built();
        assert!(announced(&driver, true).is_empty());
    }

    #[test]
    fn only_the_first_c_for_a_target_whose_runtime_is_built_is_announced() {
        let dir = tempfile::tempdir().unwrap();
        let c = OwnLibrary::new(dir.path().join("c-x86_64-windows-gnu"));
        let driver = Driver { c_library: Some(c), ..Driver::default() };
        let missing = OwnLibraries::missing(&driver, true);
        let texts = missing.announcements(Slice::new(WINDOWS, X86_64));
        assert_eq!(
            texts,
            [
                "windows-amd64: first build of C for this target: the C compiler builds its C runtime, \
              which takes a few minutes and is then cached"
            ]
        );
        missing.built();
        let missing = OwnLibraries::missing(&driver, true);
        assert!(missing.announcements(Slice::new(WINDOWS, X86_64)).is_empty());
    }
}
