//! Clang: `pygo doctor` reports it, but builds refuse it for now.

use super::compiler::{CCompiler, Driver, Setup};
use crate::error::{Failure, Result};
use crate::process::{Call, Environment};
use crate::project::CompilerName;
use crate::toolchain::locate::Program;
use crate::toolchain::tool::Tool;
use crate::toolchain::version::Version;

/// Clang, with lld and the sysroots of this machine.
pub(super) struct Clang;

const CLANG: Program = Program {
    tool: Tool::Cc(CompilerName::CLANG),
    min: Version::new(0, 0, 0),
    in_package: "",
    version: |environment, exe, doing| {
        Call::new(environment, "clang", exe, doing).args(["--version"])
    },
};

impl CCompiler for Clang {
    fn program(&self) -> &'static Program {
        &CLANG
    }

    fn check_usable(&self, environment: &Environment) -> Result<()> {
        Err(refusal(environment))
    }

    fn driver(&self, setup: &Setup<'_>) -> Result<Driver> {
        Err(refusal(&setup.host.environment))
    }
}

fn refusal(environment: &Environment) -> Failure {
    let found = match environment.which("clang") {
        Some(exe) => format!(
            "clang is at {}, but pygo cannot set up a sysroot for each target yet",
            exe.display()
        ),
        None => "there is no clang on PATH".to_owned(),
    };
    let help = "use --toolchain zig, the default: it includes the C library of every target";
    Failure::toolchain("choosing clang as the C toolchain", found, help)
}
