//! The options that building commands share, and how they meet the project's settings.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use clap::Args;
use clap::builder::{PossibleValuesParser, TypedValueParser};

use crate::error::{Failure, Kind, Result};
use crate::factory::{BackendSettings, DEFAULT_TARGETS, Options, Setting};
use crate::project::{Project, ToolchainName};
use crate::report::Detail;
use crate::target::{LINUX, MACOS, Release, Target, UnknownTarget, parse_list};
use crate::toolchain::{CKind, Lookup};
use crate::wheel::Timestamp;

/// Where tools are looked for.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Tools")]
pub(super) struct ToolArgs {
    /// The Go to build with
    #[arg(long, value_name = "FILE", env = "PYGO_GO", hide_env_values = true)]
    go: Option<PathBuf>,
    /// The zig to compile C with
    #[arg(long, value_name = "FILE", env = "PYGO_ZIG", hide_env_values = true)]
    zig: Option<PathBuf>,
    #[command(flatten)]
    python: PythonArg,
    /// Fetch nothing; say what is missing
    #[arg(long)]
    pub(super) offline: bool,
}

/// Which Python.
#[derive(Debug, Clone, Args)]
pub(super) struct PythonArg {
    /// The Python that runs the build backend and cffi
    #[arg(long, value_name = "FILE", env = "PYGO_PYTHON", hide_env_values = true)]
    python: Option<PathBuf>,
}

impl PythonArg {
    pub(super) fn named(&self) -> Option<PathBuf> {
        self.python.as_deref().map(program)
    }
}

impl ToolArgs {
    pub(super) fn lookup(&self, c: CKind) -> Lookup {
        Lookup {
            go: self.go.as_deref().map(program),
            zig: self.zig.as_deref().map(program),
            python: self.python.named(),
            c,
            offline: self.offline,
            no_isolation: false,
        }
    }
}

/// Which project, and how its build backend runs.
#[derive(Debug, Clone, Args)]
pub(super) struct ProjectArgs {
    /// The project's directory
    #[arg(value_name = "PROJECT", default_value = ".")]
    pub(super) project: PathBuf,
    /// A setting for the project's build backend; may be given several times
    #[arg(short = 'C', long, value_name = "KEY=VALUE", value_parser = setting)]
    config_setting: Vec<(String, String)>,
    /// Run the project's build backend with the packages that are installed
    #[arg(long)]
    no_isolation: bool,
    /// Print every call of a tool and what it said
    #[arg(short, long)]
    verbose: bool,
    /// Print failures only
    #[arg(short, long, conflicts_with = "verbose")]
    quiet: bool,
}

impl ProjectArgs {
    pub(super) fn detail(&self) -> Detail {
        match (self.quiet, self.verbose) {
            (true, _) => Detail::Quiet,
            (_, true) => Detail::Verbose,
            _ => Detail::Normal,
        }
    }

    /// `out_dir`, or `dist` in the project.
    pub(super) fn out_dir(&self, out_dir: Option<&PathBuf>) -> PathBuf {
        out_dir.cloned().unwrap_or_else(|| dist(&self.project))
    }

    /// Tells `lookup` how the backend runs.
    pub(super) fn lookup(&self, lookup: Lookup) -> Lookup {
        Lookup { no_isolation: self.no_isolation, ..lookup }
    }

    /// The options that any build of the project has; no targets yet.
    pub(super) fn options(&self, out_dir: PathBuf, offline: bool) -> Result<Options> {
        let epoch = std::env::var("SOURCE_DATE_EPOCH").ok();
        let modified = Timestamp::from_source_date_epoch(epoch.as_deref()).map_err(|error| {
            let help = "set SOURCE_DATE_EPOCH to seconds since 1970, or unset it";
            Failure::new(Kind::Usage, "reading the environment", error.to_string(), help)
        })?;
        let mut backend_settings = BackendSettings::new();
        for (key, value) in self.config_setting.iter().cloned() {
            match backend_settings.get_mut(&key) {
                Some(setting) => setting.push(value),
                None => drop(backend_settings.insert(key, Setting::One(value))),
            }
        }
        Ok(Options {
            modified,
            targets: Vec::new(),
            out_dir,
            jobs: 1,
            asked: BTreeMap::new(),
            fail_fast: false,
            editable: false,
            backend_settings,
            isolation: !self.no_isolation,
            offline,
        })
    }
}

