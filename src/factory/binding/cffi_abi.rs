//! cffi in ABI mode: a Python module that cffi generates from C declarations, and that opens the
//! Go library. Nothing is compiled against an interpreter, so one wheel per platform serves every
//! Python that has cffi.

use super::ctypes::not_exported;
use super::interface::{Binding, CffiModule, Locator, PythonModule};
use crate::factory::stubs::stubs;
use crate::project::{Extension, GoLibrary, Part, go_types};
use crate::target::Os;
use crate::toolchain::Tool;
use crate::wheel::Contents;

/// A library with the Python module that opens it.
pub(super) struct CffiAbi<'p> {
    pub(super) part: &'p Part,
    pub(super) library: &'p GoLibrary,
    pub(super) extension: &'p Extension,
}

impl<'p> Binding<'p> for CffiAbi<'p> {
    fn tools(&self) -> &'static [Tool] {
        &[Tool::Cffi]
    }

    fn source(&self) -> Option<CffiModule<'p>> {
        let Extension { module, signatures, .. } = self.extension;
        Some(CffiModule { module, types: go_types(signatures), signatures, preamble: None })
    }

    fn c_functions(&self) -> Vec<String> {
        let declared = self.extension.signatures.iter().filter_map(|s| s.prototype.as_ref());
        not_exported(self.part, declared.map(|prototype| prototype.name.as_str()))
    }

    fn only_declares(&self) -> Option<&'p Extension> {
        Some(self.extension)
    }

    fn python_module(&self, os: &Os) -> Option<PythonModule<'p>> {
        Some(PythonModule {
            module: &self.extension.module,
            path: self.part.module_path("")?,
            library: format!(
                "{}/{}",
                self.extension.path_to(self.library),
                self.part.library_file(os)?
            ),
        })
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
