//! What the commands that call Go have in common, whatever Go builds: variables, flags, and the
//! package as the last argument.

use std::collections::BTreeMap;
use std::path::Path;

use fs_err as fs;

use crate::error::{Failure, Result};
use crate::project::{GoPackage, Profile, is_taken_by_go, quote_word};
use crate::target::Slice;
use crate::toolchain::{C_SOURCES, Driver, Go};

/// Variables that Go, cgo, linkers and C compilers may react to besides those in the environment of
/// the stage.
pub(super) const TOOL_VARIABLES: &[&str] = &[
    "CC",
    "CXX",
    "AR",
    "FC",
    "LD_*",
    "DYLD_*",
    "CLANG_*",
    "CCC_*",
    "GCC_*",
    "NIX_*",
    "LANG",
    "LC_*",
    "MACOSX_DEPLOYMENT_TARGET",
    "TERMINFO",
    "ASAN_*",
    "QA_*",
];

/// Variables that say where things are. What is there counts, not where.
const PLACES: &[&str] =
    &["PATH", "HOME", "GOPATH", "GOMODCACHE", "GOCACHE", "GOTMPDIR", "GOENV", "GOBIN", "GOROOT"];

/// Those of `variables` that decide what Go and zig make, for keys of kept outputs.
pub(super) fn deciding(variables: &BTreeMap<String, String>) -> BTreeMap<&str, &str> {
    let deciding = variables.iter().filter(|(name, _)| !PLACES.contains(&&***name));
    deciding.map(|(name, value)| (&**name, &**value)).collect()
}

/// The flags for Go's linker that keep what is not needed out of a binary.
pub(super) fn linker_flags(profile: Profile, slice: Slice) -> &'static [&'static str] {
    match profile {
        Profile::Release => &["-s", "-w", "-buildid="],
        Profile::Debug if slice.os.links_debug_information() => &["-buildid="],
        Profile::Debug => &["-w", "-buildid="],
    }
}

/// Where the compiler's script keeps paths out of binaries: in the project at `root`, and in the
/// directory of downloaded modules.
pub(super) fn places<'a>(root: &'a Path, go: &'a Go) -> [(&'static str, &'a Path); 2] {
    [("PYGO_ROOT", root), ("PYGO_MODULES", go.modules())]
}

/// The variable with flags for all C code: they make Go's cache notice changed C sources, and keep
/// paths of the build machine out of debug information. With -trimpath, the flags themselves are in
/// no binary.
pub(super) fn c_flags(
    go: &Go,
    driver: &Driver,
    profile: Profile,
    root: &Path,
    c_digest: Option<&str>,
    more: &[String],
    doing: &str,
) -> Result<Option<(&'static str, String)>> {
    let mut flags: Vec<_> = c_digest.iter().map(|digest| format!("{C_SOURCES}{digest}")).collect();
    flags.extend(more.iter().cloned());
    if profile == Profile::Debug {
        let modules = (go.modules(), "/_/mod");
        let of_compiler = driver.headers.as_deref().map(|dir| (dir, "/_/cc"));
        // Of two that match, the last counts, and Go's own follow.
        for (dir, name) in of_compiler.into_iter().chain([modules, (root, "/_/project")]) {
            flags.push(quoted(&format!("-ffile-prefix-map={}={name}", dir.display()), doing)?);
        }
    }
    let given = go.setting("CGO_CPPFLAGS");
    let value = format!("{given} {}", flags.join(" "));
    Ok((!flags.is_empty()).then(|| ("CGO_CPPFLAGS", value.trim().to_owned())))
}

/// A word as Go reads it in `CC` and CGO_CPPFLAGS.
pub(super) fn quoted(text: &str, doing: &str) -> Result<String> {
    quote_word(text).ok_or_else(|| {
        Failure::toolchain(
            doing,
            format!("a path has both kinds of quotes in it: {text}"),
            "use a directory without them, with PYGO_CACHE_DIR for the cache: Go cannot read such a \
             path",
        )
    })
}

/// All of `words` as [`quoted`].
pub(super) fn all_quoted(words: &[String], doing: &str) -> Result<Vec<String>> {
    words.iter().map(|word| quoted(word, doing)).collect()
}

/// The last arguments of `go build`: the package, `.` unless another module has it.
///
/// Without a go.mod Go would take a list of Go files, but then the C files next to them, and the
/// constraints that their names and `//go:build` lines make, do not count. So a module file is
/// laid over the directory, which exists for Go alone.
pub(super) fn package(library: &GoPackage, dir: &Path, go_minor: u32) -> Result<Vec<String>> {
    if library.go_mod.is_some() {
        return Ok(vec![library.import.clone().unwrap_or_else(|| ".".to_owned())]);
    }
    let module = dir.join("go.mod");
    let overlay = dir.join("overlay.json");
    let over = library.dir.join("go.mod").display().to_string();
    let replace = serde_json::json!({ "Replace": { over: &module } });
    fs::write(&module, format!("module {}\n\ngo 1.{go_minor}\n", module_path(&library.name)))
        .and_then(|()| fs::write(&overlay, replace.to_string()))
        .map_err(|error| Failure::io(format!("preparing to build {}", library.name), &error))?;
    Ok(vec!["-overlay".to_owned(), overlay.display().to_string(), ".".to_owned()])
}

/// The path of a module for the package `name`.
fn module_path(name: &str) -> String {
    // No path of the standard library has a dot in its first element.
    if is_taken_by_go(name) { format!("{name}.local") } else { name.to_owned() }
}
