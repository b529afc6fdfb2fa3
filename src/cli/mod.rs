//! The command line: one file per subcommand, which parses arguments, calls the library and prints.
//!
//! Machine-readable output (paths, lists) goes to standard output, everything else to standard
//! error.

mod build_args;
mod cache;
mod check;
mod choice;
mod ci;
mod clean;
mod develop;
mod doctor;
mod dry_run;
mod existing;
mod github;
mod help;
mod init;
mod init_program;
mod inspect;
mod matrix;
mod merge;
mod near_miss;
mod new_ci;
mod output;
mod plan;
mod publish;
mod reference;
mod roots;
mod schema;
mod sdist;
mod shares;
mod shell;
mod signatures;
mod targets;
mod test;
mod tool;
mod tool_args;
mod toolchain;
mod verdict;
mod warm;
mod written;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::{Args, ColorChoice, CommandFactory, FromArgMatches, Parser, Subcommand, ValueEnum};

use output::print_failure;

use crate::error::Result;
use crate::process::{Environment, GUARD_COMMAND, guard, stop_all, want_guard};
use crate::report::Detail;
use crate::toolchain::{LINK_COMMAND, OBJECT_COMMAND, link, object};

/// Build Python wheels around Go code for many platforms on one machine
#[derive(Debug, Parser)]
#[command(name = "pygo", version, max_term_width = 100)]
#[command(after_help = reference::exit_codes())]
struct Arguments {
    #[command(subcommand)]
    command: Command,
    #[command(flatten)]
    output: OutputArgs,
}

/// How much every command prints, and in which colors.
#[derive(Debug, Args)]
#[command(next_help_heading = "Output")]
struct OutputArgs {
    /// Print errors only
    #[arg(short, long, global = true, conflicts_with = "verbose")]
    quiet: bool,
    /// Print every tool invocation and its output
    #[arg(short, long, global = true)]
    verbose: bool,
    /// When to use colors
    #[arg(long, global = true, value_enum, value_name = "WHEN", default_value_t)]
    color: ColorChoice,
}

impl OutputArgs {
    /// How much to print. Sets the colors of everything that is printed from here on.
    fn apply(&self) -> Detail {
        let always = match self.color {
            ColorChoice::Auto => None,
            ColorChoice::Always => Some(true),
            ColorChoice::Never => Some(false),
        };
        if let Some(always) = always {
            console::set_colors_enabled(always);
            console::set_colors_enabled_stderr(always);
        }
        match (self.quiet, self.verbose) {
            (true, _) => Detail::Quiet,
            (_, true) => Detail::Verbose,
            _ => Detail::Normal,
        }
    }
}

#[derive(Debug, Subcommand)]
enum Command {
    Matrix(matrix::Arguments),
    Build(matrix::BuildArguments),
    Plan(plan::Arguments),
    Merge(merge::Arguments),
    Publish(publish::Arguments),
    Sdist(sdist::Arguments),
    Develop(develop::Arguments),
    New(init::NewArguments),
    Init(init::Arguments),
    Check(check::Arguments),
    Ci(ci::Arguments),
    Test(test::Arguments),
    Inspect(inspect::Arguments),
    Signatures(signatures::Arguments),
    Targets(targets::Arguments),
    Schema(schema::Arguments),
    Doctor(doctor::Arguments),
    #[command(subcommand)]
    Cache(cache::Command),
    #[command(subcommand)]
    Toolchain(toolchain::Command),
    Go(tool::GoArguments),
    Zig(tool::ZigArguments),
    Completions(shell::Completions),
    Man(shell::Manual),
    /// Watch another pygo process and clean up after it
    #[command(name = GUARD_COMMAND, hide = true)]
    Guard,
}

/// The text of docs/reference.md.
pub fn reference() -> String {
    reference::page(command())
}

/// The definition of the command line.
fn command() -> clap::Command {
    help::complete(Arguments::command())
}