/// What a build of wheels can be told.
#[derive(Debug, Clone, Args)]
pub(super) struct BuildArgs {
    #[command(flatten)]
    pub(super) native: NativeArgs,
    /// Where finished wheels go [default: PROJECT/dist]
    #[arg(long, value_name = "DIR")]
    pub(super) out_dir: Option<PathBuf>,
    /// Write a JSON report of the run to this file
    #[arg(long, value_name = "FILE.json")]
    pub(super) report: Option<PathBuf>,
    /// Begin nothing new once a target has failed
    #[arg(long)]
    pub(super) fail_fast: bool,
    /// Print what would be built, and build nothing
    #[arg(long)]
    pub(super) dry_run: bool,
}

/// A project, and how its native part is built.
#[derive(Debug, Clone, Args)]
pub(super) struct NativeArgs {
    #[command(flatten)]
    pub(super) project: ProjectArgs,
    /// How many pieces of work run at the same time [default: the number of processors]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    jobs: Option<u16>,
    /// The C toolchain [default: zig]
    #[arg(long, value_name = "NAME", value_parser = toolchain_name())]
    toolchain: Option<ToolchainName>,
    /// The newest manylinux that Linux wheels may need [default: 2_17]
    #[arg(long, value_name = "X_Y")]
    manylinux: Option<Release>,
    /// The macOS that macOS wheels must run on [default: the oldest that Go supports]
    #[arg(long, value_name = "V")]
    macos_deployment_target: Option<Release>,
    #[command(flatten)]
    pub(super) tools: ToolArgs,
}

impl NativeArgs {
    pub(super) fn jobs(&self) -> usize {
        let processors = || std::thread::available_parallelism().map_or(1, usize::from);
        self.jobs.map_or_else(processors, usize::from)
    }

    pub(super) fn lookup(&self, project: &Project) -> Lookup {
        let named = self.toolchain.or(project.settings.toolchain);
        self.project.lookup(self.tools.lookup(named.map_or_else(CKind::default, c_kind)))
    }

    /// Puts the command line before the project's settings, and both before the defaults.
    /// `targets` are those that the command line names, if it does.
    pub(super) fn options(
        &self,
        project: &Project,
        targets: Option<&str>,
        out_dir: PathBuf,
    ) -> Result<Options> {
        let settings = &project.settings;
        let targets = match targets {
            Some(list) => parse_list([list]).map_err(wrong_targets)?,
            None => match &settings.targets {
                Some(targets) => targets.clone(),
                None => parse_list(DEFAULT_TARGETS.iter().copied()).map_err(wrong_targets)?,
            },
        };
        let asked = [
            (LINUX, self.manylinux.or(settings.manylinux)),
            (MACOS, self.macos_deployment_target.or(settings.macos_deployment_target)),
        ];
        Ok(Options {
            targets,
            jobs: self.jobs(),
            asked: asked.into_iter().filter_map(|(os, asked)| Some((os, asked?))).collect(),
            ..self.project.options(out_dir, self.tools.offline)?
        })
    }
}

/// `KEY=VALUE`, as pip and uv take it; a key alone has an empty value.
fn setting(text: &str) -> Result<(String, String), String> {
    let (key, value) = text.split_once('=').unwrap_or((text, ""));
    match key.is_empty() {
        true => Err("a setting has a key before the `=`".to_owned()),
        false => Ok((key.to_owned(), value.to_owned())),
    }
}

fn toolchain_name() -> impl TypedValueParser<Value = ToolchainName> {
    PossibleValuesParser::new(ToolchainName::ALL.map(ToolchainName::as_str))
        .try_map(|name| name.parse::<ToolchainName>())
}

fn c_kind(name: ToolchainName) -> CKind {
    match name {
        ToolchainName::Zig => CKind::Zig,
        ToolchainName::Clang => CKind::Clang,
    }
}

/// The program that `named` means: a path from here, or a name to be found on `PATH`. What is
/// not there stays as it is written, for the message that says so.
fn program(named: &Path) -> PathBuf {
    which::which(named).or_else(|_| std::path::absolute(named)).unwrap_or_else(|_| named.to_owned())
}

/// `dist` in the project, written as the user writes the project.
fn dist(project: &Path) -> PathBuf {
    if project == Path::new(".") { PathBuf::from("dist") } else { project.join("dist") }
}

pub(super) fn wrong_targets(error: UnknownTarget) -> Failure {
    Failure::new(Kind::Usage, "reading the list of targets", error.to_string(), error.help())
}

/// The targets, as a list in words.
pub(super) fn names(targets: &[Target]) -> String {
    targets.iter().map(|target| target.name()).collect::<Vec<_>>().join(", ")
}
