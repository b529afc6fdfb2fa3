//! Which rules and libraries count: the command line and the project around the current directory.

use std::path::Path;

use clap::Args;
use console::style;

use super::rules::unknown;
use crate::audit::{Excluded, Selection};
use crate::error::{Failure, Kind, Result};
use crate::factory::CheckSettings;
use crate::process::Environment;
use crate::project::{CheckConfig, enclosing};
use crate::report::{Detail, tell};

/// What the command line says about rules and libraries.
#[derive(Debug, Default, Args)]
pub(super) struct SettingArgs {
    /// Check only these rules: codes, names or code prefixes
    #[arg(long, value_name = "RULES", value_delimiter = ',')]
    select: Vec<String>,
    /// Skip these rules
    #[arg(long, value_name = "RULES", value_delimiter = ',')]
    ignore: Vec<String>,
    /// Ignore these needed libraries (shell patterns such as `libtorch*.so`)
    #[arg(long, value_name = "LIB")]
    exclude: Vec<String>,
}

/// Combines `arguments` with the project's settings.
///
/// # Errors
/// [`Kind::Usage`] for what the command line gets wrong, [`Kind::Project`] for what the table does.
pub(super) fn settings(
    arguments: &SettingArgs,
    environment: &Environment,
    detail: Detail,
) -> Result<(Selection, Excluded)> {
    let excluded = Excluded::new(&arguments.exclude).map_err(|error| {
        let help = "write a name or a pattern with *, ? and [...]: --exclude 'libtorch*.so'";
        Failure::new(Kind::Usage, "reading --exclude", error.to_string(), help)
    })?;
    let (select, ignore) = (&arguments.select, &arguments.ignore);
    // Before the project's file is read: the command line comes first.
    Selection::default().with(select, ignore).map_err(|error| unknown(&error))?;
    let own = own(environment, detail)?;
    let selection = own.selection.with(select, ignore).map_err(|error| unknown(&error))?;
    Ok((selection, own.excluded.and(excluded)))
}

/// The settings of the project that the current directory is part of.
fn own(environment: &Environment, detail: Detail) -> Result<CheckSettings> {
    let home = environment.get("HOME").map(Path::new);
    let above = enclosing(environment.current_dir(), home);
    let dir = above.as_deref().unwrap_or(Path::new("."));
    let config = CheckConfig::read(dir)?;
    // Findings that a file elsewhere hides would be missed.
    if above.is_some() && config != CheckConfig::default() && detail != Detail::Quiet {
        let full = fs_err::canonicalize(dir).unwrap_or_else(|_| dir.to_owned());
        tell(format_args!(
            "{} using [tool.pygo-tools.check] of {}",
            style("note:").cyan().for_stderr(),
            full.join("pyproject.toml").display()
        ));
    }
    CheckSettings::new(config, dir)
}
