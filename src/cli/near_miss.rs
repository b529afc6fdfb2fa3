//! Advice for command lines that mean another command: `pygo build --targets`, `pygo upload`.

use std::ffi::OsString;

use clap::Error;
use clap::error::{ContextKind, ContextValue, ErrorKind};

/// Commands that do not exist, and what to use instead.
const COMMANDS: &[(&[&str], &str)] = &[
    (
        &["wheel", "wheels", "package", "dist", "bdist_wheel", "all"],
        "`pygo matrix` builds wheels for many platforms, `pygo build` for this machine",
    ),
    (&["cross", "release"], "`pygo matrix --targets LIST` builds wheels for other platforms"),
    (
        &["install", "editable", "dev", "bdist_egg"],
        "`pygo develop` installs in editable mode; `pip install .` installs a copy",
    ),
    (
        &["upload", "deploy"],
        "`pygo publish` checks what `pygo matrix` and `pygo sdist` wrote, and uploads it with uv or twine",
    ),
    (&["source", "src"], "`pygo sdist` builds the source distribution"),
    (&["run"], "`pygo develop`, then run Python or your tests as usual"),
    (&["clean"], "`pygo matrix --clean` removes the wheels of earlier builds after a build"),
    (
        &["lint", "audit", "verify", "validate", "repair", "auditwheel"],
        "`pygo check WHEEL` checks wheels, `pygo check --fix` corrects their tags",
    ),
    (&["show", "diff"], "`pygo inspect WHEEL` shows what a wheel says, --diff compares two"),
    (&["split", "shard"], "`pygo matrix --shard K/N` builds a part, `pygo plan` shows the parts"),
    (&["join"], "`pygo merge DIR...` joins what several machines built"),
    (&["rules", "explain"], "`pygo check --list` lists the rules, --explain explains one"),
    (&["create", "start", "template"], "`pygo new NAME` creates a project"),
    (&["setup", "add"], "`pygo init` sets up a project, or adds Go to an existing package"),
    (&["info", "env", "status", "diagnose"], "`pygo doctor` shows the tools in use"),
    (&["list", "platforms", "list-targets", "list-platforms"], "`pygo targets` lists the targets"),
    (
        &["download", "fetch", "tools", "setup-tools"],
        "`pygo toolchain install` downloads Go, zig and cffi",
    ),
    (&["mod", "get", "vet", "tidy", "fmt", "golang"], "`pygo go ARGS` runs Go: `pygo go mod tidy`"),
    (&["cc", "c++", "clang"], "`pygo zig cc` runs the C compiler"),
    (&["version"], "`pygo --version` prints the version"),
    (
        &["upgrade", "update", "self-update", "self"],
        "`pip install --upgrade pygo-tools` or `uv tool upgrade pygo-tools` updates pygo",
    ),
    (&["completion"], "`pygo completions SHELL` prints a completion script"),
];

/// Options that do not exist: the commands that lack them (none: all), their names, and what to
/// use instead.
const OPTIONS: &[(&[&str], &[&str], &str)] = &[
    (
        &["build"],
        &["--targets", "--target", "--platform", "--platforms", "--plat-name", "--arch", "--archs"],
        "`pygo build` builds for this machine; `pygo matrix --targets LIST` builds for others",
    ),
    (
        &["develop"],
        &["--targets", "--target", "--platform", "--arch"],
        "`pygo develop` builds for this machine; `pygo matrix --targets LIST` builds for others",
    ),
    (
        &["sdist"],
        &["--targets", "--target", "--platform", "--arch"],
        "one sdist serves all targets; `pygo matrix --targets LIST` builds wheels",
    ),
    (
        &["check"],
        &["--targets", "--target", "--arch"],
        "`pygo check` reads the platforms from the name of each wheel",
    ),
    (
        &["matrix"],
        &["--target", "--platform", "--platforms", "--plat-name", "--arch", "--archs", "--os"],
        "name targets with `--targets LIST`; `pygo targets` lists them",
    ),
    (&["matrix", "build"], &["--sdist", "-s"], "`pygo sdist` builds the source distribution"),
    (&["matrix", "build"], &["--wheel", "-w"], "leave it out: the result is always a wheel"),
    (&["sdist", "develop", "check"], &["--clean"], "`pygo matrix` and `pygo build` have --clean"),
    (&["matrix"], &["--editable", "-e"], "`pygo develop` installs in editable mode"),
    (&["develop"], &["--editable", "-e"], "leave it out: `pygo develop` is always editable"),
    (
        &[],
        &["--output", "--outdir", "--output-dir", "--dist-dir", "--wheel-dir", "-o", "-d"],
        "name the output directory with `--out-dir DIR`",
    ),
    (&[], &["--json"], "write `--format json`"),
    (&[], &["--no-build-isolation", "-n"], "write `--no-isolation`"),
    (&[], &["--no-color", "--no-colour", "--colour"], "write `--color never`"),
    (&[], &["--debug", "--trace"], "`--verbose` prints every command and its output"),
    (&[], &["--silent"], "write `--quiet`"),
    (&[], &["--parallel", "--threads", "-P"], "set the number of parallel jobs with `--jobs N`"),
    (
        &[],
        &["--python-version", "--abi", "--py-limited-api", "--interpreter", "-i"],
        "`--for-python 3.N` builds for one CPython; the keys `python`, `abi3` and `abi3t` choose the \
         wheels of every run",
    ),
    (
        &[],
        &["--manifest-path", "--project", "--directory"],
        "pass the project's directory as an argument",
    ),
];

