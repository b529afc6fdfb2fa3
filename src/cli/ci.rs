//! `pygo ci`: writes the file of a CI service.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, ValueEnum};

use super::choice::choose;
use super::output::print;
use super::written::{Written, in_the_way_of, refuse};
use crate::error::Result;
use crate::project::Project;
use crate::report::{Detail, tell};
use crate::template::{CiService, CiWants, File, ci_file};

/// Write the pipeline of a CI service: build, test and publish
///
/// One Linux runner builds the wheels of all targets and the sdist. Each wheel is tested on a runner
/// of its own platform. A tag publishes them, without a password.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The service
    #[arg(value_enum, value_name = "SERVICE")]
    service: Service,
    /// Project directory
    #[arg(value_name = "PROJECT", default_value = ".")]
    project: PathBuf,
    /// Build on several runners, and merge what they built
    #[arg(long)]
    fan_out: bool,
    /// Print the file instead of writing it
    #[arg(long)]
    print: bool,
}

/// A service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Service {
    /// GitHub Actions: .github/workflows/wheels.yml
    Github,
    /// GitLab CI: .gitlab-ci.yml
    Gitlab,
}

impl Arguments {
    pub(super) fn run(self, detail: Detail) -> Result<ExitCode> {
        let file = file(&self.project, self.service, self.fan_out)?;
        if self.print {
            print([file.text.trim_end()])?;
            return Ok(ExitCode::SUCCESS);
        }
        let doing = format!("writing {} into {}", file.path, self.project.display());
        refuse(in_the_way_of(&self.project, &file.path, &doing)?.into_iter().collect(), &doing)?;
        let mut written = Written::default();
        if let Err(mut failure) = written.write(&self.project, &[file], &doing) {
            for left in written.remove() {
                failure.found = format!("{}\nnot removed: {left}", failure.found);
            }
            return Err(failure);
        }
        print(written.0.iter().filter(|path| !path.is_dir()).map(|path| path.display()))?;
        if detail != Detail::Quiet {
            tell(format_args!("next: {NEXT}"));
        }
        Ok(ExitCode::SUCCESS)
    }
}

/// What remains to be done once a pipeline is written.
pub(super) const NEXT: &str =
    "add this repository as a trusted publisher of the project on PyPI, then push a tag";

impl Service {
    fn of(self) -> CiService {
        match self {
            Self::Github => CiService::Github,
            Self::Gitlab => CiService::Gitlab,
        }
    }

    /// The path of its file.
    pub(super) fn path(self) -> &'static str {
        self.of().path()
    }
}

/// The file of `service` for the project in `dir`.
pub(super) fn file(dir: &Path, service: Service, fan_out: bool) -> Result<File> {
    let project = Project::read(dir)?;
    let targets = choose(&project, None)?.targets;
    let test = test_command(&project);
    let key_files = key_files(&project);
    let wants =
        CiWants { targets: &targets, fan_out, test: test.as_deref(), key_files: &key_files };
    Ok(ci_file(service.of(), &wants))
}

/// The command that tests the wheels, unless the project has one: an import, or the installation
/// alone if there is nothing to import.
fn test_command(project: &Project) -> Option<String> {
    let has_own = !project.settings.test.commands.is_empty();
    let module = project.parts.iter().find_map(|part| {
        part.package().map(|package| package.to_string()).or(part.module().map(ToString::to_string))
    });
    let code = module.map_or("pass".to_owned(), |module| format!("import {module}"));
    (!has_own).then(|| format!("python -c '{code}'"))
}

/// The files on which what Go and pygo build depends most, for the key of a cache.
fn key_files(project: &Project) -> Vec<String> {
    let sums = project.parts.iter().filter_map(|part| {
        let dir = part.go.go_mod.as_ref()?.parent()?;
        let sum = dir.strip_prefix(&project.root).ok()?.join("go.sum");
        project.root.join(&sum).is_file().then(|| sum.display().to_string())
    });
    let own = project.config_file.strip_prefix(&project.root).map(Path::display);
    let own = own.map(|path| path.to_string()).unwrap_or_default();
    sums.take(1).chain([own]).collect()
}
