//! GCC, which compiles for the machine that it runs on, with that machine's C library.

use std::path::PathBuf;

use super::compiler::{CCompiler, Driver, Setup};
use crate::error::Result;
use crate::process::Call;
use crate::project::CompilerName;
use crate::target::{BinaryFormat, host};
use crate::toolchain::locate::Program;
use crate::toolchain::tool::Tool;
use crate::toolchain::version::Version;

/// GCC with the linker that it is set up for.
pub(super) struct Gcc;

const NAME: &str = "gcc";

/// Older ones were not tried.
const GCC: Program = Program {
    tool: Tool::Cc(CompilerName::GCC),
    min: Version::new(10, 0, 0),
    in_package: "",
    version: |environment, exe, doing| {
        Call::new(environment, NAME, exe, doing).args(["-dumpfullversion"])
    },
};

impl CCompiler for Gcc {
    fn program(&self) -> &'static Program {
        &GCC
    }

    fn driver(&self, setup: &Setup<'_>) -> Result<Driver> {
        let Setup { exe, slice, sysroot, .. } = *setup;
        let is_host = host().is_ok_and(|host| host.slices() == [slice]);
        if !is_host || slice.os.format != BinaryFormat::Elf {
            let found = format!("gcc compiles for this machine, which is not {}", slice.name());
            return Err(setup.refused(NAME, found, "build this target on a machine of its kind"));
        }
        if sysroot.is_some() {
            let found = "gcc uses the C library of this machine and takes no sysroot";
            return Err(setup.refused(NAME, found, "leave out the sysroot"));
        }
        let which = |name: &str| {
            setup.host.environment.which(name).ok_or_else(|| {
                let found = format!("there is no {name} on PATH");
                setup.refused(NAME, found, "install gcc and binutils of your system")
            })
        };
        let flags = ["-O2".to_owned()];
        // Without a C++ compiler, C still builds.
        let cxx = which("g++").unwrap_or_else(|_| PathBuf::from("g++"));
        let dir = setup.scripts(&[("cc", exe, &flags), ("c++", &cxx, &flags)])?;
        Ok(Driver {
            cc: dir.join("cc"),
            cxx: dir.join("c++"),
            ar: which("ar")?,
            ranlib: which("ranlib")?,
            c_library: None,
            cxx_library: None,
            dlltool: None,
            headers: None,
            env: Vec::new(),
        })
    }
}
