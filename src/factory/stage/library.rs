//! Go library: `go build -buildmode=c-shared` for one slice.

use std::path::{Path, PathBuf};

use fs_err as fs;

use super::{Context, linked};
use crate::error::{Failure, Kind, Result};
use crate::project::{GoLibrary, GoModule};
use crate::target::Slice;
use crate::toolchain::{Call, Finished};

/// A Go library of one slice: the binary and the header that cgo wrote beside it.
#[derive(Debug, Clone)]
pub(in crate::factory) struct Library {
    /// The directory of both, named after nothing of this machine.
    pub(in crate::factory) dir: PathBuf,
    /// The binary.
    pub(in crate::factory) binary: PathBuf,
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
    let file_name = library.file_name(slice.system);
    let binary = dir.join(&file_name);
    // The header is named after the binary; the extension's source asks for lib<name>.h.
    let linker = format!("-s {}", slice.system.identity_flag(&file_name));
    let finished = Call::new("go", &toolchain.go.0.exe, &doing)
        .args(["build", "-buildmode=c-shared", "-trimpath", "-buildvcs=false"])
        .args([format!("-ldflags=-s -w -buildid= -extldflags '{linker}'")])
        .args(
            (!library.build_tags.is_empty())
                .then(|| format!("-tags={}", library.build_tags.join(","))),
        )
        .args(["-o".as_ref(), binary.as_os_str()])
        .args(what_to_build(library, &dir, toolchain.go.0.version.minor)?)
        .envs([
            ("GOOS", slice.system.goos()),
            ("GOARCH", slice.arch.goarch()),
            ("CGO_ENABLED", "1"),
        ])
        .envs([("CC", &driver.cc), ("CXX", &driver.cxx)])
        .envs(driver.env)
        .envs(context.plan.options.offline.then_some(("GOPROXY", "off")))
        .dir(&library.dir)
        .log(log)
        .finish()?;
    if !finished.status.success() {
        return Err(explain(context, library, &finished));
    }
    linked(&binary, toolchain.compiler.name(), &doing)?;
    Ok(Library { dir, binary })
}

/// Suffixes of the files beside Go files that `go build` compiles with them (`go help buildmode`,
/// "cgo").
const COMPILED_BY_GO: &[&str] =
    &["c", "cc", "cpp", "cxx", "m", "h", "hh", "hpp", "hxx", "s", "S", "sx", "syso"];

/// The last arguments of `go build`.
///
/// In a module the package is named. Without one Go takes a list of Go files, but then not the
/// C files beside them: so a module file is laid over the directory, which exists for Go alone.
fn what_to_build(library: &GoLibrary, dir: &Path, go_minor: u32) -> Result<Vec<String>> {
    if let GoModule::Found(_) = library.module {
        return Ok(vec![".".to_owned()]);
    }
    let doing = format!("listing {}", library.dir.display());
    let failed = |error: std::io::Error| Failure::io(&doing, &error);
    let mut beside = false;
    for entry in fs::read_dir(&library.dir).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        let suffix = path.extension().and_then(|suffix| suffix.to_str()).unwrap_or_default();
        beside |= COMPILED_BY_GO.contains(&suffix);
    }
    if !beside {
        return Ok(library.files.clone());
    }
    let module = dir.join("go.mod");
    let overlay = dir.join("overlay.json");
    let over = library.dir.join("go.mod").display().to_string();
    let replace = serde_json::json!({ "Replace": { over: &module } });
    fs::write(&module, format!("module {}\n\ngo 1.{go_minor}\n", library.name))
        .and_then(|()| fs::write(&overlay, replace.to_string()))
        .map_err(failed)?;
    Ok(vec!["-overlay".to_owned(), overlay.display().to_string(), ".".to_owned()])
}

/// Go's words, with paths as the author knows them, and advice for what we recognise.
fn explain(context: &Context<'_>, library: &GoLibrary, finished: &Finished) -> Failure {
    let here = format!("{}/", library.go_dir.display());
    let lines: Vec<_> = finished
        .stderr
        .lines()
        .filter(|line| !line.starts_with("# "))
        .map(|line| match line.strip_prefix("./") {
            Some(rest) => format!("{here}{rest}"),
            None => line.to_owned(),
        })
        .collect();
    const SHOWN: usize = 20;
    let mut found = lines[..lines.len().min(SHOWN)].join("\n");
    if lines.len() > SHOWN {
        found.push_str("\n…");
    }
    let says = |text: &str| finished.stderr.contains(text);
    let crashed = [
        "signal: segmentation fault",
        "signal: killed",
        "signal: aborted",
        "exit status 139",
        "exit status 134",
    ];
    if crashed.iter().any(|text| says(text)) {
        return finished.failure(
            Kind::Toolchain,
            format!("{} died while Go was using it\n{found}", context.toolchain.compiler.name()),
            "run again; if it repeats, try another version of it (see `pygo doctor`)",
        );
    }
    let help = if says("framework not found")
        || says("unable to find framework")
        || says("unable to find dynamic system library")
    {
        "this needs more of Apple's SDK than the stubs that pygo ships: set SDKROOT to a macOS SDK"
    } else if says("-flat_namespace") {
        "a Go program that imports \"plugin\" cannot be linked for macOS by zig; build it without"
    } else if says("missing go.sum entry")
        || says("go.mod file not found")
        || says("updates to go.mod needed")
    {
        "run `go mod tidy` in the Go directory and commit go.mod and go.sum"
    } else if says("no space left on device") {
        return finished.failure(
            Kind::Output,
            found,
            "free some space, or choose another place with PYGO_CACHE_DIR and GOCACHE",
        );
    } else if says("module lookup disabled by GOPROXY=off") {
        return finished.failure(
            Kind::Toolchain,
            found,
            "run once without --offline, or vendor the modules (`go mod vendor`)",
        );
    } else {
        "mend the Go code; `go vet` in the Go directory shows the same"
    };
    finished.failure(Kind::Build, found, help)
}
