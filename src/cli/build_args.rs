//! The options that building commands share, and how they combine with the project's settings.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use clap::Args;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use console::style;

use super::choice::{choose, read};
use super::output::Format;
use super::roots::RootArgs;
use super::tool_args::ToolArgs;
use crate::error::{Failure, Kind, Result};
use crate::factory::{BackendSettings, Native, Options, Setting};
use crate::process::{Environment, capacity};
use crate::project::{CompilerName, NativeSettings, Profile, Project, Settings, enclosing};
use crate::report::{Detail, tell};
use crate::target::{Choice, LINUX, MACOS, Os, PythonAbi, PythonRelease, Release};
use crate::toolchain::{Cache, Lookup};
use crate::wheel::Timestamp;

/// The heading of options about native code.
const NATIVE: &str = "Native code";

/// The project and how to run its build backend.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Build backend")]
pub(super) struct ProjectArgs {
    /// Project directory [default: the current one, or the nearest project above it]
    #[arg(value_name = "PROJECT")]
    project: Option<PathBuf>,
    /// Setting for the project's build backend; repeatable
    #[arg(short = 'C', long, value_name = "KEY=VALUE", value_parser = setting)]
    config_setting: Vec<(String, String)>,
    /// Run the build backend with the installed packages instead of an isolated environment
    #[arg(long)]
    no_isolation: bool,
}

impl ProjectArgs {
    /// Finds the project around the current directory, unless the user named one.
    pub(super) fn find(&mut self, environment: &Environment, detail: Detail) {
        if self.project.is_some() {
            return;
        }
        let home = environment.get("HOME").map(Path::new);
        self.project = enclosing(environment.current_dir(), home);
        if let (Some(path), false) = (&self.project, detail == Detail::Quiet) {
            let full = fs_err::canonicalize(path).unwrap_or_else(|_| path.clone());
            tell(format_args!(
                "{} using the project {}",
                style("note:").cyan().for_stderr(),
                full.display()
            ));
        }
    }

    /// The project's directory.
    pub(super) fn path(&self) -> &Path {
        self.project.as_deref().unwrap_or(Path::new("."))
    }

    /// `out_dir`, or `dist` in the project.
    pub(super) fn out_dir(&self, out_dir: Option<&PathBuf>) -> PathBuf {
        let in_place = self.path() == Path::new(".");
        let dist = || if in_place { PathBuf::from("dist") } else { self.path().join("dist") };
        out_dir.cloned().unwrap_or_else(dist)
    }

    /// Adds how to run the backend to `lookup`.
    pub(super) fn lookup(&self, lookup: Lookup) -> Lookup {
        Lookup { no_isolation: self.no_isolation, ..lookup }
    }

    /// The options common to all builds of the project, without targets.
    pub(super) fn options(
        &self,
        environment: &Environment,
        out_dir: PathBuf,
        offline: bool,
    ) -> Result<Options> {
        let epoch = environment.var("SOURCE_DATE_EPOCH").and_then(OsStr::to_str);
        let modified = Timestamp::from_source_date_epoch(epoch).map_err(|error| {
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
            compiler: CompilerName::default(),
            sysroot: None,
            profile: Profile::default(),
            targets: Vec::new(),
            abis: vec![PythonAbi::Abi3],
            out_dir,
            jobs: 1,
            requested: BTreeMap::new(),
            on: BTreeMap::new(),
            fail_fast: false,
            editable: false,
            backend_settings,
            isolation: !self.no_isolation,
            offline,
        })
    }
}

/// The options of commands that build wheels.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Results")]
pub(super) struct BuildArgs {
    /// Directory for finished wheels [default: PROJECT/dist]
    #[arg(long, value_name = "DIR")]
    pub(super) out_dir: Option<PathBuf>,
    /// Write a JSON report to this file
    #[arg(long, value_name = "FILE.json")]
    pub(super) report: Option<PathBuf>,
    /// Write a page that shows where the time went: stages, critical path, CPU use and sizes
    /// [default: in the cache directory]
    #[arg(long, value_name = "FILE.html", num_args = 0..=1, require_equals = true)]
    timings: Option<Option<PathBuf>>,
    /// Stop after the first failure
    #[arg(long)]
    pub(super) fail_fast: bool,
    /// After a successful build, remove other wheels of this project from the output directory
    #[arg(long)]
    pub(super) clean: bool,
    /// Test the finished wheels that this machine can run with the project's `test-command`
    #[arg(long, conflicts_with = "dry_run")]
    pub(super) test: bool,
    #[command(flatten)]
    pub(super) other: RootArgs,
    /// Print what would be built, with wheel names, tags and tools, without building it
    #[arg(long)]
    pub(super) dry_run: bool,
    /// Output format of --dry-run; docs/plan.schema.json describes the JSON
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t, requires = "dry_run")]
    pub(super) format: Format,
    // Last: its help heading applies to all arguments that follow.
    #[command(flatten)]
    pub(super) native: NativeArgs,
}

