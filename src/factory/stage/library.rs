//! Go library: `go build -buildmode=c-shared` for one slice.

use std::path::{Path, PathBuf};

use fs_err as fs;

use super::go_failure::go_failure;
use super::{Context, linked};
use crate::error::{Failure, Result};
use crate::project::{GoLibrary, GoModule};
use crate::target::Slice;

/// A Go library of one slice: the binary and the header that cgo wrote beside it.
#[derive(Debug, Clone)]
pub(in crate::factory) struct Library {
    /// The directory of both.
    pub(in crate::factory) dir: PathBuf,
    /// The binary.
    pub(in crate::factory) binary: PathBuf,
    /// The header.
    pub(in crate::factory) header: PathBuf,
}

/// Builds `library` for `slice`.
///
/// # Errors
/// Go's own message if the code does not compile or link, with Go's file and line first.
pub(in crate::factory) fn library(
    context: &Context<'_>,
    library: &GoLibrary,
    slice: Slice,
    log: &Path,
) -> Result<Library> {
    let toolchain = context.toolchain;
    let doing = format!("building {} for {}", library.name, slice.name());
    let driver = context.driver(slice)?;
    let dir = context.dir(&format!("{}-{}", slice.name(), library.name))?;
    let file_name = library.file_name(slice.os);
    let binary = dir.join(&file_name);
    let identity = slice.os.identity_flag(&file_name).unwrap_or_default();
    let linker = format!("-s {identity}");
    let finished = toolchain
        .go
        .call(&doing)
        .args(["build", "-buildmode=c-shared", "-trimpath", "-buildvcs=false"])
        .args([format!("-ldflags=-s -w -buildid= -extldflags '{linker}'")])
        .args(
            (!library.build_tags.is_empty())
                .then(|| format!("-tags={}", library.build_tags.join(","))),
        )
        .args(["-o".as_ref(), binary.as_os_str()])
        .args(package(library, &dir, toolchain.go.0.version.minor)?)
        // A workspace above would refuse a module that it does not list.
        .envs((library.module == GoModule::None).then_some(("GOWORK", "off")))
        .envs(slice.go_env())
        .envs([("CGO_ENABLED", "1")])
        .envs(context.env()?)
        .envs([("CC", quoted(&driver.cc, &doing)?), ("CXX", quoted(&driver.cxx, &doing)?)])
        .envs(driver.env.clone())
        .envs(context.plan.options.offline.then_some(("GOPROXY", "off")))
        .dir(&library.dir)
        .log(log)
        .finish()?;
    if !finished.status.success() {
        return Err(go_failure(library, &driver.cc, &finished));
    }
    linked(&binary, toolchain.compiler.name(), &doing)?;
    let header = binary.with_extension("h");
    Ok(Library { dir, binary, header })
}

/// A path as Go reads it in `CC`: a list of words, which quotes hold together but nothing
/// escapes (`cmd/internal/quoted`).
fn quoted(path: &Path, doing: &str) -> Result<String> {
    let text = path.display().to_string();
    match ['"', '\''].into_iter().find(|quote| !text.contains(*quote)) {
        _ if !text.contains(|c: char| c.is_whitespace() || c == '"' || c == '\'') => Ok(text),
        Some(quote) => Ok(format!("{quote}{text}{quote}")),
        None => Err(Failure::toolchain(
            doing,
            format!("the cache's path has both kinds of quotes in it: {text}"),
            "set PYGO_CACHE_DIR to a directory without them: Go cannot be told such a path",
        )),
    }
}

/// The last arguments of `go build`: the package, `.`.
///
/// Without a go.mod Go would take a list of Go files, but then the C files beside them, and the
/// constraints that their names and `//go:build` lines make, do not count. So a module file is
/// laid over the directory, which exists for Go alone.
fn package(library: &GoLibrary, dir: &Path, go_minor: u32) -> Result<Vec<String>> {
    if let GoModule::Found(_) = library.module {
        return Ok(vec![".".to_owned()]);
    }
    let module = dir.join("go.mod");
    let overlay = dir.join("overlay.json");
    let over = library.dir.join("go.mod").display().to_string();
    let replace = serde_json::json!({ "Replace": { over: &module } });
    fs::write(&module, format!("module {}\n\ngo 1.{go_minor}\n", library.name))
        .and_then(|()| fs::write(&overlay, replace.to_string()))
        .map_err(|error| Failure::io(format!("preparing to build {}", library.name), &error))?;
    Ok(vec!["-overlay".to_owned(), overlay.display().to_string(), ".".to_owned()])
}
