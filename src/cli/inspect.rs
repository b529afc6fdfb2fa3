//! `pygo inspect`: what a wheel says about itself, and how two wheels differ.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;

use super::check::open;
use super::output::{Format, print, print_json};
use crate::audit::Described;
use crate::error::{Failure, Kind, Result};
use crate::printable::uncontrolled;
use crate::report::{Detail, Difference, InspectReport, differences, inspect_text};

/// Show everything that a wheel says about itself
///
/// Tags, metadata, binaries with the libraries and systems they need, Go's build information, bills of
/// materials. With -v also its files and its description.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Wheels
    #[arg(value_name = "WHEEL", required = true)]
    wheels: Vec<PathBuf>,
    /// Explain how two wheels differ; the exit code is 1 if they do
    #[arg(long)]
    diff: bool,
    /// Output format; docs/inspect.schema.json describes the JSON
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

impl Arguments {
    pub(super) fn run(self, detail: Detail) -> Result<ExitCode> {
        if self.diff && self.wheels.len() != 2 {
            let found = format!("{} wheels are named", self.wheels.len());
            let help = "write `pygo inspect --diff OLD.whl NEW.whl`";
            return Err(Failure::new(Kind::Usage, "comparing two wheels", found, help));
        }
        let opened = self
            .wheels
            .iter()
            .map(|path| open(path, "pass the path of a wheel"))
            .collect::<Result<Vec<_>>>()?;
        let mut all = Vec::new();
        for (path, file) in self.wheels.iter().zip(&opened) {
            all.push(describe(path, file)?);
        }
        let found = match &all[..] {
            [one, two] if self.diff => Some(differences(one, two)),
            _ => None,
        };
        let differ = found.as_ref().is_some_and(|found| !found.is_empty());
        match self.format {
            Format::Json => {
                let wheels = all.into_iter().map(|described| described.description).collect();
                print_json("writing the description", &InspectReport::new(wheels, found))?;
            }
            Format::Text => match &found {
                None => {
                    let all_lines = detail == Detail::Verbose;
                    let lines =
                        all.iter().flat_map(|one| inspect_text(&one.description, all_lines));
                    print(lines.map(|line| uncontrolled(&line)))?;
                }
                Some(found) if found.is_empty() => print(["the wheels have the same bytes"])?,
                Some(found) => {
                    let line = |one: &Difference| format!("{}: {}", one.subject, one.what);
                    print(found.iter().map(|one| uncontrolled(&line(one))))?;
                }
            },
        }
        Ok(if differ { ExitCode::from(Kind::Build.exit_code()) } else { ExitCode::SUCCESS })
    }
}

fn describe<'f>(path: &Path, file: &'f std::fs::File) -> Result<Described<'f>> {
    let doing = format!("reading {}", path.display());
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let described = Described::read(file, &name).map_err(|error| Failure::io(&doing, &error))?;
    described.ok_or_else(|| {
        let found = "it is not a zip archive, or unpacks to more than is safe";
        Failure::build(doing, found, "run `pygo check` on the file to see what is wrong with it")
    })
}
