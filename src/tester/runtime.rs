//! A Python that wheels are tested with: one of this machine, or one in a directory with the files
//! of another system, which qemu runs.

use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::accepts::Accepts;
use crate::error::{Failure, Kind, Result};
use crate::process::{Call, Environment};
use crate::target::Arch;
use crate::toolchain::Host;

/// Where a Python may be in the files of a system.
const PLACES: &[&str] = &["usr/local/bin/python3", "usr/bin/python3", "bin/python3"];

/// A directory with the files of a Linux system, and the processor that it is for.
#[derive(Debug, Clone)]
pub struct Root {
    /// The processor.
    pub arch: &'static Arch,
    /// The directory.
    pub dir: PathBuf,
}

/// A Python that wheels are tested with.
pub struct Runtime {
    /// The interpreter.
    pub python: PathBuf,
    /// The version, with all numbers: `3.11.2`.
    pub version: String,
    /// The wheels that it can install.
    pub accepts: Accepts,
    /// The emulator that runs it, if the machine cannot.
    pub emulator: Option<Emulator>,
}

/// qemu, and the directory in which it looks for the libraries of the other system.
#[derive(Debug, Clone)]
pub struct Emulator {
    /// The program.
    pub qemu: PathBuf,
    /// The files of the system.
    pub root: PathBuf,
}

#[derive(Deserialize)]
struct Description {
    version: [u16; 3],
    implementation: String,
    free_threaded: bool,
    platform: String,
}

impl Runtime {
    /// The Python of `host`.
    ///
    /// # Errors
    /// [`Kind::Toolchain`] if it does not describe itself.
    pub fn native(host: &Host) -> Result<Self> {
        let exe = host.python.found.path.clone();
        let call = host.python.call(doing(&exe));
        Self::describe(call, exe, None)
    }

    /// The Python in `root`.
    ///
    /// # Errors
    /// [`Kind::Toolchain`] if there is none, or no qemu for its processor, or it does not start.
    pub fn emulated(environment: &Environment, root: &Root) -> Result<Self> {
        let dir = std::path::absolute(&root.dir)
            .map_err(|error| Failure::io("looking for the Python of --root", &error))?;
        let python = PLACES.iter().map(|place| dir.join(place)).find(|exe| exe.is_file());
        let python = python.ok_or_else(|| {
            let places = PLACES.join(", ");
            Failure::toolchain(
                format!("looking for a Python in {}", dir.display()),
                format!("it has none of {places}"),
                "name a directory with the files of a Linux system that has Python, such as an \
                 unpacked container image",
            )
        })?;
        let names = [format!("qemu-{}-static", root.arch.qemu), format!("qemu-{}", root.arch.qemu)];
        let qemu = names.iter().find_map(|name| environment.which(name)).ok_or_else(|| {
            Failure::toolchain(
                format!("looking for what runs {}", python.display()),
                format!("there is neither {} nor {} on PATH", names[0], names[1]),
                "install qemu's user mode: qemu-user-static or qemu-user",
            )
        })?;
        let emulator = Emulator { qemu, root: dir };
        let call = emulator.call(environment, doing(&python)).args([&python]).args(["-I", "-B"]);
        Self::describe(call, python, Some(emulator))
    }

    fn describe(call: Call, python: PathBuf, emulator: Option<Emulator>) -> Result<Self> {
        let help = "name a Python 3.10 or newer that starts";
        let call = call.args(["-"]).input(include_str!("scripts/describe.py"));
        let finished = call.run(Kind::Toolchain, help)?;
        let wrong = |error: &dyn std::fmt::Display| {
            finished.failure(Kind::Toolchain, error.to_string(), help)
        };
        let said: Description =
            serde_json::from_str(&finished.stdout).map_err(|error| wrong(&error))?;
        let platform = said.platform.parse().map_err(|error| wrong(&error))?;
        let [major, minor, patch] = said.version;
        let accepts = Accepts {
            version: (major, minor),
            implementation: said.implementation,
            free_threaded: said.free_threaded,
            platform,
        };
        Ok(Self { python, version: format!("{major}.{minor}.{patch}"), accepts, emulator })
    }
}

impl Emulator {
    /// A call of a program of the other system, which the first argument names.
    pub(super) fn call(&self, environment: &Environment, doing: impl Into<String>) -> Call {
        Call::new(environment, "qemu", &self.qemu, doing)
            .args(["-L".as_ref(), self.root.as_os_str()])
            // The libraries of this machine are for another processor.
            .without_envs(["PYTHONPATH", "PYTHONHOME", "LD_LIBRARY_PATH", "LD_PRELOAD"])
    }
}

fn doing(exe: &Path) -> String {
    format!("asking {} which wheels it can install", exe.display())
}
