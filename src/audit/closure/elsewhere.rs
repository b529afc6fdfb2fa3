//! Where a library that is not in the wheel may come from.
//!
//! In: the needed library, and the [`Surroundings`] of the wheel: what it requires, what its Python
//! code loads, and what a person excluded. Out: a clause that says who may provide the library, if
//! there is evidence that somebody does.

use std::collections::BTreeSet;

use memchr::{memchr_iter, memmem};

use super::search::Node;
use crate::audit::excluded::Excluded;
use crate::relative_path::file_name;

/// What a wheel is installed with.
#[derive(Debug, Clone, Copy)]
pub(in crate::audit) struct Surroundings<'a> {
    /// The normalized name of the wheel's distribution.
    pub(in crate::audit) name: &'a str,
    /// The normalized names of the distributions it requires.
    pub(in crate::audit) requirements: &'a [String],
    /// The packages that its Python code imports.
    pub(in crate::audit) imports: &'a BTreeSet<String>,
    /// Its Python files that load libraries, and their text.
    pub(in crate::audit) loaders: &'a [(String, String)],
    /// The libraries that are not looked for.
    pub(in crate::audit) excluded: &'a Excluded,
}

/// What CUDA's distributions contain, without `lib`.
const CUDA: &[&str] = &[
    "cublas",
    "cudart",
    "cudnn",
    "cufft",
    "cufile",
    "cupti",
    "curand",
    "cusolver",
    "cusparse",
    "cutensor",
    "nccl",
    "nvjitlink",
    "nvrtc",
    "nvshmem",
    "nvtoolsext",
];

/// Distributions and how the names of their libraries start, if those are not named after them or the
/// wheels that use them do not require them.
const PROVIDERS: &[(&str, &[&str])] = &[
    ("cuda-toolkit", CUDA),
    ("daal", &["onedal"]),
    ("dpcpp-cpp-rt", &["imf", "intlc", "irng", "svml", "sycl"]),
    ("intel-cmplr-lib-rt", &["imf", "intlc", "irng", "svml"]),
    ("intel-openmp", &["iomp5"]),
    ("intel-sycl-rt", &["sycl"]),
    ("msvc-runtime", &["concrt140", "msvcp140", "vcomp140", "vcruntime140"]),
    ("nvidia-", CUDA),
    ("pyarrow", &["arrow", "parquet"]),
    ("pyqt5", &["qt5"]),
    ("pyqt6", &["qt6"]),
    ("pyside6", &["qt6", "pyside6", "shiboken6"]),
    ("tensorflow", &["_pywrap_tensorflow", "tensorflow_framework"]),
    ("torch", &["c10", "caffe2", "shm", "torch"]),
    ("torch", CUDA),
];

/// Words in the names of distributions that say nothing about their libraries.
const GENERIC: &[&str] = &[
    "api",
    "apache",
    "base",
    "binary",
    "client",
    "common",
    "core",
    "cpu",
    "data",
    "extensions",
    "gpu",
    "headers",
    "lib",
    "libs",
    "plus",
    "python",
    "runtime",
    "server",
    "tools",
    "types",
    "utils",
];

impl<'a> Surroundings<'a> {
    /// Those of a wheel that requires and loads nothing.
    pub(in crate::audit) fn none(excluded: &'a Excluded) -> Self {
        static NONE: BTreeSet<String> = BTreeSet::new();
        Self { name: "", requirements: &[], imports: &NONE, loaders: &[], excluded }
    }

