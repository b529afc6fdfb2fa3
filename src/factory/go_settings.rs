//! What Go says about a run: its version, the minimum system releases that follow from it, and the
//! flags that the user's settings add.
//!
//! In: a plan and the tools. Out: the same values for every stage, located and checked once. What
//! users should know about them is reported once as well.

use std::collections::BTreeSet;
use std::sync::OnceLock;

use super::compilers::Compilers;
use super::event::{Event, Observer};
use super::minimum::MinimumVersions;
use super::plan::Plan;
use super::stage::{UserFlags, check_variable};
use crate::error::{Failure, Result};
use crate::toolchain::{Tools, Version};

/// What Go says about the run of a plan.
pub(super) struct GoSettings<'a> {
    plan: &'a Plan,
    tools: &'a Tools,
    observer: &'a dyn Observer,
    known: OnceLock<Result<(MinimumVersions, Version)>>,
}

impl<'a> GoSettings<'a> {
    /// Asks Go nothing yet.
    pub(super) fn new(plan: &'a Plan, tools: &'a Tools, observer: &'a dyn Observer) -> Self {
        Self { plan, tools, observer, known: OnceLock::new() }
    }

    /// The Go that builds, if a stage has asked for it.
    pub(super) fn known_version(&self) -> Option<Version> {
        Some(self.known.get()?.as_ref().ok()?.1)
    }

    /// The Go that builds: the newest that a go.mod requires.
    pub(super) fn version(&self) -> Result<Version> {
        self.known().map(|(_, version)| *version)
    }

    /// The minimum system releases, which depend on the Go that builds.
    pub(super) fn minimum(&self) -> Result<&MinimumVersions> {
        self.known().map(|(minimum, _)| minimum)
    }

    fn known(&self) -> Result<&(MinimumVersions, Version)> {
        let known = self.known.get_or_init(|| {
            let Plan { project, options, .. } = self.plan;
            let go = self.tools.go()?;
            let mut version = go.found.version;
            for part in project.variants() {
                let own = go.version_in(&part.go.dir, options.offline)?;
                version = version.max(own);
            }
            for note in self.user_flags()?.notes {
                self.observer.event(&Event::Note(&note));
            }
            for caveat in (Compilers { plan: self.plan, tools: self.tools }).caveats()? {
                self.observer.event(&Event::Note(&caveat));
            }
            Ok((MinimumVersions::new(options, version)?, version))
        });
        known.as_ref().map_err(Failure::clone)
    }

    /// What the user's variables for flags add.
    pub(super) fn user_flags(&self) -> Result<UserFlags> {
        let go = self.tools.go()?;
        let slices = &self.plan.slices;
        for name in ["CGO_CPPFLAGS", "CGO_CFLAGS", "CGO_CXXFLAGS", "CGO_FFLAGS", "CGO_LDFLAGS"] {
            check_variable(name, go.setting(name), slices)?;
        }
        let mut flags = UserFlags::read(go.setting("GOFLAGS"))?;
        let archs: BTreeSet<_> = slices.iter().map(|slice| slice.arch).collect();
        for arch in archs {
            let Some((name, baseline)) = arch.go_baseline else { continue };
            let set = self.tools.environment().get(name).filter(|level| *level != baseline);
            flags.notes.extend(set.map(|level| {
                format!(
                    "{name}={} is ignored: wheels are installed on every {} processor, so \
                     pygo builds with {name}={baseline}",
                    level.display(),
                    arch.name
                )
            }));
        }
        Ok(flags)
    }
}
