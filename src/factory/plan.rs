//! What has to be built, before any tool has run.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::check_settings::CheckSettings;
use super::{binding, editable};
use crate::audit::policy;
use crate::error::{Failure, Kind, Result};
use crate::project::{CompilerName, Entry, Part, Profile, Project, sources};
use crate::target::{
    LINUX, Libc, MACOS, Os, PythonAbi, PythonRelease, Release, Slice, TARGETS, Target,
};
use crate::toolchain::Tool;
use crate::wheel::Timestamp;

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

/// The request: the command line combined with the project's settings.
#[derive(Debug, Clone)]
pub struct Options {
    /// The wheels to build, each target once.
    pub targets: Vec<Target>,
    /// The directory for finished wheels.
    pub out_dir: PathBuf,
    /// The number of stages that run at the same time; at least 1.
    pub jobs: usize,
    /// The system releases that wheels must run on; for other systems, what Go allows.
    pub requested: BTreeMap<&'static Os, Release>,
    /// The ABIs of Python that extension modules are built for, each once, with a wheel for each.
    pub abis: Vec<PythonAbi>,
    /// The C compiler.
    pub compiler: CompilerName,
    /// The directory with the C library and headers for it.
    pub sysroot: Option<PathBuf>,
    /// The profile of the native code.
    pub profile: Profile,
    /// The settings of slices for which something else was requested.
    pub on: BTreeMap<Slice, Native>,
    /// The time of every file in a wheel.
    pub modified: Timestamp,
    /// Stop after the first failure.
    pub fail_fast: bool,
    /// Build editable wheels (PEP 660), whose Python files stay in the project.
    pub editable: bool,
    /// Settings for the project's backend (`config_settings` of PEP 517).
    pub backend_settings: BackendSettings,
    /// Run the project's backend in an isolated environment.
    pub isolation: bool,
    /// Download nothing.
    pub offline: bool,
}

/// The settings for the native code of one slice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Native {
    /// The C compiler.
    pub compiler: CompilerName,
    /// The directory with the C library and headers for it.
    pub sysroot: Option<PathBuf>,
    /// The profile.
    pub profile: Profile,
    /// The system release that wheels must run on; without it, what Go allows.
    pub requested: Option<Release>,
}

impl Options {
    /// The settings for the native code of `slice`.
    pub fn native(&self, slice: Slice) -> Native {
        self.on.get(&slice).cloned().unwrap_or_else(|| Native {
            compiler: self.compiler,
            sysroot: self.sysroot.clone(),
            profile: self.profile,
            requested: self.requested.get(slice.os).copied(),
        })
    }

    /// The profile of a wheel for `target`: with debug information if a slice of it has some.
    pub fn profile_for(&self, target: Target) -> Profile {
        let profiles = target.slices().iter().map(|slice| self.native(*slice).profile);
        profiles.max().unwrap_or(self.profile)
    }

    /// The slices that its targets consist of, each once, in the order of the targets.
    pub fn slices(&self) -> Vec<Slice> {
        let mut slices: Vec<Slice> = Vec::new();
        for slice in self.targets.iter().flat_map(|target| target.slices()) {
            if !slices.contains(slice) {
                slices.push(*slice);
            }
        }
        slices
    }
}

/// A project, the request, and what has to be built for it.
#[derive(Debug, Clone)]
pub struct Plan {
    /// The project.
    pub project: Project,
    /// The request.
    pub options: Options,
    /// The settings for checking its wheels.
    pub check: CheckSettings,
    /// Every slice that a target needs, each once, in the order of the targets.
    pub slices: Vec<Slice>,
    /// The files of the project that its build backend may see.
    pub sources: Vec<Entry>,
    /// The targets that this machine builds, if others build the rest.
    pub share: Option<Vec<Target>>,
}

impl Plan {
    /// The targets that this machine builds.
    #[must_use]
    pub fn targets(&self) -> &[Target] {
        self.share.as_ref().unwrap_or(&self.options.targets)
    }

