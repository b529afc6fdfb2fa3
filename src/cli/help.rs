//! Help texts that depend on all commands: groups, examples and environment variables.

use std::fmt::Write;

use clap::Command;
use clap::builder::styling::Styles;

/// The commands by purpose, as `pygo --help` lists them.
const GROUPS: &[(&str, &[&str])] = &[
    ("Build", &["matrix", "build", "sdist", "develop"]),
    ("Release", &["plan", "merge", "publish"]),
    ("Start a project", &["new", "init", "ci", "signatures"]),
    ("Check", &["check", "inspect", "test"]),
    ("Tools", &["doctor", "targets", "schema", "toolchain", "cache", "go", "zig"]),
    ("Shell", &["completions", "man", "help"]),
];

/// What the help of a command adds to its options.
struct Guide {
    command: &'static str,
    /// Command lines, each with its effect.
    examples: &'static [(&'static str, &'static str)],
    /// Names of [`VARIABLES`].
    variables: &'static [&'static str],
}

/// Variables that are not tied to an option.
const VARIABLES: &[(&str, &str)] = &[
    ("PYGO_CACHE_DIR", "where tools, caches and logs are kept"),
    ("PYGO_SHARED_CACHE", "directory or bucket of outputs that machines share"),
    ("SOURCE_DATE_EPOCH", "time of every file in a wheel"),
    ("SDKROOT", "macOS SDK, for libraries that need one"),
    ("GOFLAGS, GOPROXY, ...", "passed to Go"),
    ("PIP_*, UV_*", "passed to pip and uv: index, proxy, certificates"),
    ("UV_PUBLISH_*, TWINE_*", "passed to uv and twine: credentials and addresses"),
    ("CI", "print plain lines instead of live progress"),
    ("NO_COLOR, CLICOLOR", "no colors, or colors only on a terminal"),
];

const BUILD: &[&str] = &[
    "PYGO_CACHE_DIR",
    "PYGO_SHARED_CACHE",
    "SOURCE_DATE_EPOCH",
    "SDKROOT",
    "GOFLAGS, GOPROXY, ...",
    "PIP_*, UV_*",
    "CI",
];

