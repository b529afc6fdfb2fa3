//! The stages: each a function of its inputs, none reaching back.

mod audit;
mod backend;
mod base_wheel;
mod cffi_source;
mod extension;
mod fuse;
mod go_failure;
mod library;
mod pack;

use std::path::{Path, PathBuf};

use crate::error::{Failure, Result};
use crate::target::Slice;
use crate::toolchain::{Driver, Toolchain};

use super::plan::{Floors, Plan};

pub(super) use audit::audit;
pub(super) use backend::{Backend, Hook};
pub(super) use base_wheel::{BaseWheel, base_wheel};
pub(super) use cffi_source::{CffiSource, cffi_source};
pub(super) use extension::extension;
pub(super) use fuse::{NativePart, native_part};
pub(super) use library::{Library, library};
pub use pack::Wheel;
pub(super) use pack::pack;

/// What every stage may read: the plan, the tools, and a directory of the run to work in.
pub(super) struct Context<'a> {
    pub(super) plan: &'a Plan,
    pub(super) toolchain: &'a Toolchain,
    pub(super) floors: Floors,
    pub(super) work: &'a Path,
}

impl Context<'_> {
    /// A directory of the run that belongs to one piece of work.
    fn dir(&self, name: &str) -> Result<PathBuf> {
        let dir = self.work.join(name);
        fs_err::create_dir_all(&dir)
            .map_err(|error| Failure::io("preparing a directory to build in", &error))?;
        Ok(dir)
    }

    /// What every tool gets in its environment: its temporary files go where ours go, so that
    /// they cannot outlive the run.
    fn env(&self) -> Result<[(&'static str, PathBuf); 1]> {
        Ok([("TMPDIR", self.dir("tmp")?)])
    }

    /// The C compiler of a slice.
    fn driver(&self, slice: Slice) -> Result<Driver> {
        let Toolchain { compiler, host, .. } = self.toolchain;
        compiler.driver(&host.cache, slice, self.floors.of(slice), &self.dir("scratch")?)
    }

    /// A path of the project as its author sees it.
    fn shown<'p>(&self, path: &'p Path) -> std::path::Display<'p> {
        path.strip_prefix(&self.plan.project.root).unwrap_or(path).display()
    }
}

/// Reads what a linker wrote, and does not believe that it succeeded when that is nothing.
fn linked(path: &Path, tool: &str, doing: &str) -> Result<Vec<u8>> {
    let bytes = fs_err::read(path).map_err(|error| Failure::io(doing, &error))?;
    if bytes.is_empty() {
        return Err(Failure::toolchain(
            doing,
            format!("{tool} said that it succeeded, but its output has 0 bytes"),
            "this is a bug of that compiler: try another version of it (see `pygo doctor`)",
        ));
    }
    Ok(bytes)
}
