//! Extension: cffi's C, compiled and linked for one slice against its Go library.

use std::path::{Path, PathBuf};

use super::{CffiSource, Context, Library, linked};
use crate::error::{Failure, Kind, Result};
use crate::project::Extension;
use crate::target::Slice;
use crate::toolchain::{Call, Finished};

/// Our own headers: the stable ABI as far as cffi's C uses it.
const HEADERS: &[(&str, &str, bool)] = &[
    ("Python.h", include_str!("../../../toolchains/abi3/Python.h"), false),
    ("pyconfig.h", include_str!("../../../toolchains/abi3/pyconfig.h"), false),
];

/// A call that C compilers let pass, but that cannot mean what was written.
const ERRORS: &[&str] = &[
    "-Werror=implicit-function-declaration",
    "-Werror=incompatible-pointer-types",
    "-Werror=int-conversion",
];

/// Builds `extension` for `slice`; gives the binary's path.
///
/// # Errors
/// The compiler's message; where a signature contradicts the header that cgo wrote, both.
pub(in crate::factory) fn extension(
    context: &Context<'_>,
    extension: &Extension,
    source: &CffiSource,
    library: &Library,
    slice: Slice,
    log: &Path,
) -> Result<PathBuf> {
    let toolchain = context.toolchain;
    let project = &context.plan.project;
    let doing = format!("building {} for {}", extension.module, slice.name());
    let driver = context.driver(slice)?;
    let headers = toolchain.cache.files("abi3", HEADERS)?;
    let wheel_path = extension.wheel_path();
    let file_name = wheel_path.rsplit('/').next().unwrap_or_default();
    let binary = library.dir.join(file_name);
    let go_dirs = project.libraries.iter().map(|library| format!("-I{}", library.dir.display()));
    let finished = Call::new(toolchain.compiler.name(), &driver.cc, &doing)
        .args(["-s", "-fPIC", "-fvisibility=hidden", "-DNDEBUG"])
        // 3.2, the first stable ABI: our header declares nothing that came later, so the
        // result fits whatever floor the wheel's tag has.
        .args(["-DPy_LIMITED_API=0x03020000"])
        .args(ERRORS)
        .args([format!("-I{}", headers.display()), format!("-I{}", library.dir.display())])
        .args(go_dirs)
        .args(
            slice
                .system
                .extension_flags(file_name, &extension.way_to(project.library_of(extension))),
        )
        .args(["-o".as_ref(), binary.as_os_str(), source.file.as_os_str()])
        .args([
            format!("-L{}", library.dir.display()),
            format!("-l{}", project.library_of(extension).name),
        ])
        .envs(driver.env)
        .dir(&library.dir)
        .log(log)
        .finish()?;
    if !finished.status.success() {
        return Err(explain(context, extension, &finished));
    }
    linked(&binary, toolchain.compiler.name(), &doing)?;
    Ok(binary)
}

fn explain(context: &Context<'_>, extension: &Extension, finished: &Finished) -> Failure {
    let code = finished.status.code().unwrap_or_default();
    if code > 128 {
        return finished.failure(
            Kind::Toolchain,
            format!(
                "{} died with exit code {code}\n{}",
                context.toolchain.compiler.name(),
                finished.last_words()
            ),
            "run again; if it repeats, try another version of it (see `pygo doctor`)",
        );
    }
    let errors: Vec<_> =
        finished.stderr.lines().filter(|line| line.contains("error:")).take(5).collect();
    // cffi's wrappers are called _cffi_f_NAME, _cffi_d_NAME: the name is in what was quoted.
    let at_fault = extension.signatures.iter().find(|signature| {
        signature.prototype.as_ref().is_some_and(|prototype| {
            finished.stderr.contains(&format!("'{}'", prototype.name))
                || finished.stderr.contains(&format!(" {}(", prototype.name))
        })
    });
    let mut found = errors.join("\n");
    if let Some(signature) = at_fault {
        found = format!(
            "the signature `{}` does not fit what Go exports\n{found}",
            signature.text.trim()
        );
    }
    if errors.is_empty() {
        found = finished.last_words();
    }
    finished.failure(
        Kind::Build,
        found,
        format!(
            "make the signature in {} agree with the Go function",
            context.shown(&context.plan.project.config_file)
        ),
    )
}
