//! What the factory asks about a part, and the answers.

use crate::factory::generated::{BINDING, LOCATOR};
use crate::project::{Extension, GoLibrary, ModuleName, Program, Signature};
use crate::target::{FIRST_ABI3T, Os, PythonAbi, Release};
use crate::toolchain::Tool;
use crate::wheel::{Contents, FormatError, WheelTag};

/// What the factory asks about a part. The defaults are those of a library without an extension.
pub(in crate::factory) trait Binding<'p>: Send + Sync {
    /// The program that Go builds in place of a library.
    fn program(&self) -> Option<&'p Program> {
        None
    }

    /// The tools that build it, besides Go and the C compiler.
    fn tools(&self) -> &'static [Tool] {
        &[]
    }

    /// Whether Go builds an archive, which is linked into the extension module.
    fn has_archive(&self) -> bool {
        false
    }

    /// The headers of Python that Go's C code is compiled with, if it uses Python itself.
    fn python_headers(&self) -> Option<&'static [(&'static str, &'static str)]> {
        None
    }

    /// The C functions that Python code may look up in the library besides those of Go.
    fn c_functions(&self) -> Vec<String> {
        Vec::new()
    }

    /// The C or Python source to generate once for all targets.
    fn source(&self) -> Option<CffiModule<'p>> {
        None
    }

    /// The extension module whose file ends with `suffix`; it is compiled if there is a source for
    /// it.
    fn extension(&self, suffix: &str) -> Option<ExtensionModule<'p>> {
        let _ = suffix;
        None
    }

    /// The extension whose declarations no C code calls, so that only a separate run of the C
    /// compiler can compare them with Go's header.
    fn only_declares(&self) -> Option<&'p Extension> {
        None
    }

    /// Arguments of the C compiler for an extension module for `abi`.
    fn extension_flags(&self, abi: PythonAbi) -> &'static [&'static str] {
        let _ = abi;
        &[]
    }

    /// Why it cannot be built for `abi`, if so: what was found, and what to do.
    fn not_for(&self, abi: PythonAbi) -> Option<(&'static str, &'static str)> {
        let _ = abi;
        None
    }

    /// The Python module that opens the library on `os`, made from the generated source.
    fn python_module(&self, os: &Os) -> Option<PythonModule<'p>> {
        let _ = os;
        None
    }

    /// The interpreters that can use it.
    fn interpreters(&self) -> Interpreters {
        Interpreters::Any
    }

    /// The distributions that a wheel with it requires.
    fn requirements(&self) -> &'static [&'static str] {
        &[]
    }

    /// Type stubs to add to the files of `base`: paths and texts.
    fn stubs(&self, base: &Contents) -> Vec<(String, String)> {
        let _ = base;
        Vec::new()
    }

    /// The module that tells Python code where the library is on `os`.
    fn locator(&self, os: &Os) -> Option<Locator> {
        let _ = os;
        None
    }

    /// Why an editable wheel cannot have it, if so.
    fn not_editable(&self) -> Option<&'static str> {
        None
    }
}

/// The name under which an extension includes the header that cgo wrote for its library. cgo names
/// it after the library's file, which differs between systems; the extension's source does not.
pub(in crate::factory) const CGO_HEADER: &str = "pygo-library.h";

/// What cffi generates C or Python code from.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::factory) struct CffiModule<'p> {
    /// The module's import name.
    pub(in crate::factory) module: &'p ModuleName,
    /// Declarations of types that precede its own.
    pub(in crate::factory) types: Vec<&'static str>,
    /// Its declarations.
    pub(in crate::factory) signatures: &'p [Signature],
    /// C that precedes everything generated; `None` for Python code, the ABI mode.
    pub(in crate::factory) preamble: Option<String>,
}

/// A Python module that opens a library.
#[derive(Debug, Clone)]
pub(in crate::factory) struct PythonModule<'p> {
    /// Its import name.
    pub(in crate::factory) module: &'p ModuleName,
    /// Its path in the wheel: `example/_words.py`.
    pub(in crate::factory) path: String,
    /// The path of the library, relative to its own directory.
    pub(in crate::factory) library: String,
}

impl PythonModule<'_> {
    /// Its text; `ffi` is the code that cffi generated, which defines the name `ffi`.
    pub(in crate::factory) fn text(&self, ffi: &str) -> String {
        let parts = self.library.split('/').filter(|part| *part != ".");
        let parts: Vec<_> = parts.map(|part| format!("\"{part}\"")).collect();
        format!(
            "{BINDING}\n\
             import os\n\n\
             {}\n\n\
             lib = ffi.dlopen(\n    \
             os.path.join(os.path.dirname(os.path.abspath(__file__)), {})\n)\n",
            ffi.trim_start_matches("# auto-generated file\n").trim_end(),
            parts.join(", ")
        )
    }
}

/// A Python module that tells where a library is.
#[derive(Debug, Clone)]
pub(in crate::factory) struct Locator {
    /// Its import name: `example.lib.libhello`.
    pub(in crate::factory) module: String,
    /// Its path in the wheel, next to the library: `example/lib/libhello.py`.
    pub(in crate::factory) path: String,
    /// The library's file name.
    pub(in crate::factory) library: String,
}

