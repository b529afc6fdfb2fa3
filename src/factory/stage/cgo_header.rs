//! The header that cgo writes for a library, without building the library.
//!
//! Input: the same as that of the library. Output: the text of the header.

use std::path::Path;

use super::cgo_packages;
use super::go_command::quoted;
use super::go_failure::GoFailure;
use super::library::GoBuild;
use crate::error::{Failure, Result};
use crate::project::go_header;

impl GoBuild<'_> {
    /// The header, which is what cgo's own types say about the exports, and what `go list` printed
    /// before. cgo alone takes a fraction of the time of a build.
    ///
    /// # Errors
    /// Go's message about the package.
    pub(super) fn cgo_header(&self, log: &Path) -> Result<(String, String)> {
        let doing = format!("reading the exports of {}", self.library.name);
        let failure = || {
            let Self { library, slice, driver, offline, .. } = self;
            GoFailure {
                library,
                slice: *slice,
                cc: Some(&driver.cc),
                python: None,
                offline: *offline,
            }
        };
        let listed = self.list_packages(&self.go_package()?, &doing)?;
        if !listed.status.success() {
            return Err(failure().explain(&listed));
        }
        let packages = cgo_packages::read(&listed.stdout, &doing)?;
        let Some(own) = packages.last().filter(|own| !own.cgo_files.is_empty()) else {
            return Ok((go_header(), listed.stdout));
        };
        let (preamble_flags, _) = self.extension_flags(&packages)?;
        let objects = self.dir.own.join("cgo");
        let header = self.dir.own.join("exports.h");
        let failed = |error| Failure::io(&doing, &error);
        fs_err::create_dir_all(&objects).map_err(failed)?;
        let finished = self
            .go
            .call(&doing)
            .args(["tool", "cgo", "-importpath", "main"])
            .args(["-objdir".as_ref(), objects.as_os_str()])
            .args(["-exportheader".as_ref(), header.as_os_str()])
            .args(["--"])
            .args(preamble_flags)
            .args(&own.cgo_files)
            .envs(self.env())
            .envs(self.dir.env())
            .envs([("CC", quoted(&self.driver.cc.display().to_string(), &doing)?)])
            .envs(self.driver.env.clone())
            .dir(&self.library.dir)
            .log(log)
            .finish()?;
        if !finished.status.success() {
            return Err(failure().explain(&finished));
        }
        Ok((fs_err::read_to_string(&header).map_err(failed)?, listed.stdout))
    }
}
