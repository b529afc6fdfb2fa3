//! What has to be built, before any tool has run.

use std::path::PathBuf;

use crate::audit::policy;
use crate::error::{Failure, Kind, Result};
use crate::project::{Entry, Project, sources};
use crate::target::{Release, Slice, System, Target};
use crate::toolchain::{Go, Version};
use crate::wheel::Timestamp;

/// The targets that are built when neither the command line nor the project names any.
pub const DEFAULT_TARGETS: &[&str] = &["linux-amd64", "linux-arm64", "macos-amd64", "macos-arm64"];

/// What was asked for, after the command line and the project's settings have been put together.
#[derive(Debug, Clone)]
pub struct Options {
    /// The wheels to build, each target once.
    pub targets: Vec<Target>,
    /// Where finished wheels go.
    pub out_dir: PathBuf,
    /// How many pieces of work run at the same time; at least 1.
    pub jobs: usize,
    /// The newest glibc that a wheel may need.
    pub manylinux: Option<Release>,
    /// The macOS that wheels must run on; what Go allows if not given.
    pub macos_deployment_target: Option<Release>,
    /// The time of every file in a wheel.
    pub modified: Timestamp,
    /// Begin nothing new once a target has failed.
    pub fail_fast: bool,
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
        if let Some(asked) = options.manylinux {
            check_manylinux(asked)?;
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

    /// The targets that need `slice`.
    pub fn served_by(&self, slice: Slice) -> Vec<Target> {
        let needs = |target: &&Target| target.slices().contains(&slice);
        self.options.targets.iter().filter(needs).copied().collect()
    }
}

/// The newest glibc that a wheel may need when nobody asked: manylinux2014.
const DEFAULT_GLIBC: Release = Release::new(2, 17);

/// The system release that the C compiler builds for; nothing newer may be needed in the end.
#[derive(Debug, Clone, Copy)]
pub struct Floors {
    glibc: Release,
    macos: Release,
}

impl Floors {
    /// What was asked for, or the oldest that Go `version` itself runs on.
    ///
    /// # Errors
    /// [`Kind::Usage`] if an older macOS was asked for than that.
    pub fn new(options: &Options, version: Version) -> Result<Self> {
        let least = Go::least(System::MacOs, version);
        let macos = options.macos_deployment_target.unwrap_or(least);
        let any_macos = options.targets.iter().any(|target| target.system() == System::MacOs);
        if any_macos && macos < least {
            return Err(Failure::new(
                Kind::Usage,
                "choosing the macOS deployment target",
                format!(
                    "macOS {macos} was asked for, but programs of Go {version} need macOS {least}"
                ),
                format!("ask for {least} or newer, or build with an older Go (--go, PYGO_GO)"),
            ));
        }
        Ok(Self { glibc: options.manylinux.unwrap_or(DEFAULT_GLIBC), macos })
    }

    /// The release for `system`.
    pub fn of(self, system: System) -> Release {
        match system {
            System::Linux => self.glibc,
            System::MacOs => self.macos,
        }
    }
}

fn check_manylinux(asked: Release) -> Result<()> {
    let known = policy::manylinux().iter().map(policy::Policy::release);
    let usable: Vec<_> = known.filter(|release| *release >= DEFAULT_GLIBC).collect();
    if usable.contains(&asked) {
        return Ok(());
    }
    let list: Vec<_> = usable.iter().map(|r| format!("{}_{}", r.major, r.minor)).collect();
    let found = if asked < DEFAULT_GLIBC {
        format!(
            "manylinux_{}_{} was asked for, but Go needs a Linux of glibc 2.17's age or newer",
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