    /// Plans what `options` request of `project`.
    ///
    /// # Errors
    /// [`Kind::Usage`] for a manylinux release that no policy has or that Go cannot run on;
    /// [`Kind::Project`] for settings of the checks that name what does not exist; what
    /// [`sources`] finds wrong with the project's tree.
    pub fn new(mut project: Project, options: Options) -> Result<Self> {
        let check = CheckSettings::new(project.check.clone(), Path::new(""))?;
        let slices = options.slices();
        let of_slices = slices.iter().map(|slice| (slice.os, options.native(*slice).requested));
        let of_systems = options.requested.iter().map(|(os, release)| (*os, Some(*release)));
        for (os, requested) in of_systems.chain(of_slices) {
            if let (Some(libc), Some(requested)) = (os.libc, requested) {
                check_policy(os, libc, requested)?;
            }
        }
        if options.editable
            && let Some((part, reason)) =
                project.variants().find_map(|part| Some((part, binding::of(part).not_editable()?)))
        {
            return Err(Failure::project(
                "planning an editable wheel",
                format!("`{}` has the binding {}: {reason}", part.id, part.kind.name()),
                "install the project without --editable",
            ));
        }
        if project.settings.abis != [PythonAbi::Abi3]
            && project
                .variants()
                .all(|part| binding::of(part).interpreters() == binding::Interpreters::Any)
        {
            return Err(Failure::project(
                "reading the configuration",
                "`abi3`, `abi3t` and `python` only apply to extension modules, but this project \
                 has none: its wheels work with every Python 3",
                "remove these keys",
            ));
        }
        for target in &options.targets {
            let parts = project.parts_for(*target);
            if let Some((part, why)) = binding::unsupported(parts, *target) {
                return Err(refused(&project, *target, part, why));
            }
            check_slices(&project, *target)?;
            let note = check_abis(&project, *target, &options.abis)?;
            project.notes.extend(note.filter(|note| !project.notes.contains(note)));
        }
        let out_dir = std::path::absolute(&options.out_dir)
            .map_err(|error| Failure::io("looking for the output directory", &error))?;
        let sources = sources(&project.root, Some(&out_dir))?;
        Ok(Self { project, options, check, slices, sources, share: None })
    }

    /// The part of the plan for this machine: everything that its share of the targets needs.
    pub fn of_share(&self) -> Self {
        let mut own = self.clone();
        if let Some(targets) = own.share.take() {
            own.options.targets = targets;
            own.slices = own.options.slices();
        }
        own
    }

    /// The path in the wheel of `path`, a path of the native part in an installed package.
    pub(super) fn place(&self, path: &str) -> String {
        if self.options.editable {
            format!("{}/{path}", editable::package(&self.project))
        } else {
            path.to_owned()
        }
    }

    /// The same plan with the ABI that `python` imports, unless the request names another.
    pub fn for_python(mut self, python: PythonRelease) -> Self {
        if self.options.abis == self.project.settings.abis {
            self.options.abis = vec![PythonAbi::for_python(python, &self.options.abis)];
        }
        self
    }

    /// The ABIs of Python that there is a wheel for `target` for.
    pub fn abis(&self, target: Target) -> Vec<PythonAbi> {
        let parts = self.project.parts_for(target);
        let on = |slice: &Slice| binding::abis(parts, *slice, &self.options.abis);
        target.slices().first().map(on).unwrap_or_default()
    }

    /// The tools that its stages need.
    pub fn tools(&self) -> Vec<Tool> {
        let mut tools = vec![Tool::Go];
        let mut add = |tool| {
            if !tools.contains(&tool) {
                tools.push(tool);
            }
        };
        self.compilers().into_iter().for_each(|compiler| add(Tool::Cc(compiler)));
        let parts = self.slices.iter().flat_map(|slice| self.project.parts_on(*slice));
        parts.flat_map(|part| binding::of(part).tools()).for_each(|tool| add(*tool));
        tools
    }

    /// The C compilers of its slices, each once.
    pub(super) fn compilers(&self) -> Vec<CompilerName> {
        let needs_c =
            |slice: &&Slice| self.project.parts_on(**slice).iter().any(|part| part.kind.has_c());
        let slices = self.slices.iter().filter(needs_c);
        let mut names: Vec<_> = slices.map(|slice| self.options.native(*slice).compiler).collect();
        names.sort_unstable();
        names.dedup();
        names
    }
}

