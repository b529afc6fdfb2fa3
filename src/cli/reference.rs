//! Everything a user can set, as one page of Markdown made from the types that read it.

use std::fmt::Write;

use clap::{Arg, Command, CommandFactory};

use super::Arguments;
use crate::error::Kind;
use crate::project;

/// What each environment variable means, beside those that options name.
const VARIABLES: &[(&str, &str)] = &[
    (
        "PYGO_CACHE_DIR",
        "where provisioned tools and work in progress are kept; else `pygo` in the platform's cache directory",
    ),
    (
        "SOURCE_DATE_EPOCH",
        "the time of every file in a wheel, in seconds since 1970; else 1980-01-01",
    ),
    ("SDKROOT", "a macOS SDK, for libraries that need more of macOS than Go itself does"),
    ("ZIG_GLOBAL_CACHE_DIR", "zig's own cache; else it is in pygo's"),
    (
        "GOFLAGS, GOPROXY, GOPRIVATE, GOCACHE, GOMODCACHE, ...",
        "Go's own; all are respected but those that a target decides (GOOS, GOARCH, GOAMD64, GOARM64, CGO_ENABLED, CC, CXX) and GOROOT; GOPROXY is off under --offline",
    ),
    (
        "PIP_*, UV_*",
        "what pip and uv fetch from, and how; `UV` is the uv that is used, as it says itself",
    ),
    (
        "PYGO_TARGET",
        "the target of the one wheel that a front-end (pip, build, uv) or setup.py asks for",
    ),
    (
        "ARCHFLAGS, _PYTHON_HOST_PLATFORM",
        "the same, as cibuildwheel and crossenv set them; `PYGO_TARGET` goes before them",
    ),
    ("TMPDIR", "where `pygo check` unpacks large binaries, and gone when it ends"),
    ("NO_COLOR", "no colours"),
    ("CI", "plain lines instead of live ones"),
    ("GITHUB_ACTIONS", "failures are shown as annotations as well"),
];

/// The page `docs/reference.md`.
pub fn reference() -> String {
    let mut page = String::from(
        "# Reference\n\nEverything that can be set. This page is made from the program's own types; \
         a test keeps it current.\n",
    );
    section(
        &mut page,
        "Configuration",
        &format!(
            "In `config.json` beside a `setup.py`, or else in `[tool.pygo-tools]` of \
             `pyproject.toml`; the keys mean the same in both. What the command line says goes \
             before it.\n\n{}",
            project::reference().trim_end(),
        ),
    );
    let mut command = Arguments::command();
    command.build();
    let mut commands = String::new();
    describe(&mut commands, &command);
    section(&mut page, "Commands", commands.trim_end());
    let rows: String =
        VARIABLES.iter().map(|(name, meaning)| format!("| `{name}` | {meaning} |\n")).collect();
    section(
        &mut page,
        "Environment variables",
        &format!("| variable | meaning |\n|---|---|\n{}", rows.trim_end()),
    );
    section(&mut page, "Config settings", &config_settings());
    section(&mut page, "Exit codes", &exit_code_table());
    page
}

/// What a front-end can pass to the build backend; the list is the backend's own.
fn config_settings() -> String {
    const OWN: &str = include_str!("../../python/pygo_tools/_settings.py");
    let table = OWN.split_once("OPTIONS = {").and_then(|(_, rest)| rest.split_once('}'));
    let keys: Vec<_> = table
        .map_or("", |(table, _)| table)
        .lines()
        .filter_map(|line| line.trim().strip_prefix('"')?.split_once('"'))
        .map(|(key, _)| format!("`{key}`"))
        .collect();
    format!(
        "Where `pygo_tools.backend` is the build backend, a front-end passes it the options of \
         `pygo matrix` as `config_settings` (`pip install -C key=value`): {}. `targets` names one \
         target. Those of setuptools (`--global-option`, `--build-option`, `editable_mode`) are \
         passed on.",
        keys.join(", ")
    )
}

/// The exit codes as the help shows them.
pub(super) fn exit_codes() -> String {
    let mut text = String::from("Exit codes:\n    0  all that was asked for is done");
    for kind in Kind::ALL {
        let _ = write!(text, "\n    {}  {}", kind.exit_code(), kind.meaning());
    }
    text.push_str("\n  128 + N  stopped by signal N");
    text
}

fn exit_code_table() -> String {
    let mut text =
        String::from("| code | meaning |\n|---|---|\n| 0 | all that was asked for is done |\n");
    for kind in Kind::ALL {
        let _ = writeln!(text, "| {} | {} |", kind.exit_code(), kind.meaning());
    }
    text.push_str(
        "| 128 + N | stopped by signal N |\n\nWhere some wheels were built and others not, or the \
         targets failed for reasons of different families, the code is 1.",
    );
    text
}

fn section(page: &mut String, heading: &str, text: &str) {
    let _ = write!(page, "\n## {heading}\n\n{text}\n");
}

fn describe(text: &mut String, command: &Command) {
    for command in command.get_subcommands().filter(|command| !command.is_hide_set()) {
        if command.get_name() == "help" {
            continue;
        }
        if command.has_subcommands() {
            describe(text, command);
            continue;
        }
        let usage = command.clone().render_usage().to_string();
        let usage = usage.trim_start_matches("Usage: ");
        let about = command.get_about().map(ToString::to_string).unwrap_or_default();
        let _ = write!(text, "### `{usage}`\n\n{about}.\n\n");
        let shown = |arg: &&Arg| !matches!(arg.get_id().as_str(), "help" | "version");
        let rows: String = command.get_arguments().filter(shown).map(row).collect();
        if !rows.is_empty() {
            let _ = write!(text, "| option | variable | meaning |\n|---|---|---|\n{rows}\n");
        }
    }
}

fn row(arg: &Arg) -> String {
    let value = arg.get_value_names().filter(|_| arg.get_action().takes_values());
    let value = value.and_then(|names| names.first()).map(ToString::to_string).unwrap_or_default();
    let name = match (arg.get_short(), arg.get_long()) {
        (Some(short), Some(long)) => format!("-{short}, --{long} {value}"),
        (_, Some(long)) => format!("--{long} {value}"),
        _ => value,
    };
    let variable = arg.get_env().map(|name| format!("`{}`", name.display())).unwrap_or_default();
    let mut meaning = arg.get_help().map(ToString::to_string).unwrap_or_default();
    let values: Vec<_> =
        arg.get_possible_values().iter().map(|v| v.get_name().to_owned()).collect();
    if arg.get_action().takes_values() && !values.is_empty() {
        let _ = write!(meaning, " (one of {})", values.join(", "));
    }
    format!("| `{}` | {variable} | {meaning} |\n", name.trim_end())
}
