//! What a failed `go build` prints, and what to do about each cause: C compilers, linkers and
//! pkg-config.
//!
//! The texts are those of zig; `tests.rs` has the outputs that they were taken from.

use super::super::c_definitions::CHECKED;
use super::row::Row;
use super::row::When::{Always, For};
use crate::error::Kind;
use crate::target::BinaryFormat::MachO;

const PKG_CONFIG: &str = "pkg-config describes the libraries of this machine, which a wheel for {target} cannot use: \
     build the library as a static library for the target, and name the directory of its .pc file:\n\
     [tool.pygo-tools.target.{target}]\n\
     pkg-config-dirs = [\"c/lib/{target}/pkgconfig\"]";

pub(in crate::factory::stage) const NO_PKG_CONFIG: &str = "install pkg-config (Debian: `pkg-config`, Homebrew: `pkgconf`), or name another program like it \
     in PKG_CONFIG";

const STATIC_LIBRARY: &str = "pygo links no libraries of this machine, because a wheel for {target} cannot count on them: \
     build {name} as a static library for the target (`zig cc -target ...` compiles for it) and \
     link that:\n\
     #cgo {where} LDFLAGS: ${SRCDIR}/lib/{target}/lib{name}.a";

const SDK_OR_STATIC_LIBRARY: &str = "if {name} is part of macOS, set SDKROOT to a macOS SDK, which pygo does not have; otherwise \
     build it as a static library for the target and link that:\n\
     #cgo {where} LDFLAGS: ${SRCDIR}/lib/{target}/lib{name}.a";

/// Linking with C libraries, and what the linker does not accept.
pub(super) const LINKING: &[Row] = &[
    (
        &["unsupported linker arg: -flat_namespace"],
        Always,
        Kind::Build,
        "zig cannot link a Go program that imports \"plugin\" for macOS: remove the import",
    ),
    (
        &["unsupported linker arg: *", "unsupported linker flag: *", "unknown linker arg: *"],
        Always,
        Kind::Build,
        "zig's linker has no `{name}`: remove it from the LDFLAGS in the `#cgo` lines or in \
         CGO_LDFLAGS",
    ),
    (
        &["unable to find framework '*'", "unable to find system framework '*'"],
        For(MachO),
        Kind::Build,
        "{name} is part of Apple's SDK, of which pygo has only what Go itself needs: set SDKROOT to \
         a macOS SDK",
    ),
    (
        &["unable to find framework '*'", "unable to find system framework '*'"],
        Always,
        Kind::Build,
        "only macOS has frameworks: write `#cgo darwin LDFLAGS: -framework {name}`",
    ),
    (
        &["unable to find dynamic system library '*'", "unable to find static system library '*'"],
        For(MachO),
        Kind::Build,
        SDK_OR_STATIC_LIBRARY,
    ),
    (
        &["unable to find dynamic system library '*'", "unable to find static system library '*'"],
        Always,
        Kind::Build,
        STATIC_LIBRARY,
    ),
    (
        &["error: *: file not found"],
        Always,
        Kind::Build,
        "a `#cgo` line links that file: build it for {target}, or correct the path; a path in the \
         project starts with ${SRCDIR}",
    ),
    (
        &[") is incompatible with", "unknown cpu architecture", "invalid cpu architecture"],
        Always,
        Kind::Build,
        "a library that is linked was built for another platform: build it for {target} and link it \
         for that target only:\n\
         [tool.pygo-tools.target.{target}]\n\
         libraries = [\"c/lib/{target}/libNAME.a\"]",
    ),
    (
        &["recompile with -fPIC"],
        Always,
        Kind::Build,
        "compile the static library that contains it with -fPIC",
    ),
    (
        &["undefined symbol: std::__cxx11::", "undefined symbol: std::basic_", "std::__throw_"],
        Always,
        Kind::Build,
        "the C++ library was compiled for GNU's libstdc++, but pygo links LLVM's libc++: compile it \
         with `zig c++`",
    ),
    (
        &["undefined symbol: __ubsan_handle_", "undefined symbol: ___ubsan_handle_"],
        Always,
        Kind::Build,
        CHECKED,
    ),
    (
        &["undefined symbol: _*"],
        For(MachO),
        Kind::Build,
        "neither the C files in the directory of the Go files (subdirectories do not count) nor a \
         linked library define `{name}`: add the file or the library; if it is part of macOS, set \
         SDKROOT to a macOS SDK and add `#cgo darwin LDFLAGS: -framework NAME`",
    ),
    (
        &["undefined symbol: *"],
        Always,
        Kind::Build,
        "neither the C files in the directory of the Go files (subdirectories do not count) nor a \
         linked library define `{name}`: add the file, or link a static library that defines it",
    ),
    (
        &["duplicate symbol: *", "duplicate symbol definition: _*"],
        Always,
        Kind::Build,
        "`{name}` is defined twice. In a Go file with `//export`, the comment above `import \"C\"` \
         may only declare functions: move the definition to a .c file next to it, or make it \
         `static inline`",
    ),
];

/// Compiling C and C++.
pub(super) const C: &[Row] = &[
    (
        &["fatal error: 'bits/stdc++.h' file not found"],
        Always,
        Kind::Build,
        "bits/stdc++.h is part of GNU's libstdc++, but zig has LLVM's libc++: include the standard \
         headers that the code uses",
    ),
    (
        &["error: '*' file not found"],
        For(MachO),
        Kind::Build,
        "pygo uses no headers of this machine. If {name} is part of Apple's SDK, set SDKROOT to a \
         macOS SDK; otherwise put it into the project and name its directory:\n\
         #cgo CFLAGS: -I${SRCDIR}/include",
    ),
    (
        &["error: '*' file not found"],
        Always,
        Kind::Build,
        "pygo uses no headers of this machine: put {name} into the project and name its directory; \
         a library that it belongs to has to be linked as well:\n\
         #cgo CFLAGS: -I${SRCDIR}/include\n\
         #cgo {where} LDFLAGS: ${SRCDIR}/lib/{target}/libNAME.a",
    ),
    (
        &["was not found in the pkg-config search path", "No package '*' found"],
        Always,
        Kind::Build,
        PKG_CONFIG,
    ),
    (
        &["Py_LIMITED_API names a newer Python"],
        Always,
        Kind::Build,
        "require that Python, in `requires-python`, or remove the definition of Py_LIMITED_API from \
         the C code: pygo defines it",
    ),
    // A position and `error:` is how clang reports; Go's own errors have no such word.
    (&[": error: "], Always, Kind::Build, "fix the C code"),
];