/// Runs the command and returns its exit code.
pub fn main() -> ExitCode {
    let mut words = std::env::args_os().skip(1);
    // Go calls these often; reading the command line would take longer than the rest.
    match words.next() {
        Some(word) if word == OBJECT_COMMAND => return object(&Environment::capture(), words),
        Some(word) if word == LINK_COMMAND => return link(words),
        _ => {}
    }
    let environment = Environment::capture();
    let Arguments { command: chosen, output } = parse();
    let detail = output.apply();
    match chosen {
        Command::Matrix(arguments) => watched(&environment, || arguments.run(&environment, detail)),
        Command::Build(arguments) => watched(&environment, || arguments.run(&environment, detail)),
        Command::Plan(arguments) => watched(&environment, || arguments.run(&environment, detail)),
        Command::Merge(arguments) => watched(&environment, || arguments.run(&environment, detail)),
        Command::Publish(arguments) => {
            watched(&environment, || arguments.run(&environment, detail))
        }
        Command::Inspect(arguments) => watched(&environment, || arguments.run(detail)),
        Command::Sdist(arguments) => watched(&environment, || arguments.run(&environment, detail)),
        Command::Develop(arguments) => {
            watched(&environment, || arguments.run(&environment, detail))
        }
        Command::New(arguments) => watched(&environment, || arguments.run(&environment, detail)),
        Command::Init(arguments) => watched(&environment, || arguments.run(&environment, detail)),
        Command::Check(arguments) => watched(&environment, || arguments.run(&environment, detail)),
        Command::Test(arguments) => watched(&environment, || arguments.run(&environment, detail)),
        Command::Ci(arguments) => watched(&environment, || arguments.run(&environment, detail)),
        Command::Schema(arguments) => watched(&environment, || arguments.run()),
        Command::Signatures(arguments) => {
            watched(&environment, || arguments.run(&environment, detail))
        }
        Command::Targets(arguments) => {
            watched(&environment, || arguments.run(&environment, detail))
        }
        Command::Doctor(arguments) => watched(&environment, || arguments.run(&environment, detail)),
        Command::Cache(command) => watched(&environment, || command.run(&environment, detail)),
        Command::Toolchain(command) => watched(&environment, || command.run(&environment, detail)),
        Command::Go(arguments) => watched(&environment, || arguments.run(&environment, detail)),
        Command::Zig(arguments) => watched(&environment, || arguments.run(&environment, detail)),
        Command::Completions(arguments) => watched(&environment, || arguments.run(command())),
        Command::Man(arguments) => watched(&environment, || arguments.run(command())),
        Command::Guard => {
            guard(std::io::stdin().lock());
            ExitCode::SUCCESS
        }
    }
}

/// Parses the command line and the environment variables of its options.
fn parse() -> Arguments {
    let words = tool::separated(std::env::args_os());
    let mut command = without_empty_variables(command()).color(color(&words));
    let parsed = command.try_get_matches_from_mut(&words);
    let parsed = parsed.and_then(|matches| Arguments::from_arg_matches(&matches));
    parsed.unwrap_or_else(|error| {
        near_miss::advise(error, &words).format(&mut command).exit();
    })
}

/// `--color` in `words`: help and errors about the command line are printed before it is parsed.
fn color(words: &[OsString]) -> ColorChoice {
    let mut words = words.iter().filter_map(|word| word.to_str()).take_while(|word| *word != "--");
    let mut choice = ColorChoice::Auto;
    while let Some(word) = words.next() {
        let value = match word.strip_prefix("--color") {
            Some("") => words.next(),
            Some(rest) => rest.strip_prefix('='),
            None => None,
        };
        choice = value.and_then(|text| ColorChoice::from_str(text, false).ok()).unwrap_or(choice);
    }
    choice
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
fn watched(environment: &Environment, run: impl FnOnce() -> Result<ExitCode>) -> ExitCode {
    watch_signals();
    run().unwrap_or_else(|failure| {
        print_failure(environment, "pygo", &failure);
        ExitCode::from(failure.kind.exit_code())
    })
}

/// Stops all running tools on the first signal, so that the threads waiting for them clean up and
/// the command returns. A second signal exits immediately.
fn watch_signals() {
    use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
    want_guard();
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
