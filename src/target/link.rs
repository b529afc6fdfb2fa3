//! How shared objects of a system are linked, as arguments of a C compiler driver.
//!
//! All of identity and search path is set here, at link time; no binary is edited afterwards.

use super::os::{LinkStyle, Os};

impl Os {
    /// Gives a shared library the name by which others ask for it: the soname on Linux
    /// (`libhello.so`), the install name on macOS (`@rpath/libhello.dylib`).
    ///
    /// Without one, what links against the library would ask for the path it was linked at.
    pub fn identity_flag(&self, file_name: &str) -> Option<String> {
        match self.link {
            LinkStyle::Gnu => Some(format!("-Wl,-soname,{file_name}")),
            LinkStyle::Apple => Some(format!("-Wl,-install_name,@rpath/{file_name}")),
            LinkStyle::MinGw => None,
        }
    }

    /// Links a Python extension module called `file_name`, which finds its libraries in
    /// `library_dir`, a path relative to the module's own directory.
    ///
    /// macOS: a `-dynamiclib` rather than a `-bundle`, which `dlopen` loads alike and zig can
    /// link. Python's own symbols are resolved on import. The header has room for longer names,
    /// which tools that repair wheels write there (Go sees to that for its own libraries).
    pub fn extension_flags(&self, file_name: &str, library_dir: &str) -> Vec<String> {
        let fixed: &[&str] = match self.link {
            LinkStyle::Gnu => &["-shared", "-fPIC"],
            LinkStyle::Apple => {
                &["-dynamiclib", "-undefined", "dynamic_lookup", "-Wl,-headerpad_max_install_names"]
            }
            LinkStyle::MinGw => &["-shared"],
        };
        let mut flags: Vec<String> = fixed.iter().map(|flag| (*flag).to_owned()).collect();
        // The soname of an extension is never looked up; an install name defaults to the path of
        // the output file.
        flags.extend(self.identity_flag(file_name).filter(|_| self.link == LinkStyle::Apple));
        flags.extend(self.origin.map(|origin| format!("-Wl,-rpath,{origin}/{library_dir}")));
        flags
    }
}