    /// Who may provide `library`, which the binary of `node` needs and the loader does not find:
    /// continues `needs libtorch.so, `. `tops` are the top directories of the wheel. Nobody else
    /// provides a library that is in the wheel, but out of reach of the loader.
    pub(super) fn provider(
        &self,
        library: &str,
        node: Option<&Node<'_>>,
        tops: &[&str],
        is_in_wheel: bool,
    ) -> Option<String> {
        let file = file_name(library).to_ascii_lowercase();
        let name = stem(&file);
        if let Some((path, _)) = self.loaders.iter().find(|(_, text)| mentions(text, library)) {
            return Some(format!("which {path} seems to load first"));
        }
        if is_in_wheel {
            return None;
        }
        let by_name = self.requirements.iter().find(|requirement| {
            is_named_after(name, requirement) || is_known_provider(name, requirement)
        });
        let leads_to = node.into_iter().flat_map(|node| &node.outside);
        let outer: Vec<&str> =
            leads_to.map(String::as_str).filter(|top| !tops.contains(top)).collect();
        let by_path = || {
            let is_top = |requirement: &&String| {
                let requirement = requirement.replace('-', "_");
                outer.iter().any(|top| {
                    let top = top.to_ascii_lowercase().replace('-', "_");
                    requirement.starts_with(&top) || top.starts_with(&requirement)
                })
            };
            self.requirements.iter().find(is_top)
        };
        let own = first_word(self.name);
        let sibling = || {
            let is_sibling = |requirement: &&String| first_word(requirement) == own;
            self.requirements.iter().find(is_sibling).filter(|_| !GENERIC.contains(&own))
        };
        if let Some(requirement) = by_name.or_else(by_path).or_else(sibling) {
            return Some(format!("which the required distribution {requirement} may provide"));
        }
        // Only known packages: the standard library has modules with the names of libraries.
        let is_imported = |package: &&String| {
            !tops.contains(&package.as_str())
                && is_known_provider(name, &package.to_ascii_lowercase())
        };
        if let Some(package) = self.imports.iter().find(is_imported) {
            return Some(format!(
                "which the package {package}, which its code imports, may provide"
            ));
        }
        match (self.requirements, outer.as_slice()) {
            ([_, ..], [top, ..]) => Some(match known_provider(name) {
                Some(distribution) => format!(
                    "which the distribution {distribution} contains: the search path leads to \
                     {top}/, but the wheel does not require {distribution}"
                ),
                None => format!(
                    "which one of the required distributions may provide in {top}/, where the \
                     search path leads"
                ),
            }),
            _ => None,
        }
    }
}

/// The name of a library without prefix and suffix: `torch_cpu` of `libtorch_cpu.so.1`.
pub(super) fn stem(file: &str) -> &str {
    let name = file.strip_prefix("lib").unwrap_or(file);
    name.split(".so").next().unwrap_or(name).trim_end_matches(".dylib").trim_end_matches(".dll")
}

fn first_word(name: &str) -> &str {
    name.split('-').next().unwrap_or(name)
}

/// Whether the library `name` has the name of the distribution `requirement`, or of a part of it:
/// `libtvm_ffi.so` of `apache-tvm-ffi`, `libQt6Core.so.6` of `PyQt6-Qt6`.
pub(super) fn is_named_after(name: &str, requirement: &str) -> bool {
    let words = requirement.split('-').filter(|word| !GENERIC.contains(word));
    words.flat_map(|word| [Some(word), word.strip_prefix("py")]).flatten().any(|word| {
        let family = word.trim_end_matches(|c: char| c.is_ascii_digit());
        let starts = word.len() > 2 && (name.starts_with(word) || name.starts_with(family));
        (starts && family.len() > 1) || (word.len() > 4 && name.contains(word))
    })
}

/// The distribution that is known to contain the library `name`.
fn known_provider(name: &str) -> Option<&'static str> {
    let mut known = PROVIDERS.iter().filter(|(distribution, _)| !distribution.ends_with('-'));
    let found = known.find(|(_, libraries)| libraries.iter().any(|own| name.starts_with(own)));
    found.map(|(distribution, _)| *distribution)
}

fn is_known_provider(name: &str, requirement: &str) -> bool {
    PROVIDERS.iter().any(|(distribution, libraries)| {
        let is_it = *distribution == requirement
            || (distribution.ends_with('-') && requirement.starts_with(distribution));
        is_it && libraries.iter().any(|library| name.starts_with(library))
    })
}

/// Whether Python code that loads libraries names `library`, whatever version is in its file name.
fn mentions(text: &str, library: &str) -> bool {
    let file = file_name(library);
    let end = [".so", ".dylib", ".dll", ".DLL"].iter().filter_map(|end| file.find(end)).min();
    let stem = end.and_then(|end| file.get(..end)).unwrap_or(file);
    let is_in_word = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric() || c == '_');
    // At least `libz`: shorter names occur in any text.
    stem.len() > 3
        && text.match_indices(stem).any(|(at, _)| {
            let (before, after) = text.split_at(at);
            !is_in_word(before.chars().next_back())
                && !is_in_word(after.get(stem.len()..).and_then(|rest| rest.chars().next()))
        })
}