impl BuildArgs {
    /// The file for the page of timings of the project at `root`; `None` without `--timings`.
    ///
    /// # Errors
    /// If the page belongs in the cache directory, and that cannot be created.
    pub(super) fn timings(
        &self,
        environment: &Environment,
        root: &Path,
    ) -> Result<Option<PathBuf>> {
        let Some(path) = &self.timings else { return Ok(None) };
        if path.is_some() {
            return Ok(path.clone());
        }
        let name = root.file_name().unwrap_or_else(|| OsStr::new("project"));
        let mut file = name.to_owned();
        file.push(".html");
        Ok(Some(Cache::new(environment)?.dir("timings")?.join(file)))
    }
}

/// The value of `--jobs`.
#[derive(Debug, Clone, Copy)]
enum Jobs {
    Auto,
    Number(u16),
}

impl FromStr for Jobs {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.parse() {
            _ if text == "auto" => Ok(Self::Auto),
            Ok(number @ 1..=1024) => Ok(Self::Number(number)),
            _ => Err("write a number from 1 to 1024, or auto"),
        }
    }
}

/// The project and how to build its native code.
#[derive(Debug, Clone, Args)]
pub(super) struct NativeArgs {
    #[command(flatten)]
    pub(super) project: ProjectArgs,
    /// Number of parallel jobs; `auto`: one per processor, as far as memory allows (1 GiB each)
    #[arg(long, help_heading = NATIVE, value_name = "N", default_value = "auto")]
    jobs: Jobs,
    /// C toolchain [default: zig]
    #[arg(long, help_heading = NATIVE, value_name = "NAME", value_parser = toolchain_name())]
    toolchain: Option<CompilerName>,
    /// Directory with the C library and headers, for clang
    #[arg(long, help_heading = NATIVE, value_name = "DIR")]
    sysroot: Option<PathBuf>,
    /// `release`, or `debug` to keep symbol tables and debug information [default: release]
    #[arg(long, help_heading = NATIVE, value_name = "NAME", value_parser = profile())]
    profile: Option<Profile>,
    /// Short for `--profile debug`
    #[arg(long, help_heading = NATIVE, conflicts_with = "profile")]
    debug: bool,
    /// Minimum glibc version of Linux wheels, as a manylinux version: 2_28, 2014 [default: 2_17]
    #[arg(long, help_heading = NATIVE, value_name = "X_Y", value_parser = manylinux)]
    manylinux: Option<Release>,
    /// Minimum macOS version of macOS wheels [default: the oldest that Go supports]
    #[arg(long, help_heading = NATIVE, value_name = "V", value_parser = macos)]
    macos_deployment_target: Option<Release>,
    /// Build only the wheel that this CPython imports: 3.13, 3.14t [default: one for each ABI that
    /// the project names]
    #[arg(long, help_heading = NATIVE, value_name = "3.N", value_parser = python_release)]
    pub(super) for_python: Option<PythonRelease>,
    #[command(flatten)]
    pub(super) tools: ToolArgs,
}

impl NativeArgs {
    /// No options for the project in `project` but `tools`.
    pub(super) fn of(project: PathBuf, tools: ToolArgs) -> Self {
        let project =
            ProjectArgs { project: Some(project), config_setting: Vec::new(), no_isolation: false };
        Self {
            project,
            jobs: Jobs::Auto,
            toolchain: None,
            sysroot: None,
            profile: None,
            debug: false,
            manylinux: None,
            macos_deployment_target: None,
            for_python: None,
            tools,
        }
    }

    /// The ABIs of Python to build for.
    fn abis(&self, settings: &Settings) -> Vec<PythonAbi> {
        match self.for_python {
            Some(python) => vec![PythonAbi::for_python(python, &settings.abis)],
            None => settings.abis.clone(),
        }
    }

