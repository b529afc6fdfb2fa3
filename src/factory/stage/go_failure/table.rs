//! What a failed `go build` prints, and what to do about each cause.
//!
//! The texts are those of Go and zig; `tests.rs` has the outputs they were taken from.

use When::{Always, For, NoModule, Offline};

use crate::error::Kind;
use crate::target::BinaryFormat;
use crate::target::BinaryFormat::MachO;

/// One cause: texts of which the output contains one, where it applies, the kind of failure and how
/// to fix it. A `*` in a text stands for a name, which the help calls `{name}`. The help may also
/// contain `{target}` (`linux-amd64`), `{where}` (the same as cgo's constraint, `linux,amd64`) and
/// `{dir}` (the Go directory).
pub(super) type Row = (&'static [&'static str], When, Kind, &'static str);

/// When a row applies.
#[derive(Debug, Clone, Copy)]
pub(super) enum When {
    Always,
    /// If the target's binaries have this format.
    For(BinaryFormat),
    /// With `--offline`.
    Offline,
    /// If the Go package has no go.mod.
    NoModule,
}

/// Every row, in the order in which they are tried.
pub(super) const TABLES: &[&[Row]] = &[TOOLS, MODULES, GO, LINKING, C];

/// Tools that break or are missing, whatever they work on.
const TOOLS: &[Row] = &[
    (
        &["signal: killed", "exit status 137", "cannot allocate memory", "out of memory"],
        Always,
        Kind::Toolchain,
        "a compiler or linker was killed, probably because memory ran out: try --jobs 1, or give \
         the machine more memory",
    ),
    (
        &[
            "signal: segmentation fault",
            "signal: aborted",
            "signal: bus error",
            "exit status 139",
            "exit status 134",
        ],
        Always,
        Kind::Toolchain,
        "a compiler or linker crashed: run again; if it repeats, try another version of it (see \
         `pygo doctor`)",
    ),
    (
        &["parsing $GOFLAGS: *", "unknown GOEXPERIMENT *"],
        Always,
        Kind::Usage,
        "correct that environment variable, or the setting that `pygo go env` shows",
    ),
    (
        &["failed to initialize build cache", "could not create module cache"],
        Always,
        Kind::Output,
        "make the directory writable, or set GOCACHE and GOMODCACHE to directories that are",
    ),
    (
        &["exec: \"git\": executable file not found"],
        Always,
        Kind::Toolchain,
        "install git, with which Go downloads modules that no proxy has, or set GOPROXY to a proxy \
         that has them",
    ),
    (&["exec: \"pkg-config\": executable file not found"], Always, Kind::Build, PKG_CONFIG),
    (
        &["exec: \"*\": executable file not found"],
        Always,
        Kind::Toolchain,
        "install {name}, which the Go package needs, or build without the files that need it",
    ),
    (
        &["package internal/* is not in std"],
        Always,
        Kind::Toolchain,
        "Go cannot read its own standard library: its build cache (`go env GOCACHE`) is full or \
         damaged, or its installation is incomplete. Free some space, run `go clean -cache`, or name \
         another Go with --go",
    ),
    (
        &["fork/exec *: permission denied", "exec: \"*\": permission denied"],
        Always,
        Kind::Toolchain,
        "the file system may not allow programs (`noexec`): set PYGO_CACHE_DIR to a directory on \
         another one",
    ),
];

const PKG_CONFIG: &str = "pkg-config describes the libraries of this machine, which a wheel for {target} cannot use: \
     build the library as a static library for the target and write\n\
     #cgo {where} CFLAGS: -I${SRCDIR}/include\n\
     #cgo {where} LDFLAGS: ${SRCDIR}/lib/{target}/libNAME.a\n\
     or set PKG_CONFIG_LIBDIR to a directory with .pc files of such a library";

const TIDY: &str = "run `pygo go mod tidy` in {dir} and commit go.mod and go.sum";

const PRIVATE: &str = "if the module is private, set GOPRIVATE to the start of its path \
     (GOPRIVATE=example.com/team) and give git access to it: a token in ~/.netrc, or an SSH key \
     with `git config --global url.ssh://git@HOST/.insteadOf https://HOST/`\n\
     otherwise check its path and version in go.mod";

