//! How shared objects of a system are linked, as arguments of a C compiler driver.
//!
//! All of identity and search path is set here, at link time; no binary is edited afterwards.

use super::System;

impl System {
    /// Gives a shared library the name by which others ask for it: the soname on Linux
    /// (`libhello.so`), the install name on macOS (`@rpath/libhello.dylib`).
    ///
    /// Without one, what links against the library would ask for the path it was linked at.
    pub fn identity_flag(self, file_name: &str) -> String {
        match self {
            Self::Linux => format!("-Wl,-soname,{file_name}"),
            Self::MacOs => format!("-Wl,-install_name,@rpath/{file_name}"),
        }
    }

    /// Links a Python extension module called `file_name`, which finds its libraries in
    /// `library_dir`, a path relative to the module's own directory.
    ///
    /// macOS: a `-dynamiclib` rather than a `-bundle`, which `dlopen` loads alike and zig can
    /// link; Python's own symbols are left to be found when it is loaded. Its header has room for
    /// longer names, which tools that repair wheels write there (Go sees to that for its own).
    pub fn extension_flags(self, file_name: &str, library_dir: &str) -> Vec<String> {
        let mut flags: Vec<String> = match self {
            Self::Linux => vec!["-shared".to_owned(), "-fPIC".to_owned()],
            Self::MacOs => vec![
                "-dynamiclib".to_owned(),
                "-undefined".to_owned(),
                "dynamic_lookup".to_owned(),
                "-Wl,-headerpad_max_install_names".to_owned(),
                self.identity_flag(file_name),
            ],
        };
        flags.push(format!("-Wl,-rpath,{}/{library_dir}", self.origin()));
        flags
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_extension_looks_beside_itself_for_its_library() {
        assert_eq!(
            System::Linux.extension_flags("_x.abi3.so", "x/lib").last().map(String::as_str),
            Some("-Wl,-rpath,$ORIGIN/x/lib")
        );
        assert!(
            System::MacOs
                .extension_flags("_x.abi3.so", "x/lib")
                .contains(&"-Wl,-install_name,@rpath/_x.abi3.so".to_owned())
        );
    }
}
