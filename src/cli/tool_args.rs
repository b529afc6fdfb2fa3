//! The options and environment variables that name tools.

use std::path::{Path, PathBuf};

use clap::Args;

use crate::process::Environment;
use crate::project::CompilerName;
use crate::toolchain::{Lookup, Tool};

/// Which tools to use.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Tools")]
pub(super) struct ToolArgs {
    /// Go command to build with
    #[arg(long, value_name = "FILE", env = "PYGO_GO", hide_env_values = true)]
    go: Option<PathBuf>,
    /// zig command to compile C with
    #[arg(long, value_name = "FILE", env = "PYGO_ZIG", hide_env_values = true)]
    zig: Option<PathBuf>,
    #[command(flatten)]
    python: PythonArg,
    /// Download nothing; report missing tools instead
    #[arg(long)]
    pub(super) offline: bool,
    /// Rebuild everything; use nothing from earlier runs
    #[arg(long)]
    no_cache: bool,
}

/// Which Python to use.
#[derive(Debug, Clone, Args)]
pub(super) struct PythonArg {
    /// Python that runs the build backend and cffi
    #[arg(long, value_name = "FILE", env = "PYGO_PYTHON", hide_env_values = true)]
    python: Option<PathBuf>,
}

impl PythonArg {
    /// The Python that the environment variable names, for commands without the option.
    pub(super) fn of(environment: &Environment) -> Self {
        Self { python: environment.get("PYGO_PYTHON").map(PathBuf::from) }
    }

    pub(super) fn lookup(&self, environment: &Environment) -> Lookup {
        let named = self.python.iter().map(|exe| (Tool::Python, program(environment, exe)));
        Lookup { named: named.collect(), pygo: std::env::current_exe().ok(), ..Lookup::default() }
    }
}

impl ToolArgs {
    /// The tools that environment variables name, for commands without options of their own.
    pub(super) fn of(environment: &Environment) -> Self {
        let named = |name| environment.get(name).map(PathBuf::from);
        Self {
            go: named("PYGO_GO"),
            zig: named("PYGO_ZIG"),
            python: PythonArg::of(environment),
            offline: false,
            no_cache: false,
        }
    }

    pub(super) fn lookup(&self, environment: &Environment) -> Lookup {
        let mut lookup = self.python.lookup(environment);
        for (tool, exe) in [(Tool::Go, &self.go), (Tool::Cc(CompilerName::ZIG), &self.zig)] {
            lookup.named.extend(exe.iter().map(|exe| (tool, program(environment, exe))));
        }
        Lookup { offline: self.offline, rebuild: self.no_cache, ask_again: self.no_cache, ..lookup }
    }
}

/// Resolves `named`, a path or a name on `PATH`. A missing program keeps its name, for the error
/// message.
pub(super) fn program(environment: &Environment, named: &Path) -> PathBuf {
    let found = environment.which(named).or_else(|| std::path::absolute(named).ok());
    found.unwrap_or_else(|| named.to_owned())
}