/// Modules: go.mod, go.sum, vendored modules and downloads.
const MODULES: &[Row] = &[
    (
        &["errors parsing *:"],
        Always,
        Kind::Project,
        "correct that line of {name}: `pygo go mod edit` and `pygo go work edit` change the files without \
         such errors",
    ),
    (
        &["verifying *: checksum mismatch"],
        Always,
        Kind::Build,
        "{name} is not what go.sum recorded. If its author replaced that version and you trust it, \
         remove its lines from go.sum and run `pygo go mod tidy`; otherwise run `pygo go clean -modcache`, \
         and check which proxy GOPROXY names",
    ),
    (
        &["/sumdb/", "reading https://sum.golang.org/"],
        Always,
        Kind::Toolchain,
        "the checksum database does not know that version. For a private module, set GOPRIVATE to \
         the start of its path (GOPRIVATE=example.com/team)",
    ),
    (
        &["module lookup disabled by GOPROXY=off"],
        Offline,
        Kind::Toolchain,
        "run once without --offline, or vendor the modules (`pygo go mod vendor`)",
    ),
    (
        &["module lookup disabled by GOPROXY=off"],
        Always,
        Kind::Toolchain,
        "GOPROXY=off forbids downloads: unset it, or vendor the modules (`pygo go mod vendor`)",
    ),
    (
        &["no required module provides package *;"],
        NoModule,
        Kind::Build,
        "{dir} has no go.mod: run `pygo go mod init NAME` and `pygo go mod tidy` there, and commit go.mod and \
         go.sum",
    ),
    (
        &[
            "missing go.sum entry",
            "no required module provides package",
            "updates to go.mod needed",
        ],
        Always,
        Kind::Build,
        TIDY,
    ),
    (
        &["inconsistent vendoring", "import lookup disabled by -mod=vendor"],
        Always,
        Kind::Build,
        "run `pygo go mod vendor` in {dir} and commit the directory `vendor`",
    ),
    (
        &["not one of the workspace modules listed in go.work", "go.work: cannot load module"],
        Always,
        Kind::Project,
        "run `pygo go work use` for the module of {dir}, or set GOWORK=off",
    ),
    (
        &["(running go"],
        Always,
        Kind::Toolchain,
        "name a newer Go with --go or PYGO_GO, or unset GOTOOLCHAIN, so that Go downloads it",
    ),
    (
        &[
            "could not read Username",
            "could not read Password",
            "terminal prompts disabled",
            "Authentication failed",
            "Permission denied (publickey",
            "Repository not found",
            "epository not found",
            "unrecognized import path",
            ": 401 Unauthorized",
        ],
        Always,
        Kind::Toolchain,
        PRIVATE,
    ),
    (
        &["x509: ", "certificate verify failed", "SSL certificate problem"],
        Always,
        Kind::Toolchain,
        "the connection is intercepted or the system lacks certificates: install `ca-certificates`, \
         or set SSL_CERT_FILE (for git, GIT_SSL_CAINFO) to a file with the certificate of your proxy",
    ),
    (
        &[
            "dial tcp",
            "proxyconnect tcp",
            "TLS handshake timeout",
            "i/o timeout",
            "connection reset by peer",
            "Could not resolve host",
            "Could not connect to server",
            ": 502 Bad Gateway",
            ": 503 Service",
            ": 504 Gateway",
        ],
        Always,
        Kind::Toolchain,
        "check the network, and the variables GOPROXY and HTTPS_PROXY; vendored modules \
         (`pygo go mod vendor`) need no network",
    ),
    (
        &[
            ": 404 Not Found",
            ": 410 Gone",
            ": 403 Forbidden",
            ": 400 Bad Request",
            "unknown revision",
            "invalid version",
        ],
        Always,
        Kind::Toolchain,
        PRIVATE,
    ),
];

/// Go code.
const GO: &[Row] = &[
    (
        &["function main is undeclared in the main package"],
        Always,
        Kind::Build,
        "add `func main() {}` to the Go package: Go requires it, and never calls it in a library",
    ),
    (
        &["build constraints exclude all Go files in"],
        Always,
        Kind::Build,
        "no Go file is for {target}: check the names of the files (`_linux.go`) and their \
         `//go:build` lines, or leave the target out with --targets or the key `targets`",
    ),
    (
        &["requires go* or later (-lang was set to"],
        Always,
        Kind::Build,
        "raise the version in go.mod: `pygo go mod edit -go={name}` in {dir}",
    ),
    (
        &["package * is not in std"],
        Always,
        Kind::Build,
        "correct the import of `{name}`: it is not in the standard library of the Go in use, and the \
         path of a module starts with a domain",
    ),
    (
        &["could not determine what C.* refers to"],
        Always,
        Kind::Build,
        "declare `{name}` in the comment above `import \"C\"`, or include its header there. A \
         function that glibc added later is declared only if --manylinux allows that glibc",
    ),
    (
        &["invalid flag in #cgo *:"],
        Always,
        Kind::Build,
        "remove that flag from the `#cgo` line: Go refuses it, unless the variable \
         CGO_{name}_ALLOW is a regular expression that matches it",
    ),
];

const STATIC_LIBRARY: &str = "pygo links no libraries of this machine, because a wheel for {target} cannot count on them: \
     build {name} as a static library for the target (`zig cc -target ...` compiles for it) and \
     link that:\n\
     #cgo {where} LDFLAGS: ${SRCDIR}/lib/{target}/lib{name}.a";

const SDK_OR_STATIC_LIBRARY: &str = "if {name} is part of macOS, set SDKROOT to a macOS SDK, which pygo does not have; otherwise \
     build it as a static library for the target and link that:\n\
     #cgo {where} LDFLAGS: ${SRCDIR}/lib/{target}/lib{name}.a";

/// Linking with C libraries, and what the linker does not accept.
const LINKING: &[Row] = &[
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
        "a `#cgo` line links a library that was built for another platform: build it for {target} \
         and link it for that target only:\n\
         #cgo {where} LDFLAGS: ${SRCDIR}/lib/{target}/libNAME.a",
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
        &["undefined symbol: _*"],
        For(MachO),
        Kind::Build,
        "neither the C files beside the Go files (subdirectories do not count) nor a linked library \
         define `{name}`: add the file or the library; if it is part of macOS, set SDKROOT to a \
         macOS SDK and add `#cgo darwin LDFLAGS: -framework NAME`",
    ),
    (
        &["undefined symbol: *"],
        Always,
        Kind::Build,
        "neither the C files beside the Go files (subdirectories do not count) nor a linked library \
         define `{name}`: add the file, or link a static library that defines it",
    ),
    (
        &["duplicate symbol: *", "duplicate symbol definition: _*"],
        Always,
        Kind::Build,
        "`{name}` is defined twice. In a Go file with `//export`, the comment above `import \"C\"` \
         may only declare functions: move the definition to a .c file beside it, or make it \
         `static inline`",
    ),
];

/// Compiling C and C++.
const C: &[Row] = &[
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
    // A position and `error:` is how clang reports; Go's own errors have no such word.
    (&[": error: "], Always, Kind::Build, "fix the C code"),
];
