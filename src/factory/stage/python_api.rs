//! Python's limited API: the headers that C code is compiled with, and the flags that select its
//! release.

use std::path::Path;

use super::go_command::quoted;
use super::python_library::PythonLibrary;
use crate::error::Result;
use crate::target::Release;

/// Python's limited API, for C code.
#[derive(Debug, Clone, serde::Serialize)]
pub(in crate::factory) struct PythonApi {
    /// Its headers: name and content.
    pub(in crate::factory) headers: &'static [(&'static str, &'static str)],
    /// The oldest Python that imports what is built.
    pub(in crate::factory) oldest: Release,
    /// Whether only free-threaded Python does.
    pub(in crate::factory) free_threaded: bool,
    /// What its symbols are linked to, where a linker has to know.
    pub(in crate::factory) library: Option<PythonLibrary>,
}

impl PythonApi {
    /// The flags to compile C with, whose headers are in `dir`.
    pub(super) fn flags(&self, dir: &Path, doing: &str) -> Result<Vec<String>> {
        let Release { major, minor } = self.oldest;
        let oldest = format!("0x{major:02x}{minor:02x}0000");
        let mut flags = vec![
            quoted(&format!("-I{}", dir.display()), doing)?,
            format!("-DPYGO_LIMITED_API={oldest}"),
            format!("-DPy_LIMITED_API={oldest}"),
        ];
        if self.free_threaded {
            flags.push("-DPy_GIL_DISABLED=1".to_owned());
        }
        Ok(flags)
    }
}
