//! The C++ library of a C compiler that builds it from source: once for each target, in minutes.
//!
//! Input: the packages that Go compiles, and the compiler. Output: whether that is still to come, so
//! that nobody takes the run for a broken one.

use std::path::Path;

use super::cgo_packages::CgoPackage;
use crate::target::Slice;
use crate::toolchain::Driver;

/// A C++ library that has not been built yet.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct CxxLibrary<'d> {
    marker: &'d Path,
}

impl<'d> CxxLibrary<'d> {
    /// The one that linking `packages` builds first, if any.
    pub(super) fn missing(packages: &[CgoPackage], driver: &'d Driver) -> Option<Self> {
        let marker = driver.cxx_library.as_deref()?;
        let is_missing = packages.iter().any(CgoPackage::has_cxx) && !marker.exists();
        is_missing.then_some(Self { marker })
    }

    /// What to say before it is built for `slice`.
    pub(super) fn announcement(&self, slice: Slice) -> String {
        format!(
            "{}: the first C++ for this target: the C compiler now builds its C++ library, which \
             takes some minutes once and is kept in the cache",
            slice.name()
        )
    }

    /// Remembers that it was built.
    pub(super) fn built(&self) {
        // Otherwise it is announced once more.
        let _ = fs_err::write(self.marker, "");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::factory::stage::cgo_packages;
    use crate::target::{LINUX, X86_64};

    #[test]
    fn only_the_first_cpp_for_a_target_is_announced() {
        let dir = tempfile::tempdir().unwrap();
        let cxx = dir.path().join("c++-x86_64-linux-gnu");
        let driver = Driver { cxx_library: Some(cxx), ..Driver::default() };
        let packages = |files: &str| {
            cgo_packages::read(&format!("{{\"ImportPath\": \"p\", {files}}}")).unwrap()
        };
        let (c, cpp) = (packages("\"CFiles\": [\"x.c\"]"), packages("\"CXXFiles\": [\"x.cc\"]"));
        assert_eq!(CxxLibrary::missing(&c, &driver), None);
        assert_eq!(CxxLibrary::missing(&cpp, &Driver::default()), None);
        let library = CxxLibrary::missing(&cpp, &driver).unwrap();
        let text = library.announcement(Slice::new(LINUX, X86_64));
        assert!(text.starts_with("linux-amd64: the first C++"), "{text}");
        library.built();
        assert_eq!(CxxLibrary::missing(&cpp, &driver), None);
    }
}
