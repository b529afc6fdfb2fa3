//! `pygo ci`: writes the file of a CI service.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, ValueEnum};

use super::choice::choose;
use super::output::print;
use super::written::{Written, in_the_way_of, refuse};
use crate::error::{Failure, Kind, Result};
use crate::plural::plural;
use crate::process::Environment;
use crate::project::{Project, TestSettings};
use crate::report::{Detail, tell};
use crate::target::Target;
use crate::template::{CiService, CiWants, File, ci_file};

/// Write the pipeline of a CI service: build, test and publish
///
/// One Linux runner builds the wheels of all targets and the sdist. Each wheel is tested on a runner
/// of its own platform, if the service has one. A tag publishes them, without a password.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The service
    #[arg(value_enum, value_name = "SERVICE")]
    service: Service,
    /// Project directory
    #[arg(value_name = "PROJECT", default_value = ".")]
    project: PathBuf,
    /// Build on N runners, and merge what they built [default: one for every two targets]
    #[arg(long, value_name = "N", num_args = 0..=1, require_equals = true, value_parser = runners)]
    fan_out: Option<Option<usize>>,
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
    pub(super) fn run(self, environment: &Environment, detail: Detail) -> Result<ExitCode> {
        let file = file(environment, &self.project, self.service, self.fan_out)?;
        if self.print {
            print([file.text.trim_end()])?;
            return Ok(ExitCode::SUCCESS);
        }
        let doing = format!("writing {} into {}", file.path, self.project.display());
        refuse(in_the_way_of(&self.project, &file.path, &doing)?.into_iter().collect(), &doing)?;
        let mut written = Written::default();
        if let Err(failure) = written.write(&self.project, &[file], &doing) {
            return Err(written.undone(failure));
        }
        print(written.files().map(Path::display))?;
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

/// The file of `service` for the project in `dir`, which builds on several runners if `fan_out` says
/// so: on that many, or on as many as [`runners_for`] says.
pub(super) fn file(
    environment: &Environment,
    dir: &Path,
    service: Service,
    fan_out: Option<Option<usize>>,
) -> Result<File> {
    let project = Project::read(dir, environment.get("GOWORK"))?;
    let targets = choose(&project, None)?.targets;
    let test = test(&project);
    let configuration = project.config_file.strip_prefix(&project.root).map(Path::display);
    let configuration = configuration.map(|path| path.to_string()).unwrap_or_default();
    let go_sum = go_sum(&project);
    let wants = CiWants {
        targets: &targets,
        fan_out: fan_out.map(|count| runners_for(&targets, count)).transpose()?,
        test: &test,
        has_test: !project.settings.test.commands.is_empty(),
        configuration: &configuration,
        go_sum: go_sum.as_deref(),
    };
    Ok(ci_file(service.of(), &wants))
}

/// The most that GitLab starts for one job; GitHub starts 256.
const MAX_RUNNERS: usize = 200;

fn runners(text: &str) -> Result<usize, String> {
    let count = text.parse().ok().filter(|count| (2..=MAX_RUNNERS).contains(count));
    count.ok_or_else(|| format!("write a number from 2 to {MAX_RUNNERS}"))
}

/// On how many runners `targets` are built: `count`, or one for every two targets. A fat binary
/// consists of what other targets need too, so it counts for nothing next to them.
fn runners_for(targets: &[Target], count: Option<usize>) -> Result<usize> {
    let slices: BTreeSet<_> = targets.iter().flat_map(|target| target.slices()).collect();
    let most = targets.len();
    let count = count.unwrap_or_else(|| slices.len().div_ceil(2).clamp(2, MAX_RUNNERS));
    if count <= most {
        return Ok(count);
    }
    let names: Vec<_> = targets.iter().map(|target| target.name()).collect();
    Err(Failure::new(
        Kind::Usage,
        "distributing the targets over runners",
        format!("{count} runners for {}: {}", plural(most, "target"), names.join(", ")),
        match most {
            1 => "leave out --fan-out".to_owned(),
            _ => format!("write --fan-out without a number, or at most --fan-out={most}"),
        },
    ))
}

/// How the wheels are tested. Without a command of the project, that is an import, or the installation
/// alone if there is nothing to import.
fn test(project: &Project) -> TestSettings {
    let mut test = project.settings.test.clone();
    if test.commands.is_empty() {
        let module = project.parts.iter().find_map(|part| {
            let package = part.package().map(|package| package.to_string());
            package.or(part.module().map(ToString::to_string))
        });
        let code = module.map_or("pass".to_owned(), |module| format!("import {module}"));
        test.commands = vec![["python", "-c", &code].map(str::to_owned).to_vec()];
    }
    test
}

/// The go.sum of the first part that has one in the project.
fn go_sum(project: &Project) -> Option<String> {
    project.parts.iter().find_map(|part| {
        let dir = part.go.go_mod.as_ref()?.parent()?;
        let sum = dir.strip_prefix(&project.root).ok()?.join("go.sum");
        project.root.join(&sum).is_file().then(|| sum.display().to_string())
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::target::parse_list;

    #[test]
    fn the_number_of_runners_follows_the_targets() {
        let of = |list: &str, count| runners_for(&parse_list([list]).unwrap().targets, count);
        for (list, count) in [
            ("linux-amd64,linux-arm64", 2),
            ("linux-amd64,linux-arm64,macos-arm64", 2),
            ("linux-amd64,linux-arm64,macos-amd64,macos-arm64,macos-universal2", 2),
            ("linux-amd64,linux-arm64,macos-amd64,macos-arm64,windows-amd64", 3),
            ("all", 6),
        ] {
            assert_eq!(of(list, None).unwrap(), count, "{list}");
        }
        assert_eq!(of("linux-amd64,linux-arm64,macos-arm64", Some(3)).unwrap(), 3);
        let failure = of("linux-amd64,linux-arm64", Some(3)).unwrap_err();
        assert_eq!(failure.found, "3 runners for 2 targets: linux-amd64, linux-arm64");
        assert_eq!(of("macos-arm64", None).unwrap_err().help, "leave out --fan-out");
        assert!(of("macos-universal2", None).is_err());
    }

    #[test]
    fn a_number_of_runners_is_checked() {
        assert_eq!(runners("8"), Ok(8));
        for text in ["1", "0", "201", "-2", ".", "x"] {
            assert_eq!(runners(text).unwrap_err(), "write a number from 2 to 200", "{text}");
        }
    }
}