/// The top-level packages that Python code imports.
pub(in crate::audit) fn imports(text: &[u8]) -> impl Iterator<Item = &str> {
    let mut start = 0;
    let ends = memchr_iter(b'\n', text).chain([text.len()]);
    ends.filter_map(move |end| {
        let line = text.get(std::mem::replace(&mut start, end + 1)..end)?.trim_ascii_start();
        let rest = line.strip_prefix(b"import").or_else(|| line.strip_prefix(b"from"))?;
        let rest = rest.first().is_some_and(u8::is_ascii_whitespace).then(|| rest.trim_ascii())?;
        let is_in_name = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_';
        let end = rest.iter().position(|byte| !is_in_name(byte)).unwrap_or(rest.len());
        str::from_utf8(rest.get(..end)?).ok().filter(|package| !package.is_empty())
    })
}

/// Whether Python code loads libraries.
pub(in crate::audit) fn is_loader(text: &[u8]) -> bool {
    [&b"CDLL"[..], b"LoadLibrary", b"PyDLL", b"WinDLL", b"dlopen"]
        .iter()
        .any(|word| memmem::find(text, word).is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn provider(name: &str, library: &str, requirements: &[&str]) -> Option<String> {
        let requirements: Vec<String> = requirements.iter().map(ToString::to_string).collect();
        let excluded = Excluded::default();
        let around =
            Surroundings { name, requirements: &requirements, ..Surroundings::none(&excluded) };
        let clause = around.provider(library, None, &[name], false)?;
        let clause = clause.strip_prefix("which the required distribution ")?;
        clause.strip_suffix(" may provide").map(str::to_owned)
    }

    #[test]
    fn a_required_distribution_provides_libraries_with_its_name() {
        for (name, library, requirement) in [
            ("torchaudio", "libtorch_cpu.so", "torch"),
            ("torchaudio", "libc10.so", "torch"),
            ("pyqt6", "libQt6Core.so.6", "pyqt6-qt6"),
            ("pyqt6", "@rpath/QtCore.framework/Versions/A/QtCore", "pyqt6-qt6"),
            ("mlx", "@rpath/libmlx.dylib", "mlx-metal"),
            ("xgrammar", "libtvm_ffi.so", "apache-tvm-ffi"),
            ("mkl-service", "libmkl_rt.so.3", "mkl"),
            ("meshlib", "libMRMesh.so", "meshlib-core"),
            ("pyside6-essentials", "shiboken6.abi3.dll", "shiboken6"),
            ("pyside6-addons", "Qt6Core.dll", "pyside6-essentials"),
            ("scikit-learn-intelex", "libonedal.so.3", "daal"),
            ("cupy-cuda12x", "libnvrtc.so.12", "nvidia-cuda-nvrtc-cu12"),
            ("demo", "libarrow.so.2100", "pyarrow"),
            ("demo", "msvcp140.dll", "msvc-runtime"),
        ] {
            let found = provider(name, library, &["numpy", requirement]);
            assert_eq!(found.as_deref(), Some(requirement), "{library}");
        }
    }

    #[test]
    fn other_requirements_provide_nothing() {
        for library in
            ["libssl.so.1.1", "libfoo.so", "libpq.so.5", "libcrypto.so.3", "libgomp.so.1"]
        {
            let others = ["numpy", "cryptography", "typing-extensions", "six", "python-dateutil"];
            assert_eq!(provider("demo", library, &others), None, "{library}");
        }
        assert_eq!(provider("torchaudio", "libtorch.so", &[]), None);
    }

    #[test]
    fn imported_packages_are_found_in_code() {
        let text =
            b"import torch.nn as nn\n  from numpy import x\nfrom . import y\nimportant = 1\n";
        assert_eq!(imports(text).collect::<Vec<_>>(), ["torch", "numpy"]);
    }

    #[test]
    fn code_names_the_libraries_that_it_loads() {
        let text = "ctypes.CDLL(os.path.join(here, 'libs', 'libother.so.2'), RTLD_GLOBAL)";
        assert!(is_loader(text.as_bytes()) && !is_loader(b"import os"));
        assert!(mentions(text, "libother.so.2") && mentions(text, "@rpath/libother.dylib"));
        assert!(!mentions(text, "libothers.so") && !mentions(text, "libt.so"));
        assert!(!mentions("CDLL('libotherwise.so')", "libother.so"));
    }
}