/// Checks that the parts for `target` can be built for `abis`. Returns a note about those that are
/// left out, which its system does not have.
fn check_abis(project: &Project, target: Target, abis: &[PythonAbi]) -> Result<Option<String>> {
    let parts = project.parts_for(target);
    for (part, abi) in parts.iter().flat_map(|part| abis.iter().map(move |abi| (part, *abi))) {
        if let Some((why, help)) = binding::of(part).not_for(abi) {
            return Err(Failure::project(
                format!("planning the wheel of {target} for {abi}"),
                format!("`{}` has the binding {}: {why}", part.id, part.kind.name()),
                help,
            ));
        }
    }
    let Some(slice) = target.slices().first() else { return Ok(None) };
    let left_out = abis.iter().filter_map(|abi| Some((abi.to_string(), abi.refusal(*slice)?)));
    let (names, reasons): (Vec<_>, Vec<_>) = left_out.unzip();
    let Some(why) = reasons.first().filter(|_| needs_cpython(parts)) else { return Ok(None) };
    if names.len() == abis.len() {
        let doing = format!("choosing the wheels for {target}");
        let help = format!("leave {target} out, or build for another ABI of Python too");
        return Err(Failure::project(doing, format!("{}: {why}", names.join(", ")), help));
    }
    Ok(Some(format!("{target} has no wheel for {}: {why}", names.join(", "))))
}

fn needs_cpython(parts: &[Part]) -> bool {
    binding::interpreters(parts) == binding::Interpreters::CPython
}

/// Checks that the slices of `target`, whose binaries are fused, have the same files.
fn check_slices(project: &Project, target: Target) -> Result<()> {
    let files = |slice: &Slice| {
        let of_part = |part: &Part| {
            let module = part.module().map(ToString::to_string);
            let program = part.program().map(|program| program.path(slice.os));
            (part.library_path(slice.os), module, program)
        };
        project.parts_on(*slice).iter().map(of_part).collect::<Vec<_>>()
    };
    let mut slices = target.slices().iter();
    let Some(first) = slices.next() else { return Ok(()) };
    match slices.find(|slice| files(slice) != files(first)) {
        None => Ok(()),
        Some(other) => Err(Failure::project(
            format!("planning the wheel for {target}"),
            format!("{} and {} have different files", first.name(), other.name()),
            format!(
                "set names and bindings for both in one table, `target.{}`, or leave out {target}",
                first.os.name
            ),
        )),
    }
}

/// The refusal to build `part` for `target`.
fn refused(project: &Project, target: Target, part: &Part, why: &str) -> Failure {
    let usable = TARGETS.iter().filter(|target| binding::supports(project, **target));
    let usable: Vec<_> = usable.map(|target| target.name()).collect();
    let name = part.kind.name();
    let found = match part.program() {
        Some(_) => format!("{target} has no programs with `cgo = true`: {why}"),
        None => {
            format!("{target} has programs only, and `{}` is a library ({name}): {why}", part.id)
        }
    };
    let help = format!("leave {target} out: this project builds for {}", usable.join(", "));
    Failure::new(Kind::Usage, "choosing the targets", found, help)
}

/// Checks that `requested` has a policy and that Go supports it.
fn check_policy(os: &Os, libc: Libc, requested: Release) -> Result<()> {
    let min = os.min_release();
    let known = policy::policies(libc).map(policy::Policy::release);
    let usable: Vec<_> = known.filter(|release| *release >= min).collect();
    if usable.contains(&requested) {
        return Ok(());
    }
    let list: Vec<_> = usable.iter().map(|r| format!("{}_{}", r.major, r.minor)).collect();
    let name = os.minimum_name(requested);
    let found = if requested < min {
        format!("{name} was requested, but Go needs a Linux with {} {min} or newer", os.release_of)
    } else {
        format!("package indexes accept no {name}")
    };
    Err(Failure::new(
        Kind::Usage,
        format!("choosing the {} policy", os.tag_family),
        found,
        format!("choose one of {}", list.join(", ")),
    ))
}
