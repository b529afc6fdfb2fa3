//! cffi in API mode: an extension module that cffi generates from C declarations, for CPython's
//! stable ABI. It is linked against the Go library, or contains it.

use super::interface::{
    Binding, CGO_HEADER, CffiModule, ExtensionModule, Interpreters, Linked, Locator,
};
use crate::factory::stubs::stubs;
use crate::project::{Extension, GoLibrary, Part, declarations, go_types};
use crate::target::Os;
use crate::toolchain::Tool;
use crate::wheel::Contents;

/// Our own headers: the stable ABI as far as cffi's C uses it.
const HEADERS: &[(&str, &str)] = &[
    ("Python.h", include_str!("../../../toolchains/abi3/Python.h")),
    ("pyconfig.h", include_str!("../../../toolchains/abi3/pyconfig.h")),
];

/// 3.2 has the first stable ABI. The headers declare nothing newer, so the result fits whatever
/// Python the wheel is tagged for.
const FLAGS: &[&str] = &["-DPy_LIMITED_API=0x03020000"];

/// A library with the extension that wraps it.
pub(super) struct CffiApi<'p> {
    pub(super) part: &'p Part,
    pub(super) library: &'p GoLibrary,
    pub(super) extension: &'p Extension,
    /// Whether the extension contains the library.
    pub(super) is_static: bool,
}

impl<'p> Binding<'p> for CffiApi<'p> {
    fn tools(&self) -> &'static [Tool] {
        &[Tool::Cffi]
    }

    fn source(&self) -> Option<CffiModule<'p>> {
        let Extension { module, signatures, .. } = self.extension;
        let declarations = declarations(signatures, &self.part.go.exports);
        let preamble = Some(format!("#include \"{CGO_HEADER}\"{declarations}"));
        Some(CffiModule { module, types: go_types(signatures), signatures, preamble })
    }

    fn has_archive(&self) -> bool {
        self.is_static
    }

    fn extension(&self, os: &Os) -> Option<ExtensionModule<'p>> {
        let Extension { module, signatures, .. } = self.extension;
        Some(ExtensionModule {
            module,
            path: self.part.module_path(os)?,
            linked: match self.is_static {
                true => Linked::Archive,
                false => Linked::Library { dir: self.extension.path_to(self.library) },
            },
            flags: FLAGS,
            headers: HEADERS,
            signatures,
        })
    }

    fn interpreters(&self) -> Interpreters {
        Interpreters::StableAbi
    }

    fn requirements(&self) -> &'static [&'static str] {
        &["cffi"]
    }

    fn locator(&self, os: &Os) -> Option<Locator> {
        Locator::of(self.library, self.part.library_file(os)?)
    }

    fn stubs(&self, base: &Contents) -> Vec<(String, String)> {
        stubs(self.extension, self.library, base)
    }
}
