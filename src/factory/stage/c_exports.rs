//! Exports of a DLL besides those of Go. On Windows, a lookup in a library does not search the
//! libraries that it depends on: code that calls `free` through the handle of the Go library, as it
//! may elsewhere, needs the DLL to export it.
//!
//! Input: names of C functions. Output: an object file that tells the linker to export them.

use std::path::{Path, PathBuf};

use crate::error::{Failure, Kind, Result};
use crate::process::Call;
use crate::toolchain::{Driver, Host};

/// Compiles the object into `dir`.
///
/// # Errors
/// The compiler's message.
pub(super) fn object(
    names: &[String],
    dir: &Path,
    (host, driver): (&Host, &Driver),
    doing: &str,
) -> Result<PathBuf> {
    let (file, object) = (dir.join("pygo-exports.c"), dir.join("pygo-exports.o"));
    fs_err::write(&file, source(names)).map_err(|error| Failure::io(doing, &error))?;
    Call::new(&host.environment, "zig", &driver.cc, doing)
        .args(["-c".as_ref(), file.as_os_str(), "-o".as_ref(), object.as_os_str()])
        .envs(driver.env.clone())
        .dir(dir)
        .run(Kind::Toolchain, "try another version of zig (see `pygo doctor`)")?;
    Ok(object)
}

/// C with the linker's directives.
fn source(names: &[String]) -> String {
    let flags: String = names.iter().map(|name| format!(" -export:{name}")).collect();
    format!(
        "__asm__(\".section .drectve,\\\"yn\\\"\\n\\t.ascii \\\"{flags}\\\"\\n\\t.text\\n\");\n"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_name_is_a_directive() {
        assert_eq!(
            source(&["free".into(), "count".into()]),
            "__asm__(\".section .drectve,\\\"yn\\\"\\n\\t.ascii \\\" -export:free \
             -export:count\\\"\\n\\t.text\\n\");\n"
        );
    }
}