    pub(super) fn jobs(&self) -> usize {
        match self.jobs {
            Jobs::Auto => capacity(),
            Jobs::Number(number) => number.into(),
        }
    }

    pub(super) fn lookup(&self, environment: &Environment) -> Lookup {
        self.project.lookup(self.tools.lookup(environment))
    }

    /// Resolves options: the command line overrides the project's settings, which override the
    /// defaults. `targets` are those named on the command line, if any.
    pub(super) fn options(
        &self,
        environment: &Environment,
        project: &Project,
        targets: Option<&str>,
        out_dir: PathBuf,
    ) -> Result<Options> {
        let settings = &project.settings;
        let profile = self.profile.or(self.debug.then_some(Profile::Debug));
        let named = targets.map(read).transpose()?;
        let flags = [(LINUX, self.manylinux), (MACOS, self.macos_deployment_target)];
        check_minimums(&flags, named.as_ref())?;
        let is_named = named.is_some();
        let choice = choose(project, named)?;
        let release = |os: &Os, settings: &NativeSettings| {
            let flag = flags.iter().find(|(of, _)| *of == os).and_then(|(_, flag)| *flag);
            let (tag, setting) = (choice.minimums.get(os).copied(), settings.minimum(os));
            // The command line overrides the settings, whichever way it names the version.
            flag.or(if is_named { tag.or(setting) } else { setting.or(tag) })
        };
        let native = |os: &Os, settings: &NativeSettings| Native {
            compiler: self.toolchain.or(settings.toolchain).unwrap_or_default(),
            sysroot: self
                .sysroot
                .clone()
                .or_else(|| settings.sysroot.as_ref().map(|dir| project.root.join(dir))),
            profile: profile.or(settings.profile).unwrap_or_default(),
            requested: release(os, settings),
        };
        let requested =
            flags.iter().filter_map(|(os, _)| Some((*os, release(os, &settings.native)?)));
        let Native { compiler, profile, sysroot, .. } = native(LINUX, &settings.native);
        let on = settings.on.iter().map(|(slice, own)| (*slice, native(slice.os, own)));
        Ok(Options {
            jobs: self.jobs(),
            requested: requested.collect(),
            compiler,
            sysroot,
            profile,
            on: on.collect(),
            targets: choice.targets,
            abis: self.abis(settings),
            ..self.project.options(environment, out_dir, self.tools.offline)?
        })
    }
}

/// Parses `KEY=VALUE` as pip and uv do; a key alone has an empty value.
fn setting(text: &str) -> Result<(String, String), String> {
    let (key, value) = text.split_once('=').unwrap_or((text, ""));
    if key.is_empty() {
        return Err("expected a key before `=`".to_owned());
    }
    Ok((key.to_owned(), value.to_owned()))
}

/// Rejects a version on the command line that differs from that of a wheel tag given with it.
fn check_minimums(flags: &[(&'static Os, Option<Release>)], named: Option<&Choice>) -> Result<()> {
    for (os, flag) in flags {
        let tag = named.and_then(|choice| choice.minimums.get(os));
        if let (Some(flag), Some(tag)) = (flag, tag)
            && flag != tag
        {
            let name = os.release_of;
            return Err(Failure::new(
                Kind::Usage,
                format!("choosing the minimum {name}"),
                format!(
                    "--targets contains a tag with {name} {tag}, but an option requests {flag}"
                ),
                "write a target without a version (linux-amd64, macos-arm64), or leave out the option",
            ));
        }
    }
    Ok(())
}

fn manylinux(text: &str) -> Result<Release, String> {
    let help = "write a version such as 2_17, 2_28 or 2014";
    LINUX.read_release(text).map_err(|_| help.to_owned())
}

fn python_release(text: &str) -> Result<PythonRelease, String> {
    text.parse().map_err(|why| format!("{why}; write a release such as 3.13 or 3.14t"))
}

fn macos(text: &str) -> Result<Release, String> {
    MACOS.read_release(text).map_err(|_| "write a version such as 13.0".to_owned())
}

fn toolchain_name() -> impl TypedValueParser<Value = CompilerName> {
    PossibleValuesParser::new(CompilerName::ALL.map(CompilerName::as_str))
        .try_map(|name| name.parse::<CompilerName>())
}

fn profile() -> impl TypedValueParser<Value = Profile> {
    PossibleValuesParser::new(Profile::NAMES).try_map(|name| name.parse::<Profile>())
}