impl Locator {
    /// The locator of `library`, whose file is called `file`; an author who chose the place knows it.
    pub(super) fn of(library: &GoLibrary, file: String) -> Option<Self> {
        if library.file.is_some() {
            return None;
        }
        let name = format!("lib{}", library.name);
        Some(Self {
            module: format!("{}.lib.{name}", library.package),
            path: format!("{}/{name}.py", library.wheel_dir()),
            library: file,
        })
    }

    /// Its text.
    pub(in crate::factory) fn text(&self) -> String {
        format!(
            "{LOCATOR}\n\
             from pathlib import Path\n\n\
             path: Path = Path(__file__).with_name(\"{}\")\n",
            self.library
        )
    }
}

/// An extension module and how it is compiled.
#[derive(Debug, Clone)]
pub(in crate::factory) struct ExtensionModule<'p> {
    /// Its import name.
    pub(in crate::factory) module: &'p ModuleName,
    /// Its path in the wheel.
    pub(in crate::factory) path: String,
    /// How it is linked to what Go built.
    pub(in crate::factory) linked: Linked,
    /// Headers to compile it with: name and content.
    pub(in crate::factory) headers: &'static [(&'static str, &'static str)],
    /// Its declarations, to explain the compiler's errors with.
    pub(in crate::factory) signatures: &'p [Signature],
}

/// How an extension module is linked to what Go built.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::factory) enum Linked {
    /// To a library in `dir`, relative to its own directory.
    Library { dir: String },
    /// With an archive, which becomes part of it.
    Archive,
    /// Go links it.
    Go,
}

/// Interpreters that can use a part. A wheel is tagged for the narrowest among its parts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
pub(in crate::factory) enum Interpreters {
    /// Any Python 3: nothing is linked against an interpreter.
    Any,
    /// CPython, as far as the wheel's ABI goes.
    CPython,
}

impl Interpreters {
    /// The tag of a wheel for these interpreters, `abi` and `platforms`; `oldest` is the oldest
    /// Python that the project allows.
    ///
    /// # Errors
    /// If a platform tag is malformed.
    pub(in crate::factory) fn tag(
        self,
        abi: PythonAbi,
        oldest: Release,
        platforms: Vec<String>,
    ) -> Result<WheelTag, FormatError> {
        if self == Self::Any {
            return WheelTag::new(["py3"], ["none"], platforms);
        }
        let Release { major, minor } = oldest_in(abi, oldest);
        let abis = match abi {
            PythonAbi::Abi3 => vec!["abi3".to_owned()],
            PythonAbi::Abi3t => vec!["abi3".to_owned(), "abi3t".to_owned()],
            PythonAbi::Release(_) => vec![abi.to_string()],
        };
        WheelTag::new([format!("cp{major}{minor}")], abis, platforms)
    }
}

/// The oldest CPython that imports a module for `abi`; `oldest` is the oldest that the project
/// allows.
pub(in crate::factory) fn oldest_in(abi: PythonAbi, oldest: Release) -> Release {
    match abi {
        PythonAbi::Abi3 => oldest,
        PythonAbi::Abi3t => oldest.max(FIRST_ABI3T),
        PythonAbi::Release(release) => Release::new(3, release.minor),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_abi_has_its_tag() {
        let tag = |abi, oldest| {
            let platforms = vec!["macosx_13_0_arm64".to_owned()];
            Interpreters::CPython.tag(abi, Release::new(3, oldest), platforms).unwrap().to_string()
        };
        let release = |text: &str| PythonAbi::Release(text.parse().unwrap());
        for (abi, oldest, expected) in [
            (PythonAbi::Abi3, 10, "cp310-abi3"),
            (PythonAbi::Abi3t, 10, "cp315-abi3.abi3t"),
            (PythonAbi::Abi3t, 16, "cp316-abi3.abi3t"),
            (release("3.12"), 10, "cp312-cp312"),
            (release("3.14t"), 10, "cp314-cp314t"),
        ] {
            assert_eq!(tag(abi, oldest), format!("{expected}-macosx_13_0_arm64"));
        }
        let any = vec!["any".to_owned()];
        let any = Interpreters::Any.tag(release("3.12"), Release::new(3, 10), any).unwrap();
        assert_eq!(any.to_string(), "py3-none-any");
    }

    #[test]
    fn a_python_module_opens_the_library_beside_it() {
        let module = "a._x".parse().unwrap();
        let text = |library: &str| {
            let (path, library) = ("a/_x.py".to_owned(), library.to_owned());
            PythonModule { module: &module, path, library }.text("# auto-generated file\nffi = 1\n")
        };
        assert_eq!(
            text("../b/lib/libx.b.so"),
            "\"\"\"The functions of a Go library. Written by cffi and pygo.\"\"\"\n\n\
             import os\n\nffi = 1\n\nlib = ffi.dlopen(\n    \
             os.path.join(os.path.dirname(os.path.abspath(__file__)), \"..\", \"b\", \"lib\", \
             \"libx.b.so\")\n)\n"
        );
        assert!(text("./libx.a.so").contains("(__file__)), \"libx.a.so\")"));
    }
}
