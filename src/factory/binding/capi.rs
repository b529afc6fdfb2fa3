//! An extension module whose own C, next to the Go code, uses Python's limited API, as users of
//! setuptools-golang write it: Go links it, and it defines its init function itself.
//!
//! pygo supplies Python's headers itself: an installed Python's differ between build machines, and
//! many machines have none. `toolchains/abi3` declares the limited API once for every target, up to
//! the release that the project supports, so that a newer function is a compile error.

use super::interface::{Binding, ExtensionModule, Interpreters, Linked};
use crate::project::{NativeModule, Part};
use crate::target::PythonAbi;

/// The whole limited API.
const HEADERS: &[(&str, &str)] = &[
    ("Python.h", include_str!("../../../toolchains/abi3/Python.h")),
    ("pyconfig.h", include_str!("../../../toolchains/abi3/pyconfig.h")),
    ("types.h", include_str!("../../../toolchains/abi3/types.h")),
    ("limited.h", include_str!("../../../toolchains/abi3/limited.h")),
    ("macros.h", include_str!("../../../toolchains/abi3/macros.h")),
];

/// An extension module that Go builds.
pub(super) struct Capi<'p> {
    pub(super) part: &'p Part,
    pub(super) native: &'p NativeModule,
}

impl<'p> Binding<'p> for Capi<'p> {
    fn python_headers(&self) -> Option<&'static [(&'static str, &'static str)]> {
        Some(HEADERS)
    }

    fn extension(&self, suffix: &str) -> Option<ExtensionModule<'p>> {
        Some(ExtensionModule {
            module: &self.native.module,
            path: self.part.module_path(suffix)?,
            linked: Linked::Go,
            headers: HEADERS,
            signatures: &[],
        })
    }

    fn not_for(&self, abi: PythonAbi) -> Option<(&'static str, &'static str)> {
        (abi == PythonAbi::Abi3t).then_some((
            "C code for abi3t declares modules and objects differently, which pygo's headers do \
             not support yet",
            "remove `abi3t`, and name releases in `python` instead: \"3.15t\"",
        ))
    }

    fn interpreters(&self) -> Interpreters {
        Interpreters::CPython
    }
}
