//! What a failed `go build` prints, and what to do about each cause: what Go itself prints.
//!
//! `tests.rs` has the outputs that the texts were taken from.

use super::c_table::{C, LINKING, NO_PKG_CONFIG};
use super::row::Row;
use super::row::When::{Always, NoModule, Offline};
use crate::error::Kind;

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
    (&["exec: \"pkg-config\": executable file not found"], Always, Kind::Toolchain, NO_PKG_CONFIG),
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
