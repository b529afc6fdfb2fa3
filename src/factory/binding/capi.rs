//! An extension module whose own C, beside the Go code, uses Python's limited API, as users of
//! setuptools-golang write it: Go links it, and it defines its init function itself.
//!
//! Python's headers are not those of a Python: they would differ from one build machine to the
//! next, and many have none. `toolchains/abi3` declares the limited API once for every target, up
//! to the release that the project supports, so that a newer function is an error of the compiler.

use super::interface::{Binding, ExtensionModule, Interpreters, Linked};
use crate::project::{NativeModule, Part};
use crate::target::Os;

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

    fn extension(&self, os: &Os) -> Option<ExtensionModule<'p>> {
        Some(ExtensionModule {
            module: &self.native.module,
            path: self.part.module_path(os)?,
            linked: Linked::Go,
            flags: &[],
            headers: HEADERS,
            signatures: &[],
        })
    }

    fn interpreters(&self) -> Interpreters {
        Interpreters::StableAbi
    }
}