const GUIDES: &[Guide] = &[
    Guide {
        command: "matrix",
        examples: &[
            ("pygo matrix", "wheels for Linux and macOS, amd64 and arm64, into dist/"),
            ("pygo matrix --targets linux,macos-arm64", "for some targets"),
            ("pygo matrix --clean --report report.json", "replace the wheels of earlier versions"),
            ("pygo matrix --dry-run", "show names, tags and tools only"),
        ],
        variables: BUILD,
    },
    Guide {
        command: "build",
        examples: &[
            ("pygo build", "a wheel for this machine, into dist/"),
            ("pygo build --out-dir wheels ../other", "of another project, into another directory"),
        ],
        variables: BUILD,
    },
    Guide {
        command: "plan",
        examples: &[
            ("pygo plan --shards 2", "what two machines would build"),
            (
                "pygo plan --format github",
                "a matrix for GitHub Actions, with a job for each target",
            ),
            ("pygo plan --shards 4 --costs report.json", "balanced by the times of an earlier run"),
        ],
        variables: &["PYGO_CACHE_DIR"],
    },
    Guide {
        command: "merge",
        examples: &[
            ("pygo merge parts --out-dir dist", "join what the shards built"),
            (
                "pygo merge a b --plan plan.json --out-dir dist",
                "what jobs for single targets built",
            ),
        ],
        variables: &[],
    },
    Guide {
        command: "publish",
        examples: &[
            ("pygo publish", "check everything in dist/, and upload it to PyPI"),
            ("pygo publish --repository-url https://test.pypi.org/legacy/", "to another index"),
            ("pygo publish --dry-run", "check only"),
        ],
        variables: &["UV_PUBLISH_*, TWINE_*"],
    },
    Guide {
        command: "sdist",
        examples: &[("pygo sdist", "a source distribution, into dist/")],
        variables: &["PYGO_CACHE_DIR", "SOURCE_DATE_EPOCH", "PIP_*, UV_*"],
    },
    Guide {
        command: "develop",
        examples: &[("pygo develop", "install the project; repeat after changing Go code")],
        variables: BUILD,
    },
    Guide {
        command: "new",
        examples: &[
            ("pygo new my-lib", "a project in the directory my-lib"),
            ("pygo new my-lib --setup-py", "with setup.py and config.json"),
            ("pygo new my-lib --binding ctypes --ci github", "a library alone, and a workflow"),
        ],
        variables: &[],
    },
    Guide {
        command: "init",
        examples: &[
            ("pygo init", "a project in this directory, or Go code in the package here"),
            ("pygo init --name my-lib work/dir", "in another directory"),
        ],
        variables: &[],
    },
    Guide {
        command: "ci",
        examples: &[
            ("pygo ci github", "a workflow for GitHub Actions"),
            ("pygo ci gitlab --fan-out", "a pipeline for GitLab, built on several runners"),
        ],
        variables: &[],
    },
    Guide {
        command: "check",
        examples: &[
            ("pygo check dist", "every wheel and sdist in dist/"),
            ("pygo check --format json dist/a.whl", "findings for other programs"),
            ("pygo check --explain ELF004", "why a rule exists, and how to fix what it finds"),
        ],
        variables: &["NO_COLOR, CLICOLOR"],
    },
    Guide {
        command: "test",
        examples: &[
            ("pygo test", "the wheels in dist/, by the project's `test-command`"),
            ("pygo test dist --root arm64=/srv/arm64", "those for arm64 too, under qemu"),
            ("pygo test dist/a.whl --command pytest", "another command"),
        ],
        variables: &["PYGO_CACHE_DIR", "PIP_*, UV_*"],
    },
    Guide {
        command: "inspect",
        examples: &[
            ("pygo inspect dist/a.whl", "tags, metadata, binaries, Go modules and SBOM"),
            ("pygo inspect --diff a.whl b.whl", "why two wheels differ"),
        ],
        variables: &[],
    },
    Guide {
        command: "doctor",
        examples: &[
            ("pygo doctor", "whether this machine can build, and with which tools"),
            ("pygo doctor --offline --quiet", "exit code 0 if it can build without downloads"),
        ],
        variables: &["PYGO_CACHE_DIR", "PIP_*, UV_*"],
    },
    Guide {
        command: "signatures",
        examples: &[
            ("pygo signatures", "what Python can call, as C"),
            ("pygo signatures > api.cdef", "the file for `cdef` = \"api.cdef\""),
        ],
        variables: BUILD,
    },
    Guide {
        command: "targets",
        examples: &[("pygo targets", "what --targets accepts, for the Go in use")],
        variables: &["PYGO_CACHE_DIR"],
    },
    Guide {
        command: "schema",
        examples: &[("pygo schema > pygo.schema.json", "for an editor")],
        variables: &[],
    },
    Guide {
        command: "install",
        examples: &[("pygo toolchain install", "download now, for builds without a network")],
        variables: &["PYGO_CACHE_DIR", "PIP_*, UV_*"],
    },
    Guide {
        command: "warm",
        examples: &[
            ("pygo toolchain warm", "for the default targets"),
            (
                "pygo toolchain warm --targets linux --program",
                "for Linux, and for programs as well",
            ),
        ],
        variables: &["PYGO_CACHE_DIR", "GOFLAGS, GOPROXY, ...", "PIP_*, UV_*"],
    },
    Guide {
        command: "size",
        examples: &[("pygo cache size", "what takes up space")],
        variables: &["PYGO_CACHE_DIR"],
    },
    Guide {
        command: "prune",
        examples: &[
            ("pygo cache prune --keep 500", "before a CI service saves the cache"),
            ("pygo cache prune --shared --unused-for 30", "what no machine used for a month"),
        ],
        variables: &["PYGO_CACHE_DIR"],
    },
    Guide {
        command: "clean",
        examples: &[
            ("pygo cache clean", "the next build starts from nothing"),
            ("pygo cache clean --all", "and downloads the tools again"),
        ],
        variables: &["PYGO_CACHE_DIR"],
    },
    Guide {
        command: "go",
        examples: &[
            ("pygo go mod tidy", "update go.mod and go.sum"),
            ("pygo go vet ./...", "check the packages below this directory"),
        ],
        variables: &["PYGO_CACHE_DIR", "GOFLAGS, GOPROXY, ..."],
    },
    Guide {
        command: "zig",
        examples: &[("pygo zig cc --version", "the version of the C compiler")],
        variables: &["PYGO_CACHE_DIR"],
    },
    Guide {
        command: "completions",
        examples: &[
            ("pygo completions bash > ~/.local/share/bash-completion/completions/pygo", "for bash"),
            ("pygo completions zsh > ~/.zfunc/_pygo", "for zsh, with ~/.zfunc in fpath"),
        ],
        variables: &[],
    },
    Guide {
        command: "man",
        examples: &[
            ("pygo man | man -l -", "read the manual page"),
            ("pygo man matrix > pygo-matrix.1", "the page of a command"),
        ],
        variables: &[],
    },
];

