//! `pygo completions` and `pygo man`: generated from the definition of the command line.

use std::process::ExitCode;

use clap::{Args, Command};
use clap_complete::Shell;
use clap_mangen::Man;

use super::help::plain;
use super::output::print;
use crate::error::{Failure, Kind, Result, nearest};

/// Print a completion script for a shell
#[derive(Debug, Args)]
pub(super) struct Completions {
    /// Shell to complete in
    #[arg(value_name = "SHELL")]
    shell: Shell,
}

/// Print the manual page of pygo or of a command
#[derive(Debug, Args)]
pub(super) struct Manual {
    /// Command, for instance `matrix` or `toolchain install`
    #[arg(value_name = "COMMAND")]
    command: Vec<String>,
}

impl Completions {
    pub(super) fn run(self, mut command: Command) -> Result<ExitCode> {
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut command, "pygo", &mut script);
        print([String::from_utf8_lossy(&script).trim_end()])?;
        Ok(ExitCode::SUCCESS)
    }
}

impl Manual {
    pub(super) fn run(self, mut command: Command) -> Result<ExitCode> {
        // Manual pages have styles of their own.
        command = plain(command);
        command.build();
        let mut page = &command;
        for name in &self.command {
            let subcommands = || page.get_subcommands().filter(|command| !command.is_hide_set());
            let Some(found) = subcommands().find(|command| command.get_name() == name) else {
                let names: Vec<_> = subcommands().map(Command::get_name).collect();
                let help = match nearest(name, names.iter().copied()) {
                    Some(near) => format!("did you mean {near}?"),
                    None => format!("name one of {}", names.join(", ")),
                };
                let found =
                    format!("{} has no command {name}", page.get_bin_name().unwrap_or("pygo"));
                return Err(Failure::new(Kind::Usage, "looking for a manual page", found, help));
            };
            page = found;
        }
        let mut text = Vec::new();
        Man::new(page.clone())
            .render(&mut text)
            .map_err(|error| Failure::io("writing a manual page", &error))?;
        print([String::from_utf8_lossy(&text).trim_end()])?;
        Ok(ExitCode::SUCCESS)
    }
}
