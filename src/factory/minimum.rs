//! The minimum system releases of a run: what the C compiler builds for.

use std::collections::BTreeMap;

use super::plan::Options;
use crate::error::{Failure, Kind, Result};
use crate::target::{Release, Slice, Target};
use crate::toolchain::Version;

/// For each slice of a run, the release its wheels must run on; nothing in them may need a newer
/// one.
#[derive(Debug, Clone)]
pub(super) struct MinimumVersions(BTreeMap<Slice, Release>);

impl MinimumVersions {
    /// For each slice of `options`: what was requested, or the oldest that Go `version` supports.
    ///
    /// # Errors
    /// [`Kind::Usage`] if a release older than that was requested, [`Kind::Toolchain`] if this Go
    /// cannot be linked for a system.
    pub(super) fn new(options: &Options, version: Version) -> Result<Self> {
        let slices = options.slices().into_iter();
        let each = slices.map(|slice| Ok((slice, minimum(options, slice, version)?)));
        each.collect::<Result<_>>().map(Self)
    }

    /// The release for `slice`, which may need a newer one than its system.
    pub(super) fn of_slice(&self, slice: Slice) -> Release {
        self.0.get(&slice).copied().unwrap_or_default().max(slice.min_release())
    }

    /// The newest release that a wheel for `target` may need.
    pub(super) fn of_target(&self, target: Target) -> Release {
        let slices = target.slices().iter().filter_map(|slice| self.0.get(slice).copied());
        slices.max().unwrap_or_default().max(target.min_release())
    }
}

fn minimum(options: &Options, slice: Slice, version: Version) -> Result<Release> {
    let os = slice.os;
    let name = os.release_of;
    if version.minor < os.oldest_go {
        return Err(Failure::toolchain(
            format!("choosing a Go for {name}"),
            format!("the libraries of Go {version} cannot be linked for it"),
            format!("build with Go 1.{} or newer (--go, PYGO_GO)", os.oldest_go),
        ));
    }
    let minimum = os.min_for_go(version.minor);
    let requested = options.native(slice).requested.unwrap_or(minimum);
    if requested < minimum {
        return Err(Failure::new(
            Kind::Usage,
            format!("choosing the minimum {name}"),
            format!("{name} {requested} was requested, but Go {version} needs {name} {minimum}"),
            format!(
                "request {minimum} or newer, request no version (targets such as {}), or build with \
                 an older Go (--go, PYGO_GO)",
                options.targets.iter().find(|target| target.os() == os).map_or("", |t| t.name())
            ),
        ));
    }
    Ok(requested)
}