/// Replaces clap's suggestion in `error` if `words` mean something that pygo does differently.
pub(super) fn advise(mut error: Error, words: &[OsString]) -> Error {
    let invalid = |kind| match error.get(kind) {
        Some(ContextValue::String(text)) => Some(text.clone()),
        _ => None,
    };
    let first = words.iter().skip(1).filter_map(|word| word.to_str());
    let command = first.clone().find(|word| !word.starts_with('-')).unwrap_or_default();
    let advice = match error.kind() {
        ErrorKind::InvalidSubcommand => invalid(ContextKind::InvalidSubcommand)
            .filter(|word| word == command)
            .and_then(|word| for_command(&word)),
        ErrorKind::UnknownArgument => {
            invalid(ContextKind::InvalidArg).and_then(|option| for_option(command, &option))
        }
        _ => None,
    };
    if let Some(advice) = advice {
        for kind in [ContextKind::SuggestedSubcommand, ContextKind::SuggestedArg] {
            error.remove(kind);
        }
        error.insert(ContextKind::Suggested, ContextValue::StyledStrs(vec![advice.into()]));
    }
    error
}

fn for_command(word: &str) -> Option<&'static str> {
    let word = word.to_ascii_lowercase();
    COMMANDS.iter().find(|(names, _)| names.contains(&word.as_str())).map(|(_, advice)| *advice)
}

fn for_option(command: &str, option: &str) -> Option<&'static str> {
    let name = option.split(['=', ' ']).next().unwrap_or(option);
    let fits = |(commands, names, _): &&(&[&str], &[&str], _)| {
        (commands.is_empty() || commands.contains(&command)) && names.contains(&name)
    };
    OPTIONS.iter().find(fits).map(|(_, _, advice)| *advice)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn advice_is_for_what_does_not_exist() {
        let command = super::super::command();
        for (names, _) in COMMANDS {
            for name in *names {
                assert!(command.find_subcommand(name).is_none(), "{name}");
            }
        }
        for (commands, names, _) in OPTIONS {
            for of in *commands {
                let command = command.find_subcommand(of).unwrap();
                let has = |name: &str| {
                    command.get_arguments().any(|arg| arg.get_long() == name.strip_prefix("--"))
                };
                for name in names.iter().filter(|name| name.starts_with("--")) {
                    assert!(!has(name), "{of} {name}");
                }
            }
        }
    }

    #[test]
    fn a_near_miss_points_to_the_right_command() {
        for (line, expected) in [
            ("pygo build --targets linux-arm64", "`pygo matrix --targets LIST` builds for others"),
            ("pygo build --target=linux-arm64", "`pygo matrix --targets LIST` builds for others"),
            ("pygo -v check --target x", "reads the platforms from the name"),
            ("pygo wheel", "`pygo matrix` builds wheels"),
            ("pygo install .", "`pygo develop`"),
            ("pygo upload dist/x.whl", "`pygo publish`"),
            ("pygo matrix -o out", "`--out-dir DIR`"),
            ("pygo mod tidy", "`pygo go mod tidy`"),
        ] {
            let words: Vec<OsString> = line.split(' ').map(OsString::from).collect();
            let error = super::super::command().try_get_matches_from(&words).unwrap_err();
            let text = advise(error, &words).to_string();
            assert_eq!(text.matches("tip:").count(), 1, "{text}");
            assert!(text.contains(expected), "{line}: {text}");
        }
    }
}
