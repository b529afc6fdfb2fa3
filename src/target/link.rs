//! Linker flags per system, for a C compiler driver.
//!
//! They set names and search paths at link time, so that no binary is edited afterwards.

use super::os::{LinkStyle, Os};

impl Os {
    /// The flag that sets a shared library's soname (`libhello.so`) or install name
    /// (`@rpath/libhello.dylib`).
    ///
    /// Without it, binaries linked against the library would refer to its path at link time.
    pub fn identity_flag(&self, file_name: &str) -> Option<String> {
        match self.link {
            LinkStyle::Gnu => Some(format!("-Wl,-soname,{file_name}")),
            LinkStyle::Apple => Some(format!("-Wl,-install_name,@rpath/{file_name}")),
            LinkStyle::MinGw => None,
        }
    }

    /// The flags that link a Python extension module called `file_name`, which finds its libraries
    /// in `library_dir`, relative to the module's directory.
    ///
    /// On macOS the module is a `-dynamiclib`, because zig cannot link a `-bundle`; `dlopen` loads
    /// both. Python's own symbols are resolved on import. The header has room for the longer names
    /// that wheel repair tools write; Go reserves it for its libraries.
    pub fn extension_flags(&self, file_name: &str, library_dir: &str) -> Vec<String> {
        let fixed: &[&str] = match self.link {
            LinkStyle::Gnu => &["-shared", "-fPIC"],
            LinkStyle::Apple => {
                &["-dynamiclib", "-undefined", "dynamic_lookup", "-Wl,-headerpad_max_install_names"]
            }
            LinkStyle::MinGw => &["-shared"],
        };
        let mut flags: Vec<String> = fixed.iter().map(|flag| (*flag).to_owned()).collect();
        // Nobody looks up an extension's soname. An install name would default to the output path.
        flags.extend(self.identity_flag(file_name).filter(|_| self.link == LinkStyle::Apple));
        flags.extend(self.origin.map(|origin| format!("-Wl,-rpath,{origin}/{library_dir}")));
        flags
    }
}
