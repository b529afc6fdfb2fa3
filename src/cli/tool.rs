//! `pygo go` and `pygo zig`: run the tools that builds use.
//!
//! Everything after `go` or `zig` belongs to the tool, also what looks like an option of pygo.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use clap::Args;

use super::tool_args::ToolArgs;
use crate::error::Result;
use crate::process::{Call, Environment};
use crate::project::CompilerName;
use crate::report::{Detail, Progress};
use crate::toolchain::{Go, Lookup, Tools};

/// The commands that take every word after them.
const TOOLS: [&str; 2] = ["go", "zig"];

/// Run the Go that builds use, with all arguments passed on
///
/// Downloads Go if necessary. PYGO_GO names another one.
#[derive(Debug, Args)]
#[command(disable_help_flag = true)]
pub(super) struct GoArguments {
    /// Arguments of go
    #[arg(value_name = "ARGS", trailing_var_arg = true, allow_hyphen_values = true)]
    args: Vec<OsString>,
}

/// Run the zig that builds use, with all arguments passed on
///
/// Downloads zig if necessary. PYGO_ZIG names another one.
#[derive(Debug, Args)]
#[command(disable_help_flag = true)]
pub(super) struct ZigArguments {
    /// Arguments of zig
    #[arg(value_name = "ARGS", trailing_var_arg = true, allow_hyphen_values = true)]
    args: Vec<OsString>,
}

/// The command line `words`, with a `--` that leaves the arguments of a tool to it.
pub(super) fn separated(words: impl Iterator<Item = OsString>) -> Vec<OsString> {
    let mut words: Vec<_> = words.collect();
    let mut rest = words.iter().enumerate().skip(1);
    while let Some((index, word)) = rest.next() {
        let Some(word) = word.to_str() else { break };
        if word == "--color" {
            rest.next();
        } else if !word.starts_with('-') {
            if TOOLS.contains(&word) {
                words.insert(index + 1, "--".into());
            }
            break;
        }
    }
    words
}

impl GoArguments {
    pub(super) fn run(self, environment: &Environment, detail: Detail) -> Result<ExitCode> {
        let lookup = ToolArgs::of(environment).lookup(environment);
        let here = environment.current_dir();
        let for_module = Lookup { go_dirs: vec![here.to_owned()], ..lookup.clone() };
        // A Go that is too old for the module here can still edit its go.mod.
        let go = locate_go(environment, for_module, detail)
            .or_else(|_| locate_go(environment, lookup, detail))?;
        Err(go.call("running go").args(self.args).dir(here).exec())
    }
}

fn locate_go(environment: &Environment, lookup: Lookup, detail: Detail) -> Result<Go> {
    with_progress(environment, lookup, detail, |tools| tools.go().cloned())
}

impl ZigArguments {
    pub(super) fn run(self, environment: &Environment, detail: Detail) -> Result<ExitCode> {
        let lookup = ToolArgs::of(environment).lookup(environment);
        let (zig, cache): (PathBuf, PathBuf) =
            with_progress(environment, lookup, detail, |tools| {
                let zig = tools.cc(CompilerName::ZIG)?.found.path.clone();
                Ok((zig, tools.cache()?.dir("zig")?))
            })?;
        let variable = "ZIG_GLOBAL_CACHE_DIR";
        let is_set = environment.get(variable).is_some();
        Err(Call::new(environment, "zig", Path::new(&zig), "running zig")
            .envs((!is_set).then_some((variable, cache)))
            .args(self.args)
            .exec())
    }
}

/// What `locate` finds, showing downloads.
fn with_progress<T>(
    environment: &Environment,
    lookup: Lookup,
    detail: Detail,
    locate: impl FnOnce(&Tools) -> Result<T>,
) -> Result<T> {
    let progress = Arc::new(Progress::new(environment, detail, &[]));
    let shown = Arc::clone(&progress);
    let tools = Tools::new(environment, lookup, move |download| shown.downloading(&download));
    let located = locate(&tools);
    progress.finish();
    located
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tool_gets_every_word_after_its_name() {
        for (given, expected) in [
            ("pygo go mod tidy", "pygo go -- mod tidy"),
            ("pygo -q --color never zig cc -v", "pygo -q --color never zig -- cc -v"),
            ("pygo go -- -h", "pygo go -- -- -h"),
            ("pygo build go", "pygo build go"),
            ("pygo --color go", "pygo --color go"),
            ("pygo", "pygo"),
        ] {
            let words = separated(given.split(' ').map(OsString::from));
            assert_eq!(words.join(" ".as_ref()), expected);
        }
    }
}
