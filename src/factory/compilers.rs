//! The C compilers of a run: which one compiles for which slice, set up with what the plan requests.

use std::path::{Path, PathBuf};

use super::minimum::MinimumVersions;
use super::plan::Plan;
use crate::error::Result;
use crate::project::Profile;
use crate::target::{Release, Slice, Target};
use crate::toolchain::{Cc, Driver, Tool, Tools, includes_libraries};

/// The C compilers that a plan requests.
pub(super) struct Compilers<'a> {
    pub(super) plan: &'a Plan,
    pub(super) tools: &'a Tools,
}

impl<'a> Compilers<'a> {
    /// The one for `slice`.
    pub(super) fn cc(&self, slice: Slice) -> Result<&'a Cc> {
        self.tools.cc(self.plan.options.native(slice).compiler)
    }

    /// The same, ready to run. Stray output goes to `scratch`.
    pub(super) fn driver(
        &self,
        slice: Slice,
        minimums: &MinimumVersions,
        scratch: &Path,
    ) -> Result<Driver> {
        let native = self.plan.options.native(slice);
        let minimum = minimums.of_slice(slice);
        let mut driver =
            self.cc(slice)?.driver(slice, minimum, native.sysroot.as_deref(), scratch)?;
        if native.profile == Profile::Release {
            driver.env.push(("PYGO_STRIP", PathBuf::from("-s")));
        }
        Ok(driver)
    }

    /// The newest release that a wheel for `target` may need: where the compiler's C library is that
    /// of the machine, whatever that requires, unless a release was requested.
    pub(super) fn newest(&self, target: Target, minimums: &MinimumVersions) -> Result<Release> {
        for slice in target.slices().iter().filter(|slice| slice.os.libc.is_some()) {
            let native = self.plan.options.native(*slice);
            if native.requested.is_none() && !includes_libraries(Tool::Cc(native.compiler)) {
                return Ok(Release::new(u16::MAX, 0));
            }
        }
        Ok(minimums.of_target(target))
    }

    /// What users should know about the wheels that they build.
    pub(super) fn caveats(&self) -> Result<Vec<String>> {
        let mut systems: Vec<_> =
            self.plan.options.targets.iter().map(|target| target.os()).collect();
        systems.sort_unstable();
        systems.dedup();
        let mut caveats = Vec::new();
        for compiler in self.plan.compilers() {
            let cc = self.tools.cc(compiler)?;
            caveats.extend(systems.iter().filter_map(|os| cc.caveat(os)));
        }
        Ok(caveats)
    }
}
