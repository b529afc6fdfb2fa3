//! Clang as the cross compiler: recognised, reported, and for now refused.

use super::find::Origin;
use super::survey::Survey;
use super::version::Version;
use crate::error::Failure;
use crate::process::Call;

/// What `--toolchain clang` is answered.
pub(super) fn refusal() -> Failure {
    let found = match which::which("clang") {
        Ok(exe) => format!(
            "clang is at {}, but pygo cannot yet point it at a sysroot for each target",
            exe.display()
        ),
        Err(_) => "there is no clang on PATH".to_owned(),
    };
    Failure::toolchain(
        "choosing clang as the C toolchain",
        found,
        "use --toolchain zig, the default: it brings the C library of every target with it",
    )
}

/// What `pygo doctor` says of clang.
pub(super) fn survey() -> Survey {
    let found = which::which("clang").ok().map(|exe| {
        let version = Call::new("clang", &exe, "asking clang for its version")
            .args(["--version"])
            .finish()
            .map_err(|failure| failure.found)
            .and_then(|said| Version::find_in(&said.stdout).ok_or("it told no version".to_owned()));
        (exe, Origin::Path, version)
    });
    Survey { tool: "clang", found: found.into_iter().collect(), taken: None, provision: None }
}
