//! Linker flags per system, for a C compiler driver.
//!
//! They set names and search paths at link time, so that no binary is edited afterwards.

use super::arch::Machine;
use super::format::BinaryFormat;
use super::os::Os;
use super::target::Slice;

/// What `dlltool` calls the processors of DLLs.
const DLLTOOL: &[(Machine, &str)] =
    &[(Machine::Pe(0x8664), "i386:x86-64"), (Machine::Pe(0xaa64), "arm64")];

impl Slice {
    /// The processor's name for `dlltool`, for a system on which a linker has to know the DLL of
    /// every symbol of Python.
    pub fn dlltool_machine(self) -> Option<&'static str> {
        let is_windows = self.os.format == BinaryFormat::Pe;
        let named = DLLTOOL.iter().find(|(machine, _)| self.arch.machines.contains(machine));
        named.filter(|_| is_windows).map(|(_, name)| *name)
    }

    /// The flags for the C of an extension module, which must agree with Python about the types of
    /// C: on Windows, `long double` is the 64 bits of Microsoft's compiler.
    pub fn extension_c_flags(self) -> &'static [&'static str] {
        match (self.os.format, self.arch.goarch) {
            (BinaryFormat::Pe, "amd64") => &["-mlong-double-64"],
            _ => &[],
        }
    }
}

impl Os {
    /// The flag that sets a shared library's soname (`libhello.so`) or install name
    /// (`@rpath/libhello.dylib`). A DLL is known by its file name.
    ///
    /// Without it, binaries linked against the library would refer to its path at link time.
    pub fn identity_flag(&self, file_name: &str) -> Option<String> {
        match self.format {
            BinaryFormat::Elf => Some(format!("-Wl,-soname,{file_name}")),
            BinaryFormat::MachO => Some(format!("-Wl,-install_name,@rpath/{file_name}")),
            BinaryFormat::Pe => None,
        }
    }

    /// Whether an extension module finds its library by an rpath. On Windows it has to load it.
    pub fn has_rpaths(&self) -> bool {
        match self.format {
            BinaryFormat::Elf | BinaryFormat::MachO => true,
            BinaryFormat::Pe => false,
        }
    }

    /// Whether looking up a name in a library also searches the libraries that it needs.
    pub fn libraries_pass_names_on(&self) -> bool {
        match self.format {
            BinaryFormat::Elf | BinaryFormat::MachO => true,
            BinaryFormat::Pe => false,
        }
    }

    /// Whether linkers copy debug information into a library. On macOS they leave it in the object
    /// files, from which a tool of Apple's collects it, and on Windows it goes into a file of its
    /// own.
    pub fn links_debug_information(&self) -> bool {
        match self.format {
            BinaryFormat::Elf => true,
            BinaryFormat::MachO | BinaryFormat::Pe => false,
        }
    }

    /// The flags for the C in a Go archive that keep its functions out of the exports of the
    /// extension module that it is linked into. zig's linker for macOS takes no list of exports,
    /// and Go's own `crosscall2` and the like stay exported there; with macOS's two-level
    /// namespaces nobody else finds them by accident.
    pub fn hidden_flags(&self) -> &'static [&'static str] {
        match self.format {
            BinaryFormat::Elf => &[],
            BinaryFormat::MachO | BinaryFormat::Pe => &["-fvisibility=hidden"],
        }
    }

    /// The flags that link a library with symbols that Python defines. Where they are missing, such
    /// symbols are allowed anyway, or have a library.
    pub fn python_symbols_flags(&self) -> &'static str {
        match self.format {
            BinaryFormat::MachO => "-undefined dynamic_lookup",
            BinaryFormat::Elf | BinaryFormat::Pe => "",
        }
    }

    /// The flags that link a Go archive into an extension module. `exports` is a version script
    /// with the symbols that stay visible. As Go does for its libraries, they forbid unloading:
    /// its threads go on.
    pub fn archive_flags(&self, exports: &str) -> Vec<String> {
        match self.format {
            BinaryFormat::Elf => vec![
                "-Wl,-z,nodelete".into(),
                "-Wl,-Bsymbolic".into(),
                format!("-Wl,--version-script={exports}"),
            ],
            BinaryFormat::MachO | BinaryFormat::Pe => Vec::new(),
        }
    }

    /// The flags that link a Python extension module called `file_name`, which finds its libraries,
    /// if it has any, in `library_dir`, relative to the module's directory.
    ///
    /// On macOS the module is a `-dynamiclib`, because zig cannot link a `-bundle`; `dlopen` loads
    /// both. Python's own symbols are resolved on import. The header has room for the longer names
    /// that wheel repair tools write; Go reserves it for its libraries. Its install name would
    /// default to the output path. Windows has no rpaths.
    pub fn extension_flags(&self, file_name: &str, library_dir: Option<&str>) -> Vec<String> {
        let rpath = |origin: &str| library_dir.map(|dir| format!("-Wl,-rpath,{origin}/{dir}"));
        let (mut flags, rpath): (Vec<String>, _) = match self.format {
            BinaryFormat::Elf => (vec!["-shared".into(), "-fPIC".into()], rpath("$ORIGIN")),
            BinaryFormat::MachO => (
                vec![
                    "-dynamiclib".into(),
                    "-undefined".into(),
                    "dynamic_lookup".into(),
                    "-Wl,-headerpad_max_install_names".into(),
                    format!("-Wl,-install_name,@rpath/{file_name}"),
                ],
                rpath("@loader_path"),
            ),
            BinaryFormat::Pe => (vec!["-shared".into()], None),
        };
        flags.extend(rpath);
        flags
    }
}
