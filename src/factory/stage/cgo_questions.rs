//! What Go says about the packages of a library.
//!
//! Input: the same as that of the library. Output: its cgo packages, and the flags of its preamble.

use std::path::Path;

use super::archive_link::ArchiveLink;
use super::cgo_packages::{self, CgoPackage, FIELDS};
use super::library::GoBuild;
use super::preamble_flags::VARIABLES;
use crate::error::{Failure, Kind, Result};
use crate::process::Finished;

impl GoBuild<'_> {
    /// The packages that the library is built from, its own last; `None` if Go cannot list them:
    /// it does not build them either, and then says why.
    pub(super) fn packages(&self, package: &[String]) -> Result<Option<Vec<CgoPackage>>> {
        let doing = format!("reading the cgo flags of {}", self.library.name);
        let listed = self.list_packages(package, &doing)?;
        if !listed.status.success() {
            return Ok(None);
        }
        cgo_packages::read(&listed.stdout).map(Some).map_err(|error| unreadable(&doing, &error))
    }

    /// What Go answers about these packages.
    pub(super) fn list_packages(&self, package: &[String], doing: &str) -> Result<Finished> {
        let tags = self.user.tags(&self.library.build_tags);
        let call = self.go.call(doing).envs(self.env()).dir(&self.library.dir);
        call.args(["list", "-deps", FIELDS]).args(tags).args(package).finish()
    }

    /// The flags that the preamble of the library's own package needs, and what an archive is
    /// linked with.
    pub(super) fn extension_flags(
        &self,
        packages: &[CgoPackage],
    ) -> Result<(Vec<String>, ArchiveLink)> {
        let doing = format!("reading the cgo flags of {}", self.library.name);
        let call = self.go.call(&doing).envs(self.env()).dir(&self.library.dir);
        let variables = call.args(["env", "-json"]).args(VARIABLES).run(Kind::Build, REPORT)?;
        let variables =
            serde_json::from_str(&variables.stdout).map_err(|error| unreadable(&doing, &error))?;
        let pkg_config = |exe: &Path| self.go.tool(exe, &doing).envs(self.env());
        let dir = &self.library.dir;
        let preamble = match packages.last() {
            Some(own) => own.preamble_flags(&variables, dir, pkg_config)?,
            None => Vec::new(),
        };
        let mut link = ArchiveLink::default();
        if self.is_archive {
            link = ArchiveLink::of(packages, &variables, dir, pkg_config)?;
            link.flags.extend(self.user.c_linker(&self.ldflags)?);
        }
        Ok((preamble, link))
    }
}

const REPORT: &str = "report this bug";

fn unreadable(doing: &str, error: &serde_json::Error) -> Failure {
    Failure::build(doing, format!("cannot read Go's answer: {error}"), REPORT)
}