/// The examples of the command `name`: command lines, each with its effect.
pub(super) fn examples(name: &str) -> &'static [(&'static str, &'static str)] {
    guide(name).map(|guide| guide.examples).unwrap_or_default()
}

fn guide(name: &str) -> Option<&'static Guide> {
    GUIDES.iter().find(|guide| guide.command == name)
}

/// Adds groups, examples and variables to `command` and its subcommands.
pub(super) fn complete(command: Command) -> Command {
    let template = template(&command);
    command.help_template(template).mut_subcommands(with_guide)
}

fn with_guide(command: Command) -> Command {
    let Some(guide) = guide(command.get_name()) else {
        return command.mut_subcommands(with_guide);
    };
    let variable = |name: &&str| VARIABLES.iter().find(|(of, _)| of == name).copied();
    let examples: Vec<_> = guide.examples.iter().map(|(line, what)| (*what, *line)).collect();
    let variables: Vec<_> = guide.variables.iter().filter_map(variable).collect();
    let mut text = String::new();
    if !examples.is_empty() {
        text.push_str(&heading("Examples"));
        for (what, line) in examples {
            let _ = write!(text, "\n  {line}\n      {what}");
        }
    }
    if !variables.is_empty() {
        let _ = write!(text, "\n\n{}", section("Environment", &variables));
    }
    command.after_help(text)
}

/// The help of the whole command, with its subcommands in groups.
fn template(command: &Command) -> String {
    let about = |name: &&str| {
        let found = command.get_subcommands().find(|command| command.get_name() == *name);
        let about = found.and_then(Command::get_about).map(ToString::to_string);
        about.unwrap_or_else(|| "Show the help of a command".to_owned())
    };
    let mut text = "{about}\n\n{usage-heading} {usage}\n".to_owned();
    for (title, names) in GROUPS {
        let rows: Vec<_> = names.iter().map(|name| (*name, about(name))).collect();
        let rows: Vec<_> = rows.iter().map(|(name, about)| (*name, about.as_str())).collect();
        let _ = writeln!(text, "\n{}", section(title, &rows));
    }
    let _ = write!(text, "\n{}\n{{options}}{{after-help}}", heading("Options"));
    text
}

/// `command` without the texts that are laid out for a terminal.
pub(super) fn plain(command: Command) -> Command {
    let plain = |command: Command| command.after_help(None::<&str>);
    command.mut_subcommands(move |command| plain(command).mut_subcommands(plain))
}

fn heading(title: &str) -> String {
    let styles = Styles::styled();
    let header = styles.get_header();
    format!("{header}{title}:{header:#}")
}

/// A heading with a line for each row.
fn section(title: &str, rows: &[(&str, &str)]) -> String {
    let styles = Styles::styled();
    let literal = styles.get_literal();
    let width = rows.iter().map(|(name, _)| name.len()).max().unwrap_or(0).max(11);
    let mut text = heading(title);
    for (name, meaning) in rows {
        let space = " ".repeat(width - name.len());
        let _ = write!(text, "\n  {literal}{name}{literal:#}{space}  {meaning}");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_command_is_in_one_group_and_has_examples_that_parse() {
        let command = super::super::command();
        let listed: Vec<_> = GROUPS.iter().flat_map(|(_, names)| names.iter().copied()).collect();
        for sub in command.get_subcommands().filter(|command| !command.is_hide_set()) {
            let name = sub.get_name();
            assert_eq!(listed.iter().filter(|other| **other == name).count(), 1, "{name}");
            assert!(sub.has_subcommands() || !examples(name).is_empty(), "{name}");
        }
        for (line, _) in GUIDES.iter().flat_map(|guide| guide.examples) {
            let words =
                line.split(" > ").next().unwrap_or(line).split(" | ").next().unwrap_or(line);
            let words = super::super::tool::separated(words.split(' ').map(Into::into));
            super::super::command().try_get_matches_from(words).unwrap();
        }
        for guide in GUIDES {
            let known = |name: &&str| VARIABLES.iter().any(|(of, _)| of == name);
            assert!(guide.variables.iter().all(known), "{}", guide.command);
        }
    }

    #[test]
    fn help_fits_80_columns() {
        let mut command = super::super::command().term_width(80);
        command.build();
        let mut pages = vec![command.render_help().to_string()];
        pages.extend(command.get_subcommands_mut().map(|sub| sub.render_help().to_string()));
        for line in pages.iter().flat_map(|page| page.lines()) {
            assert!(line.chars().count() <= 80, "{line}");
        }
    }
}
