//! How Python calls the Go code of a new project, and what differs between these ways.

/// A path and a text.
pub(super) type Template = (&'static str, &'static str);

/// A value of the key `binding` for which a new project can be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Binding {
    /// An extension module that cffi generates, and a library.
    Cffi,
    /// A Python module that cffi generates, and a library.
    CffiAbi,
    /// A library.
    Ctypes,
    /// An extension module with C code of its own.
    Capi,
}

const GO: Template = ("go/main.go", include_str!("files/both/main.go"));

/// What calls `lib` of cffi.
const CFFI: &[Template] = &[
    ("_{{last}}.pyi", include_str!("files/both/extension.pyi")),
    GO,
    ("greeting.py", include_str!("files/both/greeting.py")),
];

const CTYPES: &[Template] = &[GO, ("greeting.py", include_str!("files/ctypes/greeting.py"))];

const CAPI: &[Template] = &[
    ("_{{last}}.pyi", include_str!("files/capi/extension.pyi")),
    ("go/main.go", include_str!("files/capi/main.go")),
    ("go/module.c", include_str!("files/capi/module.c")),
    ("greeting.py", include_str!("files/capi/greeting.py")),
];

/// Declares the functions of the example.
const SIGNATURES: &str = "signatures = [\n    \"char* Greet(char* name);\",\n    \
                          \"void Free(void* pointer);\",\n]\n";

/// What the READMEs say about it; `{{file}}` is the configuration, and `{{dir}}` the package.
const README_CFFI: &str = "* `{{file}}` declares the same functions in C, in `signatures`.\n\
                           * `{{dir}}/greeting.py` calls them from Python.";
const README_CTYPES: &str =
    "* `{{dir}}/greeting.py` declares the same functions for ctypes, and calls them.";
const README_CAPI: &str = "* `{{dir}}/go/module.c` makes them functions of a Python module, with \
                           Python's limited API.\n\
                           * `{{dir}}/greeting.py` passes them on.";

impl Binding {
    /// All of them, the default first.
    pub const ALL: [Self; 4] = [Self::Cffi, Self::CffiAbi, Self::Ctypes, Self::Capi];

    /// The value of the key.
    pub fn name(self) -> &'static str {
        match self {
            Self::Cffi => "cffi",
            Self::CffiAbi => "cffi-abi",
            Self::Ctypes => "ctypes",
            Self::Capi => "capi",
        }
    }

    /// Whether an editable install has it: Python code that opens the library by its path finds none
    /// in the project, where pygo writes nothing.
    pub fn is_editable(self) -> bool {
        self != Self::Ctypes
    }

    /// The files of the package that differ.
    pub(super) fn package(self) -> &'static [Template] {
        match self {
            Self::Cffi | Self::CffiAbi => CFFI,
            Self::Ctypes => CTYPES,
            Self::Capi => CAPI,
        }
    }

    /// The keys of `[tool.pygo-tools]`.
    pub(super) fn keys(self) -> String {
        let library = "package = \"{{package}}\"\nlibrary = \"{{last}}_go\"\n";
        let extension = "extension = \"{{package}}._{{last}}\"\n";
        let binding = format!("binding = \"{}\"\n", self.name());
        let with_extension = library.replace("\nlibrary", &format!("\n{extension}library"));
        match self {
            Self::Cffi => format!("{with_extension}{SIGNATURES}"),
            Self::CffiAbi => format!("{with_extension}{binding}{SIGNATURES}"),
            Self::Ctypes => format!("{library}{binding}"),
            Self::Capi => format!("{extension}{binding}"),
        }
    }

    /// The text of a file of a new project, where it depends on this.
    pub(super) fn fill(self, text: &str) -> String {
        let is_cffi = matches!(self, Self::Cffi | Self::CffiAbi);
        let (readme, memory) = match self {
            Self::Cffi | Self::CffiAbi => {
                (README_CFFI, "Python must release with `Free`: see `greet`")
            }
            Self::Ctypes => (README_CTYPES, "Python must release with `Free`: see `greet`"),
            Self::Capi => (README_CAPI, "module.c releases with `free`"),
        };
        let install = match self.is_editable() {
            true => {
                "pip install -e .           # install in editable mode\n\
                     pygo develop               # rebuild after changing Go code"
            }
            false => "pip install .              # install; again after each change",
        };
        text.replace("{{dependencies}}\n", if is_cffi { "dependencies = [\"cffi\"]\n" } else { "" })
            .replace("{{stubs}}", if is_cffi { ", \"types-cffi\"" } else { "" })
            .replace("{{keys}}\n", &self.keys())
            .replace("{{functions}}", readme)
            .replace("{{memory}}", memory)
            .replace("{{install}}", install)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::project::PartKind;

    #[test]
    fn each_binding_of_a_library_or_module_has_a_project() {
        let names: Vec<_> = Binding::ALL.iter().map(|binding| binding.name()).collect();
        let all = PartKind::NAMES.into_iter().filter(|name| *name != "bin");
        assert_eq!(names, all.collect::<Vec<_>>());
    }
}
