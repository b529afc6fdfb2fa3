//! Generates docs/reference.md: every configuration key, option, variable and exit code.
//!
//! Input: the types that parse them. Output: one page of Markdown.

use std::fmt::Write;

use clap::{Arg, Command};
use serde::Deserialize;

use super::help::examples;
use crate::error::Kind;
use crate::project;

/// The environment variables that pygo reads, except those of command-line options.
const VARIABLES: &[(&str, &str)] = &[
    (
        "PYGO_CACHE_DIR",
        "directory for downloaded tools and temporary files; default: `pygo` in the platform's cache directory",
    ),
    (
        "PYGO_SHARED_CACHE",
        "directory, or `s3://BUCKET/PREFIX`, of finished libraries, extensions and wheels that machines share",
    ),
    (
        "PYGO_SHARED_CACHE_MODE",
        "`read-only`, or `read-write` to add what this machine builds; default: `read-write`",
    ),
    (
        "AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN, AWS_REGION, AWS_ENDPOINT_URL",
        "credentials, region and service of such a bucket",
    ),
    (
        "SOURCE_DATE_EPOCH",
        "modification time of every file in a wheel, in seconds since 1970; default: 1980-01-01",
    ),
    ("SDKROOT", "macOS SDK, for libraries that link to more of macOS than Go itself"),
    ("ZIG_GLOBAL_CACHE_DIR", "zig's cache; default: a directory in pygo's cache"),
    (
        "GOFLAGS, GOPROXY, GOPRIVATE, GOCACHE, GOMODCACHE, ...",
        "passed to Go, except GOROOT and those that the target determines (GOOS, GOARCH, GOAMD64, GOARM64, CGO_ENABLED, CC, CXX); --offline sets GOPROXY=off",
    ),
    (
        "PIP_*, UV_*",
        "passed to pip and uv, including their package index; `UV` names the uv to use, as uv itself sets it",
    ),
    ("UV_PUBLISH_*, TWINE_*", "passed to uv and twine, with which `pygo publish` uploads"),
    ("PYGO_TARGET", "target of the wheel that a front-end (pip, build, uv) or setup.py builds"),
    (
        "ARCHFLAGS, _PYTHON_HOST_PLATFORM",
        "the same, as set by cibuildwheel and crossenv; `PYGO_TARGET` takes precedence",
    ),
    ("TMPDIR", "where `pygo check` temporarily unpacks large binaries"),
    ("NO_COLOR", "disables colors, unless `--color` says otherwise"),
    (
        "CLICOLOR, CLICOLOR_FORCE",
        "`CLICOLOR=0` disables colors, `CLICOLOR_FORCE=1` enables them without a terminal",
    ),
    ("CI", "prints plain lines instead of live progress"),
    (
        "GITHUB_ACTIONS",
        "also prints errors as annotations, on the line of the file in `GITHUB_WORKSPACE` that \
         they name; `pygo matrix` and `pygo build` fold the lines of the build, and write a table \
         of the wheels to `GITHUB_STEP_SUMMARY` and their paths to `GITHUB_OUTPUT`, as a JSON \
         array named `wheels`",
    ),
];

/// The page, for `command`.
pub(super) fn page(mut command: Command) -> String {
    let mut page = String::from(
        "# Reference\n\nEvery configuration key, option, environment variable and exit code. This \
         page is generated from the code, and a test keeps it up to date.\n",
    );
    let mut configuration = format!(
        "Keys go into `config.json` next to `setup.py`, or into `[tool.pygo-tools]` in \
         `pyproject.toml`. Both accept the same keys. Command-line options override them. \
         [Parts and targets](parts.md) describes `[[tool.pygo-tools.parts]]`, tables with the keys of a \
         part each, and `[tool.pygo-tools.target.NAME]`, with all keys but those of the project. \
         Editors check both files with the [JSON schema](config.schema.json) that `pygo schema` \
         prints.\n\n{}",
        project::reference()
    );
    let _ = write!(
        configuration,
        "\n### `[tool.pygo-tools.check]`\n\nHow `pygo check` judges wheels, and how pygo judges those it \
         builds. The table is in `pyproject.toml` in any case; `pygo check` looks for it in the current \
         directory and in the project around it. Command-line options take precedence.\n\n{}",
        project::check_reference()
    );
    command.build();
    let mut commands = String::new();
    let global: String =
        command.get_arguments().filter(|arg| arg.is_global_set()).map(row).collect();
    let _ = write!(
        commands,
        "Every command accepts these options:\n\n| option | variable | meaning |\n|---|---|---|\n{global}\n"
    );
    describe(&mut commands, &command);
    let mut variables = String::from("| variable | meaning |\n|---|---|\n");
    for (name, meaning) in VARIABLES {
        let _ = writeln!(variables, "| `{name}` | {meaning} |");
    }
    for (heading, text) in [
        ("Configuration", configuration),
        ("Commands", commands),
        ("Environment variables", variables),
        ("Config settings", config_settings()),
        ("Exit codes", exit_code_table()),
    ] {
        let _ = write!(page, "\n## {heading}\n\n{}\n", text.trim_end());
    }
    page
}

