//! cffi in API mode: an extension module that cffi generates from C declarations, for CPython's
//! stable ABI. It is linked against the Go library, or contains it.

use super::interface::{
    Binding, CGO_HEADER, CffiModule, ExtensionModule, Interpreters, Linked, Locator,
};
use crate::factory::stubs::stubs;
use crate::project::{Extension, GoLibrary, Part, declarations, go_types};
use crate::target::{Os, PythonAbi};
use crate::toolchain::Tool;
use crate::wheel::Contents;

/// Our own headers: the stable ABI as far as cffi's C uses it.
const HEADERS: &[(&str, &str)] = &[
    ("Python.h", include_str!("../../../toolchains/abi3/Python.h")),
    ("pyconfig.h", include_str!("../../../toolchains/abi3/pyconfig.h")),
];

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

    fn extension(&self, suffix: &str) -> Option<ExtensionModule<'p>> {
        let Extension { module, signatures, .. } = self.extension;
        Some(ExtensionModule {
            module,
            path: self.part.module_path(suffix)?,
            linked: match self.is_static {
                true => Linked::Archive,
                false => Linked::Library { dir: self.extension.path_to(self.library) },
            },
            headers: HEADERS,
            signatures,
        })
    }

    fn extension_flags(&self, abi: PythonAbi) -> &'static [&'static str] {
        match abi {
            // cffi's C and the headers are the same for all releases: what CPython has as macros are
            // calls here, so the layout of objects does not matter. 3.2 has the first stable ABI, and
            // nothing newer is declared.
            PythonAbi::Abi3 | PythonAbi::Release(_) => &["-DPy_LIMITED_API=0x03020000"],
            PythonAbi::Abi3t => &["-DPy_LIMITED_API=0x030f0000", "-DPy_TARGET_ABI3T=0x030f0000"],
        }
    }

    fn interpreters(&self) -> Interpreters {
        Interpreters::CPython
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
