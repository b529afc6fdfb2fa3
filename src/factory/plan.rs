//! What has to be built, before any tool has run.

use std::collections::BTreeMap;
use std::path::PathBuf;

use super::editable;
use crate::audit::policy;
use crate::error::{Failure, Kind, Result};
use crate::project::{Entry, Project, sources};
use crate::target::{LINUX, Libc, MACOS, Os, Release, Slice, Target};
use crate::toolchain::Version;
use crate::wheel::Timestamp;

/// The targets that are built when neither the command line nor the project names any.
pub const DEFAULT_TARGETS: &[&str] = &["linux-amd64", "linux-arm64", "macos-amd64", "macos-arm64"];

/// The option that sets the minimum release of a system.
pub(super) const MINIMUM_OPTIONS: &[(&Os, &str)] =
    &[(LINUX, "--manylinux"), (MACOS, "--macos-deployment-target")];

/// Settings for a build backend: each key with its value, or all of its values.
pub type BackendSettings = BTreeMap<String, Setting>;

/// The value of a setting for a build backend, in the shapes that front-ends pass.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
#[serde(untagged)]
pub enum Setting {
    /// Given once.
    One(String),
    /// Given several times.
    Many(Vec<String>),
}

impl Setting {
    /// Adds a value.
    pub fn push(&mut self, value: String) {
        *self = match std::mem::replace(self, Self::Many(Vec::new())) {
            Self::One(first) => Self::Many(vec![first, value]),
            Self::Many(mut values) => {
                values.push(value);
                Self::Many(values)
            }
        };
    }
}

/// What was asked for, after the command line and the project's settings have been put together.
#[derive(Debug, Clone)]
pub struct Options {
    /// The wheels to build, each target once.
    pub targets: Vec<Target>,
    /// Where finished wheels go.
    pub out_dir: PathBuf,
    /// How many pieces of work run at the same time; at least 1.
    pub jobs: usize,
    /// The release of a system that wheels must run on; what Go allows for those not there.
    pub asked: BTreeMap<&'static Os, Release>,
    /// The time of every file in a wheel.
    pub modified: Timestamp,
    /// Begin nothing new once a target has failed.
    pub fail_fast: bool,
    /// Make editable wheels (PEP 660), whose Python files stay in the project.
    pub editable: bool,
    /// What is told to the project's backend (`config_settings` of PEP 517).
    pub backend_settings: BackendSettings,
    /// Run the project's backend in an environment of its own.
    pub isolation: bool,
    /// Fetch nothing.
    pub offline: bool,
}

/// A project, what was asked for, and the slices that takes.
#[derive(Debug)]
pub struct Plan {
    /// The project.
    pub project: Project,
    /// What was asked for.
    pub options: Options,
    /// Every slice that some target needs, each once, in the order of the targets.
    pub slices: Vec<Slice>,
    /// The files of the project that its build backend may see.
    pub sources: Vec<Entry>,
}

impl Plan {
    /// Puts a project and what was asked for together.
    ///
    /// # Errors
    /// [`Kind::Usage`] for a manylinux release that no policy has or that Go cannot run on; what
    /// [`sources`] finds wrong with the project's tree.
    pub fn new(project: Project, options: Options) -> Result<Self> {
        if let Some(asked) = options.asked.get(LINUX) {
            check_manylinux(*asked, LINUX.min_release())?;
        }
        let mut slices: Vec<Slice> = Vec::new();
        for slice in options.targets.iter().flat_map(|target| target.slices()) {
            if !slices.contains(slice) {
                slices.push(*slice);
            }
        }
        let out_dir = std::path::absolute(&options.out_dir)
            .map_err(|error| Failure::io("looking for the output directory", &error))?;
        let sources = sources(&project.root, Some(&out_dir))?;
        Ok(Self { project, options, slices, sources })
    }

    /// Where in the wheel `path` lies, a path of the native part as an installed package has it.
    pub(super) fn place(&self, path: &str) -> String {
        match self.options.editable {
            true => format!("{}/{path}", editable::package(&self.project)),
            false => path.to_owned(),
        }
    }

    /// The targets that need `slice`.
    pub fn served_by(&self, slice: Slice) -> Vec<Target> {
        let needs = |target: &&Target| target.slices().contains(&slice);
        self.options.targets.iter().filter(needs).copied().collect()
    }
}

/// The system releases that the C compiler builds for; nothing newer may be needed in the end.
#[derive(Debug, Clone)]
pub struct Floors(BTreeMap<&'static Os, Release>);

impl Floors {
    /// For each system of `options`: what was asked for, or the oldest that Go `version` runs on.
    ///
    /// # Errors
    /// [`Kind::Usage`] if an older system was asked for than that, [`Kind::Toolchain`] if that Go
    /// cannot be linked for a system.
    pub fn new(options: &Options, version: Version) -> Result<Self> {
        let systems = options.targets.iter().map(|target| target.os());
        systems.map(|os| Ok((os, floor(options, os, version)?))).collect::<Result<_>>().map(Self)
    }

    /// The release for `slice`, which may need a newer one than its system.
    pub fn of(&self, slice: Slice) -> Release {
        self.0.get(slice.os).copied().unwrap_or_default().max(slice.min_release())
    }

    /// The newest release that a wheel for `target` may need.
    pub fn newest(&self, target: Target) -> Release {
        self.0.get(&target.os()).copied().unwrap_or_default().max(target.min_release())
    }
}

fn floor(options: &Options, os: &Os, version: Version) -> Result<Release> {
    let name = os.release_of;
    if version.minor < os.oldest_go {
        return Err(Failure::toolchain(
            format!("choosing a Go for {name}"),
            format!("the libraries of Go {version} cannot be linked for it"),
            format!("build with Go 1.{} or newer (--go, PYGO_GO)", os.oldest_go),
        ));
    }
    let min = os.min_for_go(version.minor);
    let asked = options.asked.get(os).copied().unwrap_or(min);
    if asked < min {
        return Err(Failure::new(
            Kind::Usage,
            format!("choosing the least {name}"),
            format!("{name} {asked} was asked for, but programs of Go {version} need {name} {min}"),
            format!("ask for {min} or newer, or build with an older Go (--go, PYGO_GO)"),
        ));
    }
    Ok(asked)
}

/// Whether `asked` is a glibc that some policy is about and Go runs on.
fn check_manylinux(asked: Release, least: Release) -> Result<()> {
    let known = policy::policies(Libc::Glibc).map(policy::Policy::release);
    let usable: Vec<_> = known.filter(|release| *release >= least).collect();
    if usable.contains(&asked) {
        return Ok(());
    }
    let list: Vec<_> = usable.iter().map(|r| format!("{}_{}", r.major, r.minor)).collect();
    let found = if asked < least {
        format!(
            "manylinux_{}_{} was asked for, but Go needs a Linux of glibc {least}'s age or newer",
            asked.major, asked.minor
        )
    } else {
        format!("there is no manylinux_{}_{} that package indexes accept", asked.major, asked.minor)
    };
    Err(Failure::new(
        Kind::Usage,
        "choosing the manylinux policy",
        found,
        format!("choose one of {}", list.join(", ")),
    ))
}