/// The options that the build backend accepts as config settings.
///
/// The Python package reads the same file.
fn setting_names() -> serde_json::Result<SettingNames> {
    serde_json::from_str(include_str!("../../python/pygo_tools/config_settings.json"))
}

#[derive(Default, Deserialize)]
struct SettingNames {
    /// `--key=value`
    values: Vec<String>,
    /// `--key`
    flags: Vec<String>,
}

fn config_settings() -> String {
    let SettingNames { values, flags } = setting_names().unwrap_or_default();
    let keys: Vec<_> = values.iter().chain(&flags).map(|key| format!("`{key}`")).collect();
    format!(
        "With `pygo_tools.backend` as the build backend, front-ends pass options of `pygo matrix` \
         as `config_settings` (`pip install -C key=value`): {}. `targets` must name a single \
         target. The settings of setuptools (`--global-option`, `--build-option`, \
         `editable_mode`) are passed on.",
        keys.join(", ")
    )
}

/// The exit codes, for --help.
pub(super) fn exit_codes() -> String {
    let mut text = String::from("Exit codes:\n    0  success");
    for kind in Kind::ALL {
        let _ = write!(text, "\n    {}  {}", kind.exit_code(), kind.meaning());
    }
    text.push_str("\n  128 + N  interrupted by signal N");
    text
}

fn exit_code_table() -> String {
    let mut text = String::from("| code | meaning |\n|---|---|\n| 0 | success |\n");
    for kind in Kind::ALL {
        let _ = writeln!(text, "| {} | {} |", kind.exit_code(), kind.meaning());
    }
    text.push_str(
        "| 128 + N | interrupted by signal N |\n\nThe code is also 1 if only some of the wheels \
         were built, or if targets failed for different reasons.",
    );
    text
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
        let shown = |arg: &&Arg| {
            !matches!(arg.get_id().as_str(), "help" | "version") && !arg.is_global_set()
        };
        let rows: String = command.get_arguments().filter(shown).map(row).collect();
        if !rows.is_empty() {
            let _ = write!(text, "| option | variable | meaning |\n|---|---|---|\n{rows}\n");
        }
        let examples = examples(command.get_name());
        if !examples.is_empty() {
            let width = examples.iter().map(|(line, _)| line.len()).max().unwrap_or_default();
            text.push_str("```shell\n");
            for (line, what) in examples {
                let _ = writeln!(text, "{line:width$}  # {what}");
            }
            text.push_str("```\n\n");
        }
    }
}

fn row(arg: &Arg) -> String {
    let value = arg.get_value_names().filter(|_| arg.get_action().takes_values());
    let value = value.and_then(|names| names.first()).map(ToString::to_string).unwrap_or_default();
    let name = match (arg.get_short(), arg.get_long()) {
        // Such a value may be left out.
        (_, Some(long)) if arg.is_require_equals_set() => format!("--{long}[={value}]"),
        (Some(short), Some(long)) => format!("-{short}, --{long} {value}"),
        (_, Some(long)) => format!("--{long} {value}"),
        _ => value,
    };
    let variable = arg.get_env().map(|name| format!("`{}`", name.display())).unwrap_or_default();
    let mut meaning = arg.get_help().map(ToString::to_string).unwrap_or_default();
    let values: Vec<_> =
        arg.get_possible_values().iter().map(|v| v.get_name().to_owned()).collect();
    if arg.get_action().takes_values() && !values.is_empty() {
        let _ = write!(meaning, " [possible values: {}]", values.join(", "));
    }
    format!("| `{}` | {variable} | {meaning} |\n", name.trim_end())
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::super::Arguments;
    use super::*;

    #[test]
    fn config_settings_are_options_of_matrix() {
        let names = setting_names().unwrap();
        let mut command = Arguments::command();
        command.build();
        let matrix = command.find_subcommand("matrix").unwrap();
        let takes_value = |key: &String| {
            let arg = matrix.get_arguments().find(|arg| arg.get_long() == Some(key)).unwrap();
            arg.get_action().takes_values()
        };
        assert!(names.values.iter().all(takes_value));
        assert!(!names.flags.iter().any(takes_value));
    }
}
