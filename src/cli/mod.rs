//! The command line: one file per subcommand, which parses arguments, calls the library and prints.
//!
//! Machine-readable output (paths, lists) goes to standard output, everything else to standard
//! error.

mod build_args;
mod check;
mod develop;
mod doctor;
mod dry_run;
mod fix_name;
mod init;
mod matrix;
mod output;
mod reference;
mod sdist;
mod targets;
mod toolchain;
mod verdict;

use std::process::ExitCode;

use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};

use output::print_failure;

use crate::error::Result;
use crate::process::{Environment, GUARD_COMMAND, guard, start_guard, stop_all};

/// Build Python wheels around Go code for many platforms on one machine
#[derive(Debug, Parser)]
#[command(name = "pygo", version, max_term_width = 100)]
#[command(after_help = reference::exit_codes())]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Matrix(matrix::Arguments),
    Build(matrix::BuildArguments),
    Sdist(sdist::Arguments),
    Develop(develop::Arguments),
    New(init::NewArguments),
    Init(init::Arguments),
    Check(check::Arguments),
    Targets(targets::Arguments),
    Doctor(doctor::Arguments),
    #[command(subcommand)]
    Toolchain(toolchain::Command),
    /// Watch another pygo process and clean up after it
    #[command(name = GUARD_COMMAND, hide = true)]
    Guard,
}

/// The text of docs/reference.md.
pub fn reference() -> String {
    reference::page(Arguments::command())
}

/// Runs the command and returns its exit code.
pub fn main() -> ExitCode {
    let environment = Environment::capture();
    match parse().command {
        Command::Matrix(arguments) => watched(|| arguments.run(&environment)),
        Command::Build(arguments) => watched(|| arguments.run(&environment)),
        Command::Sdist(arguments) => watched(|| arguments.run(&environment)),
        Command::Develop(arguments) => watched(|| arguments.run(&environment)),
        Command::New(arguments) => watched(|| arguments.run()),
        Command::Init(arguments) => watched(|| arguments.run()),
        Command::Check(arguments) => watched(|| arguments.run()),
        Command::Targets(arguments) => watched(|| arguments.run()),
        Command::Doctor(arguments) => watched(|| arguments.run(&environment)),
        Command::Toolchain(command) => watched(|| command.run(&environment)),
        Command::Guard => {
            guard(std::io::stdin().lock());
            ExitCode::SUCCESS
        }
    }
}

/// Parses the command line and the environment variables of its options.
fn parse() -> Arguments {
    let mut command = without_empty_variables(Arguments::command());
    let matches = command.get_matches_mut();
    Arguments::from_arg_matches(&matches).unwrap_or_else(|error| error.format(&mut command).exit())
}

/// Treats empty environment variables as unset: pipelines set variables to an empty value.
fn without_empty_variables(command: clap::Command) -> clap::Command {
    command
        .mut_args(|arg| match arg.get_env().and_then(std::env::var_os) {
            Some(value) if value.is_empty() => arg.env(None::<&str>),
            _ => arg,
        })
        .mut_subcommands(without_empty_variables)
}

/// Runs a command that signals can stop, and prints the error if it fails.
fn watched(run: impl FnOnce() -> Result<ExitCode>) -> ExitCode {
    watch_signals();
    run().unwrap_or_else(|failure| {
        print_failure("pygo", &failure);
        ExitCode::from(failure.kind.exit_code())
    })
}

/// Stops all running tools on the first signal, so that the threads waiting for them clean up and
/// the command returns. A second signal exits immediately.
fn watch_signals() {
    use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
    start_guard();
    let Ok(mut signals) = signal_hook::iterator::Signals::new([SIGHUP, SIGINT, SIGTERM]) else {
        return;
    };
    std::thread::spawn(move || {
        let mut signals = signals.forever();
        if let Some(signal) = signals.next() {
            std::thread::spawn(move || stop_all(signal));
        }
        if let Some(signal) = signals.next() {
            std::process::exit(128 + signal);
        }
    });
}
