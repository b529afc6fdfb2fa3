//! Finds the headers and libraries that the configuration names.
//!
//! Input: a plan, and where a part is built. Output: their places, or the first that is missing or for
//! something else. What a command of `before` may still write is looked for when it has run.

use super::inputs::Inputs;
use super::place::Place;
use super::plan::Plan;
use super::stage::{FoundC, LIBDIR, Site};
use crate::error::Result;
use crate::target::{self, Slice};

/// Checks those of all parts and slices of `plan`.
///
/// # Errors
/// Those of [`FoundC::find`].
pub(super) fn check(plan: &Plan) -> Result<()> {
    let project = &plan.project;
    for slice in &plan.slices {
        let site = Site { project: &project.root, root: &project.root, slice: *slice };
        for part in project.parts_on(*slice) {
            if part.kind.has_c() && part.go.before.is_empty() {
                FoundC::find(&part.go.c.on(*slice), site, true)?;
            }
        }
    }
    Ok(())
}

impl Inputs<'_> {
    /// The headers and libraries of the configuration for a part that is built in `place`.
    ///
    /// # Errors
    /// Those of [`FoundC::find`].
    pub(super) fn found_c(&self, place: &Place<'_>, slice: Slice) -> Result<FoundC> {
        let site = Site { project: &self.plan.project.root, root: &place.root, slice };
        // A program or a directory that the user names knows the target.
        let is_named = self.tools.go()?.setting("PKG_CONFIG") != "pkg-config"
            || self.environment.contains_key(LIBDIR);
        let is_this_machine = target::host().is_ok_and(|host| host.slices().contains(&slice));
        FoundC::find(&place.package.c.on(slice), site, !is_named && !is_this_machine)
    }
}
