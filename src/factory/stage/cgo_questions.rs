//! What Go says about the packages of a library.
//!
//! Input: the same as that of the library. Output: its cgo packages, and the flags of its preamble.

use std::path::Path;

use super::archive_link::ArchiveLink;
use super::cgo_packages::CgoPackage;
use super::found_c::CFlags;
use super::library::GoBuild;
use super::preamble_flags::{Variables, select, words};
use super::requests::Requests;
use crate::error::Result;
use crate::process::Finished;

impl GoBuild<'_> {
    /// What `go list` prints about the packages that the library is built from, its own last;
    /// `None` if Go cannot list them: it does not build them either, and then says why.
    pub(super) fn listed(&self, package: &[String]) -> Result<Option<String>> {
        let doing = format!("listing the packages of {}", self.library.name);
        let listed = self.list_packages(package, &doing)?;
        Ok(listed.status.success().then_some(listed.stdout))
    }

    /// The same with Go's message, if it cannot.
    pub(super) fn list_packages(&self, package: &[String], doing: &str) -> Result<Finished> {
        let tags = self.user.tags(&self.library.build_tags);
        self.files().list(self.env(), tags, package, doing)
    }

    /// The flags of the configuration for C.
    pub(super) fn c_flags(&self) -> Result<CFlags> {
        let doing = format!("reading the C packages of {}", self.library.name);
        let variables = Variables::of(|name| self.go.setting(name));
        let call = |exe: &Path| self.go.tool(exe, &doing).envs(self.env());
        self.c.flags(&variables, &self.library.dir, call)
    }

    /// Where the flags come from that ask the linker for libraries.
    pub(super) fn requests(&self, packages: &[CgoPackage]) -> Requests {
        let variable = words(self.go.setting("CGO_LDFLAGS"));
        let requests = Requests::of(packages, self.slice, &self.root);
        requests.and("`libraries`", &self.c.link_flags()).and("CGO_LDFLAGS", &variable)
    }

    /// The flags that the preamble of the library's own package needs, and what an archive is
    /// linked with.
    pub(super) fn extension_flags(
        &self,
        packages: &[CgoPackage],
    ) -> Result<(Vec<String>, ArchiveLink)> {
        let doing = format!("reading the cgo flags of {}", self.library.name);
        let variables = Variables::of(|name| self.go.setting(name));
        let pkg_config = |exe: &Path| self.c.isolated(self.go.tool(exe, &doing).envs(self.env()));
        let dir = &self.library.dir;
        let configured = self.c_flags()?;
        let mut preamble = match packages.last() {
            Some(own) => own.preamble_flags(&variables, dir, pkg_config)?,
            None => Vec::new(),
        };
        // As Go gives them: before those of the package, of which the first directory counts.
        preamble.splice(0..0, select(&configured.compile, dir));
        let mut link = ArchiveLink::default();
        if self.is_archive {
            link = ArchiveLink::of(packages, &variables, dir, pkg_config)?;
            link.flags.extend(self.user.c_linker(&self.ldflags)?);
            link.flags.extend(configured.link);
            link.requests = self.requests(packages);
        }
        Ok((preamble, link))
    }
}
