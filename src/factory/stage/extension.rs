//! Extension: cffi's C, compiled and linked for one slice against its Go library.

use std::path::{Path, PathBuf};

use super::{CffiSource, Context, Library, linked};
use crate::error::{Failure, Kind, Result};
use crate::process::{Call, Finished};
use crate::project::Extension;
use crate::target::Slice;

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
    let headers = toolchain.host.cache.files("abi3", HEADERS)?;
    let wheel_path = extension.wheel_path();
    let file_name = wheel_path.rsplit('/').next().unwrap_or_default();
    let binary = library.dir.join(file_name);
    let go_dirs = project.libraries.iter().map(|library| format!("-I{}", library.dir.display()));
    let finished = Call::new(toolchain.compiler.name(), &driver.cc, &doing)
        .without_host_libraries()
        .args(["-s", "-fPIC", "-fvisibility=hidden", "-DNDEBUG"])
        // 3.2, the first stable ABI: our header declares nothing that came later, so the
        // result fits whatever floor the wheel's tag has.
        .args(["-DPy_LIMITED_API=0x03020000"])
        .args(ERRORS)
        .args([format!("-I{}", headers.display()), format!("-I{}", library.dir.display())])
        .args(go_dirs)
        .args(slice.os.extension_flags(file_name, &extension.way_to(project.library_of(extension))))
        .args(["-o".as_ref(), binary.as_os_str(), source.file.as_os_str()])
        // By its path: zig takes `-lc`, `-lm`, `-lutil` and the like for what libc has in it.
        .args([&library.binary])
        .envs(context.env()?)
        .envs(driver.env)
        .dir(&library.dir)
        .log(log)
        .finish()?;
    if !finished.status.success() {
        return Err(explain(context, extension, source, library, &finished));
    }
    linked(&binary, toolchain.compiler.name(), &doing)?;
    Ok(binary)
}

fn explain(
    context: &Context<'_>,
    extension: &Extension,
    source: &CffiSource,
    library: &Library,
    finished: &Finished,
) -> Failure {
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
    let c_file = source.file.to_string_lossy();
    let errors: Vec<_> = finished
        .stderr
        .lines()
        .filter(|line| line.contains("error:"))
        .map(|line| line.strip_prefix(&*c_file).unwrap_or(line).trim_start_matches(':'))
        .take(5)
        .collect();
    let mut found = match errors.is_empty() {
        true => finished.last_words(),
        false => errors.join("\n"),
    };
    let wrapped = errors.first().and_then(|error| wrapped_function(&source.file, error));
    let signature = extension.signatures.iter().find(|signature| {
        let Some(name) = &wrapped else { return false };
        match &signature.prototype {
            Some(prototype) => prototype.name == *name,
            None => signature.text.contains(&format!("{name}(")),
        }
    });
    if let (Some(signature), Some(name)) = (signature, &wrapped) {
        let exported = declaration(&library.header, name)
            .map(|text| format!("Go exports `{text}`\n"))
            .unwrap_or_default();
        found =
            format!("the signature `{}` does not fit:\n{exported}{found}", signature.text.trim());
    }
    finished.failure(
        Kind::Build,
        found,
        format!(
            "make the signatures in {} agree with the Go functions",
            context.shown(&context.plan.project.config_file)
        ),
    )
}

/// The function that cffi's C wraps where the compiler's `error` (`LINE:COLUMN: ...`) is: its
/// wrappers are called `_cffi_d_NAME` and `_cffi_f_NAME`.
fn wrapped_function(c_file: &Path, error: &str) -> Option<String> {
    let line: usize = error.split(':').next()?.parse().ok()?;
    let text = fs_err::read_to_string(c_file).ok()?;
    let before: Vec<&str> = text.lines().take(line).collect();
    before.iter().rev().find_map(|line| {
        let name = line.split_once("_cffi_d_").or_else(|| line.split_once("_cffi_f_"))?.1;
        Some(name.split('(').next()?.trim().to_owned())
    })
}

/// What cgo's header declares as `name`, on one line.
fn declaration(header: &Path, name: &str) -> Option<String> {
    let text = fs_err::read_to_string(header).ok()?;
    let line = text.lines().find(|line| line.contains(&format!(" {name}(")))?;
    Some(line.trim_start_matches("extern ").trim().to_owned())
}
